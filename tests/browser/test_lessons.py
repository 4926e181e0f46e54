"""Every lesson, as handed out, in a real JupyterLab: it runs through and shows all it has."""

import pytest

from tests.lessons import LESSONS, checks, read

pytest.importorskip("playwright.sync_api", reason="needs pip install -e '.[browser]'")

UNREADABLE = "mjx-merror, [data-mml-node='merror']"
TOO_WIDE = """() => [...document.querySelectorAll(".jp-RenderedMarkdown mjx-container")]
    .filter((formula) => formula.scrollWidth > formula.closest(".jp-Cell").clientWidth)
    .map((formula) => formula.textContent.slice(0, 60))"""


def widgets(notebook) -> int:
    """How many cells make a widget."""
    return sum("from bplab.widgets" in cell.source for cell in notebook.cells)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name[:2])
def test_a_lesson_runs_from_top_to_bottom(lab, lesson):
    notebook = read(lesson)
    page = lab.open(lesson)
    page.run_all(300)
    assert page.errors() == []
    assert page.page.locator(UNREADABLE).count() == 0
    assert page.page.evaluate(TOO_WIDE) == []
    assert page.page.locator(".jp-Notebook .bplab").count() == widgets(notebook)
    said = page.page.locator(".jp-OutputArea-output").all_inner_texts()
    for exercise in checks(notebook):
        assert any(text.startswith(f"○ {exercise} ") for text in said)
