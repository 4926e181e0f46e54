"""Marks equal those of an unchanged nbgrader on honest submissions."""

from pathlib import Path

import pytest

from bplab.grading.assignment import read_assignment
from bplab.grading.pool import Pool
from bplab.grading.settings import Settings
from bplab.grading.submissions import read_submission
from tests.grading.honest import PAIRS, pairs
from tests.grading.notebooks import IMPORTS, STUB, answer, assignment, notebook, submission
from tests.nbgrading import nbgrader

pytestmark = pytest.mark.slow
nbgrader_api = pytest.importorskip("nbgrader.api")

WARNS = "import warnings\ndef last(items):\n    warnings.warn('slow')\n    return items[-1]"
SUBMISSIONS = {
    "small": {
        "right": submission(),
        "stubs": submission(mean=STUB, double=STUB, last=STUB),
        "mixed": submission(
            mean="def mean(x): return 2.0", last="def last(items): return items[0]"
        ),
        "typo": submission(double="def double(x:\n    return x"),
        "warns": submission(last=WARNS),
        "prints": submission(last="def last(items):\n    print(items)\n    return items[-1]"),
        "shadows": submission(mean="len = sum = None\n" + "def mean(x): return x.mean()"),
        "deletes": notebook(IMPORTS, answer("x = 1", "mean")),
    },
    "large": {
        "right": pairs(),
        "stubs": notebook(IMPORTS, *(answer(STUB, name) for name in PAIRS)),
        "wrong": pairs().replace("return", "return None and"),
    },
}
SOURCES = {"small": assignment(), "large": pairs()}
Marks = dict[str, float | None]


@pytest.fixture(scope="module", params=SOURCES)
def course(request, tmp_path_factory) -> Path:
    """A course of one assignment that nbgrader has released and marked."""
    course = tmp_path_factory.mktemp("course")
    source = course / "source" / request.param
    source.mkdir(parents=True)
    (source / "problem.ipynb").write_text(SOURCES[request.param])
    for student, text in SUBMISSIONS[request.param].items():
        folder = course / "submitted" / student / request.param
        folder.mkdir(parents=True)
        (folder / "problem.ipynb").write_text(text)
    nbgrader(course, "generate_assignment", request.param)
    nbgrader(course, "autograde", request.param, "--create", "--Execute.iopub_timeout=60")
    return course


def by_nbgrader(course: Path) -> dict[str, Marks]:
    (assignment,) = (path.name for path in (course / "source").iterdir())
    marks = {}
    with nbgrader_api.Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for one in gradebook.assignment_submissions(assignment):
            grades = one.notebooks[0].grades
            marks[one.student.id] = {grade.name: grade.auto_score or 0 for grade in grades}
    return marks


def by_us(course: Path) -> dict[str, Marks]:
    (source,) = (course / "source").iterdir()
    found = read_assignment(source)
    marks = {}
    with Pool(found, Settings(unsafe=True), workers=1) as pool:
        for student in (course / "submitted").iterdir():
            (one,) = pool.grade([read_submission(course / "submitted", student.name, found)])
            marks[student.name] = {mark.question: mark.score for mark in one.marks}
    return marks


def test_the_marks_are_the_same(course):
    theirs, ours = by_nbgrader(course), by_us(course)
    assert theirs["right"] == ours["right"]
    assert sum(theirs["right"].values()) > 0
    assert ours == theirs
