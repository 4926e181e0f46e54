"""Reads the formulas of the lessons' prose: LaTeX in, numbers out.

Vectors are columns without an axis for samples, as in the prose. `evaluate` computes the right-hand
side of `left = right` from arrays; with subscripts on the left it does so entry by entry.
"""

import itertools
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

TOKEN = re.compile(r"\\[A-Za-z]+'?|[A-Za-z]|\d+|[-+/(){}^_]")
SILENT = re.compile(r"\\[,;!]|\\(?:[bB]ig[lr]?|left|right|quad|cdot)(?![A-Za-z])")
LAYERS = {"l+1": "_next", "l-1": "_prev", "l": "", "L": "", "": ""}
GREEK = {r"\delta": "delta", r"\sigma": "sigma", r"\lambda": "lambda_"}


def evaluate(statement: str, values: Mapping[str, Any]) -> Any:
    """The right-hand side of `left = right`, with an axis per subscript of the left-hand side."""
    left, right = statement.split("=", 1)
    letters = re.findall(r"_\{?([a-z]+)\}?\s*$", left)
    indices = letters[0] if letters else ""
    if not indices:
        return Reader(right, values, {}).whole()
    sizes = index_sizes(right, values)
    at = itertools.product(*(range(sizes[i]) for i in indices))
    entries = [Reader(right, values, dict(zip(indices, p, strict=True))).whole() for p in at]
    return np.array(entries).reshape([sizes[i] for i in indices])


def index_sizes(formula: str, values: Mapping[str, Any]) -> dict[str, int]:
    """How far each subscript runs, from the shapes of the arrays it stands at."""
    reader = Reader(formula, values, None)
    reader.whole()
    return reader.sizes


class Reader:
    """A recursive descent over the tokens of one formula."""

    def __init__(self, formula: str, values: Mapping[str, Any], at: dict[str, int] | None) -> None:
        self.tokens = TOKEN.findall(SILENT.sub("", formula))
        self.values, self.at, self.sizes = values, at, {}

    def whole(self) -> Any:
        value = self.sum()
        if self.tokens:
            raise ValueError(f"cannot read from {self.tokens[:5]} on")
        return value

    def next(self, *expected: str) -> str:
        if expected and self.tokens[:1] != [*expected][:1]:
            raise ValueError(f"expected {expected[0]}, got {self.tokens[:3]}")
        return self.tokens.pop(0)

    def sees(self, *tokens: str) -> bool:
        return bool(self.tokens) and self.tokens[0] in tokens

    def sum(self) -> Any:
        value = -self.product() if self.sees("-") and self.next() else self.product()
        while self.sees("+", "-"):
            sign = 1 if self.next() == "+" else -1
            value = value + sign * self.product()
        return value

    def product(self) -> Any:
        value = self.factor()
        while self.tokens and not self.sees("+", "-", ")", "}"):
            if self.sees(r"\odot"):
                self.next()
                value = value * self.factor()
            elif self.sees("/"):
                self.next()
                value = value / self.factor()
            else:
                value = times(value, self.factor())
        return value

    def factor(self) -> Any:
        token = self.next()
        if token.isdigit():
            return int(token)
        if token == "(":
            value = self.sum()
            self.next(")")
            return value.T if self.script("^") == r"\mathsfT" else value
        if token == r"\frac":
            return self.group() / self.group()
        if token == r"\nabla":
            self.script("_")
            self.next("C")
            return self.values["grad_a"]
        if token in (r"\sigma'", r"\sigma", r"\Sigma'"):
            return self.function(token)
        return self.entry(token)

    def group(self) -> Any:
        if not self.sees("{"):
            return self.factor()
        self.next()
        value = self.sum()
        self.next("}")
        return value

    def function(self, token: str) -> Any:
        self.next("(")
        argument = self.sum()
        self.next(")")
        value = self.values["sigma" if token == r"\sigma" else "sigma_prime"](argument)
        return np.diag(value) if token == r"\Sigma'" else value

    def entry(self, token: str) -> Any:
        name = GREEK.get(token, token) + LAYERS[self.script("^")]
        array, subscript = self.values[name], self.script("_")
        if not subscript:
            return array
        if self.at is None:  # only looking for sizes
            self.sizes |= dict(zip(subscript, array.shape, strict=True))
            return 1.0
        return array[tuple(self.at[i] for i in subscript)]

    def script(self, sign: str) -> str:
        if not self.sees(sign):
            return ""
        self.next()
        if not self.sees("{"):
            return self.next()
        self.next()
        return "".join(iter(self.next, "}"))


def times(left: Any, right: Any) -> Any:
    """The product as it is meant: of matrices and vectors where both are."""
    both = np.ndim(left) == 2 and np.ndim(right) >= 1
    return left @ right if both else left * right
