"""Every lesson: its frame, its exercises, and what right and wrong answers in it lead to."""

import re
from pathlib import Path

import nbformat
import pytest

from bplab.exercises.results import JSON_TYPE
from bplab.running import run_checks
from bplab.solutions import solve
from tests.lessons import LESSONS, checks, exercises, read, with_mistakes

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name[:2])


def text(lesson: Path) -> str:
    cells = read(lesson).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def headings(lesson: Path) -> list[str]:
    return re.findall(r"^## (.+)$", text(lesson), re.MULTILINE)


def minutes(lesson: Path) -> int:
    stated = re.search(r"^\*\*About (\d+) minutes\.\*\*", text(lesson), re.MULTILINE)
    assert stated, "the first cell must say **About NN minutes.**"
    return int(stated[1])


def test_the_frame(lesson):
    first = read(lesson).cells[0].source
    assert re.match(rf"# {lesson.name[:2]} · \S", first)
    assert "After this lesson you can" in first
    assert minutes(lesson)
    assert headings(lesson)[-2:] == ["Recap", "Sources"]


def test_the_readme_says_the_same(lesson):
    number, title = re.match(r"# (\d\d) · (.+)", text(lesson)).groups()
    (row,) = (line for line in README.splitlines() if f"(lessons/{lesson.name})" in line)
    assert row.startswith(f"| {number} | [{title}](lessons/{lesson.name}) |")
    assert row.endswith(f"| {minutes(lesson)} | {len(exercises(lesson))} |")


def test_each_exercise_is_checked_once_and_in_order(lesson):
    checked = [
        exercise
        for cell in read(lesson).cells
        if cell.cell_type == "code"
        for exercise in re.findall(r'^check\("(\d\d\.\d+)"', cell.source, re.MULTILINE)
    ]
    assert checked == list(exercises(lesson))


def marks(grade_id: str, **more: object) -> dict[str, object]:
    """nbgrader's metadata, version 3 of its schema: the only keys it allows."""
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"schema_version": 3, "grade_id": grade_id} | plain | more


def test_each_exercise_has_a_prompt_an_answer_and_a_check(lesson):
    notebook = read(lesson)
    cells = {cell.id: cell for cell in notebook.cells}
    order = list(cells)
    known = exercises(lesson)
    for exercise_id, variable in checks(notebook).items():
        key = exercise_id.replace(".", "-")
        prompt, answer, check = (f"{part}-{key}" for part in ("prompt", "answer", "check"))
        assert order.index(prompt) < order.index(answer) < order.index(check)
        assert cells[prompt].cell_type == "markdown"
        assert exercise_id in cells[prompt].source
        assert re.search(
            rf"^(def {variable}\(|{variable} = \.\.\.$)", cells[answer].source, re.MULTILINE
        )
        assert cells[check].source == f'check("{exercise_id}", {variable})'
        assert cells[prompt].metadata.nbgrader == marks(prompt, locked=True)
        assert cells[answer].metadata.nbgrader == marks(answer, solution=True)
        points = known[exercise_id].points
        assert cells[check].metadata.nbgrader == marks(
            check, grade=True, locked=True, points=points
        )
    graded = [cell.id for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert len(graded) == 3 * len(known)


def test_the_stored_lesson_is_the_learners(lesson):
    notebook = read(lesson)
    stored = [
        output.data[JSON_TYPE]["status"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if JSON_TYPE in output.get("data", {})
    ]
    assert stored == ["not attempted"] * len(exercises(lesson))


def run(lesson: Path, notebook: nbformat.NotebookNode, folder: Path):
    copy = folder / lesson.name
    nbformat.write(notebook, copy)
    return run_checks(copy, seconds=120)


@pytest.mark.slow
def test_reference_solutions_pass(lesson, tmp_path):
    done = run(lesson, solve(read(lesson)), tmp_path)
    assert done.passed, str(done)
    assert list(done.results) == list(exercises(lesson))
    assert done.errors == {}


@pytest.mark.slow
def test_mistakes_are_rejected_with_their_own_diagnosis(lesson, tmp_path):
    done = run(lesson, with_mistakes(read(lesson)), tmp_path)
    got = {row["exercise"]: (row["status"], row["mistake"]) for row in done.results.values()}
    assert got == {
        exercise.id: ("failed", exercise.mistakes[0].name)
        for exercise in exercises(lesson).values()
    }
    assert (done.errors, done.stopped) == ({}, [])  # the lesson goes on all the same
