"""Derivatives against independent witnesses; values by hand; extremes, kinks, dtypes, errors."""

import math
import re
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplab.numeric.activations import (
    ACTIVATIONS,
    gelu,
    gelu_prime,
    leaky_relu,
    leaky_relu_prime,
    log_softmax,
    log_softmax_backward,
    relu,
    relu_prime,
    sigmoid,
    sigmoid_prime,
    softmax,
    softmax_backward,
    softplus,
    softplus_prime,
    step,
    step_prime,
    tanh,
    tanh_prime,
)

SHAPES = [(2, 3), (1, 1), (3, 1), (1, 4), (3, 3), (2, 3, 4)]
SOFTMAXES = [(softmax, softmax_backward), (log_softmax, log_softmax_backward)]
EVERY_FUNCTION = [f for pair in ACTIVATIONS.values() for f in pair] + [softmax, log_softmax]


def agrees(got, expected):
    scale = np.abs(expected).max() or 1.0
    return bool(np.abs(got - expected).max() <= 1e-13 * scale)


@pytest.fixture(params=SHAPES, ids=str)
def z(request):
    return np.random.default_rng(7).normal(scale=2.0, size=request.param)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_prime_is_the_complex_step_derivative(name, z):
    f, f_prime = ACTIVATIONS[name]
    assert agrees(f_prime(z), f(z + 1e-20j).imag / 1e-20)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_prime_is_the_derivative_on_object_arrays(name, dual_gradient):
    f, f_prime = ACTIVATIONS[name]
    z = np.array([-3.0, -0.2, 0.4, 2.0])
    assert agrees(f_prime(z), dual_gradient(lambda duals: f(duals).sum(), z))


@pytest.mark.parametrize("f_prime", [sigmoid_prime, tanh_prime, softplus_prime, gelu_prime])
def test_primes_run_on_object_arrays(f_prime, dual_gradient):
    z = np.array([-1.5, 0.0, 0.7])
    second_derivative = f_prime(z + 1e-20j).imag / 1e-20
    assert agrees(dual_gradient(lambda duals: f_prime(duals).sum(), z), second_derivative)


def test_the_slope_of_tanh_keeps_its_digits_far_out():
    with mpmath.workdps(60):
        exact = [float(mpmath.sech(z) ** 2) for z in (0.5, 5, 15, 18, 19, -40, 300)]
    assert tanh_prime([0.5, 5, 15, 18, 19, -40, 300]) == pytest.approx(exact, rel=1e-14, abs=0)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "identity", "step"])
def test_primes_of_straight_pieces_are_exact_numbers_on_object_arrays(name):
    z = np.array([Fraction(-1, 2), Fraction(0), Fraction(1, 2)], dtype=object)
    slopes = ACTIVATIONS[name].f_prime(z)
    assert slopes.dtype == object
    assert {type(slope) for slope in slopes} <= {int, float}
    assert slopes.tolist() == ACTIVATIONS[name].f_prime(z.astype(float)).tolist()


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("sigmoid", lambda z: z * (1 - z)),
        ("sigmoid", sigmoid),
        ("sigmoid", lambda z: -sigmoid_prime(z)),
        ("sigmoid", lambda z: 1.01 * sigmoid_prime(z)),
        ("sigmoid", lambda z: (1 + 1e-9) * sigmoid_prime(z)),
        ("tanh", lambda z: 1 - z * z),
        ("tanh", lambda z: 1 - tanh(z)),
        ("relu", lambda z: np.ones_like(z)),
        ("relu", relu),
        ("leaky_relu", lambda z: leaky_relu_prime(z, slope=0.02)),
        ("softplus", sigmoid_prime),
        ("gelu", lambda z: gelu(z) / z),  # Φ(z) alone: the product rule forgotten
    ],
)
def test_the_comparison_rejects_wrong_primes(name, mistake):
    z = np.array([-2.0, -0.5, 0.3, 1.7])
    assert not agrees(mistake(z), ACTIVATIONS[name].f(z + 1e-20j).imag / 1e-20)


@pytest.mark.parametrize(
    ("f", "z", "expected"),
    [
        (sigmoid, math.log(3), 0.75),
        (sigmoid_prime, math.log(3), 3 / 16),
        (tanh, math.log(2), 0.6),
        (tanh_prime, math.log(2), 0.64),
        (softplus, math.log(3), math.log(4)),
        (softplus_prime, -math.log(3), 0.25),
        (gelu, 1.0, 0.8413447460685429),  # Φ(1), from tables of the normal distribution
        (gelu, -1.0, -0.15865525393145707),
        (gelu_prime, 1.0, 0.8413447460685429 + 0.24197072451914337),
    ],
)
def test_values_by_hand(f, z, expected):
    assert f(z) == pytest.approx(expected, rel=1e-15)


def test_kinks():
    kink = np.array([0.0, -0.0])
    np.testing.assert_array_equal(relu_prime(kink), [0, 0])
    np.testing.assert_array_equal(leaky_relu_prime(kink, slope=0.2), [0.2, 0.2])
    np.testing.assert_array_equal(step(kink), [1, 1])
    np.testing.assert_array_equal(step_prime(kink), [0, 0])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_complex_step_at_zero_follows_the_convention(name):
    f, f_prime = ACTIVATIONS[name]
    assert f(np.array([1e-20j])).imag / 1e-20 == pytest.approx(f_prime(np.zeros(1)), rel=1e-15)


def test_leaky_relu_slope():
    np.testing.assert_array_equal(leaky_relu([-2.0, 0.0, 3.0], slope=0.25), [-0.5, 0, 3])


@pytest.mark.parametrize("f", EVERY_FUNCTION, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_extremes_stay_finite_and_keep_the_dtype(f, dtype):
    z = np.array([[-1e4, -700, -90, -1e-30], [0, 1e-30, 90, 1e4]], dtype=dtype)
    before = z.copy()
    result = f(z)  # warnings are errors
    assert result.dtype == dtype
    assert result.shape == z.shape
    assert np.isfinite(result).all()
    np.testing.assert_array_equal(z, before)


def test_a_numpy_slope_keeps_float32():
    z = np.ones(2, dtype=np.float32)
    assert leaky_relu(z, slope=np.float64(0.1)).dtype == np.float32
    assert leaky_relu_prime(z, slope=np.float64(0.1)).dtype == np.float32


@pytest.mark.parametrize("f", [sigmoid, softplus])
def test_small_results_keep_every_digit(f):
    assert f(-40.0) == pytest.approx(math.exp(-40), rel=1e-15)


def test_sigmoid_prime_keeps_every_digit_where_sigmoid_is_one():
    assert sigmoid(40.0) == 1.0
    assert sigmoid_prime(40.0) == pytest.approx(math.exp(-40), rel=1e-15)


def test_identity_is_a_new_array():
    z = np.ones(3)
    assert not np.shares_memory(ACTIVATIONS["identity"].f(z), z)


@given(st.floats(-50, 50))
def test_symmetries(z):
    assert sigmoid(z) + sigmoid(-z) == pytest.approx(1, rel=1e-15)
    assert softplus(z) - softplus(-z) == pytest.approx(z, rel=1e-14, abs=1e-14)
    assert gelu(z) - gelu(-z) == pytest.approx(z, rel=1e-14, abs=1e-14)
    assert tanh(z) == pytest.approx(2 * sigmoid(2 * z) - 1, rel=1e-12, abs=1e-15)


def test_softmax_by_hand():
    z = np.log([[1.0, 3.0], [2.0, 2.0]])
    np.testing.assert_allclose(softmax(z), [[0.25, 0.75], [0.5, 0.5]], rtol=1e-15)
    np.testing.assert_allclose(log_softmax(z), np.log([[0.25, 0.75], [0.5, 0.5]]), rtol=1e-15)


@given(
    st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=5),
    st.floats(-1e3, 1e3),
)
def test_softmax_sums_to_one_and_ignores_a_shift(z, shift):
    z = np.array(z)
    assert softmax(z).sum() == pytest.approx(1, rel=1e-14)
    np.testing.assert_allclose(softmax(z + shift), softmax(z), rtol=1e-9)
    np.testing.assert_allclose(np.exp(log_softmax(z)), softmax(z), rtol=1e-11)


@pytest.mark.parametrize(("f", "f_backward"), SOFTMAXES)
def test_softmax_backward_is_the_complex_step_gradient(f, f_backward, z, complex_gradient):
    upstream = np.random.default_rng(8).normal(size=z.shape)
    expected = complex_gradient(lambda shifted: (upstream * f(shifted)).sum(), z)
    assert agrees(f_backward(upstream, z), expected)


@pytest.mark.parametrize(("f", "f_backward"), SOFTMAXES)
def test_softmax_backward_is_the_gradient_on_object_arrays(f, f_backward, dual_gradient):
    z = np.array([[0.5, -1.0, 2.0]])
    upstream = np.array([[1.0, 2.0, -0.5]])
    expected = dual_gradient(lambda duals: (upstream * f(duals)).sum(), z)
    assert agrees(f_backward(upstream, z), expected)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda upstream, a: upstream * a * (1 - a),  # the diagonal of the Jacobian only
        lambda upstream, a: a - upstream,  # right only below one particular loss
        lambda upstream, a: a * (upstream - (upstream * a).sum()),  # summed over the batch too
        lambda upstream, a: a * upstream,
    ],
)
def test_the_comparison_rejects_wrong_softmax_backwards(mistake, complex_gradient):
    z, upstream = np.random.default_rng(9).normal(size=(2, 2, 3))
    expected = complex_gradient(lambda shifted: (upstream * softmax(shifted)).sum(), z)
    assert not agrees(mistake(upstream, softmax(z)), expected)


def test_softmax_backward_keeps_float32():
    z = np.ones((2, 3), dtype=np.float32)
    assert softmax_backward(z, z).dtype == np.float32
    assert log_softmax_backward(z, z).dtype == np.float32


@pytest.mark.parametrize("f", EVERY_FUNCTION, ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("z", "error", "message"),
    [
        ([[1.0, np.nan]], ValueError, "z must be finite; z[0, 1] is nan."),
        ([-np.inf], ValueError, "z must be finite; z[0] is -inf."),
        (np.ones((0, 2)), ValueError, "z must not be empty; got shape (0, 2)."),
        (["1"], TypeError, "z must hold numbers; got dtype <U1."),
    ],
)
def test_bad_input_is_named(f, z, error, message):
    with pytest.raises(error, match=re.escape(message)):
        f(z)


@pytest.mark.parametrize("f", [softmax, log_softmax])
def test_softmax_of_one_number_is_refused(f):
    with pytest.raises(ValueError, match=re.escape("z must have shape (..., n)")):
        f(1.0)


@pytest.mark.parametrize("f_backward", [softmax_backward, log_softmax_backward])
def test_upstream_must_have_the_shape_of_z(f_backward):
    message = "upstream must have the shape of z, (2, 3); got (3,)."
    with pytest.raises(ValueError, match=re.escape(message)):
        f_backward(np.ones(3), np.ones((2, 3)))


@pytest.mark.parametrize("f", [leaky_relu, leaky_relu_prime])
@pytest.mark.parametrize(
    ("slope", "error", "message"),
    [
        (math.nan, ValueError, "slope must be finite; got nan"),
        (math.inf, ValueError, "slope must be finite; got inf"),
        ("0.1", TypeError, "slope must be a number; got '0.1'"),
        (None, TypeError, "slope must be a number; got None"),
    ],
)
def test_slope_must_be_a_finite_number(f, slope, error, message):
    with pytest.raises(error, match=message):
        f([1.0], slope=slope)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "gelu"])
def test_agrees_with_torch(name, z):
    torch = pytest.importorskip("torch")
    x = torch.tensor(z, requires_grad=True)
    a = getattr(torch.nn.functional, name)(x)
    a.sum().backward()
    f, f_prime = ACTIVATIONS[name]
    np.testing.assert_allclose(f(z), a.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(f_prime(z), x.grad.numpy(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("f", "f_backward"), SOFTMAXES)
def test_softmax_agrees_with_torch(f, f_backward, z):
    torch = pytest.importorskip("torch")
    upstream = np.random.default_rng(8).normal(size=z.shape)
    x = torch.tensor(z, requires_grad=True)
    a = getattr(torch, f.__name__)(x, dim=-1)
    a.backward(torch.tensor(upstream))
    np.testing.assert_allclose(f(z), a.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(f_backward(upstream, z), x.grad.numpy(), rtol=1e-12, atol=1e-15)
