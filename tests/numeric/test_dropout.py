"""Dropout: what is dropped, what is kept, and what goes backward."""

import re

import numpy as np
import pytest

from bplab import exact, gradients
from bplab.numeric.dropout import dropout, dropout_backward


def test_every_entry_is_dropped_or_scaled():
    x = np.arange(1.0, 10_001.0).reshape(100, 100)
    y, mask = dropout(x, 0.2, np.random.default_rng(0))
    assert set(np.unique(mask)) == {0.0, 1.25}
    np.testing.assert_array_equal(y, x * mask)
    # 20 % of 10,000, within five standard deviations of 40
    assert abs((mask == 0).sum() - 2000) < 200
    # independently: in rows and in columns alike
    assert (mask == 0).sum(axis=0).std() < 6
    assert (mask == 0).sum(axis=1).std() < 6


def test_the_mean_stays():
    y, _ = dropout(np.ones(100_000), 0.5, np.random.default_rng(1))
    assert y.mean() == pytest.approx(1, abs=0.02)


def test_the_same_seed_drops_the_same():
    x = np.ones((5, 4))
    one, two = (dropout(x, 0.5, np.random.default_rng(2))[0] for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, dropout(x, 0.5, np.random.default_rng(3))[0])


def test_nothing_is_dropped_at_p_0():
    x = np.ones((3, 2))
    y, mask = dropout(x, 0, np.random.default_rng(0))
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(mask, 1)
    assert not np.shares_memory(x, y)


def test_backward_is_the_gradient():
    rng = np.random.default_rng(4)
    x, dy = rng.normal(size=(4, 5)), rng.normal(size=(4, 5))

    def cost(x, dy):
        return (dy * dropout(x, 0.4, np.random.default_rng(5))[0]).sum()

    _, mask = dropout(x, 0.4, np.random.default_rng(5))
    _, other = dropout(x, 0.4, np.random.default_rng(6))  # drawn anew going backward
    assert gradients.check(lambda x: cost(x, dy), lambda x: dropout_backward(dy, mask), x)
    assert exact.check(cost, lambda x, dy: dropout_backward(dy, mask), x, (dy,))
    for wrong in (other, (mask > 0) * 1.0, mask * 0.6, mask * (1 + 1e-6)):
        assert not gradients.check(
            lambda x: cost(x, dy), lambda x, m=wrong: dropout_backward(dy, m), x
        )
        assert not exact.check(cost, lambda x, dy, m=wrong: dropout_backward(dy, m), x, (dy,))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_dtype_is_kept_and_arguments_are_unchanged(dtype):
    x = np.ones((3, 2), dtype)
    y, mask = dropout(x, 0.5, np.random.default_rng(0))
    assert y.dtype == dropout_backward(x, mask).dtype == dtype
    assert mask.dtype == x.real.dtype
    np.testing.assert_array_equal(x, 1)


@pytest.mark.parametrize("p", [-0.1, 1, 1.5, np.nan, "half", True, None])
def test_p_must_be_a_probability_below_one(p):
    with pytest.raises(ValueError, match=re.escape(f"0 ≤ p < 1; got {p!r}.")):
        dropout(np.ones(3), p, np.random.default_rng(0))


def test_randomness_comes_from_a_generator():
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator; got int"):
        dropout(np.ones(3), 0.5, 0)


def test_wrong_shapes_and_values_are_named():
    with pytest.raises(ValueError, match=re.escape("mask, (3, 2); got (3,).")):
        dropout_backward(np.ones(3), np.ones((3, 2)))
    with pytest.raises(ValueError, match=re.escape("x[1] is nan")):
        dropout([0.0, np.nan], 0.5, np.random.default_rng(0))
    with pytest.raises(ValueError, match="y overflowed float64"):
        dropout(np.full(20, 1.7e308), 0.5, np.random.default_rng(0))
