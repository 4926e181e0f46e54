"""What a layer is, and the checks that layers share.

A layer remembers in `forward` what its `backward` needs; `backward` returns gradients and changes
nothing. What either returns is the caller's: no later call writes to it.
"""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import Array, as_finite


class Layer(ABC):
    """A differentiable map of a batch, with parameters that a network can learn.

    n_in and n_out are the widths (of images, the channels) it takes and gives; None means that any
    width fits, and that it gives what it takes unless keeps_width is False. training says whether
    forward works as in training; `Sequential.train` and `Sequential.eval` set it.
    """

    n_in: int | None = None
    n_out: int | None = None
    keeps_width = True
    training = True

    @abstractmethod
    def forward(self, x: npt.ArrayLike) -> Array:
        """The layer's output for the batch x."""

    @abstractmethod
    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """From upstream = ∂C/∂output: (dx = ∂C/∂x, or None if not needed; gradients by name)."""

    @abstractmethod
    def parameters(self) -> dict[str, Array]:
        """The live arrays by name, with the same keys as the gradients: change them in place."""

    def state(self) -> dict[str, Array]:
        """The live arrays that a file must hold: the parameters, and what else training changes."""
        return self.parameters()

    @abstractmethod
    def config(self) -> dict[str, Any]:
        """What rebuilds this layer from a file, apart from its state: plain JSON values."""

    @classmethod
    def from_config(cls, rng: np.random.Generator, **config: Any) -> "Layer":
        """A layer as `config` described it; its state is still to be filled in.

        rng is for layers that draw at random when they are used.
        """
        return cls(**config)


def require_forward(layer: Layer, remembered: Array | None) -> Array:
    if remembered is None:
        raise RuntimeError(
            f"{layer!r}: backward was called before forward. "
            "Call forward first: backward needs what it remembers."
        )
    return remembered


def require_upstream(upstream: npt.ArrayLike, expected: tuple[int, ...]) -> Array:
    upstream = as_finite("upstream", upstream)
    if upstream.shape != expected:
        raise ValueError(
            f"upstream must have the shape of the layer's output, {expected}; got {upstream.shape}."
        )
    return upstream


def require_inexact(dtype: npt.DTypeLike) -> None:
    if np.dtype(dtype).kind not in "fc":
        raise TypeError(f"dtype must be a float type such as np.float64; got {np.dtype(dtype)}.")
