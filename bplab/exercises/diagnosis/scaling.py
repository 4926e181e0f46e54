"""Relations by a factor: the sign, a number, a size such as the batch's, an argument.

"m times too large" is a 1/m that is missing, "lacks the factor s" a link of the chain rule.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from bplab.exercises.diagnosis.cases import (
    Case,
    Cases,
    arrays,
    by_sample,
    equal,
    numbers,
    same_shape,
    sizes,
)
from bplab.exercises.diagnosis.findings import Finding, both

LARGEST_PART = 12


class Factor(NamedTuple):
    """A factor in each case, and what is said of a result that has it too often."""

    name: str
    clause: str
    values: tuple[Any, ...]


def scaled(cases: Cases, it: str) -> Finding | None:
    """The one factor by which all got values differ from the expected ones."""
    constant = _constant(cases)
    entries = sum(case.got.size for case in cases)
    if constant is not None and (_is_simple(constant) or entries > 2):
        return by_constant(constant, it)
    return next(
        (Finding(f.name, f.clause) for f in _factors(cases, it) if equal(_with(cases, f))), None
    )


def scaled_twice(cases: Cases, it: str) -> Finding | None:
    """Two factors, one of which may be a plain number."""
    factors = list(_factors(cases, it))
    for factor in factors:
        constant = _constant(_with(cases, factor))
        if constant is not None and _is_simple(constant):
            return both(by_constant(constant, it), Finding(factor.name, factor.clause))
    for one, two in combinations(factors, 2):
        if equal(_with(_with(cases[:1], one), two)) and equal(_with(_with(cases, one), two)):
            return both(Finding(one.name, one.clause), Finding(two.name, two.clause))
    return None


def proportional(cases: Cases, it: str) -> Finding | None:
    """Whether each sample, or each row or column of it, is off by a factor of its own."""
    if not same_shape(cases):
        return None
    samples = by_sample(cases)
    wrong = [group for group in samples if not equal(group)]
    for what, axis in (("sample", None), ("row", -1), ("column", -2)):
        telling = [group for group in wrong if _entries(group, axis) > 1]
        if 2 * len(telling) > len(wrong) and all(_is_parallel(g, axis) for g in samples):
            return Finding(
                f"a factor for each {what}",
                f"{it} is off by a factor that is the same within each {what}: apart from it, all "
                "entries are right",
            )
    return None


def _entries(group: Cases, axis: int | None) -> int:
    """How many entries share a factor."""
    if axis is None:
        return sum(case.got.size for case in group)
    return min((case.got.shape[axis] if case.got.ndim >= -axis else 0) for case in group)


def _is_parallel(group: Cases, axis: int | None) -> bool:
    keep = axis is not None
    above = [np.sum(case.got * case.expected, axis=axis, keepdims=keep) for case in group]
    below = [np.sum(case.expected**2, axis=axis, keepdims=keep) for case in group]
    if axis is None:
        above, below = [sum(above)] * len(group), [sum(below)] * len(group)
    with np.errstate(all="ignore"):
        ratios = [np.nan_to_num(a / b) for a, b in zip(above, below, strict=True)]
    if not all(np.all(ratio) for ratio in ratios):
        return False  # a factor 0 says nothing
    return equal(
        [
            Case(case.got, case.expected * ratio, case.given)
            for case, ratio in zip(group, ratios, strict=True)
        ]
    )


def _with(cases: Cases, factor: Factor) -> list[Case]:
    """The cases as they are if the expected values get the factor."""
    with np.errstate(all="ignore"):
        return [
            Case(case.got, case.expected * value, case.given)
            for case, value in zip(cases, factor.values, strict=False)
        ]


def _constant(cases: Cases) -> float | None:
    """The number c with got = c · expected in all cases; None if there is none but 0 or 1."""
    with np.errstate(all="ignore"):
        above = sum(float(np.sum(case.got * case.expected)) for case in cases)
        below = sum(float(np.sum(case.expected**2)) for case in cases)
        c = above / below if below else 0.0
    if not np.isfinite(c) or abs(c) < 1e-9 or abs(c - 1) < 1e-9:
        return None
    return c if equal([Case(case.got, c * case.expected, case.given) for case in cases]) else None


def _is_simple(c: float) -> bool:
    part = Fraction(c).limit_denominator(LARGEST_PART)
    return abs(part.numerator) <= LARGEST_PART and abs(part - c) < 1e-9


def by_constant(c: float, it: str) -> Finding:
    """What is said of a result that is c times the right one."""
    if abs(c + 1) < 1e-9:
        return Finding("opposite sign", f"{it} has the opposite sign")
    text = str(Fraction(c).limit_denominator(LARGEST_PART)) if _is_simple(c) else f"{c:.6g}"
    if c > 0 and abs(c - round(c)) < 1e-9 * c:
        return Finding(f"factor {round(c)}", f"{it} is {round(c)} times too large")
    if c > 0 and abs(1 / c - round(1 / c)) < 1e-9 / c:
        return Finding(f"factor {text}", f"{it} is {round(1 / c)} times too small")
    return Finding(f"factor {text}", f"{it} is {text} times what is expected".replace("-", "−"))


def _factors(cases: Cases, it: str) -> Iterator[Factor]:
    for size in sizes(cases):
        n, values = size.name, np.array(size.values, dtype=float)
        large = f"{it} is {n} times too large: is it a sum where a mean belongs, or is 1/m missing?"
        small = f"{it} is {n} times too small: is it a mean where a sum belongs, or 1/m too much?"
        yield Factor(f"factor {n}", large, tuple(values))
        yield Factor(f"factor 1/{n}", small, tuple(1 / values))
        if values.min() > 1:
            less = f"{it} is n/(n − 1) times too large, with n = {n}: divide by n, not by n − 1"
            yield Factor(f"n − 1 for {n}", less, tuple(values / (values - 1)))
        more = f"{it} is (n + 1)/n times too small, with n = {n}: divide by n, not by n + 1"
        yield Factor(f"n + 1 for {n}", more, tuple(values / (values + 1)))
        root = np.sqrt(values)
        yield Factor(f"factor √{n}", f"{it} is √{n} times too large", tuple(root))
        yield Factor(f"factor 1/√{n}", f"{it} is √{n} times too small", tuple(1 / root))
    for quantity in [*numbers(cases), *arrays(cases)]:
        x = quantity.name
        for text, given in (
            (x, quantity.values),
            (f"1 − {x}", tuple(1 - v for v in quantity.values)),
            (f"{x}·(1 − {x})", tuple(v * (1 - v) for v in quantity.values)),
            (f"1 − {x}²", tuple(1 - v**2 for v in quantity.values)),
        ):
            yield Factor(f"times {text}", f"{it} has a factor {text} too many", given)
            with np.errstate(all="ignore"):
                inverse = tuple(1 / np.asarray(v, dtype=float) for v in given)
            if all(np.all(np.isfinite(v)) for v in inverse):
                yield Factor(f"lacks {text}", f"{it} lacks the factor {text}", inverse)
