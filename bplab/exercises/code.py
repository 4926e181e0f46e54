"""Exercises in which a function is written.

The function is called on every sample and must do what the reference does. If it does not, but does
what a known mistake does on *all* samples, that mistake's diagnosis is given; else `suspect` looks
for what can be said of any answer.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from bplab.exercises.calls import Outcome, call, call_text, signature_problem
from bplab.exercises.comparison import Fault, compare, describe
from bplab.exercises.diagnosis.findings import Finding, guarded
from bplab.exercises.diagnosis.suspects import Attempt, suspect
from bplab.exercises.exercise import Exercise, Mistake
from bplab.exercises.results import CheckResult, Note
from bplab.exercises.samples import Sample


@dataclass(frozen=True, kw_only=True)
class CodeExercise(Exercise):
    """Write a function that does what `reference` does on the samples.

    `returns` names the items of a returned tuple. Each mistake's answer is a wrong function.
    """

    reference: Callable[..., Any]
    samples: tuple[Sample, ...]
    returns: tuple[str, ...] = ()

    @property
    def reference_answer(self) -> Callable[..., Any]:
        return self.reference

    @cached_property
    def _listed(self) -> list[tuple[Mistake, list[Outcome]]]:
        """What each listed mistake does in the samples: the same whatever is checked."""
        return [(m, [call(m.answer, sample) for sample in self.samples]) for m in self.mistakes]

    def solution(self) -> Note:
        return Note(
            f"{self.id} {self.title}: the library's own source",
            code=inspect.getsource(self.reference),
        )

    def _judge(self, answer: Any) -> CheckResult:
        if not callable(answer):
            return self._failed(
                f"a function is expected, got {describe(answer)}",
                Finding(
                    "no function", "Pass the function itself, without brackets after its name."
                ),
            )
        if problem := signature_problem(answer, self.samples[0]):
            return self._failed("other arguments are needed", Finding("arguments", problem))
        outcomes = [call(answer, sample) for sample in self.samples]
        if outcomes[0].is_stub:
            return self.not_attempted()
        expected = [self._expected(sample) for sample in self.samples]
        again = call(answer, self.samples[0])
        unsteady = None if _repeats(again, outcomes[0]) else _UNSTEADY
        for sample, got, wanted in zip(self.samples, outcomes, expected, strict=True):
            if fault := self._fault(got, wanted):
                attempt = Attempt(
                    answer,
                    self.reference,
                    self.samples,
                    outcomes,
                    expected,
                    self.returns,
                    self._listed,
                )
                found = (
                    self._known_mistake(attempt) or unsteady or guarded(partial(suspect, attempt))
                )
                return self._explain(answer, sample, got, wanted, fault, found)
        if unsteady:
            changed = Fault("the same inputs give another result when called again")
            return self._explain(answer, self.samples[0], again, expected[0], changed, unsteady)
        return self._passed(details=self._remarks(answer))

    def _expected(self, sample: Sample) -> Outcome:
        outcome = call(self.reference, sample)
        if outcome.error:
            raise outcome.error  # a fault of the exercise, not of the learner
        return outcome

    def _fault(self, got: Outcome, wanted: Outcome) -> Fault | None:
        if got.error:
            return Fault(f"it stops with {got.problem}", got.line)
        if got.changed:
            names = ", ".join(got.changed)
            return Fault(
                f"it changes its input {names} in place",
                "the caller still needs it: work on a copy, or write a = a * b instead of a *= b",
            )
        return compare(got.value, wanted.value, parts=self.returns)

    def _known_mistake(self, attempt: Attempt) -> Mistake | None:
        """The listed mistake that does the same in every sample, and is one in some of them."""
        for mistake, same in attempt.listed:
            pairs = zip(same, attempt.expected, strict=True)
            differs = any(not one.is_like(want) for one, want in pairs)
            has_value = any(one.error is None for one in same)
            alike = zip(attempt.outcomes, same, strict=True)
            if differs and has_value and all(got.is_like(one) for got, one in alike):
                return mistake
        return None

    def _explain(
        self,
        answer: Callable[..., Any],
        sample: Sample,
        got: Outcome,
        wanted: Outcome,
        fault: Fault,
        found: Mistake | Finding | None,
    ) -> CheckResult:
        details = [("called", call_text(answer, sample))]
        if found and fault.advice:
            details.append(("note", fault.advice))
        if not got.error:
            details.append(("got", describe(_shown(got.value, fault))))
        details.append(("expected", describe(_shown(wanted.value, fault))))
        if fault.place:
            details.append(("first difference", fault.place))
        inputs = "\n".join(f"{name} = {describe(value)}" for name, value in sample.items())
        return self._failed(fault.message, found, fault.advice, details=tuple(details), data=inputs)

    def _remarks(self, answer: Callable[..., Any]) -> tuple[tuple[str, str], ...]:
        """What is no fault in the maths: float32 in should be float32 out."""
        sample = {name: _as_float32(value) for name, value in self.samples[0].items()}
        got, wanted = call(answer, sample), call(self.reference, sample)
        widened = [
            f"float32 inputs give a {one} result; np.zeros_like(…) and Python floats keep float32"
            for one, other in zip(_dtypes(got.value), _dtypes(wanted.value), strict=False)
            if other == "float32" and one != "float32"
        ]
        return (("remark", widened[0]),) if widened else ()


def _shown(value: Any, fault: Fault) -> Any:
    """What there is to look at: of a dict with a wrong entry that entry alone."""
    return value if fault.entry is None else {fault.entry: value[fault.entry]}


def _repeats(again: Outcome, first: Outcome) -> bool:
    try:
        return again.is_like(first)
    except TypeError:  # a value that cannot be compared is a fault of its own
        return True


_UNSTEADY = Finding("not repeatable", "Does it use random numbers or change a variable outside?")


def _as_float32(value: Any) -> Any:
    is_array = isinstance(value, np.ndarray) and value.dtype == np.float64
    return value.astype(np.float32) if is_array else value


def _dtypes(value: Any) -> list[str]:
    """The dtypes of the arrays in a result, in order."""
    if isinstance(value, dict):
        return [dtype for key in sorted(value, key=str) for dtype in _dtypes(value[key])]
    if isinstance(value, tuple | list):
        return [dtype for item in value for dtype in _dtypes(item)]
    return [str(value.dtype)] if isinstance(value, np.ndarray) else []
