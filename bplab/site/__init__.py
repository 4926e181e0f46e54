"""The web edition: every lesson as a page that opens from a folder, without Jupyter or a network.

Formulas are MathML, pictures and outputs are those stored in the lessons, and the views are alive:
their mathematics runs in the browser, and `assets/host.js` stands in for the kernel. Only what
needs the learner's own code says that it needs JupyterLab.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from importlib.resources import files
from os import cpu_count
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from bplab import __version__
from bplab.site.font import formula_font
from bplab.site.lesson import Lesson, read_lesson
from bplab.workspace import make_folder, write

FORMULA = re.compile(r"<math.*?</math>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def write_site(target: Path, notebooks: list[Path]) -> Iterator[str]:
    """Write the pages of these lessons into a new or empty folder; yields each lesson's title.

    Raises: FileExistsError, before anything is written, if the folder holds something; OSError if
    it cannot be written.
    """
    if target.is_dir() and any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty, nothing was written; give another DIR")
    make_folder(target)
    lessons = []
    with ThreadPoolExecutor(cpu_count()) as pool:  # each lesson waits for a kernel of its own
        for lesson in pool.map(read_lesson, notebooks):
            lessons.append(lesson)
            yield lesson.title
    for path, content in site_files(lessons):
        write(target / path, content)


def site_files(lessons: list[Lesson]) -> Iterator[tuple[str, bytes]]:
    """Every file of the web edition: its path in the folder, and its content."""
    pages = dict(_pages(lessons))
    for name, page in pages.items():
        yield name, page.encode()
    font = formula_font(_characters(pages.values()))
    yield "assets/site.css", _asset("site.css").replace("FONT", font).encode()
    yield "assets/host.js", _asset("host.js").encode()
    for lesson in lessons:
        for image in lesson.images:
            yield image.path, image.content


def _asset(name: str) -> str:
    return files("bplab.site").joinpath("assets", name).read_text(encoding="utf-8")


def _characters(pages: Iterable[str]) -> str:
    """All that is written in formulas, in a fixed order."""
    formulas = (formula for page in pages for formula in FORMULA.findall(page))
    return "".join(
        sorted({char for formula in formulas for char in unescape(TAG.sub("", formula))})
    )


def _pages(lessons: list[Lesson]) -> Iterator[tuple[str, str]]:
    templates = Environment(
        loader=PackageLoader("bplab.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["version"] = __version__
    yield "index.html", templates.get_template("index.html.j2").render(lessons=lessons)
    page = templates.get_template("lesson.html.j2")
    for before, lesson, after in zip([None, *lessons], lessons, [*lessons[1:], None], strict=False):
        yield lesson.page, page.render(lesson=lesson, before=before, after=after)
