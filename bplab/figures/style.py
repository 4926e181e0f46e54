"""How all figures look: one palette and one set of settings, whatever the user's own are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

BLUE, ORANGE, INK, GREY, PALE = "#0072B2", "#C75000", "#222222", "#767676", "#D0D0D0"

# After Okabe and Ito: told apart with any kind of colour vision; each has a marker and a dash.
COLOURS = (BLUE, ORANGE, "#007A5A", "#A0408A", "#8A6D00", "#444444")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 2)))

# Twenty flat bands show the slope like lines on a map, and make small PNG files.
BLUE_TO_ORANGE = LinearSegmentedColormap.from_list("outputs", ["#5BA3D0", "#FAFAFA", "#F09A5F"], 20)

SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlepad": 8,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": "#E6E6E6",
    "legend.frameon": False,
    "text.color": INK,
    # A white sheet on purpose: it reads on a light page and on a dark one.
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "hatch.linewidth": 0.6,
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw with matplotlib's defaults and the settings above. Use it as `@styled()`."""
    with matplotlib.style.context(["default", SETTINGS]):
        yield


def sheet(width: float, height: float) -> Figure:
    """An empty figure, sizes in inches."""
    return Figure(figsize=(width, height), layout="constrained")


def bare(ax: Axes) -> Axes:
    """Take the frame and the ticks away, for drawings that are no plots."""
    ax.set_axis_off()
    return ax
