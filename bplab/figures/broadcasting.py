"""The trap of (n, 1) minus (n,): all pairs, where the diagonal alone was meant."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, GREY, ORANGE, bare, sheet, styled
from bplab.numeric.arrays import Array, as_finite, require_shapes

GAP = 1.6  # between two arrays, in cells


@styled()
def all_pairs(a: npt.ArrayLike, y: npt.ArrayLike) -> Picture:
    """a as a column (n, 1), y as (n,), and their difference with its diagonal marked.

    Shapes: a and y (n,). Raises: ValueError for other shapes, NaN or inf.
    """
    a, y = as_finite("a", a), as_finite("y", y)
    n = require_shapes(a=(a, ("n",)), y=(y, ("n",)))["n"]
    column = a[:, np.newaxis]
    figure = sheet(8.0, 0.62 * n + 1.5)
    ax = bare(figure.subplots())
    _draw(ax, column, left=0, top=0, name=f"a {column.shape}")
    _draw(ax, y[np.newaxis], left=1 + GAP, top=(1 - n) / 2, name=f"y {y.shape}, read as (1, {n})")
    _draw(ax, column - y, left=1 + 2 * GAP + n, top=0, name=f"a − y {(n, n)}", marked=True)
    for left, sign in ((1 + GAP / 2, "−"), (1 + 1.5 * GAP + n, "=")):
        ax.text(left, -n / 2, sign, ha="center", va="center", fontsize=16)
    ax.set(xlim=(-0.7, 1.7 + 2 * GAP + 2 * n), ylim=(-n - 0.9, 0.9), aspect="equal")
    ax.text(
        1 + 2 * GAP + 1.5 * n,
        -n - 0.3,
        "hatched: the differences that were meant",
        ha="center",
        va="top",
        color=BLUE,
    )
    return Picture(
        figure,
        f"a is a column of {n} numbers, y is read as a row of {n}; their difference is a table of "
        f"{n} by {n} = {n * n} numbers, every entry of a minus every entry of y. The {n} entries "
        "on its diagonal, which are hatched, are the differences that were meant.",
    )


def _draw(
    ax: Axes, table: Array, *, left: float, top: float, name: str, marked: bool = False
) -> None:
    rows, columns = table.shape
    ax.text(left + columns / 2, top + 0.25, name, ha="center", va="bottom", fontweight="bold")
    for i in range(rows):
        for j in range(columns):
            meant = marked and i == j
            ax.add_patch(
                Rectangle(
                    (left + j, top - i - 1),
                    1,
                    1,
                    facecolor="white",
                    edgecolor=BLUE if meant else ORANGE if marked else GREY,
                    hatch="///" if meant else None,
                    linewidth=2 if meant else 0.8,
                    zorder=2 if meant else 1,
                )
            )
            ax.text(
                left + j + 0.5,
                top - i - 0.5,
                f"{table[i, j]:.2g}".replace("-", "−"),
                ha="center",
                va="center",
                zorder=3,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
            )
