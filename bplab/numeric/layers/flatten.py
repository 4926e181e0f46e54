"""Flatten as a layer."""

from typing import Any

import numpy.typing as npt

from bplab.numeric.arrays import Array, as_numeric
from bplab.numeric.flatten import flatten, flatten_backward
from bplab.numeric.layers.layer import Layer, require_forward, require_upstream


class Flatten(Layer):
    """The numbers of each sample in one row, for a dense layer after images.

    Shapes: x (B, …); output (B, n).

    >>> import numpy as np
    >>> Flatten().forward(np.ones((5, 8, 3, 3))).shape
    (5, 72)
    """

    keeps_width = False

    def __init__(self) -> None:
        self._x: Array | None = None

    def __repr__(self) -> str:
        return "Flatten()"

    def forward(self, x: npt.ArrayLike) -> Array:
        """`flatten(x)`."""
        x = as_numeric("x", x)
        z = flatten(x)
        self._x = x
        return z

    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """The upstream gradient in the shape of the last x."""
        x = require_forward(self, self._x)
        dz = require_upstream(upstream, (len(x), x[0].size))
        return flatten_backward(dz, x) if need_dx else None, {}

    def parameters(self) -> dict[str, Array]:
        return {}

    def config(self) -> dict[str, Any]:
        return {}
