"""Every lesson is an assignment: solved, empty and wrong copies get the marks they deserve."""

import nbformat
import pytest

from bplab.grading.assignment import read_assignment
from bplab.grading.pool import Pool
from bplab.grading.settings import Settings
from bplab.grading.submissions import Submission
from bplab.solutions import solve
from tests.lessons import LESSONS, exercises, read, with_mistakes

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name[:2])
def test_each_copy_gets_the_marks_it_deserves(lesson):
    first = next(iter(exercises(lesson)))
    copies = {
        "solved": solve(read(lesson)),
        "empty": read(lesson),
        "wrong": with_mistakes(read(lesson), spared=first),
    }
    assignment = read_assignment(lesson)
    submissions = [
        Submission(name, {lesson.stem: nbformat.writes(copy)}) for name, copy in copies.items()
    ]
    with Pool(assignment, Settings(seconds=60, unsafe=True), workers=1) as pool:
        marks = {one.student: one for one in pool.grade(submissions)}
    one = exercises(lesson)[first].points
    got = {name: marks[name].total for name in copies}
    assert got == {"solved": assignment.points, "empty": 0, "wrong": one}
    named = {mark.exercise: mark.mistake for mark in marks["wrong"].marks if mark.score == 0}
    assert named == {
        exercise.id: exercise.mistakes[0].name
        for exercise in exercises(lesson).values()
        if exercise.id != first
    }
