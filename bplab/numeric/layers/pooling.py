"""The pooling layers. They learn nothing."""

from abc import abstractmethod
from typing import Any

import numpy.typing as npt

from bplab.numeric.arrays import Array, as_numeric
from bplab.numeric.layers.layer import Layer, require_forward, require_upstream
from bplab.numeric.pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from bplab.numeric.windows import Pair, as_pair


class _Pool2D(Layer):
    """Windows of `size`, one number or a pair, every `stride` pixels: side by side without one."""

    def __init__(self, size: Pair, stride: Pair | None = None) -> None:
        self.size = as_pair("size", size, least=1)
        self.stride = self.size if stride is None else as_pair("stride", stride, least=1)
        self._x: Array | None = None
        self._z_shape: tuple[int, ...] = ()

    def __repr__(self) -> str:
        stride = f", stride={self.stride}" if self.stride != self.size else ""
        return f"{type(self).__name__}({self.size}{stride})"

    def forward(self, x: npt.ArrayLike) -> Array:
        """The images, each window made one pixel."""
        x = as_numeric("x", x)
        z = self._pooled(x)
        self._x, self._z_shape = x, z.shape
        return z

    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """dx for the x of the last forward."""
        x = require_forward(self, self._x)
        dz = require_upstream(upstream, self._z_shape)
        return self._backward(dz, x) if need_dx else None, {}

    def parameters(self) -> dict[str, Array]:
        return {}

    def config(self) -> dict[str, Any]:
        return {"size": self.size, "stride": self.stride}

    @abstractmethod
    def _pooled(self, x: Array) -> Array: ...

    @abstractmethod
    def _backward(self, dz: Array, x: Array) -> Array: ...


class MaxPool2D(_Pool2D):
    """Max pooling; size and stride are one number or a pair (vertical, horizontal).

    Shapes: x (B, C, H, W); output (B, C, H_out, W_out). Without a stride, windows lie side by side.
    Raises: ValueError for a size or stride below 1.

    >>> MaxPool2D(2).forward([[[[1.0, 2.0], [3.0, 4.0]]]])
    array([[[[4.]]]])
    """

    def _pooled(self, x: Array) -> Array:
        return max_pool2d(x, self.size, self.stride)

    def _backward(self, dz: Array, x: Array) -> Array:
        return max_pool2d_backward(dz, x, self.size, self.stride)


class AvgPool2D(_Pool2D):
    """Mean pooling; size and stride are one number or a pair (vertical, horizontal).

    Shapes, Raises: as `MaxPool2D`.

    >>> AvgPool2D(2).forward([[[[1.0, 2.0], [3.0, 4.0]]]])
    array([[[[2.5]]]])
    """

    def _pooled(self, x: Array) -> Array:
        return avg_pool2d(x, self.size, self.stride)

    def _backward(self, dz: Array, x: Array) -> Array:
        return avg_pool2d_backward(dz, x, self.size, self.stride)
