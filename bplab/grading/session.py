"""Grading a class from beginning to end: who is graded, by whom, and what is written."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bplab.grading.assignment import Assignment, read_assignment
from bplab.grading.beside import pack
from bplab.grading.cluster import grade_on_cluster
from bplab.grading.digest import digest
from bplab.grading.marks import Marks
from bplab.grading.pool import Pool
from bplab.grading.reference import NAME, reference, unmarkable
from bplab.grading.reports.feedback import feedback
from bplab.grading.reports.grades import grades, printable
from bplab.grading.reports.summary import UNMARKABLE, Tally, summary
from bplab.grading.settings import Settings
from bplab.grading.store import Store
from bplab.grading.submissions import Submission, find_students, read_submission
from bplab.workspace import make_folder, write

__all__ = ["Session", "read_assignment"]

Progress = Callable[..., Iterable[Any]]


@dataclass(frozen=True)
class Session:
    """One class and one assignment, and where the results go."""

    assignment: Assignment
    submissions: Path
    results: Path
    settings: Settings

    def run(
        self, *, workers: int, resume: bool, dask: str, folder: Path | None, progress: Progress
    ) -> Counter[str]:
        """Grade everybody, write all reports, and count the outcomes.

        With `resume` a student whose kept result was made of the same files and settings is not
        graded again. Without it, old results of who is no longer there are removed. Raises:
        ValueError; OSError.
        """
        self._refuse_results_among_submissions()
        students = find_students(self.submissions)
        store = Store(self.results)
        make_folder(self.results)
        if not resume:
            store.forget_others(students)
        for name in ("grades.csv", "summary.html"):  # an old report is no report of this run
            (self.results / name).unlink(missing_ok=True)
        lost: list[str] = []
        waiting = self._waiting(students, store if resume else None)
        done = self._graded(waiting, workers, dask, folder)
        for marks in progress(self._warned(done, lost), total=len(students)):
            if marks is not None:
                write(store.feedback(marks.student), feedback(self.assignment, marks).encode())
                store.save(marks)  # last: whose result is kept is done
        return self._report(students, store, lost)

    def _refuse_results_among_submissions(self) -> None:
        if self.results.resolve().is_relative_to(self.submissions.resolve()):
            raise ValueError(
                f"the results cannot go to {self.results}, which is inside {self.submissions}: "
                "they would be taken for a submission; give a folder outside it"
            )

    def _waiting(self, students: list[str], kept: Store | None) -> Iterator[Submission | None]:
        """Each submission; None for one that need not be graded again."""
        for student in students:
            submission = read_submission(self.submissions, student, self.assignment)
            before = kept.load(student) if kept else None
            same = before and before.digest == digest(self.assignment, submission, self.settings)
            yield None if same else submission

    def _graded(
        self,
        waiting: Iterator[Submission | None],
        workers: int,
        dask: str,
        folder: Path | None,
    ) -> Iterator[Marks | None]:
        skipped = 0

        def needed() -> Iterator[Submission]:
            nonlocal skipped
            if own := reference(self.assignment, folder):
                yield own
            for submission in waiting:
                if submission is None:
                    skipped += 1
                else:
                    yield submission

        if dask:
            beside = pack(folder, (self.submissions, self.results)) if folder else {}
            yield from grade_on_cluster(dask, self.assignment, self.settings, needed(), beside)
        else:
            with Pool(self.assignment, self.settings, workers=workers, folder=folder) as pool:
                yield from pool.grade(needed())
        yield from [None] * skipped

    def _warned(self, done: Iterator[Marks | None], lost: list[str]) -> Iterator[Marks | None]:
        """The students' marks; those of the source itself are taken out, and warned of."""
        for marks in done:
            if marks is None or marks.student != NAME:
                yield marks
            elif found := unmarkable(self.assignment, marks):
                lost += found
                print(
                    f"Warning: {UNMARKABLE}:", *map(printable, found), sep="\n  ", file=sys.stderr
                )

    def _report(self, students: list[str], store: Store, lost: list[str]) -> Counter[str]:
        """Write the reports on the whole class, from what was kept."""
        tally = Tally(unmarkable=lost)

        def each() -> Iterator[Marks]:
            for student in students:
                marks = store.load(student)
                if marks is None:
                    raise ValueError(f"the result of {student} has been lost; start again")
                tally.add(marks)
                yield marks

        write(self.results / "grades.csv", grades(self.assignment, each()).encode())
        write(self.results / "summary.html", summary(self.assignment, tally).encode())
        return tally.outcomes
