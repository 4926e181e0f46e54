"""Whether a learner's formula means the same as the reference, and where it does not.

First both are evaluated at random points: modulo 2^61 − 1, or with 50 digits where exp, log, sqrt
or tanh occur. A difference there is final. If they agree and hold sums over indices, the canonical
form settles that they agree at every width. Each stage is bounded, as parsed formulas are.
"""

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product

import mpmath
import sympy

from bplab.symbolic.canonical import canonical
from bplab.symbolic.counterexamples import counterexample
from bplab.symbolic.evaluation import (
    DIGITS,
    SPECIAL,
    ModularPoint,
    NoValue,
    Point,
    RealPoint,
    SmallPoint,
    Values,
)
from bplab.symbolic.expressions import Entry, GuardError, Index, Total, free_indices
from bplab.symbolic.terms import has_tensor

POINTS = 5
TRIES = 40
TOLERANCE = 1e-30
SMALL = [Fraction(text) for text in ("1", "2", "0", "1/2", "3", "-1", "1/4")]
MOST_SMALL_POINTS = 300
MOST_PLACES = 16


@dataclass(frozen=True)
class Difference:
    """A point at which two formulas differ, with their values there."""

    where: str
    left: str
    right: str


@dataclass(frozen=True)
class Equivalence:
    """Truthy if two formulas mean the same; says by which method, or where they differ."""

    equal: bool
    method: str
    difference: Difference | None = None

    def __bool__(self) -> bool:
        return self.equal


def equivalent(left: sympy.Expr, right: sympy.Expr) -> Equivalence:
    """Whether two parsed formulas have the same value wherever both have one.

    Symbols that SymPy knows to be positive take positive values only.

    >>> a = sympy.Symbol("a")
    >>> bool(equivalent(a * (1 - a), a - a**2))
    True
    >>> equivalent(a * (1 - a), 1 - a**2).difference
    Difference(where='a = 2', left='-2', right='-3')
    """
    agree, method = _judge(left, right)
    if agree:
        return Equivalence(True, method)
    return Equivalence(False, method, None if agree is None else _smallest_difference(left, right))


def agree(left: sympy.Expr, right: sympy.Expr) -> bool:
    """Whether two formulas mean the same: `equivalent` without the search for a counterexample."""
    return bool(_judge(left, right)[0])


def _judge(left: sympy.Expr, right: sympy.Expr) -> tuple[bool | None, str]:
    """Whether they agree, None if that cannot be told, and by which method."""
    both = sympy.Tuple(left, right)  # a sum of the two could cancel
    method = "50-digit points" if _is_transcendental(both) else "random evaluation"
    same = _agree_at_random_points(both, exact=method == "random evaluation")
    if same is None:
        return None, "undecided"
    if same and has_tensor(left - right):
        # The guards refuse a function of a sum: values at several widths are what there is then.
        with suppress(GuardError):
            same, method = not canonical(left - right), "canonical form"
    return same, method


def _is_transcendental(expr: sympy.Basic) -> bool:
    functions = {function.func.__name__ for function in expr.atoms(sympy.Function)}
    roots = any(not power.exp.is_Integer for power in expr.atoms(sympy.Pow))
    return roots or expr.has(sympy.E) or bool(functions & SPECIAL)


def _agree_at_random_points(both: sympy.Tuple, *, exact: bool) -> bool | None:
    """None if there are too few points at which both have a value."""
    compared = 0
    for attempt in range(TRIES):
        widths = _widths(both, attempt)
        # The first points are positive, as probabilities are; the rest have both signs.
        point: Point = (
            ModularPoint(attempt, widths)
            if exact
            else RealPoint(attempt, widths, positive=attempt < POINTS)
        )
        try:
            if not all(_same(point, both.args[0], both.args[1], at) for at in _places(both, point)):
                return False
            compared += 1
        except (NoValue, ZeroDivisionError):
            continue
        if compared == 2 * POINTS:
            break
    return True if compared >= POINTS else None


def _same(point: Point, left: sympy.Expr, right: sympy.Expr, at: Values) -> bool:
    one, other = point.value(left, at), point.value(right, at)
    if isinstance(point, ModularPoint):
        return one == other
    return abs(one - other) <= TOLERANCE * max(1, abs(one), abs(other))


def _widths(expr: sympy.Basic, attempt: int) -> dict[sympy.Expr, int]:
    """A width per range: distinct ones, others at each attempt, so that 2 is never taken for n."""
    ranges = {i.range for i in expr.atoms(Index)} | {i.range for i in free_indices(expr)}
    for node in sympy.preorder_traversal(expr):
        if isinstance(node, Entry):
            ranges |= set(node.tensor.ranges)
        elif isinstance(node, Total):
            ranges |= {i.range for i in node.bound}
    ordered = sorted(ranges, key=str)
    return {size: 2 + (position + attempt) % 3 for position, size in enumerate(ordered)}


def _places(expr: sympy.Basic, point: Point) -> Iterator[Values]:
    """Values of the free indices: all of them, or a random few if there are many."""
    free = sorted(free_indices(expr), key=str)
    ranges = [range(point.widths[i.range]) for i in free]
    places = list(product(*ranges))
    if len(places) > MOST_PLACES:
        places = [places[0], *random.Random(str(point.seed)).sample(places, MOST_PLACES - 1)]
    for place in places:
        yield dict(zip(free, place, strict=True))


def _smallest_difference(left: sympy.Expr, right: sympy.Expr) -> Difference | None:
    if has_tensor(left - right):
        try:
            return _from_counterexample(left, right)
        except GuardError:
            return None
    symbols = sorted((left - right).free_symbols, key=str)
    for numbers in islice(_small_numbers(len(symbols)), MOST_SMALL_POINTS):
        if any(x.is_positive and number <= 0 for x, number in zip(symbols, numbers, strict=True)):
            continue
        given = {str(x): number for x, number in zip(symbols, numbers, strict=True)}
        point = SmallPoint("small", {}, given)
        try:
            if not _same(point, left, right, {}):
                where = {name: _spelled(value) for name, value in point.drawn.items()} | given
                return Difference(
                    ", ".join(f"{name} = {value}" for name, value in where.items()),
                    *_told_apart(point.value(left, {}), point.value(right, {})),
                )
        except (NoValue, ZeroDivisionError):
            continue
    return None


def _from_counterexample(left: sympy.Expr, right: sympy.Expr) -> Difference | None:
    found = counterexample(left, right)
    if found is None:
        return None
    given = {**found.widths, **found.indices, **found.values}
    where = ", ".join(f"{name} = {value}" for name, value in given.items())
    return Difference(where, str(found.left), str(found.right))


def _small_numbers(size: int) -> Iterator[tuple[Fraction, ...]]:
    if size <= 3:
        return iter(sorted(product(SMALL, repeat=size), key=_awkwardness))
    draw = random.Random(0)
    return iter([tuple(draw.choices(SMALL, k=size)) for _ in range(MOST_SMALL_POINTS)])


def _awkwardness(numbers: tuple[Fraction, ...]) -> int:
    return sum(map(SMALL.index, numbers))


def _told_apart(left: mpmath.mpf, right: mpmath.mpf) -> tuple[str, str]:
    """Both numbers in six digits, or in so many that they do not look the same."""
    for digits in (6, 13, DIGITS):
        spelled = _spelled(left, digits), _spelled(right, digits)
        if spelled[0] != spelled[1]:
            break
    return spelled


def _spelled(value: mpmath.mpf, digits: int = 6) -> str:
    return str(mpmath.nstr(value, digits)).removesuffix(".0")
