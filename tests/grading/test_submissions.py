"""What lies in the folder of submissions: every kind of file is an outcome, never a crash."""

import os
import sys
from pathlib import Path

import pytest

from bplab.grading.assignment import Assignment, read_assignment
from bplab.grading.submissions import (
    LARGEST,
    MOST_COMPANIONS,
    file_name,
    find_students,
    read_submission,
)
from tests.grading.notebooks import assignment

ONE = Assignment("week1", {"problem": "{}"})
FOLDER = Assignment("ps1", {"problem": "{}"}, "ps1")
FOLDER_OF_TWO = Assignment("ps1", {"first": "{}", "second": "{}"}, "ps1")
TWO = Assignment("week1", {"first": "{}", "second": "{}"})


def put(path, text="{}"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def read(folder, student, assignment=ONE):
    submission = read_submission(folder, student, assignment)
    return submission.texts or submission.problem


def test_both_layouts(tmp_path):
    put(tmp_path / "flat.ipynb", "flat")
    put(tmp_path / "nested/week1/problem.ipynb", "nested")
    put(tmp_path / "short/problem.ipynb", "short")
    put(tmp_path / "renamed/week1/my own.ipynb", "renamed")
    assert find_students(tmp_path) == ["flat", "nested", "renamed", "short"]
    for student in find_students(tmp_path):
        assert read(tmp_path, student) == {"problem": student}


def test_the_right_assignment_of_several(tmp_path):
    put(tmp_path / "ada/week0/problem.ipynb", "old")
    put(tmp_path / "ada/week1/problem.ipynb", "new")
    put(tmp_path / "ada/week1/.ipynb_checkpoints/problem-checkpoint.ipynb", "hidden")
    assert read(tmp_path, "ada") == {"problem": "new"}


def test_who_handed_in_twice_is_for_a_human(tmp_path):
    put(tmp_path / "ada.ipynb", "flat")
    put(tmp_path / "ada/week1/problem.ipynb", "nested")
    put(tmp_path / "bob/a/problem.ipynb", "a")
    put(tmp_path / "bob/b/problem.ipynb", "b")
    put(tmp_path / "eve/week0/problem.ipynb", "old")
    put(tmp_path / "eve/week1/problem.ipynb", "new")
    put(tmp_path / "joe.ipynb")
    put(tmp_path / "joe/data.csv")
    doubts = {name: read_submission(tmp_path, name, ONE).doubt for name in find_students(tmp_path)}
    assert doubts == {
        "ada": "handed in more than once: ada.ipynb was graded, ada/week1/problem.ipynb was not",
        "bob": (
            "handed in more than once: bob/a/problem.ipynb was graded, bob/b/problem.ipynb was not"
        ),
        "eve": "",
        "joe": "",
    }


def test_another_assignments_folder_is_no_notebook(tmp_path):
    put(tmp_path / "ada/ps1/problem.ipynb", "right")
    put(tmp_path / "ada/ps2/problem.ipynb", "another")
    put(tmp_path / "bob/ps2/problem.ipynb", "another")
    (tmp_path / "dan/ps1").mkdir(parents=True)
    put(tmp_path / "eve/problem.ipynb", "right")
    assert {student: read(tmp_path, student, FOLDER) for student in find_students(tmp_path)} == {
        "ada": {"problem": "right"},
        "bob": "no notebook problem.ipynb in the folder ps1: found ps2/problem.ipynb",
        "dan": "no notebook problem.ipynb: none is there",
        "eve": {"problem": "right"},
    }


def test_a_renamed_notebook_is_for_a_human(tmp_path):
    put(tmp_path / "cyd/ps1/other.ipynb", "renamed")
    put(tmp_path / "fay/ps1/first.ipynb", "right")
    put(tmp_path / "fay/ps1/secnod.ipynb", "renamed")
    one = read_submission(tmp_path, "cyd", FOLDER)
    assert one.texts == {"problem": "renamed"}
    assert one.doubt == "no notebook problem.ipynb: ps1/other.ipynb was graded instead"
    two = read_submission(tmp_path, "fay", FOLDER_OF_TWO)
    assert two.texts == {"first": "right"}
    assert two.doubt == "no notebook second.ipynb: ps1/secnod.ipynb was found and not graded"


def test_a_folders_name_is_known_from_the_source(tmp_path):
    put(tmp_path / "ps1/problem.ipynb", assignment())
    assert read_assignment(tmp_path / "ps1").folder == "ps1"
    assert read_assignment(tmp_path / "ps1/problem.ipynb").folder == ""


def test_what_is_no_submission_is_listed(tmp_path):
    for name in ("ada.ipynb", "ada", "late.py", "notes.pdf", "..x.ipynb", ".DS_Store"):
        put(tmp_path / name)
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    neither = "it is neither a notebook nor a student's folder"
    link = "it is a symbolic link, which is not followed"
    assert {student: read(tmp_path, student) for student in find_students(tmp_path)} == {
        "..x.ipynb": "it is hidden: its name begins with a dot",
        "ada": {"problem": "{}"},
        "dangling": link,
        "late.py": neither,
        "loop": link,
        "notes.pdf": neither,
    }
    doubt = read_submission(tmp_path, "ada", ONE).doubt
    assert doubt == "ada lies beside it, which is no folder, and was not read"


def test_several_notebooks(tmp_path):
    put(tmp_path / "ada/week1/first.ipynb", "1")
    put(tmp_path / "ada/week1/second.ipynb", "2")
    put(tmp_path / "bob/week1/second.ipynb", "2")
    put(tmp_path / "eve.ipynb")
    assert read(tmp_path, "ada", TWO) == {"first": "1", "second": "2"}
    assert read(tmp_path, "bob", TWO) == {"second": "2"}
    assert read(tmp_path, "eve", TWO) == "one notebook was handed in, but week1 has 2"


def test_what_cannot_be_read_is_told(tmp_path):
    put(tmp_path / "target.txt", "secret")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "target.txt")
    (tmp_path / "folder").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "folder")
    put(tmp_path / "other/week1/a.ipynb")
    put(tmp_path / "other/week1/b.ipynb")
    (tmp_path / "binary.ipynb").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "directory.ipynb").mkdir()
    with open(tmp_path / "huge.ipynb", "wb") as file:
        file.truncate(LARGEST + 1)
    assert {student: read(tmp_path, student) for student in find_students(tmp_path)} == {
        "binary": "it is not UTF-8 text",
        "directory": "it is no regular file",
        "folder": "no notebook problem.ipynb: none is there",
        "huge": "it is too large: 20 MiB, at most 20",
        "link": "it is a symbolic link, which is not followed",
        "linked": "it is a symbolic link, which is not followed",
        "other": "no notebook problem.ipynb: none of 2 notebooks is named so",
        "target.txt": "it is neither a notebook nor a student's folder",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_does_not_hold_up_the_class(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert read(tmp_path, "pipe") == "it is no regular file"


def test_nothing_handed_in(tmp_path):
    put(tmp_path / "README.md")
    with pytest.raises(ValueError, match="holds no submissions: expected student/assignment"):
        find_students(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux")
def test_a_name_that_is_no_text(tmp_path):
    (tmp_path / os.fsdecode(b"zo\xeb.ipynb")).write_text("{}")
    (student,) = find_students(tmp_path)
    assert read(tmp_path, student) == {"problem": "{}"}
    assert file_name(student) == "zo%EB"


def test_file_names_are_safe_and_distinct():
    names = ["ada", "a/b", "a%2Fb", "..", ".hidden", "Zoë", "x y", "con", 'a"b', "a\nb"]
    safe = [file_name(name) for name in names]
    assert len(set(safe)) == len(names)
    assert not any(set(name) & set('/\\"\n:*?<>|') or name.startswith(".") for name in safe)


def test_a_long_name_is_cut_and_stays_distinct(tmp_path):
    names = ["Ж" * 120 + end for end in "ab"]
    safe = [file_name(name) for name in names]
    assert len(set(safe)) == 2
    assert max(map(len, safe)) < 200


def test_a_file_that_may_not_be_read_is_left_out(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError

    put(tmp_path / "ada/week1/problem.ipynb", "{}")
    put(tmp_path / "ada/week1/data.csv", "1,2")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    submission = read_submission(tmp_path, "ada", ONE)
    assert (submission.texts, submission.files) == ({"problem": "{}"}, {})


def test_files_beside_a_notebook_go_with_it(tmp_path):
    put(tmp_path / "ada/week1/problem.ipynb")
    put(tmp_path / "ada/week1/data.csv", "1,2")
    put(tmp_path / "ada/week1/.hidden", "no")
    put(tmp_path / "ada/week1/other.ipynb", "no")
    put(tmp_path / "secret.txt", "no")
    (tmp_path / "ada/week1/link.csv").symlink_to(tmp_path / "secret.txt")
    with open(tmp_path / "ada/week1/huge.bin", "wb") as file:
        file.truncate(MOST_COMPANIONS)
    put(tmp_path / "bob.ipynb")
    assert read_submission(tmp_path, "ada", ONE).files == {"data.csv": "MSwy"}
    assert read_submission(tmp_path, "bob", ONE).files == {}
