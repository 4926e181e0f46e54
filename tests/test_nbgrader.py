"""An unchanged nbgrader generates the lessons and marks solved, empty and wrong copies of them."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from bplab.solutions import solve
from tests.lessons import LESSONS, exercises, read, with_mistakes
from tests.nbgrading import nbgrader

pytestmark = pytest.mark.slow
nbgrader_api = pytest.importorskip("nbgrader.api")

# For a busy machine: nbgrader gives a cell half a minute, and its last output four seconds.
PATIENCE = ("--Execute.timeout=120", "--Execute.iopub_timeout=60")
Marks = dict[str, tuple[float, float]]


def first(lesson: Path) -> str:
    return next(iter(exercises(lesson)))


# One copy each: what a student hands in, made from what nbgrader handed out.
STUDENTS = {
    "solved": lambda lesson, released: solve(read(lesson)),
    "empty": lambda lesson, released: released,
    "wrong": lambda lesson, released: with_mistakes(read(lesson), spared=first(lesson)),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course of one assignment, all lessons, as nbgrader releases it."""
    course = tmp_path_factory.mktemp("course")
    (course / "source" / "lessons").mkdir(parents=True)
    for lesson in LESSONS:
        shutil.copy(lesson, course / "source" / "lessons")
    nbgrader(course, "generate_assignment", "lessons")
    return course


@pytest.fixture(scope="module")
def marks(course) -> dict[str, Marks]:
    """What nbgrader gives each student in each lesson, and the most it could give."""

    def mark(student: str) -> Marks:
        own = course.with_name(f"{course.name}-{student}")  # a gradebook has one writer
        shutil.copytree(course, own)
        handed_in = own / "submitted" / student / "lessons"
        handed_in.mkdir(parents=True)
        for lesson in LESSONS:
            released = read(own / "release" / "lessons" / lesson.name)
            nbformat.write(STUDENTS[student](lesson, released), handed_in / lesson.name)
        nbgrader(own, "autograde", "lessons", "--create", *PATIENCE)
        with nbgrader_api.Gradebook(f"sqlite:///{own / 'gradebook.db'}") as gradebook:
            submission = gradebook.find_submission("lessons", student)
            return {one.name: (one.score, one.max_score) for one in submission.notebooks}

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(STUDENTS, pool.map(mark, STUDENTS), strict=True))


def points(lesson: Path) -> float:
    return sum(exercise.points for exercise in exercises(lesson).values())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name[:2])
def test_each_copy_gets_the_marks_it_deserves(lesson, marks):
    one = exercises(lesson)[first(lesson)].points
    got = {student: marks[student][lesson.stem] for student in STUDENTS}
    most = points(lesson)
    assert got == {"solved": (most, most), "empty": (0, most), "wrong": (one, most)}


def test_the_stubs_survive_if_asked_to(course):
    nbgrader(course, "generate_assignment", "lessons", "--force", "--ClearSolutions.enabled=False")
    for lesson in LESSONS:
        released, source = (
            read(course / state / "lessons" / lesson.name) for state in ("release", "source")
        )
        assert [cell.source for cell in released.cells] == [cell.source for cell in source.cells]
