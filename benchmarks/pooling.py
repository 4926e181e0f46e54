"""Forward and backward pass of one pooling layer, against PyTorch's."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.measure import Work, interleaved
from benchmarks.results import Result
from bplab.numeric.pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)

SHAPES = ((32, 16, 28, 28), (32, 8, 26, 26), (64, 32, 32, 32))
# (size, stride) and the largest ratio to PyTorch that counts as good
WINDOWS = (((2, 2), 0.6), ((3, 2), None))
DTYPES = ("float32", "float64")
PAIRS = {"max": (max_pool2d, max_pool2d_backward), "avg": (avg_pool2d, avg_pool2d_backward)}


def tasks() -> dict[str, Callable[[bool], Iterator[Result]]]:
    """What to measure, by name."""
    return {
        f"{kind} pooling {shape} {window} {dtype}": _Ratio(kind, shape, window, dtype, goal)
        for kind in PAIRS
        for window, goal in WINDOWS
        for shape in SHAPES
        for dtype in DTYPES
    }


@dataclass(frozen=True)
class _Ratio:
    kind: str
    shape: tuple[int, ...]
    window: tuple[int, int]
    dtype: str
    goal: float | None

    def __call__(self, quick: bool) -> Iterator[Result]:
        times = interleaved(self._works(), rounds=5 if quick else 15, seconds=0.02)
        if "torch" in times:
            B, C, H, _ = self.shape
            size, stride = self.window
            yield Result(
                f"{self.kind} pooling {size}×{size} stride {stride}, {B}×{C}×{H}², {self.dtype}: "
                "bplab / torch",
                times["bplab"] / times["torch"],
                "×",
                self.goal,
            )

    def _works(self) -> dict[str, Work]:
        f, f_backward = PAIRS[self.kind]
        rng = np.random.default_rng(0)
        x = rng.standard_normal(self.shape).astype(self.dtype)
        dz = rng.standard_normal(f(x, *self.window).shape).astype(self.dtype)
        works: dict[str, Work] = {
            "bplab": lambda: (f(x, *self.window), f_backward(dz, x, *self.window))
        }
        with contextlib.suppress(ModuleNotFoundError):
            works["torch"] = self._torch(x, dz)
        return works

    def _torch(self, x: np.ndarray, dz: np.ndarray) -> Work:
        import torch

        torch.set_num_threads(1)
        pool = getattr(torch.nn.functional, f"{self.kind}_pool2d")
        tensor, upstream = torch.tensor(x, requires_grad=True), torch.tensor(dz)

        def step() -> None:
            tensor.grad = None
            pool(tensor, *self.window).backward(upstream)

        return step
