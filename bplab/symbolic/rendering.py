"""Expressions as a reader writes them: LaTeX and plain text, in the field's order of factors.

SymPy's own printers sort factors by internal keys. Here numbers come first, then matrices, vectors,
derivatives in the order of the chain, sums, and activations last: Σ_j W_jk δ_j · σ′(z_k).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from bplab.symbolic.expressions import Delta, Entry, Index, Partial, Tensor, Total, free_indices
from bplab.symbolic.lattice import Same

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "lambda": "λ",
    "mu": "μ", "phi": "φ", "Phi": "Φ", "sigma": "σ", "Sigma": "Σ", "theta": "θ",
}  # fmt: skip
HAT = "\N{COMBINING CIRCUMFLEX ACCENT}"


def latex(expr: sympy.Expr) -> str:
    r"""The expression in LaTeX.

    >>> from bplab.symbolic.expressions import Tensor, index, total
    >>> j, k = index("j", "m"), index("k", "n")
    >>> W, delta = Tensor("W", ("m", "n")), Tensor("delta", ("m",))
    >>> print(latex(total(W[j, k] * delta[j], j)))
    \sum_{j} W_{jk} \delta_{j}
    """
    return _Latex().write(sympy.sympify(expr))


def plain(expr: sympy.Expr) -> str:
    """The expression in plain text.

    >>> from bplab.symbolic.expressions import Tensor, index, total
    >>> j, k = index("j", "m"), index("k", "n")
    >>> W, delta = Tensor("W", ("m", "n")), Tensor("delta", ("m",))
    >>> print(plain(total(W[j, k] * delta[j], j)))
    Σ_j W[j,k]·δ[j]
    """
    return _Plain().write(sympy.sympify(expr))


class Shown(ABC):
    """A proof that Jupyter shows as LaTeX, and everything else as plain text."""

    @abstractmethod
    def latex(self) -> str:
        """The whole in LaTeX."""

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        return {"text/plain": str(self), "text/latex": self.latex()}


class _Writer(ABC):
    """Order and brackets, the same for every style; a style says how each piece looks."""

    times: str

    def write(self, expr: sympy.Expr) -> str:
        if isinstance(expr, sympy.Add):
            return self._sum(expr)
        if isinstance(expr, sympy.Mul):
            return self._product(expr)
        if isinstance(expr, sympy.Pow):
            return self._power(expr)
        if isinstance(expr, Entry):
            return self.entry(expr.tensor, expr.indices)
        if isinstance(expr, Total):
            return self.total(expr.bound, self._inside_sum(expr.body))
        if isinstance(expr, Partial):
            return self.partial(expr)
        if isinstance(expr, Delta | Same):
            return self.delta(*map(self.place, expr.args))
        if isinstance(expr, AppliedUndef):
            return self.function(expr.func.__name__, self.write(expr.args[0]))
        if isinstance(expr, sympy.Rational):
            sign = self.minus if expr < 0 else ""
            return sign + self.number(Fraction(abs(int(expr.p)), int(expr.q)))
        if isinstance(expr, Index):
            return expr.name
        if isinstance(expr, sympy.Symbol):
            return self.name(expr.name)
        return self.other(expr)

    def _sum(self, expr: sympy.Add) -> str:
        written = [self.write(summand) for summand in expr.args]
        ordered = sorted(written, key=lambda text: (text.startswith(("-", "−")), text))
        return " + ".join(ordered).replace("+ −", "− ").replace("+ -", "- ")

    def place(self, form: sympy.Expr) -> str:
        """An index, or a position such as S·i + u − P: variables before sizes before numbers."""
        if isinstance(form, Index):
            return form.name
        if not isinstance(form, sympy.Add):
            return self.write(form)

        def rank(summand: sympy.Expr) -> tuple[bool, int, str]:
            kind = 0 if summand.atoms(Index) else 1 if summand.free_symbols else 2
            return summand.could_extract_minus_sign(), kind, str(summand)

        written = " + ".join(map(self.write, sorted(form.args, key=rank)))
        return written.replace("+ −", "− ").replace("+ -", "- ")

    def _inside_sum(self, body: sympy.Expr) -> str:
        return self.bracket(self.write(body)) if isinstance(body, sympy.Add) else self.write(body)

    def _product(self, expr: sympy.Mul) -> str:
        number, rest = expr.as_coeff_Mul()
        if number < 0:
            return self.minus + self._inside_sum(-expr)
        factors = sympy.Mul.make_args(rest)
        below = [f for f in factors if isinstance(f, sympy.Pow) and f.exp.is_negative]
        above = in_order(f for f in factors if f not in below)
        pieces = [self.number(Fraction(int(number.p), int(number.q)))] if number != 1 else []
        if below:
            pieces.append(self.fraction("1", self.write(sympy.Mul(*(f**-1 for f in below)))))
        last = len(above) - 1
        for position, factor in enumerate(above):
            needs = isinstance(factor, sympy.Add) or (isinstance(factor, Total) and position < last)
            pieces.append(self.bracket(self.write(factor)) if needs else self.write(factor))
        return self.times.join(pieces)

    def _power(self, expr: sympy.Pow) -> str:
        if expr.exp.is_negative:
            return self.fraction("1", self.write(expr**-1))
        base = self.write(expr.base)
        simple = isinstance(expr.base, sympy.Symbol)
        return self.power(base if simple else self.bracket(base), self.write(expr.exp))

    @property
    @abstractmethod
    def minus(self) -> str: ...
    @abstractmethod
    def name(self, name: str) -> str: ...
    @abstractmethod
    def number(self, value: Fraction) -> str: ...
    @abstractmethod
    def fraction(self, above: str, below: str) -> str: ...
    @abstractmethod
    def power(self, base: str, exponent: str) -> str: ...
    @abstractmethod
    def bracket(self, inside: str) -> str: ...
    @abstractmethod
    def entry(self, tensor: Tensor, indices: Sequence[sympy.Expr]) -> str: ...
    @abstractmethod
    def total(self, bound: Sequence[Index], body: str) -> str: ...
    @abstractmethod
    def partial(self, expr: Partial) -> str: ...
    @abstractmethod
    def delta(self, i: str, j: str) -> str: ...
    @abstractmethod
    def function(self, name: str, argument: str) -> str: ...
    @abstractmethod
    def other(self, expr: sympy.Expr) -> str: ...


class _Latex(_Writer):
    times = " "
    minus = "-"

    def name(self, name: str) -> str:
        if name.startswith("grad_"):
            return rf"(\nabla_{{{name.removeprefix('grad_')}}} C)"
        if name.endswith("_hat"):
            return rf"\hat{{{self.name(name.removesuffix('_hat'))}}}"
        if "^" in name:
            base, label = name.split("^")
            return rf"{self.name(base)}^{{\mathrm{{{label}}}}}"
        if name[1:2] == "_":
            return f"{name[0]}_{{{name[2:]}}}"
        stem = name.rstrip("'")
        written = rf"\{stem}" if stem in GREEK else stem
        return (written if len(stem) == 1 or stem in GREEK else rf"\mathrm{{{stem}}}") + name[
            len(stem) :
        ]

    def number(self, value: Fraction) -> str:
        if value.denominator == 1:
            return str(value.numerator)
        return self.fraction(str(value.numerator), str(value.denominator))

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def bracket(self, inside: str) -> str:
        return rf"\Bigl({inside}\Bigr)" if r"\sum" in inside else f"({inside})"

    def entry(self, tensor: Tensor, indices: Sequence[sympy.Expr]) -> str:
        upper = "" if tensor.layer is None else f"^{{{sympy.latex(tensor.layer)}}}"
        lower = f"_{{{self._subscript(indices)}}}" if indices else ""
        return self.name(tensor.name) + upper + lower

    def _subscript(self, indices: Sequence[sympy.Expr]) -> str:
        """Letters side by side; commas around a formula."""
        groups = groupby(indices, key=lambda i: isinstance(i, Index))
        joined = (("" if plain else r",\,").join(map(self.place, group)) for plain, group in groups)
        return r",\,".join(joined)

    def total(self, bound: Sequence[Index], body: str) -> str:
        return rf"\sum_{{{','.join(i.name for i in bound)}}} {body}"

    def partial(self, expr: Partial) -> str:
        below = rf"\partial {self.write(expr.wrt)}"
        if isinstance(expr.target, Entry):
            return self.fraction(rf"\partial {self.write(expr.target)}", below)
        return self.fraction(r"\partial", below) + self.bracket(self.write(expr.target))

    def delta(self, i: str, j: str) -> str:
        return rf"\mathbb{{1}}_{{{i}={j}}}"

    def function(self, name: str, argument: str) -> str:
        if name == "exp":
            return f"e^{{{argument}}}"
        if name == "reciprocal":
            return self.fraction("1", argument)
        return (rf"\{name}" if name in ("log", "tanh") else self.name(name)) + f"({argument})"

    def other(self, expr: sympy.Expr) -> str:
        return str(sympy.latex(expr))


class _Plain(_Writer):
    times = "·"
    minus = "−"

    def name(self, name: str) -> str:
        if name.startswith("grad_"):
            return f"(∇_{name.removeprefix('grad_')} C)"
        if name.endswith("_hat"):
            return self.name(name.removesuffix("_hat")) + HAT
        if "^" in name:
            base, label = name.split("^")
            return f"{self.name(base)}^{label}"
        stem = name.rstrip("'")
        return GREEK.get(stem, stem) + name[len(stem) :].replace("'", "′")

    def number(self, value: Fraction) -> str:
        return str(value)

    def fraction(self, above: str, below: str) -> str:
        return f"{above}/{below}" if below.isalnum() else f"{above}/({below})"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{exponent}"

    def bracket(self, inside: str) -> str:
        return f"({inside})"

    def entry(self, tensor: Tensor, indices: Sequence[sympy.Expr]) -> str:
        layer = "" if tensor.layer is None else str(tensor.layer).replace(" ", "")
        upper = f"^{layer}" if len(layer) == 1 else f"^({layer})" if layer else ""
        lower = f"[{','.join(map(self.place, indices))}]" if indices else ""
        return self.name(tensor.name) + upper + lower

    def total(self, bound: Sequence[Index], body: str) -> str:
        return f"Σ_{','.join(i.name for i in bound)} {body}"

    def partial(self, expr: Partial) -> str:
        target = self.write(expr.target)
        if not isinstance(expr.target, Entry):
            target = self.bracket(target)
        return f"∂{target}/∂{self.write(expr.wrt)}"

    def delta(self, i: str, j: str) -> str:
        return f"[{i}={j}]"

    def function(self, name: str, argument: str) -> str:
        return f"1/{argument}" if name == "reciprocal" else f"{self.name(name)}({argument})"

    def other(self, expr: sympy.Expr) -> str:
        return str(expr)


def in_order(factors: Iterable[sympy.Expr]) -> list[sympy.Expr]:
    """Factors in the order in which they are written."""
    return sorted(factors, key=_rank)


def _rank(factor: sympy.Expr) -> tuple[int, int, str]:
    """Symbols, derivatives down the chain, matrices, vectors, sums, brackets, functions, deltas."""
    base = factor.base if isinstance(factor, sympy.Pow) else factor
    kinds = (sympy.Symbol, Entry, Partial, Total, sympy.Add, AppliedUndef, Delta, Same)
    kind = next((n for n, each in enumerate(kinds) if isinstance(base, each)), len(kinds))
    axes = 0
    if isinstance(base, Entry):
        axes = -len(base.indices)
    if isinstance(base, Partial):  # ∂C/∂z before ∂z/∂a: the cost has no index
        axes = len(free_indices(base.target))
    return (kind, axes, str(base))
