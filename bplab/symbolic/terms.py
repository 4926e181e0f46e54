"""Sums of products: an expression as a list of terms, each with the indices it is summed over.

Linearity and distributivity are all that is used here. Both proof methods start from this form: the
canonical form simplifies it, the cut-off method counts indices in it. The guards live here too,
because a term is where they can be seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, product

import sympy

from bplab.symbolic.expressions import (
    Delta,
    Entry,
    GuardError,
    Index,
    Partial,
    Total,
    free_indices,
    is_whole_power,
    reciprocal,
    substitute,
)


@dataclass(frozen=True)
class Term:
    """Σ over `bound` of the product of `factors`."""

    factors: tuple[sympy.Expr, ...]
    bound: tuple[Index, ...] = ()

    @property
    def product(self) -> sympy.Expr:
        return sympy.Mul(*self.factors)

    def renamed(self, naming: dict[Index, Index]) -> "Term":
        """The same term with other names for its bound indices."""
        return Term(
            tuple(substitute(factor, naming) for factor in self.factors),
            tuple(naming.get(i, i) for i in self.bound),
        )

    @property
    def free(self) -> frozenset[Index]:
        return frozenset[Index]().union(*map(free_indices, self.factors)) - frozenset(self.bound)


def terms(expr: sympy.Expr) -> list[Term]:
    """The terms of an expression, with every sum pulled to the front.

    Raises: GuardError (H3) for a function, quotient or power of something that is not a name.
    """
    return list(_terms(sympy.sympify(expr), count()))


def _terms(expr: sympy.Expr, serial: "count[int]") -> Iterator[Term]:
    if isinstance(expr, sympy.Add):
        for summand in expr.args:
            yield from _terms(summand, serial)
    elif isinstance(expr, sympy.Mul):
        yield from _multiply([list(_terms(factor, serial)) for factor in expr.args])
    elif isinstance(expr, Total):
        # A name that no one can type: multiplied sums never share a bound index.
        renaming = {i: Index(f"{i.name}#{next(serial)}", i.range) for i in expr.bound}
        for inner in _terms(substitute(expr.body, renaming), serial):
            yield Term(inner.factors, inner.bound + tuple(renaming.values()))
    elif is_whole_power(expr) or (isinstance(expr, sympy.Pow) and has_tensor(expr)):
        yield from _power(expr, serial)
    else:
        require_let_bound(expr)
        yield Term((expr,))


def _power(expr: sympy.Pow, serial: "count[int]") -> Iterator[Term]:
    base, exponent = expr.args
    if is_whole_power(expr):
        yield from _multiply([list(_terms(base, serial)) for _ in range(exponent)])
    elif not exponent.is_Integer:
        raise GuardError(f"H3: the exponent in {expr} must be a whole number")
    elif isinstance(base, Entry):
        # 1/S is a name of its own: if S and 1/S could cancel, a bound index could vanish (H1).
        yield Term((reciprocal(base),) * -exponent)
    else:
        raise GuardError(f"H3: name the denominator {base} first: define S as it, then write 1/S")


def _multiply(choices: list[list[Term]]) -> Iterator[Term]:
    for chosen in product(*choices):
        yield Term(
            tuple(factor for term in chosen for factor in term.factors),
            tuple(i for term in chosen for i in term.bound),
        )


def has_tensor(expr: sympy.Basic) -> bool:
    """Whether a tensor occurs in the expression."""
    return isinstance(expr, Entry | Delta | Partial) or any(map(has_tensor, expr.args))


def require_let_bound(expr: sympy.Expr) -> None:
    """Guard H3: a nonlinear function is applied to a name (z_j), never to a formula in tensors."""
    if isinstance(expr, Entry | Delta | Partial) or not has_tensor(expr):
        return
    for argument in expr.args:
        if has_tensor(argument) and not isinstance(argument, Entry):
            raise GuardError(
                f"H3: the argument of {expr.func} must be a named entry such as z[j], "
                f"defined beforehand; got {argument}"
            )


def require_anchored(term: Term) -> None:
    """Guard H1: every bound index occurs in a tensor's entry, or a delta ties it to one that does.

    Without it Σ_i g_j would be 2 g_j when it is written out at width 2.
    """
    anchored = set(term.free)
    ties = [factor for factor in term.factors if isinstance(factor, Delta)]
    for factor in term.factors:
        if not isinstance(factor, Delta):
            anchored |= free_indices(factor)
    for _ in ties:  # one pass more than the longest chain of deltas
        for tie in ties:
            if anchored & set(tie.args):
                anchored |= set(tie.args)
    if loose := [i.name.split("#")[0] for i in term.bound if i not in anchored]:
        raise GuardError(
            f"H1: index {', '.join(loose)} is summed over, but occurs in no tensor of "
            f"{term.product}; write the width times the rest instead"
        )
