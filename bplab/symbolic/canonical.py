"""Method 1, the canonical form: two expressions are equal if their difference leaves nothing.

Each term is reduced by three rules, each true at every width: a Kronecker delta replaces an index
(Σ_i δ_ij x_i = x_j), an index that is left in no factor contributes its width (Σ_i 1 = n), and the
names of bound indices do not matter, so the least of all renamings is taken.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby, permutations, product

import sympy

from bplab.symbolic.expressions import Delta, Index, substitute
from bplab.symbolic.terms import Term, terms


def canonical(expr: sympy.Expr) -> dict[sympy.Expr, sympy.Rational]:
    """The coefficient of every distinct monomial; empty if nothing is left."""
    coefficients: dict[sympy.Expr, sympy.Rational] = defaultdict(lambda: sympy.S.Zero)
    for term in reduced_terms(expr):
        number, monomial = rename_least(term).as_coeff_Mul()
        coefficients[monomial] += number
    return {monomial: number for monomial, number in coefficients.items() if number != 0}


def reduced_terms(expr: sympy.Expr) -> list[Term]:
    """The terms after the first two rules: deltas used up, idle sums counted."""
    return [count_idle(merge_free(contract(term))) for term in terms(expr)]


def contract(term: Term) -> Term:
    """Σ_i δ_ij x_i = x_j, for every delta that has a bound index."""
    for delta in _deltas(term):
        keep, drop = delta.args if delta.args[1] in term.bound else reversed(delta.args)
        if drop in term.bound:
            rest = list(term.factors)
            rest.remove(delta)
            factors = tuple(substitute(factor, {drop: keep}) for factor in rest)
            return contract(Term(factors, tuple(i for i in term.bound if i != drop)))
    return term


def merge_free(term: Term) -> Term:
    """δ_ij x_j = δ_ij x_i: beside a delta of two free indices only the first name is used."""
    factors = list(term.factors)
    for delta in _deltas(term):
        keep, drop = delta.args
        factors = [delta, *(substitute(factor, {drop: keep}) for factor in factors)]
    return Term(tuple(factors), term.bound)


def count_idle(term: Term) -> Term:
    """Σ_i 1 = n, for a bound index that is left in no factor."""
    present = Term(term.factors).free
    widths = tuple(i.range for i in term.bound if i not in present)
    return Term(term.factors + widths, tuple(i for i in term.bound if i in present))


def rename_least(term: Term) -> sympy.Expr:
    """The product with bound indices named #0, #1, … in the order that sorts first.

    Which one is least does not matter, only that equal terms agree on it.
    """
    return min((term.renamed(naming).product for naming in _namings(term.bound)), key=str)


def _namings(bound: tuple[Index, ...]) -> Iterator[dict[Index, Index]]:
    def range_name(i: Index) -> str:
        return str(i.range)

    groups = [list(group) for _, group in groupby(sorted(bound, key=range_name), range_name)]
    for orders in product(*(permutations(group) for group in groups)):
        yield {
            old: Index(f"#{position}", old.range)
            for order in orders
            for position, old in enumerate(order)
        }


def _deltas(term: Term) -> list[Delta]:
    return sorted((f for f in term.factors if isinstance(f, Delta)), key=str)
