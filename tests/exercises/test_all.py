"""Every exercise of every lesson keeps what exercises promise."""

import pytest

from bplab.exercises import CodeExercise
from bplab.exercises.registry import lesson_exercises, lessons

EXERCISES = [exercise for lesson in lessons() for exercise in lesson_exercises(lesson).values()]


def by_id(exercise):
    return exercise.id


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_id)
def test_the_reference_passes_and_each_mistake_has_its_own_diagnosis(exercise):
    assert exercise.self_check() == []


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_id)
def test_it_is_complete(exercise):
    assert exercise.title
    assert len(set(exercise.hints)) == 3
    assert exercise.points >= 1
    assert exercise.points == int(exercise.points)
    assert exercise.check(...).status == "not attempted"


@pytest.mark.parametrize("lesson", lessons())
def test_the_ids_count_from_one(lesson):
    ids = list(lesson_exercises(lesson))
    assert ids == [f"{lesson}.{number}" for number in range(1, len(ids) + 1)]


def unfinished(*arguments):
    return arguments[0] / "0" + missing_name  # noqa: F821


CODE = [exercise for exercise in EXERCISES if isinstance(exercise, CodeExercise)]


@pytest.mark.parametrize("exercise", CODE, ids=by_id)
def test_a_crash_shows_the_learners_line_and_no_traceback(exercise):
    result = exercise.check(unfinished)
    assert result.status == "failed"
    assert "stops with" in result.message
    assert 'arguments[0] / "0" + missing_name' in str(result)
    assert "Traceback" not in str(result) + result.data
