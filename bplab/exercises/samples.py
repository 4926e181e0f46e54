"""Inputs on which a learner's function is tried.

Sizes are distinct on all axes, so that a wrong transpose cannot fit; then each axis has size 1,
where shapes like (n,) and (n, 1) part; then all are equal, where a wrong transpose fits and only
the values tell. No value is zero or near it, so that no missing term can hide.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Shape = tuple[str, ...]
Make = Callable[[np.random.Generator, tuple[int, ...]], Any]
Sample = Mapping[str, Any]

FIRST_SIZES = (2, 3, 4, 5, 6, 7)
SECOND_SIZES = (5, 2, 3, 4, 7, 6)
SQUARE = 3


def samples(
    shapes: Mapping[str, Shape],
    *,
    make: Mapping[str, Make] | None = None,
    sizes: Mapping[str, int] | None = None,
    seed: int = 0,
) -> tuple[Sample, ...]:
    """Samples for arguments whose shapes are given in letters.

    `make` replaces the values of an argument, `make["y"](rng, shape)`; `sizes` fixes a letter.
    Two samples have distinct sizes, one per letter has that size 1, one is square.

    >>> [s["W"].shape for s in samples({"x": ("B", "n"), "W": ("m", "n")})]
    [(4, 3), (3, 2), (4, 3), (4, 1), (1, 3), (3, 3)]
    """
    fixed = dict(sizes or {})
    letters = [letter for letter in dict.fromkeys(sum(shapes.values(), ())) if letter not in fixed]
    first = dict(zip(letters, FIRST_SIZES, strict=False))
    second = dict(zip(letters, SECOND_SIZES, strict=False))
    ones = [first | {letter: 1} for letter in letters]
    square = dict.fromkeys(letters, SQUARE)
    tables = [first, second, *ones, square] if letters else [{}, {}]
    return tuple(
        _sample(shapes, table | fixed, make or {}, np.random.default_rng([seed, position]))
        for position, table in enumerate(tables)
    )


def _sample(
    shapes: Mapping[str, Shape],
    sizes: Mapping[str, int],
    make: Mapping[str, Make],
    rng: np.random.Generator,
) -> Sample:
    return {
        name: make.get(name, away_from_zero)(rng, tuple(sizes[letter] for letter in letters))
        for name, letters in shapes.items()
    }


def away_from_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Values with both signs and magnitudes from ½ to 2; a float for the shape ()."""
    values = rng.uniform(0.5, 2.0, shape) * rng.choice([-1.0, 1.0], shape)
    return values if shape else float(values)


def probabilities(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Values between 0.1 and 0.9, as outputs of a sigmoid are."""
    return rng.uniform(0.1, 0.9, shape)


def one_hot(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Rows with a single 1 each: the targets of a classifier."""
    return np.eye(shape[-1])[rng.integers(shape[-1], size=shape[:-1])]
