"""Relations by a term: one is missing, one is too many, one has the wrong sign."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from bplab.exercises.diagnosis.cases import Case, Cases, Quantity, arrays, equal, numbers
from bplab.exercises.diagnosis.findings import Finding

MULTIPLES = (("", 1.0, ""), ("2·", 2.0, ": has that term the wrong sign?"), ("½·", 0.5, ""))


def added(cases: Cases, it: str) -> Finding | None:
    """The one term by which all got values differ from the expected ones."""
    rest = [case.expected - case.got for case in cases]
    if constant := _constant(cases, rest):
        more = f"{abs(constant):.6g}"
        side = "too large" if constant < 0 else "too small"
        return Finding(f"off by {more}", f"{it} is {side} by {more} in every entry")
    for term in _terms(cases):
        for prefix, multiple, doubt in MULTIPLES:
            text = f"{prefix}{term.name}"
            if _is(cases, term, multiple):
                return Finding(f"lacks + {text}", f"{it} lacks the term + {text}{doubt}")
            if _is(cases, term, -multiple):
                return Finding(f"lacks − {text}", f"{it} lacks the term − {text}{doubt}")
    return None


def _is(cases: Cases, term: Quantity, multiple: float) -> bool:
    """Whether the term, taken that often, is what the got values lack."""
    return equal(
        [
            Case(case.got + multiple * value, case.expected, case.given)
            for case, value in zip(cases, term.values, strict=True)
        ]
    )


def _constant(cases: Cases, rest: list[Any]) -> float:
    """The number that all entries lack; 0 if they do not lack the same."""
    c = float(np.mean([np.mean(values) for values in rest if values.size] or [0.0]))
    shifted = [Case(case.got + c, case.expected, case.given) for case in cases]
    return 0.0 if abs(c) < 1e-9 or not equal(shifted) else c


def _terms(cases: Cases) -> Iterator[Quantity]:
    plain, fitting = numbers(cases), arrays(cases)
    yield from plain + fitting
    for number in plain:
        for array in fitting:
            values = zip(number.values, array.values, strict=True)
            yield Quantity(f"{number.name}·{array.name}", tuple(a * b for a, b in values))
