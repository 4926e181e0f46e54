"""The layers one by one, and what is left to a machine that has few of them."""

import json
import socket
import sys
import time
from pathlib import Path

import pytest

from bplab.grading import isolation
from bplab.grading.channel import Channel, Gone, Late
from bplab.grading.isolation import bubblewrap, paths
from bplab.grading.remote import Lost, Remote
from bplab.grading.settings import Settings
from bplab.grading.students import Students
from bplab.grading.values import Malformed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the isolation is Linux's")
LEAVES_A_DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
"""


@pytest.fixture(scope="module")
def students():
    students = Students(["import numpy"], Settings(seconds=2, memory=512))
    assert students.layers
    yield students
    students.close()


def descendants(process: int) -> set[int]:
    """All processes below this one."""
    found, waiting = set(), [process]
    while waiting:
        try:
            path = Path(f"/proc/{waiting.pop()}/task")
            children = {
                int(c) for task in path.iterdir() for c in (task / "children").read_text().split()
            }
        except OSError:
            continue
        waiting += children - found
        found |= children
    return found


def test_a_layer_counts_only_if_it_holds(monkeypatch, tmp_path):
    bounds = isolation.Bounds(5, 2**29, tmp_path)
    monkeypatch.setattr(isolation, "LAYERS", {"landlock": lambda bounds, layers: None})
    assert isolation.probe(bounds, []) == []


def test_a_layer_that_cannot_be_entered_is_left_out(monkeypatch, tmp_path):
    def fails(bounds, layers):
        raise OSError("not here")

    monkeypatch.setattr(isolation, "LAYERS", {"seccomp": fails})
    assert isolation.probe(isolation.Bounds(5, 2**29, tmp_path), []) == []


def test_what_a_student_may_read_leaves_out_folders_of_the_course(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    paths.interpreter_files.cache_clear()
    allowed = paths.interpreter_files()
    assert not any(tmp_path.is_relative_to(path) for path in allowed)
    assert not any(Path.home() == path or Path("/") == path for path in allowed)


def test_without_bubblewrap_there_is_no_wrapper(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bubblewrap.command([], tmp_path) == []


def test_a_bubblewrap_that_does_not_work_is_not_used(monkeypatch, tmp_path):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bubblewrap.command([], tmp_path) == []


def test_stopping_ends_the_student_and_the_next_is_fresh(students):
    before = descendants(students.process.pid)
    remote = Remote(students.connect(), {"<cell 1>": "x = 1"})
    remote.channel.deadline = time.monotonic() + 5
    assert remote.run("<cell 1>") is None
    assert remote.get("x") == 1
    assert descendants(students.process.pid) > before
    students.stop()
    assert descendants(students.process.pid) == before
    with pytest.raises(Lost, match="ended the process"):
        remote.get("x")
    again = Remote(students.connect(), {})
    again.channel.deadline = time.monotonic() + 5
    with pytest.raises(KeyError):
        again.get("x")
    students.stop()


def test_without_layers_what_is_left_behind_is_ended_all_the_same(monkeypatch, tmp_path):
    """One harmless daemon, in a zygote that enters no layer but the limits."""
    code = (
        "import json, sys\nfrom bplab.grading import isolation, zygote\n"
        "isolation.enter_house = lambda bounds: []\n"
        "isolation.probe = lambda bounds, house: ['limits']\nzygote.main()\n"
    )
    monkeypatch.setattr("bplab.grading.students.MODULE", ["-c", code])
    monkeypatch.setenv("PATH", str(tmp_path))  # nor bubblewrap
    students = Students([], Settings(seconds=2, memory=512))
    try:
        assert students.layers == ["limits"]
        remote = Remote(students.connect(), {"<cell 1>": LEAVES_A_DAEMON})
        remote.channel.deadline = time.monotonic() + 5
        assert remote.run("<cell 1>") is None
        assert len(descendants(students.process.pid)) >= 2
        students.stop()
        assert descendants(students.process.pid) == set()
    finally:
        students.close()


def test_secrets_of_the_environment_stay_here(monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "secret")
    students = Students([], Settings(seconds=2, memory=512))
    try:
        assert students.layers
        remote = Remote(students.connect(), {"<cell 1>": "import os\nx = dict(os.environ)"})
        remote.channel.deadline = time.monotonic() + 5
        remote.run("<cell 1>")
        assert "secret" not in remote.get("x").values()
    finally:
        students.close()


# the channel


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    channel.deadline = time.monotonic() + 2
    with ours, theirs:
        yield channel, theirs


def frame(header: bytes) -> bytes:
    return len(header).to_bytes(4, "big") + header


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff",
        frame(b"no JSON"),
        frame(b"[]"),
        frame(b'{"message": 1}'),
        frame(b'{"message": 1, "sizes": [-1]}'),
        frame(b'{"message": 1, "sizes": [1e9]}'),
        frame(json.dumps({"message": 1, "sizes": [2**40]}).encode()),
        frame(b'{"message": ' + b"[" * 10_000),
        frame(b"\xff\xfe"),
    ],
    ids=lambda data: repr(data[:30]),
)
def test_garbage_is_refused(data, ends):
    channel, theirs = ends
    theirs.sendall(data)
    with pytest.raises(Malformed):
        channel.receive()


def test_silence_is_late_and_an_end_is_an_end(ends):
    channel, theirs = ends
    channel.deadline = time.monotonic() + 0.05
    theirs.sendall(b"\0\0")  # half a length, and no more
    with pytest.raises(Late):
        channel.receive()
    channel.deadline = None
    theirs.close()
    with pytest.raises(Gone):
        channel.receive()
    with pytest.raises(Gone):
        channel.send("anybody there?")
