"""A lesson as a page shows it: what its first cell promises, and its cells as HTML."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from markupsafe import Markup
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode

from bplab.site.live import Live, live_views
from bplab.site.prose import Heading, Prose, reachable

TITLE = re.compile(r"# (\d\d) · (.+)")
MINUTES = re.compile(r"^\*\*About (\d+) minutes\.\*\*", re.MULTILINE)
AIM = re.compile(r"^- (.+)[;.]$", re.MULTILINE)
MOST_COLUMNS = 40  # of an output that surely fits on a phone
highlight = Highlight2HTML(pygments_lexer="python3")


@dataclass(frozen=True)
class Image:
    """A picture of a lesson, kept in a file of its own."""

    path: str
    content: bytes
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Output:
    """One output: HTML, an image, or plain text."""

    html: Markup | None = None
    image: Image | None = None
    text: str | None = None

    @property
    def focus(self) -> Markup:
        longest = max(map(len, (self.text or "").splitlines()), default=0)
        return reachable(longest > MOST_COLUMNS)


@dataclass(frozen=True)
class Cell:
    """One cell. `kind` is the first part of its id if it belongs to an exercise."""

    id: str
    kind: str
    prose: Markup | None
    code: Markup | None
    outputs: list[Output]
    views: list[Live]


@dataclass(frozen=True)
class Lesson:
    """One lesson, ready to be laid out."""

    file: str
    number: str
    title: Markup
    minutes: int
    aims: list[Markup]
    headings: list[Heading]
    cells: list[Cell]

    @property
    def page(self) -> str:
        return self.file.replace(".ipynb", ".html")

    @property
    def exercises(self) -> int:
        return sum(cell.kind == "check" for cell in self.cells)

    @property
    def views(self) -> list[Live]:
        return [view for cell in self.cells for view in cell.views]

    @property
    def images(self) -> list[Image]:
        return [out.image for cell in self.cells for out in cell.outputs if out.image]


def read_lesson(path: Path) -> Lesson:
    """The lesson in this notebook, with its views as they are after a run of it."""
    notebook = nbformat.read(path, as_version=4)
    views = live_views(notebook)
    prose = Prose()
    first = notebook.cells[0].source
    number, title = _stated(TITLE, first)
    (minutes,) = _stated(MINUTES, first)
    cells = [_cell(cell, number, prose, views.get(cell.id, [])) for cell in notebook.cells]
    return Lesson(
        file=path.name,
        number=number,
        title=_inline(prose, title),
        minutes=int(minutes),
        aims=[_inline(prose, aim) for aim in AIM.findall(first)],
        headings=prose.headings,
        cells=cells,
    )


def _stated(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = pattern.search(text)
    assert found, f"the first cell of a lesson must hold {pattern.pattern}"
    return found.groups()


def _inline(prose: Prose, text: str) -> Markup:
    return Markup(prose.html(text).strip().removeprefix("<p>").removesuffix("</p>"))


def _cell(cell: NotebookNode, number: str, prose: Prose, views: list[Live]) -> Cell:
    is_prose = cell.cell_type == "markdown"
    kind = cell.id.split("-")[0] if "nbgrader" in cell.metadata else ""
    return Cell(
        id=cell.id,
        kind=kind,
        prose=prose.html(cell.source) if is_prose else None,
        code=None if is_prose else Markup(highlight(cell.source)),
        outputs=list(_outputs(cell, number, prose)),
        views=views,
    )


def _outputs(cell: NotebookNode, number: str, prose: Prose) -> Iterator[Output]:
    for i, output in enumerate(cell.get("outputs", [])):
        if output.output_type == "stream":
            yield Output(text=output.text)
        elif output.output_type == "error":
            yield Output(text=f"{output.ename}: {output.evalue}")
        else:
            yield _shown(output, f"pictures/{number}-{cell.id}-{i}.png", prose)


def _shown(output: NotebookNode, path: str, prose: Prose) -> Output:
    """The richest form of an output that a page can show."""
    data: dict[str, Any] = output.data
    if "image/png" in data:
        about = output.metadata["image/png"]
        content = base64.b64decode(data["image/png"])
        return Output(image=Image(path, content, about["alt"], about["width"], about["height"]))
    if "text/html" in data:
        return Output(html=Markup(data["text/html"]))
    for kind in ("text/latex", "text/markdown"):
        if kind in data:
            return Output(html=prose.html(data[kind]))
    return Output(text=data["text/plain"])
