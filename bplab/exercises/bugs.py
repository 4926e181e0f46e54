# mypy: allow-untyped-defs
"""The programs of lesson 06's bug hunt. Each does what its first line says, but for one bug.

The programs are written as learners write: short, in plain NumPy, without types. `repairs.py` holds
them repaired, under the same names. A `Program` ties one to its cost and to inputs for both.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplab.exercises.samples import Sample, away_from_zero, one_hot, samples
from bplab.numeric import softmax
from bplab.numeric.arrays import Array


def sigmoid(z: Array) -> Array:
    """σ(z), without any validation: a program that diverges shall be seen to do so."""
    return 1 / (1 + np.exp(-z))


@dataclass(frozen=True)
class Program:
    """A cost, what claims to be its gradient, and inputs; `parameters` are the first arguments."""

    cost: Callable[..., Any]
    gradient: Callable[..., Any]
    parameters: tuple[str, ...]
    samples: tuple[Sample, ...]

    def example(self) -> tuple[dict[str, Array], tuple[Any, ...]]:
        """Parameters by name, and the data that follow; copies, as a bug may change them."""
        sample = copy.deepcopy(dict(self.samples[1]))
        return {name: sample.pop(name) for name in self.parameters}, tuple(sample.values())


def xor_cost(W1, b1, W2, b2, x, y):
    """Half the squared error of two sigmoid layers, summed over the samples."""
    a2 = sigmoid(sigmoid(x @ W1.T + b1) @ W2.T + b2)
    return ((a2 - y) ** 2).sum() / 2


def xor_gradient(W1, b1, W2, b2, x, y):
    """Gradient of half the squared error of two sigmoid layers, as in a well-known tutorial."""

    def sigmoid_derivative(x):
        return x * (1 - x)

    z1 = x @ W1.T + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2.T + b2
    a2 = sigmoid(z2)
    delta2 = (a2 - y) * sigmoid_derivative(z2)
    delta1 = (delta2 @ W2) * sigmoid_derivative(z1)
    return delta1.T @ x, delta1.sum(axis=0), delta2.T @ a1, delta2.sum(axis=0)


def deep_cost(W1, b1, W2, b2, x, y):
    """Quadratic cost of two tanh layers of the same width."""
    a2 = np.tanh(np.tanh(x @ W1.T + b1) @ W2.T + b2)
    return ((a2 - y) ** 2).sum() / 2 / len(y)


def deep_gradient(W1, b1, W2, b2, x, y):
    """Gradient of the quadratic cost of two tanh layers of the same width."""
    a1 = np.tanh(x @ W1.T + b1)
    a2 = np.tanh(a1 @ W2.T + b2)
    delta2 = (a2 - y) / len(y) * (1 - a2**2)
    delta1 = (delta2 @ W2.T) * (1 - a1**2)
    dW1, db1 = delta1.T @ x, delta1.sum(axis=0)
    dW2, db2 = delta2.T @ a1, delta2.sum(axis=0)
    return dW1, db1, dW2, db2


def step_cost(W1, b1, W2, b2, x, y):
    """Quadratic cost of a tanh layer and a linear one."""
    a2 = np.tanh(x @ W1.T + b1) @ W2.T + b2
    return ((a2 - y) ** 2).sum() / 2 / len(y)


def training_step(W1, b1, W2, b2, x, y, rate=0.5):
    """Parameters after one step of gradient descent: a tanh layer, a linear one, quadratic cost."""
    a1 = np.tanh(x @ W1.T + b1)
    a2 = a1 @ W2.T + b2

    delta2 = (a2 - y) / len(y)
    W2 = W2 - rate * (delta2.T @ a1)
    b2 = b2 - rate * delta2.sum(axis=0)

    delta1 = (delta2 @ W2) * (1 - a1**2)
    W1 = W1 - rate * (delta1.T @ x)
    b1 = b1 - rate * delta1.sum(axis=0)
    return W1, b1, W2, b2


def logistic_cost(W, b, x, y, decay):
    """Mean cross-entropy of sigmoid outputs, and weight decay."""
    a = sigmoid(x @ W.T + b)
    cross_entropy = -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum() / len(y)
    return cross_entropy + decay / 2 * (W**2).sum()


def logistic_gradient(W, b, x, y, decay):
    """Gradient of the mean cross-entropy of sigmoid outputs, with weight decay on W."""
    z = x @ W.T + b
    a = sigmoid(z)
    delta = a - y
    dW = delta.T @ x + decay * W
    db = delta.sum(axis=0)
    return dW, db


def regression_cost(W, b, x, y):
    """Quadratic cost of a linear layer."""
    return ((x @ W.T + b - y) ** 2).sum() / 2 / len(y)


def regression_gradient(W, b, x, y):
    """Gradient of the quadratic cost of a linear layer."""
    z = x @ W.T + b
    delta = (z - y) / len(y)
    dW = delta.T @ x
    db = delta
    return dW, db


def residual_cost(W1, W2, x, y):
    """Quadratic cost of a tanh layer, and a second one whose input is added to its output."""
    a1 = np.tanh(x @ W1.T)
    return ((a1 + np.tanh(a1 @ W2.T) - y) ** 2).sum() / 2 / len(y)


def residual_gradient(W1, W2, x, y):
    """Gradient for a tanh layer, and a second one whose input is added to its output."""
    a1 = np.tanh(x @ W1.T)
    branch = np.tanh(a1 @ W2.T)
    out = a1 + branch

    d_out = (out - y) / len(y)
    d_a1 = d_out  # the way around the second layer
    d_z2 = d_out * (1 - branch**2)
    dW2 = d_z2.T @ a1
    d_a1 = d_z2 @ W2  # the way through it
    d_z1 = d_a1 * (1 - a1**2)
    dW1 = d_z1.T @ x
    return dW1, dW2


def softmax_cost(W, b, x, y):
    """Quadratic cost of softmax outputs."""
    return ((softmax(x @ W.T + b) - y) ** 2).sum() / 2 / len(y)


def softmax_gradient(W, b, x, y):
    """Gradient of the quadratic cost of softmax outputs."""
    z = x @ W.T + b
    a = softmax(z)
    delta = (a - y) / len(y)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    return dW, db


def autoencoder_cost(W, b, x):
    """Quadratic cost of rebuilding x from tanh(x Wᵀ) with the same weights."""
    return ((np.tanh(x @ W.T) @ W + b - x) ** 2).sum() / 2 / len(x)


def autoencoder_gradient(W, b, x):
    """Gradient of the quadratic cost of rebuilding x from tanh(x Wᵀ) with the same weights."""
    code = np.tanh(x @ W.T)
    rebuilt = code @ W + b

    d_rebuilt = (rebuilt - x) / len(x)
    d_code = d_rebuilt @ W.T
    d_z = d_code * (1 - code**2)
    dW = d_z.T @ x
    db = d_rebuilt.sum(axis=0)
    return dW, db


def pixel_cost(W, b, x, y):
    """Mean cross-entropy of softmax outputs for pixels from 0 to 16, scaled to 0 to 1."""
    return -(y * np.log(softmax((x / 16) @ W.T + b))).sum() / len(y)


def pixel_gradient(W, b, x, y):
    """Gradient of the mean cross-entropy for pixels from 0 to 16, scaled to 0 to 1."""
    x /= 16
    a = softmax(x @ W.T + b)
    delta = (a - y) / len(y)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    return dW, db


def start(n_in, n_hidden, n_out, rng):
    """First parameters of a two-layer net: W1, b1, W2, b2."""
    W1 = np.full((n_hidden, n_in), 0.5)
    b1 = np.zeros(n_hidden)
    W2 = np.full((n_out, n_hidden), 0.5)
    b2 = np.zeros(n_out)
    return W1, b1, W2, b2


def _weights(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Small enough for tanh and σ to have a slope, and away from 0."""
    return away_from_zero(rng, shape) / 3


def _bits(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Targets of yes-or-no outputs."""
    return rng.integers(2, size=shape).astype(float)


def _pixels(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.integers(1, 17, size=shape).astype(float)


_LAYER = {"W": ("n1", "n0"), "b": ("n1",), "x": ("B", "n0"), "y": ("B", "n1")}
_TWO_LAYERS = {
    "W1": ("n1", "n0"),
    "b1": ("n1",),
    "W2": ("n2", "n1"),
    "b2": ("n2",),
    "x": ("B", "n0"),
    "y": ("B", "n2"),
}
_SQUARE = {"W1": ("n1", "n0"), "b1": ("n1",), "W2": ("n1", "n1"), "b2": ("n1",)}
_SMALL = dict.fromkeys(("W", "W1", "W2", "b", "b1", "b2"), _weights)

XOR = Program(
    xor_cost,
    xor_gradient,
    ("W1", "b1", "W2", "b2"),
    samples(_TWO_LAYERS, make=_SMALL | {"y": _bits}),
)
DEEP = Program(
    deep_cost,
    deep_gradient,
    ("W1", "b1", "W2", "b2"),
    samples(_SQUARE | {"x": ("B", "n0"), "y": ("B", "n1")}, make=_SMALL),
)
STEP = Program(
    step_cost,
    training_step,
    ("W1", "b1", "W2", "b2"),
    samples(_TWO_LAYERS, make=_SMALL),
)
LOGISTIC = Program(
    logistic_cost,
    logistic_gradient,
    ("W", "b"),
    samples(
        _LAYER | {"decay": ()},
        make=_SMALL | {"y": _bits, "decay": lambda rng, shape: 0.25},
    ),
)
REGRESSION = Program(regression_cost, regression_gradient, ("W", "b"), samples(_LAYER, make=_SMALL))
RESIDUAL = Program(
    residual_cost,
    residual_gradient,
    ("W1", "W2"),
    samples(
        {"W1": ("n1", "n0"), "W2": ("n1", "n1"), "x": ("B", "n0"), "y": ("B", "n1")}, make=_SMALL
    ),
)
SOFTMAX = Program(
    softmax_cost,
    softmax_gradient,
    ("W", "b"),
    samples(_LAYER, make=_SMALL | {"y": one_hot}),
)
AUTOENCODER = Program(
    autoencoder_cost,
    autoencoder_gradient,
    ("W", "b"),
    samples({"W": ("n1", "n0"), "b": ("n0",), "x": ("B", "n0")}, make=_SMALL),
)
PIXELS = Program(
    pixel_cost,
    pixel_gradient,
    ("W", "b"),
    samples(_LAYER, make=_SMALL | {"x": _pixels, "y": one_hot}),
)
STARTS = tuple(
    {"n_in": n_in, "n_hidden": n_hidden, "n_out": n_out, "rng": np.random.default_rng(seed)}
    for seed, (n_in, n_hidden, n_out) in enumerate([(2, 4, 1), (3, 5, 2), (4, 2, 3), (3, 3, 3)])
)
