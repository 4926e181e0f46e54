"""Relations by a function of each entry: its square, its absolute value, 1 − it, …"""

from collections.abc import Callable
from typing import Any

import numpy as np

from bplab.exercises.diagnosis.cases import Case, Cases, arrays, equal
from bplab.exercises.diagnosis.findings import Finding

_FORMS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("absolute value", "{it} is the absolute value of what is expected", np.abs),
    ("opposite absolute value", "{it} is minus the absolute value of it", lambda e: -np.abs(e)),
    ("squared", "{it} is the square of what is expected", np.square),
    ("square root", "{it} is the square root of what is expected", np.sqrt),
    ("reciprocal", "{it} is the reciprocal, 1 over what is expected", lambda e: 1 / e),
    ("one minus it", "{it} is 1 minus what is expected", lambda e: 1 - e),
    ("−1 for 0", "{it} has −1 and 1 where 0 and 1 are expected", lambda e: 2 * e - 1),
    ("slope of tanh", "{it} is 1 − a² of the expected a", lambda e: 1 - e * e),
    ("slope of sigmoid", "{it} is a(1 − a) of the expected a", lambda e: e * (1 - e)),
    ("logarithm", "{it} is the logarithm of what is expected", np.log),
    ("exponential", "{it} is exp of what is expected", np.exp),
    ("clipped", "{it} has 0 wherever a negative number is expected", lambda e: np.maximum(e, 0)),
    ("sign only", "{it} holds only the signs of what is expected", np.sign),
    ("rounded", "{it} is rounded to whole numbers", np.round),
)


def formed(cases: Cases, it: str) -> Finding | None:
    """The function of each entry that got is, or the argument that it is unchanged."""
    if all(not case.got.any() for case in cases):
        return Finding("all zeros", f"{it} is 0 in every entry: is it ever computed?")
    for argument in arrays(cases):
        values = zip(cases, argument.values, strict=True)
        if equal([Case(case.got, np.asarray(value, float), case.given) for case, value in values]):
            return Finding(f"{argument.name} unchanged", f"{it} is {argument.name}, unchanged")
    for name, words, form in _FORMS:
        if equal(_mapped(cases, form)):
            return Finding(name, words.format(it=it))
    return None


def _mapped(cases: Cases, form: Callable[[Any], Any]) -> list[Case]:
    with np.errstate(all="ignore"):
        return [Case(case.got, np.asarray(form(case.expected)), case.given) for case in cases]
