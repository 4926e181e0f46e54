"""A warm pool for each assignment of the tests: to start one takes seconds."""

from collections.abc import Callable, Iterator

import pytest

from bplab.grading.assignment import Assignment
from bplab.grading.marks import Marks
from bplab.grading.pool import Pool
from bplab.grading.settings import Settings
from bplab.grading.submissions import Submission
from tests.grading.notebooks import assignment

Grade = Callable[[str], Marks]


def grader(pool: Pool) -> Grade:
    """A function that grades the text of one submission."""

    def grade(text: str) -> Marks:
        name = next(iter(pool.assignment.texts))
        (marks,) = pool.grade([Submission("ada", {name: text})])
        return marks

    return grade


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    """A pool for the small assignment; two seconds a cell, 512 MiB."""
    settings = Settings(seconds=2, memory=512, unsafe=True)
    with Pool(Assignment("demo", {"demo": assignment()}), settings, workers=1) as pool:
        yield pool


@pytest.fixture
def grade(pool) -> Grade:
    return grader(pool)


@pytest.fixture
def shielded(pool) -> Pool:
    """The pool, if it may run what would harm this machine otherwise."""
    if not {"namespaces", "landlock", "seccomp", "limits"} <= set(pool.layers):
        pytest.skip(f"not enough isolation here: {pool.layers}")
    return pool


def scores(marks: Marks) -> dict[str, float | None]:
    return {mark.question: mark.score for mark in marks.marks}
