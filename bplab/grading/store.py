"""Where results are kept: one `results.json` a student, each written wholly or not at all."""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bplab.grading.marks import Marks
from bplab.grading.submissions import file_name
from bplab.workspace import write


class Store:
    """The results in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, student: str) -> Path:
        return self.folder / "results" / file_name(student) / "results.json"

    def feedback(self, student: str) -> Path:
        return self.folder / "feedback" / f"{file_name(student)}.html"

    def save(self, marks: Marks) -> None:
        """Raises: OSError."""
        text = json.dumps(marks.to_results(), indent=1)
        write(self.path(marks.student), (text + "\n").encode())

    def forget_others(self, students: Iterable[str]) -> None:
        """Remove the results and feedback of all but these students, as far as we wrote them.

        Raises: OSError.
        """
        kept = {self.path(student) for student in students}
        for path in sorted(self.folder.glob("results/*/results.json")):
            marks = _read(path)
            if path not in kept and marks and self.path(marks.student) == path:
                self.feedback(marks.student).unlink(missing_ok=True)
                path.unlink()
                with suppress(OSError):  # somebody has put other files there
                    path.parent.rmdir()

    def load(self, student: str) -> Marks | None:
        """What was kept of a student; None if that is nothing, or was not written by us."""
        return _read(self.path(student))


def _read(path: Path) -> Marks | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Marks.from_fields(content["extra_data"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
