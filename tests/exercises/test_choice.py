import dataclasses

import numpy as np
import pytest


@pytest.mark.parametrize("answer", ["c", "C", " c ", "(c)", "c.", "c\n"])
def test_the_right_option_passes(choice_exercise, answer):
    assert choice_exercise.check(answer).passed


def test_a_wrong_option_is_given_its_reason(choice_exercise):
    result = choice_exercise.check("b")
    assert (result.status, result.mistake) == ("failed", "b")
    assert "b is wrong, because …" in str(result)


@pytest.mark.parametrize("answer", ["g", "ab", 3, 2.5, ["a"], True, np.array([0.0, 1.0])])
def test_anything_else_is_not_an_option(choice_exercise, answer):
    result = choice_exercise.check(answer)
    assert result.status == "failed"
    assert "is not one of the options" in str(result)
    assert "a, b, c, d, e, f" in str(result)


@pytest.mark.parametrize("answer", [None, ..., "", " "])
def test_nothing_is_not_attempted(choice_exercise, answer):
    assert choice_exercise.check(answer).status == "not attempted"


def test_the_exercise_checks_itself(choice_exercise):
    assert choice_exercise.self_check() == []


def test_an_option_without_its_reason_is_found(choice_exercise):
    bad = dataclasses.replace(choice_exercise, mistakes=choice_exercise.mistakes[1:])
    assert "the wrong options are ['a', 'b'" in bad.self_check()[0]


def test_the_solution_is_the_statement(choice_exercise):
    assert "statement c" in str(choice_exercise.solution())
