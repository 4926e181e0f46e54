"""An activation function as a layer."""

import difflib
from typing import Any

import numpy.typing as npt

from bplab.numeric.activations import ACTIVATIONS
from bplab.numeric.arrays import Array, as_numeric
from bplab.numeric.layers.layer import Layer, require_forward, require_upstream


class Activation(Layer):
    """An activation function applied to every entry: a = f(z). Its name is a key of ACTIVATIONS.

    Raises: ValueError for an unknown name.

    >>> Activation("relu").forward([[-1.0, 2.0]])
    array([[0., 2.]])
    """

    def __init__(self, name: str) -> None:
        if name not in ACTIVATIONS:
            raise ValueError(_unknown_activation(name))
        self.name = name
        self._z: Array | None = None

    def __repr__(self) -> str:
        return f"Activation({self.name!r})"

    def forward(self, x: npt.ArrayLike) -> Array:
        """a = f(z); here x is the pre-activation z."""
        self._z = as_numeric("x", x)
        return ACTIVATIONS[self.name].f(self._z)

    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """dz = upstream ⊙ f′(z), the product of BP1 and BP2."""
        z = require_forward(self, self._z)
        if not need_dx:
            return None, {}
        upstream = require_upstream(upstream, z.shape)
        return upstream * ACTIVATIONS[self.name].f_prime(z), {}

    def parameters(self) -> dict[str, Array]:
        return {}

    def config(self) -> dict[str, Any]:
        return {"name": self.name}


def _unknown_activation(name: object) -> str:
    near = difflib.get_close_matches(str(name), ACTIVATIONS, n=3, cutoff=0.4)
    suggestion = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"activation must be one of {', '.join(ACTIVATIONS)}; got {name!r}.{suggestion}"
