"""One worker: grades submissions one after another, each in a checker's process of its own.

A line of JSON in is a submission, a line of JSON out its marks. The worker itself runs neither
tests nor students' code, so nothing in a submission can end it. Run as
`python -m bplab.grading.worker`.
"""

import contextlib
import json
import os
import re
import resource
import select
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bplab.exercises import registry
from bplab.grading import isolation, marks
from bplab.grading.assignment import Assignment, NotANotebook
from bplab.grading.checker import BUDGET, Verdict, grade_submission
from bplab.grading.digest import digest
from bplab.grading.isolation.limits import address_space
from bplab.grading.marks import Mark, Marks
from bplab.grading.settings import Settings
from bplab.grading.students import Students, ZygoteLost
from bplab.grading.submissions import Submission
from bplab.grading.warmth import warm_up

MEMORY_OF_CHECKER = 2 * 2**30
GRACE = 30.0  # seconds that a checker has beyond what a submission may take


class Worker:
    """Grades submissions of one assignment with one zygote, which is replaced when it is lost."""

    def __init__(self, assignment: Assignment, settings: Settings, folder: Path | None) -> None:
        self.assignment, self.settings, self.folder = assignment, settings, folder
        if folder:
            sys.path.insert(0, str(folder))  # the tests may use modules beside the source
        self.imports = assignment.imports()
        self.students = Students(self.imports, settings)  # gets warm while we do
        warm_up(assignment.imports(of_tests=True))
        _find_exercises(assignment)

    @property
    def layers(self) -> tuple[str, ...]:
        return tuple(self.students.layers)

    def grade(self, submission: Submission) -> Marks:
        """The marks of one student. Does not raise."""
        start = time.monotonic()
        if submission.problem:
            return self._marks(
                submission, self._nothing(submission.problem), start, marks.UNREADABLE
            )
        for _ in range(2):  # once more if the zygote was lost
            verdict, problem, outcome = self._in_checker(submission)
            if problem != LOST:
                break
        if problem:
            return self._marks(submission, self._nothing(problem), start, outcome, problem)
        if submission.doubt:
            verdict.doubts.insert(0, submission.doubt)
        return self._marks(submission, verdict, start)

    def _marks(
        self,
        submission: Submission,
        verdict: Verdict,
        start: float,
        outcome: marks.Outcome = marks.GRADED,
        reason: str = "",
    ) -> Marks:
        doubts = [*verdict.doubts, *_doubts(verdict.marks)]
        if outcome == marks.GRADED and doubts:
            outcome, reason = marks.NEEDS_HUMAN, "; ".join(doubts)
        return Marks(
            submission.student,
            outcome,
            reason or submission.problem,
            tuple(verdict.marks),
            seconds=round(time.monotonic() - start, 3),
            isolation=self.layers,
            notes=tuple(verdict.notes),
            digest=digest(self.assignment, submission, self.settings),
            errors=verdict.errors,
        )

    def _nothing(self, why: str) -> Verdict:
        questions = self.assignment.questions()
        return Verdict([Mark(label, 0, cell.points, "failed", why) for label, cell in questions])

    def _in_checker(self, submission: Submission) -> tuple[Verdict, str, marks.Outcome]:
        """Grade in a process of its own: the verdict, or why there is none."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(reader)
                self._check(submission, writer)
            finally:
                os._exit(1)
        os.close(writer)
        answer = self._answer(reader, len(self.assignment.texts))
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if answer is None or answer.get("lost"):
            self._replace_zygote()
            return Verdict(), LOST, marks.NEEDS_HUMAN
        try:
            self.students.stop()
        except ZygoteLost:
            self._replace_zygote()
        if "unreadable" in answer:
            return Verdict(), answer["unreadable"], marks.UNREADABLE
        if "failed" in answer:
            return Verdict(), answer["failed"], marks.NEEDS_HUMAN
        answer["marks"] = [Mark(**row) for row in answer["marks"]]
        return Verdict(**answer), "", marks.GRADED

    def _answer(self, reader: int, notebooks: int) -> dict[str, Any] | None:
        """What the checker wrote; None if it ended without a word."""
        ends = time.monotonic() + notebooks * BUDGET * self.settings.seconds + GRACE
        parts = []
        with open(reader, "rb", buffering=0) as pipe:
            while select.select([pipe], [], [], max(0.0, ends - time.monotonic()))[0]:
                part = pipe.read(1 << 20)
                if not part:
                    break
                parts.append(part)
            else:
                return {"failed": "a test did not end, whatever it was told"}
        try:
            return json.loads(b"".join(parts))
        except ValueError:
            return None

    def _check(self, submission: Submission, writer: int) -> None:
        """The life of a checker's process."""
        most = address_space() + MEMORY_OF_CHECKER
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
        if self.folder:
            os.chdir(self.folder)
        try:
            verdict = grade_submission(
                self.assignment,
                submission,
                connect=self.students.connect,
                seconds=self.settings.seconds,
            )
            answer: dict[str, Any] = asdict(verdict)
        except ZygoteLost:
            answer = {"lost": True}
        except NotANotebook as error:
            answer = {"unreadable": str(error)}
        except Exception as error:  # a fault of ours must not stop the class
            answer = {"failed": f"the checker failed: {type(error).__name__}: {error}"}
        with open(writer, "wb") as pipe:
            pipe.write(json.dumps(answer).encode())

    def _replace_zygote(self) -> None:
        self.students.close()
        self.students = Students(self.imports, self.settings)
        _ = self.students.layers  # wait until it is warm


def _doubts(found: list[Mark]) -> Iterator[str]:
    """Why a human has to look at these marks."""
    by_hand = [mark.question for mark in found if mark.score is None]
    strange = [mark.question for mark in found if mark.strange]
    if by_hand:
        yield f"to be marked by hand: {', '.join(by_hand)}"
    if strange:
        yield f"failed with values that cannot be compared here: {', '.join(strange)}"


def _find_exercises(assignment: Assignment) -> None:
    """Load the exercises that the tests check, before there are processes that would each do so."""
    cells = [cell for _, cell in assignment.questions() if cell.role == "test"]
    for exercise in CHECK.findall("\n".join(cell.source for cell in cells)):
        with contextlib.suppress(ValueError):  # the test will tell
            registry.find(exercise)


CHECK = re.compile(r"""\bcheck\(\s*["']([\d.]+)["']""")
LOST = "the process that runs the student's code was lost twice"


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command tells us when to end
    os.environ["BPLAB_STRICT"] = "1"
    answers = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # what tests print is not an answer
    first = json.loads(sys.stdin.readline())
    settings = Settings(**first["settings"])
    folder = Path(first["folder"]) if first["folder"] else None
    worker = Worker(Assignment(**first["assignment"]), settings, folder)
    problem = "" if settings.unsafe else isolation.problem(list(worker.layers))
    print(json.dumps({"layers": worker.layers, "problem": problem}), file=answers, flush=True)
    try:
        for line in sys.stdin:
            done = worker.grade(Submission(**json.loads(line)))
            print(json.dumps(asdict(done)), file=answers, flush=True)
    finally:
        worker.students.close()


if __name__ == "__main__":
    main()
