"""Equality for every width, decided by two methods that must agree."""

from dataclasses import dataclass

import sympy

from bplab.symbolic.canonical import canonical
from bplab.symbolic.cutoff import WrittenOut, assignments, cutoff_widths
from bplab.symbolic.expressions import Tensor, free_indices
from bplab.symbolic.model import Model, evaluate, unfold


class MethodsDisagree(AssertionError):
    """The two proof methods gave different verdicts: a fault in the prover, not in the claim."""


@dataclass(frozen=True)
class Verdict:
    """Whether an identity holds, by each method."""

    canonical: bool
    cutoff: bool

    def __bool__(self) -> bool:
        return self.canonical and self.cutoff


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
    difference = sympy.sympify(left) - sympy.sympify(right)
    meant = unfold(evaluate(difference, model) if differentiate else difference, opened, model)
    verdict = Verdict(
        canonical=not canonical(meant),
        cutoff=_vanishes_at_cutoff(difference, meant, model, differentiate, opened),
    )
    if verdict.canonical != verdict.cutoff:
        raise MethodsDisagree(f"{left} = {right}: {verdict}")
    return verdict


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
