"""Identities between functions of one variable, such as σ′ = σ(1 − σ), decided by two methods.

Both sides are rational functions in z and in a few generators (e^z, erf, logarithms, roots) that
satisfy no algebraic relation we rely on, so it is enough that they agree as rational functions.
Method 1 brings the difference over one denominator and expands it. Method 2 puts random elements of
the field with p = 2^61 − 1 elements in place of the variables: by the Schwartz–Zippel lemma a false
identity of degree d survives one draw with probability at most d/p.
"""

import math
import random
from dataclasses import dataclass
from functools import cached_property

import sympy

from bplab.symbolic.equality import MethodsDisagree
from bplab.symbolic.expressions import GuardError
from bplab.symbolic.rendering import Shown

PRIME = 2**61 - 1
DRAWS = 3

z, y = sympy.symbols("z y", real=True)


class FalseIdentity(ValueError):
    """Two functions that differ."""


@dataclass(frozen=True)
class Branch:
    """Where `where` holds, the derivative of `function` is `derivative`."""

    function: sympy.Expr
    derivative: sympy.Expr
    where: str = "all z"


@dataclass(frozen=True, repr=False)
class DerivativeProof(Shown):
    """The derivative of a function of z, branch by branch; building one checks it.

    Raises: FalseIdentity if a derivative is wrong; MethodsDisagree if the methods differ.

    >>> logistic = 1 / (1 + sympy.exp(-z))
    >>> DerivativeProof("σ", (Branch(logistic, logistic * (1 - logistic)),)).methods
    {'rational form': True, 'random evaluation': True}
    >>> DerivativeProof("σ", (Branch(logistic, z * (1 - z)),))
    Traceback (most recent call last):
    bplab.symbolic.scalar.FalseIdentity: σ: for all z, the derivative is not z*(1 - z)
    """

    name: str
    branches: tuple[Branch, ...]

    def __post_init__(self) -> None:
        for branch, verdict in zip(self.branches, self._verdicts, strict=True):
            if not all(verdict.values()):
                raise FalseIdentity(
                    f"{self.name}: for {branch.where}, the derivative is not {branch.derivative}"
                )

    @cached_property
    def _verdicts(self) -> list[dict[str, bool]]:
        return [same_function(sympy.diff(b.function, z), b.derivative) for b in self.branches]

    @property
    def claim(self) -> tuple[sympy.Expr, sympy.Expr]:
        """The derivative and its value, on the first branch."""
        first = self.branches[0]
        return sympy.Derivative(first.function, z), first.derivative

    @property
    def methods(self) -> dict[str, bool]:
        """Whether every branch holds, by each method."""
        return {name: all(v[name] for v in self._verdicts) for name in self._verdicts[0]}

    def latex(self) -> str:
        """Each branch as an equation."""
        rows = [
            rf"\frac{{d}}{{dz}} {sympy.latex(b.function)} &= {sympy.latex(b.derivative)}"
            rf" && \text{{{b.where}}}"
            for b in self.branches
        ]
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"

    def __str__(self) -> str:
        rows = (f"  d/dz {b.function} = {b.derivative}  ({b.where})" for b in self.branches)
        return "\n".join([self.name, *rows])

    __repr__ = __str__


def same_function(left: sympy.Expr, right: sympy.Expr) -> dict[str, bool]:
    """Whether two expressions are the same rational function of their generators, by each method.

    Raises: MethodsDisagree if the two methods differ; GuardError for an exponent we cannot treat.

    >>> same_function(sympy.exp(z) ** 2, sympy.exp(2 * z))
    {'rational form': True, 'random evaluation': True}
    """
    difference = with_generators(left - right)
    verdict = {
        "rational form": sympy.expand(sympy.fraction(sympy.together(difference))[0]) == 0,
        "random evaluation": all(_value_mod_p(difference, seed) == 0 for seed in range(DRAWS)),
    }
    if len(set(verdict.values())) > 1:
        raise MethodsDisagree(f"{left} = {right}: {verdict}")
    return verdict


def with_generators(expr: sympy.Expr) -> sympy.Expr:
    """The expression in plain variables: one for e^(z/2), one for √π, one for each other function.

    >>> with_generators(sympy.exp(2 * z) / sympy.sqrt(sympy.pi))
    [exp(z/2)]**4/[sqrt(pi)]
    """

    def half_power(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
        number, rest = (exponent * 2).as_coeff_Mul()
        if not number.is_Integer:
            raise GuardError(f"the exponent {exponent} must be a multiple of one half")
        return sympy.Symbol(f"[{base ** (rest / 2)}]") ** number

    expr = expr.replace(sympy.exp, lambda exponent: half_power(sympy.E, exponent))
    constants = {p: half_power(*p.args) for p in expr.atoms(sympy.Pow) if p.base.is_number}
    functions = {f: sympy.Symbol(f"[{f}]") for f in expr.atoms(sympy.Function)}
    return expr.xreplace(constants | functions)


def _value_mod_p(expr: sympy.Expr, seed: int) -> int:
    """The value with random field elements for the variables."""
    draw = random.Random(seed)
    values = {v: draw.randrange(2, PRIME) for v in sorted(expr.free_symbols, key=str)}

    def value(node: sympy.Expr) -> int:
        if isinstance(node, sympy.Symbol):
            return values[node]
        if isinstance(node, sympy.Rational):
            return int(node.p) * pow(int(node.q), -1, PRIME) % PRIME
        if isinstance(node, sympy.Pow) and node.exp.is_Integer:
            return pow(value(node.base), int(node.exp), PRIME)
        if isinstance(node, sympy.Add):
            return sum(map(value, node.args)) % PRIME
        if isinstance(node, sympy.Mul):
            return math.prod(map(value, node.args)) % PRIME
        raise GuardError(f"{node} is not a rational function of its variables")

    return value(expr)
