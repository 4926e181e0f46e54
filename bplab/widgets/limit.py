"""Calling a learner's function for a limited time.

JupyterLab lets a kernel answer widgets in a thread of their own, beside the cells, where no signal
arrives. So the function runs in a thread that can be left alone when its time is over.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any


class _Stop(SystemExit):
    """Ends a thread without a word."""


def within(seconds: float, function: Callable[[], Any]) -> Any:
    """What the function returns, if it does so in time.

    Otherwise it is stopped at its next line of Python. Code that catches everything, or stays
    inside one long call of C code, goes on in the background.
    Raises: TimeoutError if the time is over; else whatever the function raises.

    >>> within(5.0, lambda: 2 + 2)
    4
    """
    value, error = None, None

    def work() -> None:
        nonlocal value, error
        try:
            value = function()
        except BaseException as raised:
            error = raised

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stop)
        )
        raise TimeoutError(f"it still ran after {seconds:g} s and was stopped")
    if error is not None:
        raise error
    return value
