"""Batch normalization: each column of a batch brought to mean 0 and variance 1, then y = γ x̂ + β.

Batches are rows. A layer for images puts batch, height and width together as the rows, so that
every channel is a column. Statistics for use after training are the layer's affair.
"""

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import (
    Array,
    as_numeric,
    require_finite_result,
    require_number,
    require_shapes,
)


def batch_norm(
    x: npt.ArrayLike, gamma: npt.ArrayLike, beta: npt.ArrayLike, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """Batch normalization: y = γ (x − mean) / √(var + ε) + β, column by column.

    Returns y, and the columns' mean and variance; the variance is divided by B, not by B − 1. Of a
    batch with one sample nothing is left but y = β.
    Shapes: x (B, n), gamma and beta (n,), eps > 0; returns y (B, n), mean (n,), var (n,).
    Raises: ValueError for wrong shapes, no samples, NaN/inf, overflow or eps ≤ 0; TypeError if not
    numeric.
    Source: Ioffe & Szegedy (2015), Batch normalization, alg. 1.

    >>> batch_norm([[1.0], [3.0]], gamma=[2.0], beta=[10.0], eps=3.0)
    (array([[ 9.],
           [11.]]), array([2.]), array([1.]))
    """
    x, gamma, beta = as_numeric("x", x), as_numeric("gamma", gamma), as_numeric("beta", beta)
    require_shapes(x=(x, ("B", "n")), gamma=(gamma, ("n",)), beta=(beta, ("n",)))
    x_hat, _, mean, var = _normalize(x, eps)
    with np.errstate(over="ignore", invalid="ignore"):
        y = gamma * x_hat + beta
    require_finite_result("y", y, gamma=gamma, beta=beta)
    return y, mean, var


def batch_norm_backward(
    dy: npt.ArrayLike, x: npt.ArrayLike, gamma: npt.ArrayLike, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """Gradients of `batch_norm` from dy = ∂C/∂y: dγ = Σ dy x̂, dβ = Σ dy, and three terms for dx.

    dx = γ/(B σ) (B dy − Σ dy − x̂ Σ dy x̂), with σ = √(var + ε): the second term comes through the
    mean and the third through the variance, as both depend on every sample.
    Shapes: dy and x (B, n), gamma (n,); returns dx (B, n), dgamma (n,), dbeta (n,).
    Raises: as `batch_norm`.
    Source: Ioffe & Szegedy (2015), Batch normalization, sect. 3, put together.

    >>> dx, dgamma, dbeta = batch_norm_backward([[8.0], [0.0]], [[1.0], [3.0]], [2.0], eps=3.0)
    >>> dx, dgamma, dbeta
    (array([[ 3.],
           [-3.]]), array([-4.]), array([8.]))
    """
    dy, x, gamma = as_numeric("dy", dy), as_numeric("x", x), as_numeric("gamma", gamma)
    require_shapes(x=(x, ("B", "n")), dy=(dy, ("B", "n")), gamma=(gamma, ("n",)))
    x_hat, sigma, _, _ = _normalize(x, eps)
    B = len(x)
    with np.errstate(over="ignore", invalid="ignore"):
        dbeta = dy.sum(axis=0)
        dgamma = (dy * x_hat).sum(axis=0)
        dx = gamma / (B * sigma) * (B * dy - dbeta - x_hat * dgamma)
    require_finite_result("dbeta", dbeta, dy=dy)
    require_finite_result("dgamma", dgamma, dy=dy)
    require_finite_result("dx", dx, dy=dy, gamma=gamma)
    return dx, dgamma, dbeta


def _normalize(x: Array, eps: float) -> tuple[Array, Array, Array, Array]:
    """The normalized x̂, with σ = √(var + ε), mean and var."""
    eps = require_number("eps", eps, above=0)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = x.sum(axis=0) / len(x)
        centred = x - mean
        var = (centred * centred).sum(axis=0) / len(x)  # np.var takes |·|², which is not analytic
    require_finite_result("var", var, x=x)
    sigma = np.sqrt(var + eps)
    return centred / sigma, sigma, mean, var
