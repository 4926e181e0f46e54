"""Figures of training: losses, the outcomes of many restarts, the size of δ layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, COLOURS, DASHES, MARKERS, ORANGE, sheet, styled
from bplab.numeric.arrays import Array, as_finite, require_shapes


@styled()
def loss_curves(
    losses: Mapping[str, Sequence[float]],
    *,
    steps: Sequence[int] | None = None,
    title: str = "Loss while training",
    unit: str = "epochs",
) -> Picture:
    """One line a run, loss on a logarithmic scale.

    losses: for each run's name its losses.
    steps: where on the axis they were taken, for all runs alike; 1, 2, 3 … if not given.
    Raises: ValueError if there is no run, a loss is not finite, or steps do not fit a run.
    """
    series = _series("losses", losses)
    figure = sheet(6.6, 4)
    ax = figure.subplots()
    ends = []
    for i, (name, values) in enumerate(series.items()):
        at = np.arange(1, len(values) + 1) if steps is None else np.asarray(steps)
        require_shapes(steps=(at, ("S",)), **{f"losses[{name!r}]": (values, ("S",))})
        (line,) = ax.plot(at, values, linewidth=1.8, label=name)
        line.set(color=COLOURS[i % 6], linestyle=DASHES[i % 6])
        ends.append(f"{name} goes from {values[0]:.3g} to {values[-1]:.3g} in {at[-1]} {unit}")
    _finish_log_plot(ax, xlabel=unit, ylabel="loss (log scale)", title=title)
    return Picture(figure, f"{title}: {'; '.join(ends)}.")


@styled()
def restart_outcomes(losses: Array, solved: Array, *, title: str = "Random restarts") -> Picture:
    """How many restarts end at which loss, the solved ones apart from those that got stuck.

    Shapes: losses (R,) positive final losses; solved (R,) booleans.
    """
    losses, solved = as_finite("losses", losses), np.asarray(solved, dtype=bool)
    require_shapes(losses=(losses, ("R",)), solved=(solved, ("R",)))
    figure = sheet(6.6, 3.8)
    ax = figure.subplots()
    if losses.min() <= 0:
        raise ValueError(f"losses must be positive for a logarithmic scale; got {losses.min():.4g}")
    # Half octaves around the powers of two: XOR's plateaus, at 1/8 and 1/16, are in mid-bar, not on
    # an edge, where the last digit would move counts from bar to bar.
    first, last = np.floor(2 * np.log2([losses.min(), losses.max()]) + 0.5)
    edges = 2 ** ((np.arange(first, last + 2) - 0.5) / 2)
    groups = [
        (solved, BLUE, None, f"solved: {np.sum(solved)}"),
        (~solved, ORANGE, "///", f"stuck: {np.sum(~solved)}"),
    ]
    below = np.zeros(len(edges) - 1)
    for chosen, colour, hatch, label in groups:
        counts, _ = np.histogram(losses[chosen], bins=edges)
        ax.bar(
            edges[:-1],
            counts,
            width=np.diff(edges),
            bottom=below,
            align="edge",
            color=colour,
            hatch=hatch,
            edgecolor="white",
            label=label,
        )
        below += counts
    ax.set(xscale="log", xlabel="final loss (log scale)", ylabel="restarts")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    share = f"{np.sum(solved)} of {len(losses)} restarts solve it ({np.mean(solved):.0%})"
    ax.set_title(f"{title}: {share}")
    ax.legend()
    stuck = losses[~solved]
    rest = f"; the others end at a loss of {stuck.min():.3g} or more" if len(stuck) else ""
    return Picture(figure, f"{title}: {share}{rest}.")


@styled()
def deltas_by_layer(
    norms: Mapping[str, Sequence[float]], *, title: str = "The error δ, layer by layer"
) -> Picture:
    """The size of δ in each layer, first layer left, on a logarithmic scale.

    norms: for each net's name the mean |δˡ| of its layers 1 … L.
    Raises: ValueError if there is no net, or a value is not finite.
    """
    series = _series("norms", norms)
    figure = sheet(6.6, 3.8)
    ax = figure.subplots()
    for i, (name, values) in enumerate(series.items()):
        (line,) = ax.plot(np.arange(1, len(values) + 1), values, linewidth=1.6, label=name)
        line.set(color=COLOURS[i % 6], linestyle=DASHES[i % 6], marker=MARKERS[i % 6])
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    _finish_log_plot(ax, xlabel="layer l", ylabel="mean |δ| (log scale)", title=title)
    nets = "; ".join(
        f"{name}: {values[0]:.3g} in layer 1, {values[-1]:.3g} in layer {len(values)}"
        for name, values in series.items()
    )
    return Picture(figure, f"{title}: {nets}.")


def _series(name: str, series: Mapping[str, Sequence[float]]) -> dict[str, Array]:
    if not series:
        raise ValueError(f"{name} must hold at least one named sequence; got none")
    return {key: as_finite(f"{name}[{key!r}]", np.asarray(v)) for key, v in series.items()}


def _finish_log_plot(ax: Axes, *, xlabel: str, ylabel: str, title: str) -> None:
    ax.set(yscale="log", xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(axis="y")
    ax.legend()
