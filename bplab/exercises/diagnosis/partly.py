"""Relations that hold in some places: right except where x is 0, right in the first row only."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bplab.exercises.comparison import is_close
from bplab.exercises.diagnosis.cases import Cases, arrays, by_sample, equal
from bplab.exercises.diagnosis.findings import Finding

_PLACES: tuple[tuple[str, Callable[[tuple[int, ...]], Any]], ...] = (
    ("row 0", lambda shape: np.indices(shape)[0] == 0),
    ("the last row", lambda shape: np.indices(shape)[0] == shape[0] - 1),
    ("column 0", lambda shape: np.indices(shape)[1] == 0),
    ("the last column", lambda shape: np.indices(shape)[1] == shape[1] - 1),
    ("the diagonal", lambda shape: np.indices(shape)[0] == np.indices(shape)[1]),
)
_SIGNS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("is 0", lambda x: x == 0),
    ("is negative", lambda x: x < 0),
    ("is positive", lambda x: x > 0),
)
COARSEST = 1e-3


def partly_right(cases: Cases, it: str) -> Finding | None:
    """The places in which all got values are right, or wrong, if they are easy to name."""
    wrong = [~is_close(case.got, case.expected) for case in cases]
    for place, where in _PLACES:
        try:
            there = [where(case.got.shape) for case in cases]
        except IndexError:
            continue
        if _alike(wrong, there):
            return Finding(f"wrong in {place}", f"{it} is right except in {place}")
        if _alike(wrong, [~mask for mask in there]):
            return Finding(f"right in {place} only", f"{it} is right in {place} only")
    for argument in arrays(cases):
        if not all(v.shape == c.got.shape for v, c in zip(argument.values, cases, strict=True)):
            continue
        for sign, where in _SIGNS:
            if _alike(wrong, [where(value) for value in argument.values]):
                place = f"where {argument.name} {sign}"
                return Finding(f"wrong {place}", f"{it} is right except {place}")
    return _left_at_zero(cases, wrong, it)


def _left_at_zero(cases: Cases, wrong: list[Any], it: str) -> Finding | None:
    """Whether every entry is right or 0, as if some had never been computed."""
    pairs = list(zip(cases, wrong, strict=True))
    some_right = any((case.expected[~mask] != 0).sum() > 1 for case, mask in pairs)
    if not some_right or any(case.got[mask].any() for case, mask in pairs):
        return None
    words = f"{it} is right in some entries and 0 in all others: is a loop left too early?"
    return Finding("left at zero", words)


def right_in_list(cases: Cases, it: str) -> Finding | None:
    """Whether of several arrays in a list only the first, or only the last, is right."""
    samples = [group for group in by_sample(cases) if len(group) > 1]
    right = [[equal([case]) for case in group] for group in samples]
    for which, position in (("first", 0), ("last", -1)):
        others = [row[1:] if position == 0 else row[:-1] for row in right]
        if right and all(row[position] for row in right) and not any(map(any, others)):
            return Finding(f"right in the {which} only", f"only the {which} array in {it} is right")
        if right and all(map(all, others)) and not any(row[position] for row in right):
            return Finding(f"wrong in the {which}", f"the {which} array in {it} is wrong")
    return None


def nearly_right(cases: Cases, it: str) -> Finding | None:
    """By how much got is off, if that is little everywhere."""
    scale = max(float(np.abs(case.expected).max(initial=0)) for case in cases)
    worst = max(float(np.abs(case.got - case.expected).max(initial=0)) for case in cases)
    if not 0 < worst <= COARSEST * scale:
        return None
    return Finding(
        "nearly right",
        f"{it} is off by {worst / scale:.0e} of its size at most: is it rounded, in float32, or an "
        "approximation?",
    )


def _alike(wrong: list[Any], places: list[Any]) -> bool:
    """Whether the places are the wrong ones, and some of them are not all or none of a case."""
    telling = any(mask.any() and not mask.all() for mask in places)
    return telling and all(map(np.array_equal, wrong, places))
