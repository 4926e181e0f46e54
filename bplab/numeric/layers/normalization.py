"""Batch normalization as a layer."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import Array, as_finite, require_number, require_whole
from bplab.numeric.layers.layer import (
    Layer,
    require_forward,
    require_inexact,
    require_upstream,
)
from bplab.numeric.normalization import batch_norm, batch_norm_backward


class BatchNorm(Layer):
    """Batch normalization of n columns, or of the n channels of images.

    In training it uses the mean and variance of the batch, and keeps a running mean of both:
    running ← (1 − momentum) · running + momentum · batch, the variance there made unbiased by
    m/(m − 1). Otherwise it uses the running ones.
    Shapes: x (B, n) or (B, n, H, W), output the same; gamma and beta (n,).
    Raises: ValueError for a width below 1, momentum outside (0, 1] or eps ≤ 0; TypeError for a
    wrong dtype.
    Source: Ioffe & Szegedy (2015), alg. 2.

    >>> layer = BatchNorm(1)
    >>> layer.forward([[1.0], [3.0]]).round(3)
    array([[-1.],
           [ 1.]])
    >>> layer.running_mean, layer.running_var
    (array([0.2]), array([1.1]))
    """

    def __init__(
        self,
        n: int,
        *,
        momentum: float = 0.1,
        eps: float = 1e-5,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        self.n_in: int = require_whole("n", n, least=1)
        self.n_out: int = self.n_in
        require_inexact(dtype)
        if not 0 < momentum <= 1:
            raise ValueError(f"momentum must be in (0, 1]; got {momentum!r}. Usual is 0.1.")
        self.momentum, self.eps = float(momentum), require_number("eps", eps, above=0)
        self.gamma, self.beta = np.ones(n, dtype), np.zeros(n, dtype)
        self.running_mean, self.running_var = np.zeros(n, dtype), np.ones(n, dtype)
        self._x: Array | None = None
        self._in_training = True

    def __repr__(self) -> str:
        return f"BatchNorm({self.n_in})"

    def forward(self, x: npt.ArrayLike) -> Array:
        """`batch_norm` over the batch, and over the pixels of images."""
        x = as_finite("x", x)
        self._require_fit(x)
        rows = _as_rows(x)
        if self.training:
            y, mean, var = batch_norm(rows, self.gamma, self.beta, self.eps)
            self._remember(mean, var * (len(rows) / max(1, len(rows) - 1)))
        else:
            y = self.gamma * self._normalized(rows) + self.beta
        self._x, self._in_training = x, self.training
        return _from_rows(y, x.shape)

    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """`batch_norm_backward`; outside training σ is fixed, which leaves dx = dy γ/σ."""
        x = require_forward(self, self._x)
        dy = _as_rows(require_upstream(upstream, x.shape))
        rows = _as_rows(x)
        if self._in_training:
            dx, dgamma, dbeta = batch_norm_backward(dy, rows, self.gamma, self.eps)
        else:
            dx = dy * (self.gamma / np.sqrt(self.running_var + self.eps))
            dgamma, dbeta = (dy * self._normalized(rows)).sum(axis=0), dy.sum(axis=0)
        return _from_rows(dx, x.shape) if need_dx else None, {"gamma": dgamma, "beta": dbeta}

    def parameters(self) -> dict[str, Array]:
        return {"gamma": self.gamma, "beta": self.beta}

    def state(self) -> dict[str, Array]:
        running = {"running_mean": self.running_mean, "running_var": self.running_var}
        return self.parameters() | running

    def config(self) -> dict[str, Any]:
        return {
            "n": self.n_in,
            "momentum": self.momentum,
            "eps": self.eps,
            "dtype": self.gamma.dtype.name,
        }

    def _require_fit(self, x: Array) -> None:
        if x.ndim not in (2, 4) or x.shape[1] != self.n_in:
            raise ValueError(
                f"x must have shape (B, n) or (B, n, H, W) with n = {self.n_in}; got {x.shape}."
            )

    def _normalized(self, rows: Array) -> Array:
        return (rows - self.running_mean) / np.sqrt(self.running_var + self.eps)

    def _remember(self, mean: Array, var: Array) -> None:
        # Real parts, as a complex step is no part of the statistics.
        for running, new in ((self.running_mean, mean), (self.running_var, var)):
            running += self.momentum * (new.real - running).astype(running.dtype)


def _as_rows(x: Array) -> Array:
    """(B, n) as it is, (B, n, H, W) as (B·H·W, n)."""
    return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])


def _from_rows(rows: Array, shape: tuple[int, ...]) -> Array:
    B, n, *pixels = shape
    return np.ascontiguousarray(np.moveaxis(rows.reshape(B, *pixels, n), -1, 1))
