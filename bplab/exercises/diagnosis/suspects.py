"""What is wrong with a learner's function when it is none of the mistakes that an exercise lists.

First what keeps it from giving a value, then the values: item by item they are compared with the
expected ones, with each other, with the listed mistakes, and last the function is asked how it
depends on its arguments.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bplab.exercises.calls import Outcome
from bplab.exercises.comparison import compare
from bplab.exercises.diagnosis.cases import Case, Cases, equal, leaves, sizes
from bplab.exercises.diagnosis.crashes import explain
from bplab.exercises.diagnosis.findings import Finding, both, sentence
from bplab.exercises.diagnosis.probes import dependence
from bplab.exercises.diagnosis.relations import by_one_factor, plain_relation, relation
from bplab.exercises.diagnosis.scaling import proportional
from bplab.exercises.exercise import Mistake
from bplab.exercises.samples import Sample

Function = Callable[..., Any]
MOST_ITEMS = 3


@dataclass(frozen=True)
class Attempt:
    """A function under check, what it did in each sample, and what it should have done.

    `listed` holds what each listed mistake does in the samples.
    """

    answer: Function
    reference: Function
    samples: Sequence[Sample]
    outcomes: Sequence[Outcome]
    expected: Sequence[Outcome]
    labels: tuple[str, ...]
    listed: list[tuple[Mistake, list[Outcome]]]

    @cached_property
    def ran(self) -> list[int]:
        """The samples in which it gave a value."""
        return [k for k, outcome in enumerate(self.outcomes) if not outcome.error]

    @property
    def parts(self) -> tuple["Part", ...]:
        """The items of the result, or the one result."""
        whole = self.expected[0].value
        if isinstance(whole, dict):
            return tuple(Part(str(key), key) for key in whole)
        if not isinstance(whole, tuple | list):
            return (Part("the result"),)
        labels = self.labels or tuple(map(str, range(1, len(whole) + 1)))
        return tuple(Part(label, position) for position, label in enumerate(labels))

    def cases(self, part: "Part", wanted: Sequence[Outcome] | None = None) -> list[Case] | None:
        """The part beside what is wanted, in all samples; None if they cannot be compared."""
        return self._cases(part, self.outcomes, wanted or self.expected)

    def is_right(self, part: "Part") -> bool:
        return self.agree(part, self.outcomes, self.expected)

    def agree(self, part: "Part", one: Sequence[Outcome], other: Sequence[Outcome]) -> bool:
        """Whether two functions gave the same part."""
        found = self._cases(part, one, other)
        return found is not None and equal(found)

    def _cases(
        self, part: "Part", got: Sequence[Outcome], wanted: Sequence[Outcome]
    ) -> list[Case] | None:
        found = []
        for k in self.ran:
            one, two = leaves(part.of(got[k].value)), leaves(part.of(wanted[k].value))
            if one is None or two is None or len(one) != len(two):
                return None
            found += [Case(a, b, self.samples[k]) for a, b in zip(one, two, strict=True)]
        values = [value for case in found for value in (case.got, case.expected)]
        return found if found and all(np.isfinite(value).all() for value in values) else None


@dataclass(frozen=True)
class Part:
    """An item of a returned tuple, an entry of a returned dict, or the whole result."""

    name: str
    key: Any = None

    @property
    def label(self) -> str:
        """What it is called in a sentence."""
        return "your result" if self.key is None else f"item {self.name}"

    def of(self, value: Any) -> Any:
        """The part of a result; None if the result has no such item."""
        if self.key is None:
            return value
        if isinstance(value, dict):
            return value.get(self.key)
        has_it = isinstance(value, tuple | list) and self.key in range(len(value))
        return value[self.key] if has_it else None


def suspect(attempt: Attempt) -> Finding | None:
    """What is wrong, in sentences that are true of this answer; None if nothing can be said."""
    found = _findings(attempt)
    names = dict.fromkeys(finding.name for finding in found if finding.name)
    if not names:
        return None
    return Finding(" + ".join(names), " ".join(sentence(finding.diagnosis) for finding in found))


def _findings(attempt: Attempt) -> list[Finding]:
    crash = next((outcome.error for outcome in attempt.outcomes if outcome.error), None)
    if crash:
        why = explain(crash)
        found = [one for one in _wrong_values(attempt) if one.name]
        also = [Finding(one.name, f"where it runs: {one.diagnosis}") for one in found]
        return [why, *also] if why else also
    if kind := _nothing_returned(attempt) or _other_kind(attempt):
        return [kind]
    if names := _other_names(attempt):
        return [names, *(_wrong_values(attempt) or _right_ones(attempt))]
    changed = next((outcome.changed for outcome in attempt.outcomes if outcome.changed), ())
    kinds = [_in_place(changed)] if changed else []
    if matrix := _no_plain_array(attempt.outcomes[0].value):
        kinds.append(matrix)
    return [*kinds, *_wrong_values(attempt)]


def _in_place(names: Sequence[str]) -> Finding:
    return Finding(
        "changes its input",
        f"the caller still needs {', '.join(names)}: work on a copy, or write a = a * b instead of "
        "a *= b",
    )


def _no_plain_array(value: Any) -> Finding | None:
    """Of np.matrix and its like."""
    if isinstance(value, tuple | list | dict):
        items = value.values() if isinstance(value, dict) else value
        return next((found for item in items if (found := _no_plain_array(item))), None)
    if not isinstance(value, np.ndarray) or type(value) is np.ndarray:
        return None
    kind = type(value).__name__
    return Finding(
        f"{kind} for an array",
        f"your result is of the type {kind}, in which * and shapes have other meanings: work with "
        "plain arrays, np.asarray(…)",
    )


# What is returned, if it is not even of the right kind.


def _nothing_returned(attempt: Attempt) -> Finding | None:
    empty = [outcome for outcome in attempt.outcomes if outcome.value is None]
    if not empty or attempt.expected[0].value is None:
        return None
    if len(empty) < len(attempt.outcomes):
        return Finding(
            "nothing returned", "in some samples nothing is returned: a branch has no return"
        )
    if all(outcome.printed for outcome in empty):
        return Finding(
            "printed, not returned", "it prints, but returns nothing: write return for print"
        )
    return Finding("nothing returned", "nothing is returned: the last line should be a return")


def _other_kind(attempt: Attempt) -> Finding | None:
    got, expected = attempt.outcomes[0].value, attempt.expected[0].value
    if callable(got):
        return Finding("function returned", "a function is returned: are its brackets missing?")
    if isinstance(expected, tuple | list):
        return _number_of_items(attempt)
    if isinstance(expected, dict) and not isinstance(got, dict):
        return Finding("no names", f"return a dict with the names {', '.join(map(str, expected))}")
    if isinstance(got, list) and isinstance(expected, np.ndarray):
        return Finding("list for an array", "a list is returned: make it an array with np.array(…)")
    if isinstance(got, tuple):
        for position in range(len(got)):
            part = Part("", position)
            if all(_equals(part.of(one.value), two.value) for one, two in _pairs(attempt)):
                return Finding(
                    "too many items", f"item {position + 1} is right: return that one alone"
                )
        return Finding("tuple returned", "several values are returned where one is expected")
    return None


def _other_names(attempt: Attempt) -> Finding | None:
    """Which entries of a dict are missing, and which are too many."""
    got, expected = attempt.outcomes[0].value, attempt.expected[0].value
    if not isinstance(expected, dict) or got.keys() == expected.keys():
        return None
    missing = [str(key) for key in expected if key not in got]
    extra = [str(key) for key in got if key not in expected]
    words = [f"missing: {', '.join(missing)}"] * bool(missing)
    words += [f"leave out {', '.join(extra)}"] * bool(extra)
    return Finding("names", "; ".join(words))


def _pairs(attempt: Attempt) -> Iterator[tuple[Outcome, Outcome]]:
    return zip(attempt.outcomes, attempt.expected, strict=True)


def _equals(one: Any, other: Any) -> bool:
    return compare(one, other) is None


def _number_of_items(attempt: Attempt) -> Finding | None:
    """Whether items are missing, and which of those returned are right."""
    parts = attempt.parts
    rows = [
        (one.value if isinstance(one.value, tuple | list) else (one.value,), two.value)
        for one, two in _pairs(attempt)
    ]
    counts = {(len(got), len(expected)) for got, expected in rows}
    if len(counts) > 1 or (counts and len(set(*counts)) == 1):
        return None
    ((got_count, count),) = counts
    if all(
        isinstance(one.value, np.ndarray) and len(np.atleast_1d(one.value)) == count
        for one in attempt.outcomes
    ):
        return Finding(
            "array for a tuple",
            "one array is returned that holds all the items: return them separated by commas",
        )
    if got_count > count:
        return Finding("too many items", f"{got_count} items are returned, {count} are expected")
    places = [
        [j for j in range(count) if all(_equals(got[i], expected[j]) for got, expected in rows)]
        for i in range(got_count)
    ]
    missing = [part.name for j, part in enumerate(parts) if [j] not in places]
    if all(places):
        return Finding("items missing", f"what is returned is right, but {_list(missing)} missing")
    return Finding("items missing", f"{got_count} of {count} items are returned")


def _list(labels: Sequence[str]) -> str:
    verb = "is" if len(labels) == 1 else "are"
    return f"{', '.join(labels)} {verb}"


# What is wrong with the values.


def _wrong_values(attempt: Attempt) -> list[Finding]:
    """A finding for the whole result, or one for each wrong item of which something is known."""
    wrong = [part for part in attempt.parts if not attempt.is_right(part)]
    if not wrong or not attempt.ran:
        return []
    if exchanged := _exchanged(attempt, wrong):
        return [exchanged]
    found = []
    for mistake, outcomes in attempt.listed:
        touched = [p for p in attempt.parts if not attempt.agree(p, outcomes, attempt.expected)]
        is_inside = touched and set(touched) <= set(wrong)
        is_all = len(touched) == len(wrong)
        if not is_all and _says_what_is_right(mistake):
            continue
        if is_inside and all(attempt.agree(p, attempt.outcomes, outcomes) for p in touched):
            found.append(Finding(mistake.name, mistake.diagnosis))
            wrong = [part for part in wrong if part not in touched]
    if len(wrong) > 1 and (together := _together(attempt, wrong)):
        return [*found, together]
    found += [one for part in wrong[:MOST_ITEMS] if (one := _of_part(attempt, part))]
    return [*_right_ones(attempt), *found] if found else found


def _right_ones(attempt: Attempt) -> list[Finding]:
    right = [part.name for part in attempt.parts if attempt.is_right(part)]
    return [Finding("", f"right: {', '.join(right)}")] if right else []


def _says_what_is_right(mistake: Mistake) -> bool:
    """Whether it speaks of the other items, which are wrong here if it is not the only mistake."""
    return re.search(r"\bright\b", mistake.diagnosis) is not None


def _exchanged(attempt: Attempt, wrong: Sequence[Part]) -> Finding | None:
    """Whether the wrong items are right ones in other places."""
    sources = {
        part: next((other for other in attempt.parts if _holds(attempt, part, other)), None)
        for part in wrong
    }
    known = [f"{part.name} holds {source.name}" for part, source in sources.items() if source]
    if len(known) < len(wrong):
        return None
    return Finding("order of items", f"the items are in other places: {', '.join(known)}")


def _holds(attempt: Attempt, part: Part, other: Part) -> bool:
    """Whether what is returned as the part is the other one."""
    pairs = [(attempt.outcomes[k].value, attempt.expected[k].value) for k in attempt.ran]
    return all(_equals(part.of(got), other.of(expected)) for got, expected in pairs)


def _together(attempt: Attempt, parts: Sequence[Part]) -> Finding | None:
    """One relation that all the parts have."""
    cases = [attempt.cases(part) for part in parts]
    known = [found for found in cases if found]
    if len(known) < len(parts):
        return None
    together = [case for found in known for case in found]
    it = f"each of {', '.join(part.name for part in parts)}"
    return plain_relation(together, it) or proportional(together, it)


def _of_part(attempt: Attempt, part: Part) -> Finding | None:
    """What is known of one wrong item."""
    if _is_infinite(attempt, part):
        return Finding(
            "nan or inf",
            f"{part.label} is not finite: a division by 0, a log of 0, an exp of a large number?",
        )
    cases = attempt.cases(part)
    if cases and (found := relation(cases, part.label)):
        return found
    wrong = [other for other in attempt.parts if not attempt.is_right(other)]
    for mistake, outcomes in attempt.listed:
        others = [other for other in attempt.parts if other != part]
        alone = all(attempt.agree(other, outcomes, attempt.expected) for other in others)
        is_true = alone and (len(wrong) == 1 or not _says_what_is_right(mistake))
        near = attempt.cases(part, outcomes) if is_true else None
        if near and (found := by_one_factor(near, part.label)):
            left = Finding(mistake.name, f"this is left: {mistake.diagnosis}")
            return both(found, left)
    if cases is None:
        return _kind(attempt, part)
    if found := _shape(cases, part.label):
        return found
    return dependence(
        attempt.answer,
        attempt.reference,
        [attempt.samples[k] for k in attempt.ran],
        part.of,
        part.label,
    )


def _is_infinite(attempt: Attempt, part: Part) -> bool:
    values = [leaves(part.of(attempt.outcomes[k].value)) for k in attempt.ran]
    return any(not np.isfinite(leaf).all() for found in values for leaf in found or ())


def _kind(attempt: Attempt, part: Part) -> Finding | None:
    """Whether it is one array where a list of them is expected, or the list has another length."""
    for k in attempt.ran:
        got = part.of(attempt.outcomes[k].value)
        expected = part.of(attempt.expected[k].value)
        if not isinstance(expected, tuple | list):
            return None
        if not isinstance(got, tuple | list):
            kind = "one array" if isinstance(got, np.ndarray) else f"a {type(got).__name__}"
            return Finding(
                "no list", f"{part.label} is {kind}, where a list of {len(expected)} is expected"
            )
        if len(got) != len(expected):
            return Finding(
                "length of a list",
                f"the list {part.label} has {len(got)} arrays where {len(expected)} are expected",
            )
    return None


def _shape(cases: Cases, it: str) -> Finding | None:
    """The shapes that came and should have come, axis by axis, by the sizes of the arguments."""
    if all(case.got.shape == case.expected.shape for case in cases):
        return None
    got, expected = (
        _spelled(cases, [getattr(case, which).shape for case in cases])
        for which in ("got", "expected")
    )
    if got and expected and got != expected:
        return Finding("shape", f"{it} has shape {got}, and it should have shape {expected}")
    return None


def _spelled(cases: Cases, shapes: Sequence[tuple[int, ...]]) -> str:
    """A shape in terms of the arguments, if all cases have it."""
    if len({len(shape) for shape in shapes}) > 1:
        return ""
    axes = []
    for lengths in zip(*shapes, strict=True):
        same = [size.name for size in sizes(cases) if size.values == lengths]
        fixed = [str(lengths[0])] if len(set(lengths)) == 1 else []
        if not same + fixed:
            return ""
        axes.append((same + fixed)[0])
    return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"
