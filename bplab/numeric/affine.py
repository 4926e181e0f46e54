"""The products of the dense layer, for arrays whose shapes are known to fit.

The functions in `dense.py` and the layer `Dense` look at their arguments once, each in its own
words, and then come here.
"""

import numpy as np

from bplab.numeric.arrays import Array, require_finite_result


def affine(x: Array, W: Array, b: Array) -> Array:
    """z = x Wᵀ + b, which must be finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        z = x @ W.T
        # In place where the dtype allows it: in a complex step through b alone it does not.
        z = np.add(z, b, out=z if z.dtype == b.dtype else None)
    require_finite_result("z", z, x=x, W=W, b=b)
    return z


def affine_backward(
    dz: Array, x: Array, W: Array, need_dx: bool
) -> tuple[Array | None, Array, Array]:
    """(dx, dW, db), finite or not; dx is None unless it is needed."""
    with np.errstate(over="ignore", invalid="ignore"):
        return dz @ W if need_dx else None, dz.T @ x, sum_over_batch(dz)


def sum_over_batch(delta: Array) -> Array:
    """Σ_i δ_i as a matrix product, which is two to three times faster than delta.sum(axis=0)."""
    return np.ones(len(delta), delta.dtype) @ delta
