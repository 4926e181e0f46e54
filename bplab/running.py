"""Running a notebook in a fresh kernel, to see which of its checks pass.

Nothing is written to the notebook, and no cell can hold up the rest: one that runs too long is
interrupted, and when even that fails, the kernel is ended and the run with it.
"""

import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode

from bplab.exercises.registry import UnknownExercise, find
from bplab.exercises.results import JSON_TYPE, SIGNS
from bplab.text import aligned

CHECK = re.compile(r"""\bcheck\(\s*["'](\d+\.\d+)["']""")
GRADING = ("BPLAB_STRICT", "NBGRADER_EXECUTION")  # a check must answer here, not raise
SECONDS_TO_STOP = 5.0
Steps = Iterable[tuple[int, NotebookNode]]


@dataclass
class Run:
    """What came of a run: each check's result as JSON, and one line for each cell that failed.

    `stopped` tells of cells that ran too long and of a kernel that died.
    """

    expected: list[str]
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.stopped and all(row["status"] == "passed" for row in self.rows())

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row an exercise, in the order of the notebook, also for those without a result."""
        for exercise in dict.fromkeys([*self.expected, *self.results]):
            yield self.results.get(exercise) or _without_result(exercise)

    def __str__(self) -> str:
        rows = list(self.rows())
        cells = [
            (
                row["exercise"],
                row["title"],
                f"{SIGNS[row['status']]} {row['status']}",
                f"{row['score']:g} of {row['points']:g}",
            )
            for row in rows
        ]
        lines = aligned([("exercise", "title", "result", "points"), *cells])
        indent = " " * len("exercise")
        for position, row in reversed(list(enumerate(rows, start=1))):
            if row["status"] == "failed":
                why = [line for line in (row["message"], row["diagnosis"]) if line]
                lines[position + 1 : position + 1] = [f"{indent}  → {line}" for line in why]
        passed = sum(row["status"] == "passed" for row in rows)
        score, points = (sum(row[key] for row in rows) for key in ("score", "points"))
        total = f"{passed} of {len(rows)} exercises passed, {score:g} of {points:g} points"
        errors = [f"{cell}: {error}" for cell, error in self.errors.items()]
        return "\n".join([*lines, total, *errors, *self.stopped])


def _without_result(exercise: str) -> dict[str, Any]:
    row = {"exercise": exercise, "status": "not attempted", "title": "", "score": 0, "points": 0}
    try:
        known = find(exercise)
    except UnknownExercise:
        return row
    return row | {"title": known.title, "points": known.points}


class _Client(NotebookClient):
    """Keeps errors and the results of checks only: an endless `print` must not fill the memory."""

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        if msg["msg_type"] == "error" or JSON_TYPE in msg["content"].get("data", {}):
            return super().output(outs, msg, display_id, cell_index)
        return None


def read_notebook(path: Path) -> NotebookNode:
    """The notebook in this file.

    Raises: ValueError if it is not a notebook; OSError if it cannot be read.
    """
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
    except OSError:
        raise
    except Exception as error:  # nbformat raises whatever a strange file leads it to
        reason = str(error).strip().split("\n")[0][:100]
        raise ValueError(f"{path} is not a Jupyter notebook: {reason}") from error
    return notebook


def run_checks(path: Path, *, seconds: float, progress: Callable[[list[Any]], Steps] = iter) -> Run:
    """Run the notebook, at most `seconds` a cell, and collect what its checks say.

    Raises: ValueError if it is not a notebook, has no checks, or asks for an unknown kernel.
    """
    notebook = read_notebook(path)
    code = [(n, cell) for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    run = Run([exercise for _, cell in code for exercise in CHECK.findall(cell.source)])
    if not run.expected:
        raise ValueError(f'{path} has no cell with a check such as check("04.1", answer)')
    kernel = notebook.metadata.get("kernelspec", {}).get("name", "python3")
    client = _Client(
        notebook,
        timeout=seconds,
        kernel_name=kernel,
        allow_errors=True,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.parent)}},
        log=logging.Logger("bplab", level=logging.CRITICAL + 1),
    )
    environment = {key: value for key, value in os.environ.items() if key not in GRADING}
    try:
        with client.setup_kernel(env=environment, stdout=DEVNULL, stderr=DEVNULL):
            for number, cell in progress(code):
                if not _run_cell(client, number, cell, run):
                    break
    except NoSuchKernel:
        raise ValueError(
            f"{path} asks for the kernel {kernel!r}, which is not here: open it in JupyterLab and "
            "choose the kernel Python 3"
        ) from None
    return run


def _run_cell(client: NotebookClient, number: int, cell: NotebookNode, run: Run) -> bool:
    """Run one cell, note what came of it, and tell whether the next can run."""
    where = f"cell {number + 1} ({cell.get('id', 'no id')})"
    cell.outputs = []
    try:
        client.execute_cell(cell, number)
    except CellTimeoutError:
        run.stopped.append(f"{where} was stopped: it still ran after {client.timeout:g} s")
        if run_sync(_interrupt)(client):
            return True
        run.stopped[-1] += " and ignored the interrupt, so nothing below it was run"
        return False
    except DeadKernelError:
        run.stopped.append(f"{where} ended the kernel, so nothing below it was run")
        return False
    for output in cell.outputs:
        if output.output_type == "error":
            if "raises-exception" in cell.metadata.get("tags", []):
                continue
            run.errors[where] = f"{output.ename}: {output.evalue}".split("\n")[0]
        else:
            result = output.data[JSON_TYPE]
            run.results[result["exercise"]] = result
    return True


async def _interrupt(client: NotebookClient) -> bool:
    """Interrupt the kernel, and tell whether it listens again."""
    manager: Any = client.km
    kernel: Any = client.kc
    await ensure_async(manager.interrupt_kernel())
    try:
        await ensure_async(kernel.kernel_info(reply=True, timeout=SECONDS_TO_STOP))
    except TimeoutError:
        return False
    return True
