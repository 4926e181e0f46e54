"""tools/record.py: recording again gives the same bytes; each fault of a notebook is found."""

import nbformat
import pytest
from click.testing import CliRunner
from nbclient.exceptions import CellExecutionError

from tools.record import ENVIRONMENT, main, problems, record, tidy, write

CELLS = [
    "# Slopes & sums",
    "import matplotlib.pyplot as plt\nimport sys",
    "for n in range(3):\n    print(n)\n    sys.stdout.flush()\nprint({'a', 'b', 'c'})",
    "plt.plot([0, 1], [0, 2])\nplt.show()",
    "6 * 7",
]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """`record` sets the environment of its kernels; leave none of it behind."""
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, ENVIRONMENT[name])


def notebook(*sources: str, tags: tuple[str, ...] = ()) -> str:
    """A notebook as Jupyter leaves it: random cell ids, one markdown cell, no outputs."""
    cells = [
        nbformat.v4.new_markdown_cell(source)
        if source.startswith("#")
        else nbformat.v4.new_code_cell(source, metadata={"tags": list(tags), "scrolled": True})
        for source in sources
    ]
    metadata = {"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.11.7"}}
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> str:
    return record(notebook(*CELLS), tmp_path_factory.mktemp("lessons"))


def test_a_recorded_notebook_is_canonical(recorded):
    assert problems(recorded) == []
    cells = nbformat.reads(recorded, as_version=4).cells
    assert [cell.id for cell in cells] == [f"slopes-sums-{n}" for n in (1, 2, 3, 4, 5)]
    assert [cell.execution_count for cell in cells[1:]] == [1, 2, 3, 4]
    assert cells[2].outputs[0].text.startswith("0\n1\n2\n")  # the pieces of a stream are joined
    assert "image/png" in cells[3].outputs[0].data
    assert cells[4].outputs[0].data == {"text/plain": "42"}
    assert cells[1].metadata == {}


def test_names_chosen_by_an_author_are_kept(recorded):
    loaded = nbformat.reads(recorded, as_version=4)
    loaded.cells[2].id = "exercise-04-2"
    loaded.cells[3].id = "a1b2c3d4"
    tidy(loaded, keep_outputs=True)
    assert [cell.id for cell in loaded.cells[2:4]] == ["exercise-04-2", "slopes-sums-3"]


def test_an_expected_error_keeps_no_traceback(tmp_path):
    stored = record(notebook("# Error", "1 / 0", tags=("raises-exception",)), tmp_path)
    (output,) = nbformat.reads(stored, as_version=4).cells[1].outputs
    assert output.traceback == ["ZeroDivisionError: division by zero"]


def test_a_cell_that_fails_is_not_recorded(tmp_path):
    with pytest.raises(CellExecutionError, match="division by zero"):
        record(notebook("1 / 0"), tmp_path)


def test_what_cannot_be_canonical_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"cell top-1: wrote to stderr: 'late"):
        record(notebook("import sys\nprint('late', file=sys.stderr)"), tmp_path)


def stale_counts(loaded):
    loaded.cells[1].execution_count = 7


def unrun(loaded):
    loaded.cells[1].execution_count = None
    loaded.cells[1].outputs = []


def random_id(loaded):
    loaded.cells[1].id = "a1b2c3d4"


def same_id(loaded):
    loaded.cells[1].id = loaded.cells[2].id


def widget_state(loaded):
    loaded.metadata["widgets"] = {}


def scrolled(loaded):
    loaded.cells[1].metadata["scrolled"] = True


def timing(loaded):
    loaded.cells[1].metadata["execution"] = {"iopub.status.busy": "2026-01-01"}


def semicolon(loaded):
    loaded.cells[3].source = "plt.plot([0, 1], [0, 2]);"


def stderr(loaded):
    loaded.cells[4].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="warning"))


def live_view(loaded):
    data = {"application/vnd.jupyter.widget-view+json": {"model_id": "0"}}
    loaded.cells[4].outputs = [nbformat.v4.new_output("display_data", data=data)]


def error(loaded):
    loaded.cells[4].outputs = [nbformat.v4.new_output("error", ename="NameError", evalue="x")]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (stale_counts, "execution counts [7, 2, 3, 4]"),
        (unrun, "not run"),
        (random_id, "cell ids that are not words: ['a1b2c3d4']"),
        (same_id, "cell ids are not unique"),
        (widget_state, "metadata beyond kernelspec and language_info"),
        (scrolled, "metadata ['scrolled']"),
        (timing, "metadata ['execution']"),
        (semicolon, "ends with ';'"),
        (stderr, "wrote to stderr: 'warning'"),
        (live_view, "holds the live view of a widget"),
        (error, "failed with NameError"),
    ],
)
def test_each_fault_is_found(recorded, fault, said):
    loaded = nbformat.v4.reads(recorded)
    fault(loaded)
    assert said in "\n".join(problems(write(loaded)))


def test_another_layout_of_the_file_is_found(recorded):
    assert problems(recorded.rstrip("\n")) == ["not written as nbformat writes it"]


@pytest.mark.slow
def test_check_changes_nothing_and_tells_what_would(recorded, tmp_path):
    right, wrong = tmp_path / "right.ipynb", tmp_path / "wrong.ipynb"
    right.write_text(recorded, encoding="utf-8", newline="\n")
    wrong.write_text(recorded.replace('"42"', '"43"'), encoding="utf-8", newline="\n")
    result = CliRunner().invoke(main, ["--check", str(right), str(wrong)])
    assert result.exit_code == 1
    assert f"not canonical: {wrong}" in result.stdout
    assert str(right) not in result.stdout
    assert '"43"' in wrong.read_text(encoding="utf-8")


@pytest.mark.slow
def test_recording_repairs_and_gives_the_same_bytes_each_time(recorded, tmp_path):
    wrong = tmp_path / "wrong.ipynb"
    wrong.write_text(recorded.replace('"42"', '"43"'), encoding="utf-8", newline="\n")
    result = CliRunner().invoke(main, [str(wrong)])
    assert result.stdout == f"recorded: {wrong}\n"
    assert wrong.read_bytes() == recorded.encode()
    assert CliRunner().invoke(main, [str(wrong)]).stdout == ""
