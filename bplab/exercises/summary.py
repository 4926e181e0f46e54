"""`progress()`: how far the learner has come, lesson by lesson."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from bplab.exercises.journal import Journal, Standing, journal_of
from bplab.exercises.registry import current_journal, lesson_exercises, lessons
from bplab.text import aligned


class Row(NamedTuple):
    """One lesson; `next` is the first exercise that is not passed."""

    lesson: str
    passed: int
    attempted: int
    total: int
    score: float
    points: float
    next: str = ""


HEADINGS = ("lesson", "passed", "attempted", "exercises", "points", "next")


@dataclass(frozen=True)
class Progress:
    """A table of progress that shows itself; `problem` says why it may not be complete."""

    journal: Journal
    standings: Mapping[str, Standing]
    rows: tuple[Row, ...]
    problem: str = ""

    def export(self, path: str | Path) -> Path:
        """Write one record an exercise as JSON, into a new file.

        Raises: FileExistsError if the file is there; OSError if it cannot be written.
        """
        records = [
            {"exercise": exercise} | asdict(standing)
            for exercise, standing in sorted(self.standings.items())
        ]
        try:
            with Path(path).open("x", encoding="utf-8") as file:
                json.dump({"exercises": records}, file, indent=1, ensure_ascii=False)
        except FileExistsError:
            raise FileExistsError(f"{path} exists already: give another name") from None
        return Path(path)

    def delete(self) -> "Progress":
        """Forget all progress, and return what is left."""
        self.journal.delete()
        return _progress(self.journal)

    def _cells(self) -> list[tuple[str, ...]]:
        together = Row(
            "all",
            passed=sum(row.passed for row in self.rows),
            attempted=sum(row.attempted for row in self.rows),
            total=sum(row.total for row in self.rows),
            score=sum(row.score for row in self.rows),
            points=sum(row.points for row in self.rows),
        )
        return [
            (
                row.lesson,
                str(row.passed),
                str(row.attempted),
                str(row.total),
                f"{row.score:g} of {row.points:g}",
                row.next,
            )
            for row in (*self.rows, together)
        ]

    def __str__(self) -> str:
        lines = aligned([HEADINGS, *self._cells()])
        return "\n".join([*lines, self.problem] if self.problem else lines)

    __repr__ = __str__

    def _html(self) -> str:
        head = "".join(f"<th>{escape(heading)}</th>" for heading in HEADINGS)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
            for row in self._cells()
        )
        note = f"<p>{escape(self.problem)}</p>" if self.problem else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": str(self), "text/html": self._html()}


def progress(workspace: Path | None = None) -> Progress:
    """Progress in all lessons: in this workspace, or in the one the notebook is in."""
    return _progress(journal_of(workspace) if workspace else current_journal())


def _progress(source: Journal) -> Progress:
    standings = source.standings()
    rows = tuple(_row(lesson, standings) for lesson in lessons())
    return Progress(source, standings, rows, source.problem)


def _row(lesson: str, standings: Mapping[str, Standing]) -> Row:
    exercises = lesson_exercises(lesson).values()
    status = {one.id: standings.get(one.id, Standing()).status for one in exercises}
    left = [one.id for one in exercises if status[one.id] != "passed"]
    return Row(
        lesson,
        passed=len(status) - len(left),
        attempted=sum(value != "not attempted" for value in status.values()),
        total=len(status),
        score=sum(one.points for one in exercises if status[one.id] == "passed"),
        points=sum(one.points for one in exercises),
        next=left[0] if left else "",
    )
