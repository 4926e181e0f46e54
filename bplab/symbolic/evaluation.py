"""The value of a formula at one point, in three kinds of number.

A point gives every name, every entry of a tensor and every value of an opaque function a number
drawn from a seed, so two formulas that mean the same get the same value. Numbers are elements of
the field with 2^61 − 1 elements (fast and exact), reals with 50 digits (for exp, log, sqrt, tanh),
or small fractions (for a counterexample that a person can check).
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import mpmath
import sympy

from bplab.symbolic.expressions import Delta, Entry, Index, Total

PRIME = 2**61 - 1
DIGITS = 50
LARGEST_EXPONENT = 1000
SPECIAL = frozenset({"exp", "log", "tanh"})

Widths = Mapping[sympy.Expr, int]
Values = Mapping[Index, int]


class NoValue(ArithmeticError):
    """The formula has no real value at this point, or one too large to compute."""


class Point(ABC):
    """One point: `value(expr, indices)` is the number that an expression has there."""

    def __init__(self, seed: object, widths: Widths) -> None:
        self.seed, self.widths = seed, widths
        self.drawn: dict[str, Any] = {}

    def value(self, expr: sympy.Expr, indices: Values) -> Any:
        """The value of the expression; `indices` gives each free index a number.

        Raises: NoValue, ZeroDivisionError.
        """
        match expr:
            case sympy.Rational():
                return self.number(expr)
            case sympy.Symbol():
                return self.number(self.widths[expr]) if expr in self.widths else self.symbol(expr)
            case Entry():
                return self.draw(f"{expr.tensor}{[indices[i] for i in expr.indices]}")
            case Delta():
                return self.number(int(len({indices[i] for i in expr.args}) == 1))
            case Total():
                return self.add(
                    self.value(expr.body, {**indices, **dict(zip(expr.bound, at, strict=True))})
                    for at in product(*(range(self.widths[i.range]) for i in expr.bound))
                )
            case sympy.Add():
                return self.add(self.value(term, indices) for term in expr.args)
            case sympy.Mul():
                return self.multiply(self.value(factor, indices) for factor in expr.args)
            case sympy.exp():  # before Pow: SymPy's exp takes part in both
                return self.function("exp", self.value(expr.args[0], indices))
            case sympy.Pow():
                return self.power(self.value(expr.base, indices), expr.exp)
            case sympy.Function():
                arguments = [self.value(argument, indices) for argument in expr.args]
                return self.function(expr.func.__name__, *arguments)
            case _ if expr == sympy.E:
                return self.function("exp", self.number(1))
        raise TypeError(f"{expr} cannot be evaluated")

    def draw(self, name: object) -> Any:
        """The number that belongs to this name at this point."""
        key = str(name)
        if key not in self.drawn:
            self.drawn[key] = self.new(random.Random(f"{self.seed} {key}"))
        return self.drawn[key]

    def symbol(self, symbol: sympy.Symbol) -> Any:
        """The number that belongs to this symbol; one declared positive gets a positive number."""
        return self.draw(symbol)

    def function(self, name: str, *arguments: Any) -> Any:
        """An opaque function is only known to give equal values for equal arguments."""
        if name == "reciprocal":
            return self.power(arguments[0], sympy.S.NegativeOne)
        return self.draw(f"{name}({', '.join(map(self.spell, arguments))})")

    def spell(self, value: Any) -> str:
        """The text by which a function's argument is recognised."""
        return str(value)

    @abstractmethod
    def new(self, source: random.Random) -> Any:
        """A random number of this kind."""

    @abstractmethod
    def number(self, value: Any) -> Any:
        """A rational as a number of this kind."""

    @abstractmethod
    def add(self, terms: Any) -> Any:
        """Σ terms."""

    @abstractmethod
    def multiply(self, factors: Any) -> Any:
        """Π factors."""

    @abstractmethod
    def power(self, base: Any, exponent: sympy.Rational) -> Any:
        """base**exponent."""


class ModularPoint(Point):
    """Numbers modulo 2^61 − 1: two different rational formulas agree with probability < 10⁻¹⁵."""

    def new(self, source: random.Random) -> int:
        return source.randrange(2, PRIME)

    def number(self, value: Any) -> int:
        rational = sympy.Rational(value)
        return int(rational.p) * pow(int(rational.q), -1, PRIME) % PRIME

    def add(self, terms: Any) -> int:
        return sum(terms) % PRIME

    def multiply(self, factors: Any) -> int:
        result = 1
        for factor in factors:
            result = result * factor % PRIME
        return result

    def power(self, base: int, exponent: sympy.Rational) -> int:
        if base == 0 and exponent < 0:
            raise ZeroDivisionError
        return pow(base, int(exponent), PRIME)


class RealPoint(Point):
    """Reals with 50 digits between −1 and 1; `positive` keeps them between 0 and 1, for logs."""

    def __init__(self, seed: object, widths: Widths, *, positive: bool) -> None:
        super().__init__(seed, widths)
        self.positive = positive
        self.context = mpmath.MPContext()
        self.context.dps = DIGITS

    def new(self, source: random.Random) -> Any:
        magnitude = self.context.mpf(source.randrange(1, 10**12)) / 10**12
        return magnitude if self.positive or source.random() < 0.5 else -magnitude

    def symbol(self, symbol: sympy.Symbol) -> Any:
        value = self.draw(symbol)
        return abs(value) if symbol.is_positive else value

    def number(self, value: Any) -> Any:
        rational = sympy.Rational(value)
        return self.context.mpf(int(rational.p)) / int(rational.q)

    def add(self, terms: Any) -> Any:
        return sum(terms, self.context.mpf(0))

    def multiply(self, factors: Any) -> Any:
        result = self.context.mpf(1)
        for factor in factors:
            result *= factor
        return result

    def power(self, base: Any, exponent: sympy.Rational) -> Any:
        if exponent.is_Integer:
            return base ** int(exponent)
        if base < 0:
            raise NoValue
        return base ** self.number(exponent)

    def spell(self, value: Any) -> str:
        return str(mpmath.nstr(value, DIGITS - 15))  # rounding must not tell arguments apart

    def function(self, name: str, *arguments: Any) -> Any:
        if name not in SPECIAL:
            # Between 0 and 1 whatever the point, as log(1 − σ(z)) must have a value.
            return abs(super().function(name, *arguments))
        (argument,) = arguments
        if (name == "log" and argument <= 0) or abs(argument) > LARGEST_EXPONENT:
            raise NoValue
        return getattr(self.context, name)(argument)


class SmallPoint(RealPoint):
    """The names have given small values; what is left is drawn from the integers 1 to 5."""

    def __init__(self, seed: object, widths: Widths, given: Mapping[str, Fraction]) -> None:
        super().__init__(seed, widths, positive=True)
        self.drawn = {name: self.number(value) for name, value in given.items()}

    def new(self, source: random.Random) -> Any:
        return self.context.mpf(source.randint(1, 5))

    def spell(self, value: Any) -> str:
        return super().spell(value).removesuffix(".0")
