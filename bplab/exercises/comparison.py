"""Comparing what a function returned with what it should have: the first fault, in words."""

import re
import sys
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

RTOL = 1e-9
RTOL_FLOAT32 = 1e-4
MOST_SHOWN = 24
MOST_CHARACTERS = 200


@dataclass(frozen=True)
class Fault:
    """Why a value is not the expected one, and the first place where: in a dict, of which entry."""

    message: str
    advice: str = ""
    place: str = ""
    entry: Any = None


def compare(
    got: Any,
    expected: Any,
    *,
    name: str = "the result",
    parts: tuple[str, ...] = (),
    rtol: float = RTOL,
) -> Fault | None:
    """The first fault of `got`, or None if it equals `expected` up to rounding.

    Numbers are close if they differ by at most `rtol` times the largest entry expected, so a
    missing term shows and a sum in another order does not. `parts` names the items of a tuple.
    Raises: TypeError if `expected` is of a type that cannot be compared.
    """
    if isinstance(expected, tuple | list):
        return _compare_items(got, expected, name, parts, rtol)
    if isinstance(expected, dict):
        return _compare_entries(got, expected, name, rtol)
    if isinstance(expected, np.ndarray) and expected.ndim:
        return _compare_arrays(got, expected, name, rtol)
    if isinstance(expected, int | float | complex | np.generic | np.ndarray):
        return _compare_numbers(got, expected, name, rtol)
    if not isinstance(expected, str | None):
        raise TypeError(f"{name}: cannot compare with a {type(expected).__name__}")
    if got != expected:
        return Fault(f"{name} should be {expected!r}, got {describe(got)}")
    return None


def _compare_items(
    got: Any, expected: tuple[Any, ...] | list[Any], name: str, parts: tuple[str, ...], rtol: float
) -> Fault | None:
    labels = parts or tuple(f"item {n} of {len(expected)}" for n in range(1, len(expected) + 1))
    wanted = f"{name} should be {len(expected)} items ({', '.join(labels)})"
    if not isinstance(got, tuple | list):
        return Fault(f"{wanted}, got {_kind(got)}", "return them all, separated by commas")
    if len(got) != len(expected):
        what = "missing" if len(got) < len(expected) else "too many"
        return Fault(f"{wanted}, got {len(got)}: {abs(len(got) - len(expected))} {what}")
    for one, other, label in zip(got, expected, labels, strict=True):
        if fault := compare(one, other, name=label, rtol=rtol):
            return fault
    return None


def _compare_entries(got: Any, expected: dict[Any, Any], name: str, rtol: float) -> Fault | None:
    """In the order of the expected ones; what is not there counts when its turn comes."""
    if not isinstance(got, dict):
        return Fault(f"{name} should be a dict with the keys {list(expected)}, got {_kind(got)}")
    keys = Fault(f"{name} should have the keys {list(expected)}, got {list(got)}")
    for key, value in expected.items():
        if key not in got:
            return keys
        if fault := compare(got[key], value, name=f"{name}[{key!r}]", rtol=rtol):
            return replace(fault, entry=key)
    return keys if len(got) > len(expected) else None


def _compare_arrays(got: Any, expected: npt.NDArray[Any], name: str, rtol: float) -> Fault | None:
    if got is None:
        return Fault(f"{name} is None", "is the return missing?")
    if not isinstance(got, np.ndarray):
        return Fault(
            f"{name} should be an array of shape {expected.shape}, got {_kind(got)}",
            "make it an array with np.array(…)" if isinstance(got, list | tuple) else "",
        )
    if type(got) not in (np.ndarray, type(expected)):
        return _no_plain_array(got, name)
    if got.shape != expected.shape:
        return Fault(
            f"{name} should have shape {expected.shape}, got {got.shape}",
            _advice_on_shape(got, expected),
        )
    return _compare_values(got, expected, name, rtol)


def _no_plain_array(got: npt.NDArray[Any], name: str) -> Fault:
    """Of np.matrix and its like, in which * and the shapes mean something else."""
    return Fault(
        f"{name} should be a plain array, got a {type(got).__name__}",
        "np.asarray(…) makes one of it",
    )


def _advice_on_shape(got: npt.NDArray[Any], expected: npt.NDArray[Any]) -> str:
    if got.ndim == expected.ndim and got.shape == expected.shape[::-1]:
        return "that is the shape of the transpose"
    if got.ndim < expected.ndim and got.squeeze().shape == expected.squeeze().shape:
        return "an axis of size 1 was lost: keep it with keepdims=True or reshape"
    if got.squeeze().shape == expected.squeeze().shape:
        return "there is an axis of size 1 too many"
    return ""


def _compare_numbers(got: Any, expected: Any, name: str, rtol: float) -> Fault | None:
    if got is None:
        return Fault(f"{name} is None", "is the return missing?")
    if not isinstance(got, int | float | complex | np.generic | np.ndarray):
        return Fault(f"{name} should be a number, got {_kind(got)}")
    if is_beyond_floats(got):
        if is_beyond_floats(expected) and got == expected:
            return None
        return Fault(f"{name} is a whole number too large for a float")
    if np.ndim(got):
        return Fault(f"{name} should be one number, got an array of shape {np.shape(got)}")
    fault = _compare_values(np.asarray(got), np.asarray(expected), name, rtol)
    return fault or _no_whole_number(got, expected, name)


def is_beyond_floats(value: Any) -> bool:
    """Whether it is a Python int that no float can hold."""
    return isinstance(value, int) and abs(value) > sys.float_info.max


def _no_whole_number(got: Any, expected: Any, name: str) -> Fault | None:
    """A float where a whole number is counted: range and shapes do not take one."""
    counts = isinstance(expected, int) and not isinstance(expected, bool)
    if not counts or np.asarray(got).dtype.kind in "biu":
        return None
    return Fault(
        f"{name} should be a whole number, got the float {describe(got)}",
        "wrap it in int(…), or divide with //",
    )


def _compare_values(
    got: npt.NDArray[Any], expected: npt.NDArray[Any], name: str, rtol: float
) -> Fault | None:
    if got.dtype.kind not in "biuf" and got.dtype.kind != expected.dtype.kind:
        return Fault(f"{name} should have dtype {expected.dtype}, got {got.dtype}")
    if expected.dtype.kind not in "biufc":
        return None if np.array_equal(got, expected) else Fault(f"{name} has other values")
    if not np.isfinite(got).all() and np.isfinite(expected).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(got))[0])
        return Fault(f"{name} has {got[place]} at {list(place)}" if place else f"{name} is {got}")
    wrong = ~is_close(got, expected, rtol)
    if not wrong.any():
        return None
    count = "" if wrong.ndim == 0 else f" in {np.sum(wrong)} of {wrong.size} places"
    less = got.dtype.kind == "f" and got.dtype.itemsize < expected.dtype.itemsize
    advice = f"it has dtype {got.dtype}, expected {expected.dtype}" if less else ""
    return Fault(f"{name} has wrong values{count}", advice, _first_place(got, expected, wrong))


def is_close(
    got: npt.NDArray[Any], expected: npt.NDArray[Any], rtol: float = RTOL
) -> npt.NDArray[np.bool_]:
    """Where two arrays of one shape agree up to `rtol` times the largest entry expected."""
    if expected.dtype == np.float32:
        rtol = max(rtol, RTOL_FLOAT32) if rtol else 0
    finite = np.abs(expected[np.isfinite(expected)])
    scale = float(finite.max()) if finite.size and finite.max() else 1.0
    return np.isclose(got, expected, rtol=0, atol=rtol * scale, equal_nan=True)


def _first_place(got: npt.NDArray[Any], expected: npt.NDArray[Any], wrong: Any) -> str:
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    one, other = f"{got[place]:.6g}", f"{expected[place]:.6g}"
    if one == other:  # they differ further behind
        one, other = f"{got[place]:.13g}", f"{expected[place]:.13g}"
    where = f"at {list(place)} " if place else ""
    return f"{where}got {one}, expected {other}"


def describe(value: Any) -> str:
    """A value in short, with its type and shape; numbers with six digits.

    >>> print(describe(np.array([[1.0, 2 / 3]])))
    float64 array of shape (1, 2)
    [[1, 0.666667]]
    """
    if isinstance(value, np.ndarray) and value.ndim:
        text = np.array2string(
            value, threshold=MOST_SHOWN, edgeitems=2 if value.ndim <= 2 else 1,
            separator=", ", max_line_width=90,
            formatter={"float_kind": lambda number: f"{number:.6g}"},
        )  # fmt: skip
        text = re.sub(r"\n\n+", "\n", text)  # NumPy sets arrays of many axes far apart
        return f"{value.dtype} array of shape {value.shape}\n{text}"
    if isinstance(value, tuple | list):
        entries = [_short(e) if isinstance(e, tuple | list) else describe(e) for e in value]
        return f"{type(value).__name__} of {len(value)}:\n" + "\n".join(entries)
    if isinstance(value, dict):
        shown = {key: describe(entry) for key, entry in value.items()}
        if len(shown) > 1:  # of many arrays the shapes are enough
            shown = {key: text.split("\n")[0] for key, text in shown.items()}
        return "\n".join(f"{key}: {text}" for key, text in shown.items()) or "an empty dict"
    if isinstance(value, float | np.floating | np.ndarray) and np.ndim(value) == 0:
        return f"{float(value):.6g}"
    return _short(value)


def _short(value: Any) -> str:
    text = f"an int of {value.bit_length()} bits" if is_beyond_floats(value) else repr(value)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if value is None:
        return "None (is the return missing?)"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
