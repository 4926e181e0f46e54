"""From a proved equation to the NumPy function that computes it.

Each term becomes one `einsum` over the indices of the proof, so the generated code is a literal
reading of the theorem: slow beside the hand-written code, and independent of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_letters
from typing import Any

import sympy
from sympy.core.function import AppliedUndef
from sympy.printing.numpy import NumPyPrinter

from bplab.symbolic.canonical import reduced_terms
from bplab.symbolic.expressions import Delta, Entry, Index, Partial, free_indices
from bplab.symbolic.lattice import has_positions
from bplab.symbolic.loops import loops_source
from bplab.symbolic.rendering import in_order
from bplab.symbolic.scalar import DerivativeProof
from bplab.symbolic.terms import Term

_NUMPY = {"exp": "np.exp", "log": "np.log", "tanh": "np.tanh", "reciprocal": "np.reciprocal"}


@dataclass(frozen=True)
class Generated:
    """A NumPy function, its source text, and the names of its keyword arguments."""

    source: str
    parameters: tuple[str, ...]
    function: Callable[..., Any]

    def __call__(self, **arguments: Any) -> Any:
        return self.function(**arguments)


def to_numpy(proof: Any, name: str = "generated") -> Generated:
    """The right-hand side of a proved claim as a NumPy function of its tensors and functions.

    The axes of the result are the indices of the left-hand side, in its order (by name where that
    is a formula). A function such as σ′ is passed as `sigma_prime`. An equation between arrays on ℤ
    becomes loops over their positions.

    >>> from bplab.symbolic.theorems import THEOREMS
    >>> print(to_numpy(THEOREMS["BP2-batch"].proof, "hidden_error").source)
    def hidden_error(*, W_next, delta_next, sigma_prime, z):
        return np.einsum('jk,sj,sk->sk', W_next, delta_next, sigma_prime(z))
    """
    if isinstance(proof, DerivativeProof):
        return _scalar_to_numpy(proof, name)
    left, right = proof.claim
    if has_positions(sympy.Tuple(left, right)):
        return _compile(*loops_source(left, right, proof.model, name), name)
    writer = _Writer(_axes(left), right)
    body = " + ".join(writer.term(term) for term in reduced_terms(right)) or "0.0"
    parameters = tuple(sorted(writer.parameters))
    lines = [f"def {name}(*, {', '.join(parameters)}):", *writer.sizes(), f"    return {body}"]
    return _compile("\n".join(lines), parameters, name)


def _scalar_to_numpy(proof: DerivativeProof, name: str) -> Generated:
    """A derivative with its branches; the last branch also holds at the kink."""
    parameters = (
        ("erf", "z") if any(b.derivative.has(sympy.erf) for b in proof.branches) else ("z",)
    )
    printer = NumPyPrinter({"user_functions": {"erf": "erf"}, "fully_qualified_modules": False})
    *others, last = proof.branches
    body = f"{printer.doprint(last.derivative)} + 0 * z"
    for branch in reversed(others):
        body = f"np.where({branch.where}, {printer.doprint(branch.derivative)}, {body})"
    source = f"def {name}(*, {', '.join(parameters)}):\n    return {body}"
    return _compile(source, parameters, name)


def _compile(source: str, parameters: tuple[str, ...], name: str) -> Generated:
    namespace: dict[str, Any] = {}
    header = "import numpy as np\nfrom numpy import exp, pi, sqrt\n"
    exec(header + source, namespace)  # our own text, made from a proof
    return Generated(source, parameters, namespace[name])


def _axes(left: sympy.Expr) -> tuple[Index, ...]:
    if isinstance(left, Entry):
        return left.indices
    if isinstance(left, Partial) and isinstance(left.target, Entry):
        return tuple(dict.fromkeys(left.target.indices + left.wrt.indices))
    return tuple(sorted(free_indices(left), key=str))


class _Writer:
    """Writes terms, and collects the parameters and the widths that they use."""

    def __init__(self, axes: tuple[Index, ...], expr: sympy.Expr) -> None:
        self.axes = axes
        self.letters = {i: i.name for i in axes}
        self.parameters: set[str] = set()
        self.used_widths: set[sympy.Expr] = set()
        self.widths = {
            size: f"{entry.tensor.identifier}.shape[{axis}]"
            for entry in sorted(expr.atoms(Entry), key=str, reverse=True)
            for axis, size in enumerate(entry.tensor.ranges)
        }

    def term(self, term: Term) -> str:
        """One term as `coefficient * einsum(...)`."""
        tensors = [f for f in term.factors if isinstance(f, Delta | Entry | AppliedUndef)]
        coefficient = sympy.Mul(*(f for f in term.factors if f not in tensors))
        operands = [*map(self._operand, in_order(tensors)), *self._constant_along(term)]
        arrays, indices = zip(*operands, strict=True)
        subscripts = f"{','.join(map(self._letters, indices))}->{self._letters(self.axes)}"
        product = f"np.einsum({subscripts!r}, {', '.join(arrays)})"
        return product if coefficient == 1 else f"({self._scalar(coefficient)}) * {product}"

    def _constant_along(self, term: Term) -> list[tuple[str, tuple[Index, ...]]]:
        """Ones along every axis of the result that the term does not depend on."""
        missing = [axis for axis in self.axes if axis not in term.free]
        return [(f"np.ones({self._width(axis.range)})", (axis,)) for axis in missing]

    def sizes(self) -> list[str]:
        """Lines that read the widths off the arrays."""
        return [
            f"    {_identifier(size)} = {self.widths[size]}"
            for size in sorted(self.used_widths, key=str)
        ]

    def _operand(self, factor: sympy.Expr) -> tuple[str, tuple[Index, ...]]:
        if isinstance(factor, Delta):
            return f"np.eye({self._width(factor.args[0].range)})", factor.args
        if isinstance(factor, Entry):
            return self._parameter(factor.tensor.identifier), factor.indices
        (argument,) = factor.args
        name = str(factor.func)
        function = _NUMPY.get(name) or self._parameter(name.replace("'", "_prime"))
        return f"{function}({self._parameter(argument.tensor.identifier)})", argument.indices

    def _letters(self, indices: tuple[Index, ...]) -> str:
        """Each index by its own letter, or another one if that is taken."""
        for i in indices:
            if i not in self.letters:
                taken = self.letters.values()
                self.letters[i] = next(c for c in i.name[0] + ascii_letters if c not in taken)
        return "".join(self.letters[i] for i in indices)

    def _scalar(self, coefficient: sympy.Expr) -> sympy.Expr:
        return coefficient.xreplace(
            {symbol: sympy.Symbol(self._width(symbol)) for symbol in coefficient.free_symbols}
        )

    def _parameter(self, name: str) -> str:
        self.parameters.add(name)
        return name

    def _width(self, size: sympy.Expr) -> str:
        """A width that an array has, or else a parameter, as λ is."""
        if size not in self.widths:
            return self._parameter(_identifier(size))
        self.used_widths.add(size)
        return _identifier(size)


def _identifier(symbol: sympy.Expr) -> str:
    name = str(symbol)
    return f"{name}_" if name == "lambda" else "".join(c if c.isalnum() else "_" for c in name)
