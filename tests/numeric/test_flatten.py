"""Flatten: the order of the numbers, and the way back."""

import re

import numpy as np
import pytest

from bplab.numeric.flatten import flatten, flatten_backward


def test_by_hand():
    x = np.arange(12.0).reshape(2, 3, 1, 2)
    np.testing.assert_array_equal(flatten(x), [np.arange(6), np.arange(6, 12)])
    np.testing.assert_array_equal(flatten_backward(flatten(x), x), x)


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (2, 3, 4, 5), (3, 2), (4,)])
def test_entry_by_entry(shape):
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    z = flatten(x)
    dz = np.arange(z.size, dtype=np.float32).reshape(z.shape)
    dx = flatten_backward(dz, x)
    for place in np.ndindex(shape):
        sample, n = divmod(int(np.ravel_multi_index(place, shape)), z.shape[1])
        assert z[sample, n] == x[place]
        assert dx[place] == dz[sample, n]
    assert z.dtype == dx.dtype == np.float32
    assert not np.shares_memory(z, x)
    assert not np.shares_memory(dx, dz)


def test_errors():
    with pytest.raises(ValueError, match="got one number"):
        flatten(3.0)
    with pytest.raises(ValueError, match=re.escape("flatten(x), (2, 4); got (4, 2).")):
        flatten_backward(np.ones((4, 2)), np.ones((2, 2, 2)))
    with pytest.raises(ValueError, match="x must be finite"):
        flatten([[np.inf]])
