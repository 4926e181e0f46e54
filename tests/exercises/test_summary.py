"""Progress as the learner sees it, and what check, hint and reveal remember."""

import json

import pytest

from bplab.exercises import check, hint, progress, reveal, summary
from bplab.exercises.journal import FILE, Journal, journal_of
from bplab.workspace import MANIFEST


@pytest.fixture(autouse=True)
def _only_lesson_99(lesson, monkeypatch):
    monkeypatch.setattr(summary, "lessons", lambda: ["99"])


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    (tmp_path / MANIFEST).parent.mkdir()
    (tmp_path / MANIFEST).write_text("{}")
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    return tmp_path


def restart() -> None:
    """What the end of a kernel does to all that is in memory."""
    journal_of.cache_clear()


EMPTY = """\
lesson  passed  attempted  exercises  points  next
99      0       0          4          0 of 5  99.1
all     0       0          4          0 of 5"""


def test_the_table(workspace):
    assert str(progress()) == EMPTY
    check("99.3", 0.25)
    check("99.1", ...)
    check("99.4", "a")
    assert (
        str(progress())
        == """\
lesson  passed  attempted  exercises  points  next
99      1       2          4          1 of 5  99.1
all     1       2          4          1 of 5"""
    )


def test_in_a_notebook_it_is_text_and_a_table_without_scripts(workspace):
    check("99.1", lambda d, W, s: d @ W * s)
    bundle = progress()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == repr(progress()) == str(progress())
    assert "<tr><td>99</td><td>1</td><td>1</td><td>4</td><td>2 of 5</td>" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]
    assert bundle == progress()._repr_mimebundle_()  # no time, no address


def test_progress_survives_a_kernel_restart(workspace):
    check("99.3", 0.5)
    hint("99.3")
    hint("99.3")
    restart()
    assert "Hint 3 of 3" in str(hint("99.3"))
    assert "pass the check first" in str(reveal("99.3"))
    check("99.3", 0.25)
    restart()
    assert "0.25" in str(reveal("99.3"))
    standing = progress().standings["99.3"]
    assert (standing.status, standing.attempts, standing.hints) == ("passed", 2, 3)


def test_the_mistake_is_kept_and_the_answer_is_not(workspace):
    check("99.1", lambda delta, W, secret_name: delta @ W)
    assert progress().standings["99.1"].mistake == "no σ′"
    assert b"secret_name" not in (workspace / FILE).read_bytes()


@pytest.mark.parametrize("variable", ["BPLAB_STRICT", "NBGRADER_EXECUTION"])
def test_nothing_is_written_while_grading(workspace, monkeypatch, variable):
    monkeypatch.setenv(variable, "1" if variable == "BPLAB_STRICT" else "autograde")
    check("99.3", 0.25)
    hint("99.1")
    with pytest.raises(AssertionError):
        check("99.4", "a")
    assert not (workspace / FILE).exists()
    monkeypatch.delenv(variable)
    assert str(progress()) == EMPTY


def test_nothing_is_written_outside_a_workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check("99.3", 0.25)
    assert progress().rows[0].passed == 1
    assert list(tmp_path.iterdir()) == []


def test_a_deleted_folder_is_no_workspace(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    try:
        gone.rmdir()
    except OSError:
        pytest.skip("this system keeps a folder that is in use")
    assert check("99.3", 0.25).passed


def test_a_check_works_although_its_database_does_not(workspace, capsys):
    (workspace / FILE).write_bytes(b"not a database" * 100)
    assert check("99.3", 0.25).passed
    assert capsys.readouterr().out.count("\n") == 1
    assert "0.25" in str(reveal("99.3"))
    assert str(progress()).endswith("file is not a database; delete that file to begin anew")
    assert "file is not a database" in progress()._repr_mimebundle_()["text/html"]


def test_export(workspace):
    check("99.1", lambda d, W, s: d @ W)
    check("99.3", 0.25)
    assert progress().export("mine.json").name == "mine.json"
    text = (workspace / "mine" / "mine.json").read_text(encoding="utf-8")
    first, second = json.loads(text)["exercises"]
    assert first.pop("time") <= second.pop("time")
    assert first == {
        "exercise": "99.1",
        "status": "failed",
        "attempts": 1,
        "hints": 0,
        "mistake": "no σ′",
    }
    assert (second["exercise"], second["status"]) == ("99.3", "passed")


def test_export_overwrites_nothing(workspace):
    (workspace / "mine" / "kept.json").write_text("mine")
    with pytest.raises(FileExistsError, match=r"kept\.json exists already: give another name"):
        progress().export("kept.json")
    assert (workspace / "mine" / "kept.json").read_text() == "mine"


def test_delete(workspace):
    check("99.3", 0.25)
    assert str(progress().delete()) == EMPTY
    restart()
    assert str(progress()) == EMPTY


def test_an_exercise_that_no_longer_exists_is_left_out_of_the_table(workspace):
    Journal(workspace / FILE).add("77.1", "passed")
    assert str(progress()) == EMPTY
    assert "77.1" in progress().standings
