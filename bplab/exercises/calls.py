"""Calling a learner's function: on copies, quietly, and without ever raising.

What came of a call is an `Outcome`: a value, or an error with the learner's own line, and the names
of the arguments that were changed in place.
"""

import copy
import inspect
import sys
import textwrap
import traceback
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

import numpy as np

from bplab.exercises.comparison import compare

LONGEST_MESSAGE = 200
LONGEST_LINE = 80
MUTABLE = (np.ndarray, list, dict)


@dataclass(frozen=True)
class Outcome:
    """What one call did."""

    value: Any = None
    error: BaseException | None = None
    line: str = ""
    changed: tuple[str, ...] = ()
    printed: bool = False

    @property
    def is_stub(self) -> bool:
        """Whether the function was left as the lesson hands it out."""
        return isinstance(self.error, NotImplementedError) or isinstance(self.value, EllipsisType)

    @property
    def problem(self) -> str:
        """The error in one line."""
        try:
            text = str(self.error)
        except Exception:  # a learner's exception may fail even at this
            text = "(an error that cannot be shown)"
        first = text.strip().split("\n")[0][:LONGEST_MESSAGE]
        return f"{type(self.error).__name__}: {first}"

    def is_like(self, other: "Outcome") -> bool:
        """Whether both calls did the same, up to rounding."""
        if self.changed != other.changed or type(self.error) is not type(other.error):
            return False
        return self.error is not None or compare(self.value, other.value) is None


def call(function: Callable[..., Any], sample: Mapping[str, Any]) -> Outcome:
    """Call the function with copies of the sample's values, in order."""
    arguments = copy.deepcopy(dict(sample))
    out = _Watched(sys.stdout)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(out):
            warnings.simplefilter("ignore")  # a NaN is reported as such
            value = function(*arguments.values())
    except (Exception, SystemExit) as error:
        return Outcome(error=error, line=_learners_line(error), changed=_changed(arguments, sample))
    return Outcome(value=value, changed=_changed(arguments, sample), printed=out.written)


class _Watched:
    """A stream that remembers whether anything was written to it."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.written = stream, False

    def write(self, text: str) -> Any:
        self.written = True
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _changed(after: Mapping[str, Any], before: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        name
        for name, value in before.items()
        if isinstance(value, MUTABLE) and compare(after[name], value, rtol=0) is not None
    )


def _learners_line(error: BaseException) -> str:
    """The deepest line in the file or cell where the learner's function stands."""
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is `call` itself
    own = [frame for frame in frames if frame.filename == frames[0].filename]
    return f"line {own[-1].lineno}: {own[-1].line}" if own else ""


def signature_problem(function: Callable[..., Any], sample: Mapping[str, Any]) -> str:
    """Why the function cannot take the sample's arguments; empty if it can."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some built-in functions have none
        return ""
    try:
        signature.bind(*sample.values())
    except TypeError:
        return f"your function takes {signature}, but is called with ({', '.join(sample)})"
    return ""


def call_text(function: Callable[..., Any], sample: Mapping[str, Any]) -> str:
    """The call with shapes instead of values; long ones in several lines, between arguments."""
    name = getattr(function, "__name__", "your function")
    shown = (f"{key}: {_brief(value)}".replace(" ", "\0") for key, value in sample.items())
    call = f"{name}({', '.join(shown)})"
    return textwrap.fill(call, LONGEST_LINE, break_long_words=False).replace("\0", " ")


def _brief(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape}"
    return f"{value:.6g}" if isinstance(value, float) else type(value).__name__
