"""Equality for every width, decided by two methods that must agree."""

from dataclasses import dataclass

import sympy

from bplab.symbolic.canonical import canonical
from bplab.symbolic.cutoff import WrittenOut, assignments, cutoff_widths
from bplab.symbolic.expressions import Tensor, free_indices
from bplab.symbolic.lattice import has_positions
from bplab.symbolic.model import Model, evaluate, unfold
from bplab.symbolic.shapes import agree_at_shapes
from bplab.symbolic.shifts import canonical_on_lattice


class MethodsDisagree(AssertionError):
    """The two proof methods gave different verdicts: a fault in the prover, not in the claim."""


class Verdict:
    """Whether an identity holds, by each method."""

    @property
    def methods(self) -> dict[str, bool]:
        """The verdict of each method by its name."""
        return dict(vars(self))

    def __bool__(self) -> bool:
        return all(self.methods.values())


@dataclass(frozen=True)
class WidthVerdict(Verdict):
    """The verdicts on an identity in indices that run over widths."""

    canonical: bool
    cutoff: bool


@dataclass(frozen=True)
class LatticeVerdict(Verdict):
    """The verdicts on an identity between arrays on ℤ."""

    shifts: bool
    shapes: bool


def equal(
    left: sympy.Expr,
    right: sympy.Expr,
    model: Model | None = None,
    *,
    differentiate: bool = False,
    opened: frozenset[Tensor] = frozenset(),
) -> Verdict:
    """Whether left = right for all widths and all values; truthy or falsy.

    With `differentiate` every `partial` is carried out by the model's meaning of the names;
    otherwise it is a name like any other. Definitions of `opened` tensors are put in.
    Raises: GuardError where an expression breaks H1–H4; MethodsDisagree if the methods differ.

    >>> from bplab.symbolic.expressions import Tensor, index, total
    >>> W, x, j, k = Tensor("W", ("m", "n")), Tensor("x", ("n",)), index("j", "m"), index("k", "n")
    >>> i = index("i", "n")
    >>> bool(equal(total(W[j, k] * x[k], k), total(W[j, i] * x[i], i)))
    True
    >>> bool(equal(x[k], x[i]))
    False
    """
    model = model or Model()
    left, right = sympy.sympify(left), sympy.sympify(right)
    judge = _on_lattice if has_positions(sympy.Tuple(left, right)) else _at_every_width
    verdict = judge(left, right, model, differentiate, opened)
    if len(set(verdict.methods.values())) > 1:
        raise MethodsDisagree(f"{left} = {right}: {verdict}")
    return verdict


def _at_every_width(
    left: sympy.Expr,
    right: sympy.Expr,
    model: Model,
    differentiate: bool,
    opened: frozenset[Tensor],
) -> Verdict:
    difference = left - right
    meant = _meaning(difference, model, differentiate, opened)
    return WidthVerdict(
        canonical=not canonical(meant),
        cutoff=_vanishes_at_cutoff(difference, meant, model, differentiate, opened),
    )


def _on_lattice(
    left: sympy.Expr,
    right: sympy.Expr,
    model: Model,
    differentiate: bool,
    opened: frozenset[Tensor],
) -> Verdict:
    """Each side by itself, so that a sum without end cannot cancel before a guard sees it."""
    forms = [
        canonical_on_lattice(_meaning(side, model, differentiate, opened)) for side in (left, right)
    ]
    return LatticeVerdict(
        shifts=forms[0] == forms[1],
        shapes=agree_at_shapes(left, right, model, differentiate=differentiate, opened=opened),
    )


def _meaning(
    expr: sympy.Expr, model: Model, differentiate: bool, opened: frozenset[Tensor]
) -> sympy.Expr:
    return unfold(evaluate(expr, model) if differentiate else expr, opened, model)


def _vanishes_at_cutoff(
    difference: sympy.Expr,
    meant: sympy.Expr,
    model: Model,
    differentiate: bool,
    opened: frozenset[Tensor],
) -> bool:
    """Write out `difference` itself; from `meant` only the widths are taken."""
    widths = cutoff_widths(meant)
    written = WrittenOut(widths, model, opened)
    return all(
        sympy.expand(written.write(difference, values, differentiate=differentiate)) == 0
        for values in assignments(free_indices(difference), widths)
    )
