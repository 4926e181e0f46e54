"""`check`, `hint` and `reveal`: what a lesson calls.

An id such as "04.2" names the exercise in `bplab/exercises/lesson_04.py`, which is imported when it
is first asked for. Under BPLAB_STRICT=1 and when nbgrader runs the notebook, a check that does not
pass raises, and no progress is kept.
"""

import difflib
import os
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import bplab.exercises
from bplab.exercises.exercise import Exercise
from bplab.exercises.journal import Journal, Standing, journal_of
from bplab.exercises.results import CheckResult, Note
from bplab.workspace import find_workspace


class UnknownExercise(ValueError):
    """There is no exercise with this id."""


def check(exercise_id: str, answer: Any) -> CheckResult:
    """Check an answer; the result shows itself as the last line of a cell.

    Raises: UnknownExercise; AssertionError with the result's text if it did not pass and the
    notebook is being graded.
    """
    result = find(exercise_id).check(answer)
    record(result)
    if _is_strict() and not result.passed:
        raise AssertionError(str(result))
    return result


def hint(exercise_id: str, level: int | None = None) -> Note:
    """The next hint, or the one of this level (1 to 3).

    Raises: UnknownExercise; ValueError for another level.
    """
    exercise = find(exercise_id)
    count = len(exercise.hints)
    if level is None:
        level = min(_standing(exercise.id).hints + 1, count)
    if not isinstance(level, int) or not 1 <= level <= count:
        raise ValueError(f"level must be a whole number from 1 to {count}; got {level!r}")
    current_journal().add(exercise.id, "hint", str(level))
    return Note(f"Hint {level} of {count} for {exercise.id}", exercise.hints[level - 1])


def reveal(exercise_id: str) -> Note:
    """The solution, once the exercise has been passed.

    Raises: UnknownExercise.
    """
    exercise = find(exercise_id)
    if _standing(exercise.id).status != "passed":
        return Note(
            f"{exercise.id} {exercise.title}: pass the check first",
            f'reveal("{exercise.id}") shows a solution then; hint("{exercise.id}") helps now',
        )
    return exercise.solution()


def use(exercise_id: str, answer: Any, otherwise: Any = None) -> Any:
    """The learner's answer if it passes its check, else the library's, so that a lesson goes on.

    The library's is the exercise's reference, or `otherwise`, for lessons that need a faster one.
    Says which of the two it is, and what is wrong with the learner's. Raises: UnknownExercise.
    """
    exercise = find(exercise_id)
    result = exercise.check(answer)
    if result.passed:
        print(f"{exercise_id}: your own answer is used from here on")
        return answer
    why = f" ({result.message})" if result.status == "failed" else ""
    print(f"{exercise_id}: the library's answer is used until yours passes its check{why}")
    return exercise.reference_answer if otherwise is None else otherwise


def record(result: CheckResult) -> None:
    """Remember a result: everything that keeps progress hangs here."""
    if result.status != "not attempted":
        current_journal().add(result.exercise, result.status, result.mistake)


def current_journal() -> Journal:
    """Where progress is kept now: in the workspace we are in, else in memory."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # the folder has been deleted under the kernel
        return journal_of(None)
    return journal_of(None if _is_strict() else find_workspace(here))


def _standing(exercise_id: str) -> Standing:
    return current_journal().standings().get(exercise_id, Standing())


def find(exercise_id: str) -> Exercise:
    """The exercise with this id.

    Raises: UnknownExercise, a ValueError, with the nearest ids.
    """
    if not isinstance(exercise_id, str):
        raise UnknownExercise(f'an exercise id is text such as "04.2"; got {exercise_id!r}')
    lesson = exercise_id.split(".")[0]
    known = lesson_exercises(lesson) if lesson.isdecimal() else {}
    if exercise_id in known:
        return known[exercise_id]
    every = sorted(known) or [e for number in lessons() for e in lesson_exercises(number)]
    near = difflib.get_close_matches(exercise_id, every, n=3, cutoff=0.0)
    advice = f"the nearest are {', '.join(sorted(near))}" if near else "there are none yet"
    raise UnknownExercise(f"there is no exercise {exercise_id!r}; {advice}")


def lessons() -> list[str]:
    """The numbers of the lessons that have exercises."""
    names = (module.name for module in pkgutil.iter_modules(bplab.exercises.__path__))
    return sorted(name.removeprefix("lesson_") for name in names if name.startswith("lesson_"))


def lesson_exercises(lesson: str) -> dict[str, Exercise]:
    """The exercises of one lesson by id; empty if the lesson has none."""
    name = f"bplab.exercises.lesson_{lesson}"
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return {}
    return {exercise.id: exercise for exercise in module.EXERCISES}


def _is_strict() -> bool:
    graded = os.environ.get("NBGRADER_EXECUTION") in ("autograde", "validate")
    return graded or os.environ.get("BPLAB_STRICT") == "1"
