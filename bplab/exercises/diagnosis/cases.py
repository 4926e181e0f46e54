"""A returned value beside the expected one and the arguments, and what these offer to compare with.

A `Quantity` is something that the arguments of every sample have: a size, a number or an array.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplab.exercises.comparison import RTOL, is_beyond_floats
from bplab.numeric.arrays import Array


@dataclass(frozen=True)
class Case:
    """What was returned, what was expected, and for which arguments."""

    got: Array
    expected: Array
    given: Mapping[str, Any]


Cases = Sequence[Case]


@dataclass(frozen=True)
class Quantity:
    """Something of the arguments, with its value in each case."""

    name: str
    values: tuple[Any, ...]

    def is_like(self, other: "Quantity") -> bool:
        return all(_same(one, two) for one, two in zip(self.values, other.values, strict=True))


def same_shape(cases: Cases) -> bool:
    return all(case.got.shape == case.expected.shape for case in cases)


def equal(cases: Cases) -> bool:
    """Whether all got values are the expected ones, up to rounding."""
    return same_shape(cases) and all(_close(case.got, case.expected) for case in cases)


def _close(got: Array, expected: Array) -> bool:
    """`is_close` for finite numbers: thousands of candidates are tried, so it must be quick."""
    if not got.size:
        return True
    with np.errstate(all="ignore"):
        scale = float(np.abs(expected).max()) or 1.0
        # A candidate such as 1/0 is infinite, and everything is near to infinity.
        return bool(np.isfinite(scale) and np.abs(got - expected).max() <= RTOL * scale)


def by_sample(cases: Cases) -> list[list[Case]]:
    """The cases of each sample: they share their arguments."""
    samples: dict[int, list[Case]] = {}
    for case in cases:
        samples.setdefault(id(case.given), []).append(case)
    return list(samples.values())


def sizes(cases: Cases) -> list[Quantity]:
    """Sizes of the arguments that vary from case to case."""
    found = []
    for name, value in _first(cases).items():
        if not isinstance(value, np.ndarray) or not value.ndim:
            continue
        found += [
            _quantity(cases, _size_name(name, axis), lambda v, a=axis: v.shape[a], name)
            for axis in range(value.ndim)
        ]
        if value.ndim > 1:
            found.append(_quantity(cases, f"{name}.size", lambda v: v.size, name))
    return _distinct([one for one in found if one and len(set(one.values)) > 1])


def _size_name(name: str, axis: int) -> str:
    return f"{name}.shape[{axis}]" if axis else f"len({name})"


def numbers(cases: Cases) -> list[Quantity]:
    """Arguments that are plain numbers."""
    names = [name for name, value in _first(cases).items() if is_number(value)]
    return _distinct([_quantity(cases, name, float, name) for name in names])


def arrays(cases: Cases) -> list[Quantity]:
    """Arguments that are arrays of numbers, of shapes that fit the expected value's."""
    found = [
        _quantity(cases, name, np.asarray, name)
        for name, value in _first(cases).items()
        if is_array(value)
    ]
    fitting = [one for one in found if one and all(map(_fits, one.values, cases))]
    return _distinct(fitting)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0 and value.dtype.kind in "biuf"


def _first(cases: Cases) -> Mapping[str, Any]:
    return cases[0].given if cases else {}


def _quantity(cases: Cases, name: str, of: Any, argument: str) -> Quantity | None:
    try:
        return Quantity(name, tuple(of(case.given[argument]) for case in cases))
    except (KeyError, IndexError, AttributeError, TypeError, ValueError):
        return None  # not of the same kind in every case


def _fits(value: Array, case: Case) -> bool:
    try:
        return np.broadcast_shapes(value.shape, case.expected.shape) == case.expected.shape
    except ValueError:
        return False


def _distinct(found: Sequence[Quantity | None]) -> list[Quantity]:
    kept: list[Quantity] = []
    for one in found:
        if one is not None and not any(one.is_like(other) for other in kept):
            kept.append(one)
    return kept


def _same(one: Any, two: Any) -> bool:
    return np.shape(one) == np.shape(two) and bool(np.all(one == two))


def leaves(value: Any) -> list[Array] | None:
    """The arrays and numbers in a result, in order; None if anything else is in it."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value, key=str)]
    if isinstance(value, tuple | list):
        parts = [leaves(item) for item in value]
        return None if None in parts else [leaf for part in parts for leaf in part or ()]
    if is_beyond_floats(value):
        return None
    is_one = is_number(value) or isinstance(value, bool | np.bool_)
    if is_one or (isinstance(value, np.ndarray) and value.dtype.kind in "biuf"):
        return [np.asarray(value, dtype=float)]  # of an np.matrix, too, a plain array
    return None
