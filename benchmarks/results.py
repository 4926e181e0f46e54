"""What a benchmark returns, as a table and as a plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


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


@dataclass(frozen=True)
class Curve:
    """One quantity against another, for several programs: series[program][i] belongs to xs[i]."""

    name: str
    x: str
    y: str
    xs: Sequence[float]
    series: Mapping[str, Sequence[float]]


def table(results: Sequence[Result], curves: Sequence[Curve]) -> str:
    width = max((len(r.name) for r in results), default=0)
    lines = [f"{'':{width}}  {'result':>10}  {'goal':>8}"] if results else []
    for r in results:
        goal = f"≤ {r.goal:g} {r.unit}" if r.goal is not None else "–"
        lines.append(
            f"{r.name:{width}}  {_number(r.value):>8} {r.unit}  {goal:>8}  {r.verdict}".rstrip()
        )
    for curve in curves:
        lines += ["", f"{curve.name} ({curve.y})", _row(curve.x, curve.xs, "g")]
        lines += [_row(program, ys, ".2f") for program, ys in curve.series.items()]
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def _row(name: str, numbers: Sequence[float], style: str) -> str:
    return f"  {name:10}" + "".join(f"{number:>10{style}}" for number in numbers)


def plot(results: Sequence[Result], curves: Sequence[Curve], path: Path) -> None:
    """Each result that has a goal as a share of it, and the curves."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    judged = [r for r in results if r.goal is not None]
    rows = -(-len(curves) // 2)
    figure = plt.figure(figsize=(16, max(0.22 * len(judged) + 1, 3 * rows)), layout="constrained")
    left, right = figure.subfigures(1, 2)

    shares = left.subplots()
    for i, r in enumerate(judged):
        met = r.verdict == "met"
        shares.plot(r.value / r.goal, i, "o" if met else "X", color="C0" if met else "C1")
    shares.axvline(1, color="0.5", linestyle="--")
    shares.set_yticks(range(len(judged)), [r.name for r in judged], fontsize=7)
    shares.invert_yaxis()
    shares.set_xscale("log")
    shares.set_xlabel("result / goal (● met, ✗ not met)")

    for axes, curve in zip(right.subplots(rows, 2, squeeze=False).flat, curves, strict=False):
        for marker, (program, ys) in zip("osD^v", curve.series.items(), strict=False):
            axes.plot(curve.xs, ys, marker=marker, label=program)
        axes.set(title=curve.name, xlabel=curve.x, ylabel=curve.y, xscale="log", yscale="log")
        axes.set_xticks(curve.xs, [f"{x:g}" for x in curve.xs])
        axes.minorticks_off()
        axes.legend()
    figure.savefig(path, dpi=100)
    plt.close(figure)
