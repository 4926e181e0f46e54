"""The lessons as the tests see them: cells, exercises, and copies with other answers."""

import re
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from bplab.exercises import Exercise
from bplab.exercises.registry import lesson_exercises
from bplab.solutions import cell_id, solve

LESSONS = sorted((Path(__file__).resolve().parent.parent / "lessons").glob("*.ipynb"))
CHECK = re.compile(r'check\("(\d\d\.\d+)", (\w+)\)')


def read(lesson: Path) -> NotebookNode:
    return nbformat.read(lesson, as_version=4)


def exercises(lesson: Path) -> Mapping[str, Exercise]:
    return lesson_exercises(lesson.name[:2])


def checks(notebook: NotebookNode) -> dict[str, str]:
    """The id of each exercise that is checked, in order, with the variable that is checked."""
    found = [CHECK.fullmatch(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    return {match[1]: match[2] for match in found if match}


def with_mistakes(notebook: NotebookNode, *, spared: str = "") -> NotebookNode:
    """A copy in which each exercise but `spared` is answered with its first mistake."""
    wrong = solve(notebook)
    cells = {cell.id: cell for cell in wrong.cells}
    for exercise_id, variable in checks(notebook).items():
        if exercise_id != spared:
            cells[cell_id(exercise_id)].source = (
                "from bplab.exercises.registry import find\n"
                f'{variable} = find("{exercise_id}").mistakes[0].answer'
            )
    return wrong
