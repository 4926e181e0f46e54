"""The dense layer and BP1–BP4: by hand, against independent witnesses, and what they refuse."""

import re
from fractions import Fraction

import numpy as np
import pytest

from bplab.numeric.activations import sigmoid, sigmoid_prime, tanh, tanh_prime
from bplab.numeric.dense import (
    bias_gradient,
    dense,
    dense_backward,
    hidden_error,
    output_error,
    weight_gradient,
)
from bplab.numeric.losses import quadratic, quadratic_backward

SIZES = [(5, 3, 4), (1, 3, 4), (5, 1, 4), (5, 3, 1), (1, 1, 1), (3, 3, 3)]  # B, n_in, n_out


def layer(B, n_in, n_out, dtype=np.float64):
    rng = np.random.default_rng(3)
    shapes = [(B, n_in), (n_out, n_in), (n_out,), (B, n_out)]
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def close(got, expected):
    scale = np.abs(expected).max()
    assert scale > 0
    return bool(got.shape == expected.shape and np.abs(got - expected).max() <= 1e-13 * scale)


def test_dense_by_hand():
    z = dense([[1.0, 2.0, 3.0]], W=[[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]], b=[10.0, 20.0])
    np.testing.assert_array_equal(z, [[8.0, 24.0]])


def test_the_four_equations_by_hand():
    np.testing.assert_array_equal(output_error([[2.0, -4.0]], [[0.25, 0.5]]), [[0.5, -2.0]])
    np.testing.assert_array_equal(
        hidden_error([[1.0, 2.0]], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[1.0, 0.5, 2.0]]),
        [[9.0, 6.0, 30.0]],
    )
    np.testing.assert_array_equal(bias_gradient([[1.0, 2.0], [10.0, 20.0]]), [11.0, 22.0])
    np.testing.assert_array_equal(
        weight_gradient([[1.0, 2.0], [10.0, 20.0]], [[3.0], [5.0]]), [[53.0], [106.0]]
    )


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_dense_backward_is_the_complex_step_gradient(sizes, complex_gradient):
    x, W, b, dz = layer(*sizes)
    dx, dW, db = dense_backward(dz, x, W)
    assert close(dx, complex_gradient(lambda x: (dz * dense(x, W, b)).sum(), x))
    assert close(dW, complex_gradient(lambda W: (dz * dense(x, W, b)).sum(), W))
    assert close(db, complex_gradient(lambda b: (dz * dense(x, W, b)).sum(), b))


@pytest.mark.parametrize(
    "mistake",
    [
        lambda dz, x, W: (dz @ W.T, dz.T @ x, dz.sum(axis=0)),  # shapes fit: the layer is square
        lambda dz, x, W: (dz @ W, x.T @ dz, dz.sum(axis=0)),
        lambda dz, x, W: (dz @ W, dz.T @ x, dz.mean(axis=0)),
        lambda dz, x, W: (dz @ W, dz.T @ x / len(x), dz.sum(axis=0)),  # 1/m twice
        lambda dz, x, W: (dz @ W, dz.T @ x, dz.sum(axis=1)),
        lambda dz, x, W: (-dz @ W, dz.T @ x, dz.sum(axis=0)),
        lambda dz, x, W: (dz @ W, dz.T @ x * (1 + 1e-9), dz.sum(axis=0)),
        lambda dz, x, W: (dz @ W, dz.T @ x, dz[0]),  # not summed over the batch
    ],
)
def test_the_comparison_rejects_wrong_backwards(mistake, complex_gradient):
    x, W, b, dz = layer(3, 3, 3)
    dx, dW, db = mistake(dz, x, W)
    assert not (
        close(dx, complex_gradient(lambda x: (dz * dense(x, W, b)).sum(), x))
        and close(dW, complex_gradient(lambda W: (dz * dense(x, W, b)).sum(), W))
        and close(db, complex_gradient(lambda b: (dz * dense(x, W, b)).sum(), b))
    )


@pytest.mark.parametrize("sizes", [(5, 3, 4, 2), (1, 3, 4, 2), (4, 1, 1, 1), (3, 3, 3, 3)], ids=str)
def test_the_four_equations_are_the_gradient_of_a_two_layer_network(sizes, complex_gradient):
    B, n0, n1, n2 = sizes
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(B, n0)), rng.random((B, n2))
    parameters = [rng.normal(size=shape) for shape in [(n1, n0), (n1,), (n2, n1), (n2,)]]

    def cost(W1, b1, W2, b2):
        return quadratic(sigmoid(dense(tanh(dense(x, W1, b1)), W2, b2)), y)

    W1, b1, W2, b2 = parameters
    z1 = dense(x, W1, b1)
    a1 = tanh(z1)
    z2 = dense(a1, W2, b2)
    delta2 = output_error(quadratic_backward(sigmoid(z2), y), sigmoid_prime(z2))
    delta1 = hidden_error(delta2, W2, tanh_prime(z1))
    gradients = [
        weight_gradient(delta1, x),
        bias_gradient(delta1),
        weight_gradient(delta2, a1),
        bias_gradient(delta2),
    ]
    for i, gradient in enumerate(gradients):
        expected = complex_gradient(
            lambda p, i=i: cost(*parameters[:i], p, *parameters[i + 1 :]), parameters[i]
        )
        assert close(gradient, expected)


def test_the_equations_are_parts_of_dense_backward():
    x, W, _, dz = layer(5, 3, 4)
    dx, dW, db = dense_backward(dz, x, W)
    np.testing.assert_array_equal(hidden_error(dz, W, np.ones_like(x)), dx)
    np.testing.assert_array_equal(weight_gradient(dz, x), dW)
    np.testing.assert_array_equal(bias_gradient(dz), db)


def test_without_dx_the_rest_is_the_same():
    x, W, _, dz = layer(5, 3, 4)
    _, dW, db = dense_backward(dz, x, W)
    first = dense_backward(dz, x, W, need_dx=False)
    assert first[0] is None
    np.testing.assert_array_equal(first[1], dW)
    np.testing.assert_array_equal(first[2], db)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_dtype_is_kept_and_arguments_are_unchanged(dtype):
    arguments = layer(5, 3, 4, dtype)
    before = [array.copy() for array in arguments]
    x, W, b, dz = arguments
    results = [
        dense(x, W, b),
        *dense_backward(dz, x, W),
        output_error(dz, dz),
        hidden_error(dz, W, x),
        bias_gradient(dz),
        weight_gradient(dz, x),
    ]
    for result in results:
        assert result.dtype == dtype
        assert not any(np.shares_memory(result, argument) for argument in arguments)
    for array, copy in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_fractions_stay_exact():
    def third(rows):
        return np.array([[Fraction(n, 3) for n in row] for row in rows], dtype=object)

    x, W, dz = third([[1, 2]]), third([[3, 4], [5, 6]]), third([[1, -1]])
    assert dense(x, W, third([[1, 2]])[0]).tolist() == [[Fraction(14, 9), Fraction(23, 9)]]
    dx, dW, db = dense_backward(dz, x, W)
    assert dx.tolist() == [[Fraction(-2, 9), Fraction(-2, 9)]]
    assert dW.tolist() == [[Fraction(1, 9), Fraction(2, 9)], [Fraction(-1, 9), Fraction(-2, 9)]]
    assert db.tolist() == [Fraction(1, 3), Fraction(-1, 3)]


@pytest.mark.parametrize("sizes", [*SIZES, (1, 40, 30), (33, 64, 50)], ids=str)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("culprit", [0, 1, 2], ids=["x", "W", "b"])
def test_one_bad_entry_is_found_even_where_it_meets_zeros(sizes, bad, culprit):
    # The result is looked at, not the arguments; so 0 · inf must not be skipped anywhere.
    arguments = [np.zeros_like(array) for array in layer(*sizes)[:3]]
    arguments[culprit].flat[-1] = bad
    with pytest.raises(ValueError, match=f"{'xWb'[culprit]} must be finite; .* is {bad}"):
        dense(*arguments)


@pytest.mark.parametrize("sizes", [*SIZES, (1, 40, 30), (33, 64, 50)], ids=str)
@pytest.mark.parametrize("culprit", ["dz", "x", "W"])
def test_dense_backward_finds_one_bad_entry(sizes, culprit):
    x, W, _, dz = [np.zeros_like(array) for array in layer(*sizes)]
    {"dz": dz, "x": x, "W": W}[culprit].flat[-1] = np.inf
    with pytest.raises(ValueError, match=f"{culprit} must be finite; .* is inf"):
        dense_backward(dz, x, W)


@pytest.mark.parametrize(
    ("f", "arguments", "message"),
    [
        (output_error, ([[np.nan]], [[0.0]]), "grad_a must be finite; grad_a[0, 0] is nan."),
        (output_error, ([[0.0]], [[np.inf]]), "sigma_prime_z must be finite"),
        (hidden_error, ([[np.inf]], [[0.0]], [[0.0]]), "delta_next must be finite"),
        (hidden_error, ([[0.0]], [[np.inf]], [[0.0]]), "W_next must be finite"),
        (hidden_error, ([[0.0]], [[0.0]], [[np.nan]]), "sigma_prime_z must be finite"),
        (bias_gradient, ([[np.nan]],), "delta must be finite"),
        (weight_gradient, ([[np.nan]], [[0.0]]), "delta must be finite"),
        (weight_gradient, ([[0.0]], [[np.inf]]), "a_prev must be finite"),
        (dense, ([[1e200]], [[1e200]], [0.0]), "z overflowed float64, though every argument is"),
        (bias_gradient, ([[1e308], [1e308]],), "db overflowed float64, though every"),
        (dense_backward, ([[0, 1e200]], [[1e200]], [[1], [1]]), "dW overflowed float64, though"),
        (dense_backward, ([[0], [1e200]], [[1], [1]], [[1e200]]), "dx overflowed float64, though"),
    ],
)
def test_the_equations_find_bad_entries(f, arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        f(*arguments)


@pytest.mark.parametrize(
    ("f", "shapes", "message"),
    [
        (
            dense,
            [(5, 3), (3, 4), (4,)],
            "W must have shape (n_out, n_in) with n_in = 3, as x has shape (5, 3); "
            "got (3, 4). Is W transposed?",
        ),
        (
            dense,
            [(5, 3), (4, 3), (5, 4)],
            "b must have shape (n_out,) with n_out = 4, as W has shape (4, 3); got (5, 4).",
        ),
        (dense, [(3,), (4, 3), (4,)], "x must have shape (B, n_in); got (3,)."),
        (dense, [(0, 3), (4, 3), (4,)], "x must not be empty; got shape (0, 3)."),
        (
            dense_backward,
            [(5, 4), (6, 3), (4, 3)],
            "x must have shape (B, n_in) with B = 5, as dz has shape (5, 4); got (6, 3).",
        ),
        (
            dense_backward,
            [(5, 4), (5, 3), (3, 4)],
            "W must have shape (n_out, n_in) with n_out = 4, as dz has shape (5, 4), "
            "and n_in = 3, as x has shape (5, 3); got (3, 4). Is W transposed?",
        ),
        (
            output_error,
            [(5, 4), (5, 1)],
            "sigma_prime_z must have shape (B, n) with n = 4, as grad_a has shape (5, 4); "
            "got (5, 1).",
        ),
        (
            hidden_error,
            [(5, 2), (3, 2), (5, 3)],
            "W_next must have shape (n_next, n) with n_next = 2, as delta_next has shape (5, 2); "
            "got (3, 2). Is W_next transposed?",
        ),
        (
            hidden_error,
            [(5, 2), (2, 3), (3,)],
            "sigma_prime_z must have shape (B, n) with B = 5, as delta_next has shape (5, 2), "
            "and n = 3, as W_next has shape (2, 3); got (3,).",
        ),
        (bias_gradient, [(4,)], "delta must have shape (B, n); got (4,)."),
        (
            weight_gradient,
            [(5, 4), (4, 3)],
            "a_prev must have shape (B, n_prev) with B = 5, as delta has shape (5, 4); got (4, 3).",
        ),
    ],
)
def test_wrong_shapes_are_named(f, shapes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        f(*[np.ones(shape) for shape in shapes])


def test_text_is_refused():
    with pytest.raises(TypeError, match=re.escape("W must hold numbers; got dtype <U1.")):
        dense([[1.0]], [["1"]], [0.0])


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_agrees_with_torch(sizes, dtype):
    torch = pytest.importorskip("torch")
    x, W, b, dz = layer(*sizes, dtype)
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, W, b)]
    z = torch.nn.functional.linear(*tensors)
    z.backward(torch.tensor(dz))
    rtol = 1e-12 if dtype == np.float64 else 1e-5
    np.testing.assert_allclose(dense(x, W, b), z.detach().numpy(), rtol=rtol, atol=rtol)
    for got, tensor in zip(dense_backward(dz, x, W), tensors, strict=True):
        np.testing.assert_allclose(got, tensor.grad.numpy(), rtol=rtol, atol=rtol)
