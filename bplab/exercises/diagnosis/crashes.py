"""What an error inside a learner's function means: which shapes met, which name is near."""

import ast
import difflib
import re
from collections.abc import Callable, Iterable
from itertools import product

import numpy as np

from bplab.exercises.diagnosis.findings import Finding
from bplab.exercises.diagnosis.operands import Place, Unknown, place_of

MOST_FITS = 3


def explain(error: BaseException) -> Finding | None:
    """What the error means and what to do, as a clause; None if it is not a common one."""
    place = place_of(error)
    for kind, words in _KINDS:
        if isinstance(error, kind) and (found := words(error, place)):
            return found
    return None


def _shapes(error: BaseException, place: Place | None) -> Finding | None:
    text = str(error)
    if not any(word in text for word in ("broadcast", "matmul", "shapes", "not aligned")):
        return None
    return _product_of(place) or _shapes_in(text)


def _product_of(place: Place | None) -> Finding | None:
    """The shapes on both sides of the operator, and what would make them fit."""
    node = place.node if place else None
    if place is None or not isinstance(node, ast.BinOp):
        return None
    try:
        left, right = (np.shape(place.value(side)) for side in (node.left, node.right))
    except Unknown:
        return None
    a, b = place.source(node.left), place.source(node.right)
    if isinstance(node.op, ast.MatMult):
        return _matrix_product(a, b, left, right)
    return Finding(
        "shapes do not fit",
        f"in {place.text}, {a} has shape {left} and {b} has shape {right}: entry by entry, sizes "
        f"must be equal or 1, counted from the last axis{_axis_advice(a, b, left, right)}",
    )


Shape = tuple[int, ...]


def _matrix_product(a: str, b: str, left: Shape, right: Shape) -> Finding:
    name = "shapes do not fit"
    if not left or not right:
        number = a if not left else b
        words = f"in {a} @ {b}, {number} is one number: @ needs arrays, * multiplies by a number"
        return Finding(name, words)
    fits = _fits(a, b, left, right)
    advice = f". What would fit: {', '.join(fits)}; which of them is meant?" if fits else ""
    return Finding(
        name,
        f"in {a} @ {b} the last axis of {left} meets the "
        f"{'first' if len(right) == 1 else 'last but one'} of {right}, and {left[-1]} is not "
        f"{right[-2:][0]}{advice}",
    )


def _fits(a: str, b: str, left: Shape, right: Shape) -> list[str]:
    """Products of the two matrices, transposed or exchanged, that exist."""
    if len(left) != 2 or len(right) != 2:
        return []
    sides = [(a, left), (b, right)]
    found = []
    for (one, two), turns in product((sides, sides[::-1]), product((False, True), repeat=2)):
        (name_1, shape_1), (name_2, shape_2) = _turned(one, turns[0]), _turned(two, turns[1])
        if shape_1[1] == shape_2[0]:
            found.append(f"{name_1} @ {name_2} of shape {(shape_1[0], shape_2[1])}")
    return found[:MOST_FITS]


def _turned(side: tuple[str, Shape], turn: bool) -> tuple[str, Shape]:
    name, shape = side
    if not turn:
        return side
    if name.endswith(".T"):
        return name.removesuffix(".T"), shape[::-1]
    return f"{name}.T", shape[::-1]


def _axis_advice(a: str, b: str, left: Shape, right: Shape) -> str:
    for name, shape, other in ((a, left, right), (b, right, left)):
        turned, turned_shape = _turned((name, shape), True)
        if len(shape) == 2 and _broadcasts(turned_shape, other):
            return f". What would fit: {turned}; is one of the two transposed?"
        if len(shape) == 1 and len(other) == 2 and shape[0] == other[0]:
            return f". To use {name} for rows, give it a second axis: {name}[:, None], or keepdims"
    return ""


def _broadcasts(one: Shape, other: Shape) -> bool:
    try:
        np.broadcast_shapes(one, other)
    except ValueError:
        return False
    return True


def _shapes_in(text: str) -> Finding:
    if "enough dimensions" in text:
        return Finding(
            "shapes do not fit",
            "on one side of @ there is no array with axes: a number, or a function without its ()?",
        )
    shapes = re.findall(r"\([\d, ]*\)", text)
    what = f"the shapes {' and '.join(shapes)} meet" if len(shapes) > 1 else "two shapes meet"
    return Finding(
        "shapes do not fit",
        f"{what}, and they do not fit: print the shape of every array in that line",
    )


def _name(error: NameError, place: Place | None) -> Finding | None:
    quoted = re.search(r"'(\w+)'", str(error))
    if not quoted:  # raised by hand
        return None
    name = quoted.group(1)
    if isinstance(error, UnboundLocalError):
        return Finding(
            "name without a value",
            f"the name {name} is used before it has a value: it gets one further down, or in a "
            "branch or loop that did not run",
        )
    own = list(place.frame.f_locals) if place else []
    if name in ("np", "numpy"):
        return Finding(
            "unknown name", f"the name {name} is not there: run the cell that imports NumPy"
        )
    others = (n for n in place.frame.f_globals if n != place.frame.f_code.co_name) if place else ()
    advice = _nearest(name, [*own, *others])
    known = f"; the function's own names are {', '.join(own)}" if own and not advice else ""
    return Finding("unknown name", f"there is no name {name}{advice}{known}")


def _nearest(name: str, known: Iterable[str]) -> str:
    words = list(dict.fromkeys(known))
    folded = {word.lower(): word for word in reversed(words)}
    near = folded.get(name.lower()) or next(iter(difflib.get_close_matches(name, words, n=1)), "")
    return f": did you mean {near}?" if near else ""


def _attribute(error: AttributeError, place: Place | None) -> Finding | None:
    owner, name = error.obj, error.name
    if not name:  # raised by hand
        return None
    if isinstance(owner, list | tuple):
        kind = type(owner).__name__
        return Finding(
            f"{kind} for an array", f"a {kind} has no {name}: make it an array with np.array(…)"
        )
    if isinstance(owner, np.ndarray):
        advice = _nearest(name, [n for n in dir(owner) if n[0] != "_"])
        function = f": it is a function, np.{name}(…)" if hasattr(np, name) else advice
        return Finding("unknown attribute", f"an array has no .{name}{function}")
    if owner is np:
        return Finding("unknown attribute", f"NumPy has no {name}{_nearest(name, dir(np))}")
    if owner is None:
        return Finding("None used", f"None has no {name}: what gave it has no return")
    kind = type(owner).__name__
    return Finding("unknown attribute", f"a {kind} has no .{name}")


def _index(error: IndexError, place: Place | None) -> Finding | None:
    text = str(error)
    if match := re.search(r"axis (\d+) is out of bounds for array of dimension (\d+)", text):
        axis, count = map(int, match.groups())
        axes = {0: "no axis", 1: "axis 0 only"}.get(count, f"the axes 0 to {count - 1}")
        return Finding("no such axis", f"there is no axis {axis}: the array has {axes}")
    if match := re.search(r"array is (\d+)-dimensional, but (\d+) were indexed", text):
        words = f"{_indexed(place)} is {match.group(1)}-dimensional, but {match.group(2)} indices "
        words += "are given"
        return Finding("too many indices", words)
    if match := re.search(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", text):
        index, axis, size = map(int, match.groups())
        return Finding(
            "index out of range",
            f"{_indexed(place)} has {size} entries along axis {axis}: indices go up to "
            f"{size - 1}, and {index} came",
        )
    if match := re.search(r"(list|tuple) (?:assignment )?index out of range", text):
        length = _length(place)
        how_long = f" of {length}" if length is not None else ""
        what = f"the {match.group(1)}{how_long} has no such entry: the last has index length − 1"
        if match.group(1) == "tuple":
            what += "; if it is a shape, the array has fewer axes than you take it to have"
        return Finding("index out of range", what)
    if "invalid index to scalar" in text:
        what = _indexed(place).removeprefix("the array ")
        return Finding("index on a number", f"the value {what} is one number, without entries")
    if "only integers" in text:
        return Finding("index is no integer", "an index must be a whole number, and this is not")
    return None


def _indexed(place: Place | None) -> str:
    node = place.node if place else None
    if place is None or not isinstance(node, ast.Subscript):
        return "the array"
    return f"the array {place.source(node.value)}"


def _length(place: Place | None) -> int | None:
    node = place.node if place else None
    if place is None or not isinstance(node, ast.Subscript):
        return None
    try:
        return len(place.value(node.value))
    except (Unknown, TypeError):
        return None


# Texts of TypeError and ValueError, and what they mean.
_MEANINGS = (
    (
        r"bitwise_xor|for \^",
        "^ for a power",
        "in Python ^ is no power: write x**2",
    ),
    (
        r"'(?:numpy\.)?int\d*' object is not iterable",
        "number for a range",
        "a for loop runs over entries, and here stands one number: write range(…) around it",
    ),
    (
        r"'(?:numpy\.)?(?:ndarray|float\d*|int\d*)' object is not callable",
        "called a value",
        "a number or an array is called like a function: is a * missing before a bracket?",
    ),
    (
        r"'(builtin_)?function_or_method'|'function' (and|object)|'method'",
        "function not called",
        "a function is used as if it were its value: are its brackets () missing?",
    ),
    (r"unsupported operand .*'list'", "list for an array", "lists do not calculate: use np.array"),
    (
        r"'NoneType'",
        "None used",
        "None is used as a value: a function without return, or np.…(out) or .sort(), gave it",
    ),
    (
        r"truth value of an array",
        "array in a condition",
        "a condition needs one truth value, and the array has many: use np.where(…) or a mask, or "
        "np.maximum for max",
    ),
    (
        r"only .*(length-1|size-1|0-dimensional|scalar).*(converted|convert)",
        "array for a number",
        "one number is needed where an array stands: math.exp takes a number, np.exp an array",
    ),
    (
        r"setting an array element with a sequence|inhomogeneous",
        "array into an entry",
        "one entry is given a whole array, or rows of different lengths are put together",
    ),
    (
        r"could not broadcast input array",
        "array into a place of another shape",
        "an array is assigned to a place of another shape",
    ),
    (
        r"Cannot cast",
        "whole numbers",
        "an array of whole numbers cannot take fractions: make it with dtype=float",
    ),
    (
        r"object is not (iterable|subscriptable)|0-d array|len\(\) of unsized",
        "number for an array",
        "one number stands where entries are expected: it has no length and no entries",
    ),
    (
        r"(takes|missing) .* argument",
        "number of arguments",
        "a function is called with too few or too many arguments",
    ),
    (
        r"unpack",
        "number of items",
        "the number of names on the left is not the number of items on the right",
    ),
    (
        r"zero-size array",
        "slice without entries",
        "a slice has no entries: it begins beyond the last index, or ends where it begins",
    ),
    (
        r"cannot reshape",
        "reshaped to another size",
        "reshape keeps all entries, and here their number is another one",
    ),
    (
        r"Integers to negative",
        "whole numbers",
        "whole numbers are raised to a negative power: write 2.0, not 2",
    ),
)


def _meaning(error: BaseException, place: Place | None) -> Finding | None:
    for pattern, name, clause in _MEANINGS:
        if re.search(pattern, str(error)):
            if name == "called a value" and place and isinstance(place.node, ast.Call):
                called = place.source(place.node.func)
                clause = f"in {place.text}, {called} is called, but is no function: is a * missing?"
            return Finding(name, clause)
    return None


_ENDLESS = Finding("endless recursion", "the function calls itself without end")
_DIVISION = Finding("division by zero", "the code divides by 0")
_KEY = Finding("unknown key", "the dict has no such key")

_KINDS: tuple[tuple[type[BaseException], Callable[..., Finding | None]], ...] = (
    (NameError, _name),
    (AttributeError, _attribute),
    (IndexError, _index),
    (RecursionError, lambda error, place: _ENDLESS),
    (ZeroDivisionError, lambda error, place: _DIVISION),
    (KeyError, lambda error, place: _KEY),
    (TypeError, _meaning),
    (ValueError, _meaning),
    (ValueError, _shapes),
)
