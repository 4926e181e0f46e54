"""The drawn computational graph: a box for each node with its value and its gradient."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Rational
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, GREY, ORANGE, bare, sheet, styled
from bplab.numeric.value import Value, topological_order

WIDTH, HEIGHT, COLUMN, ROW = 1.15, 0.92, 2.1, 1.2
BULGES = (0.12, -0.12)  # of two arrows from one box to another
OVER_A_BOX = 0.7
Places = dict[Value, tuple[float, float]]


@styled()
def value_graph(
    output: Value,
    *,
    names: Mapping[Value, str] | None = None,
    gradients: bool = True,
    title: str = "Computational graph",
) -> Picture:
    """The graph of a computed value, from the inputs on the left to the output on the right.

    A box shows the node's name or operation, its value and, with `gradients`, its gradient; then
    the arrows into it carry its local derivatives.
    names: what to call a node; the others go by their operation, inputs without a name by "input".
    """
    names = names or {}
    order = topological_order(output)
    places = _places(order)
    columns = 1 + max(round(-x / COLUMN) for x, _ in places.values())
    low, high = (f(y for _, y in places.values()) for f in (min, max))
    size = (COLUMN * columns + 0.2, high - low + ROW + 0.65)
    figure = sheet(size[0] * 0.92, size[1] * 0.92)
    ax = bare(figure.subplots())
    for node in order:
        for use, (source, slope) in enumerate(zip(node.inputs, node.local, strict=True)):
            bulge = BULGES[use] if node.inputs.count(source) > 1 else 0.0
            if places[node][0] - places[source][0] > 1.5 * COLUMN:
                bulge = OVER_A_BOX
            _draw_arrow(ax, places[source], places[node], _show(slope) if gradients else "", bulge)
    for node in order:
        _draw_box(ax, places[node], node, _name(node, names), gradients)
    ax.set(
        xlim=(-COLUMN * (columns - 1) - COLUMN / 2, COLUMN / 2),
        ylim=(low - ROW / 2, high + ROW / 2 + 0.25),
        aspect="equal",
    )
    ax.set_title(title)
    return Picture(figure, f"{title}: {_in_words(order, names, gradients)}.")


def _places(order: list[Value]) -> Places:
    """Columns by the longest way to the output, rows by the inputs a node comes from."""
    distance = dict.fromkeys(order, 0)
    for node in reversed(order):
        for source in node.inputs:
            distance[source] = max(distance[source], distance[node] + 1)
    leaves = [node for node in order if not node.inputs]
    height = {leaf: -ROW * row for row, leaf in enumerate(leaves)}
    for node in order:
        if node.inputs:
            height[node] = float(np.mean([height[source] for source in node.inputs]))
    for column in set(distance.values()):
        _spread([node for node in order if distance[node] == column], height)
    return {node: (-COLUMN * distance[node], height[node]) for node in order}


def _spread(nodes: list[Value], height: dict[Value, float]) -> None:
    """Move the nodes of one column down until none overlap."""
    ceiling = np.inf
    for node in sorted(nodes, key=lambda node: -height[node]):
        height[node] = min(height[node], ceiling)
        ceiling = height[node] - ROW


def _draw_arrow(
    ax: Axes, source: tuple[float, float], target: tuple[float, float], label: str, bulge: float
) -> None:
    """An arrow between two boxes whose middle is lifted by `bulge` above the straight line."""
    x0, y0, x1, y1 = source[0] + WIDTH / 2, source[1], target[0] - WIDTH / 2, target[1]
    bend = -2 * bulge / (x1 - x0)  # a curve's middle lies half as far out as its control point
    style = {"arrowstyle": "-|>", "color": GREY, "lw": 1.2, "connectionstyle": f"arc3,rad={bend}"}
    ax.annotate("", (x1, y1), (x0, y0), arrowprops=style)
    x, y = (x0 + x1 + bend * (y1 - y0)) / 2, (y0 + y1) / 2 + bulge
    frame = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    if label:
        ax.text(x, y, label, ha="center", va="center", fontsize=8.5, color=GREY, bbox=frame)


def _draw_box(
    ax: Axes, place: tuple[float, float], node: Value, name: str, gradients: bool
) -> None:
    x, y = place
    corner = (x - WIDTH / 2, y - HEIGHT / 2)
    edge = BLUE if node.inputs else GREY
    box = Rectangle(corner, WIDTH, HEIGHT, facecolor="white", edgecolor=edge, linewidth=1.5)
    ax.add_patch(box)
    rows = [(name, "#222222", "bold"), (_show(node.data), BLUE, "normal")]
    if gradients:
        rows.append((f"∂ {_show(node.grad)}", ORANGE, "normal"))
    step = HEIGHT / len(rows)
    for row, (text, colour, weight) in enumerate(rows):
        ax.text(
            x,
            y + HEIGHT / 2 - step * (row + 0.5),
            text,
            ha="center",
            va="center",
            fontsize=9.5,
            color=colour,
            fontweight=weight,
        )


def _name(node: Value, names: Mapping[Value, str]) -> str:
    return names.get(node, node.op or "input")


def _show(number: Any) -> str:
    text = str(number) if isinstance(number, Rational) else f"{number:.4g}"
    return text.replace("-", "−")


def _in_words(order: list[Value], names: Mapping[Value, str], gradients: bool) -> str:
    parts = []
    for node in order:
        text = f"{_name(node, names)} = {_show(node.data)}"
        if node.inputs:
            text += f" from {', '.join(_name(source, names) for source in node.inputs)}"
        if gradients:
            text += f", gradient {_show(node.grad)}"
        parts.append(text)
    return "; ".join(parts)
