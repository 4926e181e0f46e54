"""All theorems of the course, in the order of the numerical modules they belong to."""

from bplab.symbolic.theorems import activations, dense, losses
from bplab.symbolic.theorems.theorem import THEOREMS, Theorem, UnknownTheorem, theorem

__all__ = ["THEOREMS", "Theorem", "UnknownTheorem", "activations", "dense", "losses", "theorem"]
