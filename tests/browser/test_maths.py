"""The cases that compare the maths of the views with bplab.numeric in Node, run in Chromium."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests import javascript
from tests.widgets import test_convolution, test_perceptron, test_stepper, test_xor


@pytest.fixture(scope="module")
def page(chromium) -> Iterator:
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture(autouse=True)
def run_in_the_page(page, monkeypatch):
    monkeypatch.setattr(javascript, "runner", partial(javascript.in_page, page))


test_perceptron_run = test_perceptron.test_the_run_in_javascript_is_that_of_numpy
test_perceptron_bound = test_perceptron.test_the_bound_in_javascript_is_that_of_numpy
test_xor_layers = test_xor.test_javascript_computes_the_same
test_xor_lines = test_xor.test_a_line_runs_through_its_ends_in_both_languages
test_stepper_passes = test_stepper.test_javascript_computes_the_same
test_stepper_bugs = test_stepper.test_a_planted_bug_is_the_bug_it_says
test_convolution_passes = test_convolution.test_javascript_computes_the_same


def test_it_is_a_browser_that_computes():
    assert javascript.call("shared/dom.js", "reducedMotion") is False  # Node has no window
