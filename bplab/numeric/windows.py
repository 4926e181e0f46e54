"""Windows that slide over images: sizes, strides and paddings, as convolution and pooling use them.

All of them may be one number for both axes or a pair (vertical, horizontal).
"""

import math
from collections.abc import Iterator
from typing import NamedTuple, Self

from bplab.numeric.arrays import Array, is_whole, require_whole

Pair = int | tuple[int, int]


def output_size(size: int, window: int, stride: int = 1, padding: int = 0) -> int:
    """How many windows fit along one axis: ⌊(size + 2·padding − window) / stride⌋ + 1.

    Pixels left over at the far end, too few for one more step, are not looked at.
    Raises: ValueError, with the sum worked out, if not even one window fits, or for a size, window
    or stride below 1 or a negative padding; TypeError if they are not whole numbers.

    >>> output_size(28, window=3, stride=2, padding=1)
    14
    """
    for name, value, least in (
        ("size", size, 1),
        ("window", window, 1),
        ("stride", stride, 1),
        ("padding", padding, 0),
    ):
        require_whole(name, value, least=least)
    room = size + 2 * padding - window
    if room < 0:
        raise ValueError(
            f"a window of {window} must fit into {size} pixels with padding {padding}; got "
            f"size + 2·padding − window = {size} + 2·{padding} − {window} = {room} < 0. "
            "Use a smaller window, or a larger or padded image."
        )
    return room // stride + 1


def output_sizes(
    image: tuple[int, ...],
    window: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int] = (0, 0),
) -> tuple[int, int]:
    """`output_size` of height and width, for an image of shape (…, H, W).

    >>> output_sizes((5, 7), window=(3, 3), stride=(1, 2), padding=(0, 0))
    (3, 3)
    """
    sizes = []
    for axis, size, k, s, p in zip("HW", image[-2:], window, stride, padding, strict=True):
        try:
            sizes.append(output_size(size, k, s, p))
        except ValueError as error:
            raise ValueError(f"Along {axis}, {error}") from None
    return sizes[0], sizes[1]


class Axis(NamedTuple):
    """Windows along one axis of an array: length, step, number, and where the first begins."""

    axis: int
    size: int
    stride: int
    outputs: int
    start: int = 0

    @property
    def overlap(self) -> bool:
        return self.stride < self.size

    def entries(self, x: Array) -> Iterator[Array]:
        """Views: the first entries of all windows along this axis, then the second, and so on."""
        before = (slice(None),) * self.axis
        for start in range(self.start, self.start + self.size):
            yield x[(*before, slice(start, start + self.stride * self.outputs, self.stride))]

    def only(self, windows: slice) -> Self:
        """Some of the windows."""
        start = self.start + self.stride * windows.start
        return self._replace(start=start, outputs=windows.stop - windows.start)


class Windows(NamedTuple):
    """Windows of images, as the windows down their columns and those across their rows.

    >>> import numpy as np
    >>> windows = Windows(down=Axis(0, 2, 1, outputs=2), across=Axis(1, 2, 2, outputs=2))
    >>> [entry.tolist() for entry in windows.entries(np.arange(12).reshape(3, 4))]
    [[[0, 2], [4, 6]], [[1, 3], [5, 7]], [[4, 6], [8, 10]], [[5, 7], [9, 11]]]
    """

    down: Axis
    across: Axis

    @property
    def size(self) -> int:
        return self.down.size * self.across.size

    @property
    def overlap(self) -> bool:
        return self.down.overlap or self.across.overlap

    @property
    def outputs(self) -> tuple[int, int]:
        return self.down.outputs, self.across.outputs

    def entries(self, x: Array) -> Iterator[Array]:
        """Views: the entries of all windows at the first place, in row-major order, and so on."""
        for row in self.down.entries(x):
            yield from self.across.entries(row)


def as_pair(name: str, value: Pair, least: int) -> tuple[int, int]:
    """(vertical, horizontal) from one whole number or a pair of them, each at least `least`.

    Raises: TypeError if they are not whole numbers; ValueError if one is less than `least`.

    >>> as_pair("stride", 2, least=1)
    (2, 2)
    """
    pair = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2 or not all(map(is_whole, pair)):
        raise TypeError(f"{name} must be a whole number or a pair of them; got {value!r}.")
    if min(pair) < least:
        raise ValueError(f"{name} must be at least {least}; got {value!r}.")
    return int(pair[0]), int(pair[1])


def parts(total: int, size: int) -> Iterator[slice]:
    """Cut range(total) into equal parts, but for the last, of at most `size` (and at least one).

    >>> list(parts(10, size=4))
    [slice(0, 4, None), slice(4, 8, None), slice(8, 10, None)]
    """
    size = math.ceil(total / math.ceil(total / max(1, size)))
    for start in range(0, total, size):
        yield slice(start, min(start + size, total))
