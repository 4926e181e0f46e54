"""The trusted side: runs the tests of the source against a student's process, and gives the marks.

Each test is a cell that may raise (no points), show a number (these points) or do neither (all
points), as with nbgrader. When the student's process ends or hangs, another takes its place, the
cells are run again without the one that did it, and what was earned before stays earned.
"""

import ast
import contextlib
import signal
import time
import traceback
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bplab.exercises import registry
from bplab.exercises.exercise import Exercise
from bplab.exercises.results import CheckResult
from bplab.grading.assignment import Assignment, Cell, Notebook, raw_cells
from bplab.grading.channel import Channel
from bplab.grading.magics import plain_python
from bplab.grading.marks import Mark
from bplab.grading.namespace import Namespace
from bplab.grading.plan import plan
from bplab.grading.randomness import seed
from bplab.grading.remote import Lost, Remote
from bplab.grading.student import Output
from bplab.grading.submissions import Submission

MOST_RESTARTS = 20
BUDGET = 10  # a submission may use this many times the seconds of a cell
LONGEST_MESSAGE = 2000
MOST_ERRORS = 20  # of cells, that are told


@dataclass
class Verdict:
    """What grading one notebook gave: marks by question, errors of the student's cells, notes.

    `doubts` are reasons for a human to look at it.
    """

    marks: list[Mark] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass
class Culprit:
    """Why a cell ended the process, and at which statement: those before it are run again."""

    why: str
    statement: int


class Checker:
    """Grades one notebook of one student.

    `connect` gives a channel to a fresh student's process, after ending the one before. `files` are
    written into its working folder. All is over at `ends`, in the time of time.monotonic().
    """

    def __init__(
        self,
        notebook: Notebook,
        text: str,
        *,
        files: dict[str, bytes],
        connect: Callable[[], Channel],
        seconds: float,
        ends: float,
    ) -> None:
        self.notebook = notebook
        self.submitted = raw_cells(text, "the submission")
        self.steps = plan(notebook, self.submitted)
        self.files, self.connect, self.seconds, self.ends = files, connect, seconds, ends
        self.restarts = 0
        self.culprits: dict[int, Culprit] = {}
        self.verdict = Verdict()
        self.remote = self._connected()
        self.namespace = Namespace(notebook, self.remote)

    def _connected(self) -> Remote:
        sources = {step.name: step.source for step in self.steps}
        remote = Remote(self.connect(), sources)
        remote.channel.deadline = self._deadline()
        if self.files:
            with contextlib.suppress(Lost):  # the next to ask will see that it is
                remote.put(self.files)
        return remote

    def grade(self) -> Verdict:
        """Run all steps; every question gets a mark."""
        found: dict[str, Mark] = {}
        for position, step in enumerate(self.steps):
            if self._is_over():
                self.verdict.doubts.append("its time was used up")
                break
            if step.is_test:
                assert step.cell is not None
                found[step.cell.name] = self._test(position, step.cell)
            if step.is_needed:
                self._run(position)
        for cell in self.notebook.questions:
            mark = found.get(cell.name) or self._without_test(cell)
            self.verdict.marks.append(mark)
        culprits = self.culprits.items()
        self.verdict.notes += [f"{self.steps[p].name}: {culprit.why}" for p, culprit in culprits]
        return self.verdict

    def _is_over(self) -> bool:
        return time.monotonic() > self.ends or self.restarts > MOST_RESTARTS

    # The student's cells

    def _run(self, position: int) -> None:
        """Run a cell at the student's; replace the process if that ends it."""
        step = self.steps[position]
        error = self._run_once(position)
        if self.remote.lost:
            self._replace(position + 1)
        elif error is not None and not step.is_test and len(self.verdict.errors) < MOST_ERRORS:
            self.verdict.errors[step.name] = _shown(error)

    def _run_once(self, position: int) -> BaseException | None:
        """Run a cell, or what of it does no harm; return its error. Notes the culprit if lost."""
        self.remote.channel.deadline = self._deadline()
        known = self.culprits.get(position)
        try:
            return self.remote.run(self.steps[position].name, known.statement if known else None)
        except Lost as lost:
            # What it told may be a lie: the number halves each time, so that it ends soon.
            most = known.statement // 2 if known else len(self.steps[position].source)
            statement = min(self.remote.statement, most)
            self.culprits[position] = Culprit(str(lost), max(0, statement))
            self._suspect(position, lost)
            return None

    def _suspect(self, position: int, lost: Lost) -> None:
        """Let a human look at what no honest notebook does."""
        if lost.is_suspicious:
            self.verdict.doubts.append(f"{self.steps[position].name} {lost}")

    def _deadline(self) -> float:
        return min(time.monotonic() + self.seconds, self.ends)

    def _replace(self, until: int) -> None:
        """A fresh process, in which all cells before this one are run again."""
        while not self._is_over():
            self.restarts += 1
            self.remote = self._connected()
            self.namespace.connect(self.remote)
            needed = [p for p in range(until) if self.steps[p].is_needed]
            for position in needed:
                self._run_once(position)
                if self.remote.lost:
                    break
            else:
                return

    # The tests

    def _test(self, position: int, cell: Cell) -> Mark:
        """Run a test, and mark the question."""
        self.remote.shares_random = "seed" in cell.source
        self.remote.channel.deadline = self._deadline()
        self.remote.strange.clear()
        results: list[CheckResult] = []
        name = f"<test {cell.name}>"
        out, err = Output(), Output()
        value, error = None, None
        seed()
        try:
            with (
                _alarm(self.seconds + 1),
                _noted(results),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
            ):
                self.namespace.enter(cell)
                value = run_cell(plain_python(cell.source), name, self.namespace)
        except BaseException as raised:  # SystemExit and its like fail a test, too
            error = raised
        strange = ", ".join(self.remote.strange)
        if self.remote.lost:
            error = self.remote.lost
            self.verdict.notes.append(f"{cell.name}: {error}")
            self._suspect(position, error)
            self._replace(position)
        if error is None and (said := err.take()):
            text = "" if cell.visible != cell.source else f": {said.strip()}"
            error = Warning(f"it wrote to stderr{text}")
        if error is not None:
            mark = self._failed(cell, error, results[-1:])
        else:
            mark = self._passed(cell, value, results[-1:])
        return mark if mark.status == "passed" else replace(mark, strange=strange)

    def _passed(self, cell: Cell, value: Any, results: list[CheckResult]) -> Mark:
        score, message = partial_score(value, cell.points)
        status = "passed" if score == cell.points else "partial" if score else "failed"
        exercise = results[0].exercise if results else ""
        return Mark(cell.name, score, cell.points, status, message, exercise)  # type: ignore[arg-type]

    def _failed(self, cell: Cell, error: BaseException, results: list[CheckResult]) -> Mark:
        said = [result for result in results if str(result) == str(error)]
        mistake = said[0].mistake if said else ""
        exercise = said[0].exercise if said else ""
        if isinstance(error, Lost):
            message = str(error)
        elif _is_hidden(error, self.notebook):
            # A diagnosis is written for the student; what the test said besides is not.
            known = [said[0].diagnosis] if mistake else []
            message = "\n".join(["a hidden test failed", *known])
            return Mark(
                cell.name, 0, cell.points, "failed", message, exercise, mistake, hidden=True
            )
        elif said:
            message = str(said[0])
        else:
            message = "\n".join(filter(None, [_failing_line(cell, error), _shown(error)]))
        message = message[:LONGEST_MESSAGE]
        return Mark(cell.name, 0, cell.points, "failed", message, exercise, mistake)

    def _without_test(self, cell: Cell) -> Mark:
        """The mark of a question that was not tested."""
        if cell.role == "test":
            return Mark(cell.name, 0, cell.points, "failed", "not tested: the time was used up")
        answers = [
            raw["source"] for raw in self.submitted if raw["nbgrader"].get("grade_id") == cell.name
        ]
        if cell.role != "task" and (not answers or cell.is_unanswered(answers[-1])):
            return Mark(cell.name, 0, cell.points, "failed", "not answered")
        return Mark(cell.name, None, cell.points, "by hand", "a human has to mark this")


def run_cell(source: str, name: str, namespace: dict[str, Any]) -> Any:
    """Run a cell; return the value of its last line if it would be shown, else None."""
    tree = ast.parse(source, name)
    last = tree.body[-1] if tree.body else None
    shown = isinstance(last, ast.Expr) and not source.rstrip().endswith(";")
    if shown:
        tree.body.pop()
    exec(compile(tree, name, "exec"), namespace)
    if not shown:
        return None
    assert isinstance(last, ast.Expr)
    return eval(compile(ast.Expression(last.value), name, "eval"), namespace)


def partial_score(value: Any, points: float) -> tuple[float, str]:
    """The points for a test that ended with this value, and what there is to say.

    nbgrader's rule: a number from 0 to the points is the score; anything else gives all points.
    """
    if type(value) not in (int, float) or not value >= 0:
        return points, ""
    if value > points:
        return 0, f"the test gave {value:g} points, which is more than {points:g}"
    return float(value), f"{value:g} of {points:g} points" if value < points else ""


@contextlib.contextmanager
def _noted(results: list[CheckResult]) -> Iterator[None]:
    """Note what the exercises of the block say; nobody's progress is kept."""

    def check(self: Exercise, answer: Any) -> CheckResult:
        results.append(plain(self, answer))
        return results[-1]

    plain, record = Exercise.check, registry.record
    Exercise.check, registry.record = check, lambda result: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Exercise.check, registry.record = plain, record  # type: ignore[method-assign]


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise Lost if the block takes longer than this, wherever it waits."""

    def ring(number: int, frame: object) -> None:
        raise Lost(f"the test took longer than {seconds - 1:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _shown(error: BaseException) -> str:
    if isinstance(error, Lost):
        return str(error)
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    notes = [note for note in getattr(error, "__notes__", []) if isinstance(note, str)]
    return " · ".join([text[:LONGEST_MESSAGE], *notes])


def _lines(cell: Cell, error: BaseException) -> list[int]:
    """The lines of the test that the error passed through."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f.lineno for f in frames if f.filename == f"<test {cell.name}>" and f.lineno]


def _is_hidden(error: BaseException, notebook: Notebook) -> bool:
    """Whether the error passed through a hidden test, of this cell or of another."""
    return any(
        one.is_hidden(line)
        for one in notebook.cells
        if one.role == "test"
        for line in _lines(one, error)
    )


def _failing_line(cell: Cell, error: BaseException) -> str:
    lines = _lines(cell, error)
    text = cell.source.splitlines()
    return text[lines[0] - 1].strip() if lines and lines[0] <= len(text) else ""


def _grade_notebook(notebook: Notebook, text: str, **how: Any) -> Verdict:
    """The verdict, in which nothing of a hidden test is told.

    What the student's code raises may hold what a hidden test has called it with. So if there are
    hidden tests, its words are taken from a second run, without them.
    """
    verdict = Checker(notebook, text, **how).grade()
    loud = [mark for mark in verdict.marks if mark.status == "failed" and not mark.hidden]
    if notebook.visible == notebook or not (loud or verdict.errors):
        return verdict
    told = Checker(notebook.visible, text, **how).grade()
    messages = {mark.question: mark.message for mark in told.marks if mark.status == "failed"}
    marks = [
        replace(mark, message=messages.get(mark.question, "the test failed"))
        if mark in loud
        else mark
        for mark in verdict.marks
    ]
    return replace(verdict, marks=marks, errors=told.errors)


def grade_submission(
    assignment: Assignment,
    submission: Submission,
    *,
    connect: Callable[[], Channel],
    seconds: float,
) -> Verdict:
    """Grade the notebooks of one student; a missing one gets no points. Raises: NotANotebook."""
    whole = Verdict()
    files = {name: b64decode(content) for name, content in submission.files.items()}
    for name, notebook in assignment.notebooks.items():
        if name in submission.texts:
            part = _grade_notebook(
                notebook,
                submission.texts[name],
                files=files,
                connect=connect,
                seconds=seconds,
                ends=time.monotonic() + BUDGET * seconds,
            )
        else:
            missing = [
                Mark(c.name, 0, c.points, "failed", "no notebook") for c in notebook.questions
            ]
            part = Verdict(missing)
        for mark in part.marks:
            whole.marks.append(replace(mark, question=assignment.label(name, mark.question)))
        whole.errors |= part.errors
        whole.notes += part.notes
        whole.doubts += part.doubts
    return whole
