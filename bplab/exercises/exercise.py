"""What all exercises have in common: an id, points, hints, known mistakes, and a check."""

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

from bplab.exercises.diagnosis.findings import Finding
from bplab.exercises.results import CheckResult, Note, Status

HINTS = 3
FEWEST_MISTAKES = 5


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners give, and what to tell them.

    The diagnosis names what the answer equals and what is missing: "your result equals Wδ: the
    transpose is missing".
    """

    name: str
    answer: Any
    diagnosis: str


@dataclass(frozen=True, kw_only=True)
class Exercise(ABC):
    """One exercise of a lesson; `check` compares an answer with it.

    Hints are three, from a nudge to a worked line. `self_check` lists what is wrong with the
    exercise itself; a test runs it on every exercise.
    """

    id: str
    title: str
    hints: tuple[str, str, str]
    mistakes: tuple[Mistake, ...]
    points: float = 1

    def check(self, answer: Any) -> CheckResult:
        """Passed, failed with a diagnosis, or not attempted."""
        if answer is None or isinstance(answer, EllipsisType):
            return self.not_attempted()
        return self._judge(answer)

    @abstractmethod
    def _judge(self, answer: Any) -> CheckResult:
        """Check an answer that was given."""

    @abstractmethod
    def solution(self) -> Note:
        """The reference answer, to be shown after a pass."""

    @property
    @abstractmethod
    def reference_answer(self) -> Any:
        """An answer that passes."""

    def not_attempted(self) -> CheckResult:
        return self._result(
            "not attempted",
            "not attempted yet",
            next_step=f'answer in the cell above and run both cells; hint("{self.id}") helps',
        )

    def _passed(self, message: str = "right", **more: Any) -> CheckResult:
        return self._result(
            "passed", message, next_step=f'reveal("{self.id}") shows the solution', **more
        )

    def _failed(
        self,
        message: str,
        found: Mistake | Finding | None = None,
        diagnosis: str = "",
        **more: Any,
    ) -> CheckResult:
        return self._result(
            "failed",
            message,
            diagnosis=found.diagnosis if found else diagnosis,
            mistake=found.name if found else "",
            next_step=f'repair it and check again; hint("{self.id}") helps',
            **more,
        )

    def _result(self, status: Status, message: str, **more: Any) -> CheckResult:
        return CheckResult(self.id, self.title, status, message, self.points, **more)

    def self_check(self) -> list[str]:
        """What is wrong with the exercise itself: empty if it can be trusted."""
        problems = []
        result = self.check(self.reference_answer)
        if not result.passed:
            problems.append(f"the reference does not pass: {result}")
        if len(self.hints) != HINTS or not all(self.hints):
            problems.append(f"there must be {HINTS} hints, got {len(self.hints)}")
        if len(self.mistakes) < FEWEST_MISTAKES:
            problems.append(
                f"there must be at least {FEWEST_MISTAKES} mistakes, got {len(self.mistakes)}"
            )
        for what in ("name", "diagnosis"):
            counts = Counter(getattr(mistake, what) for mistake in self.mistakes)
            problems += [f"two mistakes have the {what} {t!r}" for t, n in counts.items() if n > 1]
        return problems + [p for mistake in self.mistakes for p in self._problems_with(mistake)]

    def _problems_with(self, mistake: Mistake) -> list[str]:
        result = self.check(mistake.answer)
        if result.status != "failed":
            return [f"mistake {mistake.name!r} is not rejected: {result}"]
        if result.mistake != mistake.name:
            return [f"mistake {mistake.name!r} is diagnosed as {result.mistake!r}: {result}"]
        return []
