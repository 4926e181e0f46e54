"""The journal: nothing is lost to a second notebook, a killed kernel or a bad database."""

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bplab.exercises import journal as module
from bplab.exercises.journal import Journal, Standing


@pytest.fixture
def path(tmp_path):
    return tmp_path / "progress.sqlite"


def test_events_outlive_the_journal(path):
    first = Journal(path)
    first.add("04.1", "failed", "no σ′")
    first.add("04.1", "hint", "2")
    first.add("04.1", "passed")
    events = [(event.exercise, event.kind, event.detail) for event in Journal(path).events()]
    assert events == [("04.1", "failed", "no σ′"), ("04.1", "hint", "2"), ("04.1", "passed", "")]
    assert all(event.time.endswith("+00:00") for event in Journal(path).events())


def test_nothing_is_written_before_something_happens(path):
    assert Journal(path).events() == []
    Journal(path).delete()
    assert not path.exists()


def test_without_a_path_all_stays_in_memory(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    journal = Journal(None)
    journal.add("04.1", "passed")
    assert journal.standings()["04.1"].status == "passed"
    assert list(path.parent.iterdir()) == []


def test_a_standing_counts_attempts_up_to_the_first_pass(path):
    journal = Journal(path)
    for kind, detail in [
        ("failed", "sign"),
        ("hint", "1"),
        ("hint", "3"),
        ("hint", "2"),
        ("failed", ""),
        ("passed", ""),
        ("failed", "sign"),
        ("passed", ""),
    ]:
        journal.add("04.1", kind, detail)
    journal.add("04.2", "failed", "transpose")
    got = journal.standings()
    time = got["04.1"].time
    assert got["04.1"] == Standing("passed", attempts=3, hints=3, mistake="", time=time)
    assert (got["04.2"].status, got["04.2"].mistake) == ("failed", "transpose")
    assert "04.3" not in got


def test_delete_forgets_everything(path):
    journal = Journal(path)
    journal.add("04.1", "passed")
    journal.delete()
    assert journal.events() == Journal(path).events() == []


def test_many_writers_lose_nothing(path):
    def write(name):
        journal = Journal(path)
        for number in range(20):
            journal.add(name, "failed", str(number))
        assert journal.problem == ""

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcd"))
    events = Journal(path).events()
    for name in "abcd":
        assert [e.detail for e in events if e.exercise == name] == [str(n) for n in range(20)]


WRITER = """
import sys
from pathlib import Path
from bplab.exercises.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(10**9):
    journal.add("04.1", "failed", str(number))
    assert not journal.problem
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 5, 12])
def test_a_process_killed_while_it_writes_loses_nothing(path, after):
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        confirmed = [process.stdout.readline() for _ in range(after)]
        process.kill()
        confirmed += process.stdout.readlines()
    journal = Journal(path)
    journal.add("04.1", "passed")  # the database can be written as if nothing had happened
    assert journal.problem == ""
    *details, last = [event.detail for event in journal.events()]
    assert details[: len(confirmed)] == [str(number) for number in range(len(confirmed))]
    assert len(details) <= len(confirmed) + 1
    assert last == ""


def test_a_process_killed_inside_a_transaction_leaves_the_database_as_it_was(path):
    Journal(path).add("04.1", "passed")
    half = (
        "import os, sqlite3, sys; d = sqlite3.connect(sys.argv[1]); "
        "d.execute('PRAGMA cache_size = 1'); "
        "d.executemany('INSERT INTO events (exercise, kind, detail, time) VALUES (?,?,?,?)', "
        "[('04.2', 'passed', 'x' * 1000, '')] * 500); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", half, str(path)], check=False)
    assert path.with_name("progress.sqlite-journal").exists()  # the kill was in the middle
    assert list(Journal(path).standings()) == ["04.1"]


def test_a_locked_database_is_told_once_and_caught_up_with(path, monkeypatch, capsys):
    monkeypatch.setattr(module, "SECONDS_TO_WAIT", 0.01)
    journal = Journal(path)
    journal.add("04.1", "failed")
    with sqlite3.connect(path) as other:
        other.execute("BEGIN EXCLUSIVE")
        journal.add("04.1", "passed")
        journal.add("04.2", "failed")
        assert capsys.readouterr().out == (
            f"progress is kept only until the kernel stops, as {path} cannot be used: "
            "database is locked; checks work all the same\n"
        )
        assert [event.exercise for event in journal.events()] == ["04.1", "04.2"]
    other.close()
    journal.add("04.3", "failed")
    assert [event.exercise for event in Journal(path).events()] == ["04.1", "04.1", "04.2", "04.3"]
    assert capsys.readouterr().out == ""


def test_another_notebooks_short_lock_is_waited_for(path):
    journal = Journal(path)
    journal.add("04.1", "failed")
    other = sqlite3.connect(path, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(0.2, other.rollback)
    timer.start()
    journal.add("04.1", "passed")
    timer.join()
    other.close()
    assert journal.problem == ""
    assert Journal(path).standings()["04.1"].status == "passed"


@pytest.mark.parametrize("content", [b"not a database " * 100, b"\x00" * 5000])
def test_a_corrupt_database_is_told_and_kept(path, content, capsys):
    path.write_bytes(content)
    journal = Journal(path)
    journal.add("04.1", "passed")
    assert capsys.readouterr().out == (
        f"progress is kept only until the kernel stops, as {path} cannot be used: "
        "file is not a database; delete that file to begin anew\n"
    )
    assert journal.standings()["04.1"].status == "passed"
    assert path.read_bytes() == content


def test_a_damaged_page_is_told(path, capsys):
    journal = Journal(path)
    for number in range(200):
        journal.add("04.1", "failed", str(number) * 50)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    damaged = Journal(path)
    assert damaged.events() == []
    assert "malformed; delete that file to begin anew" in damaged.problem


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX permissions")
def test_a_folder_that_cannot_be_used_is_told(tmp_path, capsys):
    journal = Journal(tmp_path / "gone" / "progress.sqlite")
    journal.add("04.1", "passed")
    assert "unable to open database file; checks work all the same" in capsys.readouterr().out
    assert journal.standings()["04.1"].status == "passed"


def test_a_database_without_a_table_is_empty(path):
    path.touch()
    assert Journal(path).events() == []
