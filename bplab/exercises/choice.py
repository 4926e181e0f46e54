"""Exercises in which one of several statements is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bplab.exercises.exercise import Exercise
from bplab.exercises.results import CheckResult, Note


@dataclass(frozen=True, kw_only=True)
class ChoiceExercise(Exercise):
    """Choose the option that is right, by its letter.

    `options` maps a letter to its statement. Each wrong option has a mistake whose answer is its
    letter and whose diagnosis is the reason why it is wrong.
    """

    options: Mapping[str, str]
    right: str

    @property
    def reference_answer(self) -> str:
        return self.right

    def solution(self) -> Note:
        return Note(f"{self.id} {self.title}: {self.right}", body=self.options[self.right])

    def _judge(self, answer: Any) -> CheckResult:
        letter = answer.strip().strip(" ().").lower() if isinstance(answer, str) else answer
        if isinstance(letter, str) and not letter:
            return self.not_attempted()
        if not isinstance(letter, str) or letter not in self.options:
            return self._failed(
                f"{answer!r:.60} is not one of the options",
                diagnosis=f'Answer with one of {", ".join(self.options)}, in quotes: "a".',
            )
        chosen = (("you chose", self.options[letter]),)
        if letter == self.right:
            return self._passed("right", details=chosen)
        mistake = next(mistake for mistake in self.mistakes if mistake.answer == letter)
        return self._failed("this statement is not right", mistake, details=chosen)

    def self_check(self) -> list[str]:
        wrong = sorted(set(self.options) - {self.right})
        reasons = sorted(mistake.answer for mistake in self.mistakes)
        if wrong != reasons:
            return [f"the wrong options are {wrong}, but the mistakes are about {reasons}"]
        return super().self_check()
