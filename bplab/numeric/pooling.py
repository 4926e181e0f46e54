"""Pooling of images (B, C, H, W): each window of a channel becomes its largest value, or its mean.

The loops run over the few entries of a window, each taken from all windows at once. Where the order
of the entries does not count, they go one axis at a time: the largest of a window is the largest of
the largest of its columns.
"""

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import Array, as_finite, require_finite_result, require_shapes
from bplab.numeric.windows import Axis, Pair, Windows, as_pair, output_sizes, parts

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
    windows = _windows(x, size, stride)
    z = np.empty((*x.shape[:2], *windows.outputs), x.dtype)
    for block in _blocks(x):
        z[block] = _reduce(_larger, windows, x[block])
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
    windows = _windows(x, size, stride)
    dz = _upstream(dz, (*x.shape[:2], *windows.outputs))
    dx = np.zeros(x.shape, dz.dtype)
    with np.errstate(over="ignore"):
        for block in _blocks(x):
            # Copies: what follows is several times faster on contiguous memory.
            entries = [np.ascontiguousarray(entry) for entry in windows.entries(x[block])]
            _add((dz[block] * wins for wins in _winners(entries)), windows, dx[block])
    if windows.overlap:  # else nothing is added up that could overflow
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
    windows = _windows(x, size, stride)
    z = np.empty((*x.shape[:2], *windows.outputs), x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for block in _blocks(x):
            np.divide(_reduce(np.add, windows, x[block]), windows.size, out=z[block])
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
    windows = _windows(x, size, stride)
    dz = _upstream(dz, (*x.shape[:2], *windows.outputs))
    dx = np.zeros(x.shape, dz.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for block in _blocks(x):
            share = dz[block] / windows.size
            columns = np.zeros((*share.shape[:3], x.shape[3]), dz.dtype)
            _add(itertools.repeat(share), windows.across, columns)
            _add(itertools.repeat(columns), windows.down, dx[block])
    if windows.overlap:  # else nothing is added up that could overflow
        require_finite_result("dx", dx)
    return dx


def _reduce(join: Callable[[Array, Array], Array], windows: Windows, x: Array) -> Array:
    """Join the entries of each window: those of its columns first, whose memory is compact."""
    columns = functools.reduce(join, windows.down.entries(x))
    return functools.reduce(join, windows.across.entries(columns))


def _add(values: Iterable[Array], windows: Axis | Windows, x: Array) -> None:
    """Add each value to its entries of the windows of x, an image of zeros."""
    for entry, value in zip(windows.entries(x), values, strict=False):
        if windows.overlap:
            entry += value
        else:
            entry[...] = value


def _larger(x: Array, y: Array) -> Array:
    if x.dtype.kind == "f":
        return np.maximum(x, y)
    # Exact numbers, and complex ones, which np.maximum orders by imaginary part too.
    return np.where(y.real > x.real, y, x)


def _winners(entries: list[Array]) -> Iterator[Array]:
    """For each entry, in which windows it is the first that is the largest."""
    z = functools.reduce(_larger, entries)
    without = np.ones(z.shape, bool)
    for entry in entries[:-1]:
        wins = (entry == z) & without
        without ^= wins
        yield wins
    yield without


def _windows(x: Array, size: Pair, stride: Pair | None) -> Windows:
    lengths = as_pair("size", size, least=1)
    steps = lengths if stride is None else as_pair("stride", stride, least=1)
    counts = output_sizes(x.shape, lengths, steps)
    return Windows(*map(Axis, (2, 3), lengths, steps, counts))


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
