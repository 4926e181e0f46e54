"""Figures of the plane: points, decision surfaces, the perceptron's lines, the hidden space."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bplab.figures.picture import Picture
from bplab.figures.style import (
    BLUE,
    BLUE_TO_ORANGE,
    COLOURS,
    GREY,
    INK,
    MARKERS,
    ORANGE,
    bare,
    sheet,
    styled,
)
from bplab.numeric.arrays import Array, as_finite, require_shapes
from bplab.numeric.perceptron import PerceptronHistory, novikoff_bound, signs

LAST_LINES = 20
FEW = 8  # up to so many points are drawn large, and named one by one


@styled()
def points(x: Array, y: Array, *, title: str = "Points by class") -> Picture:
    """The data: one colour and one marker for each class.

    Shapes: x (B, 2), y (B,) integer labels, at most 6 classes.
    """
    x = _plane(x, y)
    figure = sheet(5.2, 4.4)
    ax = figure.subplots()
    _scatter(ax, x, y)
    _frame(ax, x)
    ax.set_title(title)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    counts = ", ".join(f"{np.sum(y == label)} of class {label:g}" for label in np.unique(y))
    return Picture(figure, f"{title}: points in the plane, {counts}.")


@styled()
def decision_surface(
    predict: Callable[[Array], Array], x: Array, y: Array, *, title: str = "Decision surface"
) -> Picture:
    """The output of a two-class model over the plane, with the line where it is ½ and the data.

    Shapes: predict maps (N, 2) to outputs in [0, 1], (N,) or (N, 1); x (B, 2), y (B,) with labels
    0/1 or −1/+1.
    Raises: ValueError if predict returns another shape or leaves [0, 1].
    """
    x = _plane(x, y)
    right = int(np.sum((_outputs(predict, x) > 0.5) == (signs(y) > 0)))
    figure = sheet(5.6, 4.4)
    ax = figure.subplots()
    (left, end), (bottom, top) = _frame(ax, x)
    # Unequal sides keep a line through the corners off the exact middle of the pixels.
    columns, rows = np.linspace(left, end, 180), np.linspace(bottom, top, 181)
    grid = np.stack(np.meshgrid(columns, rows), axis=-1)
    outputs = _outputs(predict, grid.reshape(-1, 2)).reshape(181, 180)
    image = ax.imshow(
        outputs,
        cmap=BLUE_TO_ORANGE,
        vmin=0,
        vmax=1,
        extent=(left, end, bottom, top),
        origin="lower",
        interpolation="bilinear",
        interpolation_stage="data",
        aspect="auto",
    )
    if outputs.min() < 0.5 < outputs.max():
        ax.contour(columns, rows, outputs, levels=[0.5], colors=[INK], linewidths=1.8)
    _scatter(ax, x, y)
    bar = figure.colorbar(image, ax=ax, ticks=[0, 0.5, 1])
    bar.set_label("output (black line: ½)")
    ax.set_title(title)
    alt = (
        f"{title}: the output over the plane, from 0 (blue) to 1 (orange), with a line where it is "
        f"½; {right} of {len(x)} points lie on their class's side."
    )
    return Picture(figure, alt)


@styled()
def perceptron_history(
    history: PerceptronHistory, x: Array, y: Array, *, title: str = "The perceptron learns"
) -> Picture:
    """The line after each mistake (the last 20), and the mistakes against Novikoff's bound.

    The bound is that of the final (w, b); it is drawn only if that separates the classes.
    Shapes: x (B, 2), y (B,) with labels 0/1 or −1/+1.
    """
    x = _plane(x, y)
    figure = sheet(9.2, 4.2)
    left, right = figure.subplots(1, 2)
    _draw_lines(left, history, x, y)
    epochs = np.arange(history.epochs + 1)
    total = np.cumsum([0, *history.mistakes_by_epoch])
    marker = "o" if history.epochs <= 30 else ""
    right.plot(epochs, total, color=BLUE, marker=marker, label="mistakes made")
    right.set(xlabel="epochs", ylabel="mistakes so far", title="Mistakes", xlim=(0, None))
    right.grid(axis="y")
    if history.converged:
        bound = novikoff_bound(x, y, history.w[-1], history.b[-1])
        right.axhline(bound, color=ORANGE, linestyle="--", label=f"Novikoff's bound: {bound:.4g}")
        verdict = f"Novikoff's bound allows {bound:.4g}; the last line separates the classes"
    else:
        verdict = "it goes on making mistakes, and there is no bound"
    right.set_ylim(0, None)
    right.legend(loc="center right")
    figure.suptitle(title)
    alt = f"{title}: {history.mistakes} mistakes in {history.epochs} epochs; {verdict}."
    return Picture(figure, alt)


@styled()
def xor_inequalities() -> Picture:
    """What XOR asks of w₁, w₂, b at its four corners, and why no numbers can give it."""
    figure = sheet(9.2, 4.2)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.1))
    corners = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    for pair, colour, dash in [(corners[:2], BLUE, "-"), (corners[2:], ORANGE, "--")]:
        left.plot(*pair.T, color=colour, linestyle=dash, linewidth=1.6)
    _scatter(left, corners, np.array([0, 0, 1, 1]))
    left.plot(0.5, 0.5, marker="X", color=INK, markersize=11, linestyle="none", zorder=4)
    left.annotate("(½, ½) is the middle\nof both diagonals", (0.5, 0.5), (0.62, 0.44), fontsize=9)
    demands = ["b < 0", "w₁ + w₂ + b < 0", "w₂ + b > 0", "w₁ + b > 0"]
    for corner, demand in zip(corners, demands, strict=True):
        below = corner[1] == 0
        left.annotate(
            demand,
            corner,
            (0, -14 if below else 14),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
            color=BLUE if "<" in demand else ORANGE,
        )
    left.set(xlim=(-0.45, 1.45), ylim=(-0.35, 1.35), xticks=[0, 1], yticks=[0, 1])
    left.set(xlabel="x₁", ylabel="x₂", title="Each corner asks for one inequality")
    _write_contradiction(bare(right))
    alt = (
        "Why no line solves XOR: (0, 0) asks for b < 0 and (1, 1) for w1 + w2 + b < 0, together "
        "w1 + w2 + 2b < 0; (0, 1) asks for w2 + b > 0 and (1, 0) for w1 + b > 0, together "
        "w1 + w2 + 2b > 0. Both cannot hold."
    )
    return Picture(figure, alt)


@styled()
def hidden_space(
    hidden: Callable[[Array], Array],
    x: Array,
    y: Array,
    *,
    output: tuple[Array, float] | None = None,
    title: str = "What the hidden layer does",
) -> Picture:
    """The input plane and where two hidden units send it, with the grid that is bent on the way.

    output: (w, b) of the output unit; its straight line in the hidden plane is drawn, and the
    curve in the input plane that it comes from.
    Shapes: hidden maps (N, 2) to (N, 2); x (B, 2), y (B,); w (2,).
    """
    x = _plane(x, y)
    images = as_finite("hidden(x)", hidden(x))
    require_shapes(**{"x": (x, ("B", "2")), "hidden(x)": (images, ("B", "2"))})
    figure = sheet(9.2, 4.4)
    before, after = figure.subplots(1, 2)
    limits = _frame(before, x)
    _frame(after, np.vstack([images, hidden(_corners(limits))]), pad=0.06)
    _draw_grid(before, limits, lambda grid: grid)
    _draw_grid(after, limits, hidden)
    if output is not None:
        w, b = as_finite("w", output[0]), output[1]
        require_shapes(x=(x, ("B", "n")), w=(w, ("n",)))
        columns, rows = (np.linspace(*limit, 150) for limit in limits)
        grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        z = (hidden(grid) @ w + b).reshape(150, 150)
        before.contour(columns, rows, z, levels=[0], colors=[INK], linewidths=1.8)
        _draw_line(after, w, b, color=INK, linewidth=1.8)
    _scatter(before, x, y)
    _scatter(after, images, y)
    before.set_title("Before: the inputs")
    _name_points(before, x, x)
    _name_points(after, images, x)
    after.set(xlabel="h₁", ylabel="h₂", title="After: the hidden activations")
    figure.suptitle(title)
    moves = "; ".join(
        f"{_pair(a)} of class {label:g} goes to {_pair(h)}"
        for a, h, label in list(zip(x, images, y, strict=True))[:FEW]
    )
    return Picture(figure, f"{title}: {moves}.")


def _plane(x: Array, y: Array) -> Array:
    x = as_finite("x", x)
    require_shapes(x=(x, ("B", "2")), y=(np.asarray(y), ("B",)))
    if x.shape[1] != 2:
        raise ValueError(f"x must have shape (B, 2), points of the plane; got {x.shape}")
    if len(np.unique(y)) > len(COLOURS):
        raise ValueError(f"y must hold at most {len(COLOURS)} classes; got {len(np.unique(y))}")
    return x


def _outputs(predict: Callable[[Array], Array], x: Array) -> Array:
    outputs = as_finite("predict(x)", predict(x))
    if outputs.shape not in [(len(x),), (len(x), 1)]:
        raise ValueError(
            f"predict must return shape (N,) or (N, 1) for x of shape (N, 2) with N = {len(x)}; "
            f"got {outputs.shape}"
        )
    if outputs.min() < 0 or outputs.max() > 1:
        raise ValueError(
            f"predict must return outputs in [0, 1]; got {outputs.min():.4g} to "
            f"{outputs.max():.4g}. Are these logits? Put a sigmoid on them."
        )
    return outputs.ravel()


def _scatter(ax: Axes, x: Array, y: Array) -> None:
    size = 110 if len(x) <= FEW else 26
    for label, colour, marker in zip(np.unique(y), COLOURS, MARKERS, strict=False):
        ax.scatter(
            x[y == label, 0],
            x[y == label, 1],
            s=size,
            c=colour,
            marker=marker,
            edgecolors="white",
            linewidths=0.8,
            label=f"class {label:g}",
            zorder=3,
        )


def _frame(ax: Axes, x: Array, pad: float = 0.25) -> tuple[tuple[float, float], ...]:
    low, high = x.min(axis=0), x.max(axis=0)
    room = pad * np.where(high > low, high - low, 1.0)
    limits = tuple(zip((low - room).tolist(), (high + room).tolist(), strict=True))
    ax.set(xlim=limits[0], ylim=limits[1], xlabel="x₁", ylabel="x₂")
    return limits


def _draw_line(ax: Axes, w: Array, b: float, **style: Any) -> None:
    """The line w·x + b = 0 where it crosses the axes' limits, set before; nothing if w = 0."""
    if not np.any(w):
        return
    limits = np.array([ax.get_xlim(), ax.get_ylim()])
    middle, reach = limits.mean(axis=1), np.linalg.norm(np.diff(limits))
    foot = middle - (w @ middle + b) * w / (w @ w)
    along = reach * np.array([-w[1], w[0]]) / np.linalg.norm(w)
    ax.plot(*np.array([foot - along, foot + along]).T, **style)


def _draw_lines(ax: Axes, history: PerceptronHistory, x: Array, y: Array) -> None:
    _scatter(ax, x, y)
    _frame(ax, x, pad=0.45)
    *earlier, (w, b) = list(zip(history.w, history.b, strict=True))[1:][-LAST_LINES:]
    for i, (old_w, old_b) in enumerate(earlier):
        grey = f"{0.88 - 0.4 * i / len(earlier):.3f}"
        _draw_line(ax, old_w, old_b, color=grey, linewidth=1)
    ax.plot([], [], color="0.65", linewidth=1, label="after each mistake")
    final = "final line" if np.any(w) else "final w = 0: no line"
    _draw_line(ax, w, b, color=INK, linewidth=2.2)
    ax.plot([], [], color=INK, linewidth=2.2, label=final)
    ax.set_title("The line w·x + b = 0")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)


def _draw_grid(
    ax: Axes, limits: tuple[tuple[float, float], ...], bend: Callable[[Array], Array]
) -> None:
    (left, right), (bottom, top) = limits
    for t in np.linspace(0, 1, 13):
        s = np.linspace(0, 1, 60)
        upright = np.column_stack(
            [np.full(60, left + t * (right - left)), bottom + s * (top - bottom)]
        )
        level = np.column_stack(
            [left + s * (right - left), np.full(60, bottom + t * (top - bottom))]
        )
        ax.plot(*bend(upright).T, color="#9DB4C8", linewidth=0.8)
        ax.plot(*bend(level).T, color="#D3AE92", linewidth=0.8)


def _name_points(ax: Axes, places: Array, x: Array) -> None:
    """Write each input beside its place; inputs that (almost) meet share one text."""
    if len(x) > FEW:
        return
    reach = 0.08 * np.ptp(ax.get_xlim())
    groups: list[tuple[Array, list[str]]] = []
    for place, point in zip(places, x, strict=True):
        near = [words for other, words in groups if np.linalg.norm(place - other) < reach]
        if near:
            near[0].append(_pair(point))
        else:
            groups.append((place, [_pair(point)]))
    for (h1, h2), words in groups:
        left = h1 < np.mean(ax.get_xlim())
        ax.annotate(
            " and ".join(words),
            (h1, h2),
            (9 if left else -9, 9),
            textcoords="offset points",
            ha="left" if left else "right",
            zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )


def _corners(limits: tuple[tuple[float, float], ...]) -> Array:
    return np.array([[p, q] for p in limits[0] for q in limits[1]])


def _write_contradiction(ax: Axes) -> None:
    ax.set(xlim=(0, 1), ylim=(0, 1))
    rows = [
        (0.90, BLUE, "(0, 0) and (1, 1) are of class 0 (○):"),
        (0.80, BLUE, "        b < 0    and    w₁ + w₂ + b < 0"),
        (0.70, BLUE, "added:    w₁ + w₂ + 2b  <  0"),
        (0.50, ORANGE, "(0, 1) and (1, 0) are of class 1 (□):"),
        (0.40, ORANGE, "        w₂ + b > 0    and    w₁ + b > 0"),
        (0.30, ORANGE, "added:    w₁ + w₂ + 2b  >  0"),
        (0.10, INK, "No number is below 0 and above 0."),
    ]
    for height, colour, words in rows:
        ax.text(0.04, height, words, color=colour, fontsize=12, va="center")
    ax.plot([0.04, 0.8], [0.19, 0.19], color=GREY, linewidth=0.8)


def _pair(values: Array) -> str:
    return f"({', '.join(f'{value:.3g}' for value in values)})"
