"""Pooling of images (B, C, H, W): each window of a channel becomes its largest value, or its mean.

Both go one axis at a time: the largest of a window is the largest among the largest of its rows.
The loops run over the few entries of a window along that axis, each taken from all windows at once.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import Array, as_finite, require_finite_result, require_shapes
from bplab.numeric.windows import Pair, as_pair, output_sizes, parts

# The bytes of images taken together.
BLOCK = 1 << 18


def max_pool2d(x: npt.ArrayLike, size: Pair, stride: Pair | None = None) -> Array:
    """Max pooling: z_rc is the largest x in the window of `size` that starts at (r, c) · stride.

    size and stride are one number or a pair (vertical, horizontal); without a stride, windows lie
    side by side. Rows and columns left over at the end are not looked at.
    Shapes: x (B, C, H, W); returns (B, C, H_out, W_out) with H_out = ⌊(H − size) / stride⌋ + 1.
    Raises: ValueError for wrong shapes, a window that does not fit, NaN/inf; TypeError if not
    numeric.
    Source: Ranzato, Huang, Boureau & LeCun (2007); Scherer, Müller & Behnke (2010).

    >>> max_pool2d([[[[1.0, 2.0, 5.0, 0.0], [4.0, 3.0, 0.0, 5.0]]]], size=2)
    array([[[[4., 5.]]]])
    """
    x = _images(x)
    down, across = _axes(x, size, stride)
    z = np.empty((*x.shape[:2], down.outputs, across.outputs), x.dtype)
    for block in _blocks(x):
        rows = _largest(across.entries(x[block]))
        z[block] = _largest(down.entries(rows))
    return z


def max_pool2d_backward(
    dz: npt.ArrayLike, x: npt.ArrayLike, size: Pair, stride: Pair | None = None
) -> Array:
    """∂C/∂x from dz = ∂C/∂z for z = max_pool2d(x): each dz goes to the largest x of its window.

    Of equal ones the first in row-major order takes it all. A pixel that is the largest of several
    windows gets the sum of their dz.
    Shapes: dz (B, C, H_out, W_out), x (B, C, H, W); returns the shape of x.
    Raises: as `max_pool2d`; ValueError for overflow.

    >>> max_pool2d_backward([[[[7.0]]]], x=[[[[1.0, 2.0], [2.0, 0.0]]]], size=2)
    array([[[[0., 7.],
             [0., 0.]]]])
    """
    x = _images(x)
    down, across = _axes(x, size, stride)
    dz = _upstream(dz, (*x.shape[:2], down.outputs, across.outputs))
    dx = np.zeros(x.shape, dz.dtype)
    with np.errstate(over="ignore"):
        for block in _blocks(x):
            in_rows = across.entries(x[block])
            rows = _largest(in_rows)
            in_windows = down.entries(rows)
            z = _largest(in_windows)
            drows = np.zeros(rows.shape, dz.dtype)
            down.add(_taken(dz[block], in_windows, z), drows)
            across.add(_taken(drows, in_rows, rows), dx[block])
    require_finite_result("dx", dx)
    return dx


def avg_pool2d(x: npt.ArrayLike, size: Pair, stride: Pair | None = None) -> Array:
    """Mean pooling: z_rc is the mean of x over the window of `size` that starts at (r, c) · stride.

    Shapes, Raises: as `max_pool2d`; ValueError for overflow.
    Source: LeCun, Bottou, Bengio & Haffner (1998), sect. II.B, there with a learnt factor and bias.

    >>> avg_pool2d([[[[1.0, 2.0, 5.0, 0.0], [4.0, 3.0, 0.0, 5.0]]]], size=2)
    array([[[[2.5, 2.5]]]])
    """
    x = _images(x)
    down, across = _axes(x, size, stride)
    z = np.empty((*x.shape[:2], down.outputs, across.outputs), x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for block in _blocks(x):
            rows = _total(across.entries(x[block]))
            z[block] = _total(down.entries(rows)) / (down.size * across.size)
    require_finite_result("z", z)
    return z


def avg_pool2d_backward(
    dz: npt.ArrayLike, x: npt.ArrayLike, size: Pair, stride: Pair | None = None
) -> Array:
    """∂C/∂x from dz = ∂C/∂z for z = avg_pool2d(x): each dz is shared out evenly over its window.

    Of x only the shape counts.
    Shapes, Raises: as `max_pool2d_backward`.

    >>> avg_pool2d_backward([[[[8.0]]]], x=np.zeros((1, 1, 2, 2)), size=2)
    array([[[[2., 2.],
             [2., 2.]]]])
    """
    x = _images(x)
    down, across = _axes(x, size, stride)
    dz = _upstream(dz, (*x.shape[:2], down.outputs, across.outputs))
    dx = np.zeros(x.shape, dz.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for block in _blocks(x):
            share = dz[block] / (down.size * across.size)
            drows = np.zeros((*x[block].shape[:3], across.outputs), dz.dtype)
            down.add(itertools.repeat(share, down.size), drows)
            across.add(itertools.repeat(drows, across.size), dx[block])
    require_finite_result("dx", dx)
    return dx


class _Axis(NamedTuple):
    """Windows along one axis of an image: their length, the step between them, their number."""

    axis: int
    size: int
    stride: int
    outputs: int

    def entries(self, x: Array) -> list[Array]:
        """The first entries of all windows along this axis, then the second ones, and so on.

        As copies: what follows is several times faster on contiguous memory.
        """
        return [np.ascontiguousarray(view) for view in self._views(x)]

    def add(self, entries: Iterable[Array], x: Array) -> None:
        """The transpose of `entries`: add each entry to its pixel of x, an image of zeros."""
        for view, pixels in zip(self._views(x), entries, strict=True):
            if self.stride < self.size:  # windows overlap
                view += pixels
            else:
                view[...] = pixels

    def _views(self, x: Array) -> Iterator[Array]:
        before = (slice(None),) * self.axis
        for i in range(self.size):
            yield x[(*before, slice(i, i + self.stride * self.outputs, self.stride))]


def _largest(entries: list[Array]) -> Array:
    z = entries[0].copy()
    for pixels in entries[1:]:
        if z.dtype.kind == "f":
            np.maximum(z, pixels, out=z)
        else:  # exact numbers, and complex ones, which np.maximum orders by imaginary part too
            np.copyto(z, pixels, where=pixels.real > z.real)
    return z


def _total(entries: list[Array]) -> Array:
    z = entries[0].copy()
    for pixels in entries[1:]:
        z += pixels
    return z


def _taken(dz: Array, entries: list[Array], z: Array) -> Iterator[Array]:
    """What each entry gets of dz: all of it, if it is the first that equals z."""
    left = dz.copy()
    for pixels in entries[:-1]:
        taken = left * (pixels == z)
        left -= taken
        yield taken
    yield left


def _axes(x: Array, size: Pair, stride: Pair | None) -> tuple[_Axis, _Axis]:
    window = as_pair("size", size, least=1)
    strides = window if stride is None else as_pair("stride", stride, least=1)
    outputs = output_sizes(x.shape, window, strides)
    return _Axis(2, window[0], strides[0], outputs[0]), _Axis(3, window[1], strides[1], outputs[1])


def _blocks(x: Array) -> Iterator[slice]:
    """Images to take together: so few that the numbers in between stay in the processor's cache."""
    return parts(len(x), BLOCK // x[0].nbytes)


def _images(x: npt.ArrayLike) -> Array:
    x = as_finite("x", x)
    require_shapes(x=(x, ("B", "C", "H", "W")))
    return x


def _upstream(dz: npt.ArrayLike, expected: tuple[int, ...]) -> Array:
    dz = as_finite("dz", dz)
    if dz.shape != expected:
        raise ValueError(
            f"dz must have the shape of the pooled images, (B, C, H_out, W_out) = {expected}; "
            f"got {dz.shape}. Are size and stride those of the forward pass?"
        )
    return dz
