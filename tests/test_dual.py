"""Dual numbers over GF(p): derivatives that are known, and the laws that the oracle keeps."""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplab.dual import Dual, ExactError, Oracle, P, from_float, from_fraction


@pytest.fixture
def oracle() -> Oracle:
    return Oracle(np.random.default_rng(0))


def variable(oracle: Oracle, value: int, x: float = 0.5) -> Dual:
    return Dual(value, 1, x, oracle)


@pytest.mark.parametrize(
    ("f", "derivative"),
    [
        (lambda z: z**3 - 2 * z + 1, lambda z: 3 * z**2 - 2),
        (lambda z: (1 + z) / (2 - z), lambda z: 3 / (2 - z) ** 2),
        (lambda z: z**-2, lambda z: -2 / z**3),
        (lambda z: (3 * z).exp(), lambda z: 3 * (3 * z).exp()),
        (lambda z: z.log(), lambda z: 1 / z),
        (lambda z: z.tanh(), lambda z: 1 - z.tanh() ** 2),
        (lambda z: z.sinh() * z.cosh(), lambda z: z.sinh() ** 2 + z.cosh() ** 2),
        (lambda z: z.expm1() + z.log1p(), lambda z: z.exp() + 1 / (1 + z)),
        (lambda z: z.erf(), lambda z: (2 / math.sqrt(math.pi)) * (-z * z).exp()),
        (lambda z: (z * z).exp().sqrt(), lambda z: z * (z * z / 2).exp()),
        (lambda z: abs(-z), lambda z: 1),
        (lambda z: (4 * z**2) ** 0.5 / (z**2) ** 0.5, lambda z: 0),
    ],
)
def test_derivatives(
    oracle: Oracle, f: Callable[[Dual], Dual], derivative: Callable[[Dual], Dual | int]
) -> None:
    z = variable(oracle, 123456789)
    expected = derivative(Dual(z.a, 0, z.x, oracle))
    assert f(z).b == (expected.a if isinstance(expected, Dual) else expected)


@given(a=st.integers(1, P - 1), b=st.integers(1, P - 1), n=st.integers(-3, 3))
def test_field_laws(a: int, b: int, n: int) -> None:
    oracle = Oracle(np.random.default_rng(1))
    x, y = variable(oracle, a), Dual(b, 5, 0.25, oracle)
    for left, right in [
        ((x + y) * (x - y), x * x - y * y),
        (x / y * y, x),
        ((x * y) ** n, x**n * y**n),
        (1 - x, -(x - 1)),
        (2 / x, 2 * x**-1),
    ]:
        assert (left.a, left.b) == (right.a, right.b)


def test_exp_keeps_its_laws(oracle: Oracle) -> None:
    exp, (x, y) = oracle.exp, (oracle.draw(), oracle.draw())
    e_x, e_y = exp(x), exp(y)
    assert exp((x + y) % P) == e_x * e_y % P
    assert exp((x - y) % P) * e_y % P == e_x
    assert exp(2 * x % P) == e_x * e_x % P
    assert pow(exp(x * pow(2, -1, P) % P), 2, P) == e_x
    assert oracle.log(e_x) == x
    z = oracle.draw()
    assert exp(oracle.log(z)) == z
    assert (exp(0), oracle.log(1), oracle.erf(0)) == (1, 0, 0)
    assert (oracle.erf(x) + oracle.erf(-x % P)) % P == 0


def test_exp_is_no_polynomial_by_accident(oracle: Oracle) -> None:
    assert len({oracle.exp(x) for x in range(1, 1000, 7)}) == len(range(1, 1000, 7))


@pytest.mark.parametrize(
    ("value", "fraction"),
    [
        (0.5, Fraction(1, 2)),
        (1 / 3, Fraction(1, 3)),
        (-0.01, Fraction(-1, 100)),
        (3 * 0.1, Fraction(3, 10)),  # as a float it is not the nearest to 0.3
        (3 * 0.044715, Fraction(134145, 10**6)),
        (1e-12, Fraction(1, 10**12)),
        (1 + 1e-9, 1 + Fraction(1, 10**9)),
        (0.0, Fraction(0)),
        (1e300, Fraction(1e300)),
        (0.12345678901234567, Fraction(0.12345678901234567)),
    ],
)
def test_a_float_counts_as_the_number_it_stands_for(value: float, fraction: Fraction) -> None:
    assert from_float(value) == from_fraction(fraction)


def test_roots_of_2_and_pi_multiply_as_they_should() -> None:
    root_2, root_pi = from_float(math.sqrt(2)), from_float(math.sqrt(math.pi))
    assert root_2 * root_2 % P == 2
    assert from_float(math.sqrt(0.5)) * root_2 % P == 1
    assert from_float(math.pi) == root_pi * root_pi % P
    assert from_float(math.sqrt(2 / math.pi)) * root_pi % P == root_2
    assert from_float(1 / math.sqrt(2 * math.pi)) * root_2 * root_pi % P == 1


def test_comparisons_follow_the_floats_and_equality_the_field(oracle: Oracle) -> None:
    small, large = variable(oracle, 10**15, x=-1.0), variable(oracle, 3, x=2.0)
    assert small < large
    assert large >= small
    assert small < 0
    assert small > -np.inf
    assert (small >= -np.inf, small <= np.inf) == (True, True)
    assert small == small + large - large
    assert not small < small + large - large
    assert max(small, large, key=lambda z: z) is large
    assert list(np.sort(np.array([large, small]))) == [small, large]
    assert (np.array([small, large]) > 0).tolist() == [False, True]


@pytest.mark.parametrize("convert", [float, int, complex, math.exp, np.float64])
def test_leaving_the_field_is_refused_for_good(
    oracle: Oracle, convert: Callable[[Dual], object]
) -> None:
    with pytest.raises(ExactError, match=r"does not work on exact numbers\. .*np\.exp"):
        convert(variable(oracle, 3))
    assert oracle.refusal is not None
