"""Solved lessons, written from the references' own source."""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import nbformat
from nbformat import NotebookNode

from bplab.exercises.exercise import Exercise
from bplab.exercises.registry import find
from bplab.workspace import make_folder, write

CHECK = re.compile(r'^check\("(\d+\.\d+)", (\w+)\)$', re.MULTILINE)


def solve(notebook: NotebookNode) -> NotebookNode:
    """The notebook with the references in its answer cells, not yet run."""
    sources = {cell_id(name): text for name, text in answers(notebook)}
    for cell in notebook.cells:
        cell.source = sources.get(cell.get("id", ""), cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def cell_id(exercise_id: str) -> str:
    """The id of the cell in which this exercise is answered."""
    return f"answer-{exercise_id.replace('.', '-')}"


def answers(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """The id of each exercise that the notebook checks, with the source of a right answer."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for exercise_id, variable in CHECK.findall(cell.source):
                yield exercise_id, answer_source(find(exercise_id), variable)


def answer_source(exercise: Exercise, variable: str) -> str:
    """Code that gives the variable a right answer."""
    answer = exercise.reference_answer
    if callable(answer):
        return definition(answer, variable)
    return f"{variable} = {answer!r}" if isinstance(answer, str) else f"{variable} = {answer:.15g}"


def definition(function: Callable[..., Any], variable: str) -> str:
    """The function's own source, after imports of all that it uses from its module."""
    source = dedent(inspect.getsource(function)).strip()
    parts = ["\n".join(imports(function, source)), source]
    if function.__name__ != variable:
        parts.append(f"{variable} = {function.__name__}")
    return "\n\n\n".join(filter(None, parts))


def imports(function: Callable[..., Any], source: str) -> Iterator[str]:
    """Imports of the names that the source takes from the function's module."""
    module = inspect.getmodule(function)
    assert module is not None
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    homes: dict[str, list[str]] = {}
    for name in sorted(used & set(vars(module)) - {function.__name__}):
        value = getattr(module, name)
        if isinstance(value, ModuleType):
            yield f"import {value.__name__} as {name}"
        else:
            homes.setdefault(home(value, name, module), []).append(name)
    for where, found in sorted(homes.items()):
        yield f"from {where} import {', '.join(found)}"


def home(value: Any, name: str, module: ModuleType) -> str:
    """The module that defines the value, or the one that uses it if the value does not tell."""
    where = getattr(value, "__module__", "")
    return where if getattr(sys.modules.get(where), name, None) is value else module.__name__


def write_solutions(target: Path, lessons: list[Path]) -> Iterator[Path]:
    """Write solved copies of these lessons into a folder.

    Raises: FileExistsError, before anything is written, if one of them is there.
    """
    paths = [target / lesson.name for lesson in lessons]
    for path in paths:
        if path.exists():
            raise FileExistsError(f"{path} exists already, nothing was written; give another DIR")
    make_folder(target)
    for lesson, path in zip(lessons, paths, strict=True):
        solved = solve(nbformat.read(lesson, as_version=4))
        write(path, (nbformat.v4.writes(solved) + "\n").encode())
        yield path
