"""Calling a learner's own gradient: for a limited time, and with words for whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bplab.exercises.calls import Outcome, call
from bplab.numeric.arrays import Array
from bplab.widgets.limit import within

# gradient(params, x, y), where params = [W¹, b¹, W², b², …]; it returns a list like params.
Gradient = Callable[[list[Array], Array, Array], Sequence[Array]]

SECONDS = 3.0


class UnusableGradient(Exception):
    """The learner's function gave no gradients; the text says why."""


def own_gradients(
    gradient: Gradient, params: list[Array], x: Array, y: Array, seconds: float = SECONDS
) -> tuple[list[Array], tuple[str, ...]]:
    """What gradient(params, x, y) returns, and the names of the arguments that it changed.

    Raises: UnusableGradient, with the reason in words, if that is not one finite array for each of
    params, of its shape.
    """
    given = {"params": params, "x": x, "y": y}
    try:
        outcome = within(seconds, lambda: _called(gradient, given))
    except TimeoutError as error:
        raise UnusableGradient(
            f"Your function took too long: {error}. Is there a loop without end?"
        ) from None
    if problem := _problem(outcome, params):
        raise UnusableGradient(problem)
    return [np.asarray(entry, dtype=float) for entry in outcome.value], outcome.changed


def _called(gradient: Gradient, given: dict[str, Any]) -> Outcome:
    try:
        return call(gradient, given)
    except BaseException as error:  # Ctrl-C does not reach this thread: the function raised it
        return Outcome(error=error)


def _problem(outcome: Outcome, params: list[Array]) -> str:
    """Why the outcome cannot be used, in words; empty if it can."""
    if outcome.is_stub:
        return "Your function is not written yet: fill it in, run its cell and this one again."
    if outcome.error is not None:
        where = f", at {outcome.line}" if outcome.line else ""
        return f"Your function raised {outcome.problem}{where}."
    names = [f"d{kind}{layer}" for layer in range(1, len(params) // 2 + 1) for kind in "Wb"]
    value = outcome.value
    if not isinstance(value, (list, tuple)):
        return (
            f"Your function must return the list [{', '.join(names)}]; it returned "
            f"{'nothing' if value is None else f'one {type(value).__name__}'}."
        )
    if len(value) != len(names):
        return (
            f"Your function must return the {len(names)} arrays [{', '.join(names)}]; it returned "
            f"{len(value)}."
        )
    for name, entry, param in zip(names, value, params, strict=True):
        if problem := _entry_problem(name, entry, param):
            return problem
    return ""


def _entry_problem(name: str, entry: Any, param: Array) -> str:
    try:
        array = np.asarray(entry)
    except Exception:  # a learner's object may raise anything
        array = np.array(None)
    if array.dtype.kind not in "fiu":
        what = type(entry).__name__ if array.ndim == 0 else f"an array of dtype {array.dtype}"
        return f"{name} must be an array of real numbers; your function gave {what}."
    if array.shape != param.shape:
        return (
            f"{name} must have the shape of {name[1:]}, {param.shape}; your function gave "
            f"{array.shape}."
        )
    if not np.isfinite(array).all():
        return f"{name} holds NaN or infinity."
    return ""
