"""Formulas that are one small change away: a term or a factor less, a sign turned, a sum left out.

Compared with a wrong formula they tell where it went wrong: if the right one without its factor x
means the same, then the factor x is missing.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sympy

from bplab.symbolic.expressions import Delta, Entry, Total, free_indices


class Edit(NamedTuple):
    """A changed formula, what kind of change it was, and of which part inside of what."""

    kind: str
    part: str
    inside: sympy.Expr
    result: sympy.Expr


def edits(expr: sympy.Expr) -> Iterator[Edit]:
    """All formulas with one part left out, or one sign or operation turned, at any depth.

    >>> a = sympy.Symbol("a")
    >>> sorted(str(edit.result) for edit in edits(1 - a) if edit.kind == "term")
    ['-a', '1']
    """
    yield from _here(expr)
    if isinstance(expr, Entry | Delta):
        return
    inside = expr.args[:1] if isinstance(expr, Total) else expr.args
    for position, part in enumerate(inside):
        if not isinstance(part, sympy.Expr):
            continue
        for edit in edits(part):
            args = [*expr.args[:position], edit.result, *expr.args[position + 1 :]]
            yield edit._replace(result=expr.func(*args))


def _here(expr: sympy.Expr) -> Iterator[Edit]:
    match expr:
        case sympy.Add():
            for term in expr.args:
                yield Edit("term", spelled(term), expr, expr - term)
                yield Edit("sign", spelled(term), expr, expr - 2 * term)
        case sympy.Mul():
            for factor in expr.args:
                size = abs(factor) if factor.is_number else factor
                if size != 1:
                    yield Edit("factor", spelled(size), expr, expr / size)
                    yield Edit("inverse", spelled(size), expr, expr / size**2)
        case sympy.exp():
            yield Edit("function", "exp", expr, expr.args[0])
        case sympy.Pow():
            yield Edit("power", spelled(expr), expr, expr.base)
            yield Edit("inverse", spelled(expr), expr, 1 / expr)
        case Total():
            yield Edit("sum", ", ".join(i.name for i in expr.bound), expr, expr.body)
        case Entry() | Delta():
            return
        case sympy.Function():
            yield Edit("function", spelled(expr).split("(")[0], expr, expr.args[0])


def factors(exprs: Sequence[sympy.Expr]) -> list[sympy.Expr]:
    """What can be a factor too many or too few: names, entries, functions, sums, 1 − names."""
    found: dict[sympy.Expr, None] = {}
    for expr in exprs:
        for node in sympy.preorder_traversal(expr):
            if isinstance(node, sympy.Symbol | Entry | sympy.Function | sympy.Add):
                found.setdefault(node)
            if isinstance(node, sympy.Symbol | Entry):
                found.setdefault(1 - node)
    free = set().union(*map(free_indices, exprs))
    return [node for node in found if free_indices(node) <= free]


def spelled(expr: sympy.Expr) -> str:
    """The formula as a learner types it."""
    return str(expr).replace("'", "_prime")
