"""The windows of images as the columns of a matrix (im2col), and that map's transpose (col2im).

With them a convolution is one matrix product. Images are taken a block at a time, so few that their
columns stay in the processor's cache; and in a block they are the last axis, so that even where
images are small, long runs of memory are moved at once.
"""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import Array
from bplab.numeric.windows import Windows, parts

# The bytes of columns made at a time: at most what stays in the processor's cache, at least enough
# that Python's share of the time is small.
BLOCK = 1 << 20
LEAST = 1 << 19
# How many images, if they are too large for all their columns at once; then a few rows of each.
TOGETHER = 8


class Scratch:
    """Memory by name, used again by the next block: fresh memory is slow."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._memory: dict[str, Array] = {}

    def array(self, name: str, *shape: int) -> Array:
        """An array with anything in it; it is overwritten when the name is asked for again."""
        size = math.prod(shape)
        if name not in self._memory or self._memory[name].size < size:
            self._memory[name] = np.empty(size, self.dtype)
        return self._memory[name][:size].reshape(shape)


def gather(images: Array, windows: Windows, scratch: Scratch) -> Array:
    """The windows of the images as columns, their entries in the order (u, v, channel).

    Shapes: images (C, H, W, m); returns (kh·kw·C, H_out·W_out·m).
    """
    C, m = images.shape[0], images.shape[-1]
    columns = scratch.array("columns", windows.size, C, *windows.outputs, m)
    for column, entry in zip(columns, windows.entries(images), strict=True):
        column[...] = entry
    return columns.reshape(windows.size * C, -1)


def scatter(columns: Array, images: Array, windows: Windows) -> None:
    """Add every entry of the columns to that pixel of `images` which `gather` takes."""
    by_entry = columns.reshape(windows.size, len(images), *windows.outputs, -1)
    for column, entry in zip(by_entry, windows.entries(images), strict=True):
        entry += column


def block_size(column: int, x: Array, z: Array) -> int:
    """How many columns of that many numbers to make at a time; for little data, fewer of them."""
    return max(LEAST, min(BLOCK, (x.nbytes + z.nbytes) // 2)) // (column * z.itemsize)


def batches(z: Array, size: int) -> Iterator[slice]:
    """Which images to take together, if at most `size` columns are made at a time.

    Shapes: z (B, F, H_out, W_out).
    """
    H_out, W_out = z.shape[2:]
    return parts(len(z), max(size // (H_out * W_out), min(TOGETHER, size // W_out)))


def bands(windows: Windows, size: int) -> Iterator[tuple[slice, Windows]]:
    """Which rows of z to take together, with their windows, for at most `size` columns an image."""
    for rows in parts(windows.down.outputs, size // windows.across.outputs):
        yield rows, windows._replace(down=windows.down.only(rows))
