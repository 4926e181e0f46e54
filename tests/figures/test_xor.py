"""The figures of lesson 02: words that fit, digests that move with the data, errors that help."""

import numpy as np
import pytest

from bplab.figures.xor import cost_map, sigmoid_slopes, success_map

COUNTS = np.array([[0, 14], [58, 116]])


def test_the_success_map_says_every_count():
    picture = success_map(COUNTS, [0.2, 5], [0.1, 1], of=128)
    assert "learning rate 0.2: 0, 14; learning rate 5: 58, 116" in picture.alt
    assert picture.digest == success_map(COUNTS, [0.2, 5], [0.1, 1], of=128).digest
    assert picture.digest != success_map(COUNTS + 1, [0.2, 5], [0.1, 1], of=128).digest


def test_the_best_count_stands_out():
    ax = success_map(COUNTS, [0.2, 5], [0.1, 1], of=128).figure.axes[0]
    bold = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert bold == ["116"]


def test_rates_and_scales_must_fit_the_counts():
    with pytest.raises(ValueError, match="scales"):
        success_map(COUNTS, [0.2, 5], [0.1, 1, 10], of=128)


def test_the_cost_map_names_its_lowest_place_and_its_corners():
    costs = np.array([[4.0, 3.0, 2.0], [3.0, 2.0, 1.0], [5.0, 1.0, 0.5]])
    picture = cost_map(costs, 10, xlabel="p", ylabel="q")
    assert "lowest, 0.5, at (10, 10); 4 at the lower left, 2 at the lower right, 5" in picture.alt
    assert picture.digest != cost_map(costs.T, 10, xlabel="p", ylabel="q").digest


def test_the_cost_map_is_square():
    with pytest.raises(ValueError, match="costs"):
        cost_map(np.ones((2, 3)), 10, xlabel="p", ylabel="q")


def test_the_two_slopes_are_drawn_as_they_are():
    _, true, fake = sigmoid_slopes(reach=3.0).figure.axes[0].lines
    z = true.get_xdata()
    np.testing.assert_allclose(true.get_ydata()[z == 0], 0.25)
    np.testing.assert_allclose(fake.get_ydata()[[0, -1]], [-12, -6])
    assert sigmoid_slopes(3.0).digest != sigmoid_slopes(3.1).digest
