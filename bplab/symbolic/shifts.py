"""Method 1 on ℤ: the canonical form of a sum, in which index shifts no longer show.

A term is reduced by three rules, each true for every size: [p = S·i + u − P] with a bound u is used
up (u is p + P − S·i, and no other number); bound positions may be replaced by others if the change
is one-to-one on ℤ, so they are chosen to be the plain positions of the first arrays of the term;
and sums over channels are treated as in `canonical.py`.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, groupby, permutations, product

import sympy

from bplab.symbolic.canonical import contract, count_idle, merge_free, rename_least
from bplab.symbolic.expressions import Entry, Index, Tensor, substitute
from bplab.symbolic.lattice import (
    Same,
    affine,
    boxed,
    is_position,
    loose,
    require_no_function,
)
from bplab.symbolic.terms import Term, terms


def canonical_on_lattice(expr: sympy.Expr) -> dict[sympy.Expr, sympy.Rational]:
    """The coefficient of every distinct monomial.

    Raises: GuardError (L1, L2) where the rules do not apply.
    """
    coefficients: dict[sympy.Expr, sympy.Rational] = defaultdict(lambda: sympy.S.Zero)
    for term in shifted_terms(expr):
        number, monomial = rename_least(term).as_coeff_Mul()
        coefficients[monomial] += number
    return {monomial: number for monomial, number in coefficients.items() if number != 0}


def shifted_terms(expr: sympy.Expr) -> list[Term]:
    """The terms with deltas used up and with plain positions; those that are 0 left out."""
    found = []
    for term in terms(expr):
        for factor in term.factors:
            require_no_function(factor)
        reduced = use_up(merge_free(contract(term)))
        if sympy.S.Zero not in reduced.factors:
            found.append(least_shift(count_idle_channels(reduced)))
    return found


def use_up(term: Term) -> Term:
    """Σ_u [p = S·i + u − P] x_u = x_{p+P−Si}: a bound position with the coefficient ±1 goes.

    Where none is left, [p = q] x_p = [p = q] x_q: the first name with the coefficient ±1 goes.
    """
    for same in _sames(term):
        coefficients, _ = affine(same.args[0] - same.args[1])
        bound = [i for i, c in coefficients.items() if c in (1, -1) and i in term.bound]
        if bound:
            rest = list(term.factors)
            rest.remove(same)
            i = min(bound, key=str)
            solved = {i: i - coefficients[i] * (same.args[0] - same.args[1])}
            left = tuple(j for j in term.bound if j != i)
            return use_up(Term(tuple(_put_in(factor, solved) for factor in rest), left))
    factors = [_least_sign(f) if isinstance(f, Same) else expanded(f) for f in term.factors]
    for same in [f for f in factors if isinstance(f, Same)]:
        coefficients, _ = affine(same.args[0])
        free = [i for i, c in coefficients.items() if c in (1, -1) and i not in term.bound]
        if free:
            i = min(free, key=str)
            solved = {i: i - coefficients[i] * same.args[0]}
            factors = [same, *(_put_in(f, solved) for f in factors if f != same)]
    return Term(tuple(factors), term.bound)


def count_idle_channels(term: Term) -> Term:
    """Σ_c 1 = n for channels; a position that is left in no factor is refused (L1)."""
    idle = [i for i in term.bound if is_position(i) and i not in Term(term.factors).free]
    if idle:
        raise loose([_spoken(i) for i in idle], term.product)
    return count_idle(term)


def least_shift(term: Term) -> Term:
    """The term in the positions of its first arrays with a box, named @0, @1, …

    "First" means by name. Where a name occurs twice, each order is tried and the least result kept.
    Raises: GuardError (L1) if no choice of positions is one-to-one with the bound ones.
    """
    bound = tuple(i for i in term.bound if is_position(i))
    if not bound:
        return term
    others = tuple(i for i in term.bound if i not in bound)
    shifted = [Term(_shift(order, bound), others) for order in _orders(term.factors)]
    return min(shifted, key=lambda term: str(rename_least(term)))


def _shift(factors: tuple[sympy.Expr, ...], bound: tuple[Index, ...]) -> tuple[sympy.Expr, ...]:
    new = [Index(f"@{n}", sympy.S.Integers) for n in range(len(bound))]
    forms = [form for factor in factors for form, _ in boxed(factor)]
    for chosen in combinations(forms, len(bound)):
        rows = [affine(form)[0] for form in chosen]
        matrix = sympy.Matrix([[row.get(i, 0) for i in bound] for row in rows])
        determinant = sympy.expand(matrix.det(method="berkowitz"))
        if determinant in (1, -1):
            inverse = determinant * matrix.adjugate(method="berkowitz")
            zero = dict.fromkeys(bound, sympy.S.Zero)
            moved = [n - substitute(form, zero) for n, form in zip(new, chosen, strict=True)]
            old = inverse * sympy.Matrix(moved)
            solved = dict(zip(bound, old, strict=True))
            return tuple(_put_in(factor, solved) for factor in factors)
    raise loose([_spoken(i) for i in bound], sympy.Mul(*factors))


def _orders(factors: tuple[sympy.Expr, ...]) -> Iterator[tuple[sympy.Expr, ...]]:
    """The factors sorted by the names of their tensors, in each order of equal names."""

    def name(factor: sympy.Expr) -> str:
        return str(factor.tensor) if isinstance(factor, Entry) else ""

    groups = [list(group) for _, group in groupby(sorted(factors, key=name), name)]
    arrays = [list(permutations(g)) if name(g[0]) else [tuple(g)] for g in groups]
    for order in product(*arrays):
        yield tuple(factor for group in order for factor in group)


def expanded(expr: sympy.Expr) -> sympy.Expr:
    """The same factor with every position multiplied out."""
    if isinstance(expr, Same):
        return Same(*map(sympy.expand, expr.args))
    if isinstance(expr, Index | Tensor) or not expr.args:
        return expr
    if isinstance(expr, Entry):
        return expr.func(expr.tensor, *map(sympy.expand, expr.indices))
    return expr.func(*map(expanded, expr.args))


def _put_in(factor: sympy.Expr, solved: dict[Index, sympy.Expr]) -> sympy.Expr:
    new = expanded(substitute(factor, solved))
    return _least_sign(new) if isinstance(new, Same) else new


def _least_sign(same: Same) -> sympy.Expr:
    form = sympy.expand(same.args[0] - same.args[1])
    return Same(min(form, sympy.expand(-form), key=str), 0)


def _sames(term: Term) -> list[Same]:
    return sorted((f for f in term.factors if isinstance(f, Same)), key=str)


def _spoken(i: Index) -> str:
    return i.name.split("#")[0]
