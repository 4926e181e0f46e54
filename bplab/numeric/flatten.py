"""Flatten: the numbers of each sample in one row, as a dense layer wants them after images."""

import numpy.typing as npt

from bplab.numeric.arrays import Array, as_finite


def flatten(x: npt.ArrayLike) -> Array:
    """The entries of each sample in one row, in row-major order: nothing is computed.

    Shapes: x (B, …); returns a new array (B, n).
    Raises: ValueError if x is a single number, empty, or holds NaN/inf; TypeError if not numeric.

    >>> flatten([[[1.0, 2.0], [3.0, 4.0]]])
    array([[1., 2., 3., 4.]])
    """
    x = as_finite("x", x)
    if x.ndim == 0:
        raise ValueError("x must have shape (B, …), one entry for each sample; got one number.")
    return x.reshape(len(x), -1).copy()


def flatten_backward(dz: npt.ArrayLike, x: npt.ArrayLike) -> Array:
    """∂C/∂x from dz = ∂C/∂z for z = flatten(x): the same numbers, put back into the shape of x.

    Shapes: dz (B, n), x (B, …); returns the shape of x.
    Raises: as `flatten`; ValueError if the shapes do not fit.

    >>> flatten_backward([[1.0, 2.0, 3.0, 4.0]], x=[[[0.0, 0.0], [0.0, 0.0]]])
    array([[[1., 2.],
            [3., 4.]]])
    """
    dz, x = as_finite("dz", dz), as_finite("x", x)
    expected = flatten(x).shape
    if dz.shape != expected:
        raise ValueError(f"dz must have the shape of flatten(x), {expected}; got {dz.shape}.")
    return dz.reshape(x.shape).copy()
