"""Two independent witnesses of a gradient, shared by the tests of the numeric modules."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

Array = npt.NDArray[Any]


class Dual:
    """value + slope·ε with ε² = 0: the kind of element that exact arithmetic puts into arrays."""

    def __init__(self, value: float, slope: float = 0.0) -> None:
        self.value, self.slope = value, slope

    def __add__(self, other: Any) -> Dual:
        other = _dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Any) -> Dual:
        other = _dual(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __truediv__(self, other: Any) -> Dual:
        other = _dual(other)
        return self * Dual(1 / other.value, -other.slope / other.value**2)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Any) -> Dual:
        return self + -_dual(other)

    def __rsub__(self, other: Any) -> Dual:
        return _dual(other) - self

    def __rtruediv__(self, other: Any) -> Dual:
        return _dual(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __gt__(self, other: Any) -> bool:
        return self.value > _dual(other).value

    def __ge__(self, other: Any) -> bool:
        return self.value >= _dual(other).value

    def exp(self) -> Dual:
        return Dual(math.exp(self.value), math.exp(self.value) * self.slope)

    def log(self) -> Dual:
        return Dual(math.log(self.value), self.slope / self.value)

    def tanh(self) -> Dual:
        a = math.tanh(self.value)
        return Dual(a, (1 - a * a) * self.slope)

    def erf(self) -> Dual:
        slope = 2 / math.sqrt(math.pi) * math.exp(-(self.value**2))
        return Dual(math.erf(self.value), slope * self.slope)


def _dual(number: Any) -> Dual:
    return number if isinstance(number, Dual) else Dual(number)


@pytest.fixture(scope="session")
def dual_gradient() -> Callable[[Callable[[Array], Any], Array], Array]:
    """∂f/∂x for a scalar f, from f on an object array of dual numbers, one entry at a time."""

    def gradient(f: Callable[[Array], Any], x: Array) -> Array:
        result = np.empty(x.shape)
        for index in np.ndindex(x.shape):
            duals = np.empty(x.shape, dtype=object)
            for i in np.ndindex(x.shape):
                duals[i] = Dual(float(x[i]), float(i == index))
            result[index] = _dual(f(duals)).slope  # a constant is no Dual
        return result

    return gradient


@pytest.fixture(scope="session")
def complex_gradient() -> Callable[[Callable[[Array], Any], Array], Array]:
    """∂f/∂x for a scalar f, by the complex step Im f(x + ih) / h, one entry at a time."""

    def gradient(f: Callable[[Array], Any], x: Array) -> Array:
        h = 1e-20
        result = np.empty(x.shape)
        for index in np.ndindex(x.shape):
            shifted = x.astype(complex)
            shifted[index] += 1j * h
            result[index] = f(shifted).imag / h
        return result

    return gradient
