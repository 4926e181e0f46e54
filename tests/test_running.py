"""Running a notebook's checks: what each cell can do wrong, and that nothing hangs."""

import nbformat
import pytest

from bplab.running import read_notebook, run_checks

RIGHT = 'check("04.1", lambda grad_a, s: grad_a * s)'
START = "from bplab import check"
PATIENCE = 6  # seconds a cell: enough for a right one to import what it needs on a busy machine


def notebook(folder, *cells, **metadata):
    path = folder / "mine.ipynb"
    code = [nbformat.v4.new_code_cell(source, id=f"c{n}") for n, source in enumerate(cells)]
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=metadata), path)
    return path


def run(folder, *cells, seconds=20.0):
    return run_checks(notebook(folder, START, *cells), seconds=seconds)


def statuses(done):
    return [(row["exercise"], row["status"]) for row in done.rows()]


def test_each_result_is_told(tmp_path):
    done = run(tmp_path, RIGHT, 'check("04.2", lambda d, W, s: d @ W)', 'check("04.3", ...)')
    assert statuses(done) == [("04.1", "passed"), ("04.2", "failed"), ("04.3", "not attempted")]
    assert not done.passed
    heading, first, second, message, diagnosis, _third, total = str(done).splitlines()
    assert heading.split() == ["exercise", "title", "result", "points"]
    assert first.startswith("04.1      BP1, ")
    assert first.endswith("✓ passed         1 of 1")
    assert second.endswith("✗ failed         0 of 2")
    assert message.startswith("          → ")
    assert "σ′" in diagnosis
    assert total == "1 of 3 exercises passed, 1 of 4 points"


def test_the_last_check_of_an_exercise_counts(tmp_path):
    done = run(tmp_path, 'check("04.1", 3)', RIGHT)
    assert done.passed
    assert (done.errors, done.stopped) == ({}, [])


def test_a_cell_that_fails_leaves_its_exercise_not_attempted(tmp_path):
    done = run(tmp_path, "def f(:", 'check("04.1", f)', 'check("99.9", 1)', "1 / 0")
    assert statuses(done) == [("04.1", "not attempted"), ("99.9", "not attempted")]
    assert list(done.errors) == ["cell 2 (c1)", "cell 3 (c2)", "cell 4 (c3)", "cell 5 (c4)"]
    assert done.errors["cell 3 (c2)"] == "NameError: name 'f' is not defined"
    assert "cell 5 (c4): ZeroDivisionError: division by zero" in str(done)


def test_an_error_that_is_meant_is_not_told(tmp_path):
    path = notebook(tmp_path, START, "1 / 0", RIGHT)
    marked = read_notebook(path)
    marked.cells[1].metadata.tags = ["raises-exception"]
    nbformat.write(marked, path)
    assert run_checks(path, seconds=20).errors == {}


def test_a_crash_in_an_answer_is_one_short_line(tmp_path):
    done = run(tmp_path, "def f(a, b):\n    return a / '0'\ncheck('04.1', f)")
    assert statuses(done) == [("04.1", "failed")]
    assert done.errors == {}
    assert "line 2: return a / '0'" in str(done)
    assert "Traceback" not in str(done)


@pytest.mark.slow
def test_an_endless_loop_is_stopped_and_the_rest_goes_on(tmp_path):
    endless = "while True:\n    print('x' * 1000)"
    done = run(tmp_path, endless, f"{endless}\ncheck('04.2', 1)", RIGHT, seconds=PATIENCE)
    assert statuses(done) == [("04.2", "not attempted"), ("04.1", "passed")]
    assert done.stopped == [
        f"cell 2 (c1) was stopped: it still ran after {PATIENCE} s",
        f"cell 3 (c2) was stopped: it still ran after {PATIENCE} s",
    ]
    assert not done.passed


@pytest.mark.slow
def test_an_endless_loop_alone_is_not_a_pass(tmp_path):
    done = run(tmp_path, RIGHT, "while True: pass", seconds=PATIENCE)
    assert statuses(done) == [("04.1", "passed")]
    assert not done.passed


@pytest.mark.slow
def test_a_loop_that_ignores_the_interrupt_ends_the_run(tmp_path):
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    done = run(tmp_path, deaf, RIGHT, seconds=2)
    assert statuses(done) == [("04.1", "not attempted")]
    assert done.stopped == [
        "cell 2 (c1) was stopped: it still ran after 2 s and ignored the interrupt, "
        "so nothing below it was run"
    ]


def test_a_cell_that_ends_the_kernel_ends_the_run(tmp_path):
    done = run(tmp_path, RIGHT, "import os; os._exit(0)", 'check("04.2", 1)')
    assert statuses(done) == [("04.1", "passed"), ("04.2", "not attempted")]
    assert done.stopped == ["cell 3 (c2) ended the kernel, so nothing below it was run"]


def test_grading_variables_do_not_reach_the_kernel(tmp_path, monkeypatch):
    monkeypatch.setenv("BPLAB_STRICT", "1")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    done = run(tmp_path, 'check("04.1", ...)')
    assert (statuses(done), done.errors) == ([("04.1", "not attempted")], {})


def test_the_kernel_runs_in_the_notebooks_folder_and_the_notebook_is_not_changed(tmp_path):
    (tmp_path / "answer.py").write_text("def f(grad_a, s):\n    return grad_a * s\n")
    path = notebook(tmp_path, START, "from answer import f", 'check("04.1", f)')
    before = path.read_bytes()
    assert run_checks(path, seconds=20).passed
    assert path.read_bytes() == before


def test_stored_results_do_not_count(tmp_path):
    path = notebook(tmp_path, START, RIGHT, 'if False:\n    check("04.2", 1)')
    forged = read_notebook(path)
    result = {"exercise": "04.2", "status": "passed", "title": "", "score": 2, "points": 2}
    data = {"application/vnd.bplab.check+json": result, "text/plain": "✓"}
    forged.cells[2].outputs = [nbformat.v4.new_output("display_data", data)]
    nbformat.write(forged, path)
    assert statuses(run_checks(path, seconds=20)) == [
        ("04.1", "passed"),
        ("04.2", "not attempted"),
    ]


def test_progress_is_told_cell_by_cell(tmp_path):
    seen = []

    def progress(cells):
        for number, cell in cells:
            seen.append(cell.source)
            yield number, cell

    run_checks(notebook(tmp_path, START, RIGHT), seconds=20, progress=progress)
    assert seen == [START, RIGHT]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[1]", "'list' object"),
        (b"\xff\xfe", "codec can't decode"),
        (b"", "JSON"),
        (b'{"cells": [{"source": 3}]}', ""),
    ],
)
def test_what_is_not_a_notebook_is_refused(tmp_path, content, reason):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"x\.ipynb is not a Jupyter notebook: .*{reason}"):
        run_checks(path, seconds=1)


def test_a_notebook_without_checks_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r'has no cell with a check such as check\("04\.1"'):
        run_checks(notebook(tmp_path, "1 + 1", "gradients.check(f, df, x)"), seconds=1)


def test_an_unknown_kernel_is_refused(tmp_path):
    spec = {"name": "no-such", "display_name": "x"}
    path = notebook(tmp_path, START, RIGHT, kernelspec=spec)
    with pytest.raises(ValueError, match=r"asks for the kernel 'no-such', which is not here: open"):
        run_checks(path, seconds=1)
