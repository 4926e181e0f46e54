"""The rows of pooling, tested on the quadratic cost of y; windows overlap, touch and leave gaps.

No sample has a tie: there is no derivative to compare with. The convention for ties is tested with
the functions and proved with the theorem.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from bplab.numeric.arrays import Array
from bplab.numeric.pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from bplab.rulebook.rule import Names, Rule
from bplab.rulebook.samples import Sizes, normal
from bplab.symbolic.theorems.pooling import first_maximum

Pair = tuple[int, int]

# Batch, channels, height, width, window, strides: overlapping, side by side, with gaps, one pixel.
POOLING_SIZES: tuple[Sizes, ...] = tuple(
    dict(zip("BcHWhwst", sizes, strict=True))
    for sizes in (
        (2, 3, 5, 6, 3, 2, 2, 1),
        (2, 2, 4, 4, 2, 2, 2, 2),
        (1, 2, 5, 4, 2, 1, 3, 2),
        (3, 1, 2, 3, 2, 3, 1, 1),
        (1, 1, 1, 1, 1, 1, 1, 1),
    )
)


@dataclass(frozen=True)
class Windows:
    """Size and stride of the windows, a pair each: constants of a case that are not data."""

    size: Pair
    stride: Pair

    def over(self, x: Array) -> Iterator[tuple[int, int, tuple[slice, slice]]]:
        """Each window's place in the output and the pixels it covers."""
        rows, columns = (
            (n - k) // step + 1
            for n, k, step in zip(x.shape[2:], self.size, self.stride, strict=True)
        )
        for i, j in product(range(rows), range(columns)):
            top, left = self.stride[0] * i, self.stride[1] * j
            yield i, j, (slice(top, top + self.size[0]), slice(left, left + self.size[1]))


def _sample(rng: np.random.Generator, sizes: Sizes) -> Any:
    rows, columns = ((sizes[n] - sizes[k]) // sizes[s] + 1 for n, k, s in ("Hhs", "Wwt"))
    arrays = normal("BcHW", "BcMN")(rng, {**sizes, "M": rows, "N": columns})
    return [*arrays, Windows((sizes["h"], sizes["w"]), (sizes["s"], sizes["t"]))]


def _first_maxima(x: Array, windows: Windows) -> Array:
    """The mask M of the theorem, found window by window."""
    places = list(windows.over(x))
    rows, columns = (1 + max(place) for place in zip(*((i, j) for i, j, _ in places), strict=True))
    mask = np.zeros((*x.shape[:2], rows, columns, *windows.size))
    for s, c in np.ndindex(x.shape[:2]):
        for i, j, (down, right) in places:
            pixels = x[s, c, down, right].ravel()
            mask[s, c, i, j].flat[first_maximum(list(pixels))] = 1.0
    return mask


def _read(generated: Any, delta: Array, x: Array, windows: Windows) -> Array:
    known = {"delta": delta, "H": x.shape[2], "W": x.shape[3], "B": np.ones(windows.size)}
    known |= dict(zip(("S_h", "S_w"), windows.stride, strict=True))
    if "M" in generated.parameters:
        known["M"] = _first_maxima(x, windows)
    return generated(**{name: known[name] for name in generated.parameters})


def _rule(
    name: str,
    forward: Callable[..., Array],
    backward: Callable[..., Array],
    mistakes: Mapping[str, Callable[..., Any]],
    forms: tuple[str, ...] = (),
) -> Rule:
    def cost(x: Array, y: Array, windows: Windows) -> Any:
        difference = forward(x, windows.size, windows.stride) - y
        return (difference * difference).sum() / 2

    def names(x: Array, y: Array, windows: Windows) -> Names:
        delta = forward(x, windows.size, windows.stride) - y
        return {"delta": delta, "x": x, "windows": windows}

    return Rule(
        name=name,
        theorem=name,
        forms=forms,
        shapes="dz: (B, C, H_out, W_out), x: (B, C, H, W)",
        forward=forward,
        backward=backward,
        sample=_sample,
        sizes=POOLING_SIZES,
        cost=cost,
        names=names,
        call=lambda backward, delta, x, windows: backward(delta, x, windows.size, windows.stride),
        read=_read,
        mistakes={
            "opposite sign": lambda *args: -backward(*args),
            "overwritten where windows overlap": lambda *args: _overwritten(backward, *args),
            "the whole error to every pixel": _to_every_pixel,
            "the whole error to the first pixel": _to_first_pixel,
            **mistakes,
        },
    )


def _overwritten(backward: Callable[..., Array], dz: Array, x: Array, *args: Pair) -> Array:
    dx = 0 * x
    for i, j, window in Windows(*args).over(x):
        pixels = x[:, :, *window]
        dx[:, :, *window] = backward(dz[:, :, i : i + 1, j : j + 1], pixels, *args)
    return dx


def _to_every_pixel(dz: Array, x: Array, *args: Pair) -> Array:
    dx = 0 * x
    for i, j, window in Windows(*args).over(x):
        dx[:, :, *window] += dz[:, :, i, j, np.newaxis, np.newaxis]
    return dx


def _to_first_pixel(dz: Array, x: Array, *args: Pair) -> Array:
    dx = 0 * x
    for i, j, (down, right) in Windows(*args).over(x):
        dx[:, :, down.start, right.start] += dz[:, :, i, j]
    return dx


RULES = (
    _rule(
        "max-pool",
        max_pool2d,
        max_pool2d_backward,
        {
            "shared out as by mean pooling": avg_pool2d_backward,
            "to the smallest pixel": lambda dz, x, *args: max_pool2d_backward(dz, -x, *args),
            "times the pixel": lambda dz, x, *args: max_pool2d_backward(dz, x, *args) * x,
        },
    ),
    _rule(
        "avg-pool",
        avg_pool2d,
        avg_pool2d_backward,
        {
            "1/(k_h k_w) is missing": lambda dz, x, size, stride: (
                avg_pool2d_backward(dz, x, size, stride) * (size[0] * size[1])
            ),
            "divided by the height of the window only": lambda dz, x, size, stride: (
                avg_pool2d_backward(dz, x, size, stride) * size[1]
            ),
            "divided twice": lambda dz, x, size, stride: (
                avg_pool2d_backward(dz, x, size, stride) / (size[0] * size[1])
            ),
            "to the largest pixel": max_pool2d_backward,
        },
        forms=("avg-pool-forward", "avg-pool-blocks"),
    ),
)
