import numpy as np
import pytest

from bplab.figures.steps import step_errors

STEPS = 10.0 ** np.arange(-8, -1)
V = np.maximum(STEPS**2, 1e-16 / STEPS)


def test_the_words_name_the_best_step_and_its_error():
    alt = step_errors(STEPS, {"central": V}).alt
    assert "central is best at h = 1e-05, with an error near 1e-10" in alt


def test_a_method_without_rounding_errors_is_told_by_its_longest_right_step():
    alt = step_errors(STEPS, {"complex": np.where(STEPS > 1e-6, STEPS**2, 0)}).alt
    assert "complex has all digits right for every h up to 1e-06" in alt


def test_errors_are_drawn_as_given_but_not_below_the_floor():
    lines = step_errors(STEPS, {"a": V, "b": 0 * V}).figure.axes[0].lines
    np.testing.assert_array_equal(lines[0].get_ydata(), V)
    np.testing.assert_array_equal(lines[1].get_ydata(), np.full(len(V), 1e-15))


def test_another_error_gives_another_digest():
    one, other = (step_errors(STEPS, {"a": V * factor}).digest for factor in (1, 2))
    assert one != other


def test_wrong_input_is_told():
    with pytest.raises(ValueError, match=r"steps must be positive .* got -1"):
        step_errors([-1.0], {"a": [1.0]})
    with pytest.raises(ValueError, match=r"errors\['a'\] must have shape \(S,\) with S = 7"):
        step_errors(STEPS, {"a": V[:-1]})
