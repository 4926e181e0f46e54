"""All theorems of the course, in the order of the numerical modules they belong to."""

from bplab.symbolic.theorems import (
    activations,
    convolution,
    dense,
    dropout,
    losses,
    normalization,
    pooling,
    recurrent,
)
from bplab.symbolic.theorems.theorem import THEOREMS, Theorem, UnknownTheorem, theorem

__all__ = [
    "THEOREMS",
    "Theorem",
    "UnknownTheorem",
    "activations",
    "convolution",
    "dense",
    "dropout",
    "losses",
    "normalization",
    "pooling",
    "recurrent",
    "theorem",
]
