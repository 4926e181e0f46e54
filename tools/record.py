"""Re-record the lessons: run each in a fresh kernel and store it in its one canonical form.

    python tools/record.py [NOTEBOOK…]           rewrite (default: all lessons)
    python tools/record.py --check [NOTEBOOK…]   only say which would change; exit code 1 if any

Recording a canonical notebook again gives the same bytes: counts 1..N, cell ids that are words, no
timing, no widget state, and no metadata but what someone meant. `problems` tells from the file
alone what is not canonical; the test suite asks it for every lesson.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from tqdm import tqdm

from bplab.widgets.view import LIVE

LESSONS = Path(__file__).resolve().parent.parent / "lessons"

# Whatever could differ from one run to the next is switched off in the kernel.
ENVIRONMENT = {
    "BPLAB_STATIC": "1",  # widgets show their picture only
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TQDM_DISABLE": "1",
}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = {"bplab", "nbgrader", "tags"}
SECONDS_A_CELL = 120

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")
LONGEST_ID = 64  # nbformat's limit


def record(text: str, folder: Path) -> str:
    """The canonical form of a notebook: run in `folder` by a fresh kernel.

    Raises: nbclient's CellExecutionError if a cell fails that is not tagged raises-exception;
    ValueError if what came out cannot be canonical.
    """
    notebook = nbformat.reads(text, as_version=4)
    tidy(notebook)
    os.environ.update(ENVIRONMENT)  # the kernel is a child process
    NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    ).execute()
    tidy(notebook, keep_outputs=True)
    recorded = write(notebook)
    if found := problems(recorded):
        raise ValueError("; ".join(found))
    return recorded


def tidy(notebook: NotebookNode, *, keep_outputs: bool = False) -> None:
    """Bring all but the outputs into canonical form, and drop or normalise the outputs."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    name_cells(notebook.cells)
    for cell in notebook.cells:
        cell.source = "\n".join(line.rstrip() for line in cell.source.strip("\n").split("\n"))
        cell.metadata = {
            key: value for key, value in cell.metadata.items() if key in CELL_METADATA and value
        }
        if cell.cell_type != "code":
            continue
        if not keep_outputs:
            cell.outputs, cell.execution_count = [], None
        for output in cell.outputs:
            if output.output_type == "error":  # a traceback names files of this machine
                output.traceback = [f"{output.ename}: {output.evalue}"]


def name_cells(cells: list[NotebookNode]) -> None:
    """Give each cell without a name of words one made of the heading above it and a number."""
    taken = {cell.get("id") for cell in cells if is_slug(cell.get("id", ""))}
    section = "top"
    for cell in cells:
        if cell.cell_type == "markdown" and (heading := re.search(r"^#+ (.+)$", cell.source, re.M)):
            section = slug(heading[1])
        if is_slug(cell.get("id", "")):
            continue
        number = 1
        while (name := f"{section}-{number}") in taken:
            number += 1
        cell.id = name
        taken.add(name)


def is_slug(name: str) -> bool:
    """Made of words, and not drawn at random by Jupyter?"""
    return bool(SLUG.fullmatch(name)) and not RANDOM_ID.fullmatch(name)


def slug(heading: str) -> str:
    words = re.findall(r"[a-z0-9]+", heading.lower())
    text = "-".join(words)[: LONGEST_ID - 4].rstrip("-")
    return text if SLUG.fullmatch(text) else f"section-{text}".rstrip("-")


def write(notebook: NotebookNode) -> str:
    """As JupyterLab writes a notebook, so that opening and saving changes nothing else."""
    return str(nbformat.v4.writes(notebook)) + "\n"


def problems(text: str) -> list[str]:
    """What keeps this notebook from being canonical, as far as its text alone tells."""
    notebook = nbformat.v4.reads(text)  # as it is: nbformat.reads repairs some faults silently
    return [*notebook_problems(notebook, text), *cell_problems(notebook)]


def notebook_problems(notebook: NotebookNode, text: str) -> Iterator[str]:
    if write(notebook) != text:
        yield "not written as nbformat writes it"
    if notebook.metadata != METADATA:
        yield f"metadata beyond kernelspec and language_info: {sorted(notebook.metadata)}"
    ids = [cell.get("id", "") for cell in notebook.cells]
    if len(ids) != len(set(ids)):
        yield "cell ids are not unique"
    if random := [name for name in ids if not is_slug(name)]:
        yield f"cell ids that are not words: {random}"
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if None in counts:
        yield "not run"
    elif counts != list(range(1, len(counts) + 1)):
        yield f"not run once from top to bottom in a fresh kernel: execution counts {counts}"


def cell_problems(notebook: NotebookNode) -> Iterator[str]:
    for number, cell in enumerate(notebook.cells):
        where = f"cell {cell.get('id', number)}"
        if surplus := sorted(set(cell.metadata) - CELL_METADATA):
            yield f"{where}: metadata {surplus}"
        if cell.cell_type != "code":
            continue
        if cell.source.rstrip().endswith(";"):
            yield f"{where}: ends with ';', which the replay in the tests does not honour"
        for output in cell.outputs:
            if LIVE in output.get("data", {}):
                yield f"{where}: holds the live view of a widget, which needs its kernel"
            if output.get("name") == "stderr":
                yield f"{where}: wrote to stderr: {output.text[:80]!r}"
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get(
                "tags", []
            ):
                yield f"{where}: failed with {output.ename}"


def without_pixels(text: str) -> Any:
    """The notebook without its PNGs, whose bytes belong to one version of matplotlib."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output["data"]["image/png"] = ""
    return notebook


@click.command()
@click.argument("notebooks", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if one is not canonical.")
def main(notebooks: tuple[Path, ...], check: bool) -> None:
    """Re-record NOTEBOOKS (default: all lessons) in canonical form."""
    failed = False
    for path in tqdm(notebooks or sorted(LESSONS.glob("*.ipynb")), unit="notebook", disable=None):
        before = path.read_text(encoding="utf-8")
        after = record(before, path.parent)
        same = without_pixels(before) == without_pixels(after) if check else before == after
        if check and (not same or problems(before)):
            failed = True
            click.echo(f"not canonical: {path}")
        elif not same:
            path.write_text(after, encoding="utf-8", newline="\n")
            click.echo(f"recorded: {path}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
