"""Figures of the perceptron's rule: what one update does, and why there cannot be many of them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, GREY, INK, ORANGE, sheet, styled
from bplab.numeric.arrays import Array, as_finite, require_shapes
from bplab.numeric.perceptron import PerceptronHistory, labelled_points, novikoff_bound


@styled()
def perceptron_update(
    w: Array, b: float, x: Array, s: float, *, title: str = "One mistake, one update"
) -> Picture:
    """The line before and after one update in the input plane, and w + s·x in the weight plane.

    Shapes: w (2,), b a number, x (2,), s the sample's sign ±1.
    Raises: ValueError if the sample is no mistake, s(w·x + b) > 0.
    """
    w, x = as_finite("w", w), as_finite("x", x)
    require_shapes(w=(w, ("2",)), x=(x, ("2",)))
    before = float(s * (w @ x + b))
    if before > 0:
        raise ValueError(
            f"the sample must be a mistake, s(w·x + b) ≤ 0; got {before:.4g}, which calls for no "
            "update"
        )
    new_w, new_b = w + s * x, b + s
    after = float(s * (new_w @ x + new_b))
    figure = sheet(9.2, 4.3)
    left, right = figure.subplots(1, 2)
    _frame_around(left, [x, _foot(w, b), _foot(new_w, new_b)])
    _draw_line(left, w, b, "before", color=GREY, linestyle="--")
    _draw_line(left, new_w, new_b, "after", color=INK, linestyle="-")
    colour, marker, sign = (ORANGE, "s", "+") if s > 0 else (BLUE, "o", "−")
    left.plot(*x, color=colour, marker=marker, markersize=11, linestyle="none", zorder=4)
    left.annotate(
        f"x, s = {sign}1",
        (x[0], x[1]),
        (0, 12),
        textcoords="offset points",
        ha="center",
        color=colour,
    )
    left.set(xlabel="x₁", ylabel="x₂", title=f"s·z goes from {_number(before)} to {_number(after)}")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
    _frame_around(right, [np.zeros(2), w, new_w])
    _draw_arrow(right, np.zeros(2), w, "w", GREY)
    _draw_arrow(right, w, new_w, f"{sign} x", colour)
    _draw_arrow(right, np.zeros(2), new_w, f"w {sign} x", INK)
    right.set(xlabel="w₁", ylabel="w₂", title="The weights are pulled towards s·x")
    figure.suptitle(title)
    alt = (
        f"{title}: the sample x = {_pair(x)} with s = {sign}1 is misclassified; w goes from "
        f"{_pair(w)} to {_pair(new_w)} and b from {_number(b)} to {_number(new_b)}, so s·z goes "
        f"from {_number(before)} to {_number(after)}."
    )
    return Picture(figure, alt)


@styled()
def novikoff_squeeze(
    history: PerceptronHistory,
    x: Array,
    y: Array,
    w: Array,
    b: float,
    *,
    title: str = "Novikoff's proof",
) -> Picture:
    """The length of (w, b) after each mistake, between the proof's two curves, which must cross.

    k mistakes make it at least kγ and at most √k R long, where γ is the margin of the given (w, b).
    Shapes: x (B, n), y (B,) with labels 0/1 or −1/+1; w (n,), b a number.
    Raises: ValueError if (w, b) does not separate the classes.
    """
    bound = novikoff_bound(x, y, w, b)
    x, _ = labelled_points(x, y)
    radius = np.sqrt(np.max(np.sum(x * x, axis=1)) + 1)
    gamma = radius / np.sqrt(bound)
    lengths = np.sqrt(np.sum(history.w**2, axis=1) + history.b**2)
    k = np.linspace(0, 1.12 * bound, 200)
    figure = sheet(6.6, 4)
    ax = figure.subplots()
    ax.plot(k, np.sqrt(k) * radius, color=BLUE, linewidth=1.8, label="at most √k·R")
    ax.plot(k, k * gamma, color=ORANGE, linestyle="--", linewidth=1.8, label="at least k·γ")
    ax.plot(lengths, color=INK, marker="o", markersize=4, linestyle="none", label="‖(w, b)‖")
    ax.axvline(bound, color=GREY, linestyle=":")
    ax.annotate(
        f"no room beyond\n(R/γ)² = {bound:.4g}",
        (bound, 0),
        (-8, 10),
        textcoords="offset points",
        ha="right",
    )
    ax.set(xlabel="mistakes k", ylabel="length", title=title, xlim=(0, None), ylim=(0, None))
    ax.legend(loc="upper left")
    alt = (
        f"{title}: after each of {history.mistakes} mistakes the length of (w, b) lies between the "
        f"line kγ and the curve √k·R; these cross at {bound:.4g} mistakes, so there cannot be more."
    )
    return Picture(figure, alt)


def _foot(w: Array, b: float) -> Array:
    """The line's point nearest to the origin; the origin if w = 0."""
    length = w @ w
    return -b * w / length if length else np.zeros(2)


def _frame_around(ax: Axes, places: list[Array]) -> None:
    """Square limits, so that a right angle looks like one."""
    low, high = np.min(places, axis=0), np.max(places, axis=0)
    middle, reach = (low + high) / 2, 0.75 * np.max(high - low) + 0.5
    ax.set(
        xlim=(middle[0] - reach, middle[0] + reach),
        ylim=(middle[1] - reach, middle[1] + reach),
        aspect="equal",
    )
    ax.grid(color="#EEEEEE")


def _draw_line(ax: Axes, w: Array, b: float, when: str, *, color: str, linestyle: str) -> None:
    """The line w·x + b = 0 and an arrow to the side where it is positive; nothing if w = 0."""
    if not np.any(w):
        return
    width, foot, normal = np.ptp(ax.get_xlim()), _foot(w, b), w / np.linalg.norm(w)
    reach = 2 * width * np.array([-normal[1], normal[0]])
    ends = np.array([foot - reach, foot + reach])
    ax.plot(*ends.T, color=color, linestyle=linestyle, linewidth=1.8, label=f"line {when}")
    _draw_arrow(ax, foot, foot + 0.16 * width * normal, "class 1", color, at_tip=True)


def _draw_arrow(
    ax: Axes, start: Array, end: Array, words: str, color: str, *, at_tip: bool = False
) -> None:
    """An arrow with its words beyond the tip, or beside the middle, to the right of the arrow."""
    arrow = (end - start) / max(float(np.linalg.norm(end - start)), 1e-12)
    place, aside = (end, arrow) if at_tip else ((start + end) / 2, np.array([arrow[1], -arrow[0]]))
    ax.plot(*np.array([start, end]).T, color=color, linewidth=2)
    ax.annotate(
        "",
        (end[0], end[1]),
        (start[0], start[1]),
        arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 2},
    )
    ax.annotate(
        words,
        (place[0], place[1]),
        (20 * aside[0], 20 * aside[1]),
        textcoords="offset points",
        ha="center",
        va="center",
        color=color,
    )


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _pair(values: Array) -> str:
    return f"({', '.join(map(_number, values))})"
