"""What the names in a derivation mean, and how a derivative follows from that.

A name is either defined by an expression (z_j = Σ_k W_jk a_k + b_j), or it is an arbitrary
differentiable function whose gradient has a name (C, a function of a, with ∂C/∂a_j called g_j), or
it is an independent variable. `differentiate` is the chain rule for such names at the level of
indices: the derivative of an entry by an entry is a product of Kronecker deltas.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sympy

from bplab.symbolic.expressions import (
    Entry,
    GuardError,
    Index,
    Partial,
    Tensor,
    Total,
    free_indices,
    fresh,
    is_whole_power,
    rename_bound,
    substitute,
)


@dataclass(frozen=True)
class Definition:
    """`name` stands for `value`, for all values of the name's indices."""

    name: Entry
    value: sympy.Expr

    def at(self, entry: Entry) -> sympy.Expr:
        """The value with the entry's indices put in."""
        return substitute(self.value, dict(zip(self.name.indices, entry.indices, strict=True)))


@dataclass(frozen=True)
class Dependence:
    """`name` is some differentiable function of the entries `of`, with ∂name/∂of = `gradient`.

    The function ranges over all entries of `of` whose indices agree with those of `name`.
    """

    name: Entry
    of: Entry
    gradient: Entry

    @property
    def summed(self) -> tuple[Index, ...]:
        return tuple(i for i in self.of.indices if i not in self.name.indices)


@dataclass(frozen=True)
class Model:
    """The definitions and dependences of a derivation; names in neither are independent.

    >>> from bplab.symbolic.expressions import Tensor, activation, index, partial
    >>> a, z, sigma = Tensor("a", ("n",)), Tensor("z", ("n",)), activation("sigma")
    >>> j, k = index("j", "n"), index("k", "n")
    >>> model = Model().define(a[j], sigma(z[j]))
    >>> differentiate(a[j], z[k], model)
    sigma'(z[j])*delta(j, k)
    """

    definitions: Mapping[Tensor, Definition] = field(default_factory=dict)
    dependences: Mapping[Tensor, tuple[Dependence, ...]] = field(default_factory=dict)

    def define(self, name: Entry, value: sympy.Expr) -> "Model":
        """The model with one definition more.

        Raises: GuardError if the name is taken or the value has other free indices.
        """
        value = sympy.sympify(value)
        self._require_new(name)
        name.tensor.require_definable(name)
        if extra := free_indices(value) - free_indices(name):
            raise GuardError(f"{name} is defined by an expression with other indices: {extra}")
        return Model({**self.definitions, name.tensor: Definition(name, value)}, self.dependences)

    def depend(self, name: Entry, *pairs: tuple[Entry, Entry]) -> "Model":
        """The model where `name` is some function of each `of`, given pairs (of, gradient).

        Raises: GuardError if the name is taken or a gradient has not the indices of `of`.
        """
        self._require_new(name)
        for of, gradient in pairs:
            if free_indices(of) | free_indices(name) != free_indices(gradient):
                raise GuardError(f"the gradient {gradient} must have the indices of {of}")
        new = tuple(Dependence(name, of, gradient) for of, gradient in pairs)
        return Model(self.definitions, {**self.dependences, name.tensor: new})

    def _require_new(self, name: Entry) -> None:
        if name.tensor in self.definitions or name.tensor in self.dependences:
            raise GuardError(f"{name.tensor} has a meaning already")
        distinct = {i for i in name.indices if isinstance(i, Index)}
        if len(distinct) != len(name.indices):
            raise GuardError(f"{name} must have distinct indices to define all its entries")


def differentiate(expr: sympy.Expr, wrt: Entry, model: Model) -> sympy.Expr:
    """∂expr/∂wrt by the chain rule, with Kronecker deltas and sums left as they arise."""
    if isinstance(expr, Entry):
        return _differentiate_entry(expr, wrt, model)
    if isinstance(expr, Partial):
        return differentiate(evaluate(expr, model), wrt, model)
    if isinstance(expr, Total):
        apart = rename_bound(expr, avoid=free_indices(wrt))
        return Total(differentiate(apart.body, wrt, model), *apart.bound)
    # Each part that is not plain algebra gets a name, so that SymPy differentiates algebra only.
    parts = {part: sympy.Dummy() for part in _parts(expr)}
    named = expr.xreplace(parts)
    return sympy.Add(
        *(
            named.diff(name).xreplace({new: old for old, new in parts.items()})
            * differentiate(part, wrt, model)
            for part, name in parts.items()
        )
    )


def _parts(expr: sympy.Expr) -> Iterable[sympy.Expr]:
    if isinstance(expr, Entry | Total | Partial):
        return {expr}
    return set[sympy.Expr]().union(*map(_parts, expr.args))


def _differentiate_entry(entry: Entry, wrt: Entry, model: Model) -> sympy.Expr:
    if entry.tensor == wrt.tensor:
        return entry.tensor.coincide(entry, wrt)
    if definition := model.definitions.get(entry.tensor):
        return differentiate(definition.at(entry), wrt, model)
    return sympy.Add(
        *(
            _differentiate_dependence(dependence, entry, wrt, model)
            for dependence in model.dependences.get(entry.tensor, ())
        )
    )


def _differentiate_dependence(
    dependence: Dependence, entry: Entry, wrt: Entry, model: Model
) -> sympy.Expr:
    """Σ gradient · ∂of/∂wrt, over the entries of `of` that `entry` depends on."""
    naming = dict(zip(dependence.name.indices, entry.indices, strict=True))
    taken = free_indices(wrt) | free_indices(entry)
    for i in dependence.summed:
        naming[i] = fresh(taken, i)
        taken |= {naming[i]}
    of, gradient = substitute(dependence.of, naming), substitute(dependence.gradient, naming)
    summed = (naming[i] for i in dependence.summed)
    return Total(gradient * differentiate(of, wrt, model), *summed)


def evaluate(expr: sympy.Expr, model: Model) -> sympy.Expr:
    """The expression with every `Partial` carried out."""
    if isinstance(expr, Partial):
        return differentiate(evaluate(expr.target, model), expr.wrt, model)
    if not expr.has(Partial):
        return expr
    return expr.func(*(evaluate(arg, model) for arg in expr.args))


def unfold(expr: sympy.Expr, tensors: frozenset[Tensor], model: Model) -> sympy.Expr:
    """The expression with the definitions of these tensors put in, outside functions (H3)."""
    if isinstance(expr, Entry):
        if expr.tensor not in tensors:
            return expr
        return unfold(model.definitions[expr.tensor].at(expr), tensors, model)
    if isinstance(expr, Total):
        return Total(unfold(expr.body, tensors, model), *expr.bound)
    if isinstance(expr, sympy.Add | sympy.Mul) or is_whole_power(expr):
        return expr.func(*(unfold(arg, tensors, model) for arg in expr.args))
    return expr
