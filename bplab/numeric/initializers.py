"""Initial weights: each initializer draws W of shape (n_out, n_in) from a passed generator.

They differ in the spread only. The right spread keeps the size of activations (going forward) or
of errors (going backward) about equal in every layer, so that no layer saturates or starves.
Biases start at zero and need none of this.
"""

import math

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import Array


def zeros(rng: np.random.Generator, n_in: int, n_out: int, dtype: npt.DTypeLike) -> Array:
    """All weights 0, the mistake worth seeing once: the units of a layer then stay equal for ever.

    Shapes: returns (n_out, n_in).

    >>> zeros(np.random.default_rng(0), n_in=2, n_out=1, dtype=np.float64)
    array([[0., 0.]])
    """
    return np.zeros((n_out, n_in), dtype)


def normal(rng: np.random.Generator, n_in: int, n_out: int, dtype: npt.DTypeLike) -> Array:
    """W ~ N(0, 1) whatever the width: wide layers of sigmoids start saturated.

    Shapes: returns (n_out, n_in).
    Source: Nielsen (2015), ch. 3, "Weight initialization", where it is the scheme to improve on.

    >>> normal(np.random.default_rng(0), n_in=3, n_out=2, dtype=np.float32).shape
    (2, 3)
    """
    return rng.standard_normal((n_out, n_in)).astype(dtype)


def lecun_normal(rng: np.random.Generator, n_in: int, n_out: int, dtype: npt.DTypeLike) -> Array:
    """W ~ N(0, 1 / n_in): keeps the variance of z that of x.

    Shapes: returns (n_out, n_in).
    Source: LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, eq. 16.

    >>> lecun_normal(np.random.default_rng(0), n_in=3, n_out=2, dtype=np.float64).shape
    (2, 3)
    """
    return (rng.standard_normal((n_out, n_in)) * math.sqrt(1 / n_in)).astype(dtype)


def xavier_normal(rng: np.random.Generator, n_in: int, n_out: int, dtype: npt.DTypeLike) -> Array:
    """W ~ N(0, 2 / (n_in + n_out)): a compromise between forward and backward, for tanh.

    Shapes: returns (n_out, n_in).
    Source: Glorot & Bengio (2010), eq. 12.

    >>> xavier_normal(np.random.default_rng(0), n_in=3, n_out=2, dtype=np.float64).shape
    (2, 3)
    """
    std = math.sqrt(2 / (n_in + n_out))
    return (rng.standard_normal((n_out, n_in)) * std).astype(dtype)


def xavier_uniform(rng: np.random.Generator, n_in: int, n_out: int, dtype: npt.DTypeLike) -> Array:
    """W ~ U(−r, r) with r = √(6 / (n_in + n_out)): the variance of `xavier_normal`, no outliers.

    Shapes: returns (n_out, n_in).
    Source: Glorot & Bengio (2010), eq. 16.

    >>> xavier_uniform(np.random.default_rng(0), n_in=3, n_out=2, dtype=np.float64).shape
    (2, 3)
    """
    r = math.sqrt(6 / (n_in + n_out))
    return rng.uniform(-r, r, (n_out, n_in)).astype(dtype)


def he_normal(rng: np.random.Generator, n_in: int, n_out: int, dtype: npt.DTypeLike) -> Array:
    """W ~ N(0, 2 / n_in): twice `lecun_normal`, because ReLU zeroes half of its inputs.

    Shapes: returns (n_out, n_in).
    Source: He, Zhang, Ren & Sun (2015), Delving Deep into Rectifiers, eq. 10.

    >>> he_normal(np.random.default_rng(0), n_in=3, n_out=2, dtype=np.float64).shape
    (2, 3)
    """
    return (rng.standard_normal((n_out, n_in)) * math.sqrt(2 / n_in)).astype(dtype)
