"""Dropout as a layer."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import Array, as_finite, require_generator
from bplab.numeric.dropout import dropout, dropout_backward, require_probability
from bplab.numeric.layers.layer import (
    Layer,
    require_forward,
    require_upstream,
)


class Dropout(Layer):
    """In training, drop each entry with probability p and scale the rest; else change nothing.

    Shapes: x any shape; output the same.
    Raises: ValueError for p outside [0, 1); TypeError for a wrong rng.

    >>> layer = Dropout(0.5, rng=np.random.default_rng(0))
    >>> layer.forward([1.0, 2.0, 3.0])
    array([2., 0., 0.])
    >>> layer.training = False
    >>> layer.forward([1.0, 2.0, 3.0])
    array([1., 2., 3.])
    """

    def __init__(self, p: float, *, rng: np.random.Generator) -> None:
        self.p = require_probability(p)
        require_generator(rng)
        self.rng = rng
        self._mask: Array | None = None

    def __repr__(self) -> str:
        return f"Dropout({self.p:g})"

    def forward(self, x: npt.ArrayLike) -> Array:
        """`dropout(x, p)` in training, else x."""
        x = as_finite("x", x)
        if self.training:
            y, self._mask = dropout(x, self.p, self.rng)
        else:
            y, self._mask = x.copy(), np.ones_like(x)
        return y

    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """`dropout_backward(upstream, mask)` with the mask of the last forward."""
        mask = require_forward(self, self._mask)
        dy = require_upstream(upstream, mask.shape)
        return dropout_backward(dy, mask) if need_dx else None, {}

    def parameters(self) -> dict[str, Array]:
        return {}

    def config(self) -> dict[str, Any]:
        return {"p": self.p}

    @classmethod
    def from_config(cls, rng: np.random.Generator, **config: Any) -> "Dropout":
        return cls(**config, rng=rng)
