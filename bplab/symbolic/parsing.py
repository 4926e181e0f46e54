"""Formulas that a learner types, read without ever running them.

The text is untrusted. `sympify` and `parse_expr` run code, so neither is used: Python's `ast` reads
the text, a whitelist of a few kinds of node is checked and measured, and only then is the
expression built. Nodes, nesting, degree and the number of terms after expansion are bounded before
SymPy sees anything, so that no later step can take long either.
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

import sympy

from bplab.symbolic.expressions import Activation, Delta, Index, Tensor, total
from bplab.symbolic.formula_text import FormulaError, readable
from bplab.symbolic.notation import ALLOWED, instead_of_name, missing_operator

MAX_NODES = 400
MAX_DEPTH = 100
MAX_DEGREE = 64
MAX_TERMS = 256
MAX_BITS = 512
MAX_SUMS = 4
MAX_FUNCTIONS = 5

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "tanh": sympy.tanh,
}
Names = Mapping[str, Any] | Iterable[str]

_KINDS = {
    ast.Attribute: "a dot after a name",
    ast.Lambda: "lambda",
    ast.IfExp: "if … else",
    ast.BoolOp: "and/or",
    ast.Compare: "a comparison",
    ast.List: "a list",
    ast.ListComp: "a loop",
    ast.GeneratorExp: "a loop",
    ast.Tuple: "a comma",
    ast.Starred: "a star before an argument",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
}
_INSTEAD = {
    ast.Attribute: "write exp(z) for np.exp(z), and W[k, j] for a transpose",
    ast.List: "use round brackets ( )",
    ast.Tuple: "write a decimal with a point, and one formula only",
}
_PYTHON_WORDS = re.compile(r"\b(lambda|in|is|as|or|and|not|if|else|for|from|class|def|del)\b")


@dataclass(frozen=True)
class Size:
    """Upper bounds on what an expression becomes when it is multiplied out."""

    degree: int = 0
    terms: int = 1
    bits: int = 0
    sums: int = 0
    functions: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(
            max(self.degree, other.degree),
            self.terms + other.terms,
            max(self.bits, other.bits) + 1,
            max(self.sums, other.sums),
            max(self.functions, other.functions),
        )

    def __mul__(self, other: "Size") -> "Size":
        return Size(
            self.degree + other.degree,
            self.terms * other.terms,
            self.bits + other.bits,
            self.sums + other.sums,
            max(self.functions, other.functions),
        )

    def __pow__(self, exponent: int) -> "Size":
        return Size(
            self.degree * exponent,
            self.terms**exponent,
            self.bits * exponent,
            self.sums * exponent,
            self.functions,
        )

    def as_denominator(self) -> "Size":
        """The size of 1/expression: one term to the rest, and like a function if it is a sum."""
        deeper = self.functions + (self.terms > 1)
        return Size(self.degree, 1, self.bits, self.sums, deeper)

    def as_argument(self) -> "Size":
        """The size of f(expression), which is a name to the rest."""
        return Size(1, 1, self.bits, self.sums, self.functions + 1)


def parse(text: str, names: Names) -> sympy.Expr:
    """The expression that a formula such as "sum_(W[k, j]*delta[k], k)*sigma_prime(z[j])" means.

    `names` maps each name that may occur to a SymPy expression, a Tensor, an index or a function;
    a plain sequence of names stands for scalar symbols. exp, log, sqrt and tanh are always there.
    Raises: FormulaError, a ValueError, for everything else, whatever the text.

    >>> parse("a*(1 - a) + 0.5", ["a"])
    a*(1 - a) + 1/2
    >>> parse("a²", ["a"])
    Traceback (most recent call last):
    bplab.symbolic.formula_text.FormulaError: column 2: '²' is not allowed; write z**2 for a power
    """
    known = names if isinstance(names, Mapping) else {name: sympy.Symbol(name) for name in names}
    known = {name: _scalar_as_entry(meaning) for name, meaning in known.items()}
    formula = _Formula(readable(text, known), {**FUNCTIONS, **known})
    tree = formula.tree()
    formula.measure(tree)
    expr = formula.build(tree)
    if expr.has(sympy.zoo, sympy.oo, sympy.nan, sympy.I):
        raise FormulaError("the formula has no real value", "look for 1/0, log(0) or sqrt(-1)")
    return expr


def _scalar_as_entry(meaning: Any) -> Any:
    return meaning[()] if isinstance(meaning, Tensor) and not meaning.ranges else meaning


def _is_function(meaning: Any) -> bool:
    return callable(meaning) and not isinstance(meaning, sympy.Basic | Tensor)


class _Formula:
    """One formula: `tree` reads it, `measure` refuses what is not allowed, `build` makes it."""

    def __init__(self, text: str, names: Mapping[str, Any]) -> None:
        self.text = text.strip()
        self.offset = len(text) - len(text.lstrip())
        self.names = names

    def tree(self) -> ast.expr:
        try:
            tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            raise FormulaError(
                "this cannot be read", self._why(), self.offset + (error.offset or 1)
            ) from None
        except (ValueError, RecursionError, MemoryError):
            raise FormulaError("this cannot be read", "write a shorter formula") from None
        if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
            raise FormulaError("the formula has too many parts", f"use at most {MAX_NODES}")
        return tree

    def _why(self) -> str:
        if word := _PYTHON_WORDS.search(self.text):
            return f"{word.group()!r} is a word of Python and cannot be a name here"
        functions = [name for name, meaning in self.names.items() if _is_function(meaning)]
        beside = missing_operator(self.text, [*functions, "sum_"])
        return f"is an operator such as * or an operand missing? {beside}".strip()

    # First walk: what is allowed, and how large would it get?

    def measure(self, node: ast.expr, depth: int = 1) -> Size:
        if depth > MAX_DEPTH:
            self._refuse(node, "the formula is nested too deeply", f"use at most {MAX_DEPTH}")
        size = self._measure(node, depth + 1)
        for what, value, limit in (
            ("total degree", size.degree, MAX_DEGREE),
            ("number of terms when multiplied out", size.terms, MAX_TERMS),
            ("number of bits in a coefficient", size.bits, MAX_BITS),
            ("number of sums in one product", size.sums, MAX_SUMS),
            ("nesting of functions and fractions", size.functions, MAX_FUNCTIONS),
        ):
            if value > limit:
                self._refuse(node, f"the {what} exceeds {limit}", "write a smaller formula")
        return size

    def _measure(self, node: ast.expr, depth: int) -> Size:
        match node:
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                value = self._number(node)
                return Size(bits=max(value.numerator, value.denominator).bit_length())
            case ast.Name():
                self._require_number(node)
                return Size(degree=1)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                return self.measure(node.operand, depth)
            case ast.BinOp(op=ast.Pow()):
                exponent = self._exponent(node.right)
                base = self.measure(node.left, depth)
                return base**exponent if exponent > 0 else base.as_denominator() ** -exponent
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self.measure(node.left, depth) + self.measure(node.right, depth)
            case ast.BinOp(op=ast.Mult()):
                return self.measure(node.left, depth) * self.measure(node.right, depth)
            case ast.BinOp(op=ast.Div()):
                denominator = self.measure(node.right, depth).as_denominator()
                return self.measure(node.left, depth) * denominator
            case ast.Subscript():
                self._entry(node)
                return Size(degree=1)
            case ast.Call():
                return self._measure_call(node, depth)
        instead = _INSTEAD.get(type(node), ALLOWED)
        self._refuse(node, f"{_KINDS.get(type(node), self._quote(node))} is not allowed", instead)

    def _measure_call(self, node: ast.Call, depth: int) -> Size:
        name, function = self._called(node)
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            self._refuse(node, "only plain arguments are allowed", f"write {name}(z)")
        if function is total:
            if len(node.args) < 2:
                self._refuse(node, "sum_ needs a term and an index", "write sum_(W[j, k]*a[k], k)")
            indices = [self._index(argument) for argument in node.args[1:]]
            if len(set(indices)) < len(indices):
                self._refuse(node, "an index is summed over twice", "name each index once")
            # A product so that degree, terms and bits stay those of the body.
            return self.measure(node.args[0], depth) * Size(sums=len(indices))
        if function is Delta:
            if len(node.args) != 2:
                self._refuse(node, f"{name} needs two indices", f"write {name}(i, j)")
            _ = [self._index(argument) for argument in node.args]
            return Size(degree=1)
        sizes = [self.measure(argument, depth) for argument in node.args]
        if not sizes or (len(sizes) > 1 and self._takes_one(function)):
            self._refuse(node, f"{name} takes one argument, got {len(sizes)}", f"write {name}(z)")
        # Arguments stay apart: the largest in each respect bounds them all.
        return Size(
            bits=max(size.bits for size in sizes),
            sums=max(size.sums for size in sizes),
            functions=max(size.functions for size in sizes),
        ).as_argument()

    def _takes_one(self, function: Callable[..., Any]) -> bool:
        return isinstance(function, Activation) or function in FUNCTIONS.values()

    # Second walk: everything is known to be allowed and small.

    def build(self, node: ast.expr) -> sympy.Expr:
        match node:
            case ast.Constant():
                value = self._number(node)
                return sympy.Rational(value.numerator, value.denominator)
            case ast.Name():
                return self.names[node.id]
            case ast.UnaryOp():
                operand = self.build(node.operand)
                return -operand if isinstance(node.op, ast.USub) else operand
            case ast.BinOp(op=ast.Add()):
                return self.build(node.left) + self.build(node.right)
            case ast.BinOp(op=ast.Sub()):
                return self.build(node.left) - self.build(node.right)
            case ast.BinOp(op=ast.Mult()):
                return self.build(node.left) * self.build(node.right)
            case ast.BinOp(op=ast.Div()):
                return self.build(node.left) / self._nonzero(node.right)
            case ast.BinOp(op=ast.Pow()):
                exponent = self._exponent(node.right)
                base = self.build(node.left) if exponent >= 0 else self._nonzero(node.left)
                return base**exponent
            case ast.Subscript():
                return self._entry(node)
            case ast.Call():
                return self._build_call(node)
        raise AssertionError(f"measure let {type(node).__name__} through")

    def _build_call(self, node: ast.Call) -> sympy.Expr:
        name, function = self._called(node)
        if function is Delta:
            arguments: list[Any] = [self._index(argument) for argument in node.args]
        elif function is total:
            indices = [self._index(argument) for argument in node.args[1:]]
            arguments = [self.build(node.args[0]), *indices]
        else:
            arguments = [self._argument(argument) for argument in node.args]
        try:
            return function(*arguments)
        except (TypeError, IndexError, ValueError) as error:
            reason = str(error).split("\n")[0]
            self._refuse(node, f"{name} cannot be used like this", reason)

    def _argument(self, node: ast.expr) -> sympy.Expr:
        expr = self.build(node)
        if expr.is_number and not expr.is_Rational:
            # exp(exp(exp(9))) would make SymPy compute an astronomical number of digits.
            self._refuse(node, "a function of a constant inside a function", "work it out first")
        return expr

    def _nonzero(self, node: ast.expr) -> sympy.Expr:
        expr = self.build(node)
        if expr == 0:
            self._refuse(node, "this is zero, and the formula divides by it", "check it")
        return expr

    # The leaves, read by both walks.

    def _number(self, node: ast.Constant) -> Fraction:
        return Fraction(self._source(node))  # the decimal as typed, not the nearest double

    def _exponent(self, node: ast.expr) -> int:
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(size))):
                exponent = -size
            case ast.Constant(value=int(size)) if not isinstance(size, bool):
                exponent = size
            case _:
                self._refuse(
                    node,
                    "an exponent must be a whole number",
                    "write z**2 or z**-1, sqrt(z) for a root, exp(z) for e to the z",
                )
        if size > MAX_DEGREE:
            self._refuse(node, f"the exponent exceeds {MAX_DEGREE}", "write a smaller one")
        return exponent

    def _require_number(self, node: ast.Name) -> None:
        name, meaning = node.id, self._look_up(node)
        if isinstance(meaning, Index):
            self._refuse(node, f"{name} is an index, not a number", f"use it as in z[{name}]")
        if isinstance(meaning, Tensor):
            places = ", ".join("…" for _ in meaning.ranges)
            self._refuse(node, f"{name} needs its indices", f"write one entry, {name}[{places}]")
        if not isinstance(meaning, sympy.Expr):
            self._refuse(node, f"{name} is a function", f"write {name}(…) with its argument")

    def _entry(self, node: ast.Subscript) -> sympy.Expr:
        if isinstance(node.value, ast.Subscript):
            self._refuse(node, "two brackets follow each other", "write W[j, k] for W[j][k]")
        name, tensor = self._quote(node.value), self._look_up(node.value)
        if not isinstance(tensor, Tensor):
            self._refuse(node, f"{name} has no indices", f"write {name} without brackets")
        inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        indices = tuple(self._index(position) for position in inside)
        try:
            return tensor[indices]
        except IndexError as error:
            self._refuse(node, str(error), f"{name} has {len(tensor.ranges)} indices in this order")

    def _index(self, node: ast.expr) -> Index:
        meaning = self._look_up(node) if isinstance(node, ast.Name) else None
        if not isinstance(meaning, Index):
            known = [name for name, what in self.names.items() if isinstance(what, Index)]
            instead = f"the indices are {', '.join(known)}" if known else "there are none here"
            self._refuse(node, f"{self._quote(node)} is not an index", instead)
        return meaning

    def _called(self, node: ast.Call) -> tuple[str, Callable[..., Any]]:
        if not isinstance(node.func, ast.Name):
            instead = _INSTEAD.get(type(node.func), "write * for a product")
            self._refuse(node, f"{self._quote(node.func)} is not a function", instead)
        name = node.func.id
        function = total if name == "sum_" else self._look_up(node.func)
        if not _is_function(function):
            self._refuse(node, f"{name} is not a function", f"write {name}*(…) for a product")
        return name, function

    def _look_up(self, node: ast.expr) -> Any:
        if not isinstance(node, ast.Name):
            self._refuse(node, f"{self._quote(node)} is not a name", ALLOWED)
        if node.id not in self.names:
            indices = [name for name, what in self.names.items() if isinstance(what, Index)]
            instead = instead_of_name(node.id[:40], list(self.names), indices)
            self._refuse(node, f"{node.id[:40]!r} is not known here", instead)
        return self.names[node.id]

    def _quote(self, node: ast.AST) -> str:
        return self._source(node)[:20]

    def _source(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or type(node).__name__

    def _refuse(self, node: ast.AST, problem: str, instead: str) -> NoReturn:
        # ast counts bytes of UTF-8, a reader counts characters.
        before = self.text.encode()[: getattr(node, "col_offset", 0)].decode()
        raise FormulaError(problem, instead, self.offset + len(before) + 1)
