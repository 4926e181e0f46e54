"""Figures of optimisation: paths over a landscape, learning rates, saturation, training curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, COLOURS, DASHES, GREY, INK, MARKERS, ORANGE, sheet, styled
from bplab.numeric.arrays import Array, as_finite, require_shapes

Limits = tuple[float, float]

# Grey on purpose, so that coloured paths stand out; the bands read like lines on a map.
HEIGHTS = LinearSegmentedColormap.from_list("heights", ["#FFFFFF", "#9A9A9A"], 16)
SATURATED = 0.05
BINS = np.linspace(0, 1, 21)


@styled()
def landscape(
    cost: Callable[[Array], Array],
    paths: Mapping[str, Array],
    *,
    xlim: Limits,
    ylim: Limits,
    labels: tuple[str, str] = ("w₁", "w₂"),
    title: str = "Paths downhill",
) -> Picture:
    """A cost over a plane, darker where it is higher, and one path in each panel.

    Shapes: cost maps (N, 2) to (N,); a path is (S, 2), its first row is the start. What leaves the
    limits is cut off.
    Raises: ValueError if there is no path, or a path or a cost has another shape.
    """
    if not paths:
        raise ValueError("paths must hold at least one named path; got none")
    columns, rows = np.linspace(*xlim, 160), np.linspace(*ylim, 161)
    grid = np.stack(np.meshgrid(columns, rows), axis=-1)
    heights = _heights(cost, grid.reshape(-1, 2)).reshape(161, 160)
    norm = PowerNorm(0.5, heights.min(), heights.max())  # bands of equal steepness in a bowl
    figure = sheet(1.2 + 3.6 * len(paths), 3.9)
    axes = figure.subplots(1, len(paths), sharey=True, squeeze=False)[0]
    ends = []
    for i, (ax, (name, path)) in enumerate(zip(axes, paths.items(), strict=True)):
        path = as_finite(f"paths[{name!r}]", path)
        require_shapes(**{f"paths[{name!r}]": (path, ("S", "2"))})
        ax.imshow(
            heights, cmap=HEIGHTS, norm=norm, extent=(*xlim, *ylim), origin="lower", aspect="auto"
        )
        ax.contour(columns, rows, heights, norm.inverse(np.linspace(0, 1, 14)), **_THIN)
        (line,) = ax.plot(*path.T, color=COLOURS[i % 6], marker=MARKERS[i % 6], markersize=3.5)
        line.set(linewidth=1.2)
        ax.plot(*path[0], color=INK, marker="*", markersize=12)
        ax.set(xlim=xlim, ylim=ylim, xlabel=labels[0], title=name)
        first, last = _heights(cost, path[[0, -1]])
        ends.append(
            f"{name}: {len(path)} points from {_place(path[0])}, height {first:.3g}, to "
            f"{_place(path[-1])}, height {last:.3g}"
        )
    axes[0].set_ylabel(labels[1])
    figure.suptitle(title)
    return Picture(figure, f"{title}: a landscape with one path in each panel. {'; '.join(ends)}.")


_THIN = {"colors": ["#8A8A8A"], "linewidths": 0.5, "linestyles": "solid"}


def _place(point: Array) -> str:
    return f"({', '.join(f'{round(value, 1) + 0.0:g}' for value in point)})"  # + 0.0 makes −0 a 0


def _heights(cost: Callable[[Array], Array], points: Array) -> Array:
    heights = as_finite("cost(points)", cost(points))
    if heights.shape != (len(points),):
        raise ValueError(f"cost must map (N, 2) to (N,), N = {len(points)}; got {heights.shape}")
    return heights


@styled()
def learning_rate_sweep(
    rates: Sequence[float],
    losses: Mapping[str, Sequence[float]],
    *,
    guessing: float,
    title: str = "Loss after training, by learning rate",
) -> Picture:
    """One line an optimizer; a run that ends no better than guessing is a cross at the top.

    So is one past the cliff: at a rate above the best, with a loss above a third of guessing. There
    descent is chaotic, and the loss it happens to end at means nothing.

    rates: the learning rates; losses: for each optimizer's name the loss at each of the rates.
    NaN and inf count as no better than guessing.
    Raises: ValueError if there is no optimizer, they do not fit the rates, or all failed.
    """
    at = as_finite("rates", np.asarray(rates, dtype=float))
    if not losses:
        raise ValueError("losses must hold at least one named sequence; got none")
    figure = sheet(6.8, 4)
    ax = figure.subplots()
    ax.axhline(guessing, color=GREY, linewidth=1)
    ax.text(0.5, guessing * 1.04, "guessing", transform=ax.get_yaxis_transform(), ha="center")
    best = []
    for i, (name, values) in enumerate(losses.items()):
        found = np.asarray(values, dtype=float)
        require_shapes(rates=(at, ("R",)), **{f"losses[{name!r}]": (found, ("R",))})
        good = found < guessing  # false for NaN, too
        if not good.any():
            raise ValueError(f"losses[{name!r}] must hold one below {guessing:.4g}; got none")
        lowest = np.argmin(np.where(good, found, np.inf))
        good &= (at <= at[lowest]) | (found < guessing / 3)
        (line,) = ax.plot(at[good], found[good], linewidth=1.7, label=name)
        line.set(color=COLOURS[i % 6], linestyle=DASHES[i % 6], marker=MARKERS[i % 6])
        level = np.full(at[~good].shape, guessing * 1.25 * 1.22**i)  # a row for each optimizer
        ax.plot(at[~good], level, color=COLOURS[i % 6], marker="x", linestyle="none")
        best.append(
            f"{name} is best at {at[lowest]:.2g} with {found[lowest]:.2g}, "
            f"and {np.sum(~good)} of {len(at)} runs do not learn"
        )
    ax.set(xscale="log", yscale="log", xlabel="learning rate η", title=title)
    ax.set_ylabel("loss after training (log scale)")
    ax.grid(axis="y")
    ax.legend(loc="lower left")
    return Picture(figure, f"{title}: {'; '.join(best)}.")


@styled()
def activation_histograms(
    activations: Mapping[str, Sequence[Array]], *, title: str = "Activations, layer by layer"
) -> Picture:
    """How the sigmoids of each layer are distributed, one row a network; the saturated hatched.

    activations: for each network's name the arrays of its layers, any shape, values in [0, 1].
    Raises: ValueError if there is no network, they differ in depth, or a value leaves [0, 1].
    """
    depths = {len(layers) for layers in activations.values()}
    if len(depths) != 1:
        raise ValueError(f"all networks must have the same number of layers; got {sorted(depths)}")
    (depth,) = depths
    figure = sheet(1.75 * depth + 0.4, 1.75 * len(activations) + 0.6)
    grid = figure.subplots(len(activations), depth, sharex=True, sharey=True, squeeze=False)
    words = []
    for axes, (name, layers) in zip(grid, activations.items(), strict=True):
        shares = [
            _histogram(ax, as_finite(f"activations[{name!r}]", a).ravel())
            for ax, a in zip(axes, layers, strict=True)
        ]
        axes[0].set_ylabel(name)
        words.append(f"{name}: " + ", ".join(f"{share:.0%}" for share in shares))
    for number, ax in enumerate(grid[0], start=1):
        ax.text(0.5, 1.06, f"layer {number}", transform=ax.transAxes, ha="center")
    for ax in grid[-1]:
        ax.set_xlabel("a")
    figure.suptitle(title)
    alt = f"{title}. Share saturated (below {SATURATED} or above {1 - SATURATED}) in layers 1 to "
    return Picture(figure, f"{alt}{depth}, {'; '.join(words)}.")


def _histogram(ax: Axes, a: Array) -> float:
    """Draw one histogram; returns the share of saturated values."""
    if a.min() < 0 or a.max() > 1:
        raise ValueError(f"activations must be in [0, 1]; got {a.min():.4g} to {a.max():.4g}")
    counts, _ = np.histogram(a, BINS)
    middles = (BINS[:-1] + BINS[1:]) / 2
    ends = (middles < SATURATED) | (middles > 1 - SATURATED)
    for chosen, colour, hatch in ((~ends, BLUE, None), (ends, ORANGE, "////")):
        ax.bar(
            middles[chosen],
            counts[chosen] / len(a),
            width=BINS[1],
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.4,
        )
    share = float(np.mean((a < SATURATED) | (a > 1 - SATURATED)))
    ax.text(0.5, 0.86, f"{share:.0%}", transform=ax.transAxes, ha="center", color=ORANGE)
    return share


@styled()
def curve_panels(
    runs: Mapping[str, Mapping[str, Sequence[float]]], *, title: str = "Training curves"
) -> Picture:
    """One panel a run, with its losses by epoch on one common logarithmic scale.

    runs: for each run's name its curves by name, such as "training" and "validation".
    Raises: ValueError if there is no run, or a loss is not finite.
    """
    if not runs:
        raise ValueError("runs must hold at least one run; got none")
    figure = sheet(2.4 * len(runs) + 0.4, 3.2)
    axes = figure.subplots(1, len(runs), sharey=True, squeeze=False)[0]
    words = []
    for ax, (run, curves) in zip(axes, runs.items(), strict=True):
        for i, (name, values) in enumerate(curves.items()):
            losses = as_finite(f"runs[{run!r}][{name!r}]", np.asarray(values))
            (line,) = ax.plot(np.arange(1, len(losses) + 1), losses, linewidth=1.8, label=name)
            line.set(color=COLOURS[i % 6], linestyle=DASHES[i % 6])
            words.append(
                f"{run}, {name}: starts at {losses[0]:.2g}, is lowest at {losses.min():.2g} in "
                f"epoch {losses.argmin() + 1}, ends at {losses[-1]:.2g}, and rises in "
                f"{np.sum(np.diff(losses) > 0.01)} epochs"
            )
        ax.set(yscale="log", xlabel="epochs", title=run)
        ax.grid(axis="y")
    axes[0].set_ylabel("loss (log scale)")
    axes[0].legend(loc="lower left")
    figure.suptitle(title)
    return Picture(figure, f"{title}. {'; '.join(words)}.")
