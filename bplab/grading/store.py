"""Where results are kept: one `results.json` a student, each written wholly or not at all."""

import json
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

    def save(self, marks: Marks) -> None:
        """Raises: OSError."""
        text = json.dumps(marks.to_results(), indent=1)
        write(self.path(marks.student), (text + "\n").encode())

    def load(self, student: str) -> Marks | None:
        """What was kept of a student; None if that is nothing, or was not written by us."""
        try:
            content = json.loads(self.path(student).read_text(encoding="utf-8"))
            return Marks.from_fields(content["extra_data"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
