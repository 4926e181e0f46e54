"""The source's own solution as a submission: where it loses points, nobody can be marked."""

from pathlib import Path

from bplab.grading.assignment import Assignment, Notebook
from bplab.grading.marks import Mark, Marks
from bplab.grading.submissions import Submission, companions

NAME = ""  # no student's: it is a file's name
LONGEST = 150
STUB = "raise NotImplementedError"


def reference(assignment: Assignment, folder: Path | None) -> Submission | None:
    """The source, to be marked; None if it holds stubs instead of solutions, as the lessons do."""
    if any(_has_stub(notebook) for notebook in assignment.notebooks.values()):
        return None
    return Submission(NAME, assignment.texts, companions([folder] if folder else []))


def unmarkable(assignment: Assignment, marks: Marks) -> list[str]:
    """The questions for which the right answer lost points, each with what is known of it."""
    tests = {label for label, cell in assignment.questions() if cell.role == "test"}
    lost = [mark for mark in marks.marks if mark.question in tests and mark.got < mark.points]
    return [f"{mark.question} ({_why(mark)})" for mark in lost]


def _why(mark: Mark) -> str:
    return " ".join((mark.strange or mark.message or "no points").split())[:LONGEST]


def _has_stub(notebook: Notebook) -> bool:
    return any(cell.role == "solution" and STUB in cell.source for cell in notebook.cells)
