"""Giving up, for good, every right that the process does not need."""

import ctypes
import os

from bplab.grading.isolation.system import prctl, syscall

PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
CAPSET = {"x86_64": 126, "aarch64": 91}
VERSION_3 = 0x20080522


def give_up_privileges() -> None:
    """Drop all capabilities, and never gain any by running a program. Raises: OSError."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    syscall(CAPSET[os.uname().machine], ctypes.byref(header), ctypes.byref(nothing))
