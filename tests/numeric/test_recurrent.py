"""A recurrent cell: by hand, one step and whole sequences against witnesses, what it refuses."""

import re

import numpy as np
import pytest

from bplab import exact
from bplab.numeric import rnn_cell, rnn_cell_backward

SIZES = [(5, 3, 4), (1, 3, 4), (5, 1, 4), (5, 3, 1), (1, 1, 1), (3, 3, 3)]  # B, n_in, n
NAMES = ("x", "h_prev", "W", "U", "b")


def cell(B, n_in, n, dtype=np.float64):
    rng = np.random.default_rng(5)
    shapes = [(B, n_in), (B, n), (n, n_in), (n, n), (n,)]
    return {
        name: rng.normal(size=shape).astype(dtype) / 2
        for name, shape in zip(NAMES, shapes, strict=True)
    }


def upstream(sizes, dtype=np.float64):
    return np.random.default_rng(6).normal(size=(sizes[0], sizes[2])).astype(dtype)


def without_b(arguments):
    return {name: arguments[name] for name in NAMES if name != "b"}


def test_by_hand():
    h = rnn_cell([[1.0, 2.0]], [[0.5]], W=[[3.0, -1.0]], U=[[2.0]], b=[-1.0])
    np.testing.assert_allclose(h, [[np.tanh(1.0)]], rtol=1e-15)
    dx, dh_prev, dW, dU, db = rnn_cell_backward(
        [[4.0]], h=[[0.5]], x=[[1.0, 2.0]], h_prev=[[-1.0]], W=[[3.0, -1.0]], U=[[2.0]]
    )  # dz = 4 (1 − ¼) = 3
    np.testing.assert_array_equal(dx, [[9.0, -3.0]])
    np.testing.assert_array_equal(dh_prev, [[6.0]])
    np.testing.assert_array_equal(dW, [[3.0, 6.0]])
    np.testing.assert_array_equal(dU, [[-3.0]])
    np.testing.assert_array_equal(db, [3.0])


def wrong_state(dh, h, x, h_prev, W, U):
    dx, dh_prev, dW, _, db = rnn_cell_backward(dh, h, x, h_prev, W, U)
    return dx, dh_prev, dW, (dh * (1 - h * h)).T @ h, db


def wrong_slope(dh, h, x, h_prev, W, U):
    return rnn_cell_backward(dh * (1 - h), np.zeros_like(h), x, h_prev, W, U)


def untransposed(dh, h, x, h_prev, W, U):
    return rnn_cell_backward(dh, h, x, h_prev, W, U.T)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_backward_is_the_complex_step_gradient(sizes, complex_gradient):
    assert agrees_with_complex_step(rnn_cell_backward, sizes, complex_gradient)


@pytest.mark.parametrize("wrong", [wrong_state, wrong_slope, untransposed])
def test_the_complex_step_rejects_wrong_backwards(wrong, complex_gradient):
    assert not agrees_with_complex_step(wrong, (3, 3, 3), complex_gradient)


def agrees_with_complex_step(backward, sizes, complex_gradient):
    arguments, dh = cell(*sizes), upstream(sizes)
    gradients = backward(dh, rnn_cell(**arguments), **without_b(arguments))
    for name, got in zip(NAMES, gradients, strict=True):
        expected = complex_gradient(
            lambda p, name=name: (dh * rnn_cell(**{**arguments, name: p})).sum(), arguments[name]
        )
        if np.abs(got - expected).max() > 1e-13 * np.abs(expected).max():
            return False
    return True


@pytest.mark.parametrize(("backward", "verdict"), [(rnn_cell_backward, True), (wrong_state, False)])
def test_through_time_by_the_exact_check(backward, verdict):
    """Three steps: dh_prev is handed on, and the shared weights sum their gradients."""
    arguments = cell(2, 3, 4)
    h_0, inputs = arguments.pop("h_prev"), np.random.default_rng(1).normal(size=(3, 2, 3))
    del arguments["x"]

    def states(p, inputs):
        hs = [h_0]
        for x in inputs:
            hs.append(rnn_cell(x, hs[-1], **p))
        return hs

    def cost(p, inputs):
        return sum((h * h).sum() for h in states(p, inputs)[1:])

    def gradient(p, inputs):
        hs = states(p, inputs)
        total, dh = {name: 0 * p[name] for name in p}, 0
        for t in reversed(range(3)):
            _, dh, dW, dU, db = backward(
                dh + 2 * hs[t + 1], hs[t + 1], inputs[t], hs[t], p["W"], p["U"]
            )
            total = {"W": total["W"] + dW, "U": total["U"] + dU, "b": total["b"] + db}
        return total

    assert bool(exact.check(cost, gradient, arguments, (inputs,), rounds=2)) is verdict


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_dtype_is_kept_and_arguments_are_unchanged(dtype):
    sizes = (5, 3, 4)
    arguments, dh = cell(*sizes, dtype), upstream(sizes, dtype)
    before = {name: array.copy() for name, array in arguments.items()}
    h = rnn_cell(**arguments)
    for result in (h, *rnn_cell_backward(dh, h, **without_b(arguments))):
        assert result.dtype == dtype
        assert not any(np.shares_memory(result, array) for array in arguments.values())
    for name, array in arguments.items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("culprit", [*NAMES, "dh", "h"])
def test_one_bad_entry_is_found(culprit):
    sizes = (5, 3, 4)
    arguments = {**cell(*sizes), "dh": upstream(sizes), "h": upstream(sizes)}
    arguments[culprit].flat[-1] = np.nan
    message = f"^{culprit} must be finite; .* is nan"
    if culprit in NAMES:
        with pytest.raises(ValueError, match=message):
            rnn_cell(**{name: arguments[name] for name in NAMES})
    if culprit != "b":
        del arguments["b"]
        with pytest.raises(ValueError, match=message):
            rnn_cell_backward(**arguments)


def test_overflow_is_an_error():
    with pytest.raises(ValueError, match="z overflowed float64, though every argument is finite"):
        rnn_cell([[0.0]], [[1e200]], [[0.0]], [[1e200]], [0.0])
    with pytest.raises(ValueError, match="dU overflowed float64, though every argument is finite"):
        rnn_cell_backward([[1e200]], [[0.0]], [[0.0]], [[1e200]], [[0.0]], [[0.0]])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"U": (4, 3)}, "U must have shape (n, n) with n = 4, as h_prev has shape (5, 4)"),
        ({"W": (3, 4)}, "got (3, 4). Is W transposed?"),
        (
            {"h_prev": (4,)},
            "h_prev must have shape (B, n) with B = 5, as x has shape (5, 3); got (4,).",
        ),
        ({"b": (5,)}, "b must have shape (n,) with n = 4, as h_prev has shape (5, 4); got (5,)."),
    ],
)
def test_wrong_shapes_are_named(changed, message):
    arguments = cell(5, 3, 4) | {name: np.ones(shape) for name, shape in changed.items()}
    with pytest.raises(ValueError, match=re.escape(message)):
        rnn_cell(**arguments)
    if "b" not in changed:
        dh = upstream((5, 3, 4))
        with pytest.raises(ValueError, match=re.escape(message)):
            rnn_cell_backward(dh, dh, **without_b(arguments))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_agrees_with_torch(sizes):
    torch = pytest.importorskip("torch")
    arguments, dh = cell(*sizes), upstream(sizes)
    tensors = {name: torch.tensor(a, requires_grad=True) for name, a in arguments.items()}
    zero = torch.zeros_like(tensors["b"])  # torch has two biases
    h = torch.rnn_tanh_cell(*tensors.values(), zero)
    h.backward(torch.tensor(dh))
    got = rnn_cell(**arguments)
    np.testing.assert_allclose(got, h.detach().numpy(), rtol=1e-12)
    gradients = rnn_cell_backward(dh, got, **without_b(arguments))
    for gradient, tensor in zip(gradients, tensors.values(), strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-12, atol=1e-13)
