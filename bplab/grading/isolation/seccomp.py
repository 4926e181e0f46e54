"""seccomp: a list of the system calls that are allowed; every other one fails with EPERM.

So there are no new processes and programs, no sockets, no mounts, no tracing, no signals to others.
Threads are allowed. The filter is a program in classic BPF, one comparison a call.
"""

import ctypes
import errno
import os
import struct

from bplab.grading.isolation.syscalls import ALLOWED, WITH_ARGUMENTS
from bplab.grading.isolation.system import prctl

PR_SET_SECCOMP, SECCOMP_MODE_FILTER, PR_SET_NAME, PR_GET_NAME = 22, 2, 15, 16
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # where they stand in the data of a call
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
X32 = 0x40000000  # a second numbering on x86-64
CLONE_THREAD = 0x00010000
# Copies, flags, locks; not F_SETOWN and F_SETSIG, which have the kernel send signals to others.
FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)
# Terminal questions, closing on exec, blocking, bytes to read: what Python asks of open files.
IOCTLS = (0x5401, 0x5413, 0x5450, 0x5451, 0x5421, 0x541B)

Program = list[bytes]


class _Code(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def filter_calls() -> None:
    """Allow the listed system calls only. Raises: OSError."""
    if os.uname().machine not in MACHINES:
        raise OSError(errno.ENOSYS, f"no list of system calls for {os.uname().machine}")
    program = b"".join(_program(*MACHINES[os.uname().machine]))
    code = _Code(len(program) // 8, program)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(code))


def _program(column: int, architecture: int) -> Program:
    process = os.getpid()
    special: dict[str, Program] = {
        "clone": _if_argument(0, ANY_BIT, CLONE_THREAD),
        "clone3": [_step(RETURN, FAIL | errno.ENOSYS)],  # the C library uses clone then
        "fcntl": [part for code in FCNTLS for part in _if_argument(1, EQUAL, code)],
        "ioctl": [part for code in IOCTLS for part in _if_argument(1, EQUAL, code)],
        "prctl": [*_if_argument(0, EQUAL, PR_SET_NAME), *_if_argument(0, EQUAL, PR_GET_NAME)],
        "prlimit64": _if_no_new_limit(),
        "kill": _if_argument(0, EQUAL, process),
        "tgkill": _if_argument(0, EQUAL, process),
        "tkill": _if_argument(0, EQUAL, process),
    }
    program = [
        _step(LOAD, ARCHITECTURE),
        _step(EQUAL, architecture, 1, 0),
        _step(RETURN, FAIL | errno.EPERM),
        _step(LOAD, NUMBER),
    ]
    if column == 0:
        program += [_step(AT_LEAST, X32, 0, 1), _step(RETURN, FAIL | errno.EPERM)]
    for numbers in ALLOWED.values():
        if (number := numbers[column]) is not None:
            program += [_step(EQUAL, number, 0, 1), _step(RETURN, ALLOW)]
    for name, steps in special.items():
        if (number := WITH_ARGUMENTS[name][column]) is not None:
            steps = [*steps, _step(RETURN, FAIL | errno.EPERM)]
            program += [_step(EQUAL, number, 0, len(steps)), *steps]
    return [*program, _step(RETURN, FAIL | errno.EPERM)]


def _if_argument(position: int, comparison: int, value: int) -> Program:
    """Allow the call if the low half of an argument compares so."""
    return [
        _step(LOAD, ARGUMENTS + 8 * position),
        _step(comparison, value, 0, 1),
        _step(RETURN, ALLOW),
    ]


def _if_no_new_limit() -> Program:
    """Allow prlimit64 that only asks: its third argument, an address, is 0."""
    low, high = ARGUMENTS + 16, ARGUMENTS + 20
    return [
        _step(LOAD, low),
        _step(EQUAL, 0, 0, 3),
        _step(LOAD, high),
        _step(EQUAL, 0, 0, 1),
        _step(RETURN, ALLOW),
    ]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
