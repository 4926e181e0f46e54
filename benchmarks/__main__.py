"""Measure, and show each result beside its goal. A missed goal is reported; the exit code is 0."""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
from tqdm import tqdm

from benchmarks import mlp
from benchmarks.measure import interleaved
from bplab.numeric.restarts import train_restarts

MLPS = {"784-128-10": [784, 128, 10], "784-512-512-10": [784, 512, 512, 10]}
BATCHES = (32, 128, 512)
DTYPES = ("float32", "float64")
RATIOS = (("gradients", "floor", 1.15), ("bplab", "floor", None), ("bplab", "torch", 1.0))
WORDS = {"gradients": "gradients", "bplab": "training step"}
IMPORT = (
    "import time; start = time.process_time(); import bplab; print(time.process_time() - start)"
)


@dataclass(frozen=True)
class Result:
    """One measured number; goal None means that it is shown for information."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        return "met" if self.value <= self.goal else "not met"


def mlp_results(quick: bool) -> Iterator[Result]:
    """Ratios of a training step to the floor and to PyTorch."""
    for name, widths in MLPS.items():
        for batch in BATCHES:
            for dtype in DTYPES:
                works = mlp.works(widths, batch, dtype)
                rounds, seconds = (5, 0.01) if quick else (25, 0.04)
                times = interleaved(works, rounds=rounds, seconds=seconds)
                counts = batch >= 128
                for work, other, goal in RATIOS:
                    if other in times:
                        yield Result(
                            name=f"{name}, batch {batch}, {dtype}: {WORDS[work]} / {other}",
                            value=times[work] / times[other],
                            unit="×",
                            goal=goal if counts else None,
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: seconds, but noisier")
    arguments = parser.parse_args()

    start = time.perf_counter()
    results: list[Result] = []
    total = len(MLPS) * len(BATCHES) * len(DTYPES) * len(RATIOS) + 2
    with tqdm(total=total, leave=False, file=sys.stderr) as bar:
        for measure in (import_results, restart_results, mlp_results):
            for result in measure(arguments.quick):
                results.append(result)
                bar.update()
    seconds = time.perf_counter() - start
    if arguments.json:
        rows = [{**asdict(r), "met": r.verdict == "met" if r.goal else None} for r in results]
        print(json.dumps({"results": rows, "seconds": seconds}, indent=2))
    else:
        print_table(results)
        print(f"\nCPU time, one thread, median, interleaved; {seconds:.0f} s in all.")


def print_table(results: list[Result]) -> None:
    width = max(len(r.name) for r in results)
    print(f"{'':{width}}  {'result':>9}  {'goal':>8}")
    for r in results:
        goal = f"≤ {r.goal:g} {r.unit}" if r.goal is not None else "–"
        print(f"{r.name:{width}}  {r.value:7.2f} {r.unit:2}  {goal:>8}  {r.verdict}".rstrip())


if __name__ == "__main__":
    main()
