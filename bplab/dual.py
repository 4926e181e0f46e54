"""Dual numbers a + b·ε over GF(p), p = 2^61 − 1: what `bplab.exact` feeds to unchanged NumPy code.

a and b are integers mod p, so nothing is ever rounded; b carries the derivative. e^x, log and erf
are drawn at random and remembered, in keeping with the laws that derivations use. Beside them goes
an ordinary float, which only answers comparisons, so that code takes the branches of real numbers.
"""

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, Never

import numpy as np

P = 2**61 - 1

REMEDIES = (
    "Return the value as it is; write np.exp for math.exp; make arrays with np.zeros_like(x) or "
    "dtype=x.dtype; do not convert with .astype(float)."
)


class ExactError(TypeError):
    """The code does something that exact numbers cannot follow."""


class Redraw(BaseException):
    """These random numbers have no square root; others will. No `except Exception` may catch it."""


class Oracle:
    """e^x, log x and erf x in GF(p): random, but the same each time and true to their laws.

    e^0 = 1, e^(−x) = 1/e^x, e^(x+y) = e^x e^y and e^(x/2) = √e^x wherever these link arguments seen
    so far; log is the inverse of e^x; erf is odd.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.exps = {0: 1}
        self.logs = {1: 0}
        self.erfs = {0: 0}
        # Set by whatever must not pass unseen, even if the code under test catches the error.
        self.refusal: ExactError | None = None
        self.redraw = False

    def draw(self) -> int:
        return int(self.rng.integers(1, P))

    def exp(self, x: int) -> int:
        if x not in self.exps:
            self._link(x, self._new_exp(x))
        return self.exps[x]

    def log(self, y: int) -> int:
        if y not in self.logs:
            self._link(self.draw(), y)
        return self.logs[y]

    def erf(self, x: int) -> int:
        if x not in self.erfs:
            self.erfs[x] = self.draw()
            self.erfs[-x % P] = -self.erfs[x] % P
        return self.erfs[x]

    def sqrt(self, x: int) -> int:
        """The root that is a square itself. So √x √y = √(xy), as with positive real numbers."""
        root = pow(x, (P + 1) // 4, P)
        if root * root % P != x:
            self.redraw = True
            raise Redraw
        return root

    def _new_exp(self, x: int) -> int:
        twice = self.exps.get(2 * x % P)
        if twice is not None:
            return self.sqrt(twice)
        for y, exp_y in self.exps.items():
            rest = self.exps.get((x - y) % P)
            if rest is not None:
                return exp_y * rest % P
        return pow(self.draw(), 2, P)  # a square: e^(x/2) exists

    def _link(self, x: int, y: int) -> None:
        inverse = pow(y, -1, P)
        self.exps[x], self.logs[y] = y, x
        self.exps[-x % P], self.logs[inverse] = inverse, -x % P


class Dual:
    """a + b·ε mod p with its float x; ε² = 0, so every operation carries the derivative b along."""

    __slots__ = ("a", "b", "oracle", "x")

    def __init__(self, a: int, b: int, x: float, oracle: Oracle) -> None:
        self.a, self.b, self.x, self.oracle = a, b, x, oracle

    def __repr__(self) -> str:
        return f"<exact number near {self.x:.6g}>"

    # Arithmetic. NotImplemented hands an array on the other side back to NumPy.

    def __add__(self, other: Any) -> "Dual":
        other = self._lift(other)
        if other is None:
            return NotImplemented
        return self._new((self.a + other.a) % P, (self.b + other.b) % P, self.x + other.x)

    def __sub__(self, other: Any) -> "Dual":
        other = self._lift(other)
        if other is None:
            return NotImplemented
        return self._new((self.a - other.a) % P, (self.b - other.b) % P, self.x - other.x)

    def __mul__(self, other: Any) -> "Dual":
        other = self._lift(other)
        if other is None:
            return NotImplemented
        b = (self.a * other.b + self.b * other.a) % P
        return self._new(self.a * other.a % P, b, self.x * other.x)

    def __truediv__(self, other: Any) -> "Dual":
        other = self._lift(other)
        if other is None:
            return NotImplemented
        if other.a == 0:
            raise ZeroDivisionError("division by an exact zero")
        inverse = pow(other.a, -1, P)
        a = self.a * inverse % P
        x = self.x / other.x if other.x else math.nan
        return self._new(a, (self.b - a * other.b) * inverse % P, x)

    def __radd__(self, other: Any) -> "Dual":
        return self + other

    def __rsub__(self, other: Any) -> "Dual":
        return -self + other

    def __rmul__(self, other: Any) -> "Dual":
        return self * other

    def __rtruediv__(self, other: Any) -> "Dual":
        other = self._lift(other)
        return NotImplemented if other is None else other / self

    def __neg__(self) -> "Dual":
        return self._new(-self.a % P, -self.b % P, -self.x)

    def __pos__(self) -> "Dual":
        return self

    def __abs__(self) -> "Dual":
        return -self if self < 0 else self

    def __pow__(self, exponent: Any) -> "Dual":
        if not isinstance(exponent, int | float | np.integer | np.floating):
            return NotImplemented
        whole = math.floor(exponent)
        if exponent not in (whole, whole + 0.5):
            self._refuse(f"** {exponent}", "Only whole and half exponents are known.")
        power = self._whole_power(whole)
        return power if exponent == whole else power * self.sqrt()

    def _whole_power(self, n: int) -> "Dual":
        if n < 0:
            return 1 / self._whole_power(-n)
        if n == 0:
            return self._new(1, 0, 1.0)
        slope = n * pow(self.a, n - 1, P) * self.b % P
        return self._new(pow(self.a, n, P), slope, _real(pow, self.x, n))

    # Functions. np.exp(array) calls .exp() of each element, and so on.

    def exp(self) -> "Dual":
        a = self.oracle.exp(self.a)
        return self._new(a, a * self.b % P, _real(math.exp, self.x))

    def log(self) -> "Dual":
        if self.a == 0:
            raise ZeroDivisionError("log of an exact zero")
        a = self.oracle.log(self.a)
        return self._new(a, self.b * pow(self.a, -1, P) % P, _real(math.log, self.x))

    def erf(self) -> "Dual":
        slope = self.oracle.exp(-self.a * self.a % P) * from_float(2 / math.sqrt(math.pi))
        a = self.oracle.erf(self.a)
        return self._new(a, slope * self.b % P, math.erf(self.x))

    def sqrt(self) -> "Dual":
        a = self.oracle.sqrt(self.a)
        if a == 0:
            raise ZeroDivisionError("the square root of an exact zero has no derivative")
        return self._new(a, self.b * pow(2 * a, -1, P) % P, _real(math.sqrt, self.x))

    def sinh(self) -> "Dual":
        e = self.exp()
        return self._near(_real(math.sinh, self.x), (e - 1 / e) / 2)

    def cosh(self) -> "Dual":
        e = self.exp()
        return self._near(_real(math.cosh, self.x), (e + 1 / e) / 2)

    def tanh(self) -> "Dual":
        e = self.exp()
        return self._near(math.tanh(self.x), (e * e - 1) / (e * e + 1))

    def expm1(self) -> "Dual":
        return self._near(_real(math.expm1, self.x), self.exp() - 1)

    def log1p(self) -> "Dual":
        return self._near(_real(math.log1p, self.x), (1 + self).log())

    def conjugate(self) -> "Dual":
        return self

    @property
    def real(self) -> "Dual":
        return self

    # Comparisons: equality is exact, order is that of the floats.

    def __eq__(self, other: object) -> bool:
        return self._order(other, lambda x, y: False, equal=True)

    def __lt__(self, other: object) -> bool:
        return self._order(other, operator.lt, equal=False)

    def __gt__(self, other: object) -> bool:
        return self._order(other, operator.gt, equal=False)

    def __le__(self, other: object) -> bool:
        return self._order(other, operator.le, equal=True)

    def __ge__(self, other: object) -> bool:
        return self._order(other, operator.ge, equal=True)

    def __hash__(self) -> int:
        return hash(self.a)

    def __bool__(self) -> bool:
        return self.a != 0

    def _order(self, other: object, answer: Callable[[float, float], bool], equal: bool) -> bool:
        if isinstance(other, float | np.floating) and not math.isfinite(other):
            return answer(self.x, float(other))
        lifted = self._lift(other)
        if lifted is None:
            return NotImplemented
        return equal if self.a == lifted.a else answer(self.x, lifted.x)

    # Whatever would leave the field is refused, for good: a value computed beyond is not exact.

    def __float__(self) -> float:
        self._refuse("float()", REMEDIES)

    def __int__(self) -> int:
        self._refuse("int()", REMEDIES)

    def __complex__(self) -> complex:
        self._refuse("complex()", REMEDIES)

    def __deepcopy__(self, memo: object) -> "Dual":
        return self  # a copy would have its own memory of e^x

    def _refuse(self, operation: str, remedy: str) -> Never:
        self.oracle.refusal = ExactError(f"{operation} does not work on exact numbers. {remedy}")
        raise self.oracle.refusal

    def _lift(self, other: Any) -> "Dual | None":
        if isinstance(other, Dual):
            return other
        if isinstance(other, int | np.integer | np.bool_):
            return self._new(int(other) % P, 0, _real(float, int(other)))
        if isinstance(other, float | np.floating):
            if not math.isfinite(other):
                self._refuse(f"arithmetic with {other}", "Mask with np.where instead.")
            return self._new(from_float(float(other)), 0, float(other))
        if isinstance(other, Fraction):
            return self._new(from_fraction(other), 0, float(other))
        return None

    def _new(self, a: int, b: int, x: float) -> "Dual":
        return Dual(a, b, x, self.oracle)

    def _near(self, x: float, exact: "Dual") -> "Dual":
        """An exact value with a float computed the safe way."""
        return self._new(exact.a, exact.b, x)


def from_fraction(value: Fraction) -> int:
    return value.numerator * pow(value.denominator, -1, P) % P


@lru_cache(maxsize=4096)
def from_float(value: float) -> int:
    """The field element of the number that a float in the code stands for.

    In this order: a fraction with a denominator up to 10^4 (1/3, 0.01) or of nine decimal digits
    (0.044715), met to the last two bits; a small fraction times √2, π or their roots (√(2/π) in
    gelu), met likewise; a decimal that it prints as (1e-12); its exact binary value.
    """
    decimal = Fraction(f"{value:.9g}")
    for fraction in (Fraction(value).limit_denominator(10**4), decimal):
        if _meets(fraction, value):
            return from_fraction(fraction)
    for number, element in _CONSTANTS:
        fraction = Fraction(value / number).limit_denominator(64)
        if _meets(fraction, value / number):
            return from_fraction(fraction) * element % P
    digits = repr(abs(value)).partition("e")[0].replace(".", "").strip("0")
    return from_fraction(Fraction(repr(value)) if len(digits) <= 15 else Fraction(value))


def _meets(fraction: Fraction, value: float) -> bool:
    return abs(float(fraction) - value) <= 2 * math.ulp(value)


def _constants() -> list[tuple[float, int]]:
    root_2 = pow(2, (P + 1) // 4, P)
    root_pi = pow(31415926535897932, 2, P)  # any square will do: π is transcendental
    return [
        (math.sqrt(2) ** i * math.sqrt(math.pi) ** j, root_2**i * pow(root_pi, j, P) % P)
        for i in (0, 1)
        for j in (-2, -1, 0, 1, 2)
        if (i, j) != (0, 0)
    ]


_CONSTANTS = _constants()


def _real(function: Callable[..., float], *arguments: float) -> float:
    try:
        return float(function(*arguments))
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan
