"""Refutation: the smallest widths and small integers at which two claims differ."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice, product

import sympy
from sympy.core.function import AppliedUndef

from bplab.symbolic.cutoff import Widths, WrittenOut, assignments, cutoff_widths
from bplab.symbolic.equality import MethodsDisagree, equal
from bplab.symbolic.expressions import Index, Tensor, free_indices
from bplab.symbolic.lattice import has_positions
from bplab.symbolic.model import Model, evaluate, unfold
from bplab.symbolic.rendering import plain
from bplab.symbolic.shapes import AtShape, Polynomial, Values, differences, growing_shapes


@dataclass(frozen=True, repr=False)
class Counterexample:
    """Widths, indices and values (of entries and functions) at which `left` is not `right`."""

    widths: dict[str, int]
    indices: dict[str, int]
    values: dict[str, int]
    left: sympy.Rational
    right: sympy.Rational

    def __str__(self) -> str:
        where = ", ".join(f"{name} = {value}" for name, value in self.widths.items())
        at = ", ".join(f"{name} = {value}" for name, value in self.indices.items())
        values = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        place = "; ".join(part for part in (where, at, values) if part)
        return f"with {place}: left {self.left}, right {self.right}"

    __repr__ = __str__


def counterexample(
    left: sympy.Expr,
    right: sympy.Expr,
    model: Model | None = None,
    *,
    differentiate: bool = False,
    opened: frozenset[Tensor] = frozenset(),
) -> Counterexample | None:
    """The smallest case where left ≠ right, or None if they are equal at every width.

    Widths are tried from small to large, up to those at which the cut-off lemma decides. On ℤ both
    methods decide first, and then shapes are tried.
    Raises: GuardError where an expression breaks H1–H4 or L1–L3; MethodsDisagree on ℤ.

    >>> from bplab.symbolic.expressions import Tensor, index, total
    >>> W, d = Tensor("W", ("n", "n")), Tensor("d", ("n",))
    >>> j, k = index("j", "n"), index("k", "n")
    >>> counterexample(total(W[j, k] * d[j], j), total(W[k, j] * d[j], j))
    with n = 2; k = 0; W[0,1] = 1, W[1,0] = 2, d[1] = 3: left 7, right 4
    """
    model = model or Model()
    left, right = sympy.sympify(left), sympy.sympify(right)
    if has_positions(sympy.Tuple(left, right)):
        return _smallest_shape(left, right, model, differentiate, opened)
    difference = left - right
    meant = unfold(evaluate(difference, model) if differentiate else difference, opened, model)
    for widths in _growing(cutoff_widths(meant)):
        written = WrittenOut(widths, model, opened)
        for indices in assignments(free_indices(left) | free_indices(right), widths):
            sides = [
                written.write(side, indices, differentiate=differentiate).subs(widths)
                for side in (left, right)
            ]
            formula = sympy.expand(sides[0] - sides[1])
            if formula != 0:
                return _with_small_integers(sides, formula, widths, indices)
    return None


def _smallest_shape(
    left: sympy.Expr,
    right: sympy.Expr,
    model: Model,
    differentiate: bool,
    opened: frozenset[Tensor],
) -> Counterexample | None:
    if equal(left, right, model, differentiate=differentiate, opened=opened):
        return None
    left, right = (unfold(side, opened, model) for side in (left, right))
    for beyond in (0, 1):  # a position outside its box convinces least
        for numbers in growing_shapes(sympy.Tuple(left, right), model):
            shape = AtShape(numbers, model)
            for indices, *sides in differences(
                left, right, shape, differentiate=differentiate, beyond=beyond
            ):
                return _with_small_entries(shape, sides, indices)
    raise MethodsDisagree(f"{left} = {right} is false, but at no small shape")


def _with_small_entries(shape: AtShape, sides: list[Polynomial], indices: Values) -> Counterexample:
    """Small integers for which the two polynomials, which differ, have different values."""
    names = {
        variable: sympy.Symbol(shape.spelled(variable))
        for side in sides
        for monomial in side
        for variable in monomial
    }
    formulas = [
        sympy.Add(*(c * sympy.Mul(*map(names.__getitem__, m)) for m, c in side.items()))
        for side in sides
    ]
    found = _with_small_integers(formulas, formulas[0] - formulas[1], {}, dict(indices))
    return replace(found, widths={str(size): int(n) for size, n in shape.numbers.items()})


def _growing(limits: Widths) -> Iterator[dict[sympy.Expr, int]]:
    ranges = sorted(limits, key=str)
    choices = product(*(range(1, limits[size] + 1) for size in ranges))
    for widths in sorted(choices, key=lambda chosen: (sum(chosen), chosen)):
        yield dict(zip(ranges, widths, strict=True))


def _with_small_integers(
    sides: list[sympy.Expr], formula: sympy.Expr, widths: Widths, indices: dict[Index, int]
) -> Counterexample:
    """Small integers for which the polynomial `formula`, which is not zero, has another value."""
    names = sorted(_names(formula), key=_spelled)
    for numbers in _small_integers(len(names)):
        values = dict(zip(names, numbers, strict=True))
        if formula.xreplace(values) != 0:
            rest = {name: sympy.S.One for side in sides for name in _names(side)} | values
            return Counterexample(
                {str(size): width for size, width in widths.items()},
                {i.name: value for i, value in indices.items()},
                {_spelled(name): int(value) for name, value in values.items()},
                *(sympy.expand(side.xreplace(rest)) for side in sides),
            )
    raise AssertionError("a polynomial that is not zero has a point where it is not zero")


def _names(formula: sympy.Expr) -> set[sympy.Expr]:
    """What takes a value: functions, and entries that are not only a function's argument."""
    functions = formula.atoms(AppliedUndef)
    hidden = {function: sympy.Dummy() for function in functions}
    return functions | (formula.xreplace(hidden).free_symbols - set(hidden.values()))


def _small_integers(size: int) -> Iterator[tuple[sympy.Integer, ...]]:
    """All ones, then 1, 2, 3, …, then all twos, then random draws that grow slowly."""
    yield (sympy.Integer(1),) * size
    yield tuple(map(sympy.Integer, range(1, size + 1)))
    yield (sympy.Integer(2),) * size
    draw = random.Random(0)
    for bound in islice(count(2), 1000):
        yield tuple(sympy.Integer(draw.randint(-bound, bound)) for _ in range(size))


def _spelled(name: sympy.Expr) -> str:
    return plain(name).replace(" ", "")
