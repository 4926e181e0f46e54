"""From a proved equation between arrays on ℤ to NumPy loops that compute it.

The loops are the sums of the formula, over the positions of the arrays' boxes; a position that
another formula leads outside a box is left out, as the array is 0 there. Channels and samples are
summed by `einsum`. Slow, and independent of the hand-written code.
"""

from collections.abc import Iterator
from string import ascii_letters

import sympy
from sympy.printing.str import StrPrinter

from bplab.symbolic.canonical import contract, merge_free
from bplab.symbolic.expressions import Delta, Entry, GuardError, Index, Partial, substitute
from bplab.symbolic.lattice import Grid, Same, boxed, is_position
from bplab.symbolic.model import Model, unfold
from bplab.symbolic.rendering import in_order
from bplab.symbolic.shifts import expanded, least_shift, use_up
from bplab.symbolic.terms import Term, terms


def loops_source(
    left: sympy.Expr, right: sympy.Expr, model: Model, name: str
) -> tuple[str, tuple[str, ...]]:
    """The text of a function for the right-hand side, and its parameters.

    Sizes that no array has are parameters: the kernel's for its gradient, strides and paddings.
    """
    result = left.wrt if isinstance(left, Partial) else left
    writer = _Writer(result, unfold(right, frozenset(model.definitions), model), model)
    lines = writer.body()
    signature = f"def {name}(*, {', '.join(sorted(writer.parameters))}):"
    source = "\n".join([signature, *(f"    {line}" for line in lines)])
    return source, tuple(sorted(writer.parameters))


class _Writer:
    """Collects the parameters while it writes; sizes are read off arrays where one has them."""

    def __init__(self, result: Entry, right: sympy.Expr, model: Model) -> None:
        self.result, self.model = result, model
        self.terms = [_plain_positions(term) for term in terms(right)]
        self.arrays = sorted(
            {e.tensor for term in self.terms for f in term.factors for e in f.atoms(Entry)}, key=str
        )
        self.parameters = {array.identifier for array in self.arrays}
        self.read: dict[str, str] = {}

    def body(self) -> list[str]:
        """The statements."""
        box = [self.number(size) for size in self._box()]
        axes = self._channels(self.result)
        shape = "".join(f"{n}, " for n in [*(self.number(i.range) for i in axes), *box])
        loops = [line for term in self.terms for line in self._loop(term, box)]
        sizes = [f"{name} = {source}" for name, source in sorted(self.read.items())]
        return [*sizes, f"result = np.zeros(({shape.strip()}))", *loops, "return result"]

    def _loop(self, term: Term, box: list[str]) -> Iterator[str]:
        free = self._forms(self.result)
        ranges = dict(zip(free, box, strict=True)) | {
            form: self.number(size)
            for factor in term.factors
            for form, size in boxed(factor)
            if isinstance(form, Index) and form not in free
        }
        tests = [
            f"0 <= {self.number(form)} < {self.number(size)}"
            for factor in term.factors
            for form, size in boxed(factor)
            if form not in ranges or ranges[form] != self.number(size)
        ]
        tests += [
            f"{self.number(f.args[0])} == {self.number(f.args[1])}"
            for f in term.factors
            if isinstance(f, Same)
        ]
        indent = ""
        for i, size in ranges.items():
            yield f"{indent}for {i.name} in range({size}):"
            indent += "    "
        if tests:
            yield f"{indent}if {' and '.join(tests)}:"
            indent += "    "
        place = ", ".join([":"] * len(self._channels(self.result)) + [i.name for i in free])
        yield f"{indent}result[{place}] += {self._product(term)}"

    def _product(self, term: Term) -> str:
        tensors = in_order(f for f in term.factors if isinstance(f, Entry | Delta))
        scalar = sympy.Mul(*(f for f in term.factors if not isinstance(f, Entry | Delta | Same)))
        axes = self._channels(self.result)
        idle = [axis for axis in axes if axis not in term.free]
        operands = [(self._array(f), self._channels(f)) for f in tensors]
        operands += [(f"np.ones({self.number(axis.range)})", (axis,)) for axis in idle]
        letters: dict[Index, str] = {}
        for i in (i for _, indices in operands for i in indices):
            free = (c for c in i.name[0] + ascii_letters if c not in letters.values())
            letters[i] = letters.get(i) or next(free)
        inputs = ",".join("".join(letters[i] for i in indices) for _, indices in operands)
        output = "".join(letters[i] for i in axes)
        arrays = ", ".join(array for array, _ in operands)
        product = f"np.einsum({f'{inputs}->{output}'!r}, {arrays})"
        return product if scalar == 1 else f"{self.number(scalar)} * {product}"

    def _array(self, factor: sympy.Expr) -> str:
        if isinstance(factor, Delta):
            return f"np.eye({self.number(factor.args[0].range)})"
        places = [":"] * len(self._channels(factor)) + list(map(self.number, self._forms(factor)))
        return f"{factor.tensor.identifier}[{', '.join(places)}]"

    def number(self, expr: sympy.Expr) -> str:
        """A number as Python text; every size in it becomes a local name or a parameter."""
        if not isinstance(expr, sympy.Symbol) and (source := self._source(expr)):
            return source
        for symbol in expr.free_symbols:
            if source := self._source(symbol):
                self.read[symbol.name] = source
            else:
                self.parameters.add(symbol.name)
        return _Python().doprint(expr)

    def _source(self, size: sympy.Expr) -> str | None:
        for array in self.arrays:
            box = array.sizes if isinstance(array, Grid) else None
            axes = (*array.ranges, *(box or ()))
            if size in axes:
                return f"{array.identifier}.shape[{axes.index(size)}]"
        return None

    def _box(self) -> tuple[sympy.Expr, ...]:
        """The sizes of the result: its own, or those of its gradient."""
        tensor = self.result.tensor
        if not isinstance(tensor, Grid):
            return ()
        for dependences in self.model.dependences.values():
            for each in dependences:
                if each.of.tensor == tensor and isinstance(each.gradient.tensor, Grid):
                    return each.gradient.tensor.sizes or ()
        if tensor.sizes is None:
            raise GuardError(f"the size of {tensor} is not known, as no gradient of it is")
        return tensor.sizes

    def _channels(self, entry: Entry | Delta) -> tuple[Index, ...]:
        indices = entry.indices if isinstance(entry, Entry) else entry.args
        return indices[: len(indices) - len(self._forms(entry))]

    @staticmethod
    def _forms(entry: sympy.Expr) -> tuple[sympy.Expr, ...]:
        is_grid = isinstance(entry, Entry) and isinstance(entry.tensor, Grid)
        return entry.tensor.places(entry) if is_grid else ()


def _plain_positions(term: Term) -> Term:
    """The term without deltas that can be used up, each bound position standing alone in a box."""
    term = use_up(merge_free(contract(term)))
    alone = {form for factor in term.factors for form, _ in boxed(factor)}
    if not all(i in alone for i in term.bound if is_position(i)):
        term = least_shift(term)
    taken = set(map(str, term.free))
    naming: dict[Index, sympy.Expr] = {}
    for i in sorted(Term(term.factors).free, key=str):
        if is_position(i) and not i.name.isidentifier():
            naming[i] = Index(_readable(i.name, taken), i.range)
            taken.add(naming[i].name)
    factors = tuple(expanded(substitute(factor, naming)) for factor in term.factors)
    return Term(factors, tuple(naming.get(i, i) for i in term.bound))


def _readable(name: str, taken: set[str]) -> str:
    """u for u#3, n for @0; with an underscore for each name that is taken."""
    stem = name.split("#")[0].split("@")[0] or "n"
    while stem in taken:
        stem += "_"
    return stem


class _Python(StrPrinter):
    def _print_floor(self, expr: sympy.floor) -> str:
        above, below = sympy.together(expr.args[0]).as_numer_denom()
        return f"(({self.doprint(above)}) // ({self.doprint(below)}))"
