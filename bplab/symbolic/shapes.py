"""Method 2 on ℤ: both sides as exact polynomials at concrete shapes, derivatives carried out.

At given numbers for all sizes an expression is a polynomial in the arrays' entries: loops add up
its monomials, and a derivative is found monomial by monomial, one plain number after the other. No
index is shifted and no sum is differentiated, so only the multiplying out of sums is shared with
the canonical form.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from operator import itemgetter
from typing import Any

import sympy

from bplab.symbolic.expressions import (
    Delta,
    Entry,
    GuardError,
    Index,
    Partial,
    Tensor,
    Total,
    free_indices,
)
from bplab.symbolic.lattice import Grid, Same, affine, boxed, is_position, loose
from bplab.symbolic.model import Model, unfold
from bplab.symbolic.rendering import plain
from bplab.symbolic.terms import Term, terms

Numbers = Mapping[sympy.Expr, int]
Values = Mapping[Index, int]
Monomial = tuple[int, ...]
Polynomial = Mapping[Monomial, Any]
Name = tuple[Any, ...]
Sum = tuple[Any, Callable[[Values], Iterator[Values]], list[Callable[[Values], Polynomial]]]

SHAPES = 12
LARGEST = 3
GROWTH = 5
ONE: Polynomial = {(): 1}


class OutsideBox(Exception):
    """A derivative by an entry outside its array's box, which is not a variable but 0."""


def everything(expr: sympy.Basic, model: Model) -> sympy.Tuple:
    """An expression together with the meanings of all names."""
    meanings = [d.value for d in model.definitions.values()]
    gradients = [d.gradient for each in model.dependences.values() for d in each]
    return sympy.Tuple(expr, *meanings, *gradients)


def sizes_in(expr: sympy.Basic) -> list[sympy.Symbol]:
    """Every symbolic size that an expression depends on, by name."""
    widths = [i.range for i in expr.atoms(Index) if not is_position(i)]
    widths += [size for tensor in expr.atoms(Tensor) for size in tensor.ranges]
    inside = sympy.Tuple(expr, *widths, *boxes_in(expr))
    return sorted(inside.free_symbols, key=str)


def boxes_in(expr: sympy.Basic) -> set[sympy.Expr]:
    """The sizes of all arrays of an expression."""
    return {size for grid in expr.atoms(Grid) for size in grid.sizes or ()}


def is_possible(numbers: Numbers, boxes: set[sympy.Expr]) -> bool:
    """Whether every array has room for an entry, so that the kernel fits."""
    return all(box.xreplace(numbers) >= 1 for box in boxes)


def random_shapes(expr: sympy.Basic, model: Model, number: int) -> Iterator[dict[Any, int]]:
    """So many different shapes, always the same: widths and paddings up to 2, sizes up to 3."""
    expr = everything(expr, model)
    symbols, boxes = sizes_in(expr), boxes_in(expr)
    draw, seen = random.Random(0), set()
    for _ in range(1000 * number):
        numbers = {s: sympy.Integer(draw.randint(*_limits(s))) for s in symbols}
        if is_possible(numbers, boxes) and (key := tuple(numbers.values())) not in seen:
            seen.add(key)
            yield numbers
        if len(seen) == number:
            return


def growing_shapes(expr: sympy.Basic, model: Model) -> Iterator[dict[Any, int]]:
    """All shapes from the smallest on, until the sizes are `GROWTH` larger in all."""
    expr = everything(expr, model)
    symbols, boxes = sizes_in(expr), boxes_in(expr)
    for extra in range(GROWTH + 1):
        for more in _shared_out(extra, len(symbols)):
            numbers = {
                s: sympy.Integer(_limits(s)[0] + n) for s, n in zip(symbols, more, strict=True)
            }
            if is_possible(numbers, boxes):
                yield numbers


def _limits(symbol: sympy.Symbol) -> tuple[int, int]:
    if symbol.is_positive:
        return 1, LARGEST
    return (0, 2) if symbol.is_nonnegative else (1, 2)


def _shared_out(total: int, places: int) -> Iterator[tuple[int, ...]]:
    if places <= 1:
        yield from [(total,) * places]
        return
    for first in range(total + 1):
        for rest in _shared_out(total - first, places - 1):
            yield (first, *rest)


class AtShape:
    """Expressions as polynomials in numbered variables, one per entry, at given sizes.

    An expression is read once, into loops and functions of the indices' values.
    """

    def __init__(self, numbers: Numbers, model: Model) -> None:
        self.numbers, self.model = numbers, model
        self.tensors: list[Tensor] = []
        self.names: list[Name] = []
        self._variables: dict[Name, Polynomial] = {}
        self._read: dict[tuple[sympy.Expr, bool], list[Sum]] = {}
        self._slopes_of: dict[tuple[Name, int], Mapping[Name, Polynomial]] = {}

    def cases(self, expr: sympy.Expr, beyond: int) -> Iterator[Values]:
        """Values for the free indices: channels in their range, positions in a box and beyond."""
        indices = sorted(free_indices(expr), key=str)
        ranges = [
            range(-beyond, self._room(i, expr) + beyond)
            if is_position(i)
            else range(self._number(i.range))
            for i in indices
        ]
        for values in product(*ranges):
            yield dict(zip(indices, values, strict=True))

    def _room(self, i: Index, expr: sympy.Basic) -> int:
        """The largest box in which the index stands alone, or else the largest of all."""
        axes = [axis for entry in expr.atoms(Entry) for axis in boxed(entry)]
        alone = [size for form, size in axes if form == i]
        return max((self._number(size) for size in alone or boxes_in(expr)), default=1)

    def polynomial(self, expr: sympy.Expr, values: Values, *, differentiate: bool) -> Polynomial:
        """The coefficients of the monomials, at these values of the free indices.

        Raises: OutsideBox; GuardError (L1) for a sum without end.
        """
        key = (expr, differentiate)
        if key not in self._read:
            self._read[key] = [self._sum(term, differentiate) for term in terms(expr)]
        found: Counter[Monomial] = Counter()
        for scalar, loops, factors in self._read[key]:
            for at in loops(values):
                value = ONE
                for factor in factors:
                    value = _times(value, factor(at))
                    if not value:
                        break
                for monomial, number in value.items():
                    found[monomial] += scalar * number
        return {monomial: number for monomial, number in found.items() if number != 0}

    def value(
        self, expr: sympy.Expr, values: Values, arrays: Mapping[Tensor, Callable[..., int]]
    ) -> int:
        """The number at these values of the free indices, with entries looked up in `arrays`."""
        found = 0
        for monomial, number in self.polynomial(expr, values, differentiate=False).items():
            for variable in monomial:
                tensor, *place = self.names[variable]
                number *= arrays[self.tensors[tensor]](*place)
            found += number
        return found

    def spelled(self, variable: int) -> str:
        """The entry that a variable stands for, such as x[0,1]."""
        tensor, *place = self.names[variable]
        name = plain(sympy.Symbol(self.tensors[tensor].name))
        return f"{name}[{','.join(map(str, place))}]" if place else name

    def _sum(self, term: Term, differentiate: bool) -> "Sum":
        scalars = [f for f in term.factors if not free_indices(f) and not f.has(Entry)]
        factors = [self._factor(f, differentiate) for f in term.factors if f not in scalars]
        return self._number(sympy.Mul(*scalars)), self._loops(term), factors

    def _loops(self, term: Term) -> Callable[[Values], Iterator[Values]]:
        """Nested loops over the bound indices, each as short as a box or a delta allows."""
        limits = [
            (self._form(same.args[0] - same.args[1]), 1)
            for same in term.factors
            if isinstance(same, Same)
        ] + [
            (self._form(form), self._number(size))
            for factor in term.factors
            for form, size in boxed(factor)
        ]
        waiting, loops = list(term.bound), []
        while waiting:
            if (chosen := self._next_loop(waiting, limits)) is None:
                raise loose([i.name.split("#")[0] for i in waiting], term.product)
            loops.append(chosen)
            waiting.remove(chosen[0])

        def run(at: dict[Index, int], depth: int) -> Iterator[Values]:
            if depth == len(loops):
                yield at
                return
            i, limit = loops[depth]
            for value in limit(at):
                at[i] = value
                yield from run(at, depth + 1)

        return lambda values: run(dict(values), 0)

    def _next_loop(self, waiting: list[Index], limits: list[Any]) -> Any:
        """An index that a delta or a box bounds, given the others; else one over a width."""
        for (coefficients, rest), size in limits:
            unknown = [i for i, c in coefficients.items() if i in waiting and c != 0]
            if len(unknown) == 1:
                others = {i: c for i, c in coefficients.items() if i not in waiting}
                return unknown[0], _within(coefficients[unknown[0]], others, rest, size)
        widths = (i for i in waiting if not is_position(i))
        if (i := next(widths, None)) is not None:
            width = range(self._number(i.range))
            return i, lambda values: width
        return None

    def _factor(self, factor: sympy.Expr, differentiate: bool) -> Callable[[Values], Polynomial]:
        if isinstance(factor, Delta):
            i, j = factor.args
            return lambda at: ONE if at[i] == at[j] else {}
        if isinstance(factor, Same):
            gap = self._place(factor.args[0] - factor.args[1])
            return lambda at: ONE if gap(at) == 0 else {}
        if isinstance(factor, Partial) and differentiate:
            return self._derivative(factor)
        if isinstance(factor, Entry | Partial):
            name = self._name(factor)
            return lambda at: self._variable(name(at))
        raise GuardError(f"L2: on whole numbers only sums of products are understood; got {factor}")

    def _variable(self, name: Name | None) -> Polynomial:
        if name is None:
            return {}
        if name not in self._variables:
            self._variables[name] = {(len(self.names),): 1}
            self.names.append(name)
        return self._variables[name]

    def _name(self, part: sympy.Expr) -> Callable[[Values], Name | None]:
        """The entry with numbers for its indices, or None outside its box."""
        if isinstance(part, Partial):
            above, below = self._name(part.target), self._name(part.wrt)
            return lambda at: (above(at), below(at))
        if not isinstance(part, Entry):
            raise GuardError(f"L2: only the derivative of a name can be a name; got {part}")
        tensor = self._tensor_number(part.tensor)
        sizes = [self._number(size) for _, size in boxed(part)]
        first = len(part.indices) - len(sizes)
        places = [self._place(i) for i in part.indices]

        def name(at: Values) -> Name | None:
            numbers = [place(at) for place in places]
            for number, size in zip(numbers[first:], sizes, strict=True):
                if not 0 <= number < size:
                    return None
            return (tensor, *numbers)

        return name

    def _tensor_number(self, tensor: Tensor) -> int:
        if tensor not in self.tensors:
            self.tensors.append(tensor)
        return self.tensors.index(tensor)

    def _place(self, form: sympy.Expr) -> Callable[[Values], int]:
        if isinstance(form, Index):
            return itemgetter(form)
        coefficients, rest = self._form(form)
        return _affine_sum(rest, tuple(coefficients.items()))

    def _derivative(self, expr: Partial) -> Callable[[Values], Polynomial]:
        wrt, target = self._name(expr.wrt), self._name(expr.target)

        def derivative(at: Values) -> Polynomial:
            below, above = wrt(at), target(at)
            if below is None:
                raise OutsideBox
            return {} if above is None else self._slopes(above, below[0]).get(below, {})

        return derivative

    def _slopes(self, name: Name, wrt: int) -> Mapping[Name, Polynomial]:
        """The derivatives of one number by all entries of `wrt`, through every name between."""
        if name[0] == wrt:
            return {name: ONE}
        if (name, wrt) not in self._slopes_of:
            slopes: dict[Name, Counter[Monomial]] = {}
            for variable, outer in _gradient(self._meaning(name)).items():
                for entry, inner in self._slopes(self.names[variable], wrt).items():
                    slopes.setdefault(entry, Counter()).update(_times(outer, inner))
            self._slopes_of[name, wrt] = slopes
        return self._slopes_of[name, wrt]

    def _meaning(self, name: Name) -> Polynomial:
        """What a name stands for; a cost, of which only the gradient is known, is Σ δ z."""
        tensor, numbers = self.tensors[name[0]], name[1:]
        meanings = []
        if definition := self.model.definitions.get(tensor):
            meanings = [(definition.name, definition.value)]
        for each in self.model.dependences.get(tensor, ()):
            meanings.append((each.name, Total(each.gradient * each.of, *each.summed)))
        found: Counter[Monomial] = Counter()
        for entry, value in meanings:
            at = dict(zip(entry.indices, numbers, strict=True))
            found.update(self.polynomial(value, at, differentiate=True))
        return found

    def _number(self, expr: sympy.Expr) -> Any:
        number = sympy.sympify(expr).xreplace(self.numbers)
        if not number.is_Rational:
            raise GuardError(f"L2: {expr} must be a number at every shape; got {number}")
        return int(number) if number.is_Integer else Fraction(int(number.p), int(number.q))

    def _form(self, form: sympy.Expr) -> tuple[dict[Index, int], int]:
        coefficients, rest = affine(form)
        return {i: self._number(c) for i, c in coefficients.items()}, self._number(rest)


def _affine_sum(rest: int, parts: tuple[tuple[Index, int], ...]) -> Callable[[Values], int]:
    """rest + Σ c·i."""

    def place(at: Values) -> int:
        result = rest
        for i, c in parts:
            result += c * at[i]
        return result

    return place


def _within(step: int, others: dict[Index, int], rest: int, size: int) -> Callable[[Values], range]:
    """The whole numbers v with 0 ≤ step·v + others + rest < size."""
    begin = _affine_sum(rest, tuple(others.items()))

    def limit(values: Values) -> range:
        start = begin(values)
        ends = (-start, size - 1 - start)
        low, high = ends if step > 0 else (-ends[1], -ends[0])
        return range(-(-low // abs(step)), high // abs(step) + 1)

    return limit


def _times(first: Polynomial, second: Polynomial) -> Polynomial:
    if first is ONE or not second:
        return second
    if second is ONE:
        return first
    result: Counter[Monomial] = Counter()
    for (m, c), (n, d) in product(first.items(), second.items()):
        result[tuple(sorted(m + n))] += c * d
    return result


def _gradient(polynomial: Polynomial) -> dict[int, Counter[Monomial]]:
    """All partial derivatives: each occurrence of a variable in a monomial is left out in turn."""
    gradient: dict[int, Counter[Monomial]] = {}
    for monomial, c in polynomial.items():
        for place, variable in enumerate(monomial):
            rest = monomial[:place] + monomial[place + 1 :]
            gradient.setdefault(variable, Counter())[rest] += c
    return gradient


def agree_at_shapes(
    left: sympy.Expr,
    right: sympy.Expr,
    model: Model,
    *,
    differentiate: bool = False,
    opened: frozenset[Tensor] = frozenset(),
    number: int = SHAPES,
) -> bool:
    """Whether the two sides are the same polynomials at so many shapes.

    Raises: GuardError (L1, L2) where an expression breaks the guards.
    """
    left, right = (unfold(side, opened, model) for side in (left, right))
    both = sympy.Tuple(left, right)
    shapes = (AtShape(numbers, model) for numbers in random_shapes(both, model, number))
    return not any(
        any(True for _ in differences(left, right, shape, differentiate=differentiate))
        for shape in shapes
    )


def differences(
    left: sympy.Expr, right: sympy.Expr, shape: AtShape, *, differentiate: bool, beyond: int = 1
) -> Iterator[tuple[Values, Polynomial, Polynomial]]:
    """The values of the free indices where two sides differ, and the two polynomials.

    Positions go so far beyond the boxes.
    """
    for values in shape.cases(sympy.Tuple(left, right), beyond):
        try:
            sides = [
                shape.polynomial(s, values, differentiate=differentiate) for s in (left, right)
            ]
        except OutsideBox:
            continue
        if sides[0] != sides[1]:
            yield values, sides[0], sides[1]
