"""The assignment: what a source notebook asks, tests, and gives points for.

A lesson is one, and so is any notebook in nbgrader's format. Roles come from the source alone.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import nbformat

from bplab.grading.names import names_of

Role = Literal["test", "solution", "manual", "task", "locked", "plain"]
HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS.*?^[ \t]*### END HIDDEN TESTS[^\n]*\n?",
    re.DOTALL | re.MULTILINE,
)
UNANSWERED = ("YOUR ANSWER HERE", "# YOUR CODE HERE\nraise NotImplementedError()", "")


class NotANotebook(ValueError):
    """The text is not a notebook, and why."""


@dataclass(frozen=True)
class Cell:
    """A cell of a source notebook; `name` is its grade_id, else its own id or its number."""

    name: str
    is_code: bool
    source: str
    role: Role
    points: float = 0

    @property
    def visible(self) -> str:
        """The source without its hidden tests."""
        return HIDDEN.sub("", self.source)

    def is_hidden(self, line: int) -> bool:
        """Whether this line, counted from 1, is a hidden test."""
        for match in HIDDEN.finditer(self.source):
            first = self.source.count("\n", 0, match.start()) + 1
            if first <= line < first + match[0].count("\n") + (not match[0].endswith("\n")):
                return True
        return False

    def is_unanswered(self, answer: str) -> bool:
        """Whether this answer to a question marked by hand is none."""
        return answer.strip() in (self.source.strip(), *UNANSWERED)


@dataclass(frozen=True)
class Notebook:
    """One notebook of an assignment."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def questions(self) -> list[Cell]:
        """The cells that give points."""
        return [cell for cell in self.cells if cell.role in ("test", "manual", "task")]

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes that the assignment declares."""
        return frozenset().union(
            *(names_of(cell.source).classes for cell in self.cells if cell.is_code)
        )

    @cached_property
    def visible(self) -> "Notebook":
        """The notebook without its hidden tests."""
        tests = (replace(c, source=c.visible) if c.role == "test" else c for c in self.cells)
        return replace(self, cells=tuple(tests))

    def imports(self, *, of_tests: bool) -> str:
        """All import statements, one a line, so that warm processes can run them beforehand."""
        cells = [c for c in self.cells if c.is_code and (of_tests or c.role != "test")]
        return "\n".join(line for cell in cells for line in names_of(cell.visible).statements)


@dataclass(frozen=True)
class Assignment:
    """What is graded: one notebook or several, as JSON texts by name.

    `folder` is the name of the folder that they were read from, if it was a folder.
    """

    name: str
    texts: dict[str, str]
    folder: str = ""

    @cached_property
    def notebooks(self) -> dict[str, Notebook]:
        """Raises: ValueError if a notebook cannot be used."""
        found = {name: read_notebook(name, text) for name, text in sorted(self.texts.items())}
        if not any(notebook.questions for notebook in found.values()):
            raise ValueError(
                f"{self.name} has no cell that gives points: nbgrader's metadata with "
                '"grade": true and "points" marks one'
            )
        return found

    def questions(self) -> Iterator[tuple[str, Cell]]:
        """Each question with the label that it has in the reports."""
        for notebook in self.notebooks.values():
            for cell in notebook.questions:
                yield self.label(notebook.name, cell.name), cell

    def imports(self, *, of_tests: bool = False) -> list[str]:
        """The import statements of all notebooks; without those of the tests for a student."""
        texts = (notebook.imports(of_tests=of_tests) for notebook in self.notebooks.values())
        return list(dict.fromkeys(line for text in texts for line in text.splitlines()))

    def label(self, notebook: str, question: str) -> str:
        return f"{notebook}/{question}" if len(self.texts) > 1 else question

    @property
    def points(self) -> float:
        return sum(cell.points for _, cell in self.questions())


def read_assignment(source: Path) -> Assignment:
    """The assignment in a notebook file, or in a folder of them.

    Raises: ValueError; OSError.
    """
    paths = sorted(source.glob("*.ipynb")) if source.is_dir() else [source]
    if not paths:
        raise ValueError(f"{source} holds no notebook: give a notebook or a folder of notebooks")
    texts = {}
    for path in paths:
        try:
            texts[path.stem] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"{path} is not a notebook: it is not UTF-8 text") from None
    folder = source.resolve().name if source.is_dir() else ""
    assignment = Assignment(folder or source.stem, texts, folder)
    _ = assignment.notebooks  # so that a bad source is told now
    return assignment


def read_notebook(name: str, text: str) -> Notebook:
    """A source notebook. Raises: ValueError."""
    cells = [_cell(name, position, raw) for position, raw in enumerate(raw_cells(text, name))]
    graded = [cell.name for cell in cells if cell.role != "plain"]
    if doubled := sorted({one for one in graded if graded.count(one) > 1}):
        raise ValueError(f"{name} has two cells with the grade_id {doubled[0]!r}")
    return Notebook(name, tuple(cells))


def raw_cells(text: str, name: str) -> list[dict[str, Any]]:
    """The cells of a notebook's JSON, of any format version, as plain objects with text sources.

    Raises: NotANotebook with one line that says why there are none.
    """
    try:
        content = json.loads(text)
        version = content.get("nbformat")
        if type(version) is not int or version not in (1, 2, 3, 4):  # True equals 1
            raise ValueError(f"its format is {version!r}, and 1 to 4 are known")
        if version != 4:
            content = nbformat.convert(nbformat.from_dict(content), 4)
        cells = content["cells"]
        if not isinstance(cells, list):
            raise TypeError("its cells are no list")
        return [_plain_cell(cell) for cell in cells]
    except Exception as error:  # a strange file leads the readers to raise whatever they like
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:150]
        raise NotANotebook(f"{name} is not a notebook: {reason}") from None


def _plain_cell(cell: Any) -> dict[str, Any]:
    source = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(str(line) for line in source)
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return {
        "id": str(cell.get("id", "")),
        "is_code": cell.get("cell_type") == "code",
        "source": text,
        "nbgrader": marks if isinstance(marks, dict) else {},
    }


def _cell(notebook: str, position: int, raw: dict[str, Any]) -> Cell:
    marks = raw["nbgrader"]
    role = _role(marks, raw["is_code"])
    if role == "plain":
        return Cell(raw["id"] or f"cell-{position}", raw["is_code"], raw["source"], role)
    if not isinstance(marks.get("grade_id"), str):
        raise ValueError(
            f"{notebook}: cell {position + 1} has nbgrader metadata without a grade_id"
        )
    points = marks.get("points", 0)
    if not isinstance(points, int | float) or points < 0:
        raise ValueError(f"{notebook}: {marks['grade_id']} has no number of points")
    return Cell(marks["grade_id"], raw["is_code"], raw["source"], role, float(points))


def _role(marks: dict[str, Any], is_code: bool) -> Role:
    if marks.get("task"):
        return "task"
    if marks.get("grade"):
        return "test" if is_code and not marks.get("solution") else "manual"
    if marks.get("solution"):
        return "solution"
    return "locked" if marks.get("locked") else "plain"
