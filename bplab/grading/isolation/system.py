"""Calls of the C library that Python has no function for."""

import ctypes
import os
from functools import cache
from typing import Any


@cache
def _library() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *args: Any) -> int:
    """Raises: OSError."""
    return _checked(_library().syscall(ctypes.c_long(number), *args))


def prctl(option: int, *args: int) -> int:
    """Raises: OSError."""
    padded = [ctypes.c_ulong(value) for value in (*args, 0, 0, 0, 0)[:4]]
    return _checked(_library().prctl(option, *padded))


def unshare(flags: int) -> None:
    """Raises: OSError."""
    _checked(_library().unshare(flags))


def mount(source: str, target: str, kind: str, flags: int, options: str) -> None:
    """Raises: OSError."""
    _checked(
        _library().mount(
            source.encode(),
            os.fsencode(target),
            kind.encode(),
            ctypes.c_ulong(flags),
            options.encode(),
        )
    )


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
