"""The command line: exit codes 0, 1 and 2, one line for a user's mistake, JupyterLab as a child."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import types
import urllib.request
from urllib.error import URLError

import nbformat
import pytest
from click.testing import CliRunner

from bplab import __version__, doctor
from bplab.cli import main
from bplab.exercises.journal import FILE, Journal
from bplab.workspace import lesson_files, lessons_source


def run(*arguments: str):
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["lab", "-h"], ["verify", "--help"]])
def test_help(arguments):
    result = run(*arguments)
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")


def test_version():
    assert run("--version").stdout == f"bplab, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["learn"], "No such command 'learn'"),
        (["lab", "--port", "0"], "0 is not in the range 1<=x<=65535"),
        (["lab", "--port", "lots"], "'lots' is not a valid integer range"),
        (["lab", "a", "b"], "unexpected extra argument (b)"),
    ],
)
def test_bad_usage(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


# bplab lab


def test_lab_copies_the_lessons(tmp_path):
    count = len(list(lesson_files(lessons_source())))
    result = run("lab", str(tmp_path / "ws"), "--no-launch")
    assert result.exit_code == 0
    assert "new: 04_the_four_equations.ipynb\n" in result.stdout
    assert result.stdout.endswith(f"{count} lesson files in {tmp_path / 'ws'}\n")
    assert (tmp_path / "ws" / "04_the_four_equations.ipynb").is_file()


def test_lab_uses_bplab_lessons_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("lab", "--no-launch").exit_code == 0
    assert (tmp_path / "bplab-lessons" / "04_the_four_equations.ipynb").is_file()


def test_lab_tells_what_became_of_changed_and_missing_lessons(tmp_path, monkeypatch):
    lessons, folder = tmp_path / "lessons", tmp_path / "ws"
    lessons.mkdir()
    for name in ("01_a", "02_b", "03_c"):
        (lessons / f"{name}.ipynb").write_text("{}")
    monkeypatch.setattr("bplab.workspace.lessons_source", lambda: lessons)
    run("lab", str(folder), "--no-launch")

    (folder / "01_a.ipynb").write_text("my work")
    (folder / "02_b.ipynb").unlink()
    (lessons / "01_a.ipynb").write_text("newer")
    (lessons / "03_c.ipynb").write_text("newer")
    assert run("lab", str(folder), "--no-launch").stdout.splitlines() == [
        f"you changed 01_a.ipynb, so the newer lesson is beside it: 01_a.new-{__version__}.ipynb",
        "restored, as it was missing: 02_b.ipynb",
        "updated: 03_c.ipynb",
        f"3 lesson files in {folder}",
    ]
    again = run("lab", str(folder), "--no-launch")
    assert again.stdout == f"3 lesson files in {folder}, 1 of them changed by you\n"
    assert (folder / "01_a.ipynb").read_text() == "my work"


def test_lab_refuses_a_file_as_workspace(tmp_path):
    (tmp_path / "file").write_text("mine")
    result = run("lab", str(tmp_path / "file"), "--no-launch")
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: DIR must be a folder, but {tmp_path / 'file'} is a file; give another DIR\n"
    )


def test_lab_refuses_a_port_in_use_before_it_copies(tmp_path):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        result = run("lab", str(tmp_path / "ws"), "--no-browser", "--port", str(port))
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: port {port} is in use; give --port another number, or leave it out\n"
    )
    assert not (tmp_path / "ws").exists()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer(url: str, process: subprocess.Popen, seconds: float = 60) -> dict:
    """What the server says once it is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                return json.load(reply)
        except (URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail(f"no answer; exit code {process.poll()}")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that can be handled")
def test_lab_runs_jupyterlab_and_stops_it(tmp_path):
    port = free_port()
    private = {
        f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    command = [sys.executable, "-c", "from bplab.cli import main; main()", "lab"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, str(tmp_path / "ws"), "--no-browser", "--port", str(port)],
            env={**os.environ, **private},
            stdout=log,
            stderr=log,
        )
    try:
        assert "version" in answer(f"http://127.0.0.1:{port}/api", process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    log_text = (tmp_path / "log").read_text()
    assert f"Serving notebooks from local directory: {(tmp_path / 'ws').resolve()}" in log_text
    with socket.socket() as probe:  # the server did not outlive the command
        assert probe.connect_ex(("127.0.0.1", port)) != 0


# bplab progress


def test_progress_shows_the_workspace_around_a_folder(tmp_path, monkeypatch):
    run("lab", str(tmp_path / "bplab-lessons"), "--no-launch")
    Journal(tmp_path / "bplab-lessons" / FILE).add("04.6", "passed")
    shown = run("progress", str(tmp_path / "bplab-lessons"))
    assert shown.exit_code == 0
    assert re.search(r"^04 +1 +1 +\d+ +1 of \d+ +04\.1$", shown.stdout, re.MULTILINE)
    for folder in (tmp_path, tmp_path / "bplab-lessons", tmp_path / "bplab-lessons" / ".bplab"):
        monkeypatch.chdir(folder)
        assert run("progress").stdout == shown.stdout


def test_progress_without_a_workspace_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("progress")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: no lessons in this folder: give the DIR you gave to bplab lab\n"
    )
    assert run("progress", "nowhere").exit_code == 2
    assert "no lessons in ." in run("progress", ".").stderr


def test_progress_tells_of_a_corrupt_database(tmp_path):
    run("lab", str(tmp_path), "--no-launch")
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    result = run("progress", str(tmp_path))
    assert result.exit_code == 2
    assert "file is not a database; delete that file to begin anew" in result.stderr


# bplab check, bplab solutions and bplab site


def notebook(folder, *sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "mine.ipynb")
    return str(folder / "mine.ipynb")


def test_check_exits_0_or_1(tmp_path):
    right = 'from bplab import check; check("04.6", 0.138498562)'
    result = run("check", notebook(tmp_path, right))
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("\n1 of 1 exercises passed, 1 of 1 points\n")
    result = run("check", notebook(tmp_path, right, 'check("04.7", ...)'), "--timeout", "30")
    assert result.exit_code == 1
    assert "○ not attempted" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.ipynb"], "File 'nowhere.ipynb' does not exist"),
        (["."], "File '.' is a directory"),
        (["text.ipynb"], "Error: text.ipynb is not a Jupyter notebook: "),
        (["mine.ipynb"], "Error: mine.ipynb has no cell with a check"),
        (["mine.ipynb", "--timeout", "0"], "0.0 is not in the range x>0"),
    ],
)
def test_check_refuses_bad_input(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path, "1 + 1")
    (tmp_path / "text.ipynb").write_text("hello")
    result = run("check", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_solutions_writes_every_lesson_once(tmp_path):
    count = len(list(lessons_source().glob("*.ipynb")))
    result = run("solutions", str(tmp_path / "solved"))
    assert result.exit_code == 0
    assert result.stdout == f"{count} solved lessons in {tmp_path / 'solved'}\n"
    again = run("solutions", str(tmp_path / "solved"))
    assert again.exit_code == 2
    assert "exists already, nothing was written; give another DIR" in again.stderr


def test_solutions_refuses_a_file(tmp_path):
    (tmp_path / "file").write_text("mine")
    result = run("solutions", str(tmp_path / "file"))
    assert result.exit_code == 2
    assert "DIR must be a folder, but" in result.stderr


def test_site_leaves_a_folder_alone_that_holds_something(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    result = run("site", str(tmp_path))
    assert result.exit_code == 2
    assert f"Error: {tmp_path} is not empty, nothing was written; give another DIR" in result.stderr


# bplab doctor


def test_doctor_says_all_is_well(tmp_path):
    result = run("doctor", str(tmp_path))
    assert result.exit_code == 0, result.stdout
    assert result.stdout.startswith(f"bplab {__version__}\n✓ Python")
    assert result.stdout.endswith("all is well\n")


def test_doctor_says_what_is_wrong_and_how_to_repair_it(tmp_path, monkeypatch):
    wrong = doctor.Finding("numpy", "missing", 'pip install "numpy>=2.1"')
    monkeypatch.setattr(doctor, "examine", lambda _: [doctor.Finding("Python", "3.11"), wrong])
    result = run("doctor", str(tmp_path))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == [
        "✓ Python  3.11",
        "✗ numpy   missing",
        '          → pip install "numpy>=2.1"',
        "1 of 2 checks failed",
    ]


# bplab verify, against a rulebook of two rules


def rule(name: str, *, right: bool) -> dict:
    return {
        "name": name,
        "proved": right,
        "methods": {"canonical": True, "cutoff": right},
        "generated": right,
        "numeric": {"max_relative_error": 2.5e-16 if right else 0.5},
        "exact": right,
        "mistakes": {"rejected": 5 if right else 4, "total": 5},
        "seconds": 0.125,
    }


class Report:
    def __init__(self, *rules: dict):
        self.rules = rules
        self.ok = all(rule["proved"] for rule in rules)

    def to_json(self) -> str:
        return json.dumps({"rules": self.rules, "seconds": 0.25})


@pytest.fixture
def rulebook(monkeypatch):
    known = {"BP1": rule("BP1", right=True), "hidden_error": rule("hidden_error", right=False)}

    def verify(names=(), progress=iter):
        for name in names:
            if name not in known:
                raise ValueError(f"no rule is named {name!r}; did you mean BP1?")
        return Report(*(known[name] for name in progress(list(names or known))))

    module = types.ModuleType("bplab.rulebook")
    module.verify = verify
    monkeypatch.setitem(sys.modules, "bplab.rulebook", module)


@pytest.mark.usefixtures("rulebook")
def test_verify_prints_a_table():
    result = run("verify")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "rule          proved                  generated  complex step  exact  mistakes rejected  "
        "seconds",
        "BP1           ✓ canonical ✓ cutoff ✓  ✓          2.5e-16       ✓      5/5                "
        "0.12",
        "hidden_error  ✗ canonical ✓ cutoff ✗  ✗          5.0e-01       ✗      4/5                "
        "0.12",
        "2 rules in 0.2 s",
    ]


@pytest.mark.usefixtures("rulebook")
def test_verify_exits_0_when_all_is_proved():
    assert run("verify", "BP1").exit_code == 0


@pytest.mark.usefixtures("rulebook")
def test_verify_prints_json_and_nothing_else():
    result = run("verify", "--json", "BP1")
    assert json.loads(result.stdout) == {"rules": [rule("BP1", right=True)], "seconds": 0.25}


@pytest.mark.usefixtures("rulebook")
def test_verify_refuses_an_unknown_rule():
    result = run("verify", "BP7")
    assert result.exit_code == 2
    assert result.stderr == "Error: no rule is named 'BP7'; did you mean BP1?\n"
