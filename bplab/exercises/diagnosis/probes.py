"""What an answer does when an argument is doubled, moved, or given the opposite sign.

These questions need no listed mistake and no simple relation: that a result does not depend on W
is seen by calling the function again. What is said was so in every sample.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np

from bplab.exercises.calls import call
from bplab.exercises.diagnosis.cases import Case, Cases, equal, is_array, leaves, same_shape
from bplab.exercises.diagnosis.findings import Finding
from bplab.exercises.diagnosis.scaling import scaled
from bplab.exercises.samples import Sample
from bplab.numeric.arrays import Array

_CHANGES: Mapping[str, Callable[[Any], Any]] = {
    "as it is": lambda x: x,
    "doubled": lambda x: 2 * x,
    "opposite": lambda x: -x,
    "moved": lambda x: x + 0.25,
    "rolled": lambda x: np.roll(x, 1, axis=-1) if np.ndim(x) else x,  # one-hot rows stay so
}
MOST_NAMES = 2
_TIMES = {1.0: "twice", 2.0: "4 times", 3.0: "8 times", 0.5: "√2 times", -1.0: "half"}
_TIMES |= {-2.0: "a quarter", -0.5: "1/√2 times"}


@dataclass(frozen=True)
class Response:
    """A function's values in all samples, by the change that was made to one argument."""

    values: Mapping[str, list[Array]]

    @property
    def is_idle(self) -> bool:
        plain = self.values["as it is"]
        return all(_alike(changed, plain) for changed in self.values.values())

    @property
    def power(self) -> float | None:
        """p if doubling the argument multiplies every value by 2^p."""
        return self._factor("doubled", {p: 2**p for p in (0.0, *_TIMES)})

    @property
    def parity(self) -> float | None:
        """±1 if the opposite argument multiplies every value by it."""
        return self._factor("opposite", {1: 1, -1: -1})

    def _factor(self, change: str, factors: Mapping[float, float]) -> float | None:
        if change not in self.values:
            return None
        plain, changed = self.values["as it is"], self.values[change]
        times = {key: [factor * value for value in plain] for key, factor in factors.items()}
        return next((key for key, values in times.items() if _alike(changed, values)), None)

    def growth(self, change: str) -> list[Array]:
        """By how much the values grow with the change."""
        pairs = zip(self.values[change], self.values["as it is"], strict=True)
        return [changed - plain for changed, plain in pairs]


@dataclass(frozen=True)
class Pair:
    """How the answer and the reference respond to changes of the argument x."""

    x: str
    got: Response
    wanted: Response

    @property
    def changes(self) -> list[str]:
        """Those after which both have as many values as the other."""
        return [change for change in self.got.values if _is_comparable(self, change)]


def dependence(
    answer: Callable[..., Any],
    reference: Callable[..., Any],
    samples: Sequence[Sample],
    part: Callable[[Any], Any],
    it: str,
) -> Finding | None:
    """How the answer depends on an argument, where the reference does not do so.

    `part` picks from a result what is asked about, which is called `it`.
    """
    pairs = list(_pairs(answer, reference, samples, part))
    if idle := [pair.x for pair in pairs if pair.got.is_idle and not pair.wanted.is_idle]:
        missing = " and ".join(idle)
        return Finding(f"without {missing}", f"{it} does not depend on {missing}, and it should")
    if any(callable(value) for value in samples[0].values()):
        return None  # what doubling does would be true of this function only
    for judge in (_too_much, _power, _growth, _parity):
        for pair in pairs:
            if found := judge(pair, it):
                return found
    return _by_share(pairs, samples, it)


def _too_much(pair: Pair, it: str) -> Finding | None:
    if pair.wanted.is_idle and not pair.got.is_idle:
        return Finding(f"with {pair.x}", f"{it} depends on {pair.x}, and it should not")
    return None


def _power(pair: Pair, it: str) -> Finding | None:
    """Both follow a power of the argument, but not the same."""
    got, wanted, x = pair.got.power, pair.wanted.power, pair.x
    if got is None or wanted is None or got == wanted:
        return None
    words = f"if {x} is doubled, {it} {_becomes(got)}, and it should {_become(wanted)}"
    return Finding(f"power of {x}", words)


def _growth(pair: Pair, it: str) -> Finding | None:
    """Only one of the two follows a power of the argument."""
    got, wanted, x = pair.got.power, pair.wanted.power, pair.x
    if "doubled" not in pair.got.values or (got is None) == (wanted is None):
        return None
    if got is None and wanted is not None:
        words = f"if {x} is doubled, {it} should {_become(wanted)}, and it does not"
    elif got is not None:
        doubt = ": is a term missing?" if got > 0 else ""
        words = f"if {x} is doubled, {it} {_becomes(got)}, and it should not{doubt}"
    return Finding(f"growth with {x}", words)


def _parity(pair: Pair, it: str) -> Finding | None:
    wanted, x = pair.wanted.parity, pair.x
    if wanted is None or pair.got.parity == wanted:
        return None
    verb = "stay as it is" if wanted == 1 else "change its sign"
    words = f"if {x} changes its sign, {it} should {verb}, and it does not"
    return Finding(f"sign of {x}", words)


def _by_share(pairs: Sequence[Pair], samples: Sequence[Sample], it: str) -> Finding | None:
    """Which argument's share of the result is wrong, and how."""
    wrong, right = [], []
    for pair in pairs:
        change = "doubled" if "doubled" in pair.got.values else "rolled"
        if not _is_comparable(pair, change) or (pair.got.is_idle and pair.wanted.is_idle):
            continue
        if all(equal(_shares(pair, each, samples)) for each in pair.changes):
            right.append(pair.x)
            continue
        wrong.append(pair.x)
        cases = _shares(pair, change, samples)
        share = f"what {it} gains if {pair.x} is {change}"
        if same_shape(cases) and not equal(cases) and (found := scaled(cases, share)):
            return Finding(f"share of {pair.x}: {found.name}", found.diagnosis)
    if right and wrong and len(wrong) <= MOST_NAMES:
        words = f"{it} depends on {_and(right)} in the right way, on {_and(wrong)} in a wrong one"
        return Finding(f"dependence on {_and(wrong)}", words)
    return None


def _is_comparable(pair: Pair, change: str) -> bool:
    values = pair.got.values, pair.wanted.values
    return all(change in one for one in values) and len({len(one[change]) for one in values}) == 1


def _shares(pair: Pair, change: str, samples: Sequence[Sample]) -> Cases:
    got, wanted = pair.got.growth(change), pair.wanted.growth(change)
    given: Sequence[Sample] = samples
    if len(wanted) != len(samples):  # lists: which value is of which sample is not known
        given = [{}] * len(wanted)
    return [Case(a, b, sample) for a, b, sample in zip(got, wanted, given, strict=True)]


def _become(power: float) -> str:
    return f"become {_TIMES[power]} as large" if power else "stay as it is"


def _becomes(power: float) -> str:
    return f"becomes {_TIMES[power]} as large" if power else "stays as it is"


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)


def _pairs(
    answer: Callable[..., Any],
    reference: Callable[..., Any],
    samples: Sequence[Sample],
    part: Callable[[Any], Any],
) -> Iterator[Pair]:
    """The responses of both, to the changes after which both still have a value."""
    for x, value in samples[0].items():
        if not (is_array(value) and value.dtype.kind == "f") and not isinstance(value, float):
            continue
        got, wanted = {}, {}
        for change, changed in _CHANGES.items():
            if change == "rolled" and not is_array(value):
                continue
            if change in ("doubled", "opposite", "moved") and _are_probabilities(value):
                continue
            given = [{**sample, x: changed(sample[x])} for sample in samples]
            one = _values(reference, given, part)
            two = None if one is None else _values(answer, given, part)
            if one is not None and two is not None:
                wanted[change], got[change] = one, two
        if "as it is" in got and len(got) > 1:
            yield Pair(x, Response(got), Response(wanted))


def _are_probabilities(value: Any) -> bool:
    """Rows that sum to 1: a formula may use that they do, so they must."""
    is_table = is_array(value) and value.ndim > 1 and value.shape[-1] > 1
    return is_table and bool(np.all(value >= 0) and np.allclose(value.sum(axis=-1), 1))


def _values(
    function: Callable[..., Any], samples: Sequence[Sample], part: Callable[[Any], Any]
) -> list[Array] | None:
    """All numbers that the function returns; None if it stops with an error somewhere."""
    values: list[Array] = []
    for sample in samples:
        with redirect_stdout(StringIO()):  # what it prints has been shown once
            outcome = call(function, sample)
        found = None if outcome.error else leaves(part(outcome.value))
        if found is None or not all(np.isfinite(leaf).all() for leaf in found):
            return None
        values += found
    return values


def _alike(one: Sequence[Array], other: Sequence[Array]) -> bool:
    return len(one) == len(other) and equal(
        [Case(a, b, {}) for a, b in zip(one, other, strict=True)]
    )
