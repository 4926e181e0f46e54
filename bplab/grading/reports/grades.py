"""`grades.csv`: one row a student."""

import csv
import io
import re
from collections.abc import Iterable

from bplab.grading.assignment import Assignment
from bplab.grading.marks import Marks

FORMULA = tuple("=+-@\t\n＝＋－＠")  # a spreadsheet would compute what begins so
# Control characters, changes of direction, and halves of characters: they hide or are no text.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def grades(assignment: Assignment, everybody: Iterable[Marks]) -> str:
    """The table: points for each question, total, outcome, isolation, seconds."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    labels = [label for label, _ in assignment.questions()]
    table.writerow(
        ["student", *labels, "total", "points", "outcome", "reason", "isolation", "seconds"]
    )
    for marks in everybody:
        scores = {
            mark.question: "" if mark.score is None else _number(mark.score) for mark in marks.marks
        }
        table.writerow(
            [
                plain(marks.student),
                *(scores.get(label, "") for label in labels),
                _number(marks.total),
                _number(marks.points),
                marks.outcome,
                plain(marks.full_reason),
                "+".join(marks.isolation) or "none",
                f"{marks.seconds:.2f}",
            ]
        )
    return text.getvalue()


def _number(value: float) -> str:
    return f"{value:.10g}"


def plain(text: str) -> str:
    """Text for a cell: printable, and never a formula.

    >>> plain("ada"), plain("=1+1")
    ('ada', "'=1+1")
    """
    shown = printable(text)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def printable(text: str) -> str:
    """Text that can be written, and hides nothing: what cannot be seen is shown by its number.

    >>> print(printable(chr(27) + "[1mbold"))
    \\x1b[1mbold
    """
    return UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)
