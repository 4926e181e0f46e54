"""Common misspellings in the prose of lessons and pages, and links in lessons that lead nowhere."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "lessons").glob("*.ipynb"))
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *LESSONS]


def prose(path: Path) -> str:
    """A page's text; of a notebook the markdown and the code, but no outputs."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


def misspelled(text: str) -> str:
    command = [sys.executable, "-m", "codespell_lib", "-"]
    return subprocess.run(command, input=text, capture_output=True, encoding="utf-8").stdout


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_common_misspelling(path):
    assert misspelled(prose(path)) == ""


def test_a_misspelling_is_found():
    assert "receive" in misspelled("units that recieve the error")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_links_in_lessons_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose(path))
    # A workspace holds lessons only, so a lesson may link to nothing else.
    local = {link for link in links if "://" not in link and link.endswith((".ipynb", ".md"))}
    assert [link for link in local if not (path.parent / link).exists()] == []
    assert all(Path(link).parent == Path() for link in local)
