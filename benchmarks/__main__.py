"""Measure, and show each result beside its goal. A missed goal is reported; the exit code is 0."""

import argparse
import functools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks import convolution, grading, lenet, mlp, pooling, widgets
from benchmarks.measure import interleaved
from benchmarks.results import Curve, Result, plot, table
from bplab.numeric.restarts import train_restarts

Task = Callable[[bool], Iterator[Result | Curve]]

MLPS = {"784-128-10": [784, 128, 10], "784-512-512-10": [784, 512, 512, 10]}
BATCHES = (32, 128, 512)
DTYPES = ("float32", "float64")
RATIOS = (
    ("gradients", "floor", 1.15),
    ("ready", "floor", None),
    ("bplab", "floor", None),
    ("bplab", "torch", 1.0),
    ("floor", "torch", None),
)
WORDS = {
    "gradients": "gradients",
    "ready": "gradients into ready arrays, without a check",
    "bplab": "training step",
    "floor": "floor",
}
IMPORT = (
    "import time; start = time.process_time(); import bplab; print(time.process_time() - start)"
)


def mlp_results(name: str, batch: int, dtype: str, quick: bool) -> Iterator[Result]:
    """Ratios of a training step to the floor and to PyTorch."""
    works = mlp.works(MLPS[name], batch, dtype)
    rounds, seconds = (5, 0.01) if quick else (25, 0.04)
    times = interleaved(works, rounds=rounds, seconds=seconds)
    for work, other, goal in RATIOS:
        if other in times:
            yield Result(
                name=f"{name}, batch {batch}, {dtype}: {WORDS[work]} / {other}",
                value=times[work] / times[other],
                unit="×",
                goal=goal if batch >= 128 else None,
            )


def restart_results(quick: bool) -> Iterator[Result]:
    """256 networks 2-2-1 on XOR; quick mode does a tenth of the steps and scales up."""
    x, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0.0, 1, 1, 0])
    steps = 1_000 if quick else 10_000

    def work() -> None:
        train_restarts(x, y, restarts=256, steps=steps, rng=np.random.default_rng(0))

    times = interleaved({"restarts": work}, rounds=3 if quick else 5, seconds=0)
    yield Result(
        name="256 networks 2-2-1 on XOR, 10,000 steps",
        value=times["restarts"] * 10_000 / steps,
        unit="s",
        goal=0.5,
    )


def import_results(quick: bool) -> Iterator[Result]:
    """What `import bplab` adds to a bare interpreter."""
    command = [sys.executable, "-c", IMPORT]
    times = [
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(5 if quick else 15)
    ]
    yield Result("import bplab", statistics.median(times) * 1000, "ms", goal=10)


def tasks() -> dict[str, Task]:
    """Everything there is to measure, by name."""
    mlps: dict[str, Task] = {
        f"mlp {name} batch {batch} {dtype}": functools.partial(mlp_results, name, batch, dtype)
        for name in MLPS
        for batch in BATCHES
        for dtype in DTYPES
    }
    return {
        "import": import_results,
        "restarts": restart_results,
        **mlps,
        **convolution.tasks(),
        **pooling.tasks(),
        "lenet epoch": lenet.epoch,
        "lenet error": lenet.error,
        "grading": grading.throughput,
        "widgets": widgets.latency,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", help="measure only what starts so: mlp, 'conv B', lenet")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: faster, but noisier")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the results too, as FILE")
    arguments = parser.parse_args()
    starts = tuple(arguments.only) or ("",)
    chosen = {name: task for name, task in tasks().items() if name.startswith(starts)}
    if not chosen:
        parser.error(f"nothing starts with {' or '.join(starts)}; there are: {', '.join(tasks())}")

    start = time.perf_counter()
    found: list[Result | Curve] = []
    with tqdm(chosen.items(), leave=False, file=sys.stderr) as bar:
        for name, task in bar:
            bar.set_postfix_str(name)
            found += task(arguments.quick)
    seconds = time.perf_counter() - start
    results = [item for item in found if isinstance(item, Result)]
    curves = [item for item in found if isinstance(item, Curve)]
    if arguments.json:
        rows = [{**asdict(r), "met": r.verdict == "met" if r.goal else None} for r in results]
        shown = {"results": rows, "curves": [asdict(c) for c in curves], "seconds": seconds}
        print(json.dumps(shown, indent=2))
    else:
        print(table(results, curves))
        print("\nCPU time (grading and widgets: wall-clock time), one thread, median, interleaved;")
        print(f"{seconds:.0f} s in all.")
    if arguments.plot:
        plot(results, curves, arguments.plot)


if __name__ == "__main__":
    main()
