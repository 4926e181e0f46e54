"""The convolution layer."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bplab.numeric import initializers
from bplab.numeric.arrays import (
    Array,
    as_numeric,
    require_generator,
    require_shapes,
    require_whole,
)
from bplab.numeric.convolution import conv2d, conv2d_backward
from bplab.numeric.layers.dense import Initializer
from bplab.numeric.layers.layer import (
    Layer,
    require_forward,
    require_inexact,
    require_upstream,
)
from bplab.numeric.windows import Pair, as_pair


class Conv2D(Layer):
    """Convolution layer: z = x ⋆ K + b, with K drawn by `initializer` and b = 0.

    n_in and n_out count channels; size, stride and padding are one number or a pair (vertical,
    horizontal). The initializer takes a window of all channels, n_in·kh·kw numbers, as its inputs.
    Shapes: x (B, n_in, H, W); K (n_out, n_in, kh, kw); b (n_out,); output (B, n_out, H_out, W_out).
    Raises: ValueError for widths, sizes or strides below 1; TypeError for a wrong rng or dtype.

    >>> layer = Conv2D(1, 8, 3, padding=1, rng=np.random.default_rng(0))
    >>> layer.forward(np.ones((5, 1, 28, 28))).shape
    (5, 8, 28, 28)
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        size: Pair,
        *,
        stride: Pair = 1,
        padding: Pair = 0,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float64,
        initializer: Initializer = initializers.he_normal,
    ) -> None:
        self.n_in: int = require_whole("n_in", n_in, least=1)
        self.n_out: int = require_whole("n_out", n_out, least=1)
        self.size = as_pair("size", size, least=1)
        self.stride = as_pair("stride", stride, least=1)
        self.padding = as_pair("padding", padding, least=0)
        require_generator(rng)
        require_inexact(dtype)
        kh, kw = self.size
        self.K = initializer(rng, n_in * kh * kw, n_out, dtype).reshape(n_out, n_in, kh, kw)
        self.b = np.zeros(n_out, dtype)
        self._x: Array | None = None
        self._z_shape: tuple[int, ...] = ()

    def __repr__(self) -> str:
        stride = f", stride={self.stride}" if self.stride != (1, 1) else ""
        padding = f", padding={self.padding}" if self.padding != (0, 0) else ""
        return f"Conv2D({self.n_in}, {self.n_out}, {self.size}{stride}{padding})"

    def forward(self, x: npt.ArrayLike) -> Array:
        """`conv2d(x, K, b)`."""
        x = as_numeric("x", x)
        require_shapes(K=(self.K, ("n_out", "n_in", "kh", "kw")), x=(x, ("B", "n_in", "H", "W")))
        z = conv2d(x, self.K, self.b, self.stride, self.padding)
        self._x, self._z_shape = x, z.shape
        return z

    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """`conv2d_backward(upstream, x, K)` for the x of the last forward."""
        x = require_forward(self, self._x)
        dz = require_upstream(upstream, self._z_shape)
        dx, dK, db = conv2d_backward(dz, x, self.K, self.stride, self.padding, need_dx)
        return dx, {"K": dK, "b": db}

    def parameters(self) -> dict[str, Array]:
        return {"K": self.K, "b": self.b}

    def config(self) -> dict[str, Any]:
        return {
            "n_in": self.n_in,
            "n_out": self.n_out,
            "size": self.size,
            "stride": self.stride,
            "padding": self.padding,
            "dtype": self.K.dtype.name,
        }

    @classmethod
    def from_config(cls, rng: np.random.Generator, **config: Any) -> "Conv2D":
        return cls(**config, rng=rng, initializer=initializers.zeros)  # zeros draws nothing
