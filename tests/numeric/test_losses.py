"""Values by hand, gradients against independent witnesses, the 1/m, extremes, and error texts."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest

from bplab.numeric.activations import log_softmax, sigmoid, softmax
from bplab.numeric.losses import (
    LOSSES,
    binary_cross_entropy,
    binary_cross_entropy_backward,
    quadratic,
    quadratic_backward,
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
)


def agrees(got, expected):
    scale = np.abs(expected).max()
    assert scale > 0
    return bool(got.shape == expected.shape and np.abs(got - expected).max() <= 1e-13 * scale)


def sample(name, shape=(5, 3), seed=0):
    rng = np.random.default_rng(seed)
    outputs = rng.normal(scale=2.0, size=shape)
    return outputs, rng.normal(size=shape) if name == "quadratic" else rng.random(shape)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shape", [(5, 3), (1, 3), (4, 1), (3, 3)])
def test_backward_is_the_complex_step_gradient(name, shape, complex_gradient):
    f, f_backward = LOSSES[name]
    outputs, y = sample(name, shape)
    if name == "softmax_cross_entropy" and shape[1] == 1:
        np.testing.assert_array_equal(f_backward(outputs, y), 0)  # softmax of one class is 1
    else:
        assert agrees(f_backward(outputs, y), complex_gradient(lambda z: f(z, y), outputs))


@pytest.mark.parametrize("name", LOSSES)
def test_backward_is_the_gradient_on_object_arrays(name, dual_gradient):
    f, f_backward = LOSSES[name]
    outputs, y = sample(name, (3, 2))
    assert agrees(f_backward(outputs, y), dual_gradient(lambda z: f(z, y), outputs))


def test_labels_on_object_arrays(dual_gradient):
    z, labels = sample("softmax_cross_entropy", (3, 2))[0], np.array([1, 0, 1])
    expected = dual_gradient(lambda duals: softmax_cross_entropy(duals, labels), z)
    assert agrees(softmax_cross_entropy_backward(z, labels), expected)


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("quadratic", lambda a, y: a - y),  # missing 1/m
        ("quadratic", lambda a, y: 2 * (a - y) / len(a)),  # the ½ forgotten
        ("quadratic", lambda a, y: (a - y) / a.size),  # averaged over the outputs too
        ("quadratic", lambda a, y: (y - a) / len(a)),
        ("binary_cross_entropy", lambda z, y: (z - y) / len(z)),  # logits taken for activations
        ("binary_cross_entropy", lambda z, y: sigmoid(z) - y),
        ("binary_cross_entropy", lambda z, y: (sigmoid(z) - y) * sigmoid(z) / len(z)),
        ("softmax_cross_entropy", lambda z, y: (softmax(z) - y) / len(z)),  # needs Σy = 1
        ("softmax_cross_entropy", lambda z, y: (sigmoid(z) - y) / len(z)),
        ("softmax_cross_entropy", lambda z, y: -y / softmax(z) / len(z)),  # ∂C/∂a, not ∂C/∂z
    ],
)
def test_the_comparison_rejects_wrong_gradients(name, mistake, complex_gradient):
    outputs, y = sample(name)
    expected = complex_gradient(lambda z: LOSSES[name].f(z, y), outputs)
    assert not agrees(mistake(outputs, y), expected)


def test_quadratic_by_hand():
    a, y = [[1.0, 2.0], [0.0, 4.0]], [[0.0, 0.0], [3.0, 0.0]]
    assert quadratic(a, y) == (5 / 2 + 25 / 2) / 2
    np.testing.assert_array_equal(quadratic_backward(a, y), [[0.5, 1.0], [-1.5, 2.0]])


def test_quadratic_of_the_published_2_2_2_example():
    # Outputs and targets as published for the widely used worked example; E = 0.298371109.
    assert quadratic([[0.75136507, 0.772928465]], [[0.01, 0.99]]) == pytest.approx(
        0.298371109, abs=5e-10
    )


def test_binary_cross_entropy_by_hand():
    z = [[math.log(3)], [-math.log(3)]]  # σ = 3/4 and 1/4
    y = [[1.0], [0.5]]
    cost = (math.log(4 / 3) + (math.log(4) + math.log(4 / 3)) / 2) / 2
    assert binary_cross_entropy(z, y) == pytest.approx(cost, rel=1e-15)
    np.testing.assert_allclose(
        binary_cross_entropy_backward(z, y), [[-1 / 8], [-1 / 8]], rtol=1e-15
    )


def test_softmax_cross_entropy_by_hand():
    z = np.log([[1.0, 3.0], [2.0, 2.0]])  # softmax (1/4, 3/4) and (1/2, 1/2)
    assert softmax_cross_entropy(z, [1, 0]) == pytest.approx(math.log(4 / 3 * 2) / 2, rel=1e-15)
    np.testing.assert_allclose(
        softmax_cross_entropy_backward(z, [1, 0]), [[1 / 8, -1 / 8], [-1 / 4, 1 / 4]], rtol=1e-15
    )


def test_labels_are_one_hot_rows():
    z, _ = sample("softmax_cross_entropy")
    labels = np.array([2, 0, 1, 1, 2])
    rows = np.eye(3)[labels]
    assert softmax_cross_entropy(z, labels) == softmax_cross_entropy(z, rows)
    np.testing.assert_array_equal(
        softmax_cross_entropy_backward(z, labels), softmax_cross_entropy_backward(z, rows)
    )


def test_rows_need_not_sum_to_one():
    z, y = sample("softmax_cross_entropy")
    expected = (y.sum(axis=1, keepdims=True) * softmax(z) - y) / 5
    np.testing.assert_allclose(softmax_cross_entropy_backward(z, y), expected, rtol=1e-14)
    assert softmax_cross_entropy(z, y) == pytest.approx(-(y * log_softmax(z)).sum() / 5)


@pytest.mark.parametrize("name", LOSSES)
def test_a_repeated_batch_has_the_same_mean_and_half_the_gradient(name):
    f, f_backward = LOSSES[name]
    outputs, y = sample(name)
    twice = np.concatenate([outputs, outputs]), np.concatenate([y, y])
    assert f(*twice) == pytest.approx(f(outputs, y), rel=1e-14)
    np.testing.assert_allclose(f_backward(*twice)[:5], f_backward(outputs, y) / 2, rtol=1e-14)


@pytest.mark.parametrize("name", ["quadratic", "binary_cross_entropy"])
def test_one_output_a_sample_may_be_a_vector(name):
    f, f_backward = LOSSES[name]
    outputs, y = sample(name, (4,))
    assert f(outputs, y) == f(outputs[:, np.newaxis], y[:, np.newaxis])
    assert f_backward(outputs, y).shape == (4,)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_loss_is_a_float_and_the_gradient_keeps_the_dtype(name, dtype):
    f, f_backward = LOSSES[name]
    outputs, y = sample(name)
    before = outputs.copy(), y.copy()
    assert type(f(outputs.astype(dtype), y)) is float
    assert f_backward(outputs.astype(dtype), y).dtype == dtype
    assert f_backward(outputs.astype(dtype), np.ones((5, 3), dtype=int)).dtype == dtype
    np.testing.assert_array_equal(outputs, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_labels_keep_float32():
    z = np.ones((2, 3), dtype=np.float32)
    assert softmax_cross_entropy_backward(z, np.array([0, 2])).dtype == np.float32


@pytest.mark.parametrize("name", LOSSES)
def test_complex_input_gives_a_complex_number(name):
    outputs, y = sample(name)
    assert type(LOSSES[name].f(outputs.astype(complex), y)) is complex


def test_fractions_stay_exact():
    a = np.array([[Fraction(1, 3)], [Fraction(0)], [Fraction(1)]], dtype=object)
    y = np.array([[0], [0], [0]], dtype=object)
    assert quadratic(a, y) == Fraction(10, 54)
    assert quadratic_backward(a, y).ravel().tolist() == [Fraction(1, 9), 0, Fraction(1, 3)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_logits(dtype):
    z = np.array([[1e4, -1e4]], dtype=dtype)
    assert binary_cross_entropy(z, [[0.0, 1.0]]) == 2e4
    assert binary_cross_entropy(z, [[1.0, 0.0]]) == 0
    assert softmax_cross_entropy(z, [1]) == 2e4
    assert softmax_cross_entropy(z, [0]) == 0
    np.testing.assert_array_equal(softmax_cross_entropy_backward(z, [1]), [[1, -1]])
    np.testing.assert_array_equal(binary_cross_entropy_backward(z, [[0.0, 1.0]]), [[1, -1]])


def test_small_costs_keep_every_digit():
    assert binary_cross_entropy([[40.0]], [[1.0]]) == pytest.approx(math.exp(-40), rel=1e-15)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("part", [0, 1], ids=["f", "f_backward"])
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda z, y: (z[:0], y[:0]), ValueError, "must not be empty; got shape (0, 3)"),
        (lambda z, y: (z * np.nan, y), ValueError, "[0, 0] is nan"),
        (lambda z, y: (z, abs(y) * np.inf), ValueError, "[0, 0] is inf"),
        (lambda z, y: (z, y[:4]), ValueError, "got (4, 3)"),
        (lambda z, y: (z, y > 0), TypeError, "must hold numbers; got dtype bool"),
        (lambda z, y: (0.5, y), ValueError, "must have shape (B, n)"),
    ],
)
def test_bad_input_is_named(name, part, change, error, message):
    with pytest.raises(error, match=re.escape(message)):
        LOSSES[name][part](*change(*sample(name)))


@pytest.mark.parametrize("f", [*LOSSES["quadratic"], *LOSSES["binary_cross_entropy"]])
def test_a_vector_against_a_column_is_refused(f):
    # NumPy would broadcast (5, 1) with (5,) to (5, 5) and return a number.
    with pytest.raises(ValueError, match=re.escape("y must have the shape of")):
        f(np.ones((5, 1)), np.ones(5))


@pytest.mark.parametrize("f", [binary_cross_entropy, binary_cross_entropy_backward])
@pytest.mark.parametrize("y", [-1.0, 2.0])
def test_binary_targets_must_be_in_range(f, y):
    with pytest.raises(ValueError, match=re.escape(f"y must be in [0, 1]; got {y:g}.")):
        f([[0.0]], [[y]])


@pytest.mark.parametrize("f", [softmax_cross_entropy, softmax_cross_entropy_backward])
@pytest.mark.parametrize(
    ("targets", "error", "message"),
    [
        ([0, 3], ValueError, "targets must be labels 0 … 2, as logits has shape (2, 3); got 3."),
        ([-1, 0], ValueError, "targets must be labels 0 … 2, as logits has shape (2, 3); got -1."),
        ([0.0, 1.0], TypeError, "must be integer labels; got dtype float64. Use targets.astype"),
        ([True, False], TypeError, "must be integer labels; got dtype bool."),
        (["a", "b"], TypeError, "must be integer labels; got dtype <U1."),
        ([0], ValueError, "targets must have shape (B,) with B = 2, as logits has shape (2, 3)"),
        ([[0], [1]], ValueError, "targets must have shape (B, n) with n = 3, as logits has shape"),
        (1, ValueError, "targets must have shape (B, n)"),
        ([[0, 1], [2]], ValueError, "targets must be a rectangular array; its rows differ"),
        ([[0.5, 0.5, -1.0]] * 2, ValueError, "targets must not be negative; got -1."),
    ],
)
def test_bad_classes_are_named(f, targets, error, message):
    with pytest.raises(error, match=re.escape(message)):
        f(np.ones((2, 3)), targets)


@pytest.mark.parametrize("f", [softmax_cross_entropy, softmax_cross_entropy_backward])
def test_softmax_cross_entropy_needs_rows_of_logits(f):
    with pytest.raises(ValueError, match=re.escape("logits must have shape (B, n); got (3,).")):
        f(np.ones(3), np.array([1]))


def test_agrees_with_torch():
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    labels = np.array([2, 0, 1, 1, 2])
    for name, targets, reference in [
        ("quadratic", None, lambda a, y: functional.mse_loss(a, y, reduction="sum") / 2 / len(a)),
        (
            "binary_cross_entropy",
            None,
            lambda z, y: (
                functional.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(z)
            ),
        ),
        ("softmax_cross_entropy", None, functional.cross_entropy),
        ("softmax_cross_entropy", labels, functional.cross_entropy),
    ]:
        outputs, y = sample(name)
        y = y if targets is None else targets
        x = torch.tensor(outputs, requires_grad=True)
        loss = reference(x, torch.tensor(y))
        loss.backward()
        f, f_backward = LOSSES[name]
        assert f(outputs, y) == pytest.approx(loss.item(), rel=1e-13)
        np.testing.assert_allclose(f_backward(outputs, y), x.grad.numpy(), rtol=1e-12)
