"""The source's own solution is marked first: what it fails cannot be marked, and is told."""

import pytest
from click.testing import CliRunner

from bplab.cli import main
from bplab.grading.assignment import Assignment, read_assignment
from bplab.grading.reference import reference
from tests.grading.notebooks import STUB, answer, cell, notebook, submission, test_cell
from tests.lessons import LESSONS

DATE = notebook(
    cell("from datetime import date"),
    answer("def leap(): return date(2024, 2, 29)", "leap"),
    test_cell("assert leap() == date(2024, 2, 29)", "test-leap", 1),
    answer("text = open('n.txt').read()", "text"),
    test_cell("assert text == '2'", "test-text", 1),
    cell("YOUR ANSWER HERE", "essay", "markdown", grade=True, solution=True, points=5),
)


def graded(folder, text: str):
    (folder / "in").mkdir()
    (folder / "demo.ipynb").write_text(text)
    (folder / "n.txt").write_text("2")
    (folder / "in/ada.ipynb").write_text(notebook())
    words = [str(folder / "demo.ipynb"), str(folder / "in"), "-o", str(folder / "out"), "--unsafe"]
    done = CliRunner().invoke(main, ["grade", *words, "--workers", "1"])
    return done.stderr, (folder / "out/summary.html").read_text()


def test_what_the_right_answer_fails_is_told(tmp_path):
    for place in graded(tmp_path, DATE):
        assert "these questions cannot be marked automatically" in place
        assert "test-leap (date)" in place
        assert "test-text" not in place.split("<h2>Marks")[0]
        assert "essay" not in place.split("<h2>Marks")[0]
    assert [path.name for path in (tmp_path / "out/results").iterdir()] == ["ada"]


@pytest.mark.parametrize("text", [submission(), submission(last=STUB)], ids=["right", "released"])
def test_nothing_is_told_of_a_source_that_is_right_or_has_no_solutions(text, tmp_path):
    stderr, summary = graded(tmp_path, text)
    assert "Warning" not in stderr + summary


def test_a_lesson_holds_no_solutions():
    assert reference(read_assignment(LESSONS[4]), None) is None


def test_a_source_with_stubs_holds_no_solutions():
    assert reference(Assignment("demo", {"demo": submission(mean=STUB)}), None) is None
