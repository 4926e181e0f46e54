"""The two figures of lesson 01: what they say, and that they show what they are given."""

import numpy as np
import pytest

from bplab.data import gate
from bplab.figures.perceptron import novikoff_squeeze, perceptron_update
from bplab.numeric.perceptron import train_perceptron

W, B, X = np.array([1.0, 2.0]), -1.0, np.array([1.5, -1.0])
STAR = np.array([2.0, 2.0])


def update_figure(scale=1.0, s=1.0):
    return perceptron_update(W, B, scale * X, s)


def squeeze(scale=1.0):
    x, y = gate("AND")
    return novikoff_squeeze(train_perceptron(x, y), x, y, STAR, -3.0 * scale)


@pytest.mark.parametrize("figure", [update_figure, squeeze])
def test_the_same_figure_again_is_the_same_and_another_is_not(figure):
    assert figure().digest == figure().digest
    assert figure(1.02).digest != figure().digest
    assert figure().png().startswith(b"\x89PNG\r\n\x1a\n")


def test_the_update_in_words():
    # By hand: 1.5 − 2 − 1 = −1.5; then (2.5, 1) and b = 0 give 3.75 − 1 = 2.75.
    assert "w goes from (1, 2) to (2.5, 1)" in update_figure().alt
    assert "s·z goes from −1.5 to 2.75" in update_figure().alt


def test_the_line_after_the_update_is_that_of_the_new_weights():
    before, after = [
        line for line in update_figure().figure.axes[0].lines if "line" in str(line.get_label())
    ]
    for line, w, b in ((before, W, B), (after, W + X, B + 1)):
        assert line.get_xydata() @ w + b == pytest.approx(0)


def test_from_zero_weights_there_is_no_line_before():
    lines = perceptron_update(np.zeros(2), 0.0, X, -1.0).figure.axes[0].lines
    assert [line.get_label() for line in lines if "line " in str(line.get_label())] == [
        "line after"
    ]


def test_a_sample_on_its_right_side_is_no_mistake():
    with pytest.raises(ValueError, match=r"must be a mistake, s\(w·x \+ b\) ≤ 0; got 1\.5"):
        update_figure(s=-1.0)


def test_the_lengths_lie_between_the_curves_which_cross_at_the_bound():
    picture = squeeze()
    most, least, lengths, bound = picture.figure.axes[0].lines
    k = np.arange(19)
    # By hand: R² = 3, γ² = 1/17, so the bound is 51.
    assert most.get_ydata() == pytest.approx(np.sqrt(3 * most.get_xdata()))
    assert least.get_ydata() == pytest.approx(least.get_xdata() / np.sqrt(17))
    assert bound.get_xdata() == pytest.approx([51, 51])
    assert len(lengths.get_ydata()) == 19
    assert np.all(lengths.get_ydata() <= np.sqrt(3 * k))
    assert np.all(lengths.get_ydata() >= k / np.sqrt(17))
    assert "each of 18 mistakes" in picture.alt
    assert "cross at 51 mistakes" in picture.alt


def test_weights_that_do_not_separate_have_no_bound():
    with pytest.raises(ValueError, match="must separate"):
        squeeze(0.5)
