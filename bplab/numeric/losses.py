"""Losses, each followed at once by its gradient with respect to its first argument.

A loss is the mean over the batch of each sample's cost, and that cost is a sum over the outputs.
The 1/m enters here, once; everything below only sums. The first axis is always the batch.
The two cross-entropies take logits: from probabilities, log(p) would lose the small ones.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bplab.numeric.activations import log_softmax, relu, row_sums, sigmoid, softmax
from bplab.numeric.arrays import Array, as_array, as_finite, require_shapes
from bplab.numeric.special import exp_minus_abs, log1p


def quadratic(a: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Quadratic cost: C = 1/m Σ_i ½‖a_i − y_i‖².

    Shapes: a and y (B, n), or (B,) for one output; returns one number.
    Range: [0, ∞).
    Raises: ValueError for wrong shapes, an empty batch or NaN/inf; TypeError if not numeric.
    Source: Nielsen (2015), ch. 1, eq. 6.

    >>> quadratic([[1.0, 2.0]], y=[[0.0, 0.0]])
    2.5
    """
    a, y = _outputs_and_targets("a", a, y)
    difference = a - y
    return _mean(difference * difference / 2)


def quadratic_backward(a: npt.ArrayLike, y: npt.ArrayLike) -> Array:
    """Gradient of the quadratic cost: ∂C/∂a = (a − y) / m.

    Shapes: as `quadratic`; returns the shape of a.
    Raises: as `quadratic`.

    >>> quadratic_backward([[1.0, 2.0]], y=[[0.0, 0.0]])
    array([[1., 2.]])
    """
    a, y = _outputs_and_targets("a", a, y)
    return (a - y) / len(a)


def binary_cross_entropy(logits: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Cross-entropy of a = σ(z) with y: C = −1/m Σ (y log a + (1 − y) log(1 − a)), from logits z.

    Computed as max(z, 0) − y z + log(1 + e^(−|z|)), which has no log of a small number.
    Shapes: logits and y (B, n), or (B,) for one output; returns one number.
    Range: [0, ∞); every y in [0, 1].
    Raises: ValueError for wrong shapes, an empty batch, NaN/inf or y outside [0, 1];
    TypeError if not numeric.
    Source: Nielsen (2015), ch. 3, eq. 63.

    >>> binary_cross_entropy([[0.0]], y=[[1.0]])
    0.6931471805599453
    """
    z, y = _logits_and_fractions(logits, y)
    return _mean((relu(z) - y * z) + log1p(exp_minus_abs(z)))


def binary_cross_entropy_backward(logits: npt.ArrayLike, y: npt.ArrayLike) -> Array:
    """Gradient of the binary cross-entropy: ∂C/∂z = (σ(z) − y) / m.

    Shapes: as `binary_cross_entropy`; returns the shape of logits.
    Raises: as `binary_cross_entropy`.

    >>> binary_cross_entropy_backward([[0.0]], y=[[1.0]])
    array([[-0.5]])
    """
    z, y = _logits_and_fractions(logits, y)
    return (sigmoid(z) - y) / len(z)


def softmax_cross_entropy(logits: npt.ArrayLike, targets: npt.ArrayLike) -> float:
    """Cross-entropy of a = softmax(z) with y: C = −1/m Σ_i Σ_j y_ij log a_ij, from logits z.

    Shapes: logits (B, n); targets integer labels (B,) or rows of probabilities y (B, n);
    returns one number.
    Range: [0, ∞); labels 0 … n − 1, y ≥ 0. The rows of y need not sum to 1.
    Raises: ValueError for wrong shapes, an empty batch, NaN/inf, labels out of range or y < 0;
    TypeError for labels that are not integers.
    Source: Bridle (1990); Bishop (2006), eq. 4.108.

    >>> softmax_cross_entropy([[0.0, 0.0]], targets=[1])
    0.6931471805599453
    """
    z = _logits(logits)
    return _mean(-_probabilities(targets, z) * log_softmax(z))


def softmax_cross_entropy_backward(logits: npt.ArrayLike, targets: npt.ArrayLike) -> Array:
    """Gradient of the softmax cross-entropy: ∂C/∂z_ij = ((Σ_k y_ik) a_ij − y_ij) / m.

    The well-known (a − y) / m is the case Σ_k y_ik = 1.
    Shapes: as `softmax_cross_entropy`; returns the shape of logits.
    Raises: as `softmax_cross_entropy`.

    >>> softmax_cross_entropy_backward([[0.0, 0.0]], targets=[1])
    array([[ 0.5, -0.5]])
    """
    z = _logits(logits)
    y = _probabilities(targets, z)
    return (row_sums(y) * softmax(z) - y) / len(z)


class LossPair(NamedTuple):
    """A loss and its gradient with respect to its first argument."""

    f: Callable[[npt.ArrayLike, npt.ArrayLike], float]
    f_backward: Callable[[npt.ArrayLike, npt.ArrayLike], Array]


LOSSES = {
    "quadratic": LossPair(quadratic, quadratic_backward),
    "binary_cross_entropy": LossPair(binary_cross_entropy, binary_cross_entropy_backward),
    "softmax_cross_entropy": LossPair(softmax_cross_entropy, softmax_cross_entropy_backward),
}


def _mean(costs: Array) -> Any:
    # len is a Python int: exact arithmetic can then divide by m exactly.
    mean = costs.sum() / len(costs)
    return mean.item() if isinstance(mean, np.generic) else mean


def _outputs_and_targets(
    name: str, outputs: npt.ArrayLike, y: npt.ArrayLike
) -> tuple[Array, Array]:
    outputs, y = as_finite(name, outputs), as_finite("y", y)
    if outputs.ndim == 0:
        raise ValueError(f"{name} must have shape (B, n) or (B,); got one number.")
    if outputs.shape != y.shape:
        raise ValueError(
            f"y must have the shape of {name}, {outputs.shape}; got {y.shape}. "
            f"Shapes are not broadcast here: use y.reshape({name}.shape) if the order is right."
        )
    return outputs, _like(outputs, y)


def _like(outputs: Array, y: Array) -> Array:
    # float64 targets must not turn a float32 network into float64.
    both_real = outputs.dtype.kind == y.dtype.kind == "f"
    return y.astype(outputs.dtype, copy=False) if both_real else y


def _logits_and_fractions(logits: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    z, y = _outputs_and_targets("logits", logits, y)
    if y.dtype.kind == "f" and not (y.min() >= 0 and y.max() <= 1):
        outside = y[(y < 0) | (y > 1)]
        raise ValueError(f"y must be in [0, 1]; got {outside[0]:g}. Use 0 and 1 for two classes.")
    return z, y


def _logits(logits: npt.ArrayLike) -> Array:
    z = as_finite("logits", logits)
    require_shapes(logits=(z, ("B", "n")))
    return z


def _probabilities(targets: npt.ArrayLike, z: Array) -> Array:
    """The targets as rows of probabilities: labels become one-hot rows."""
    targets = as_array("targets", targets)
    if targets.ndim == 1:
        return _one_hot(targets, z)
    y = as_finite("targets", targets)
    require_shapes(logits=(z, ("B", "n")), targets=(y, ("B", "n")))
    if y.dtype.kind == "f" and y.min() < 0:
        raise ValueError(f"targets must not be negative; got {y.min():g}. Are these logits?")
    return _like(z, y)


def _one_hot(labels: Array, z: Array) -> Array:
    m, n = z.shape
    if labels.dtype.kind not in "iu":
        raise TypeError(
            f"targets of shape (B,) must be integer labels; got dtype {labels.dtype}. "
            "Use targets.astype(int)."
        )
    if len(labels) != m:
        raise ValueError(
            f"targets must have shape (B,) with B = {m}, as logits has shape {z.shape}; "
            f"got {labels.shape}."
        )
    if labels.min() < 0 or labels.max() >= n:
        outside = labels[(labels < 0) | (labels >= n)]
        raise ValueError(
            f"targets must be labels 0 … {n - 1}, as logits has shape {z.shape}; got {outside[0]}."
        )
    y = np.zeros_like(z)
    y[np.arange(m), labels] = 1
    return y
