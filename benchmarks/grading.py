"""Grading a class: wall-clock time a submission, beside nbgrader's batch mode if installed.

Both mark the same solved copies of one lesson in the same run. Ours is the time of warm workers,
one a processor; what it takes to start them is shown, too.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from benchmarks.results import Result
from bplab.grading.assignment import read_assignment
from bplab.grading.pool import Pool
from bplab.grading.settings import Settings
from bplab.grading.submissions import find_students, read_submission
from bplab.solutions import solve
from bplab.workspace import lessons_source

LESSON = "04_the_four_equations.ipynb"
GOAL = 1 / 40


def throughput(quick: bool) -> Iterator[Result]:
    """Seconds a submission, ours and nbgrader's."""
    with TemporaryDirectory() as folder:
        course = _course(Path(folder), students=4 if quick else 16)
        started, ours = _ours(course)
        yield Result("grading: start of the workers", started, "s")
        yield Result("grading: a submission of lesson 04", ours, "s")
        if find_spec("nbgrader"):
            yield Result(
                name="grading: a submission / nbgrader autograde",
                value=ours / _nbgraders(course),
                unit="×",
                goal=GOAL,
            )


def _course(folder: Path, students: int) -> Path:
    """A folder in nbgrader's layout."""
    source = folder / "source" / "week"
    source.mkdir(parents=True)
    lesson = lessons_source() / LESSON
    shutil.copy(lesson, source)
    solved = solve(nbformat.read(lesson, as_version=4))
    for number in range(students):
        handed_in = folder / "submitted" / f"student{number}" / "week"
        handed_in.mkdir(parents=True)
        nbformat.write(solved, handed_in / LESSON)
    return folder


def _ours(course: Path) -> tuple[float, float]:
    assignment = read_assignment(course / "source" / "week")
    names = find_students(course / "submitted")
    submissions = [read_submission(course / "submitted", name, assignment) for name in names]
    start = time.perf_counter()
    with Pool(assignment, Settings(unsafe=True), workers=os.cpu_count() or 1) as pool:
        ready = time.perf_counter()
        marks = list(pool.grade(submissions * 4))
        end = time.perf_counter()
    assert all(one.total == assignment.points for one in marks)
    return ready - start, (end - ready) / len(marks)


def _nbgraders(course: Path) -> float:
    def nbgrader(*words: str) -> None:
        command = [sys.executable, "-m", "nbgrader", *words]
        subprocess.run(command, cwd=course, check=True, capture_output=True)

    nbgrader("generate_assignment", "week")
    start = time.perf_counter()
    nbgrader("autograde", "week", "--create")
    return (time.perf_counter() - start) / len(list((course / "submitted").iterdir()))
