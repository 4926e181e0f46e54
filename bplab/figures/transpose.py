"""Why BP2 has a transpose: forward reads the rows of W, backward its columns."""

from __future__ import annotations

from itertools import product

from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, GREY, INK, ORANGE, PALE, bare, sheet, styled

N_IN, N_OUT = 2, 3
RADIUS, CELL = 0.3, 0.9
LEFT, RIGHT, MATRIX = 0.0, 1.9, 2.7  # where the two layers stand, and where the matrix begins


@styled()
def rows_and_columns() -> Picture:
    """A layer from 2 units to 3 and its W, read forward by the row, backward by the column."""
    figure = sheet(9.2, 3.3)
    forward, backward = figure.subplots(1, 2)
    _draw(
        forward,
        used={(1, k) for k in range(N_IN)},
        names=("a", "z"),
        arrow="->",
        colour=BLUE,
        hatch="///",
        title="Forward: row 2 of W makes z₂",
    )
    _draw(
        backward,
        used={(j, 0) for j in range(N_OUT)},
        names=(r"\delta^l", r"\delta^{l+1}"),
        arrow="<-",
        colour=ORANGE,
        hatch="...",
        title="Backward: column 1 of W brings δ to unit 1",
    )
    return Picture(
        figure,
        "Two drawings of a layer from 2 units to 3, each beside its 3 by 2 weight matrix W. "
        "Forward: the arrows into the second unit of the right layer are the second row of W. "
        "Backward: the arrows from all three right units back to the first left unit are the first "
        "column of W.",
    )


def _draw(
    ax: Axes,
    *,
    used: set[tuple[int, int]],
    names: tuple[str, str],
    arrow: str,
    colour: str,
    hatch: str,
    title: str,
) -> None:
    bare(ax)
    for j, k in product(range(N_OUT), range(N_IN)):
        chosen = (j, k) in used
        ax.annotate(
            "",
            xy=(RIGHT - RADIUS, _height(j, N_OUT)),
            xytext=(LEFT + RADIUS, _height(k, N_IN)),
            arrowprops={
                "arrowstyle": arrow if chosen else "-",
                "color": colour if chosen else PALE,
                "linewidth": 2 if chosen else 1.2,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
        ax.add_patch(
            Rectangle(
                (MATRIX + CELL * k, _height(j, N_OUT) - CELL / 2),
                CELL,
                CELL,
                facecolor="white",
                edgecolor=colour if chosen else GREY,
                hatch=hatch if chosen else None,
                linewidth=1.8 if chosen else 0.8,
                zorder=2 if chosen else 1,
            )
        )
        ax.text(
            MATRIX + CELL * (k + 0.5),
            _height(j, N_OUT),
            f"$W_{{{j + 1}{k + 1}}}$",
            ha="center",
            va="center",
            zorder=3,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )
    for x, size, name in ((LEFT, N_IN, names[0]), (RIGHT, N_OUT, names[1])):
        for i in range(size):
            ax.add_patch(Circle((x, _height(i, size)), RADIUS, facecolor="white", edgecolor=INK))
            ax.text(x, _height(i, size), f"${name}_{i + 1}$", ha="center", va="center")
    ax.set(xlim=(-0.5, MATRIX + CELL * N_IN + 0.2), ylim=(-1.45, 1.45), aspect="equal")
    ax.set_title(title)


def _height(i: int, size: int) -> float:
    return CELL * ((size - 1) / 2 - i)
