"""What a theorem is, and the table of all of them.

A theorem is a function that builds a checked proof; its docstring is the claim in words. It is
registered under a short name and proved when its `proof` is first asked for.
"""

import difflib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import sympy


class Proof(Protocol):
    """What every kind of proof can do; building one has checked it."""

    @property
    def claim(self) -> tuple[sympy.Expr, sympy.Expr]:
        """The two sides of the equation proved."""

    @property
    def methods(self) -> dict[str, bool]:
        """The verdict of each of the (two or more) independent methods."""

    def latex(self) -> str:
        """The proof in LaTeX."""


class UnknownTheorem(ValueError):
    """A name that is not in `THEOREMS`."""


@dataclass(frozen=True)
class Theorem:
    """A named claim with its source and the function that proves it."""

    name: str
    title: str
    statement: str
    source: str
    derive: Callable[[], Any]

    @cached_property
    def proof(self) -> Any:
        """The checked proof. Raises what a false step raises, so having it is having it proved."""
        return self.derive()


class _Table(dict[str, Theorem]):
    def __missing__(self, name: str) -> Theorem:
        near = difflib.get_close_matches(str(name), self, n=3, cutoff=0.4) or sorted(self)
        raise UnknownTheorem(f"no theorem is called {name!r}; did you mean {', '.join(near)}?")


THEOREMS: dict[str, Theorem] = _Table()


def theorem(name: str, *, title: str, source: str) -> Callable[[Callable[[], Any]], Theorem]:
    """Register the function below as the proof of the theorem called `name`.

    Raises: ValueError if the name is taken.
    """

    def register(derive: Callable[[], Any]) -> Theorem:
        if name in THEOREMS:
            raise ValueError(f"there is a theorem called {name!r} already")
        statement = inspect.getdoc(derive) or ""
        THEOREMS[name] = Theorem(name, title, statement, source, derive)
        return THEOREMS[name]

    return register
