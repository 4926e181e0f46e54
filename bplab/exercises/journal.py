"""What a learner has tried, kept in the workspace so that it outlives the kernel.

A journal is a list of events in SQLite. Events are only ever added, each batch in one short
transaction: two open notebooks cannot overwrite each other, and a killed kernel loses nothing. What
cannot be written now is kept in memory and written with the next event.
"""

import sqlite3
from contextlib import closing
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from bplab.workspace import MANIFEST

Kind = Literal["passed", "failed", "hint"]
FILE = MANIFEST.with_name("progress.sqlite")
SECONDS_TO_WAIT = 2.0  # for another notebook that is writing
COLUMNS = "exercise, kind, detail, time"  # as the fields of Event
TABLE = """CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, exercise TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL,
    time TEXT NOT NULL)"""


@dataclass(frozen=True)
class Event:
    """A check that passed, one that failed (detail: the known mistake), or a hint (its level)."""

    exercise: str
    kind: Kind
    detail: str
    time: str


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with one exercise.

    `attempts` counts the checks up to the first pass, `hints` the hints shown, `mistake` names the
    known mistake of the last attempt. No later failure takes a pass away.
    """

    status: Literal["not attempted", "failed", "passed"] = "not attempted"
    attempts: int = 0
    hints: int = 0
    mistake: str = ""
    time: str = ""

    def after(self, event: Event) -> "Standing":
        if event.kind == "hint":
            return replace(self, hints=max(self.hints, int(event.detail)))
        if self.status == "passed":
            return self
        return Standing(event.kind, self.attempts + 1, self.hints, event.detail, event.time)


class Journal:
    """The events in a database, or in memory if there is no `path`.

    `problem` says why the database could not be read or written the last time; it is empty if all
    is well. No method raises because of the database: a check must not fail for it.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.problem = ""
        self._unwritten: list[Event] = []
        self._told: set[str] = set()

    def add(self, exercise: str, kind: Kind, detail: str = "") -> None:
        """Remember an event; a new problem with the database is told in one printed line."""
        time = datetime.now(UTC).isoformat(timespec="seconds")
        self._unwritten.append(Event(exercise, kind, detail, time))
        if self.path is None:
            return
        rows = list(map(astuple, self._unwritten))
        self._execute(self.path, f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?)", rows)
        if not self.problem:
            self._unwritten.clear()
        elif self.problem not in self._told:
            self._told.add(self.problem)
            print(self.problem)

    def events(self) -> list[Event]:
        """All events, oldest first; of an unreadable database only those of this kernel."""
        stored: list[Event] = []
        if self.path is not None and self.path.exists():
            rows = self._execute(self.path, f"SELECT {COLUMNS} FROM events ORDER BY id")
            stored = [Event(*row) for row in rows]
        return stored + self._unwritten

    def standings(self) -> dict[str, Standing]:
        """Where the learner stands, by exercise."""
        found: dict[str, Standing] = {}
        for event in self.events():
            found[event.exercise] = found.get(event.exercise, Standing()).after(event)
        return found

    def delete(self) -> None:
        """Forget all events."""
        self._unwritten.clear()
        if self.path is not None and self.path.exists():
            self._execute(self.path, "DELETE FROM events")

    def _execute(
        self, path: Path, statement: str, rows: list[tuple[str, ...]] | None = None
    ) -> list[Any]:
        """Execute a statement, or one for all rows, wholly or not at all; return what it finds."""
        self.problem = ""
        try:
            with closing(sqlite3.connect(path, timeout=SECONDS_TO_WAIT)) as database, database:
                database.execute(TABLE)
                if rows is None:
                    return database.execute(statement).fetchall()
                database.executemany(statement, rows)
        except sqlite3.Error as error:
            self.problem = (
                f"progress is kept only until the kernel stops, as {path} cannot be used: {error}; "
                f"{_remedy(error)}"
            )
        return []


def _remedy(error: sqlite3.Error) -> str:
    if isinstance(error, sqlite3.OperationalError):  # locked, read-only, no room
        return "checks work all the same"
    return "delete that file to begin anew"


@cache
def journal_of(workspace: Path | None) -> Journal:
    """The one journal of a workspace in this process, or the one in memory."""
    return Journal(workspace and workspace / FILE)
