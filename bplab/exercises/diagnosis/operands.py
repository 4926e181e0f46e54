"""The operands of the operation at which a learner's function stopped.

Python keeps the place of the failed expression in its source line; names, entries and operators in
it are worked out from the function's own variables. No call in the line is made again.
"""

import ast
import linecache
import operator
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.MatMult: operator.matmul,
}


class Unknown(Exception):
    """The value of an expression cannot be told without making the learner's calls again."""


@dataclass(frozen=True)
class Place:
    """Where an error arose: the learner's frame, and the expression that failed if it is known."""

    frame: FrameType
    text: str = ""
    node: ast.expr | None = None

    @property
    def names(self) -> dict[str, Any]:
        return {**self.frame.f_globals, **self.frame.f_locals}

    def value(self, node: ast.expr) -> Any:
        """The value of an operand. Raises: Unknown."""
        try:
            return _value(node, self.names)
        except Exception:
            raise Unknown from None

    def source(self, node: ast.expr) -> str:
        """The text of an operand, in the brackets that belong around an operation."""
        text = ast.get_source_segment(self.text, node) or "…"
        return f"({text})" if isinstance(node, ast.BinOp | ast.UnaryOp) else text


def place_of(error: BaseException) -> Place | None:
    """The deepest place in the file or cell in which the learner's function stands."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)][1:]
    lines = traceback.extract_tb(error.__traceback__)[1:]  # the first is the caller's
    own = [k for k, line in enumerate(lines) if line.filename == lines[0].filename]
    if not own:
        return None
    frame, line = frames[own[-1]], lines[own[-1]]
    text = _segment(line)
    try:
        return Place(frame, text, ast.parse(text, mode="eval").body)
    except SyntaxError:
        return Place(frame)


def _segment(line: traceback.FrameSummary) -> str:
    if line.colno is None or line.end_colno is None or line.lineno != line.end_lineno:
        return ""
    whole = linecache.getline(line.filename, line.lineno or 0).encode()
    return whole[line.colno : line.end_colno].decode(errors="ignore")  # columns count bytes


def _value(node: ast.expr | None, names: Mapping[str, Any]) -> Any:
    match node:
        case None:
            return None
        case ast.Name():
            return names[node.id]
        case ast.Constant():
            return node.value
        case ast.Attribute(attr="T"):
            return np.transpose(_value(node.value, names))
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, names)
        case ast.BinOp():
            return _OPERATORS[type(node.op)](_value(node.left, names), _value(node.right, names))
        case ast.Subscript():
            return _value(node.value, names)[_value(node.slice, names)]
        case ast.Tuple():
            return tuple(_value(item, names) for item in node.elts)
        case ast.Slice():
            return slice(*(_value(part, names) for part in (node.lower, node.upper, node.step)))
    raise Unknown
