"""Windows that slide: one window with its kernel and output, all windows along an axis, a stack."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Polygon, Rectangle

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE, GREY, INK, ORANGE, PALE, bare, sheet, styled
from bplab.numeric.arrays import Array, as_finite, require_shapes
from bplab.numeric.convolution import conv2d
from bplab.numeric.windows import output_size

GAP = 1.5  # between two arrays, in cells
RADIUS = 0.3


@styled()
def kernel_window(
    x: npt.ArrayLike, K: npt.ArrayLike, at: tuple[int, int], *, stride: int = 1, padding: int = 0
) -> Picture:
    """One output of a cross-correlation: the window it sees, the kernel, and the sum.

    Shapes: x (H, W), K (kh, kw); `at` is the row and column of the output.
    Raises: ValueError for other shapes, a kernel that does not fit, or an output that is not there.
    """
    x, K = as_finite("x", x), as_finite("K", K)
    require_shapes(x=(x, ("H", "W")), K=(K, ("kh", "kw")))
    z = conv2d(x[None, None], K[None, None], np.zeros(1), stride, padding)[0, 0]
    (i, j), (kh, kw) = at, K.shape
    if not (0 <= i < z.shape[0] and 0 <= j < z.shape[1]):
        raise ValueError(f"at must lie in the output of shape {z.shape}; got {at}")
    padded = np.pad(x, padding)
    top, left = stride * i, stride * j
    inside = _box(padded.shape, (padding, padding), x.shape)
    window = _box(padded.shape, (top, left), K.shape)
    seen = padded[top : top + kh, left : left + kw]

    figure = sheet(8.6, 0.5 * max(len(padded), len(z)) + 1.6)
    ax = bare(figure.subplots())
    height = max(len(padded), kh, len(z))
    places = np.cumsum([0, padded.shape[1] + GAP, kw + GAP])
    name = "image x" if padding == 0 else f"image x with padding {padding}"
    _table(ax, padded, places[0], height, name=name, blue=window, pale=~inside)
    _table(ax, K, places[1], height, name="kernel K", blue=np.ones(K.shape, bool))
    _table(ax, z, places[2], height, name="output z", orange=_box(z.shape, at, (1, 1)))
    for place, sign in ((places[1] - GAP / 2, "⋆"), (places[2] - GAP / 2, "=")):
        ax.text(place, height / 2, sign, ha="center", va="center", fontsize=16)
    pairs = zip(K.ravel(), seen.ravel(), strict=True)
    products = " + ".join(f"{_signed(k)}·{_signed(p)}" for k, p in pairs)
    claim = f"z[{i}, {j}] = {products} = {_number(z[i, j])}"
    right = places[2] + z.shape[1]
    ax.text(right / 2, -0.5, claim, ha="center", va="top", color=ORANGE)
    ax.set(xlim=(-0.4, right + 0.4), ylim=(-1.3, height + 1.0), aspect="equal")
    return Picture(
        figure,
        f"An image of {_by(x.shape)} pixels"
        + (f", with padding {padding}, zeros on all four sides" if padding else "")
        + f", a kernel of {_by(K.shape)}, and their cross-correlation of {_by(z.shape)} numbers, "
        f"with stride {stride}. Marked: the window of output [{i}, {j}], rows {top} to "
        f"{top + kh - 1} and columns {left} to {left + kw - 1}. {claim}.",
    )


@styled()
def windows_along(size: int, kernel: int, *, stride: int = 1, padding: int = 0) -> Picture:
    """All places of a window along one axis, one below the other, and the pixels that none sees.

    Raises: ValueError if the window does not fit.
    """
    count = output_size(size, kernel, stride, padding)
    length = size + 2 * padding
    end = stride * (count - 1) + kernel
    figure = sheet(0.42 * length + 2.6, 0.34 * count + 1.5)
    ax = bare(figure.subplots())
    for place in range(length):
        is_padding = not padding <= place < length - padding
        is_seen = place < end
        ax.add_patch(
            Rectangle(
                (place, 0),
                1,
                1,
                facecolor=PALE if is_padding else "white",
                edgecolor=INK if is_seen else ORANGE,
                hatch=None if is_seen else "xxx",
                zorder=1 if is_seen else 2,
            )
        )
        if is_seen:
            text = "0" if is_padding else str(place - padding)
            ax.text(place + 0.5, 0.5, text, ha="center", va="center", fontsize=9)
    for number in range(count):
        low = -0.55 - 0.75 * number
        ax.add_patch(
            Rectangle(
                (stride * number + 0.08, low - 0.5),
                kernel - 0.16,
                0.5,
                facecolor="white",
                edgecolor=BLUE,
                hatch="///",
            )
        )
        ax.text(length + 0.4, low - 0.25, f"output {number}", color=BLUE, va="center")
    if end < length:
        ax.text(length + 0.4, 0.5, f"{length - end} never seen", color=ORANGE, va="center")
    ax.set(xlim=(-0.3, length + 4.2), ylim=(-0.75 * count - 0.75, 1.4), aspect="equal")
    noun = "window" if count == 1 else "windows"
    ax.set_title(f"kernel {kernel}, stride {stride}, padding {padding}: {count} {noun}")
    unseen = f"in no window: the last {length - end}" if end < length else "every place is in one"
    return Picture(
        figure,
        f"A row of {size} pixels"
        + (f", with padding {padding} at both ends" if padding else "")
        + f". Below it the windows of {kernel} that fit with stride {stride}: {count} of them, "
        f"starting at {', '.join(str(stride * n) for n in range(count))}; {unseen}.",
    )


@styled()
def receptive_field(layers: Sequence[tuple[int, int]], size: int) -> Picture:
    """A stack of layers along one axis, and what one unit at the top sees of `size` pixels.

    `layers` holds (kernel, stride) from the image upwards. The unit in the middle is chosen.
    Raises: ValueError if there is no layer, or one does not fit.
    """
    if not layers:
        raise ValueError("layers must hold at least one pair (kernel, stride)")
    sizes, starts, jumps = [size], [0.0], [1]
    for kernel, stride in layers:
        sizes.append(output_size(sizes[-1], kernel, stride))
        starts.append(starts[-1] + jumps[-1] * (kernel - 1) / 2)  # the middle of the first window
        jumps.append(jumps[-1] * stride)
    low = high = sizes[-1] // 2
    seen = [(low, high)]
    for kernel, stride in reversed(layers):
        low, high = low * stride, high * stride + kernel - 1
        seen.insert(0, (low, high))

    def place(level: int, unit: int) -> float:
        return starts[level] + jumps[level] * unit

    heights = [1.7 * level for level in range(len(sizes))]
    across, up = size + 6.8, heights[-1] + 1.3
    figure = sheet(0.37 * across, 0.37 * up + 0.5)
    ax = bare(figure.subplots())
    for level, (below, above) in enumerate(pairwise(seen)):
        corners = [
            (place(level, below[0]) - RADIUS, heights[level]),
            (place(level, below[1]) + RADIUS, heights[level]),
            (place(level + 1, above[1]) + RADIUS, heights[level + 1]),
            (place(level + 1, above[0]) - RADIUS, heights[level + 1]),
        ]
        ax.add_patch(Polygon(corners, facecolor=PALE, edgecolor="none", alpha=0.6, zorder=0))
    for level, count in enumerate(sizes):
        first, last = seen[level]
        for unit in range(count):
            chosen = first <= unit <= last
            ax.add_patch(
                Circle(
                    (place(level, unit), heights[level]),
                    RADIUS,
                    facecolor="white",
                    edgecolor=BLUE if chosen else GREY,
                    hatch="////" if chosen else None,
                    linewidth=1.8 if chosen else 0.8,
                )
            )
        width = last - first + 1
        words = f"image: {width} pixels"
        if level:
            kernel, stride = layers[level - 1]
            noun = "unit" if width == 1 else "units"
            words = f"layer {level}: {width} {noun}\n(kernel {kernel}, stride {stride})"
        ax.text(size, heights[level], words, va="center", color=BLUE)
    ax.set(xlim=(-0.6, across - 0.6), ylim=(-0.6, up - 0.6), aspect="equal")
    ax.set_title("What one unit at the top sees")
    widths = [last - first + 1 for first, last in seen]
    steps = "; ".join(
        f"layer {level}, kernel {kernel} and stride {stride}: {widths[level]} of {sizes[level]}"
        for level, (kernel, stride) in reversed(list(enumerate(layers, start=1)))
    )
    return Picture(
        figure,
        f"Layers of units over a row of {size} pixels. One unit at the top is chosen, and in each "
        f"layer below those that it depends on are hatched: {steps}; image: {widths[0]} of {size} "
        "pixels.",
    )


def _box(shape: tuple[int, ...], corner: tuple[int, int], size: tuple[int, ...]) -> Array:
    """True in a box of this size, False elsewhere."""
    mask = np.zeros(shape, bool)
    mask[corner[0] : corner[0] + size[0], corner[1] : corner[1] + size[1]] = True
    return mask


def _table(
    ax: Axes,
    table: Array,
    left: float,
    height: int,
    *,
    name: str,
    blue: Array | None = None,
    orange: Array | None = None,
    pale: Array | None = None,
) -> None:
    """The numbers in their cells, centred in the height; some cells marked, some pale."""
    none = np.zeros(table.shape, bool)
    blue, orange, pale = (none if mask is None else mask for mask in (blue, orange, pale))
    top = (height + len(table)) / 2
    ax.text(left + table.shape[1] / 2, top + 0.25, name, ha="center", fontweight="bold")
    for r, c in np.ndindex(*table.shape):
        marked = blue[r, c] or orange[r, c]
        ax.add_patch(
            Rectangle(
                (left + c, top - r - 1),
                1,
                1,
                facecolor=PALE if pale[r, c] else "white",
                edgecolor=BLUE if blue[r, c] else ORANGE if orange[r, c] else GREY,
                hatch="///" if blue[r, c] else "..." if orange[r, c] else None,
                linewidth=1.8 if marked else 0.8,
                zorder=2 if marked else 1,
            )
        )
        ax.text(
            left + c + 0.5,
            top - r - 0.5,
            _number(table[r, c]),
            ha="center",
            va="center",
            zorder=3,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2} if marked else None,
        )


def _number(value: Any) -> str:
    return f"{value:.3g}".replace("-", "−")


def _signed(value: Any) -> str:
    return f"({_number(value)})" if value < 0 else _number(value)


def _by(shape: tuple[int, ...]) -> str:
    return " by ".join(map(str, shape))
