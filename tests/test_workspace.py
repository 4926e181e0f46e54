"""The learner's work survives every update, and newer lessons arrive."""

import socket

import pytest

from bplab import workspace
from bplab.workspace import (
    Outcome,
    fill,
    find_workspace,
    lesson_files,
    lessons_source,
    port_problem,
)


@pytest.fixture
def lessons(tmp_path):
    folder = tmp_path / "lessons"
    (folder / "images").mkdir(parents=True)
    (folder / "01_one.ipynb").write_text("one")
    (folder / "02_two.ipynb").write_text("two")
    (folder / "images" / "net.png").write_bytes(b"png")
    return folder


@pytest.fixture
def folder(tmp_path, lessons):
    """A workspace with version 0.1.0 of the lessons."""
    folder = tmp_path / "workspace"
    fill(folder, lessons, "0.1.0")
    return folder


def actions(outcomes: list[Outcome]) -> dict[str, str]:
    return {name: action for name, action, _ in outcomes}


def texts(folder) -> dict[str, str]:
    return {path.as_posix(): (folder / path).read_text() for path in lesson_files(folder)}


def test_a_new_workspace_gets_every_lesson(tmp_path, lessons):
    outcomes = fill(tmp_path / "deep" / "new", lessons, "0.1.0")
    assert actions(outcomes) == dict.fromkeys(
        ["01_one.ipynb", "02_two.ipynb", "images/net.png"], "copied"
    )
    assert texts(tmp_path / "deep" / "new") == texts(lessons)


def test_hidden_files_are_not_lessons(lessons):
    (lessons / ".ipynb_checkpoints").mkdir()
    (lessons / ".ipynb_checkpoints" / "01_one-checkpoint.ipynb").write_text("old")
    (lessons / "__pycache__").mkdir()
    (lessons / "__pycache__" / "x.pyc").write_text("code")
    names = [path.as_posix() for path in lesson_files(lessons)]
    assert names == ["01_one.ipynb", "02_two.ipynb", "images/net.png"]


def test_an_unchanged_lesson_is_updated(folder, lessons):
    (lessons / "01_one.ipynb").write_text("one, newer")
    outcomes = fill(folder, lessons, "0.2.0")
    assert actions(outcomes)["01_one.ipynb"] == "updated"
    assert texts(folder) == texts(lessons)


def test_a_changed_lesson_is_kept_and_the_newer_one_lands_beside(folder, lessons):
    (folder / "01_one.ipynb").write_text("my work")
    assert actions(fill(folder, lessons, "0.1.0"))["01_one.ipynb"] == "kept"

    (lessons / "01_one.ipynb").write_text("one, newer")
    outcomes = fill(folder, lessons, "0.2.0")
    assert outcomes[0] == ("01_one.ipynb", "beside", folder / "01_one.new-0.2.0.ipynb")
    assert texts(folder) == {
        "01_one.ipynb": "my work",
        "01_one.new-0.2.0.ipynb": "one, newer",
        "02_two.ipynb": "two",
        "images/net.png": "png",
    }
    # It has been told once; a second run neither repeats it nor makes another copy.
    assert actions(fill(folder, lessons, "0.2.0"))["01_one.ipynb"] == "kept"
    assert len(texts(folder)) == 4


def test_work_in_the_newer_copy_is_kept_too(folder, lessons):
    (folder / "01_one.ipynb").write_text("my work")
    (folder / "01_one.new-0.2.0.ipynb").write_text("also my work")
    (lessons / "01_one.ipynb").write_text("one, newer")
    outcomes = fill(folder, lessons, "0.2.0")
    assert outcomes[0].path == folder / "01_one.new-0.2.0-2.ipynb"
    assert outcomes[0].path.read_text() == "one, newer"
    assert (folder / "01_one.new-0.2.0.ipynb").read_text() == "also my work"


def test_a_deleted_lesson_is_restored(folder, lessons):
    (folder / "02_two.ipynb").unlink()
    assert actions(fill(folder, lessons, "0.1.0")) == {
        "01_one.ipynb": "current",
        "02_two.ipynb": "restored",
        "images/net.png": "current",
    }
    assert texts(folder) == texts(lessons)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1, 2]", b"\xff\xfe"])
def test_without_a_manifest_what_differs_is_the_learners(folder, lessons, content):
    manifest = folder / workspace.MANIFEST
    manifest.unlink()
    if content is not None:
        manifest.write_bytes(content)
    (lessons / "01_one.ipynb").write_text("one, newer")
    outcomes = actions(fill(folder, lessons, "0.2.0"))
    assert outcomes == {
        "01_one.ipynb": "beside",
        "02_two.ipynb": "current",
        "images/net.png": "current",
    }
    assert (folder / "01_one.ipynb").read_text() == "one"


def test_other_files_of_the_learner_stay(folder, lessons):
    (folder / "notes.md").write_text("mine")
    (lessons / "02_two.ipynb").unlink()
    fill(folder, lessons, "0.2.0")
    assert (folder / "notes.md").read_text() == "mine"
    assert (folder / "02_two.ipynb").read_text() == "two"


def test_an_interrupted_copy_leaves_whole_files(folder, lessons, monkeypatch):
    (lessons / "01_one.ipynb").write_text("one, newer")
    (lessons / "02_two.ipynb").write_text("two, newer")
    real = workspace.os.fsync
    calls = []

    def interrupted_second_time(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(descriptor)

    monkeypatch.setattr(workspace.os, "fsync", interrupted_second_time)
    with pytest.raises(KeyboardInterrupt):
        fill(folder, lessons, "0.2.0")
    assert (folder / "02_two.ipynb").read_text() == "two"
    assert not list(folder.rglob("*.part"))

    # The next run, even to a later version, still knows that no file is the learner's.
    (lessons / "01_one.ipynb").write_text("one, newest")
    outcomes = actions(fill(folder, lessons, "0.3.0"))
    assert outcomes["01_one.ipynb"] == outcomes["02_two.ipynb"] == "updated"


def test_a_full_disk_is_told(folder, lessons, monkeypatch):
    (lessons / "01_one.ipynb").write_text("one, newer")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workspace.os, "fsync", full)
    with pytest.raises(OSError, match=r"cannot write .*: No space left on device; give another"):
        fill(folder, lessons, "0.2.0")
    assert (folder / "01_one.ipynb").read_text() == "one"


def test_the_source_is_no_workspace(lessons):
    with pytest.raises(ValueError, match="the workspace must be another folder than"):
        fill(lessons, lessons, "0.1.0")
    assert not (lessons / ".bplab").exists()


def test_a_file_is_no_workspace(tmp_path, lessons):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match=r"DIR must be a folder, but .*file is a file"):
        fill(tmp_path / "file", lessons, "0.1.0")
    with pytest.raises(OSError, match=r"cannot make the folder .*below: .*; give another DIR"):
        fill(tmp_path / "file" / "below", lessons, "0.1.0")
    assert (tmp_path / "file").read_text() == "mine"


def test_the_lessons_are_found():
    assert "04_the_four_equations.ipynb" in {path.name for path in lesson_files(lessons_source())}


def test_a_package_without_lessons_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(workspace, "__file__", str(tmp_path / "bplab" / "workspace.py"))
    with pytest.raises(FileNotFoundError, match=r"has no lessons: .*_lessons is missing"):
        lessons_source()


def test_a_port_in_use_is_found():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert port_problem(port) == f"port {port} is in use"
    assert port_problem(port) is None


def test_the_workspace_is_found_from_any_folder_in_it(tmp_path):
    deep = tmp_path / "ws" / "mine" / "deeper"
    deep.mkdir(parents=True)
    assert find_workspace(deep) is None
    workspace.write(tmp_path / "ws" / workspace.MANIFEST, b"{}")
    assert find_workspace(deep) == find_workspace(tmp_path / "ws") == tmp_path / "ws"
    assert find_workspace(tmp_path) is None
