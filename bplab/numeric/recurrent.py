"""One step of a recurrent cell, h = tanh(x Wᵀ + h_prev Uᵀ + b): a dense layer with two inputs.

Batches are rows. A sequence is a loop over steps: forward keeps every h, and backward runs from the
last step to the first, hands dh_prev on, and sums dW, dU and db, since all steps share W, U and b.
"""

import numpy as np
import numpy.typing as npt

from bplab.numeric.activations import tanh
from bplab.numeric.arrays import Array, as_finite, as_numeric, require_finite_result, require_shapes
from bplab.numeric.dense import dense


def rnn_cell(
    x: npt.ArrayLike, h_prev: npt.ArrayLike, W: npt.ArrayLike, U: npt.ArrayLike, b: npt.ArrayLike
) -> Array:
    """Recurrent cell: h = tanh(x Wᵀ + h_prev Uᵀ + b), the state after reading x.

    Shapes: x (B, n_in), h_prev (B, n), W (n, n_in), U (n, n), b (n,); returns h (B, n).
    Range: (−1, 1).
    Raises: ValueError for wrong shapes, no samples, NaN/inf, overflow; TypeError if not numeric.
    Source: Elman (1990), Finding structure in time, with tanh for the sigmoid.

    >>> rnn_cell([[1.0]], h_prev=[[0.5]], W=[[2.0]], U=[[-4.0]], b=[0.0])
    array([[0.]])
    """
    x, h_prev = as_numeric("x", x), as_numeric("h_prev", h_prev)
    W, U, b = as_numeric("W", W), as_numeric("U", U), as_numeric("b", b)
    require_shapes(
        x=(x, ("B", "n_in")),
        h_prev=(h_prev, ("B", "n")),
        W=(W, ("n", "n_in")),
        U=(U, ("n", "n")),
        b=(b, ("n",)),
    )
    with np.errstate(over="ignore", invalid="ignore"):
        z = dense(x, W, b) + h_prev @ U.T
    require_finite_result("z", z, h_prev=h_prev, U=U)
    return tanh(z)


def rnn_cell_backward(
    dh: npt.ArrayLike,
    h: npt.ArrayLike,
    x: npt.ArrayLike,
    h_prev: npt.ArrayLike,
    W: npt.ArrayLike,
    U: npt.ArrayLike,
) -> tuple[Array, Array, Array, Array, Array]:
    """Gradients of `rnn_cell` from dh = ∂C/∂h, where h is what it returned.

    With dz = dh ⊙ (1 − h²): dx = dz W, dh_prev = dz U, dW = dzᵀ x, dU = dzᵀ h_prev, db = Σ_i dz_i.
    Shapes: dh, h and h_prev (B, n), x (B, n_in), W (n, n_in), U (n, n); returns dx, dh_prev, dW,
    dU, db, each with the shape of what it is the gradient of.
    Raises: as `rnn_cell`.
    Source: Werbos (1990), Backpropagation through time.

    >>> dx, dh_prev, dW, dU, db = rnn_cell_backward(
    ...     [[3.0]], h=[[0.0]], x=[[1.0]], h_prev=[[0.5]], W=[[2.0]], U=[[-4.0]]
    ... )
    >>> dx, dh_prev, dW, dU, db
    (array([[6.]]), array([[-12.]]), array([[3.]]), array([[1.5]]), array([3.]))
    """
    dh, h, x = as_finite("dh", dh), as_finite("h", h), as_finite("x", x)
    h_prev, W, U = as_finite("h_prev", h_prev), as_finite("W", W), as_finite("U", U)
    require_shapes(
        x=(x, ("B", "n_in")),
        h_prev=(h_prev, ("B", "n")),
        W=(W, ("n", "n_in")),
        U=(U, ("n", "n")),
        h=(h, ("B", "n")),
        dh=(dh, ("B", "n")),
    )
    with np.errstate(over="ignore", invalid="ignore"):
        dz = dh * (1 - h * h)
        dx, dh_prev = dz @ W, dz @ U
        dW, dU, db = dz.T @ x, dz.T @ h_prev, dz.sum(axis=0)
    gradients = {"dx": dx, "dh_prev": dh_prev, "dW": dW, "dU": dU, "db": db}
    for name, gradient in gradients.items():
        require_finite_result(name, gradient)
    return dx, dh_prev, dW, dU, db
