"""Figures of lesson 02: which starts solve XOR, a cost over two weights, a slope and its fake."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, INK, ORANGE, sheet, styled
from bplab.numeric import sigmoid_prime
from bplab.numeric.arrays import Array, as_finite, require_shapes


@styled()
def success_map(
    counts: Array,
    rates: Sequence[float],
    scales: Sequence[float],
    *,
    of: int,
    title: str = "Restarts that solve it",
) -> Picture:
    """How many of `of` restarts succeed, for each learning rate (row) and initial scale (column).

    Shapes: counts (R, S), rates (R,), scales (S,).
    """
    counts = as_finite("counts", counts)
    require_shapes(
        counts=(counts, ("R", "S")),
        rates=(np.asarray(rates), ("R",)),
        scales=(np.asarray(scales), ("S",)),
    )
    figure = sheet(6.2, 1.4 + 0.55 * len(rates))
    ax = figure.subplots()
    # Twice the range, so that the darkest cell is pale enough for the number on it.
    ax.imshow(counts, cmap="Blues", vmin=0, vmax=2 * of, origin="lower", aspect="auto")
    best = np.unravel_index(np.argmax(counts), counts.shape)
    for place, count in np.ndenumerate(counts):
        bold = "bold" if place == best else "normal"
        ax.text(place[1], place[0], f"{count:g}", ha="center", va="center", fontweight=bold)
    ax.set(xticks=range(len(scales)), yticks=range(len(rates)))
    ax.set(xticklabels=[f"{s:g}" for s in scales], yticklabels=[f"{r:g}" for r in rates])
    ax.set(xlabel="scale of the first weights", ylabel="learning rate")
    ax.set_title(f"{title} (of {of})")
    rows = "; ".join(
        f"learning rate {rate:g}: {', '.join(f'{count:g}' for count in row)}"
        for rate, row in zip(rates, counts, strict=True)
    )
    scale_words = ", ".join(f"{s:g}" for s in scales)
    return Picture(figure, f"{title}, of {of}, for the scales {scale_words}: {rows}.")


@styled()
def cost_map(
    costs: Array,
    reach: float,
    *,
    xlabel: str,
    ylabel: str,
    title: str = "The cost over two weights",
) -> Picture:
    """The cost where two numbers run from −reach to reach, in bands like the heights on a map.

    Shapes: costs (N, N), rows for the second number.
    """
    costs = as_finite("costs", costs)
    require_shapes(costs=(costs, ("N", "N")))
    figure = sheet(5.8, 4.6)
    ax = figure.subplots()
    extent = (-reach, reach, -reach, reach)
    image = ax.imshow(costs, cmap="YlGnBu_r", extent=extent, origin="lower", vmin=0)
    along = np.linspace(-reach, reach, len(costs))
    levels = np.linspace(costs.min(), costs.max(), 12)[1:-1]
    ax.contour(along, along, costs, levels=levels, colors=[INK], linewidths=0.6)
    figure.colorbar(image, ax=ax, label="cost")
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    row, column = np.unravel_index(np.argmin(costs), costs.shape)
    lowest = f"lowest, {costs.min():.3g}, at ({along[column]:.3g}, {along[row]:.3g})"
    corners = ", ".join(
        f"{costs[r, c]:.3g} at {place}"
        for (r, c), place in {
            (0, 0): "the lower left",
            (0, -1): "the lower right",
            (-1, 0): "the upper left",
        }.items()
    )
    return Picture(figure, f"{title}: {lowest}; {corners}.")


@styled()
def sigmoid_slopes(reach: float = 3.0) -> Picture:
    """The slope σ′(z) beside z(1 − z), what comes out if a(1 − a) is applied to z."""
    z = np.linspace(-reach, reach, 241)
    fake = z * (1 - z)
    figure = sheet(6.2, 3.8)
    ax = figure.subplots()
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.plot(z, sigmoid_prime(z), color=BLUE, linewidth=2, label="σ′(z): between 0 and ¼")
    ax.plot(z, fake, color=ORANGE, linewidth=2, linestyle="--", label="z(1 − z)")
    ax.set(xlim=(-reach, reach), ylim=(-4, 1), xlabel="z", title="The slope, and what was used")
    ax.text(
        0.5, -1.9, "z(1 − z) is negative here:\nuphill instead of down", ha="center", color=ORANGE
    )
    ax.legend(loc="lower center")
    alt = (
        "The slope, and what was used: σ′(z) is a low bump between 0 and ¼; z(1 − z) is a parabola "
        f"that is negative outside [0, 1] and falls to {fake.min():.3g} at z = {-reach:g}."
    )
    return Picture(figure, alt)
