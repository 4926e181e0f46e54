"""The windows of images as the columns of a matrix (im2col), and that map's transpose (col2im).

With them a convolution is one matrix product. Both work on a block of padded images at a time, few
enough that the columns stay in the processor's cache.
"""

import itertools
import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from bplab.numeric.arrays import Array
from bplab.numeric.windows import parts

# The bytes of columns made at a time: at most what stays in the processor's cache, at least enough
# that Python's share of the time is small.
BLOCK = 1 << 20
LEAST = 1 << 17


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


def gather(
    padded: Array, window: tuple[int, int], stride: tuple[int, int], scratch: Scratch
) -> Array:
    """The windows of the images as columns, their entries in the order (u, v, channel).

    Shapes: padded (m, C, H, W); returns (m, kh·kw·C, H_out·W_out).
    """
    windows = sliding_window_view(padded, window, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]
    m, C, H_out, W_out, kh, kw = windows.shape
    columns = scratch.array("columns", m, kh, kw, C, H_out, W_out)
    columns[...] = windows.transpose(0, 4, 5, 1, 2, 3)
    return columns.reshape(m, kh * kw * C, H_out * W_out)


def scatter(
    matrix: Array,
    dz: Array,
    padded: Array,
    window: tuple[int, int],
    stride: tuple[int, int],
    scratch: Scratch,
) -> None:
    """Add every entry of the columns matrix @ dz to that pixel of `padded` which `gather` takes.

    Entry (u, v) of all windows is the image shifted by (u, v): in flat memory, by u · width + v.
    So if a row of dz is made as wide as the image, by zeros, then long vectors are added instead of
    many short rows. With a stride s this holds for each of the s × s phases of the image, which are
    its pixels with the same remainders of row and column.
    Shapes: matrix (kh·kw·C, F), dz (m, F, H_out, W_out), padded (m, C, H, W).
    """
    (m, C), (kh, kw), (sh, sw) = padded.shape[:2], window, stride
    F, H_out, W_out = dz.shape[1:]
    height, width = H_out + (kh - 1) // sh, W_out + (kw - 1) // sw  # of a phase
    wide = scratch.array("wide", m, F, H_out, width)
    wide[..., :W_out] = dz
    wide[..., W_out:] = 0
    columns = scratch.array("columns", kh * kw * C, m, height * width)
    used = H_out * width
    np.matmul(matrix, wide.reshape(m, F, used), out=columns[:, :, :used].swapaxes(0, 1))
    columns[:, :, used:] = 0
    entries = columns.reshape(kh, kw, -1)

    length = entries.shape[2]
    flat = scratch.array("flat", length + height * width)
    for i, j in itertools.product(range(min(sh, kh)), range(min(sw, kw))):
        flat[...] = 0
        for u, v in itertools.product(range(i, kh, sh), range(j, kw, sw)):
            start = u // sh * width + v // sw
            shifted = flat[start : start + length]
            shifted += entries[u, v]
        pixels = padded[:, :, i::sh, j::sw][:, :, :height, :width]
        phase = flat[:length].reshape(C, m, height, width).swapaxes(0, 1)
        pixels += phase[:, :, : pixels.shape[2], : pixels.shape[3]]


def block_size(column: int, x: Array, z: Array) -> int:
    """How many columns of that many numbers to make at a time; for little data, fewer of them."""
    return max(LEAST, min(BLOCK, (x.nbytes + z.nbytes) // 2)) // (column * z.itemsize)


def batches(z: Array, size: int) -> Iterator[slice]:
    """Which images to take together, for at most `size` columns.

    Shapes: z (B, F, H_out, W_out).
    """
    return parts(len(z), size // (z.shape[2] * z.shape[3]))


def bands(z: Array, size: int, kh: int, sh: int) -> Iterator[tuple[slice, slice]]:
    """Which rows of z to take together, and the rows of the padded images that they look at.

    There is more than one band only if the columns of one image are too many.
    """
    for rows in parts(z.shape[2], size // z.shape[3]):
        yield rows, slice(rows.start * sh, (rows.stop - 1) * sh + kh)
