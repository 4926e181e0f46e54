"""Solved lessons: the references' own source, able to run by itself, over nothing that exists."""

import nbformat
import numpy as np
import pytest

from bplab.exercises import CodeExercise, samples
from bplab.exercises.registry import find, lesson_exercises, lessons
from bplab.solutions import answer_source, definition, solve, write_solutions
from tests.lessons import LESSONS, checks, read

BATCH = 4


def scaled(x: np.ndarray) -> np.ndarray:
    return np.exp(x) / BATCH + len(samples({}))


EXERCISES = [exercise for n in lessons() if n < "90" for exercise in lesson_exercises(n).values()]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_each_answer_runs_by_itself_and_passes(exercise):
    scope: dict[str, object] = {}
    exec(answer_source(exercise, "answer"), scope)
    assert find(exercise.id).check(scope["answer"]).passed


def test_a_definition_brings_the_imports_it_needs():
    module = scaled.__module__
    assert definition(scaled, "mine").splitlines() == [
        "import numpy as np",
        "from bplab.exercises.samples import samples",
        f"from {module} import BATCH",
        "",
        "",
        "def scaled(x: np.ndarray) -> np.ndarray:",
        "    return np.exp(x) / BATCH + len(samples({}))",
        "",
        "",
        "mine = scaled",
    ]


def test_the_learners_name_needs_no_second_one():
    assert not definition(scaled, "scaled").endswith("scaled = scaled")


def test_code_is_the_librarys_own():
    exercise = next(one for one in EXERCISES if isinstance(one, CodeExercise))
    assert exercise.solution().code.strip() in answer_source(exercise, exercise.reference.__name__)


def a_notebook():
    cells = [
        nbformat.v4.new_code_cell("answer_04_6 = ...", id="answer-04-6", execution_count=3),
        nbformat.v4.new_code_cell('check("04.6", answer_04_6)', id="check-04-6"),
        nbformat.v4.new_code_cell("kept = 1", id="kept"),
    ]
    cells[1].outputs = [nbformat.v4.new_output("stream", text="○")]
    return nbformat.v4.new_notebook(cells=cells)


def test_only_answer_cells_change_and_no_output_stays():
    solved = solve(a_notebook())
    assert [cell.source for cell in solved.cells[1:]] == ['check("04.6", answer_04_6)', "kept = 1"]
    assert solved.cells[0].source.startswith("answer_04_6 = 0.1384")
    assert [cell.outputs for cell in solved.cells] == [[], [], []]
    assert [cell.execution_count for cell in solved.cells] == [None] * 3


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name[:2])
def test_no_stub_is_left(lesson):
    solved = {cell.id: cell.source for cell in solve(read(lesson)).cells}
    stubs = {cell.id: cell.source for cell in read(lesson).cells if cell.id.startswith("answer-")}
    assert len(stubs) == len(checks(read(lesson)))
    assert [name for name, stub in stubs.items() if solved[name] == stub] == []


def test_nothing_is_overwritten(tmp_path):
    for name in ("a", "b"):
        nbformat.write(a_notebook(), tmp_path / f"{name}.ipynb")
    target = tmp_path / "new" / "solved"
    lessons = sorted(tmp_path.glob("*.ipynb"))
    assert list(write_solutions(target, lessons)) == [target / "a.ipynb", target / "b.ipynb"]
    (target / "a.ipynb").unlink()
    (target / "b.ipynb").write_text("mine")
    with pytest.raises(FileExistsError, match=r"b\.ipynb exists already, nothing was written"):
        list(write_solutions(target, lessons))
    assert [path.name for path in target.iterdir()] == ["b.ipynb"]
    assert (target / "b.ipynb").read_text() == "mine"
