"""Grading a class: wall-clock time a submission, beside nbgrader's batch mode if installed.

Both mark the same solved copies of one lesson in the same run. Ours is the time of warm workers,
one a processor; what it takes to start them is shown, too. A large class is graded from beginning
to end in a process of its own, once in part and once whole: what its peak of memory grows by.
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
MOST_GROWTH = 1.1  # of the peak of memory, when the class is many times larger
# A process begins with the peak of the one that started it: a shell's is small, ours is not.
SHELL = ("sh", "-c", '"$@"; exit $?', "sh")
LARGE_CLASS = """
import resource, sys
from pathlib import Path
from bplab.grading.session import Session, read_assignment
from bplab.grading.settings import Settings

source, submitted, results = map(Path, sys.argv[1:4])
session = Session(read_assignment(source), submitted, results, Settings(unsafe=True))
session.run(workers=int(sys.argv[4]), resume=False, dask="", folder=source,
            progress=lambda marks, total: marks)
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    print(resource.getrusage(who).ru_maxrss)
"""


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
    yield from large_class(quick)


def large_class(quick: bool) -> Iterator[Result]:
    """How the peaks of memory of the command and of its largest child grow with the class."""
    few, many = (4, 24) if quick else (100, 1000)
    part, _ = _peaks(few)
    whole, seconds = _peaks(many)
    for name, before, after in zip(("command", "largest child"), part, whole, strict=True):
        yield Result(
            name=f"grading: memory of the {name}, {many} / {few} submissions",
            value=after / before,
            unit="×",
            goal=MOST_GROWTH,
        )
    yield Result(f"grading: {many} submissions from beginning to end", seconds, "s")


def _peaks(students: int) -> tuple[list[int], float]:
    """The peaks of memory while so many are graded, and the seconds."""
    with TemporaryDirectory() as folder:
        course = _course(Path(folder), students)
        places = [course / "source" / "week", course / "submitted", course / "results"]
        words = [*map(str, places), str(os.cpu_count() or 1)]
        start = time.perf_counter()
        done = subprocess.run(
            [*SHELL, sys.executable, "-c", LARGE_CLASS, *words],
            check=True,
            capture_output=True,
            text=True,
        )
        return [int(line) for line in done.stdout.split()], time.perf_counter() - start


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
