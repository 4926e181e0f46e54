"""Batch normalization: by hand, its invariances, independent witnesses, and what it refuses."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplab import exact
from bplab.numeric import batch_norm, batch_norm_backward
from bplab.numeric.layers import BatchNorm

SIZES = [(5, 3), (2, 3), (1, 3), (4, 1), (1, 1), (64, 2)]  # B, n


def batch(B, n, dtype=np.float64):
    rng = np.random.default_rng(7)
    shapes = [(B, n), (n,), (n,), (B, n)]
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def cost(x, gamma, beta, dy, eps=1e-5):
    return (dy * batch_norm(x, gamma, beta, eps)[0]).sum()


def test_by_hand():
    # Column 0 has mean 2 and variance 1, column 1 has mean 5 and variance 9; ε = 3, 16: σ = 2, 5.
    x = [[1.0, 2.0], [3.0, 8.0]]
    y, mean, var = batch_norm(x, gamma=[2.0, 10.0], beta=[10.0, 0.0], eps=3.0)
    np.testing.assert_array_equal(mean, [2.0, 5.0])
    np.testing.assert_array_equal(var, [1.0, 9.0])
    np.testing.assert_array_equal(y[:, 0], [9.0, 11.0])
    y = batch_norm(x, gamma=[2.0, 10.0], beta=[10.0, 0.0], eps=16.0)[0]
    np.testing.assert_array_equal(y[:, 1], [-6.0, 6.0])


def test_the_three_terms_by_hand():
    # x̂ = ∓½ and γ/(2σ) = ½. 2 dy = (16, 0); Σ dy = 8; Σ dy x̂ = −4, so x̂ Σ dy x̂ = ±2.
    dx, dgamma, dbeta = batch_norm_backward([[8.0], [0.0]], [[1.0], [3.0]], [2.0], eps=3.0)
    np.testing.assert_array_equal(dx, [[(16 - 8 - 2) / 2], [(0 - 8 + 2) / 2]])
    np.testing.assert_array_equal(dgamma, [-4.0])
    np.testing.assert_array_equal(dbeta, [8.0])


def test_columns_have_mean_beta_and_deviation_gamma():
    x, gamma, beta, _ = batch(200, 3)
    y, mean, var = batch_norm(100 + 5 * x, gamma, beta, eps=1e-12)
    np.testing.assert_allclose(y.mean(axis=0), beta, atol=1e-13)
    np.testing.assert_allclose(y.std(axis=0), np.abs(gamma), rtol=1e-12)
    np.testing.assert_allclose(mean, 100 + 5 * x.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(var, 25 * x.var(axis=0), rtol=1e-12)


@given(
    st.integers(1, 6), st.integers(1, 4), st.integers(-50, 50), st.sampled_from([0.25, 2.0, 8.0])
)
def test_shift_and_scale_of_the_input_do_not_matter(B, n, shift, scale):
    x, gamma, beta, dy = batch(B, n)
    y = batch_norm(x, gamma, beta)[0]
    other = batch_norm(shift + scale * x, gamma, beta, eps=scale**2 * 1e-5)[0]
    np.testing.assert_allclose(other, y, atol=1e-9)
    dx = batch_norm_backward(dy, x, gamma)[0]
    other = batch_norm_backward(dy, shift + scale * x, gamma, eps=scale**2 * 1e-5)[0]
    np.testing.assert_allclose(other * scale, dx, atol=1e-6 * np.abs(dy / 1e-5**0.5).max())
    # A shift of all samples changes nothing: the gradient sums to zero.
    np.testing.assert_allclose(dx.sum(axis=0), 0, atol=1e-9 / 1e-5**0.5)


def test_one_sample_leaves_only_beta():
    x, gamma, beta, dy = batch(1, 3)
    np.testing.assert_array_equal(batch_norm(x, gamma, beta)[0], [beta])
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma)
    np.testing.assert_array_equal(dx, np.zeros((1, 3)))
    np.testing.assert_array_equal(dgamma, np.zeros(3))
    np.testing.assert_array_equal(dbeta, dy[0])


def test_a_constant_column_is_not_divided_by_zero():
    _, gamma, beta, dy = batch(4, 2)
    y, _, var = batch_norm(np.full((4, 2), 7.0), gamma, beta)
    np.testing.assert_array_equal(y, [beta] * 4)
    np.testing.assert_array_equal(var, [0.0, 0.0])
    assert np.isfinite(batch_norm_backward(dy, np.full((4, 2), 7.0), gamma)[0]).all()


def test_the_variance_survives_a_large_mean():
    x, gamma, beta, _ = batch(50, 2)
    np.testing.assert_allclose(batch_norm(x + 2.0**26, gamma, beta)[2], x.var(axis=0), rtol=1e-6)


def right(dy, x, gamma, eps):
    return batch_norm_backward(dy, x, gamma, eps)


def parts(x, eps):
    sigma = np.sqrt(((x - x.sum(axis=0) / len(x)) ** 2).sum(axis=0) / len(x) + eps)
    return (x - x.sum(axis=0) / len(x)) / sigma, sigma


def without_mean(dy, x, gamma, eps):
    x_hat, sigma = parts(x, eps)
    _, dgamma, dbeta = right(dy, x, gamma, eps)
    return gamma / sigma * (dy - x_hat * dgamma / len(x)), dgamma, dbeta


def without_variance(dy, x, gamma, eps):
    _, dgamma, dbeta = right(dy, x, gamma, eps)
    return gamma / parts(x, eps)[1] * (dy - dbeta / len(x)), dgamma, dbeta


def slightly_off(dy, x, gamma, eps):
    dx, dgamma, dbeta = right(dy, x, gamma, eps)
    return dx * (1 + 1e-9), dgamma, dbeta


def agrees_with_complex_step(backward, sizes, complex_gradient):
    x, gamma, beta, dy = batch(*sizes)
    eps = 0.1
    expected = (
        complex_gradient(lambda x: cost(x, gamma, beta, dy, eps), x),
        complex_gradient(lambda gamma: cost(x, gamma, beta, dy, eps), gamma),
        complex_gradient(lambda beta: cost(x, gamma, beta, dy, eps), beta),
    )
    return all(
        got.shape == want.shape and np.abs(got - want).max() <= 1e-13 * max(1, np.abs(want).max())
        for got, want in zip(backward(dy, x, gamma, eps), expected, strict=True)
    )


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_backward_is_the_complex_step_gradient(sizes, complex_gradient):
    assert agrees_with_complex_step(right, sizes, complex_gradient)


@pytest.mark.parametrize("wrong", [without_mean, without_variance, slightly_off])
def test_the_complex_step_rejects_wrong_backwards(wrong, complex_gradient):
    assert not agrees_with_complex_step(wrong, (5, 3), complex_gradient)


@pytest.mark.parametrize(
    ("backward", "verdict"),
    [(right, True), (without_mean, False), (without_variance, False), (slightly_off, False)],
)
def test_the_exact_check_finds_the_square_roots_it_needs(backward, verdict):
    x, gamma, beta, dy = batch(5, 3)

    def gradient(parameters, dy):
        dx, dgamma, dbeta = backward(dy, parameters["x"], parameters["gamma"], 1e-5)
        return {"x": dx, "gamma": dgamma, "beta": dbeta}

    parameters = {"x": x, "gamma": gamma, "beta": beta}
    assert bool(exact.check(lambda p, dy: cost(**p, dy=dy), gradient, parameters, (dy,))) is verdict


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_dtype_is_kept_and_arguments_are_unchanged(dtype):
    arguments = batch(5, 3, dtype)
    before = [array.copy() for array in arguments]
    x, gamma, beta, dy = arguments
    results = [
        *batch_norm(x, gamma, beta, eps=np.float64(1e-5)),
        *batch_norm_backward(dy, x, gamma, eps=np.float64(1e-5)),
    ]
    for result in results:
        assert result.dtype == dtype
        assert not any(np.shares_memory(result, argument) for argument in arguments)
    for array, copy in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("culprit", ["x", "gamma", "beta", "dy"])
def test_one_bad_entry_is_found(culprit, bad):
    arguments = dict(zip(("x", "gamma", "beta", "dy"), batch(5, 3), strict=True))
    arguments[culprit].flat[-1] = bad
    x, gamma, beta, dy = arguments.values()
    message = f"{culprit} must be finite; .* is {bad}"
    if culprit != "dy":
        with pytest.raises(ValueError, match=message):
            batch_norm(x, gamma, beta)
    if culprit != "beta":
        with pytest.raises(ValueError, match=message):
            batch_norm_backward(dy, x, gamma)


def test_overflow_is_an_error():
    with pytest.raises(ValueError, match="var overflowed float64, though every argument is finite"):
        batch_norm([[1e200], [-1e200]], [1.0], [0.0])
    with pytest.raises(ValueError, match="dbeta overflowed float64"):
        batch_norm_backward([[1e308], [1e308]], [[1.0], [2.0]], [1.0])


@pytest.mark.parametrize(
    ("eps", "error", "message"),
    [
        (0, ValueError, "eps must be > 0; got 0."),
        (-1e-5, ValueError, "eps must be > 0; got -1e-05."),
        (np.nan, ValueError, "eps must be finite and > 0; got nan."),
        (np.inf, ValueError, "eps must be finite and > 0; got inf."),
        ("1e-5", TypeError, "eps must be a number; got '1e-5'."),
        (None, TypeError, "eps must be a number; got None."),
        (1j, TypeError, "eps must be a number; got 1j."),
    ],
)
def test_eps_must_be_positive(eps, error, message):
    for call in (
        lambda: batch_norm([[1.0]], [1.0], [0.0], eps),
        lambda: batch_norm_backward([[1.0]], [[1.0]], [1.0], eps),
        lambda: BatchNorm(1, eps=eps),
    ):
        with pytest.raises(error, match=re.escape(message)):
            call()


@pytest.mark.parametrize(
    ("f", "shapes", "message"),
    [
        (batch_norm, [(5,), (5,), (5,)], "x must have shape (B, n); got (5,)."),
        (
            batch_norm,
            [(5, 3), (5,), (3,)],
            "gamma must have shape (n,) with n = 3, as x has shape (5, 3); got (5,).",
        ),
        (
            batch_norm,
            [(5, 3), (3,), (1, 3)],
            "beta must have shape (n,) with n = 3, as x has shape (5, 3); got (1, 3). "
            "Pass beta.ravel().",
        ),
        (batch_norm, [(0, 3), (3,), (3,)], "x must not be empty; got shape (0, 3)."),
        (
            batch_norm_backward,
            [(3, 5), (5, 3), (3,)],
            "dy must have shape (B, n) with B = 5, as x has shape (5, 3), and n = 3, as x has "
            "shape (5, 3); got (3, 5). Is dy transposed?",
        ),
    ],
)
def test_wrong_shapes_are_named(f, shapes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        f(*[np.ones(shape) for shape in shapes])


@pytest.mark.parametrize("sizes", [size for size in SIZES if size[0] > 1], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_agrees_with_torch(sizes, dtype):
    torch = pytest.importorskip("torch")
    x, gamma, beta, dy = batch(*sizes, dtype)
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, gamma, beta)]
    y = torch.nn.functional.batch_norm(
        tensors[0], None, None, tensors[1], tensors[2], training=True, eps=1e-3
    )
    y.backward(torch.tensor(dy))
    rtol = 1e-12 if dtype == np.float64 else 1e-4
    got = batch_norm(x, gamma, beta, eps=1e-3)[0]
    np.testing.assert_allclose(got, y.detach().numpy(), rtol=rtol, atol=rtol)
    gradients = batch_norm_backward(dy, x, gamma, eps=1e-3)
    for got, tensor in zip(gradients, tensors, strict=True):
        np.testing.assert_allclose(got, tensor.grad.numpy(), rtol=rtol, atol=rtol)
