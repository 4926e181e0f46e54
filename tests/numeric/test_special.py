"""erf and its companions against Python's own math module, at the ends of their ranges too."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplab.numeric.special import erf, exp_minus_abs, log1p


@given(st.floats(-1e4, 1e4) | st.floats(-7, 7))
def test_erf_agrees_with_math(x):
    assert abs(float(erf(np.array([x]))[0]) - math.erf(x)) <= 1e-15


def test_erf_on_a_dense_grid():
    x = np.linspace(-7, 7, 20_001)
    expected = [math.erf(t) for t in x]
    np.testing.assert_allclose(erf(x), expected, rtol=1e-14, atol=0)
    assert np.abs(erf(x) - expected).max() <= 5e-16


@pytest.mark.parametrize("x", [0.0, 1e-9, 0.3, 2.0, -2.0, 5.0, 1e4])
def test_complex_step_of_erf(x):
    got = erf(np.array([x + 1e-20j])).imag[0] / 1e-20
    assert got == pytest.approx(2 / math.sqrt(math.pi) * math.exp(-x * x), rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("x", [-1e4, -3.0, 0.0, 3.0, 1e4])
def test_exp_minus_abs(x):
    assert exp_minus_abs(np.array([x]))[0] == math.exp(-abs(x))


@pytest.mark.parametrize("f", [erf, exp_minus_abs, log1p])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_dtype_is_kept(f, dtype):
    assert f(np.array([[0.5]], dtype=dtype)).dtype == dtype


def test_log1p_keeps_small_numbers():
    assert log1p(np.array([1e-300]))[0] == 1e-300


class Symbol(float):
    """A number that answers with what was asked of it."""

    def erf(self):
        return f"erf({float(self)})"

    def log(self):
        return f"log({float(self)})"

    def __radd__(self, other):
        return Symbol(float(self) + other)


def test_objects_are_asked_for_their_own_functions():
    x = np.array([Symbol(2.0)], dtype=object)
    assert erf(x).tolist() == ["erf(2.0)"]
    assert log1p(x).tolist() == ["log(3.0)"]
