"""Exercises in which a formula is typed.

The text is parsed, never run, and any formula that means the same passes. A wrong one gets the
smallest counterexample. SymPy is imported at the first check only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bplab.exercises.diagnosis.findings import Finding, guarded, sentence
from bplab.exercises.exercise import Exercise, Mistake
from bplab.exercises.results import CheckResult, Note


@dataclass(frozen=True, kw_only=True)
class FormulaExercise(Exercise):
    """Type a formula that means the same as `reference`, in the given names (see `parse`).

    `positive` says that names without a meaning of their own stand for positive numbers.
    Each mistake's answer is a wrong formula in the same names.
    """

    reference: str
    names: Mapping[str, Any] | Iterable[str]
    positive: bool = False

    @property
    def reference_answer(self) -> str:
        return self.reference

    def solution(self) -> Note:
        return Note(f"{self.id} {self.title}: one right formula", code=self.reference)

    def _judge(self, answer: Any) -> CheckResult:
        from bplab.symbolic.equivalence import equivalent
        from bplab.symbolic.parsing import FormulaError

        if isinstance(answer, str) and answer.strip() in ("", "...", "…"):
            return self.not_attempted()
        try:
            formula = self._parsed(answer)
        except FormulaError as error:
            return self._failed("the formula cannot be read", Finding("notation", str(error)))
        expected = self._parsed(self.reference)
        verdict = equivalent(formula, expected)
        details: list[tuple[str, str]] = [("read as", str(formula))]
        if verdict:
            return self._passed("right", details=tuple(details))
        if verdict.method == "undecided":
            return self._failed(
                "the formula has no value at any point that was tried",
                Finding("no value", "Does it divide by zero, or grow beyond all bounds?"),
                details=tuple(details),
            )
        if found := verdict.difference:
            details += [
                ("counterexample", found.where),
                ("your formula", found.left),
                ("expected", found.right),
            ]
        mistake = self._known_mistake(formula) or guarded(lambda: self._suspect(formula, expected))
        return self._failed("this formula is not right", mistake, details=tuple(details))

    def _parsed(self, text: str) -> Any:
        from bplab.symbolic.parsing import parse

        return parse(text, self._meanings())

    def _meanings(self) -> Mapping[str, Any]:
        """What each name stands for."""
        import sympy

        if isinstance(self.names, Mapping):
            return self.names
        sign = {"positive": True} if self.positive else {}
        return {name: sympy.Symbol(name, **sign) for name in self.names}

    def _known_mistake(self, formula: Any) -> Mistake | None:
        from bplab.symbolic.equivalence import agree

        return next((m for m in self.mistakes if agree(formula, self._parsed(m.answer))), None)

    def _suspect(self, formula: Any, expected: Any) -> Finding | None:
        """What is wrong if it is no listed mistake."""
        from bplab.exercises.diagnosis.formula_relations import formula_relation

        found = formula_relation(formula, expected, self._meanings())
        on_indices = self._on_indices(formula)
        if found:
            words = f"{sentence(found.diagnosis)} {on_indices}".strip()
            return Finding(found.name, words)
        return Finding("indices", on_indices) if on_indices else None

    def _on_indices(self, formula: Any) -> str:
        """What an index says that is free in one formula only."""
        from bplab.symbolic.expressions import free_indices

        wanted = free_indices(self._parsed(self.reference))
        got = free_indices(formula)
        if extra := sorted(str(i) for i in got - wanted):
            return f"Nothing sums over {', '.join(extra)}: write sum_(…, {extra[0]})."
        if missing := sorted(str(i) for i in wanted - got):
            return f"The answer is a number for each {', '.join(missing)}, so it must occur."
        return ""
