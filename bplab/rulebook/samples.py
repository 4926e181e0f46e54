"""What the checks draw: the sizes of the axes by letter, and random arrays of these sizes."""

from collections.abc import Callable, Mapping

import numpy as np

from bplab.numeric.arrays import Array

Sizes = Mapping[str, int]

# Batch, width in, width out: distinct on every axis, then square, then of size one.
LAYER_SIZES: tuple[Sizes, ...] = tuple(
    dict(zip("Bio", sizes, strict=True))
    for sizes in ((5, 3, 4), (3, 3, 3), (2, 1, 3), (3, 2, 1), (1, 2, 3))
)


def normal(*axes: str) -> Callable[[np.random.Generator, Sizes], list[Array]]:
    """Draws one standard normal array per word: "Bi" is (batch, width in), "oi" a weight matrix."""

    def sample(rng: np.random.Generator, sizes: Sizes) -> list[Array]:
        return [rng.normal(size=tuple(sizes[axis] for axis in word)) for word in axes]

    return sample
