"""The dense layer z = xWᵀ + b, its backward pass, and the four equations of backpropagation.

Batches are rows: x is (B, n_in), and W is (n_out, n_in). The equations only sum over the batch; the
1/m enters once, in the loss. Every function returns new arrays and changes none of its arguments.
"""

import numpy as np
import numpy.typing as npt

from bplab.numeric.affine import affine, affine_backward, sum_over_batch
from bplab.numeric.arrays import (
    Array,
    as_numeric,
    require_finite_result,
    require_shapes,
)


def dense(x: npt.ArrayLike, W: npt.ArrayLike, b: npt.ArrayLike) -> Array:
    """Dense layer: z = x Wᵀ + b, in indices z_ij = Σ_k W_jk x_ik + b_j.

    Shapes: x (B, n_in), W (n_out, n_in), b (n_out,); returns (B, n_out).
    Raises: ValueError for wrong shapes, no samples, NaN/inf, overflow; TypeError if not numeric.
    Source: Nielsen (2015), ch. 2, eq. 25, for a batch of rows.

    >>> dense([[1.0, 2.0]], W=[[3.0, 4.0]], b=[5.0])
    array([[16.]])
    """
    x, W, b = as_numeric("x", x), as_numeric("W", W), as_numeric("b", b)
    require_shapes(x=(x, ("B", "n_in")), W=(W, ("n_out", "n_in")), b=(b, ("n_out",)))
    return affine(x, W, b)


def dense_backward(
    dz: npt.ArrayLike, x: npt.ArrayLike, W: npt.ArrayLike, need_dx: bool = True
) -> tuple[Array | None, Array, Array]:
    """Gradients of `dense` from dz = ∂C/∂z: dx = dz W, dW = dzᵀ x, db = Σ_i dz_i.

    With need_dx=False, for the first layer of a network, dx is None and costs nothing.
    Shapes: dz (B, n_out), x (B, n_in), W (n_out, n_in); returns dx (B, n_in), dW as W, db (n_out,).
    Raises: ValueError for wrong shapes, no samples, NaN/inf, overflow; TypeError if not numeric.
    Source: Nielsen (2015), ch. 2, BP2–BP4, for a batch of rows.

    >>> dx, dW, db = dense_backward([[2.0]], x=[[1.0, 2.0]], W=[[3.0, 4.0]])
    >>> dx, dW, db
    (array([[6., 8.]]), array([[2., 4.]]), array([2.]))
    """
    dz, x, W = as_numeric("dz", dz), as_numeric("x", x), as_numeric("W", W)
    require_shapes(dz=(dz, ("B", "n_out")), x=(x, ("B", "n_in")), W=(W, ("n_out", "n_in")))
    dx, dW, db = affine_backward(dz, x, W, need_dx)
    require_finite_result("db", db, dz=dz)
    require_finite_result("dW", dW, dz=dz, x=x)
    if dx is not None:
        require_finite_result("dx", dx, dz=dz, W=W)
    return dx, dW, db


def output_error(grad_a: npt.ArrayLike, sigma_prime_z: npt.ArrayLike) -> Array:
    """BP1, the error of the output layer: δ^L = ∇_a C ⊙ σ′(z^L).

    Shapes: grad_a = ∂C/∂a^L and sigma_prime_z = σ′(z^L), both (B, n); returns (B, n).
    Raises: ValueError for wrong shapes, no samples, NaN/inf, overflow; TypeError if not numeric.
    Source: Nielsen (2015), ch. 2, BP1.

    >>> output_error([[2.0, 3.0]], sigma_prime_z=[[0.25, 0.5]])
    array([[0.5, 1.5]])
    """
    grad_a = as_numeric("grad_a", grad_a)
    sigma_prime_z = as_numeric("sigma_prime_z", sigma_prime_z)
    require_shapes(grad_a=(grad_a, ("B", "n")), sigma_prime_z=(sigma_prime_z, ("B", "n")))
    with np.errstate(over="ignore", invalid="ignore"):
        delta = grad_a * sigma_prime_z
    require_finite_result("delta", delta, grad_a=grad_a, sigma_prime_z=sigma_prime_z)
    return delta


def hidden_error(
    delta_next: npt.ArrayLike, W_next: npt.ArrayLike, sigma_prime_z: npt.ArrayLike
) -> Array:
    """BP2, the error of a hidden layer from the next: δ^l = ((W^{l+1})ᵀ δ^{l+1}) ⊙ σ′(z^l).

    With batches as rows the product reads delta_next @ W_next: transposing both sides swaps them.
    Shapes: delta_next (B, n_next), W_next (n_next, n), sigma_prime_z (B, n); returns (B, n).
    Raises: ValueError for wrong shapes, no samples, NaN/inf, overflow; TypeError if not numeric.
    Source: Nielsen (2015), ch. 2, BP2.

    >>> hidden_error([[2.0]], W_next=[[3.0, 4.0]], sigma_prime_z=[[0.25, 0.5]])
    array([[1.5, 4. ]])
    """
    delta_next = as_numeric("delta_next", delta_next)
    W_next = as_numeric("W_next", W_next)
    sigma_prime_z = as_numeric("sigma_prime_z", sigma_prime_z)
    require_shapes(
        delta_next=(delta_next, ("B", "n_next")),
        W_next=(W_next, ("n_next", "n")),
        sigma_prime_z=(sigma_prime_z, ("B", "n")),
    )
    with np.errstate(over="ignore", invalid="ignore"):
        delta = (delta_next @ W_next) * sigma_prime_z
    require_finite_result(
        "delta", delta, delta_next=delta_next, W_next=W_next, sigma_prime_z=sigma_prime_z
    )
    return delta


def bias_gradient(delta: npt.ArrayLike) -> Array:
    """BP3, the gradient of the biases: ∂C/∂b_j = δ_j, summed over the batch.

    Shapes: delta (B, n); returns (n,).
    Raises: ValueError for wrong shapes, no samples, NaN/inf, overflow; TypeError if not numeric.
    Source: Nielsen (2015), ch. 2, BP3.

    >>> bias_gradient([[1.0, 2.0], [3.0, 4.0]])
    array([4., 6.])
    """
    delta = as_numeric("delta", delta)
    require_shapes(delta=(delta, ("B", "n")))
    with np.errstate(over="ignore", invalid="ignore"):
        db = sum_over_batch(delta)
    require_finite_result("db", db, delta=delta)
    return db


def weight_gradient(delta: npt.ArrayLike, a_prev: npt.ArrayLike) -> Array:
    """BP4, the gradient of the weights: ∂C/∂W_jk = a_k^{l−1} δ_j^l, summed over the batch.

    Shapes: delta (B, n), a_prev (B, n_prev); returns (n, n_prev), the shape of W.
    Raises: ValueError for wrong shapes, no samples, NaN/inf, overflow; TypeError if not numeric.
    Source: Nielsen (2015), ch. 2, BP4.

    >>> weight_gradient([[2.0]], a_prev=[[3.0, 4.0]])
    array([[6., 8.]])
    """
    delta, a_prev = as_numeric("delta", delta), as_numeric("a_prev", a_prev)
    require_shapes(delta=(delta, ("B", "n")), a_prev=(a_prev, ("B", "n_prev")))
    with np.errstate(over="ignore", invalid="ignore"):
        dW = delta.T @ a_prev
    require_finite_result("dW", dW, delta=delta, a_prev=a_prev)
    return dW
