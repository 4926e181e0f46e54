import numpy as np
import pytest

from bplab.figures.costs import errors_by_logit

Z = np.linspace(-5.0, 5.0, 101)
RISING = 1 / (1 + np.exp(-Z))


def test_the_words_say_how_far_each_line_comes_and_where_it_ends():
    alt = errors_by_logit(Z, {"bump": 4 * RISING * (1 - RISING)}).alt
    assert "bump comes to 1 near z = -0.2 and is 0.027 at z = 5" in alt


def test_the_lines_are_the_errors_as_given():
    lines = errors_by_logit(Z, {"a": RISING, "b": RISING**2}).figure.axes[0].lines
    np.testing.assert_array_equal(lines[0].get_ydata(), RISING)
    np.testing.assert_array_equal(lines[1].get_ydata(), RISING**2)


def test_another_error_gives_another_digest():
    one, other = (errors_by_logit(Z, {"a": RISING * factor}).digest for factor in (1, 2))
    assert one != other


def test_wrong_input_is_told():
    with pytest.raises(ValueError, match=r"errors\['a'\] must have shape \(N,\) with N = 101"):
        errors_by_logit(Z, {"a": RISING[:-1]})
    with pytest.raises(ValueError, match="finite"):
        errors_by_logit(Z, {"a": np.full(101, np.nan)})
