"""The dense layer."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from bplab.numeric import initializers
from bplab.numeric.affine import affine, affine_backward
from bplab.numeric.arrays import (
    Array,
    as_numeric,
    require_finite_result,
    require_generator,
    require_shapes,
    require_whole,
)
from bplab.numeric.layers.layer import (
    Layer,
    require_forward,
    require_inexact,
)

Initializer = Callable[[np.random.Generator, int, int, npt.DTypeLike], Array]


class Dense(Layer):
    """Dense layer: z = x Wᵀ + b, with W drawn by `initializer` and b = 0.

    Shapes: x (B, n_in); W (n_out, n_in); b (n_out,); output (B, n_out).
    Raises: ValueError for widths below 1; TypeError for a wrong rng or dtype.

    >>> layer = Dense(3, 2, rng=np.random.default_rng(0))
    >>> layer.forward(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float64,
        initializer: Initializer = initializers.xavier_uniform,
    ) -> None:
        self.n_in: int = require_whole("n_in", n_in, least=1)
        self.n_out: int = require_whole("n_out", n_out, least=1)
        require_generator(rng)
        require_inexact(dtype)
        self.W = initializer(rng, n_in, n_out, dtype)
        self.b = np.zeros(n_out, dtype)
        self._x: Array | None = None

    def __repr__(self) -> str:
        return f"Dense({self.n_in}, {self.n_out})"

    def forward(self, x: npt.ArrayLike) -> Array:
        """`dense(x, W, b)`."""
        x = as_numeric("x", x)
        require_shapes(W=(self.W, ("n_out", "n_in")), x=(x, ("B", "n_in")))
        z = affine(x, self.W, self.b)
        self._x = x
        return z

    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """`dense_backward(upstream, x, W)` for the x of the last forward."""
        x = require_forward(self, self._x)
        dz = as_numeric("upstream", upstream)
        require_shapes(x=(x, ("B", "n_in")), b=(self.b, ("n_out",)), upstream=(dz, ("B", "n_out")))
        dx, dW, db = affine_backward(dz, x, self.W, need_dx)
        require_finite_result("db", db, upstream=dz)  # x and W showed themselves in forward
        return dx, {"W": dW, "b": db}

    def parameters(self) -> dict[str, Array]:
        return {"W": self.W, "b": self.b}

    def config(self) -> dict[str, Any]:
        return {"n_in": self.n_in, "n_out": self.n_out, "dtype": self.W.dtype.name}

    @classmethod
    def from_config(cls, rng: np.random.Generator, **config: Any) -> "Dense":
        return cls(**config, rng=rng, initializer=initializers.zeros)  # zeros draws nothing
