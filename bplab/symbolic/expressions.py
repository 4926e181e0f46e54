"""Tensors with typed indices: the expressions every derivation is made of.

A tensor knows the range of each of its axes and an index knows the range it runs over, so an
untransposed weight matrix is an `IndexError` before any algebra starts. Widths are symbols, never
numbers: what is proved here is proved for all of them. Activations are opaque functions with a
named derivative, so a proof covers any σ.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import sympy
from sympy.core.function import UndefinedFunction


class GuardError(ValueError):
    """An expression that the proof methods must refuse, with the guard it breaks."""


def as_range(size: Any) -> sympy.Expr:
    """A width as a symbol; a number is refused, as a proof is for every width."""
    if isinstance(size, str):
        return sympy.Symbol(size)
    if isinstance(size, sympy.Expr) and not size.is_number:
        return size
    raise GuardError(f"a width must be a name or a symbol, so that it stands for all; got {size!r}")


def layer_width(layer: Any) -> sympy.Expr:
    """n(l), the number of units in layer l.

    >>> layer_width(sympy.Symbol("l") + 1)
    n(l + 1)
    """
    return sympy.Function("n", integer=True, positive=True)(layer)


class Index(sympy.AtomicExpr):
    """An index variable and the range it runs over. Make one with `index`."""

    name: str
    range: sympy.Expr

    def __new__(cls, name: str, size: sympy.Expr) -> "Index":
        if (name, size) not in _INDICES:
            new = super().__new__(cls)
            new.name, new.range = name, size
            _INDICES[name, size] = new
        return _INDICES[name, size]

    # There is one object for each index: to look one up takes no comparison of names.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.name, self.range)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.name, self.range)

    def _sympystr(self, printer: Any) -> str:
        return self.name


_INDICES: dict[tuple[str, sympy.Expr], Index] = {}


def index(name: str, size: Any) -> Index:
    """An index `name` that runs over a range of symbolic `size`.

    Raises: GuardError (H4) if the size is a number.

    >>> index("j", "n").range
    n
    """
    return Index(name, as_range(size))


class Tensor(sympy.Atom):
    """A named array with a symbolic width per axis, and a layer where it belongs to one.

    Two tensors are the same if name, ranges and layer are. `T[j, k]` is the entry at those indices;
    a scalar is a tensor without axes, `C[()]`.
    Raises: IndexError for a wrong number of indices or an index over another range; GuardError (H4)
    for a literal index or index arithmetic.

    >>> W = Tensor("W", ("n2", "n1"))
    >>> j, k = index("j", "n2"), index("k", "n1")
    >>> W[j, k]
    W[j, k]
    >>> W[k, j]
    Traceback (most recent call last):
    IndexError: axis 1 of W runs over n2, but index k runs over n1; is W transposed?
    """

    name: str
    ranges: tuple[sympy.Expr, ...]
    layer: sympy.Expr | None
    __iter__ = None  # else T[0], T[1], … would make it a sequence to Python and SymPy

    def __new__(cls, name: str, ranges: tuple[Any, ...], layer: Any = None) -> "Tensor":
        new = super().__new__(cls)
        new.name = name
        new.ranges = tuple(as_range(size) for size in ranges)
        new.layer = None if layer is None else sympy.sympify(layer)
        return new

    def _hashable_content(self) -> tuple[Any, ...]:
        # SymPy sorts by this content, and can order its own tuples but neither ours nor None.
        layer = () if self.layer is None else (self.layer,)
        return (self.name, sympy.Tuple(*self.ranges), sympy.Tuple(*layer))

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.name, self.ranges, self.layer)

    def _sympystr(self, printer: Any) -> str:
        return self.name if self.layer is None else f"{self.name}^({self.layer})"

    @property
    def identifier(self) -> str:
        """The name as a Python identifier: `W_next` for layer l+1, `a_prev` for layer l−1."""
        if self.layer is None:
            return self.name
        offset = self.layer.as_coeff_Add()[0]
        return self.name + {0: "", 1: "_next", -1: "_prev"}[int(offset)]

    def __getitem__(self, indices: Any) -> "Entry":
        indices = indices if isinstance(indices, tuple) else (indices,)
        for position in indices:
            if not isinstance(position, Index):
                raise GuardError(
                    f"H4: {self} must be indexed by index variables, as a literal index or index "
                    f"arithmetic breaks the symmetry that the proofs use; got {position!r}"
                )
        if len(indices) != len(self.ranges):
            raise IndexError(f"{self} has {len(self.ranges)} axes; got {len(indices)} indices")
        for axis, (position, size) in enumerate(zip(indices, self.ranges, strict=True), start=1):
            if position.range != size:
                raise IndexError(
                    f"axis {axis} of {self} runs over {size}, but index {position.name} runs over "
                    f"{position.range}; is {self} transposed?"
                )
        return Entry(self, *indices)

    def coincide(self, first: "Entry", second: "Entry") -> sympy.Expr:
        """1 if two entries are the same one, else 0: the derivative of one by the other."""
        return sympy.Mul(*map(Delta, first.indices, second.indices))

    def require_definable(self, name: "Entry") -> None:
        """Raise a GuardError if the tensor cannot stand for a formula."""


class Entry(sympy.Expr):
    """One entry of a tensor, T[j, k]; made by indexing a `Tensor`."""

    is_commutative = True
    _diff_wrt = True

    @property
    def tensor(self) -> Tensor:
        return self.args[0]

    @property
    def indices(self) -> tuple[Any, ...]:
        return self.args[1:]

    def _sympystr(self, printer: Any) -> str:
        inside = ", ".join(map(printer.doprint, self.indices))
        return f"{self.tensor}[{inside}]" if inside else str(self.tensor)


class Delta(sympy.Expr):
    """Kronecker's delta: 1 if the two indices are equal, else 0."""

    is_commutative = True

    def __new__(cls, i: Index, j: Index) -> sympy.Expr:
        if i.range != j.range:
            raise IndexError(f"delta of {i} over {i.range} and {j} over {j.range}: ranges differ")
        if i == j:
            return sympy.S.One
        return super().__new__(cls, *sorted((i, j), key=lambda index: index.name))

    def _eval_power(self, exponent: sympy.Expr) -> sympy.Expr | None:
        return self if exponent.is_Integer and exponent > 0 else None

    def _sympystr(self, printer: Any) -> str:
        return f"delta({self.args[0]}, {self.args[1]})"


class Total(sympy.Expr):
    """A finite sum of `body` over each of the given indices. Make one with `total`."""

    is_commutative = True

    def __new__(cls, body: Any, *indices: Index) -> sympy.Expr:
        body = sympy.sympify(body)
        present = free_indices(body)
        for idle in [i for i in indices if i not in present and body != 0]:
            if not isinstance(idle.range, sympy.Expr):
                raise GuardError(f"L1: Σ_{idle} of {body} has infinitely many equal terms")
            body *= idle.range  # Σ_i 1 = n: the width stays symbolic (H2)
        bound = [i for i in indices if i in present]
        if body == 0 or not bound:
            return body
        return super().__new__(cls, body, *bound)

    @property
    def body(self) -> sympy.Expr:
        return self.args[0]

    @property
    def bound(self) -> tuple[Index, ...]:
        return self.args[1:]

    def _sympystr(self, printer: Any) -> str:
        return f"sum_({printer.doprint(self.body)}, {', '.join(i.name for i in self.bound)})"


def total(body: Any, *indices: Index) -> sympy.Expr:
    """Σ over the given indices of `body`; an index that does not occur contributes its width.

    Raises: TypeError if something else than an index is given.

    >>> j = index("j", "n")
    >>> total(Tensor("x", ("n",))[j] ** 2, j)
    sum_(x[j]**2, j)
    >>> total(1, j)
    n
    """
    for i in indices:
        if not isinstance(i, Index):
            raise TypeError(f"total must be given indices made by index(name, size); got {i!r}")
    return Total(body, *indices)


class Partial(sympy.Expr):
    """∂target/∂wrt, not yet differentiated. What it means depends on a `Model`."""

    is_commutative = True

    @property
    def target(self) -> sympy.Expr:
        return self.args[0]

    @property
    def wrt(self) -> Entry:
        return self.args[1]

    def _sympystr(self, printer: Any) -> str:
        return f"partial({printer.doprint(self.target)}, {printer.doprint(self.wrt)})"


def partial(target: Any, wrt: Entry) -> Partial:
    """The unevaluated partial derivative ∂target/∂wrt.

    Raises: TypeError if `wrt` is not a tensor's entry.

    >>> C, z = Tensor("C", ()), Tensor("z", ("n",))
    >>> partial(C[()], z[index("j", "n")])
    partial(C, z[j])
    """
    if not isinstance(wrt, Entry):
        raise TypeError(f"wrt must be a tensor's entry such as z[j]; got {wrt!r}")
    return Partial(sympy.sympify(target), wrt)


class Activation(UndefinedFunction):
    """The class of opaque functions; `sigma.prime` is the function that is σ's derivative."""

    @property
    def prime(cls) -> Callable[[sympy.Expr], sympy.Expr]:
        return DERIVATIVES.get(cls.__name__) or activation(cls.__name__ + "'")


@cache
def activation(name: str) -> Activation:
    """An opaque function σ whose derivative has the name σ′ (and that one's is σ″, …).

    The few functions in `DERIVATIVES` have a derivative that is known instead: exp, log,
    reciprocal, sigmoid, tanh, softplus.

    >>> sigma, z = activation("sigma"), Tensor("z", ("n",))[index("j", "n")]
    >>> sigma(z).diff(z)
    sigma'(z[j])
    >>> activation("exp")(z).diff(z)
    exp(z[j])
    """

    def fdiff(self: sympy.Expr, argindex: int = 1) -> sympy.Expr:
        return type(self).prime(self.args[0])

    return Activation(name, __dict__={"fdiff": fdiff})


exponential, logarithm, reciprocal = map(activation, ("exp", "log", "reciprocal"))
sigmoid, hyperbolic_tangent, softplus = map(activation, ("sigmoid", "tanh", "softplus"))

# Each row is a scalar theorem of its own: see `theorems/activations.py`.
DERIVATIVES: dict[str, Callable[[sympy.Expr], sympy.Expr]] = {
    "exp": exponential,
    "log": reciprocal,
    "reciprocal": lambda z: -(reciprocal(z) ** 2),
    "sigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "tanh": lambda z: 1 - hyperbolic_tangent(z) ** 2,
    "softplus": sigmoid,
}


def children_with_indices(expr: sympy.Basic) -> Iterator[sympy.Basic]:
    """The arguments of a node, without the name of the tensor an entry belongs to."""
    return (arg for arg in expr.args if not isinstance(arg, Tensor))


def free_indices(expr: sympy.Basic) -> frozenset[Index]:
    """The indices of an expression that no sum binds."""
    if isinstance(expr, Index):
        return frozenset({expr})
    inside = frozenset[Index]().union(*map(free_indices, children_with_indices(expr)))
    return inside - frozenset(expr.bound) if isinstance(expr, Total) else inside


def fresh(taken: frozenset[Index], like: Index) -> Index:
    """An index over the same range whose name is not taken: j, j′, j″, …"""
    names = {i.name for i in taken}
    name = like.name
    while name in names:
        name += "'"
    return Index(name, like.range)


def substitute(expr: sympy.Expr, mapping: Mapping[Index, sympy.Expr]) -> sympy.Expr:
    """Replace free indices; a bound index in the way is renamed first, so nothing is captured."""
    mapping = {old: new for old, new in mapping.items() if old in free_indices(expr) and old != new}
    if not mapping:
        return expr
    if isinstance(expr, Index):
        return mapping[expr]
    if isinstance(expr, Total):
        expr = rename_bound(expr, avoid=free_indices(sympy.Tuple(*mapping.values())))
        return Total(substitute(expr.body, mapping), *expr.bound)
    return expr.func(
        *(arg if isinstance(arg, Tensor) else substitute(arg, mapping) for arg in expr.args)
    )


def rename_bound(expr: Total, avoid: frozenset[Index]) -> Total:
    """The same sum with bound indices whose names differ from all of `avoid`."""
    taken = {i.name for i in avoid}
    clashing = [i for i in expr.bound if i.name in taken]
    if not clashing:
        return expr
    used = avoid | free_indices(expr.body)
    renaming = {}
    for old in clashing:
        renaming[old] = fresh(used, old)
        used |= {renaming[old]}
    return Total(substitute(expr.body, renaming), *(renaming.get(i, i) for i in expr.bound))


def is_whole_power(expr: sympy.Basic) -> bool:
    """Whether the expression is a product in disguise: a power with a positive whole exponent."""
    return isinstance(expr, sympy.Pow) and expr.exp.is_Integer and expr.exp.is_positive
