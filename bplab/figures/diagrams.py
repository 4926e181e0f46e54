"""The drawn network: a circle for each neuron, a line for each weight, with their values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, GREY, ORANGE, PALE, bare, sheet, styled
from bplab.numeric.arrays import Array

Labels = Sequence[object]

RADIUS, COLUMN, ROW = 0.36, 2.6, 1.35


@styled()
def network_diagram(
    sizes: Sequence[int],
    *,
    values: Sequence[Labels] | None = None,
    weights: Sequence[Sequence[Labels]] | None = None,
    biases: Sequence[Labels] | None = None,
    title: str = "Network",
) -> Picture:
    """A fully connected net, layers from left to right.

    Every label is a text, or a number that is shown with five digits.
    sizes: neurons in each layer, inputs first.
    values: for each layer, inputs too, what stands in its circles.
    weights, biases: for each layer after the inputs its W (n_out, n_in) and b (n_out,).
    Raises: ValueError if the labels do not fit the sizes.
    """
    _require_fit(sizes, values, weights, biases)
    width = COLUMN * (len(sizes) - 1) + 2.2
    height = ROW * max(sizes) + 0.9
    figure = sheet(width * 1.1, height * 1.1)
    ax = bare(figure.subplots())
    places = [_column(layer, size) for layer, size in enumerate(sizes)]
    for layer in range(1, len(sizes)):
        _draw_weights(ax, places[layer - 1], places[layer], weights[layer - 1] if weights else None)
    for layer, column in enumerate(places):
        _draw_neurons(ax, layer, column, values[layer] if values else None)
        if biases and layer:
            for (x, y), bias in zip(column, biases[layer - 1], strict=True):
                ax.text(
                    x,
                    y - RADIUS - 0.16,
                    f"b = {_show(bias)}",
                    ha="center",
                    va="center",
                    fontsize=8.5,
                )
        name = (
            "inputs" if layer == 0 else "outputs" if layer == len(sizes) - 1 else f"hidden {layer}"
        )
        top = ROW * (max(sizes) - 1) / 2 + RADIUS + 0.3
        ax.text(layer * COLUMN, top, name, ha="center", va="center", color=GREY)
    edge = ROW * (max(sizes) - 1) / 2 + RADIUS
    ax.set(xlim=(-1.0, width - 1.2), ylim=(-edge - 0.35, edge + 0.5), aspect="equal")
    ax.set_title(title)
    return Picture(figure, f"{title}: {_in_words(sizes, values, weights, biases)}.")


def _require_fit(
    sizes: Sequence[int],
    values: Sequence[Labels] | None,
    weights: Sequence[Sequence[Labels]] | None,
    biases: Sequence[Labels] | None,
) -> None:
    pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
    expected = {
        "values": (values, list(sizes)),
        "biases": (biases, list(sizes[1:])),
        "weights": (weights, pairs),
    }
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes must name at least two layers of one neuron or more; got {sizes}")
    for name, (given, wanted) in expected.items():
        if given is None:
            continue
        shape = [(len(v), len(v[0])) if name == "weights" else len(v) for v in given]  # type: ignore[arg-type]
        if shape != wanted:
            raise ValueError(f"{name} must have sizes {wanted}, layer by layer; got {shape}")


def _column(layer: int, size: int) -> Array:
    heights = ROW * ((size - 1) / 2 - np.arange(size))
    return np.column_stack([np.full(size, layer * COLUMN), heights])


def _draw_neurons(ax: Axes, layer: int, column: Array, values: Labels | None) -> None:
    for i, (x, y) in enumerate(column):
        colour = GREY if layer == 0 else BLUE
        ax.add_patch(Circle((x, y), RADIUS, facecolor="white", edgecolor=colour, linewidth=1.6))
        if values is not None:
            ax.text(x, y, _show(values[i]), ha="center", va="center", fontsize=9)


def _draw_weights(
    ax: Axes, sources: Array, targets: Array, weights: Sequence[Labels] | None
) -> None:
    for j, target in enumerate(targets):
        for k, source in enumerate(sources):
            direction = (target - source) / np.linalg.norm(target - source)
            start, end = source + RADIUS * direction, target - RADIUS * direction
            ax.plot(*np.array([start, end]).T, color=PALE, linewidth=1.4, zorder=0)
            if weights is not None:
                # A third of the way: in the middle, crossing lines would put labels on each other.
                x, y = start + 0.3 * (end - start)
                ax.text(
                    x,
                    y,
                    _show(weights[j][k]),
                    rotation=float(np.degrees(np.arctan2(direction[1], direction[0]))),
                    ha="center",
                    va="center",
                    fontsize=8.5,
                    color=ORANGE,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
                )


def _show(value: object) -> str:
    return value if isinstance(value, str) else f"{value:.5g}"


def _in_words(
    sizes: Sequence[int],
    values: Sequence[Labels] | None,
    weights: Sequence[Sequence[Labels]] | None,
    biases: Sequence[Labels] | None,
) -> str:
    parts = ["-".join(map(str, sizes))]
    for layer in range(len(sizes)):
        if values:
            parts.append(f"layer {layer} shows {', '.join(map(_show, values[layer]))}")
        if layer and weights:
            rows = ["(" + ", ".join(map(_show, row)) + ")" for row in weights[layer - 1]]
            parts.append(f"weights into layer {layer} {', '.join(rows)}")
        if layer and biases:
            parts.append(f"biases {', '.join(map(_show, biases[layer - 1]))}")
    return "; ".join(parts)
