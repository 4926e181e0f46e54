"""The rows of losses and their gradients."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bplab.numeric import activations, losses
from bplab.numeric.activations import sigmoid, softmax
from bplab.numeric.arrays import Array
from bplab.rulebook.rule import Rule
from bplab.rulebook.samples import Sizes, normal


def _loss(
    name: str, theorem: str, targets: Callable[[Array], Array], names: Any, mistakes: Any
) -> Rule:
    f, f_backward = losses.LOSSES[name]

    def sample(rng: np.random.Generator, sizes: Sizes) -> list[Array]:
        z, y = normal("Bi", "Bi")(rng, sizes)
        return [z, targets(y)]

    return Rule(
        name=theorem,
        theorem=theorem,
        shapes="outputs or logits, targets: (B, n)",
        forward=f,
        backward=f_backward,
        sample=sample,
        cost=f,
        names=lambda z, y: {"z": z, "y": y},
        call=lambda backward, z, y: backward(z, y),
        read=lambda generated, z, y: generated(**names(z, y)),
        mistakes={
            "1/m is missing": lambda z, y: f_backward(z, y) * len(z),
            "opposite sign": lambda z, y: -f_backward(z, y),
            "mean over the outputs too": lambda z, y: f_backward(z, y) / (z.shape[1] + 1),
            "zero": lambda z, y: 0 * z,
            **mistakes,
        },
    )


RULES = (
    _loss(
        "softmax_cross_entropy",
        "softmax-cross-entropy",
        lambda y: np.abs(y) / np.abs(y).sum(axis=1, keepdims=True),
        lambda z, y: {"a": softmax(z), "y": y},
        {
            "no softmax": lambda z, y: (z - y) / len(z),
            "the targets are missing": lambda z, y: softmax(z) / len(z),
            "softmax′ twice": lambda z, y: activations.softmax_backward(softmax(z) - y, z),
        },
    ),
    _loss(
        "binary_cross_entropy",
        "binary-cross-entropy",
        sigmoid,
        lambda z, y: {"z": z, "y": y, "sigmoid": sigmoid},
        {
            "no sigmoid": lambda z, y: (z - y) / len(z),
            "σ′ of the quadratic cost": lambda z, y: (
                (sigmoid(z) - y) * activations.sigmoid_prime(z) / len(z)
            ),
        },
    ),
    _loss(
        "quadratic",
        "quadratic",
        lambda y: y,
        lambda z, y: {"a": z, "y": y},
        {
            "the 2 without the ½": lambda z, y: 2 * (z - y) / len(z),
            "y − a": lambda z, y: (y - z) / len(z),
        },
    ),
)
