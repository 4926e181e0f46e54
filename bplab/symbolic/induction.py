"""Proof by induction over the layers, from the last one down."""

from dataclasses import dataclass

import sympy

from bplab.symbolic.derivation import Derivation, FalseStep
from bplab.symbolic.expressions import Tensor
from bplab.symbolic.rendering import Shown, plain


@dataclass(frozen=True, repr=False)
class Induction(Shown):
    """The base proves the claim for layer `last`; the step proves it for `layer` from layer + 1.

    The claim for a layer is "δ is the derivative ∂C/∂z of the cost". The step's premise is a
    dependence in its model (C is a function of z^(l+1) with the gradient δ^(l+1)); it must be the
    step's own conclusion one layer up, and the base must be that conclusion for the last layer.
    Raises: FalseStep where the pieces do not fit together.
    """

    base: Derivation
    step: Derivation
    layer: sympy.Symbol
    last: sympy.Symbol

    def __post_init__(self) -> None:
        conclusion = _conclusion(self.step)
        premise = _premise(self.step)
        if _at(conclusion, self.layer, self.layer + 1) != premise:
            raise FalseStep(f"the premise {premise} is not {conclusion} one layer up")
        if _at(conclusion, self.layer, self.last) != _conclusion(self.base):
            raise FalseStep(f"the base {_conclusion(self.base)} is not {conclusion} at the end")

    @property
    def claim(self) -> tuple[sympy.Expr, sympy.Expr]:
        """δ^l = ∂C/∂z^l, for every l."""
        return self.step.start, self.step.steps[0].expr

    @property
    def methods(self) -> dict[str, bool]:
        """Whether base and step hold, by each method."""
        return {name: self.base.methods[name] and ok for name, ok in self.step.methods.items()}

    def latex(self) -> str:
        """Base, premise and step in LaTeX."""
        return "\n".join([self.base.latex(), self.step.latex()])

    def __str__(self) -> str:
        left, right = self.claim
        return (
            f"For every layer {self.layer} ≤ {self.last}: {plain(left)} = {plain(right)}\n"
            f"base, layer {self.last}: {self.base}\n"
            f"step, from layer {self.layer}+1 to layer {self.layer}: {self.step}"
        )

    __repr__ = __str__


Meaning = tuple[Tensor, Tensor, Tensor]


def _conclusion(derivation: Derivation) -> Meaning:
    """(δ, C, z) where the derivation is about δ, which is defined as ∂C/∂z."""
    meaning = derivation.model.definitions[derivation.start.tensor].value
    return derivation.start.tensor, meaning.target.tensor, meaning.wrt.tensor


def _premise(derivation: Derivation) -> Meaning:
    """(δ, C, z) where the model has C as a function of z with the gradient δ."""
    ((dependence,),) = derivation.model.dependences.values()
    return dependence.gradient.tensor, dependence.name.tensor, dependence.of.tensor


def _at(meaning: Meaning, layer: sympy.Symbol, other: sympy.Expr) -> Meaning:
    first, second, third = (_tensor_at(tensor, layer, other) for tensor in meaning)
    return first, second, third


def _tensor_at(tensor: Tensor, layer: sympy.Symbol, other: sympy.Expr) -> Tensor:
    if tensor.layer is None:
        return tensor
    ranges = tuple(size.subs(layer, other) for size in tensor.ranges)
    return Tensor(tensor.name, ranges, tensor.layer.subs(layer, other))
