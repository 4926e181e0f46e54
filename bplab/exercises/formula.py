"""Exercises in which a formula is typed.

The text is parsed, never run, and any formula that means the same passes. A wrong one gets the
smallest counterexample. SymPy is imported at the first check only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bplab.exercises.exercise import Exercise, Mistake
from bplab.exercises.results import CheckResult, Note


@dataclass(frozen=True, kw_only=True)
class FormulaExercise(Exercise):
    """Type a formula that means the same as `reference`, in the given names (see `parse`).

    Each mistake's answer is a wrong formula in the same names.
    """

    reference: str
    names: Mapping[str, Any] | Iterable[str]

    @property
    def reference_answer(self) -> str:
        return self.reference

    def solution(self) -> Note:
        return Note(f"{self.id} {self.title}: one right formula", code=self.reference)

    def _judge(self, answer: Any) -> CheckResult:
        from bplab.symbolic.equivalence import equivalent
        from bplab.symbolic.parsing import FormulaError, parse

        if isinstance(answer, str) and answer.strip() in ("", "...", "…"):
            return self.not_attempted()
        try:
            formula = parse(answer, self.names)
        except FormulaError as error:
            return self._failed("the formula cannot be read", diagnosis=str(error))
        verdict = equivalent(formula, parse(self.reference, self.names))
        details: list[tuple[str, str]] = [("read as", str(formula))]
        if verdict:
            return self._passed("right", details=tuple(details))
        if verdict.method == "undecided":
            return self._failed(
                "the formula has no value at any point that was tried",
                diagnosis="Does it divide by zero, or grow beyond all bounds?",
                details=tuple(details),
            )
        if found := verdict.difference:
            details += [
                ("counterexample", found.where),
                ("your formula", found.left),
                ("expected", found.right),
            ]
        mistake = self._known_mistake(formula)
        return self._failed(
            "this formula is not right", mistake, self._on_indices(formula), details=tuple(details)
        )

    def _known_mistake(self, formula: Any) -> Mistake | None:
        from bplab.symbolic.equivalence import equivalent
        from bplab.symbolic.parsing import parse

        for mistake in self.mistakes:
            if equivalent(formula, parse(mistake.answer, self.names)):
                return mistake
        return None

    def _on_indices(self, formula: Any) -> str:
        """What an index says that is free in one formula only."""
        from bplab.symbolic.expressions import free_indices
        from bplab.symbolic.parsing import parse

        wanted = free_indices(parse(self.reference, self.names))
        got = free_indices(formula)
        if extra := sorted(str(i) for i in got - wanted):
            return f"Nothing sums over {', '.join(extra)}: write sum_(…, {extra[0]})."
        if missing := sorted(str(i) for i in wanted - got):
            return f"The answer is a number for each {', '.join(missing)}, so it must occur."
        return ""
