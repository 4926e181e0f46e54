"""The steps of grading one notebook: the student's cells, and the tests of the source among them.

Tests, points and locked cells come from the source, whatever the submission says; a test that was
deleted is put back.
"""

from dataclasses import dataclass, replace
from typing import Any

from bplab.grading.assignment import Cell, Notebook
from bplab.grading.names import names_of


@dataclass(frozen=True)
class Step:
    """A cell of the student's to be run, or a test. `cell` is the source's cell, if there is one.

    `is_needed` tells whether the student's process has to run `source`.
    """

    name: str
    source: str
    cell: Cell | None
    is_needed: bool = True

    @property
    def is_test(self) -> bool:
        return self.cell is not None and self.cell.role == "test"


def plan(notebook: Notebook, submitted: list[dict[str, Any]]) -> list[Step]:
    """The steps, in the order of the submission."""
    known = {cell.name: cell for cell in notebook.cells if cell.role != "plain"}
    steps = []
    for number, (raw, cell) in enumerate(
        zip(submitted, _identified(submitted, known), strict=True)
    ):
        if cell is None:
            if raw["is_code"] and raw["source"].strip():
                steps.append(Step(f"<cell {number + 1}>", raw["source"], _unchanged(raw, notebook)))
        elif cell.is_code:
            own = cell.role in ("solution", "manual")
            steps.append(Step(f"<cell {cell.name}>", raw["source"] if own else cell.visible, cell))
    return _mark_needed(_with_missing_tests(steps, notebook))


def _identified(submitted: list[dict[str, Any]], known: dict[str, Cell]) -> list[Cell | None]:
    """The source's cell for each submitted one. Of several with one id the last counts."""
    found: list[Cell | None] = []
    taken = set()
    for raw in reversed(submitted):
        name = raw["nbgrader"].get("grade_id")
        cell = known.get(name) if isinstance(name, str) and name not in taken else None
        if cell:
            taken.add(cell.name)
        found.append(cell)
    return found[::-1]


def _unchanged(raw: dict[str, Any], notebook: Notebook) -> Cell | None:
    """The plain source cell with the same text."""
    same = (
        c for c in notebook.cells if c.role == "plain" and c.is_code and c.source == raw["source"]
    )
    return next(same, None)


def _with_missing_tests(steps: list[Step], notebook: Notebook) -> list[Step]:
    """The steps with every test in them: a missing one before the next test that is there."""
    completed = list(steps)
    tests = [cell for cell in notebook.cells if cell.role == "test"]
    for position, cell in reversed(list(enumerate(tests))):
        if any(step.cell is cell for step in completed):
            continue
        following = tests[position + 1 : position + 2]
        places = [n for n, step in enumerate(completed) if following and step.cell is following[0]]
        where = places[0] if places else len(completed)
        completed.insert(where, Step(f"<cell {cell.name}>", cell.visible, cell))
    return completed


def _mark_needed(steps: list[Step]) -> list[Step]:
    """Leave out unchanged cells of the source that nothing graded depends on.

    A lesson trains networks and draws figures; marks do not depend on that. Kept is what binds a
    name that a later kept cell or test reads, or may change its value; and what the student wrote.
    A test is run by the student's process, too, if a later cell of the student's needs its names.
    """
    names = [names_of(step.cell.source if step.is_test else step.source) for step in steps]  # type: ignore[union-attr]
    fixed = set().union(*(one.imports | one.functions for one in names))  # no data
    needed: set[str] = set()
    needed_by_student: set[str] = set()
    marked = []
    for step, own in reversed(list(zip(steps, names, strict=True))):
        if step.is_test:
            keep = bool(own.binds & needed_by_student)
        else:
            given = step.cell is not None and step.cell.role in ("plain", "locked")
            touched = own.binds | (own.changes - fixed)
            seeds = "seed(" in step.source  # the global generators; not an argument of this name
            keep = not given or not own.parses or bool(touched & needed) or seeds
        marked.append(replace(step, is_needed=keep))
        if keep or step.is_test:
            needed |= own.reads
        if keep:
            needed_by_student |= own.reads
    return marked[::-1]
