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
from bplab.symbolic.expressions import Delta, Entry, Index, Partial, Tensor, free_indices
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
    is a formula). A function such as σ′ is passed as `sigma_prime`.

    >>> from bplab.symbolic.theorems import THEOREMS
    >>> print(to_numpy(THEOREMS["BP2-batch"].proof, "hidden_error").source)
    def hidden_error(*, W_next, delta_next, sigma_prime, z):
        return np.einsum('jk,sj,sk->sk', W_next, delta_next, sigma_prime(z))
    """
    if isinstance(proof, DerivativeProof):
        return _scalar_to_numpy(proof, name)
    left, right = proof.claim
    writer = _Writer(_axes(left))
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
    """Collects the parameters and widths that the terms use."""

    def __init__(self, axes: tuple[Index, ...]) -> None:
        self.axes = axes
        self.letters: dict[Index, str] = {i: i.name for i in axes}
        self.parameters: set[str] = set()
        self.widths: dict[sympy.Expr, str] = {}
        self.used: set[sympy.Expr] = set()

    def term(self, term: Term) -> str:
        """One term as `coefficient * einsum(...)`."""
        operands: list[tuple[str, tuple[Index, ...]]] = []
        coefficients: list[str] = []
        for factor in in_order(term.factors):
            if isinstance(factor, Delta):
                operands.append((f"np.eye({self._width(factor.args[0].range)})", factor.args))
            elif isinstance(factor, Entry):
                operands.append((self._array(factor), factor.indices))
            elif isinstance(factor, AppliedUndef):
                operands.append((self._call(factor), factor.args[0].indices))
            elif factor != 1:
                coefficients.append(self._coefficient(factor))
        subscripts = ",".join(self._letters(indices) for _, indices in operands)
        arrays = ", ".join(text for text, _ in operands)
        product = f"np.einsum({subscripts + '->' + self._letters(self.axes)!r}, {arrays})"
        return " * ".join([*coefficients, product])

    def sizes(self) -> list[str]:
        """Lines that read the widths off the arrays."""
        return [
            f"    {_identifier(size)} = {self.widths[size]}" for size in sorted(self.used, key=str)
        ]

    def _letters(self, indices: tuple[Any, ...]) -> str:
        return "".join(map(self._letter, indices))

    def _letter(self, i: Index) -> str:
        """The index's own letter, or another one if that is taken."""
        if i not in self.letters:
            free = [c for c in i.name[0] + ascii_letters if c not in self.letters.values()]
            self.letters[i] = free[0]
        return self.letters[i]

    def _array(self, entry: Entry) -> str:
        tensor: Tensor = entry.tensor
        self.parameters.add(tensor.identifier)
        for axis, size in enumerate(tensor.ranges):
            self.widths.setdefault(size, f"{tensor.identifier}.shape[{axis}]")
        return tensor.identifier

    def _call(self, applied: sympy.Expr) -> str:
        name = str(applied.func)
        if name not in _NUMPY:
            self.parameters.add(name.replace("'", "_prime"))
        return (
            f"{_NUMPY.get(name, name.replace(chr(39), '_prime'))}({self._array(applied.args[0])})"
        )

    def _coefficient(self, factor: sympy.Expr) -> str:
        for symbol in factor.free_symbols:
            if symbol.is_positive:
                self._width(symbol)
            else:
                self.parameters.add(_identifier(symbol))
        named = factor.xreplace({s: sympy.Symbol(_identifier(s)) for s in factor.free_symbols})
        return f"({named})"

    def _width(self, size: sympy.Expr) -> str:
        self.used.add(size)
        return _identifier(size)


def _identifier(symbol: sympy.Expr) -> str:
    name = str(symbol)
    return f"{name}_" if name == "lambda" else "".join(c if c.isalnum() else "_" for c in name)
