import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from bplab.exercises import Mistake


@pytest.mark.parametrize(
    "answer",
    [0.25, Fraction(1, 4), Decimal("0.25"), np.float32(0.25), np.array(0.2505), 0.251, 0.249],
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
        ("1/4", "Type it without quotes: 1/4"),
        ("0,25", "Type it without quotes, and with a point: 0.25"),
        ("25 %", "per cent as a fraction: 25/100"),
        ("ln 10", "np.log(10)"),
        ("2,416", "with a point: 2.416"),
        ((0, 25), "Python reads a comma as two numbers: write 0.25 with a point."),
        (Decimal("NaN"), "nan is not a number one can compare"),
        (Decimal("sNaN"), "nan is not a number one can compare"),
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


ODD = {"value": 0.1385, "tolerance": 6e-4, "mistakes": ()}
WHOLE = {"value": 60.0, "tolerance": 0, "mistakes": ()}


@pytest.mark.parametrize("answer", ["2,416", " 2,416", (2, 416)])
def test_a_comma_between_thousands_is_left_out_of_a_whole_number(number_exercise, answer):
    result = dataclasses.replace(number_exercise, **WHOLE).check(answer)
    assert result.diagnosis == "Type it without quotes and without commas: 2416"


@pytest.mark.parametrize(
    ("fields", "answer", "name"),
    [
        (ODD, -0.1385, "opposite sign"),
        (ODD, 0.277, "factor 2"),
        (ODD, 0.0692, "factor 1/2"),
        (ODD, 13.85, "percentage"),
        (ODD, 1.385, "factor 10"),
        (ODD, 7.22, "reciprocal"),
        (ODD, 0.0192, "squared"),
        (ODD, 0.372, "square root"),
        (ODD, 0.8615, "one minus it"),
        (ODD, 0.1, "too coarse"),
        (ODD, 0.14, "too coarse"),
        (ODD, 0.13, "too coarse"),
        (ODD, 0.149, "nearly"),
        (ODD, 0.2, ""),
        (ODD, 5, ""),
        (WHOLE, 61, "off by one"),
        (WHOLE, 59, "off by one"),
        (WHOLE, 60.5, "not whole"),
        (WHOLE, 120, "factor 2"),
        (WHOLE, 119, ""),
        (WHOLE, 58, ""),
        ({**WHOLE, "value": 0.0}, 7, ""),
    ],
)
def test_a_wrong_number_that_no_mistake_lists(number_exercise, fields, answer, name):
    result = dataclasses.replace(number_exercise, **fields).check(answer)
    assert (result.status, result.mistake) == ("failed", name)
    assert bool(result.diagnosis) == bool(name)


def test_a_rounded_number_is_said_to_be_rounded(number_exercise):
    exercise = dataclasses.replace(number_exercise, **ODD)
    assert "Your number is 2 times too large." in str(exercise.check(0.277))
    assert "Up to rounding, your number is 2 times too large." in str(exercise.check(0.278))


def test_a_shape_is_not_read_as_a_decimal_comma(number_exercise):
    counting = dataclasses.replace(number_exercise, value=16, tolerance=0, mistakes=())
    assert counting.check((4, 4)).diagnosis == "One number is asked, and these are 2."
