"""Method 2, the cut-off lemma: write the identity out at one small width and expand it.

Let r be the number of free indices of a range in the whole identity, plus the largest number of
bound indices of that range in any one term. An identity that obeys the guards H1–H4 holds at every
width if and only if it holds, written out with plain symbols, at width r (`docs/proofs.md` has the
proof). No sum and no delta is left then, and derivatives are SymPy's own, of plain symbols, so
little is shared with the canonical form.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product

import sympy

from bplab.symbolic.expressions import (
    Delta,
    Entry,
    Index,
    Partial,
    Tensor,
    Total,
    free_indices,
    is_whole_power,
    reciprocal,
    substitute,
)
from bplab.symbolic.model import Model
from bplab.symbolic.terms import require_anchored, terms

Widths = Mapping[sympy.Expr, int]
Values = Mapping[Index, int]


def cutoff_widths(expr: sympy.Expr) -> dict[sympy.Expr, int]:
    """The width r of each range at which `expr = 0` decides all widths.

    Raises: GuardError (H1, H3) where the lemma does not apply.
    """
    bound: Counter[sympy.Expr] = Counter()
    for term in terms(expr):
        require_anchored(term)
        bound |= Counter(i.range for i in term.bound)  # the largest count of any one term
    return dict(bound + Counter(i.range for i in free_indices(expr)))


def assignments(indices: frozenset[Index], widths: Widths) -> Iterator[dict[Index, int]]:
    """Every way to give values to the indices, below the width of their range."""
    ordered = sorted(indices, key=str)
    for values in product(*(range(widths.get(i.range, 1)) for i in ordered)):
        yield dict(zip(ordered, values, strict=True))


class WrittenOut:
    """Expressions as plain SymPy formulas in one symbol per tensor entry, at given widths."""

    def __init__(
        self, widths: Widths, model: Model, opened: frozenset[Tensor] = frozenset()
    ) -> None:
        self.widths, self.model, self.opened = widths, model, opened
        self._symbols: dict[object, sympy.Dummy] = {}
        self._entries: dict[sympy.Dummy, tuple[Tensor, tuple[int, ...]]] = {}

    def write(self, expr: sympy.Expr, values: Values, *, differentiate: bool) -> sympy.Expr:
        """The expression at these values of its free indices; partials are names or carried out."""

        def inside(part: sympy.Expr) -> sympy.Expr:
            return self.write(part, values, differentiate=differentiate)

        if isinstance(expr, Entry):
            if expr.tensor in self.opened:
                return inside(self.model.definitions[expr.tensor].at(expr))
            return self.symbol(expr, values)
        if isinstance(expr, Delta):
            return sympy.Integer(values[expr.args[0]] == values[expr.args[1]])
        if isinstance(expr, Total):
            return sympy.Add(
                *(
                    self.write(expr.body, {**values, **bound}, differentiate=differentiate)
                    for bound in assignments(frozenset(expr.bound), self.widths)
                )
            )
        if isinstance(expr, Partial):
            if not differentiate:
                return self._name_of_partial(expr, values)
            return self.derivative(inside(expr.target), self.symbol(expr.wrt, values))
        if isinstance(expr, sympy.Add | sympy.Mul) or is_whole_power(expr):
            return expr.func(*map(inside, expr.args))
        return self._write_function(expr, values)

    def _write_function(self, expr: sympy.Expr, values: Values) -> sympy.Expr:
        """Functions keep the names of their arguments (H3), and 1/S is a function (H1)."""
        if isinstance(expr, sympy.Pow) and isinstance(expr.base, Entry):
            return reciprocal(self.symbol(expr.base, values)) ** -expr.exp
        entries = {entry: self.symbol(entry, values) for entry in expr.atoms(Entry)}
        return expr.xreplace(entries)

    def symbol(self, entry: Entry, values: Values) -> sympy.Dummy:
        """The symbol of one entry; the same entry always has the same symbol."""
        return self._symbol(entry.tensor, tuple(values[i] for i in entry.indices))

    def _symbol(self, tensor: Tensor, position: tuple[int, ...]) -> sympy.Dummy:
        key = (tensor, position)
        if key not in self._symbols:
            self._symbols[key] = sympy.Dummy(f"{tensor}{list(position)}")
            self._entries[self._symbols[key]] = key
        return self._symbols[key]

    def _name_of_partial(self, expr: Partial, values: Values) -> sympy.Dummy:
        literal = {i: Index(f"={values[i]}", i.range) for i in free_indices(expr)}
        return self._symbols.setdefault(substitute(expr, literal), sympy.Dummy())

    def derivative(self, formula: sympy.Expr, wrt: sympy.Dummy) -> sympy.Expr:
        """The chain rule over plain symbols: Σ ∂formula/∂s · ds/dwrt."""
        known = [s for s in formula.free_symbols if s in self._entries]
        return sympy.Add(*(formula.diff(s) * self._symbol_derivative(s, wrt) for s in known))

    def _symbol_derivative(self, symbol: sympy.Dummy, wrt: sympy.Dummy) -> sympy.Expr:
        tensor, position = self._entries[symbol]
        if tensor == self._entries[wrt][0]:
            return sympy.Integer(symbol == wrt)
        if definition := self.model.definitions.get(tensor):
            values = dict(zip(definition.name.indices, position, strict=True))
            return self.derivative(self.write(definition.value, values, differentiate=True), wrt)
        slopes = []
        for dependence in self.model.dependences.get(tensor, ()):
            named = dict(zip(dependence.name.indices, position, strict=True))
            for summed in assignments(frozenset(dependence.summed), self.widths):
                values = {**named, **summed}
                slope = self._symbol_derivative(self.symbol(dependence.of, values), wrt)
                slopes.append(self.symbol(dependence.gradient, values) * slope)
        return sympy.Add(*slopes)
