"""`feedback/STUDENT.html`: what one student is told. A hidden test is only said to have failed."""

from html import escape

from bplab.grading.assignment import Assignment
from bplab.grading.marks import Mark, Marks
from bplab.grading.reports.grades import printable
from bplab.grading.reports.page import page, table

SIGNS = {"passed": "✓", "partial": "◐", "failed": "✗", "by hand": "…"}


def feedback(assignment: Assignment, marks: Marks) -> str:
    """The page for one student."""
    parts = [f"<p>{escape(_total(marks))}</p>"]
    if marks.reason:
        parts.append(
            f"<p>{escape(printable(marks.outcome))}: {escape(printable(marks.reason))}</p>"
        )
    parts.append(
        table(["question", "result", "points", "of"], [_row(mark) for mark in marks.marks])
    )
    told = [mark for mark in marks.marks if mark.message]
    if told:
        parts.append("<h2>What was found</h2>")
    for mark in told:
        parts.append(
            f"<h3>{escape(mark.question)}</h3>\n<pre>{escape(printable(mark.message))}</pre>"
        )
    stopped = [*(f"{cell}: {text}" for cell, text in marks.errors.items()), *marks.notes]
    if stopped:
        lines = "\n".join(f"<li>{escape(printable(line))}</li>" for line in stopped)
        parts.append(f"<h2>Cells that stopped</h2>\n<ul>\n{lines}\n</ul>")
    return page(f"{assignment.name}: {printable(marks.student)}", *parts)


def _total(marks: Marks) -> str:
    waits = any(mark.score is None for mark in marks.marks)
    return f"{marks.total:g} of {marks.points:g} points{' so far' if waits else ''}"


def _row(mark: Mark) -> list[str]:
    score = "" if mark.score is None else f"{mark.score:g}"
    return [mark.question, f"{SIGNS[mark.status]} {mark.status}", score, f"{mark.points:g}"]
