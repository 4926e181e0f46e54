"""The rows of activations, each tested on C = Σ w f(z) with random weights w."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bplab.numeric import activations
from bplab.numeric.activations import leaky_relu_prime, sigmoid, softmax, tanh
from bplab.numeric.arrays import Array
from bplab.numeric.special import erf
from bplab.rulebook.rule import Names, Rule
from bplab.rulebook.samples import normal


def _activation(name: str, mistakes: Mapping[str, Callable[[Array], Any]]) -> Rule:
    """The rule f′ for an activation, tested on C = Σ w f(z) with random weights w."""
    f, f_prime = activations.ACTIVATIONS[name]
    return Rule(
        name=name,
        theorem=name,
        shapes="z: any shape",
        forward=f,
        backward=f_prime,
        sample=normal("Bi", "Bi"),
        cost=lambda z, w: (w * f(z)).sum(),
        names=lambda z, w: {"z": z, "w": w},
        call=lambda backward, z, w: w * backward(z),
        mistakes={
            "zero": lambda z: 0 * z,
            "opposite sign": lambda z: -f_prime(z),
            "the function itself": f,
            "1 % too large": lambda z: f_prime(z) * 101 / 100,
            **mistakes,
        },
        read=lambda generated, z, w: w * generated(**({"z": z} | _functions(generated))),
    )


def _functions(generated: Any) -> Names:
    """NumPy has no erf: code that needs one is given the course's own."""
    return {"erf": erf} if "erf" in generated.parameters else {}


def _applied_to_activation(name: str) -> Callable[[Array], Array]:
    f, f_prime = activations.ACTIVATIONS[name]
    return lambda z: f_prime(f(z))


RULES = (
    _activation(
        "sigmoid",
        {
            "z(1 − z)": lambda z: z * (1 - z),
            "applied to a": _applied_to_activation("sigmoid"),
            "σ(1 + σ)": lambda z: sigmoid(z) * (1 + sigmoid(z)),
        },
    ),
    _activation(
        "tanh",
        {
            "1 − z²": lambda z: 1 - z * z,
            "1 − tanh": lambda z: 1 - tanh(z),
            "1 + tanh²": lambda z: 1 + tanh(z) * tanh(z),
        },
    ),
    _activation(
        "relu", {"one everywhere": lambda z: 1 + 0 * z, "wrong side": lambda z: 1.0 * (z < 0)}
    ),
    _activation(
        "leaky_relu",
        {
            "no leak": activations.relu_prime,
            "wrong side": lambda z: leaky_relu_prime(-z),
            "slope 0.02": lambda z: leaky_relu_prime(z, slope=0.02),
        },
    ),
    _activation(
        "softplus",
        {
            "σ(−z)": lambda z: sigmoid(-z),
            "σ′": activations.sigmoid_prime,
            "one where z > 0": activations.relu_prime,
        },
    ),
    _activation(
        "gelu",
        {
            "Φ alone": lambda z: (1 + erf(z / np.sqrt(2.0))) / 2,
            "φ without z": lambda z: activations.gelu_prime(z) + (1 - z) * np.exp(-z * z / 2) / 3,
        },
    ),
    Rule(
        name="softmax",
        theorem="softmax",
        shapes="upstream, z: (B, n)",
        forward=softmax,
        backward=activations.softmax_backward,
        sample=normal("Bi", "Bi"),
        cost=lambda z, w: (w * softmax(z)).sum(),
        names=lambda z, w: {"z": z, "w": w},
        call=lambda backward, z, w: backward(w, z),
        read=lambda generated, z, w: np.einsum("sj,sji->si", w, generated(a=softmax(z))),
        mistakes={
            "a(1 − a), as for the sigmoid": lambda w, z: w * softmax(z) * (1 - softmax(z)),
            "no Jacobian": lambda w, z: w * softmax(z),
            "a − y, which needs the cross-entropy": lambda w, z: softmax(z) - w,
            "opposite sign": lambda w, z: -activations.softmax_backward(w, z),
        },
    ),
)
