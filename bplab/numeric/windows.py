"""Windows that slide over images: sizes, strides and paddings, as convolution and pooling use them.

All of them may be one number for both axes or a pair (vertical, horizontal).
"""

import math
from collections.abc import Iterator

import numpy as np

Pair = int | tuple[int, int]


def output_size(size: int, window: int, stride: int = 1, padding: int = 0) -> int:
    """How many windows fit along one axis: ⌊(size + 2·padding − window) / stride⌋ + 1.

    Pixels left over at the far end, too few for one more step, are not looked at.
    Raises: ValueError, with the sum worked out, if not even one window fits.

    >>> output_size(28, window=3, stride=2, padding=1)
    14
    """
    room = size + 2 * padding - window
    if room < 0:
        raise ValueError(
            f"a window of {window} must fit into {size} pixels with padding {padding}; got "
            f"size + 2·padding − window = {size} + 2·{padding} − {window} = {room} < 0. "
            "Use a smaller window, more padding or a larger image."
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


def as_pair(name: str, value: Pair, least: int) -> tuple[int, int]:
    """(vertical, horizontal) from one whole number or a pair of them, each at least `least`.

    Raises: TypeError if they are not whole numbers; ValueError if one is less than `least`.

    >>> as_pair("stride", 2, least=1)
    (2, 2)
    """
    pair = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2 or not all(_is_whole(n) for n in pair):
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


def _is_whole(n: object) -> bool:
    return isinstance(n, int | np.integer) and not isinstance(n, bool)
