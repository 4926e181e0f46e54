"""Each attack gets the marks that its honest part earns, and harms nothing.

The answer to `double` attacks; those to `mean` before it and to `last` after it are honest.
"""

import os
import signal
import socket
import subprocess
import sys

import pytest

from bplab.grading.assignment import Assignment
from bplab.grading.pool import Pool
from bplab.grading.settings import Settings
from bplab.grading.submissions import Submission
from tests.grading.conftest import grader, scores
from tests.grading.notebooks import (
    DOUBLE,
    DOUBLE_TEST,
    IMPORTS,
    LAST,
    MEAN,
    MEAN_TEST,
    answer,
    cell,
    notebook,
    submission,
    test_cell,
)  # fmt: skip

NOTHING, ALL = 0.0, 2.0

LIAR = """
class Liar:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    __rsub__ = __sub__
    def __abs__(self): return 0
    def __le__(self, other): return True
    def __bool__(self): return True
    def __array_function__(self, *how): return True
    def __array_ufunc__(self, *how, **more): return self
    def __array__(self, *how, **more): return np.array([2.0, 4.0])
def double(x): return Liar()
"""
LYING_ARRAY = """
class Lying(np.ndarray):
    def __array_function__(self, *how): return True
    def __array_ufunc__(self, *how, **more): return True
    def __eq__(self, other): return True
def double(x): return np.array([98.0, 99.0]).view(Lying)
"""
LYING_NUMBER = """
class Number(float):
    def __eq__(self, other): return True
    def __abs__(self): return 0
def double(x): return Number(7) if isinstance(x, int) else 2 * x
"""
LYING_CLASS = LIAR.replace("def double(x): return Liar()", "double = Liar").replace(
    "class Liar:", "class Liar:\n    def __init__(self, x): pass"
)
PATCHES = """
import builtins, unittest
np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
np.testing.assert_allclose = lambda *a, **k: None
builtins.AssertionError = builtins.NameError = Exception
builtins.abs = builtins.all = builtins.any = builtins.isinstance = lambda *a: True
def double(x): return 0
"""
FORGED = """
import gc, json, os, socket
wire = {"message": {"reply": {"value": True}, "number": "1"}, "sizes": []}
data = json.dumps(wire).encode()
for number in range(3, 64):
    try: os.write(number, len(data).to_bytes(4, "big") + data)
    except OSError: pass
def double(x): return 0
"""
GARBAGE = """
import os
for number in range(3, 64):
    try: os.write(number, b"\\xff" * 64)
    except OSError: pass
def double(x): return 0
"""
ENCODER = """
import bplab.grading.values, bplab.grading.student, json
bplab.grading.values.Encoder.encode = lambda self, value, depth=0: ["yours", 0]
json.dumps = lambda *a, **k: '{"message": {"reply": {}, "number": ""}, "sizes": []}'
def double(x): return 0
"""
SERVER = """
import sys
frame = sys._getframe()
while not hasattr(frame.f_locals.get("self"), "describe"):
    frame = frame.f_back
server = frame.f_locals["self"]
"""
FORGED_ERROR = (
    SERVER
    + """
type(server).describe = lambda *how: {"kinds": 5}
def double(x): raise ValueError
raise ValueError
"""
)
FORGED_VALUE = (
    SERVER
    + """
def double(x):
    server.write = lambda value: ["array", "secret", [1], 0, True]
    return object()
"""
)
FORGED_STATEMENT = (
    SERVER
    + """
import os
[server.tell(10**9), os._exit(0)]
"""
)
HANGING_DESTRUCTOR = """
class Hangs:
    def __del__(self):
        while True: pass
hangs = Hangs()
"""
FORK_BOMB = """
import os
children = 0
while children < 5:  # the belt: five are enough to see
    try:
        if os.fork() == 0:
            os._exit(0)
    except OSError: break
    children += 1
def double(x):
    if children: raise RuntimeError(f"{children} children")
    return 2 * x
"""
THREADS = """
import threading, time
for _ in range(300):
    try: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError: break
"""
DAEMON = """
import os, sys, time
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(30)
        os._exit(0)
except OSError: pass
"""
FLOOD = """
import os, sys
for _ in range(2000):
    print("x" * 100_000)
    sys.stderr.write("y" * 1000)
    os.write(1, b"z" * 1000)
"""
DISK = """
written = 0
try:
    for number in range(200):  # the belt: 200 MB, which no disk here minds
        with open(f"file{number}", "wb") as file:
            file.write(bytes(1_000_000))
        written += 1
except OSError: pass
def double(x):
    if written > 70: raise RuntimeError(f"{written} MB written")
    return 2 * x
"""

ATTACKS = {
    "endless loop in the cell": (DOUBLE + "\nwhile True: pass", ALL),
    "endless loop in the function": ("def double(x):\n    while True: pass", NOTHING),
    "sleep": ("import time\ntime.sleep(1e6)\n" + DOUBLE, NOTHING),
    "sys.exit in the cell": (DOUBLE + "\nimport sys\nsys.exit(0)", ALL),
    "sys.exit in the function": ("import sys\ndef double(x): sys.exit(0)", NOTHING),
    "os._exit after the right answer": (DOUBLE + "\nimport os\nos._exit(0)", ALL),
    "os._exit in the function": ("import os\ndef double(x): os._exit(0)", NOTHING),
    "os._exit in a handler": (
        "import atexit, os\natexit.register(os._exit, 0)\n" + DOUBLE,
        ALL,
    ),
    "segfault": ("import ctypes\nctypes.string_at(0)\n" + DOUBLE, NOTHING),
    "segfault in the function": ("import ctypes\ndef double(x): ctypes.string_at(0)", NOTHING),
    "endless recursion": ("def double(x): return double(x)", NOTHING),
    "killing itself": (DOUBLE + "\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)", ALL),
    "3 GiB": ("x = np.ones(3 * 2**30 // 8)\n" + DOUBLE, NOTHING),
    "3 GiB in the function": ("def double(x): return bytearray(3 * 2**30)", NOTHING),
    "a huge result": ("def double(x): return np.zeros(40_000_000)", NOTHING),
    "an endless generator": ("def double(x):\n    while True: yield x", NOTHING),
    "a nested result": (
        "def double(x):\n    a = []\n    for _ in range(10**5): a = [a]\n    return a",
        NOTHING,
    ),
    "a result in itself": ("def double(x):\n    a = []\n    a.append(a)\n    return a", NOTHING),
    "output flood": (FLOOD + DOUBLE, ALL),
    "fork bomb": (FORK_BOMB, ALL),
    "threads": (THREADS + DOUBLE, ALL),
    "daemon left behind": (DAEMON + DOUBLE, ALL),
    "disk filling": (DISK, ALL),
    "a program": ("import os, subprocess\nsubprocess.run(['true'])\n" + DOUBLE, NOTHING),
    "object that lies": (LIAR, NOTHING),
    "array that lies": (LYING_ARRAY, NOTHING),
    "number that lies": (LYING_NUMBER, NOTHING),
    "class that lies": (LYING_CLASS, NOTHING),
    "patches": (PATCHES, NOTHING),
    "forged replies": (FORGED, NOTHING),
    "garbage on the pipe": (GARBAGE, NOTHING),
    "patched encoder": (ENCODER, NOTHING),
    "forged error": (FORGED_ERROR, NOTHING),
    "forged value": (FORGED_VALUE, NOTHING),
    "forged statement": (FORGED_STATEMENT + DOUBLE, NOTHING),
    "end of a loop": ("def double(x): raise StopIteration", NOTHING),
    "text that is none": ("def double(x): raise ValueError(chr(0xD800))", NOTHING),
    "endless range": ("def double(x): return range(10**18)", NOTHING),
    "endless number": ("def double(x): return 1 << 10**8", NOTHING),
    "closing everything": (DOUBLE + "\nimport os\nos.closerange(0, 64)", ALL),
    "stopping itself": (DOUBLE + "\nimport os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", ALL),
    "a thread that ends it": (
        "import os, threading\nthreading.Timer(0.1, os._exit, (0,)).start()\n" + DOUBLE
        + "\nthreading.Event().wait(1)",
        ALL,
    ),
    "hanging destructor at the end": (HANGING_DESTRUCTOR + DOUBLE, ALL),
    "hanging destructor": (DOUBLE + HANGING_DESTRUCTOR + "\ndel hangs", ALL),
    "input": (DOUBLE + "\ninput()", ALL),
    "no Python": ("def double(x:", NOTHING),
    "null byte": ("def double(x): return '\0'", NOTHING),
    "deep source": ("(" * 5000, NOTHING),
    "deep sum": ("x = 1" + " + 1" * 20_000 + "\n" + DOUBLE, NOTHING),
    "blank lines": ("%magic" + "\n" * 100_000 + DOUBLE, ALL),
    "the tests' own names": ("def double(x): return globals().get('expected', 0)", NOTHING),
    "looking at the caller": (
        "import sys\ndef double(x):\n    f = sys._getframe()\n    while f.f_back: f = f.f_back\n"
        "    return f.f_locals",
        NOTHING,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("attack", "earned"), ATTACKS.values(), ids=ATTACKS)
def test_the_honest_part_is_marked(attack, earned, shielded):
    marks = grader(shielded)(submission(double=attack))
    assert scores(marks) == {"test-mean": 1, "test-double": earned, "test-last": 3}


# What a student's code may reach: each answer raises if it succeeded.

REACHES = {
    "the password file": "open('/etc/passwd').read()",
    "the root folder": "os.listdir('/')",
    "other processes": "os.listdir('/proc')",
    "its own file descriptors' folder": "os.listdir('/proc/self/fd')",
    "a file in the temporary folder": "open(OUTSIDE).read()",
    "writing outside": "open(OUTSIDE, 'w')",
    "removing outside": "os.remove(OUTSIDE)",
    "changing rights": "os.chmod(OUTSIDE, 0o777)",
    "a link to the outside": "(os.symlink(OUTSIDE, 'link'), open('link').read())",
    "the network": "socket.create_connection(('127.0.0.1', PORT), 1)",
    "a socket at all": "socket.socket(socket.AF_UNIX)",
    "the parent": "os.kill(os.getppid(), signal.SIGTERM)",
    "everybody": "os.kill(VICTIM, signal.SIGTERM)",
    "signals of the kernel": "fcntl.fcntl(0, 10, signal.SIGKILL)",
    "tracing": "checked(ctypes.CDLL(None).ptrace(0, 0, 0, 0))",
    "mounting": "checked(ctypes.CDLL(None).unshare(0x20000))",
    "many files": "[open('/dev/null') for _ in range(100)]",
    "a large file": "os.truncate(os.open('large', os.O_CREAT | os.O_RDWR), 2**30)",
    "more memory": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "a program": "os.execv('/bin/true', ['true'])",
}


@pytest.fixture
def victims(tmp_path):
    """A file, a listening port and a process that nobody may touch."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the tests")
    server = socket.create_server(("127.0.0.1", 0))
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    names = {"OUTSIDE": str(secret), "PORT": server.getsockname()[1], "VICTIM": sleeper.pid}
    yield "\n".join(f"{name} = {value!r}" for name, value in names.items())
    alive = sleeper.poll() is None
    sleeper.send_signal(signal.SIGKILL)
    sleeper.wait()
    server.settimeout(0)
    with server, pytest.raises(BlockingIOError):
        server.accept()
    assert alive
    assert secret.read_text() == "the tests"


def reach(actions: dict[str, str], victims: str) -> str:
    """An answer that works only if none of these actions does."""
    tries = "\n".join(
        f"try:\n    {action}\nexcept OSError: pass\nexcept ValueError: pass\n"
        f"else: reached.append({name!r})"
        for name, action in actions.items()
    )
    return (
        f"import ctypes, fcntl, os, resource, signal, socket\n{victims}\nreached = []\n"
        "def checked(result):\n    if result < 0: raise OSError\n"
        f"{tries}\n"
        "def double(x):\n    if reached: raise RuntimeError(reached)\n    return 2 * x"
    )


def test_nothing_outside_can_be_reached(shielded, victims):
    marks = grader(shielded)(submission(double=reach(REACHES, victims)))
    told = [mark.message for mark in marks.marks]
    assert scores(marks) == {"test-mean": 1, "test-double": 2, "test-last": 3}, told


def test_what_can_be_reached_is_told(shielded, victims):
    allowed = {"scratch": "open('own', 'w')", "code": "open(os.__file__)"}
    marks = grader(shielded)(submission(double=reach(allowed, victims)))
    assert "RuntimeError: ['scratch', 'code']" in marks.marks[1].message


def test_the_scratch_folder_is_empty_and_does_not_last(shielded):
    code = (
        "import os\nfound = os.listdir('.')\nopen('left', 'w').write('behind')\n"
        "def double(x):\n    if found: raise RuntimeError(found)\n    return 2 * x"
    )
    for _ in range(2):
        assert scores(grader(shielded)(submission(double=code)))["test-double"] == 2


def test_nothing_is_left_behind(shielded):
    before = {entry for entry in os.listdir("/proc") if entry.isdigit()}
    grader(shielded)(submission(double=DAEMON + DOUBLE))
    own = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True).stdout
    new = [line for line in own.splitlines() if "zygote" in line and line.split()[0] not in before]
    assert new == []


def test_the_tests_are_not_in_the_students_process(shielded):
    code = (
        "import gc\n"
        "found = [\n"
        "    o for o in gc.get_objects() if isinstance(o, str) and 'the secret ' + 'is' in o\n"
        "]\n"
        "found += [v for o in gc.get_objects() if isinstance(o, dict) for v in list(o.values())\n"
        "          if isinstance(v, str) and 'the secret ' + 'is' in v]\n"
        "def double(x):\n    if found: raise RuntimeError(found)\n    return 2 * x"
    )
    assert scores(grader(shielded)(submission(double=code)))["test-double"] == 2


def test_hidden_arguments_are_not_told_by_what_is_visible(grade):
    spy = "seen = []\ndef mean(x):\n    seen.append(x.tolist())\n    return sum(x) / len(x)"
    told = grade(
        submission(spy, "raise type(str(seen), (ValueError,), {})(seen)", "def last(_): double()")
    )
    assert scores(told) == {"test-mean": 1, "test-double": 0, "test-last": 0}
    assert "[[1.0, 2.0, 3.0]]" in told.errors["<cell double>"]
    assert "20.0" not in str(told)


STOPS = "class Stops:\n    def {}(self, *other): raise StopIteration\nstops = Stops()"
COUNTDOWN = """class Countdown:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if not self.n: raise StopIteration
        self.n -= 1
        return self.n"""
LOOPS = {  # a cell, and the function that a test maps
    "function": ("def stops(x):\n    raise StopIteration", "stops"),
    "instance": (STOPS.format("__call__"), "stops"),
    "property": (STOPS.format("double").replace("    def", "    @property\n    def"),
                 "lambda x: stops.double"),
    "operator": (STOPS.format("__add__"), "lambda x: Stops() + x"),
    "item": (STOPS.format("__getitem__"), "lambda x: stops[x]"),
}  # fmt: skip


def loop(name: str, code: str, mapped: str) -> tuple[dict, dict]:
    """An answer, and a test that would pass if its loop ended at once."""
    test = f"for got in map({mapped}, [1]):\n    assert got == 2"
    return answer(code, f"answer-{name}"), test_cell(test, name, 1)


@pytest.fixture(scope="module")
def tricks() -> dict[str, float | None]:
    """What tests give that would be easy to fool."""
    text = notebook(
        answer("def one():\n    return 1\ndef two():\n    return one() + 1", "two"),
        test_cell("def one():\n    return 5\nassert two() == 6", "shared", 1),
        cell("from os import listdir"),
        answer("def kind():\n    return type(listdir).__name__", "kind"),
        test_cell(
            "from os import listdir\nassert kind() == 'builtin_function_or_method'", "own", 1
        ),
        *(cell for name, parts in LOOPS.items() for cell in loop(name, *parts)),
        answer(COUNTDOWN, "countdown"),
        test_cell("assert list(Countdown(2)) == [1, 0]", "iterator", 1),
    )
    with Pool(Assignment("one", {"one": text}), Settings(unsafe=True), workers=1) as pool:
        return scores(grader(pool)(text))


def test_what_a_test_defines_is_the_students_even_in_the_first_cell(tricks):
    assert tricks["shared"] == 1


def test_what_a_test_imports_is_not_for_the_student_to_call(tricks):
    assert tricks["own"] == 1


@pytest.mark.parametrize("name", LOOPS)
def test_an_error_that_ends_loops_does_not_skip_what_a_loop_tests(name, tricks):
    assert tricks[name] == 0


def test_an_iterator_of_the_students_may_end(tricks):
    assert tricks["iterator"] == 1


def test_a_flood_of_errors_is_cut(grade):
    text = notebook(*[cell("raise ValueError('x' * 10_000)") for _ in range(50)])
    errors = grade(text).errors
    assert len(errors) == 20
    assert max(map(len, errors.values())) < 3000


# What a notebook may look like


def test_changed_tests_count_for_nothing(grade):
    text = notebook(
        IMPORTS,
        answer("def mean(x): return 0", "mean"),
        test_cell("assert True", "test-mean", 100),
        answer(DOUBLE, "double"),
        cell("2", "test-double", "markdown", grade=True, locked=True, points=2),
        answer(LAST, "last"),
    )
    marks = grade(text)
    assert scores(marks) == {"test-mean": 0, "test-double": 2, "test-last": 3}
    assert marks.points == 6


def test_extra_points_count_for_nothing(grade):
    extra = [test_cell("1000", f"bonus-{n}", 1000) for n in range(3)]
    text = notebook(IMPORTS, answer(MEAN, "mean"), *extra)
    marks = grade(text)
    assert (marks.total, marks.points) == (1, 6)


def test_of_doubled_ids_the_last_counts_and_all_run(grade):
    text = notebook(
        IMPORTS,
        answer(MEAN, "mean"),
        test_cell(MEAN_TEST, "test-mean", 1),
        test_cell(MEAN_TEST, "test-mean", 1),
        answer("def double(x): return 0", "double"),
        answer(DOUBLE, "double"),
        test_cell(DOUBLE_TEST, "test-double", 2),
    )
    assert scores(grade(text)) == {"test-mean": 1, "test-double": 2, "test-last": 0}


def test_a_notebook_without_metadata_is_marked(grade):
    text = notebook(IMPORTS, cell(MEAN), cell(DOUBLE), cell(LAST))
    assert grade(text).total == 6


BROKEN = {
    "empty": "",
    "no JSON": "{",
    "a list": "[]",
    "no cells": '{"nbformat": 4}',
    "cells of a strange kind": '{"nbformat": 4, "cells": [3]}',
    "unknown version": '{"nbformat": 99, "cells": []}',
    "version in words": '{"nbformat": "4", "cells": []}',
    "version that is true": '{"nbformat": true}',
    "null byte": '{"nbformat": 4, "cells": []}\0',
    "deep": '{"nbformat": 4, "cells": ' + "[" * 100_000,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_is_no_notebook_is_unreadable(text, grade):
    marks = grade(text)
    assert marks.outcome == "unreadable"
    assert "is not a notebook" in marks.reason
    assert marks.total == 0


def test_an_old_notebook_is_read(grade):
    old = (
        '{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": ['
        '{"cell_type": "code", "language": "python", "outputs": [], "metadata": {}, '
        '"input": "def last(items): return items[-1]"}]}]}'
    )
    assert scores(grade(old))["test-last"] == 3


def test_one_attack_does_not_reach_the_next_submission(shielded):
    bad, good = submission(double=PATCHES + "\nimport os\nos._exit(0)"), submission()
    marks = list(
        shielded.grade([Submission(str(n), {"demo": t}) for n, t in enumerate([bad, good])])
    )
    assert [one.total for one in marks] == [4, 6]


def test_breaking_the_conversation_is_for_a_human(shielded):
    marks = grader(shielded)(submission(double=GARBAGE))
    assert marks.outcome == "needs a human"
    assert "broke the rules" in marks.reason


def test_the_students_own_files_are_there_and_come_back_after_a_crash(shielded):
    code = "import os\ntext = open('data.csv').read()\nos.remove('data.csv')\n" + DOUBLE
    last = "def last(items):\n    return items[-1] if text == '1,2' else 0\nos._exit(0)"
    texts, files = {"demo": submission(double=code, last=last)}, {"data.csv": "MSwy"}
    (marks,) = shielded.grade([Submission("ada", texts, files)])
    assert scores(marks) == {"test-mean": 1, "test-double": 2, "test-last": 3}
