"""The data sets of the lessons: gates, two toy shapes, and real handwritten digits.

Everything ships with the package or is drawn from the generator you pass; nothing is downloaded.
Labels are integers; turn them into a column with y[:, np.newaxis] where a loss wants shape (B, 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from bplab.numeric.arrays import Array
from bplab.numeric.gates import GATE_INPUTS, GATES


def gate(name: str) -> tuple[Array, Array]:
    """Truth table of a logic gate: inputs (4, 2) and outputs 0/1 (4,), as fresh arrays.

    Raises: ValueError for a name that is not in GATES.

    >>> gate("AND")[1]
    array([0, 0, 0, 1])
    """
    if name not in GATES:
        near = get_close_matches(name.upper(), GATES, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"name must be one of {', '.join(GATES)}; got {name!r}.{hint}")
    return GATE_INPUTS.copy(), GATES[name].copy()


def xor() -> tuple[Array, Array]:
    """The exclusive or: the smallest set that no single neuron can learn."""
    return gate("XOR")


def moons(n: int, *, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Two half circles that reach into each other, in random order.

    Shapes: x (n, 2), y (n,) with labels 0 (upper moon) and 1 (lower moon), as equal as n allows.
    Noise: standard deviation of the Gaussian noise on each coordinate.
    Raises: ValueError if n < 2 or noise < 0.

    >>> x, y = moons(6, noise=0.1, rng=np.random.default_rng(0))
    >>> x.shape, np.bincount(y)
    ((6, 2), array([3, 3]))
    """
    y = _balanced_labels(n, 2, noise, rng)
    angle = rng.uniform(0, np.pi, n)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    return np.where(y[:, np.newaxis] == 0, upper, lower) + noise * rng.standard_normal((n, 2)), y


def spirals(
    n: int, *, noise: float, rng: np.random.Generator, classes: int = 2, turns: float = 1.0
) -> tuple[Array, Array]:
    """Spiral arms around the origin, one for each class, in random order.

    Shapes: x (n, 2), inside the unit circle but for the noise; y (n,) with labels 0 … classes − 1.
    Noise: standard deviation of the Gaussian noise on each coordinate.
    Raises: ValueError if there are fewer than 2 classes or n < classes, or noise < 0.
    Source: after Lang & Witbrock (1988), the two-spirals problem.

    >>> x, y = spirals(7, noise=0.0, rng=np.random.default_rng(0), classes=3)
    >>> x.shape, np.bincount(y)
    ((7, 2), array([3, 2, 2]))
    """
    y = _balanced_labels(n, classes, noise, rng)
    # The square root spreads the points evenly over the disc instead of crowding the centre.
    radius = np.sqrt(rng.uniform(0.01, 1, n))
    angle = 2 * np.pi * (turns * radius + y / classes)
    arms = radius[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)])
    return arms + noise * rng.standard_normal((n, 2)), y


def _balanced_labels(n: int, classes: int, noise: float, rng: np.random.Generator) -> Array:
    if classes < 2:
        raise ValueError(f"classes must be at least 2; got {classes}")
    if n < classes:
        raise ValueError(f"n must be at least {classes}, one point a class; got {n}")
    if not noise >= 0:
        raise ValueError(f"noise must be 0 or more; got {noise}")
    return rng.permutation(np.arange(n) % classes)


class Split(NamedTuple):
    """Samples and their labels: x (B, 64) in [0, 1], y (B,) integers 0–9."""

    x: Array
    y: Array

    @property
    def images(self) -> Array:
        """The same pixels as pictures, (B, 8, 8)."""
        return self.x.reshape(-1, 8, 8)


@dataclass(frozen=True)
class Digits:
    """Handwritten digits, split once and for all: 1,250 to train, 183 to validate, 364 to test."""

    train: Split
    validation: Split
    test: Split


def digits() -> Digits:
    """The 1,797 handwritten digits of 8×8 pixels from the UCI repository, scaled to [0, 1].

    Split by a rule instead of by chance, so that it is the same everywhere: within each class, in
    file order, of every ten images the first and sixth test, the second validates and seven train;
    so each class is split 70 : 10 : 20. The file does not say who wrote which digit: the same hand
    may be in all three parts, and accuracy on new writers would be lower.
    Source: Alpaydin & Kaynak (1998), DOI 10.24432/C50P49, CC BY 4.0.

    >>> x, y = digits().train
    >>> x.shape, y.shape
    ((1250, 64), (1250,))
    """
    with (files("bplab") / "datasets" / "digits.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        images, labels = stored["images"], stored["labels"].astype(int)
    x = images.reshape(len(images), 64) / 16.0
    turn = np.empty(len(labels), dtype=int)
    for label in range(10):
        turn[labels == label] = np.arange(np.count_nonzero(labels == label)) % 10
    test, validation = turn % 5 == 0, turn == 1
    train = ~(test | validation)
    return Digits(
        train=Split(x[train], labels[train]),
        validation=Split(x[validation], labels[validation]),
        test=Split(x[test], labels[test]),
    )
