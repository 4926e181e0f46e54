"""Which names a cell binds, which it reads, and which it may change."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from bplab.grading.magics import plain_python

LONGEST = 1_000_000  # characters of a cell that is looked into: to parse more takes gigabytes


@dataclass
class Names:
    """The names of one cell.

    `binds` are bound at the top level; of these `imports` are bound by an import, `functions` by
    def or class, `classes` by class. `reads` are all names that are read anywhere. `changes` are
    names whose value the cell may change without binding them. `statements` are its imports as
    text.
    """

    binds: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    statements: list[str] = field(default_factory=list)
    parses: bool = True


@lru_cache(maxsize=4096)
def names_of(source: str) -> Names:
    """The names of a cell's source; a cell that does not parse has none."""
    found = Names()
    try:
        if len(source) > LONGEST:
            raise ValueError("no cell is so long")
        tree = ast.parse(plain_python(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found.parses = False
        return found
    for node in _outside_functions(tree):
        _bound(node, found)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.reads.add(node.id)
        elif isinstance(node, ast.Global):
            found.binds |= set(node.names)
        found.changes |= _changed(node)
    return found


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes whose bindings are the cell's own."""
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    waiting = [tree]  # not by recursion: a sum of a thousand terms is a thousand deep
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            yield child
            if not isinstance(child, inner + comprehensions):
                waiting.append(child)


def _bound(node: ast.AST, found: Names) -> None:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        found.binds.add(node.id)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        found.binds.add(node.name)
        found.functions.add(node.name)
        if isinstance(node, ast.ClassDef):
            found.classes.add(node.name)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        names = {alias.asname or alias.name.split(".")[0] for alias in node.names}
        found.binds |= names
        found.imports |= names
        found.statements.append(ast.unparse(node))
    elif isinstance(node, ast.ExceptHandler) and node.name:
        found.binds.add(node.name)


def _changed(node: ast.AST) -> set[str]:
    """Names whose value this node may change: x[0] = …, x.a = …, x.sort(), f(x)."""
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(
        node.ctx, ast.Store | ast.Del
    ):
        return {_root(node)}
    if isinstance(node, ast.AugAssign):
        return {_root(node.target)}
    if isinstance(node, ast.Call):
        called = {_root(node.func)} if isinstance(node.func, ast.Attribute) else set()
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return called | {_root(value) for value in given}
    return set()


def _root(node: ast.AST) -> str:
    """The name at the left end of x.a[0].b; empty if there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
