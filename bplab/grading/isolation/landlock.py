"""Landlock: the student sees the interpreter's files, read-only, and its own scratch folder.

Nothing else can be opened, listed, made or removed, whoever the user is. Needs Linux 5.13; later
versions also keep it from sending signals to processes outside and from making connections.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from bplab.grading.isolation.system import syscall

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every machine
CREATE_RULESET_VERSION = 1
PATH_BENEATH = 1
READ_FILE, READ_DIR, WRITE_FILE = 1 << 2, 1 << 3, 1 << 1
EXECUTE, TRUNCATE = 1 << 0, 1 << 14
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many rights there are
BIND_AND_CONNECT = 3
ABSTRACT_SOCKETS_AND_SIGNALS = 3


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The version of Landlock's interface. Raises: OSError if there is none."""
    return syscall(
        CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(CREATE_RULESET_VERSION)
    )


def restrict(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Let this process open what is below these paths only. Raises: OSError."""
    number = version()
    every = (1 << RIGHTS_BY_VERSION.get(number, 16)) - 1
    ruleset = _Ruleset(
        every,
        BIND_AND_CONNECT if number >= 4 else 0,
        ABSTRACT_SOCKETS_AND_SIGNALS if number >= 6 else 0,
    )
    size = 24 if number >= 6 else 16 if number >= 4 else 8
    rules = syscall(
        CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    for path in readable:
        _allow(rules, path, READ_FILE | READ_DIR)
    for path in writable:
        _allow(rules, path, every & ~EXECUTE)
    syscall(RESTRICT_SELF, rules, ctypes.c_uint32(0))
    os.close(rules)


def _allow(rules: int, path: Path, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there need not be allowed
    rights &= -1 if path.is_dir() else FILE_RIGHTS
    beneath = _Beneath(rights, parent)
    syscall(ADD_RULE, rules, PATH_BENEATH, ctypes.byref(beneath), ctypes.c_uint32(0))
    os.close(parent)
