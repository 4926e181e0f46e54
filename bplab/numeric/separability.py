"""Is there any (w, b) that separates two classes? Decided exactly, with a proof either way.

Gordan's theorem leaves two cases, and never both: a separating (w, b), or points of the two convex
hulls that coincide. All arithmetic is with fractions, so no rounding can blur the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from bplab.numeric.arrays import Array
from bplab.numeric.perceptron import labelled_points

Point = tuple[Fraction, ...]


@dataclass(frozen=True)
class Separator:
    """A proof of separability: integers (w, b) with s(w·x + b) > 0 at every point."""

    points: tuple[Point, ...]
    signs: tuple[int, ...]
    w: tuple[int, ...]
    b: int

    def verify(self) -> bool:
        """True if every margin s(w·x + b) is positive, recomputed exactly."""
        return all(
            s * (_dot(self.w, x) + self.b) > 0 for s, x in zip(self.signs, self.points, strict=True)
        )

    def __str__(self) -> str:
        return f"separable: w = {_vector(self.w)}, b = {_number(self.b)}"


@dataclass(frozen=True)
class Inseparable:
    """A proof that no (w, b) separates: a point that both classes' convex hulls contain.

    weights: one λ ≥ 0 for each point, summing to 1 over each class. If s(w·x + b) > 0 held at every
    point, then w·p + b at the common point p would be positive and negative at once.
    """

    points: tuple[Point, ...]
    signs: tuple[int, ...]
    weights: tuple[Fraction, ...]

    @property
    def meeting_point(self) -> Point:
        return self._combination(+1)

    def verify(self) -> bool:
        """True if the weights are convex on each side and both sides meet, recomputed exactly."""
        return (
            all(weight >= 0 for weight in self.weights)
            and all(sum(weight for weight, _ in self._side(s)) == 1 for s in (+1, -1))
            and self._combination(+1) == self._combination(-1)
        )

    def __str__(self) -> str:
        meeting = _vector(self.meeting_point)
        sides = [
            " + ".join(f"{_coefficient(weight)}{_vector(x)}" for weight, x in self._side(s))
            for s in (-1, +1)
        ]
        if sides == [meeting, meeting]:
            return f"inseparable: {meeting} is in both classes"
        # A side that is one single point already is the meeting point: say it once, at the end.
        return "inseparable: " + " = ".join([side for side in sides if side != meeting] + [meeting])

    def _side(self, sign: int) -> list[tuple[Fraction, Point]]:
        rows = zip(self.weights, self.signs, self.points, strict=True)
        return [(weight, x) for weight, s, x in rows if s == sign and weight != 0]

    def _combination(self, sign: int) -> Point:
        terms = [[weight * value for value in x] for weight, x in self._side(sign)]
        return tuple(sum(column, Fraction(0)) for column in zip(*terms, strict=True))


def separate(x: Array, y: Array) -> Separator | Inseparable:
    """Decide linear separability exactly; the proof returned has passed its own verify().

    Seeks λ ≥ 0 with Σ λ s (x, 1) = 0 and Σ λ = 1 by the simplex method on fractions; if there is
    none, the dual solution is a separating (w, b). Floats are taken at their exact binary value.
    Exact fractions are slow: a hundred points in ten dimensions take about a second.

    Shapes: x (B, n), y (B,) with labels 0/1 or −1/+1.
    Raises: ValueError if shapes or labels do not fit or a value is NaN/inf.
    Source: Gordan (1873), Math. Annalen 6, 23–28; Farkas (1902), J. reine angew. Math. 124, 1–27;
    for XOR, Minsky & Papert (1969), Perceptrons.

    >>> from bplab.numeric.gates import GATE_INPUTS, GATES
    >>> print(separate(GATE_INPUTS, GATES["XNOR"]))
    inseparable: ½·(0, 1) + ½·(1, 0) = ½·(0, 0) + ½·(1, 1) = (½, ½)
    """
    _, s_array = labelled_points(x, y)
    # An object array holds Python's own numbers, which Fraction reads without rounding.
    points = tuple(tuple(map(Fraction, row)) for row in np.asarray(x, dtype=object))
    s = tuple(map(int, s_array))
    columns = [
        [sign * value for value in (*point, Fraction(1))]
        for sign, point in zip(s, points, strict=True)
    ]
    feasible, values = _solve(columns)
    proof: Separator | Inseparable
    if feasible:
        # Row b of the system, Σ λ s = 0, gives both classes the same half of Σ λ = 1.
        proof = Inseparable(points, s, tuple(2 * value for value in values))
    else:
        *w, b = _primitive(values)
        proof = Separator(points, s, tuple(w), b)
    if not proof.verify():
        raise AssertionError(f"separate() built a proof that does not hold: {proof}")
    return proof


Row = list[Fraction]


def _solve(columns: Sequence[Row]) -> tuple[bool, list[Fraction]]:
    """Phase one of the simplex method for Σ λ_j column_j = 0, Σ λ_j = 1, λ ≥ 0.

    Returns (True, λ), or (False, u) where u·column_j > 0 for every j. Bland's rule (the lowest
    index enters, the lowest leaves) makes it end in spite of the many zeros on the right side.
    """
    count, height = len(columns), len(columns[0]) + 1
    tableau = _tableau(columns)
    basis = list(range(count, count + height))
    while (entering := next((j for j in range(count) if tableau[-1][j] < 0), None)) is not None:
        ratios = [
            (row[-1] / row[entering], basis[i], i)
            for i, row in enumerate(tableau[:-1])
            if row[entering] > 0
        ]
        leaving = min(ratios)[-1]
        _pivot(tableau, leaving, entering)
        basis[leaving] = entering
    *rows, cost = tableau
    if cost[-1] == 0:
        weights = {j: row[-1] for j, row in zip(basis, rows, strict=True)}
        return True, [weights.get(j, Fraction(0)) for j in range(count)]
    # The price of row i is 1 − (reduced cost of its artificial variable). At the optimum the prices
    # π satisfy π·(column, 1) ≤ 0 for every column, and the last one is positive: −π separates.
    return False, [cost[count + i] - 1 for i in range(height - 1)]


def _tableau(columns: Sequence[Row]) -> list[Row]:
    """One row an equation (coefficients, artificial variables, right side), then the costs.

    The cost is the sum of the artificial variables, so its row is minus the sum of the others
    except under the artificial variables themselves.
    """
    count, height = len(columns), len(columns[0]) + 1
    equations = [list(row) for row in zip(*columns, strict=True)] + [[Fraction(1)] * count]
    rows = [[*row, *_unit(i, height), Fraction(0)] for i, row in enumerate(equations)]
    rows[-1][-1] = Fraction(1)
    cost = [-sum(column, Fraction(0)) for column in zip(*rows, strict=True)]
    cost[count:-1] = [Fraction(0)] * height
    return [*rows, cost]


def _pivot(tableau: list[Row], leaving: int, entering: int) -> None:
    pivot = [value / tableau[leaving][entering] for value in tableau[leaving]]
    for i, row in enumerate(tableau):
        if factor := row[entering]:
            tableau[i] = [v - factor * p if p else v for v, p in zip(row, pivot, strict=True)]
    tableau[leaving] = pivot


def _unit(i: int, size: int) -> Row:
    return [Fraction(int(i == j)) for j in range(size)]


def _primitive(values: Sequence[Fraction]) -> list[int]:
    """The shortest integer vector in the same direction."""
    scale = lcm(*(value.denominator for value in values))
    integers = [int(value * scale) for value in values]
    return [value // (gcd(*integers) or 1) for value in integers]


def _dot(a: Iterable[int], x: Iterable[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(a, x, strict=True)), Fraction(0))


_GLYPHS = {Fraction(n, d): glyph for n, d, glyph in [(1, 2, "½"), (1, 3, "⅓"), (2, 3, "⅔")]}


def _number(value: Fraction | int) -> str:
    glyph = _GLYPHS.get(abs(Fraction(value)), str(abs(value)))
    return f"−{glyph}" if value < 0 else glyph


def _vector(values: Iterable[Fraction | int]) -> str:
    return f"({', '.join(map(_number, values))})"


def _coefficient(weight: Fraction) -> str:
    return "" if weight == 1 else f"{_number(weight)}·"
