"""Relations of whole axes: transposed, summed too often or too seldom, in reverse, one row only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bplab.exercises.diagnosis.cases import Case, Cases, same_shape
from bplab.exercises.diagnosis.findings import Finding


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class View:
    """A way to look at got or at expected under which the two have the same shape."""

    name: str
    clause: str
    got: Callable[[Any], Any] = _as_it_is
    expected: Callable[[Any], Any] = _as_it_is

    def of(self, cases: Cases) -> list[Case] | None:
        """The cases under this view; None if it does not make their shapes equal."""
        if not all(case.got.size and case.expected.size for case in cases):
            return None  # there is no mean and no largest of no entries
        try:
            seen = [
                replace(
                    case,
                    got=np.asarray(self.got(case.got)),
                    expected=np.asarray(self.expected(case.expected)),
                )
                for case in cases
            ]
        except (IndexError, ValueError):  # AxisError is both: there is no such axis
            return None
        tells = any(case.expected.any() for case in seen)  # nothing but zeros fits too much
        return seen if tells and same_shape(seen) else None

    def finding(self, it: str) -> Finding:
        return Finding(self.name, self.clause.format(it=it))


TRANSPOSED = View("transposed", "{it} is transposed", got=np.transpose)


def views() -> Iterator[View]:
    """All views but the plain one, the likeliest first."""
    yield TRANSPOSED
    yield View("axes of size 1", "an axis of size 1 is lost or too many in {it}", *_SQUEEZED)
    for axis in (0, 1):
        yield from _over(axis)
    yield View("summed over everything", "{it} is summed over all entries", expected=np.sum)
    yield View("averaged over everything", "{it} is averaged over all entries", expected=np.mean)
    yield View("not summed", "{it} is not summed: its entries must be added up", got=np.sum)
    yield View("not averaged", "{it} is not averaged: take the mean", got=np.mean)
    yield View("largest entry", "{it} is the largest entry only", expected=np.max)
    yield View("smallest entry", "{it} is the smallest entry only", expected=np.min)
    yield View("not the largest", "{it} has all entries: take the largest", got=np.max)
    yield View("first entry", "{it} is the first entry only", expected=lambda e: e.flat[0])
    yield View("last entry", "{it} is the last entry only", expected=lambda e: e.flat[-1])
    yield View("first row", "{it} is the first row only", expected=lambda e: e[0])
    yield View("last row", "{it} is the last row only", expected=lambda e: e[-1])
    yield View("running sum", "the last row of {it} is it: return that row", got=lambda g: g[-1])
    yield View("diagonal", "{it} is the diagonal only", expected=lambda e: np.diag(_matrix(e)))
    yield View("rows reversed", "the rows of {it} are in reverse order", got=lambda g: g[::-1])
    yield View(
        "columns reversed", "the columns of {it} are in reverse order", got=lambda g: g[:, ::-1]
    )
    yield View("rotated by 180°", "{it} is rotated by 180°", got=lambda g: _matrix(g)[::-1, ::-1])
    yield View(
        "rows shifted down",
        "the rows of {it} are shifted down by one",
        expected=lambda e: np.roll(e, 1, axis=0),
    )
    yield View(
        "rows shifted up",
        "the rows of {it} are shifted up by one",
        expected=lambda e: np.roll(e, -1, axis=0),
    )


_SQUEEZED: tuple[Callable[[Any], Any], Callable[[Any], Any]] = (np.squeeze, np.squeeze)


def _over(axis: int) -> Iterator[View]:
    for verb, reduce in (("summed", np.sum), ("averaged", np.mean)):
        for keep in (False, True):

            def reduced(value: Any, reduce: Any = reduce, keep: bool = keep) -> Any:
                return reduce(value, axis=axis, keepdims=keep)

            kept = " with the axis kept" if keep else ""
            yield View(
                f"{verb} over axis {axis}",
                f"{{it}} is the right one {verb} over axis {axis}{kept}: leave that out",
                expected=reduced,
            )
            yield View(
                f"not {verb} over axis {axis}",
                f"{{it}} is not {verb} over axis {axis}, which it should be",
                got=reduced,
            )


def _matrix(value: Any) -> Any:
    if value.ndim != 2:
        raise ValueError("not a matrix")
    return value
