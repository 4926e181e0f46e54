"""`summary.html`: how the class did, and its commonest mistakes, in two plots and their numbers."""

import io
import math
import warnings
from collections import Counter
from dataclasses import dataclass, field
from html import escape

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bplab.grading.assignment import Assignment
from bplab.grading.marks import GRADED, Marks
from bplab.grading.reports.grades import printable
from bplab.grading.reports.page import page, table

MOST_MISTAKES = 12
LONGEST_LABEL = 60
MOST_BARS = 20
UNMARKABLE = (
    "the solution in SOURCE itself loses points, so these questions cannot be marked automatically"
)


@dataclass
class Tally:
    """Counts over the class; no more is kept of a student than what is shown."""

    totals: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    waiting: list[list[str]] = field(default_factory=list)
    isolation: Counter[str] = field(default_factory=Counter)
    unmarkable: list[str] = field(default_factory=list)

    def add(self, marks: Marks) -> None:
        """Count one student."""
        self.totals.append(marks.total)
        self.outcomes[marks.outcome] += 1
        self.isolation[", ".join(marks.isolation) or "none"] += 1
        if marks.outcome != GRADED:
            reason = printable(marks.full_reason)
            self.waiting.append([printable(marks.student), marks.outcome, reason])
        if marks.reason and not any(mark.score for mark in marks.marks):
            return  # nothing was run, so these are no mistakes in the subject
        for mark in marks.marks:
            self.passed[mark.question] += mark.status == "passed"
            if mark.status == "failed":
                lines = mark.message.strip().splitlines() or ["no points"]
                what = mark.mistake or lines[-1 if not mark.exercise else 0].strip()
                self.mistakes[printable(f"{mark.question}: {what}"[:LONGEST_LABEL])] += 1


def summary(assignment: Assignment, tally: Tally) -> str:
    """The page on the whole class."""
    count = len(tally.totals)
    middle = sorted(tally.totals)[count // 2] if count else 0
    outcomes = ", ".join(f"{number} {name}" for name, number in sorted(tally.outcomes.items()))
    parts = [
        f"<p>{count} submissions: {escape(outcomes)}. Median {middle:g} of {assignment.points:g} "
        f"points. Isolation: {escape('; '.join(sorted(tally.isolation)))}.</p>",
        *_unmarkable(tally),
        "<h2>Marks</h2>",
        _distribution(assignment, tally),
        table(
            ["question", "passed", "of"],
            [[label, str(tally.passed[label]), str(count)] for label, _ in assignment.questions()],
        ),
        "<h2>Commonest mistakes</h2>",
        _mistakes(tally),
    ]
    if tally.waiting:
        parts += [
            "<h2>For you to look at</h2>",
            table(["student", "outcome", "why"], tally.waiting),
        ]
    return page(f"{assignment.name}: the class", *parts)


def _unmarkable(tally: Tally) -> list[str]:
    if not tally.unmarkable:
        return []
    lines = "\n".join(f"<li>{escape(printable(line))}</li>" for line in tally.unmarkable)
    return ["<h2>Warning</h2>", f"<p>{UNMARKABLE}:</p>\n<ul>\n{lines}\n</ul>"]


def _distribution(assignment: Assignment, tally: Tally) -> str:
    bars = min(MOST_BARS, max(1, math.ceil(assignment.points)))
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    axes.hist(
        tally.totals, bins=bars, range=(0, assignment.points or 1), color="#0072b2", edgecolor="w"
    )
    axes.set(xlabel="points", ylabel="students")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    shown = f"Histogram of {len(tally.totals)} totals from {min(tally.totals, default=0):g} to "
    return _svg(figure, f"{shown}{max(tally.totals, default=0):g} of {assignment.points:g} points")


def _mistakes(tally: Tally) -> str:
    commonest = sorted(tally.mistakes.items(), key=lambda item: (-item[1], item[0]))[:MOST_MISTAKES]
    if not commonest:
        return "<p>None.</p>"
    names, counts = zip(*commonest, strict=True)
    figure = Figure(figsize=(7, 0.8 + 0.3 * len(names)), layout="constrained")
    axes = figure.subplots()
    labels = [name.replace("$", r"\$") for name in names]
    axes.barh(range(len(names)), counts, color="#e69f00", tick_label=labels)
    axes.invert_yaxis()
    axes.set(xlabel="students")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    rows = [[name, str(number)] for name, number in commonest]
    return _svg(figure, "Bars: how many students made each mistake") + table(
        ["mistake", "students"], rows
    )


def _svg(figure: Figure, description: str) -> str:
    """The figure as SVG inside the page; the same figure gives the same text."""
    text = io.StringIO()
    with (
        matplotlib.rc_context({"svg.hashsalt": "bplab", "svg.fonttype": "none"}),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # letters that the font lacks: the browser draws them
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    drawing = text.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    return f'<figure role="img" aria-label="{escape(description)}">\n{drawing}</figure>'
