"""Sizes, strides and paddings of windows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplab.numeric.windows import as_pair, output_size, parts


@given(st.integers(1, 30), st.integers(1, 8), st.integers(1, 5), st.integers(0, 4))
def test_output_size_counts_the_windows(size, window, stride, padding):
    starts = range(-padding, size + padding - window + 1, stride)
    if len(starts):
        assert output_size(size, window, stride, padding) == len(starts)
    else:
        with pytest.raises(ValueError, match=f"{size} \\+ 2·{padding} − {window} = -"):
            output_size(size, window, stride, padding)


def test_known_output_sizes():
    # LeNet-5 (1998): 32 → 28 → 14 → 10 → 5; ResNet's first layer: 224 → 112
    assert [output_size(32, 5), output_size(28, 2, 2), output_size(14, 5)] == [28, 14, 10]
    assert output_size(224, 7, stride=2, padding=3) == 112


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"stride": 0}, ValueError, "stride must be a whole number of at least 1; got 0"),
        ({"window": -3}, ValueError, "window must be a whole number of at least 1; got -3"),
        ({"padding": -1}, ValueError, "padding must be a whole number of at least 0; got -1"),
        ({"size": 5.0}, TypeError, r"size must be a whole number of at least 1; got 5\.0"),
    ],
)
def test_what_is_no_size_is_named(change, error, message):
    with pytest.raises(error, match=message):
        output_size(**({"size": 5, "window": 3} | change))


def test_pairs():
    assert as_pair("stride", np.int64(2), least=1) == (2, 2)
    assert as_pair("stride", [1, 2], least=1) == (1, 2)


@given(st.integers(1, 50), st.integers(-1, 60))
def test_parts_cover_everything_once_and_are_small(total, size):
    cut = list(parts(total, size))
    assert [i for part in cut for i in range(part.start, part.stop)] == list(range(total))
    assert max(part.stop - part.start for part in cut) <= max(1, size)
