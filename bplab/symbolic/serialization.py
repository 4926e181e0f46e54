"""Expressions, models and derivations as plain JSON, so that a proof can be checked elsewhere.

What is read back goes through the constructors that everything goes through: a file cannot smuggle
a literal index or a transposed matrix past the guards, and every step is checked anew.
"""

from collections.abc import Callable
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from bplab.symbolic.derivation import Derivation, Hypothesis, Reason
from bplab.symbolic.expressions import (
    Delta,
    Entry,
    Index,
    Partial,
    Tensor,
    Total,
    activation,
    layer_width,
    partial,
    total,
)
from bplab.symbolic.lattice import Grid, Same, is_position, position, size
from bplab.symbolic.model import Model

Json = Any

_NODES: dict[str, tuple[type[sympy.Basic], Callable[..., sympy.Basic]]] = {
    "entry": (Entry, lambda tensor, *indices: tensor[indices]),
    "delta": (Delta, Delta),
    "same": (Same, Same),
    "floor": (sympy.floor, sympy.floor),
    "sum": (Total, total),
    "partial": (Partial, partial),
    "add": (sympy.Add, sympy.Add),
    "mul": (sympy.Mul, sympy.Mul),
    "pow": (sympy.Pow, sympy.Pow),
}
_LEAVES: dict[str, Callable[..., sympy.Basic]] = {
    "number": sympy.Rational,
    "symbol": sympy.Symbol,
    "size": lambda name, least: size(name, least=least),
    "position": position,
    "layer width": lambda layer: layer_width(from_json(layer)),
    "index": lambda name, size: Index(name, from_json(size)),
    "tensor": lambda name, ranges, layer: Tensor(
        name, tuple(map(from_json, ranges)), None if layer is None else from_json(layer)
    ),
    "grid": lambda name, ranges, box: Grid(
        name, tuple(map(from_json, ranges)), box if isinstance(box, int) else map(from_json, box)
    ),
    "function": lambda name, argument: activation(name)(from_json(argument)),
}


def to_json(expr: sympy.Basic) -> Json:
    """An expression as nested lists, [kind, part, part, …].

    >>> to_json(1 / sympy.Symbol("m"))
    ['pow', ['symbol', 'm'], ['number', '-1']]
    """
    if isinstance(expr, sympy.Rational):
        return ["number", str(expr)]
    if isinstance(expr, sympy.Symbol):
        whole = expr.is_integer and expr.is_nonnegative
        return ["size", expr.name, int(expr.is_positive or 0)] if whole else ["symbol", expr.name]
    if isinstance(expr, Index):
        if is_position(expr):
            return ["position", expr.name]
        return ["index", expr.name, to_json(expr.range)]
    if isinstance(expr, Grid):
        box = expr.axes if expr.sizes is None else list(map(to_json, expr.sizes))
        return ["grid", expr.name, list(map(to_json, expr.ranges)), box]
    if isinstance(expr, Tensor):
        layer = None if expr.layer is None else to_json(expr.layer)
        return ["tensor", expr.name, [to_json(size) for size in expr.ranges], layer]
    if isinstance(expr, AppliedUndef):
        argument = to_json(expr.args[0])
        return (
            ["layer width", argument] if expr.is_integer else ["function", str(expr.func), argument]
        )
    for kind, (node, _) in _NODES.items():
        if isinstance(expr, node):
            return [kind, *map(to_json, expr.args)]
    raise TypeError(f"{expr!r} cannot be written as JSON")


def from_json(data: Json) -> Any:
    """The expression that `to_json` wrote.

    Raises: ValueError for a kind that does not exist; what the constructors raise otherwise.

    >>> from_json(["pow", ["symbol", "m"], ["number", "-1"]])
    1/m
    """
    kind, *parts = data
    if kind in _NODES:
        return _NODES[kind][1](*map(from_json, parts))
    if kind in _LEAVES:
        return _LEAVES[kind](*parts)
    raise ValueError(f"kind must be one of {', '.join([*_NODES, *_LEAVES])}; got {kind!r}")


def derivation_to_json(derivation: Derivation) -> dict[str, Json]:
    """Everything needed to check a derivation again.

    >>> from bplab.symbolic.derivation import algebra
    >>> x = sympy.Symbol("x")
    >>> square = Derivation("square", (x + 1) ** 2).step(x**2 + 2 * x + 1, algebra, "expand")
    >>> derivation_from_json(derivation_to_json(square)).end
    x**2 + 2*x + 1
    """
    return {
        "title": derivation.title,
        "definitions": [
            [to_json(d.name), to_json(d.value)] for d in derivation.model.definitions.values()
        ],
        "dependences": [
            [to_json(first.name), [[to_json(d.of), to_json(d.gradient)] for d in [first, *rest]]]
            for first, *rest in derivation.model.dependences.values()
        ],
        "start": to_json(derivation.start),
        "steps": [
            {"expr": to_json(s.expr), "reason": _reason_to_json(s.reason), "note": s.note}
            for s in derivation.steps
        ],
    }


def derivation_from_json(data: dict[str, Json]) -> Derivation:
    """The derivation that was written; every step is checked again.

    Raises: FalseStep if a step does not hold.
    """
    model = Model()
    for name, value in data["definitions"]:
        model = model.define(from_json(name), from_json(value))
    for name, pairs in data["dependences"]:
        model = model.depend(from_json(name), *(tuple(map(from_json, pair)) for pair in pairs))
    derivation = Derivation(data["title"], from_json(data["start"]), model)
    for step in data["steps"]:
        reason = _reason_from_json(step["reason"])
        derivation = derivation.step(from_json(step["expr"]), reason, step["note"])
    return derivation


def _reason_to_json(reason: Reason) -> Json:
    used = reason.hypothesis
    return {
        "kind": reason.kind,
        "names": [to_json(name) for name in reason.names],
        "hypothesis": used and [to_json(used.left), to_json(used.right), to_json(used.cofactor)],
    }


def _reason_from_json(data: Json) -> Reason:
    names = tuple(map(from_json, data["names"]))
    used = data["hypothesis"]
    return Reason(data["kind"], names, used and Hypothesis(*map(from_json, used)))
