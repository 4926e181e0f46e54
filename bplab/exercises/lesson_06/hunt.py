"""What the ten programs of the bug hunt have in common: the kind of exercise, and their inputs."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplab.exercises.code import CodeExercise
from bplab.exercises.samples import away_from_zero
from bplab.numeric.arrays import Array


@dataclass(frozen=True, kw_only=True)
class BugHunt(CodeExercise):
    """A program to repair; its first mistake is the bug with which the lesson shows it.

    `cost` is what the program differentiates, if it does. It takes the same arguments: parameters
    first, then data, which begin with x.
    """

    cost: Callable[..., Any] | None = None

    @property
    def broken(self) -> Callable[..., Any]:
        """The program with its bug."""
        return self.mistakes[0].answer

    def example(self) -> tuple[dict[str, Array], tuple[Any, ...]]:
        """Parameters by name, and the data that follow; copies, as a bug may change them."""
        sample = copy.deepcopy(dict(self.samples[1]))
        parameters = list(sample)[: list(sample).index("x")]
        return {name: sample.pop(name) for name in parameters}, tuple(sample.values())


def sigmoid(z: Array) -> Array:
    """σ(z), without any validation: a program that diverges shall be seen to do so."""
    return 1 / (1 + np.exp(-z))


def weights(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Small enough for tanh and σ to have a slope, and away from 0."""
    return away_from_zero(rng, shape) / 3


def bits(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Targets of yes-or-no outputs."""
    return rng.integers(2, size=shape).astype(float)


SMALL = dict.fromkeys(("W", "W1", "W2", "b", "b1", "b2"), weights)
LAYER = {"W": ("n1", "n0"), "b": ("n1",), "x": ("B", "n0"), "y": ("B", "n1")}
TWO_LAYERS = {
    "W1": ("n1", "n0"),
    "b1": ("n1",),
    "W2": ("n2", "n1"),
    "b2": ("n2",),
    "x": ("B", "n0"),
    "y": ("B", "n2"),
}
