"""Exercises in which a number is predicted."""

import numbers
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from bplab.exercises.diagnosis.findings import Finding, guarded, sentence
from bplab.exercises.diagnosis.number_relations import number_relation
from bplab.exercises.exercise import Exercise, Mistake
from bplab.exercises.results import CheckResult, Note


@dataclass(frozen=True, kw_only=True)
class NumberExercise(Exercise):
    """Predict `value`; an answer within `tolerance` of it (0: exactly) is right.

    Each mistake's answer is a wrong number. The right one is never shown by a check.
    """

    value: float
    tolerance: float

    @property
    def reference_answer(self) -> float:
        return self.value

    def solution(self) -> Note:
        return Note(f"{self.id} {self.title}: {self.value:.6g}", body=self.hints[-1])

    def _judge(self, answer: Any) -> CheckResult:
        if isinstance(answer, np.ndarray) and answer.ndim == 0:
            answer = answer.item()
        is_real = isinstance(answer, numbers.Real | Decimal)
        if isinstance(answer, bool | np.bool_) or not is_real:
            return self._failed(
                f"a number is expected, got {type(answer).__name__} {answer!r:.60}",
                Finding("no number", self._how_to_type(answer)),
            )
        try:
            number = float(answer)
        except OverflowError:
            number = float("inf")
        except ValueError:  # the Decimal sNaN
            number = float("nan")
        if not np.isfinite(number):
            return self._failed(f"{number} is not a number one can compare")
        if self._near(number, self.value, self.tolerance):
            return self._passed("right", details=(("exact value", f"{self.value:.6g}"),))
        found = self._known_mistake(number) or guarded(lambda: self._suspect(number))
        direction = "too large" if number > self.value else "too small"
        return self._failed(f"{number:.6g} is {direction}", found)

    def _how_to_type(self, answer: Any) -> str:
        counts = not self.tolerance and self.value == int(self.value)
        if counts and (digits := _in_thousands(answer)):
            return f"Type it without quotes and without commas: {digits}"
        if counts and isinstance(answer, tuple | list) and len(answer) > 1:
            return f"One number is asked, and these are {len(answer)}."
        return _how_to_type(answer)

    def _known_mistake(self, number: float) -> Mistake | None:
        near = [mistake for mistake in self.mistakes if self._is_about(number, mistake.answer)]
        return min(near, key=lambda mistake: abs(number - mistake.answer), default=None)

    def _suspect(self, number: float) -> Finding | None:
        """What is wrong if it is no listed mistake."""
        found = number_relation(
            number,
            self.value,
            lambda candidate: self._is_about(number, candidate),
            whole=not self.tolerance and self.value == int(self.value),
        )
        return found and Finding(found.name, sentence(found.diagnosis))

    def _is_about(self, number: float, candidate: float) -> bool:
        # A wrong number may be rounded too: to a hundredth of itself, unless whole numbers count.
        share = 0.01 if self.tolerance else 0.0
        return self._near(number, candidate, max(self.tolerance, share * abs(candidate)))

    @staticmethod
    def _near(number: float, value: float, tolerance: float) -> bool:
        # One rounding of the last digit is not a wrong answer.
        return abs(number - value) <= tolerance + 1e-12 * abs(value)


def _in_thousands(answer: Any) -> str:
    """The digits of 2,416, typed as text or as Python's two numbers; empty if it is no such."""
    if isinstance(answer, tuple) and answer and _are_whole(answer):
        answer = ",".join(map(str, answer))
    is_grouped = isinstance(answer, str) and re.fullmatch(r"\d{1,3}(,\d{3})+", answer.strip())
    return answer.strip().replace(",", "") if is_grouped else ""


def _how_to_type(answer: Any) -> str:
    """How to type what is not a number, but is meant as one."""
    if isinstance(answer, tuple | list) and len(answer) == 2 and _are_whole(answer):
        return f"Python reads a comma as two numbers: write {answer[0]}.{answer[1]} with a point."
    if isinstance(answer, str):
        text = answer.strip().replace("−", "-")
        if re.fullmatch(r"-?\d+,\d+", text):
            return f"Type it without quotes, and with a point: {text.replace(',', '.')}"
        if re.fullmatch(r"-?[\d.]+ ?%", text):
            return f"Type it without quotes, and per cent as a fraction: {text.rstrip(' %')}/100"
        if re.fullmatch(r"-?[\d.]+([ */+-]+[\d.]+)*", text):
            return f"Type it without quotes: {text}"
        if re.fullmatch(r"(ln|log|exp|sqrt|e\^).*", text):
            return "Type it without quotes, as Python works it out: np.log(10), np.exp(2), 2**0.5."
    if isinstance(answer, complex):
        return "A real number is asked: a root of a negative number has no place here."
    return "Type it without quotes or brackets, as in 0.25."


def _are_whole(items: Any) -> bool:
    return all(isinstance(item, int) and not isinstance(item, bool) for item in items)
