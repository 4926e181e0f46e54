"""Spread, shape and reproducibility of the initial weights."""

import math

import numpy as np
import pytest

from bplab.numeric import initializers

N_IN, N_OUT = 300, 200
STD = {
    "normal": 1.0,
    "lecun_normal": math.sqrt(1 / N_IN),
    "xavier_normal": math.sqrt(2 / (N_IN + N_OUT)),
    "xavier_uniform": math.sqrt(2 / (N_IN + N_OUT)),
    "he_normal": math.sqrt(2 / N_IN),
}


def draw(name: str, dtype: str = "float64") -> np.ndarray:
    return getattr(initializers, name)(np.random.default_rng(0), N_IN, N_OUT, dtype)


@pytest.mark.parametrize("name", STD)
def test_weights_have_the_published_spread(name: str) -> None:
    W = draw(name)
    # 60,000 draws: the sample's standard deviation is within 0.3 % or so of the true one.
    assert W.std() == pytest.approx(STD[name], rel=0.015)
    assert abs(W.mean()) < 0.02 * STD[name]


@pytest.mark.parametrize("name", [*STD, "zeros"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_shape_is_n_out_by_n_in_and_dtype_is_kept(name: str, dtype: str) -> None:
    W = draw(name, dtype)
    assert W.shape == (N_OUT, N_IN)
    assert W.dtype == dtype


@pytest.mark.parametrize("name", STD)
def test_the_same_seed_draws_the_same_weights(name: str) -> None:
    np.testing.assert_array_equal(draw(name), draw(name))


def test_xavier_uniform_stays_within_its_bounds() -> None:
    r = math.sqrt(6 / (N_IN + N_OUT))
    W = draw("xavier_uniform")
    assert 0.999 * r < np.abs(W).max() <= r


def test_zeros_are_zero() -> None:
    assert not draw("zeros").any()
