"""How wrong values are related to the right ones: "opposite sign", "lacks the factor s", "summed".

A relation is stated only if it holds in every sample, so that what is said of an answer is true,
whether an exercise lists the mistake or not. The plainest one wins: one change before two.
"""

import re
from collections.abc import Iterator

from bplab.exercises.diagnosis.cases import Cases, equal, same_shape
from bplab.exercises.diagnosis.findings import Finding, both
from bplab.exercises.diagnosis.forms import formed
from bplab.exercises.diagnosis.partly import nearly_right, partly_right, right_in_list
from bplab.exercises.diagnosis.scaling import proportional, scaled, scaled_twice
from bplab.exercises.diagnosis.terms import added
from bplab.exercises.diagnosis.views import TRANSPOSED, views

_PLAIN = (scaled, formed, added, partly_right)


def relation(cases: Cases, it: str) -> Finding | None:
    """What got is in terms of expected, as a clause about `it`; None if nothing simple holds.

    >>> import numpy as np
    >>> from bplab.exercises.diagnosis.cases import Case
    >>> x = np.array([1.0, 2.0])
    >>> relation([Case(-x, x, {"x": x})], "your result").diagnosis
    'your result has the opposite sign'
    """
    if found := plain_relation(cases, it):
        return found
    if found := right_in_list(cases, it):
        return found
    for finding, changed in _seen(cases, it):
        if found := scaled(changed, it):
            return both(finding, found)
    if same_shape(cases):
        return scaled_twice(cases, it) or proportional(cases, it) or nearly_right(cases, it)
    return None


def plain_relation(cases: Cases, it: str) -> Finding | None:
    """A relation by one change."""
    if same_shape(cases):
        for search in _PLAIN:
            if found := search(cases, it):
                return found
    return next((finding for finding, changed in _seen(cases, it) if equal(changed)), None)


def by_one_factor(cases: Cases, it: str) -> Finding | None:
    """A relation that leaves no doubt even if `expected` is another wrong answer."""
    if same_shape(cases):
        found = scaled(cases, it)
        return None if found and re.search(r"\.\d", found.name) else found
    turned = TRANSPOSED.of(cases)
    return TRANSPOSED.finding(it) if turned and equal(turned) else None


def _seen(cases: Cases, it: str) -> Iterator[tuple[Finding, Cases]]:
    """The cases under each view that makes got and expected of one shape."""
    for view in views():
        if changed := view.of(cases):
            yield view.finding(it), changed
