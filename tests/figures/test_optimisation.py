"""The figures of lesson 07: what they say, and that they show what they are given."""

import numpy as np
import pytest

from bplab.figures.optimisation import (
    activation_histograms,
    curve_panels,
    landscape,
    learning_rate_sweep,
)

PATH = np.array([[2.0, 1.0], [1.0, -0.5], [0.5, 0.25]])
RATES = [0.01, 0.1, 1.0, 10.0]
LIMITS = {"xlim": (-3, 3), "ylim": (-2, 2)}


def bowl(w):
    return w[:, 0] ** 2 + 4 * w[:, 1] ** 2


def descent(scale=1.0, **paths):
    return landscape(bowl, {"η = 0.1": scale * PATH, **paths}, **LIMITS)


def sweep(scale=1.0):
    losses = {"SGD": [2.0, 0.5 * scale, 0.2, np.inf], "Adam": [1.0, 0.1, np.nan, 5.0]}
    return learning_rate_sweep(RATES, losses, guessing=2.3)


def histograms(scale=1.0):
    middle, ends = np.linspace(0.3, 0.7, 40), np.repeat([0.01, 0.5, 0.99, 0.98], 10)
    return activation_histograms({"calm": [middle, middle], "wild": [middle, scale * ends]})


def panels(scale=1.0):
    return curve_panels({"A": {"training": [2.0, scale, 0.5], "validation": [2.0, 1.0, 1.5]}})


@pytest.mark.parametrize("figure", [descent, sweep, histograms, panels])
def test_the_same_figure_again_is_the_same_and_another_is_not(figure):
    assert figure().digest == figure().digest
    assert figure(0.98).digest != figure().digest
    assert figure().png().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        # By hand: 4 + 4 = 8 at the start, ¼ + ¼ = ½ at the end.
        (descent, "η = 0.1: 3 points from (2, 1), height 8, to (0.5, 0.2), height 0.5."),
        (sweep, "SGD is best at 1 with 0.2, and 1 of 4 runs do not learn"),
        (sweep, "Adam is best at 0.1 with 0.1, and 2 of 4 runs do not learn"),
        (histograms, "calm: 0%, 0%; wild: 0%, 75%."),
        (panels, "A, validation: starts at 2, is lowest at 1 in epoch 2, ends at 1.5, and rises"),
    ],
)
def test_the_words_say_what_the_data_say(figure, words):
    assert words in figure().alt


def test_each_path_has_a_panel_with_its_line():
    axes = descent(other=-PATH).figure.axes
    assert [ax.get_title() for ax in axes] == ["η = 0.1", "other"]
    assert axes[0].lines[0].get_xydata() == pytest.approx(PATH)
    assert axes[1].lines[0].get_xydata() == pytest.approx(-PATH)


def test_runs_that_do_not_learn_are_crosses_above_the_line_of_guessing():
    ax = sweep().figure.axes[0]
    crosses = [line for line in ax.lines if line.get_marker() == "x"]
    assert [list(line.get_xdata()) for line in crosses] == [[10.0], [1.0, 10.0]]
    assert all((line.get_ydata() > 2.3).all() for line in crosses)
    learned = [list(line.get_ydata()) for line in ax.lines if line.get_label() in ("SGD", "Adam")]
    assert learned == [[2.0, 0.5, 0.2], [1.0, 0.1]]


def test_past_the_cliff_the_height_does_not_count():
    def with_end(end):
        return learning_rate_sweep(RATES, {"a": [2.0, 0.1, 0.3, end]}, guessing=2.3)

    assert with_end(1.9).digest == with_end(0.9).digest != with_end(0.5).digest


def test_histograms_show_shares_and_hatch_the_saturated():
    bars = histograms().figure.axes[3].patches
    assert sum(bar.get_height() for bar in bars) == pytest.approx(1)
    assert sum(bar.get_height() for bar in bars if bar.get_hatch()) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("draw", "text"),
    [
        (lambda: landscape(bowl, {}, **LIMITS), "paths must hold at least one"),
        (lambda: landscape(bowl, {"a": np.ones(3)}, **LIMITS), r"paths\['a'\] must have shape"),
        (
            lambda: landscape(lambda w: w, {"a": PATH}, **LIMITS),
            r"cost must map \(N, 2\) to \(N,\)",
        ),
        (lambda: learning_rate_sweep(RATES, {}, guessing=2.3), "losses must hold at least one"),
        (
            lambda: learning_rate_sweep(RATES, {"a": [1.0]}, guessing=2.3),
            r"losses\['a'\] must have shape \(R,\) with R = 4",
        ),
        (
            lambda: learning_rate_sweep(RATES, {"a": [np.nan] * 4}, guessing=2.3),
            r"losses\['a'\] must hold one below 2.3",
        ),
        (lambda: activation_histograms({}), "the same number of layers"),
        (lambda: activation_histograms({"a": [PATH]}), r"must be in \[0, 1\]; got -0.5 to 2"),
        (lambda: curve_panels({}), "runs must hold at least one run"),
        (lambda: curve_panels({"A": {"t": [1, np.inf]}}), r"runs\['A'\]\['t'\] must be finite"),
    ],
)
def test_bad_input_is_explained(draw, text):
    with pytest.raises(ValueError, match=text):
        draw()
