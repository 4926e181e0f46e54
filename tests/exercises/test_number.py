import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from bplab.exercises import Mistake


@pytest.mark.parametrize(
    "answer", [0.25, Fraction(1, 4), np.float32(0.25), np.array(0.2505), 0.251, 0.249]
)
def test_right_numbers_pass(number_exercise, answer):
    assert number_exercise.check(answer).passed


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (0.2512, "0.2512 is too large"),
        (0.2, "0.2 is too small"),
        (1, "That is the largest slope of tanh."),
        (1.009, "That is the largest slope of tanh."),  # a mistake may be rounded, too
        ("0.25", "a number is expected, got str '0.25'"),
        (True, "a number is expected, got bool"),
        (0.25 + 0j, "a number is expected, got complex"),
        (np.array([0.25]), "a number is expected, got ndarray"),
        (float("nan"), "nan is not a number one can compare"),
        pytest.param(10**400, "inf is not a number one can compare", id="huge"),
    ],
)
def test_wrong_numbers_fail_in_words(number_exercise, answer, words):
    result = number_exercise.check(answer)
    assert result.status == "failed"
    assert words in str(result)


def test_the_right_number_is_not_given_away(number_exercise):
    assert "0.25" not in str(number_exercise.check(0.3))


def test_the_exercise_checks_itself(number_exercise):
    assert number_exercise.self_check() == []


def test_a_mistake_within_the_tolerance_is_found(number_exercise):
    near = Mistake("near", 0.2501, "Too near to be wrong.")
    bad = dataclasses.replace(number_exercise, mistakes=(*number_exercise.mistakes, near))
    assert ["mistake 'near' is not rejected" in problem for problem in bad.self_check()] == [True]


def test_nothing_is_not_attempted(number_exercise):
    assert number_exercise.check(None).status == "not attempted"


def test_the_solution_is_the_value(number_exercise):
    assert "0.25" in str(number_exercise.solution())
