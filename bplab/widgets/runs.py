"""Training runs on the digits as streams of epochs, a pure function of their settings.

A stream stands still between two minibatches, so whoever draws from it may pause, go on or leave at
any time, and gets the same epochs. `bplab.numeric` does the work; the learner's own gradient may
take the place of its backward pass.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from bplab.data import Digits, digits
from bplab.numeric import (
    ACTIVATIONS,
    SGD,
    Activation,
    Dense,
    Sequential,
    accuracy,
    initializers,
    minibatches,
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
)
from bplab.numeric.arrays import Array, require_whole
from bplab.widgets.own import SECONDS, Gradient, UnusableGradient, own_gradients

OWN = "own"  # tanh, and the learner's gradient
STEEPEST = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0}  # the largest slope of each activation
STARTS = {
    "zeros": initializers.zeros,
    "normal": initializers.normal,
    "lecun": initializers.lecun_normal,
    "xavier": initializers.xavier_uniform,
    "he": initializers.he_normal,
}
LEARNING_RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
MOST_HIDDEN, MOST_SEED = 8, 999
PIXELS, WIDTH, CLASSES = 64, 32, 10
BATCH_SIZE, PROBED = 50, 200

# Saturated: the slope is below 0.19 of the largest. That is a < 0.05 or a > 0.95 for the sigmoid,
# |a| > 0.9 for tanh, and a unit that is off for ReLU.
SATURATED = 0.19


@dataclass(frozen=True)
class Run:
    """The settings of one run: so many hidden layers of 32 units, on the digits.

    Raises: ValueError for what is not offered; TypeError for what is no whole number.
    """

    activation: str = "tanh"
    start: str = "xavier"
    lr: float = 0.1
    hidden: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        _require_one_of("activation", self.activation, (*STEEPEST, OWN))
        _require_one_of("start", self.start, tuple(STARTS))
        _require_one_of("lr", self.lr, LEARNING_RATES)
        require_whole("hidden", self.hidden, least=1, most=MOST_HIDDEN)
        require_whole("seed", self.seed, least=0, most=MOST_SEED)

    @property
    def function(self) -> str:
        """The name of the activation function."""
        return "tanh" if self.activation == OWN else self.activation

    def network(self) -> Sequential:
        """The network before training."""
        rng = np.random.default_rng(self.seed)
        layers: list[Dense | Activation] = []
        for n_in, n_out in itertools.pairwise((PIXELS, *[WIDTH] * self.hidden, CLASSES)):
            layers.append(Dense(n_in, n_out, rng=rng, initializer=STARTS[self.start]))
            layers.append(Activation(self.function))
        return Sequential(*layers[:-1])  # the last layer gives logits


@dataclass(frozen=True)
class Epoch:
    """What a network does after an epoch.

    loss: mean cross-entropy on the training digits; accuracy: on the validation digits.
    delta: mean |δ| of each layer, and saturated: the share of each hidden layer, both on the first
    200 training digits.
    """

    loss: float
    accuracy: float
    delta: tuple[float, ...]
    saturated: tuple[float, ...]


@dataclass(frozen=True)
class Ended:
    """Stands where an epoch would, and says why there is none."""

    words: str


def epochs(run: Run, gradient: Gradient | None = None) -> Iterator[Epoch | Ended | None]:
    """The epochs of a run, the first of them before training, and None after each minibatch.

    It goes on for ever, or until a number is no longer finite or the learner's gradient fails.
    """
    network = run.network()
    optimizer = SGD(network.parameters(), lr=run.lr)
    own = gradient if run.activation == OWN else None
    rng = np.random.default_rng(run.seed)
    train = _data().train
    for epoch in itertools.count():
        try:
            if epoch:
                for x, y in minibatches(train.x, train.y, BATCH_SIZE, rng):
                    _step(network, optimizer, x, y, own)
                    yield None
            yield _measured(network)
        except UnusableGradient as problem:
            yield Ended(f"stopped in epoch {epoch}. {problem}")
            return
        except ValueError as problem:
            yield Ended(f"diverged in epoch {epoch}: {problem}")
            return


Row = tuple[Epoch | Ended | None, ...]


def side_by_side(runs: tuple[Run, ...], gradient: Gradient | None = None) -> Iterator[Row | None]:
    """All runs in step: a row for each epoch, and None after each minibatch.

    A run that has ended has None in the rows that follow; when all have, there are no more rows.
    """
    streams = [epochs(run, gradient) for run in runs]
    while True:
        row: list[Epoch | Ended | None] = []
        for stream in streams:
            found = None
            for found in stream:
                if found is not None:
                    break
                yield None
            row.append(found)
        if not any(row):
            return
        yield tuple(row)


def rows(runs: tuple[Run, ...], count: int) -> tuple[Row, ...]:
    """The first rows, with the library's gradient in place of the learner's own."""
    return tuple(itertools.islice(filter(None, side_by_side(runs)), count))


@cache
def _data() -> Digits:
    return digits()


def _step(
    network: Sequential, optimizer: SGD, x: Array, y: Array, gradient: Gradient | None
) -> None:
    if gradient is None:
        gradients = network.backward(softmax_cross_entropy_backward(network.forward(x), y))
    else:
        live = network.parameters()
        targets = np.eye(CLASSES)[y]
        found, _ = own_gradients(gradient, list(live.values()), x, targets, SECONDS)
        gradients = dict(zip(live, found, strict=True))
    with np.errstate(over="ignore", invalid="ignore"):
        optimizer.step(gradients)


def _measured(network: Sequential) -> Epoch:
    train, validation = _data().train, _data().validation
    delta, saturated = _probed(network, train.x[:PROBED], train.y[:PROBED])
    return Epoch(
        loss=float(softmax_cross_entropy(network.forward(train.x), train.y)),
        accuracy=accuracy(network.forward(validation.x), validation.y),
        delta=delta,
        saturated=saturated,
    )


def _probed(network: Sequential, x: Array, y: Array) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean |δ| of each dense layer, and the saturated share of each activation."""
    delta: list[float] = []
    saturated: list[float] = []
    for layer in network.layers:
        if isinstance(layer, Activation):
            slope = ACTIVATIONS[layer.name].f_prime(x)
            saturated.append(float(np.mean(slope < SATURATED * STEEPEST[layer.name])))
        x = layer.forward(x)
    upstream: Any = softmax_cross_entropy_backward(x, y)
    for layer in reversed(network.layers):
        if isinstance(layer, Dense):  # what it is handed on the way back is its ∂C/∂z
            delta.insert(0, float(np.mean(np.abs(upstream))))
        upstream, _ = layer.backward(upstream)
    return tuple(delta), tuple(saturated)


def _require_one_of(name: str, value: object, offered: tuple[object, ...]) -> None:
    if value not in offered:
        known = ", ".join(map(str, offered))
        raise ValueError(f"{name} must be one of {known}; got {value!r}.")
