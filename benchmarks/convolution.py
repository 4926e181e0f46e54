"""Forward and backward pass of one convolution layer: time, memory, and how both grow.

The floor does the three matrix products on columns that are ready, into ready arrays, and nothing
else. The loops are timed on one image and scaled by the batch.
"""

import contextlib
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks import teaching
from benchmarks.measure import Work, interleaved
from benchmarks.results import Curve, Result
from bplab.numeric.convolution import conv2d, conv2d_backward

Array = np.ndarray


@dataclass(frozen=True)
class Case:
    """x (batch, channels, size, size), kernels (filters, channels, kernel, kernel)."""

    batch: int
    channels: int
    size: int
    filters: int
    kernel: int
    padding: int
    stride: int = 1

    def __str__(self) -> str:
        padding = f" pad {self.padding}" if self.padding else ""
        stride = f" stride {self.stride}" if self.stride > 1 else ""
        kernel = f"{self.filters}f {self.kernel}×{self.kernel}"
        return f"{self.batch}×{self.channels}×{self.size}² {kernel}{padding}{stride}"

    def arrays(self, dtype: str) -> tuple[Array, Array, Array, Array]:
        """x, K, b and dz."""
        rng = np.random.default_rng(0)
        out = (self.size + 2 * self.padding - self.kernel) // self.stride + 1
        shapes = [
            (self.batch, self.channels, self.size, self.size),
            (self.filters, self.channels, self.kernel, self.kernel),
            (self.filters,),
            (self.batch, self.filters, out, out),
        ]
        x, K, b, dz = (rng.standard_normal(shape).astype(dtype) for shape in shapes)
        return x, K, b, dz


CASES = {
    "A": Case(batch=32, channels=1, size=28, filters=8, kernel=3, padding=0),
    "B": Case(batch=32, channels=16, size=14, filters=32, kernel=3, padding=1),
    "C": Case(batch=64, channels=3, size=32, filters=32, kernel=5, padding=2),
}
DTYPES = ("float32", "float64")
# The largest ratio to PyTorch that counts as good, by case and precision.
TORCH = {
    ("A", "float32"): 1.0,
    ("B", "float32"): 2.2,
    ("C", "float32"): 1.3,
    ("A", "float64"): 1.0,
    ("B", "float64"): 1.0,
    ("C", "float64"): 1.0,
}


def tasks() -> dict[str, Callable[[bool], Iterator[Result | Curve]]]:
    """What to measure, by name."""
    found: dict[str, Callable[[bool], Iterator[Result | Curve]]] = {}
    for name, case in CASES.items():
        for stride in (1, 2):
            for dtype in DTYPES:
                work = _Ratios(name, replace(case, stride=stride), dtype)
                found[f"conv {name} stride {stride} {dtype}"] = work
    for axis in ("batch", "channels", "size"):
        found[f"conv against {axis}"] = _Scaling(axis)
    return found


@dataclass(frozen=True)
class _Ratios:
    name: str
    case: Case
    dtype: str

    def __call__(self, quick: bool) -> Iterator[Result]:
        rounds, seconds = (5, 0.01) if quick else (15, 0.04)
        works = _works(self.case, self.dtype)
        times = interleaved(works, rounds=rounds, seconds=seconds)
        times["loops"] = _loops_time(self.case, self.dtype)
        goals = {
            "floor": 2.0 if self.name != "A" and self.case.stride == 1 else None,
            "torch": TORCH[self.name, self.dtype],
            **dict.fromkeys(teaching.CONVOLUTIONS, 1.0),
        }
        label = f"conv {self.name} {self.case}, {self.dtype}"
        for other, goal in goals.items():
            if other in times:
                yield Result(f"{label}: bplab / {other}", times["bplab"] / times[other], "×", goal)
        if self.case.stride == 1:
            yield Result(
                f"{label}: peak memory / (x + z)", _memory(self.case, self.dtype), "×", 2.5
            )


@dataclass(frozen=True)
class _Scaling:
    """Case B with one of its sizes changed."""

    axis: str

    def __call__(self, quick: bool) -> Iterator[Curve]:
        sizes = {"batch": (1, 4, 16, 64), "channels": (1, 4, 16, 64), "size": (7, 14, 28, 56)}
        xs = sizes[self.axis][: 3 if quick else 4]
        times: dict[str, list[float]] = {}
        memory: dict[str, list[float]] = {"bplab": [], "im2col": []}
        for x in xs:
            case = replace(CASES["B"], **{self.axis: x})
            works = _works(case, "float32")
            for name, seconds in interleaved(works, rounds=3 if quick else 7, seconds=0.01).items():
                times.setdefault(name, []).append(1000 * seconds)
            memory["bplab"].append(_memory(case, "float32"))
            memory["im2col"].append(_memory(case, "float32", *teaching.CONVOLUTIONS["im2col"]))
        title = f"conv B against {self.axis}"
        yield Curve(f"{title}: time", self.axis, "ms", xs, times)
        yield Curve(f"{title}: memory", self.axis, "peak / (x + z)", xs, memory)


def _works(case: Case, dtype: str) -> dict[str, Work]:
    x, K, b, dz = case.arrays(dtype)
    how = case.stride, case.padding
    works: dict[str, Work] = {
        "bplab": lambda: (conv2d(x, K, b, *how), conv2d_backward(dz, x, K, *how)),
        "floor": _floor(K, dz),
    }
    for name in ("im2col", "windows"):
        works[name] = _taught(name, x, K, b, dz, how)
    with contextlib.suppress(ModuleNotFoundError):
        works["torch"] = _torch(x, K, b, dz, how)
    return works


def _taught(name: str, x: Array, K: Array, b: Array, dz: Array, how: tuple[int, int]) -> Work:
    forward, backward = teaching.CONVOLUTIONS[name]
    return lambda: (forward(x, K, b, *how), backward(dz, x, K, *how))


def _loops_time(case: Case, dtype: str) -> float:
    """One image, once, times the batch: all images cost the same, and a batch takes minutes."""
    one = replace(case, batch=1)
    work = _taught("loops", *one.arrays(dtype), how=(case.stride, case.padding))
    return case.batch * interleaved({"loops": work}, rounds=1, seconds=0)["loops"]


def _floor(K: Array, dz: Array) -> Work:
    F, n = len(K), K[0].size
    columns = np.ones((n, dz.size // F), K.dtype)
    matrix, z = K.reshape(F, n), np.ones((F, dz.size // F), K.dtype)
    dmatrix, dcolumns, dz = np.empty_like(matrix), np.empty_like(columns), z.copy()

    def products() -> None:
        np.matmul(matrix, columns, out=z)
        np.matmul(dz, columns.T, out=dmatrix)
        np.matmul(matrix.T, dz, out=dcolumns)

    return products


def _torch(x: Array, K: Array, b: Array, dz: Array, how: tuple[int, int]) -> Work:
    import torch

    torch.set_num_threads(1)
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, K, b)]
    upstream = torch.tensor(dz)

    def step() -> None:
        for tensor in tensors:
            tensor.grad = None
        torch.nn.functional.conv2d(*tensors, *how).backward(upstream)

    return step


def _memory(
    case: Case,
    dtype: str,
    forward: Callable[..., Array] = conv2d,
    backward: Callable[..., object] = conv2d_backward,
) -> float:
    """The larger peak of forward and backward, results included, as a multiple of x and z."""
    x, K, b, dz = case.arrays(dtype)
    how = case.stride, case.padding
    peaks = []
    for work in (lambda: forward(x, K, b, *how), lambda: backward(dz, x, K, *how)):
        tracemalloc.start()
        work()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return max(peaks) / (x.nbytes + dz.nbytes)
