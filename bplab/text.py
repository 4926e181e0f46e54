"""Text that is shown: tables as aligned columns."""

from collections.abc import Iterable, Sequence


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """One line a row, with each column as wide as its widest cell.

    >>> aligned([("a", "b"), ("long", "c")])
    ['a     b', 'long  c']
    """
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
