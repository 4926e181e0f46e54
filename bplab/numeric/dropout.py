"""Dropout: in training, each entry is set to 0 with probability p, and the others are made larger.

This is "inverted" dropout: by the factor 1/(1 − p) the expected value of every entry stays what it
was, so nothing needs to be done when the network is used.
"""

from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import Array, as_finite, require_finite_result, require_generator


def dropout(x: npt.ArrayLike, p: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Dropout: y = x ⊙ mask, each entry of mask being 0 with probability p and else 1/(1 − p).

    Shapes: x any shape; returns (y, mask), both of that shape.
    Raises: ValueError for p outside [0, 1), an empty x, NaN/inf, overflow; TypeError if not
    numeric, or for an rng that is no Generator.
    Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), sect. 10.

    >>> y, mask = dropout([1.0, 2.0, 3.0], p=0.5, rng=np.random.default_rng(0))
    >>> y, mask
    (array([2., 0., 0.]), array([2., 0., 0.]))
    """
    x = as_finite("x", x)
    p = require_probability(p)
    require_generator(rng)
    dtype = np.float64 if x.dtype.kind == "O" else x.real.dtype
    mask = (rng.random(x.shape) >= p).astype(dtype)
    mask *= 1 / (1 - p)
    with np.errstate(over="ignore"):
        y = x * mask
    require_finite_result("y", y)
    return y, mask


def dropout_backward(dy: npt.ArrayLike, mask: npt.ArrayLike) -> Array:
    """∂C/∂x from dy = ∂C/∂y, with the very mask of the forward pass: dx = dy ⊙ mask.

    Shapes: dy and mask the same; returns that shape.
    Raises: ValueError for wrong shapes, NaN/inf, overflow; TypeError if not numeric.

    >>> dropout_backward([5.0, 5.0], mask=[2.0, 0.0])
    array([10.,  0.])
    """
    dy, mask = as_finite("dy", dy), as_finite("mask", mask)
    if dy.shape != mask.shape:
        raise ValueError(
            f"dy must have the shape of the forward pass's mask, {mask.shape}; got {dy.shape}."
        )
    with np.errstate(over="ignore"):
        dx = dy * mask
    require_finite_result("dx", dx)
    return dx


def require_probability(p: Any) -> float:
    if isinstance(p, bool) or not isinstance(p, Real) or not 0 <= float(p) < 1:
        raise ValueError(
            f"p must be the probability to drop an entry, 0 ≤ p < 1; got {p!r}. Usual is 0.5."
        )
    return float(p)
