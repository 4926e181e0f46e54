"""Every lesson, as handed out, in a real JupyterLab: it runs through, shows all, and answers."""

from contextlib import suppress

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.lessons import LESSONS, checks, read

pytest.importorskip("playwright.sync_api", reason="needs pip install -e '.[browser]'")

from tests.browser.learners import DOES, expect

# MathJax says so, or leaves a command that it does not know as it stands.
NO_FORMULA = """() => [...document.querySelectorAll("mjx-container")]
    .filter((formula) => formula.textContent.includes("\\\\")
        || formula.querySelector("mjx-merror, [data-mml-node=merror]"))
    .map((formula) => formula.textContent)"""
TOO_WIDE = """() => [...document.querySelectorAll(".jp-RenderedMarkdown mjx-container")]
    .filter((formula) => formula.scrollWidth > formula.closest(".jp-Cell").clientWidth)
    .map((formula) => formula.textContent.slice(0, 60))"""


def faults(page, notebook) -> list[str]:
    """What a reader would stumble over in a notebook that has run."""
    found = [f"error: {text}" for text in page.errors()]
    found += [f"no formula: {text}" for text in page.page.evaluate(NO_FORMULA)]
    found += [f"too wide: {formula}" for formula in page.page.evaluate(TOO_WIDE)]
    views = page.page.locator(".jp-Notebook .bplab")
    wanted = sum("from bplab.widgets" in cell.source for cell in notebook.cells)
    with suppress(AssertionError):
        expect(views).to_have_count(wanted)  # waits for them
    if views.count() != wanted:
        found.append(f"alive: {views.count()} of {wanted} views")
    said = page.page.locator(".jp-OutputArea-output").all_inner_texts()
    for exercise in checks(notebook):
        if not any(text.startswith(f"○ {exercise} ") for text in said):
            found.append(f"not open: {exercise}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name[:2])
def test_a_lesson_runs_and_answers_to_mouse_and_keyboard(lab, lesson):
    notebook, number = read(lesson), lesson.name[:2]
    page = lab.open(lesson)
    page.run_all(300)
    assert faults(page, notebook) == []
    by_mouse, by_keyboard = DOES[number]
    by_mouse(page, notebook)
    by_keyboard(page, notebook)
    page.pictures(f"lesson-{number}")


PLANTED = [
    new_markdown_cell(r"A formula that is none: $\frac{1}$"),
    new_markdown_cell(r"An unknown command: $\nosuchcommand$"),
    new_markdown_cell(f"Too wide: $${' + '.join(['x'] * 200)}$$"),
    new_code_cell("import sys\nprint('a warning', file=sys.stderr)"),
    new_code_cell(
        "from bplab.widgets.xor import XorExplorer, state\n"
        "class Broken(XorExplorer):\n"
        "    _esm = 'export default { render() { throw new Error(\"broken\"); } }'\n"
        "Broken(state())"
    ),
    new_code_cell("from IPython.display import HTML, Javascript, display"),
    new_code_cell("display(HTML(\"<img src='http://example.invalid/x.png' alt='from outside'>\"))"),
    new_code_cell("display(Javascript(\"setTimeout(() => { throw new Error('uncaught'); })\"))"),
    new_code_cell("1 / 0"),
    new_code_cell('check("00.1", mean_square)'),  # never run, so it says nothing
]


def test_every_guard_can_fail(lab, tmp_path):
    notebook = new_notebook(cells=PLANTED)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "planted.ipynb")
    page = lab.open(tmp_path / "planted.ipynb")
    page.run_all()
    found = faults(page, notebook)
    assert [fault.split(": ")[0] for fault in found] == [
        "error", "error", "no formula", "no formula", "too wide", "alive", "not open",
    ]  # fmt: skip
    assert ("a warning" in found[0], "ZeroDivisionError" in found[1]) == (True, True)
    with pytest.raises(AssertionError, match=r"example\.invalid/x\.png"):
        lab.close()
    lab.outside.clear()
    with pytest.raises(AssertionError, match=r"'broken', 'uncaught'"):
        lab.close()
    lab.faults.clear()
