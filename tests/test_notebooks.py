"""The test set-up for lessons, tested: what an unrun, a changed and a sound notebook get."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools.record import record, write

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> str:
    cells = [nbformat.v4.new_markdown_cell("# Sum"), nbformat.v4.new_code_cell("20 + 22")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    return record(nbformat.writes(notebook), tmp_path_factory.mktemp("lessons"))


def replay(folder: Path, text: str) -> str:
    """What pytest, set up as in this repository, says of a notebook."""
    (folder / "lesson.ipynb").write_text(text, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --nbval --nbval-current-env\n")
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider"]
    options = ["-q", "--color=no", "-c", str(folder / "pytest.ini")]
    return subprocess.run(
        [*command, *options, str(folder / "lesson.ipynb")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    ).stdout


def test_every_lesson_is_replayed_by_plain_pytest(request):
    settings = request.config
    assert settings.getini("testpaths") == ["tests", "bplab", "lessons"]
    assert settings.getini("addopts")[2:5] == [
        "--nbval",
        "--nbval-current-env",
        "--nbval-cell-timeout=60",
    ]


@pytest.mark.slow
def test_a_sound_notebook_passes(tmp_path, sound):
    assert "2 passed" in replay(tmp_path, sound)


@pytest.mark.slow
def test_a_changed_output_fails(tmp_path, sound):
    said = replay(tmp_path, sound.replace('"42"', '"43"'))
    assert "1 failed, 1 passed" in said
    assert "Cell outputs differ" in said


@pytest.mark.slow
def test_an_unrun_notebook_fails_although_nbval_passes_it(tmp_path, sound):
    notebook = nbformat.reads(sound, as_version=4)
    notebook.cells[1].execution_count = None
    notebook.cells[1].outputs = []
    said = replay(tmp_path, write(notebook))
    assert "1 failed, 1 passed" in said
    assert "not run\nre-record it: python tools/record.py" in said
