"""Exercises in which a number is predicted."""

import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np

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
        if isinstance(answer, bool | np.bool_) or not isinstance(answer, numbers.Real):
            return self._failed(
                f"a number is expected, got {type(answer).__name__} {answer!r:.60}",
                diagnosis="Type it without quotes or brackets, as in 0.25.",
            )
        try:
            number = float(answer)
        except OverflowError:
            number = float("inf")
        if not np.isfinite(number):
            return self._failed(f"{number} is not a number one can compare")
        if self._near(number, self.value, self.tolerance):
            return self._passed("right", details=(("exact value", f"{self.value:.6g}"),))
        mistake = self._known_mistake(number)
        direction = "too large" if number > self.value else "too small"
        return self._failed(f"{number:.6g} is {direction}", mistake)

    def _known_mistake(self, number: float) -> Mistake | None:
        # A wrong number may be rounded too: to a hundredth of itself, unless whole numbers count.
        share = 0.01 if self.tolerance else 0.0
        near = [
            mistake
            for mistake in self.mistakes
            if self._near(number, mistake.answer, max(self.tolerance, share * abs(mistake.answer)))
        ]
        return min(near, key=lambda mistake: abs(number - mistake.answer), default=None)

    @staticmethod
    def _near(number: float, value: float, tolerance: float) -> bool:
        # One rounding of the last digit is not a wrong answer.
        return abs(number - value) <= tolerance + 1e-12 * abs(value)
