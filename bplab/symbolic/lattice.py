"""Arrays as functions on ℤ: the language in which convolution and pooling are proved.

An image of any size is a function of whole numbers that is 0 outside its box, so no formula needs a
border: z_i = Σ_u K_u x_{Si+u−P}, with u over all of ℤ. A `Grid` is such an array; its positions are
whole-number formulas in variables made by `position` and sizes made by `size`. The guards L1–L3
keep the language sound; `docs/proofs.md` says why.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import sympy

from bplab.symbolic.expressions import (
    Delta,
    Entry,
    GuardError,
    Index,
    Partial,
    Tensor,
    free_indices,
)

Affine = tuple[dict[Index, sympy.Expr], sympy.Expr]


def size(name: str, *, least: int = 1) -> sympy.Symbol:
    """A whole number that stands for all from `least` on: a height, a stride; a padding from 0 on.

    >>> size("P", least=0).is_integer
    True
    """
    known = {"positive": True} if least else {"nonnegative": True}
    return sympy.Symbol(name, integer=True, **known)


def position(name: str) -> Index:
    """A variable that runs over all whole numbers.

    >>> 2 * position("p")
    2*p
    """
    return Index(name, sympy.S.Integers)


def is_position(i: Index) -> bool:
    """Whether the index runs over ℤ, not over an axis of symbolic width."""
    return i.range is sympy.S.Integers


def has_positions(expr: sympy.Basic) -> bool:
    """Whether an expression belongs to this language."""
    return any(map(is_position, expr.atoms(Index)))


@cache
def affine(form: sympy.Expr) -> Affine:
    """The coefficient of each position in a formula like S·i + u − P, and the rest.

    Raises: GuardError (L2) if the formula is not of this kind, with whole numbers throughout.

    >>> affine(size("S") * position("i") - 1)
    ({i: S}, -1)
    """
    coefficients: dict[Index, sympy.Expr] = {}
    rest = sympy.S.Zero
    for summand in sympy.Add.make_args(sympy.expand(form)):
        variables = [f for f in sympy.Mul.make_args(summand) if isinstance(f, Index)]
        coefficient = sympy.Mul(*(f for f in sympy.Mul.make_args(summand) if f not in variables))
        whole = coefficient.is_integer and not coefficient.atoms(Index, Tensor)
        if not whole or len(variables) > 1 or not all(map(is_position, variables)):
            raise GuardError(
                f"L2: a position must be a sum of variables made by position(name), times whole "
                f"numbers or sizes, such as S*i + u - P; got {form}"
            )
        if variables:
            coefficients[variables[0]] = coefficient
        else:
            rest += coefficient
    return coefficients, rest


class Grid(Tensor):
    """An array with positions on ℤ as its last axes, after axes of symbolic width (channels).

    With `sizes`, it is data: free numbers inside the box [0, size) × …, and 0 outside. With a
    number of axes instead of sizes it is a name for a formula that a `Model` gives; such a name is
    not 0 anywhere by itself (a bias reaches beyond the image), so it makes no sum finite.
    Raises: GuardError (L2, L3).

    >>> x, p = Grid("x", ("m",), (size("W"),)), position("p")
    >>> from bplab.symbolic.expressions import index
    >>> x[index("s", "m"), 2 * p]
    x[s, 2*p]
    """

    sizes: tuple[sympy.Expr, ...] | None
    axes: int

    def __new__(cls, name: str, ranges: tuple[Any, ...], box: Any) -> "Grid":
        new = super().__new__(cls, name, ranges)
        new.sizes = None if isinstance(box, int) else tuple(map(sympy.sympify, box))
        new.axes = box if new.sizes is None else len(new.sizes)
        return new

    def _hashable_content(self) -> tuple[Any, ...]:
        box = (sympy.Integer(self.axes), *(self.sizes or ()))
        return (*super()._hashable_content(), sympy.Tuple(*box))

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.name, self.ranges, self.axes if self.sizes is None else self.sizes)

    @property
    def identifier(self) -> str:
        return self.name.replace("^", "_")

    def __getitem__(self, indices: Any) -> Entry:
        indices = indices if isinstance(indices, tuple) else (indices,)
        if len(indices) != len(self.ranges) + self.axes:
            raise IndexError(
                f"{self} has {len(self.ranges)} axes and {self.axes} positions; "
                f"got {len(indices)} indices"
            )
        channels = super().__getitem__(indices[: len(self.ranges)]).args[1:]
        forms = tuple(map(sympy.sympify, indices[len(self.ranges) :]))
        for form in forms:
            affine(form)
        return Entry(self, *channels, *forms)

    def coincide(self, first: Entry, second: Entry) -> sympy.Expr:
        channels = zip(self.channels(first), self.channels(second), strict=True)
        places = zip(self.places(first), self.places(second), strict=True)
        return sympy.Mul(*(Delta(i, j) for i, j in channels), *(Same(p, q) for p, q in places))

    def require_definable(self, name: Entry) -> None:
        if self.sizes is not None:
            raise GuardError(
                f"L3: {self} has a box outside which it is 0, which a formula need not be; give "
                f"the number of its axes instead of their sizes"
            )

    def channels(self, entry: Entry) -> tuple[Index, ...]:
        """The indices of an entry that run over axes of symbolic width."""
        return entry.args[1 : 1 + len(self.ranges)]

    def places(self, entry: Entry) -> tuple[sympy.Expr, ...]:
        """The formulas for the positions of an entry."""
        return entry.args[1 + len(self.ranges) :]


class Same(sympy.Expr):
    """1 if two positions are the same whole number, else 0: [p = S·i + u − P].

    Raises: GuardError (L2).

    >>> i = position("i")
    >>> Same(i, i + 1), Same(i + 1, i + 1), Same(i, 2)
    (0, 1, [i = 2])
    """

    is_commutative = True

    def __new__(cls, left: Any, right: Any) -> sympy.Expr:
        left, right = sympy.sympify(left), sympy.sympify(right)
        coefficients, rest = affine(left - right)
        if not coefficients and rest.is_Integer:
            return sympy.Integer(rest == 0)
        return super().__new__(cls, left, right)

    def _eval_power(self, exponent: sympy.Expr) -> sympy.Expr | None:
        return self if exponent.is_Integer and exponent > 0 else None

    def _sympystr(self, printer: Any) -> str:
        return f"[{self.args[0]} = {self.args[1]}]"


def boxed(entry: sympy.Expr) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """(position, size) for each axis outside which an entry is 0."""
    if isinstance(entry, Entry) and isinstance(entry.tensor, Grid) and entry.tensor.sizes:
        yield from zip(entry.tensor.places(entry), entry.tensor.sizes, strict=True)


def loose(names: list[str], product: sympy.Expr) -> GuardError:
    """What guard L1 says."""
    return GuardError(
        f"L1: the sum over {', '.join(names)} in {product} is over all whole numbers; an array "
        f"with a box must stand at that position (after an index shift), so that the sum is finite"
    )


def require_no_function(factor: sympy.Expr) -> None:
    """Guard L2, second half: outside of positions only sums and products are understood."""
    if not isinstance(factor, Entry | Delta | Same | Partial) and free_indices(factor):
        raise GuardError(f"L2: on whole numbers only sums of products are understood; got {factor}")
