"""A derivation: a chain of equal expressions, each checked against the one before.

A step's reason is not a label. It says what may be used (only algebra, a definition, the chain
rule, a hypothesis), and the step is checked with exactly that, by both methods. A step that is
false, or true for another reason than the one given, raises.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sympy

from bplab.symbolic.equality import Verdict, equal
from bplab.symbolic.expressions import Entry, free_indices
from bplab.symbolic.model import Model
from bplab.symbolic.rendering import Shown, latex, plain


class FalseStep(ValueError):
    """A step whose new expression does not follow from the one before."""


@dataclass(frozen=True)
class Hypothesis:
    """`left = right` is assumed. Used on a line, it is multiplied by `cofactor`."""

    left: sympy.Expr
    right: sympy.Expr
    cofactor: sympy.Expr


@dataclass(frozen=True)
class Reason:
    """What a step may use: algebra always, and what is named here."""

    kind: str
    names: tuple[Entry, ...] = ()
    hypothesis: Hypothesis | None = None

    def __post_init__(self) -> None:
        says = {"definition of": (True, False), "assuming": (False, True)}
        if (bool(self.names), self.hypothesis is not None) != says.get(self.kind, (False, False)):
            raise ValueError(f"a reason of the kind {self.kind!r} must use what it says, no more")

    def verdict(self, before: sympy.Expr, after: sympy.Expr, model: Model) -> Verdict:
        """Whether `after` follows from `before` by this reason, by each method."""
        if self.hypothesis:
            before += self.hypothesis.cofactor * (self.hypothesis.right - self.hypothesis.left)
        opened = frozenset(name.tensor for name in self.names)
        return equal(before, after, model, differentiate=self == chain_rule, opened=opened)

    def text(self, write: Callable[[sympy.Expr], str] = plain) -> str:
        """The reason in words, with names and formulas written by `write`."""
        if self.hypothesis:
            return f"{self.kind} {write(self.hypothesis.left)} = {write(self.hypothesis.right)}"
        return " ".join([self.kind, ", ".join(map(write, self.names))]).strip()


algebra = Reason("algebra")
chain_rule = Reason("chain rule")


def definition(*names: Entry) -> Reason:
    """The definitions of these names are put in (or folded back)."""
    return Reason("definition of", names=names)


def assuming(left: Any, right: Any, *, cofactor: Any = 1) -> Reason:
    """The hypothesis left = right, times `cofactor`, is used: new = old + cofactor·(right − left).

    >>> from bplab.symbolic.expressions import Tensor, index, total
    >>> y, j = Tensor("y", ("n",)), index("j", "n")
    >>> assuming(total(y[j], j), 1).text()
    'assuming Σ_j y[j] = 1'
    """
    return Reason("assuming", hypothesis=Hypothesis(*map(sympy.sympify, (left, right, cofactor))))


@dataclass(frozen=True)
class Step:
    """One line: an expression, why it equals the line before, and the two verdicts.

    The note is a sentence in which formulas stand between dollar signs.
    """

    expr: sympy.Expr
    reason: Reason
    note: str
    verdict: Verdict


@dataclass(frozen=True, repr=False)
class Derivation(Shown):
    """A chain of equalities that starts at `start`; every step is checked as it is added.

    >>> from bplab.symbolic.expressions import Tensor, index, total
    >>> x, j, k = Tensor("x", ("n",)), index("j", "n"), index("k", "n")
    >>> Derivation("square", total(x[j], j) ** 2).step(total(x[j] * x[k], j, k), algebra, "expand")
    square
        (Σ_j x[j])^2
      = Σ_j,k x[j]·x[k]    [expand; algebra]
    >>> Derivation("square", total(x[j], j) ** 2).step(
    ...     total(x[j] ** 2, j), algebra, "forget"
    ... )  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    bplab.symbolic.derivation.FalseStep: square: "forget" does not follow by algebra: ...
    """

    title: str
    start: sympy.Expr
    model: Model = field(default_factory=Model)
    steps: tuple[Step, ...] = ()

    def step(self, expr: Any, reason: Reason, note: str) -> "Derivation":
        """The derivation with one line more.

        Raises: FalseStep if the line does not follow by the reason given; GuardError and
        MethodsDisagree as in `equal`.
        """
        expr = sympy.sympify(expr)
        if free_indices(expr) - free_indices(self.start):
            raise FalseStep(f"{self.title}: {plain(expr)} has an index that the start has not")
        verdict = reason.verdict(self.end, expr, self.model)
        if not verdict:
            raise FalseStep(
                f'{self.title}: "{_spoken(note)}" does not follow by {reason.text()}: '
                f"{plain(self.end)} is not {plain(expr)}"
            )
        new = Step(expr, reason, note, verdict)
        return Derivation(self.title, self.start, self.model, (*self.steps, new))

    @property
    def end(self) -> sympy.Expr:
        """The last line."""
        return self.steps[-1].expr if self.steps else self.start

    @property
    def claim(self) -> tuple[sympy.Expr, sympy.Expr]:
        """The first and the last line, which are now known to be equal."""
        return self.start, self.end

    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """What was assumed on the way."""
        return tuple(s.reason.hypothesis for s in self.steps if s.reason.hypothesis)

    @property
    def methods(self) -> dict[str, bool]:
        """Whether every step holds, by each method."""
        names = self.steps[0].verdict.methods if self.steps else ()
        return {name: all(step.verdict.methods[name] for step in self.steps) for name in names}

    def latex(self) -> str:
        """The lines as a LaTeX `align*`, each with its reason."""
        rows = [
            rf"&= {latex(step.expr)} && \text{{{step.note} ({step.reason.text(_inline)})}}"
            for step in self.steps
        ]
        lines = f"{latex(self.start)} " + " \\\\\n".join(rows)
        return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"

    def __str__(self) -> str:
        lines = [self.title, f"    {plain(self.start)}"]
        lines += [
            f"  = {plain(s.expr)}    [{_spoken(s.note)}; {s.reason.text()}]" for s in self.steps
        ]
        return "\n".join(lines)

    __repr__ = __str__


def _spoken(note: str) -> str:
    """A note without the marks of LaTeX."""
    return note.translate(str.maketrans("", "", "$\\{}"))


def _inline(expr: sympy.Expr) -> str:
    return f"${latex(expr)}$"
