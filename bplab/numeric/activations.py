"""Activation functions, each followed at once by its derivative.

Every `f_prime` takes z, the pre-activation, never a = f(z). All are stable for |z| ≤ 1e4, keep the
dtype, and run unchanged on complex arrays (complex step) and on object arrays (exact arithmetic):
so they compare real parts only, avoid abs, and use Python numbers as constants.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import Array, as_finite, require_number
from bplab.numeric.special import erf, exp_minus_abs, log1p

_SQRT_HALF = math.sqrt(0.5)
_TWO_OVER_SQRT_PI = 2 / math.sqrt(math.pi)


def sigmoid(z: npt.ArrayLike) -> Array:
    """Sigmoid: σ(z) = 1 / (1 + e^(−z)).

    Shapes: z any shape; returns the same shape.
    Range: (0, 1).
    Raises: ValueError if z is empty or holds NaN/inf; TypeError if z is not numeric.
    Source: Rumelhart, Hinton & Williams (1986), eq. 2.

    >>> sigmoid([0.0])
    array([0.5])
    """
    z = as_finite("z", z)
    e = exp_minus_abs(z)
    return np.where(z.real > 0, 1, e) / (1 + e)


def sigmoid_prime(z: npt.ArrayLike) -> Array:
    """Derivative of the sigmoid at z: σ′(z) = σ(z)(1 − σ(z)) = e^(−|z|) / (1 + e^(−|z|))².

    The last form is even in z and keeps every digit where σ(z) rounds to 1.
    Shapes, Raises: as `sigmoid`.
    Range: (0, 1/4].

    >>> sigmoid_prime([0.0])
    array([0.25])
    """
    z = as_finite("z", z)
    e = exp_minus_abs(z)
    return e / ((1 + e) * (1 + e))


def tanh(z: npt.ArrayLike) -> Array:
    """Hyperbolic tangent: tanh(z) = (e^z − e^(−z)) / (e^z + e^(−z)) = 2σ(2z) − 1.

    Shapes: z any shape; returns the same shape.
    Range: (−1, 1).
    Raises: ValueError if z is empty or holds NaN/inf; TypeError if z is not numeric.
    Source: LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, sect. 4.4.

    >>> tanh([0.0])
    array([0.])
    """
    return np.tanh(as_finite("z", z))


def tanh_prime(z: npt.ArrayLike) -> Array:
    """Derivative of tanh at z: tanh′(z) = 1 − tanh(z)² = 4 σ′(2z).

    The last form keeps every digit where tanh(z) rounds to ±1.
    Shapes, Raises: as `tanh`.
    Range: (0, 1].

    >>> tanh_prime([0.0])
    array([1.])
    """
    return 4 * sigmoid_prime(2 * as_finite("z", z))


def relu(z: npt.ArrayLike) -> Array:
    """Rectified linear unit: relu(z) = max(z, 0).

    Shapes: z any shape; returns the same shape.
    Range: [0, ∞).
    Raises: ValueError if z is empty or holds NaN/inf; TypeError if z is not numeric.
    Source: Nair & Hinton (2010), Rectified linear units improve restricted Boltzmann machines.

    >>> relu([-1.0, 2.0])
    array([0., 2.])
    """
    z = as_finite("z", z)
    if z.dtype.kind == "f":  # complex numbers would be ordered by their imaginary part too
        # NumPy has no fast loop for a single 0; the zeros of one sample stay in the cache.
        return np.maximum(z, np.zeros(z.shape[1:], z.dtype))
    return np.where(z.real > 0, z, 0)


def relu_prime(z: npt.ArrayLike) -> Array:
    """Derivative of relu at z: 1 where z > 0, else 0; at the kink, relu′(0) = 0.

    Shapes, Raises: as `relu`.

    >>> relu_prime([-1.0, 0.0, 2.0])
    array([0., 0., 1.])
    """
    z = as_finite("z", z)
    return _indicator(z.real > 0, z)


def leaky_relu(z: npt.ArrayLike, slope: float = 0.01) -> Array:
    """Leaky ReLU: z where z > 0, else slope · z.

    Shapes: z any shape; returns the same shape. slope is one number.
    Raises: ValueError if z is empty or z or slope is NaN/inf; TypeError if z is not numeric.
    Source: Maas, Hannun & Ng (2013), Rectifier nonlinearities improve acoustic models.

    >>> leaky_relu([-1.0, 2.0], slope=0.1)
    array([-0.1,  2. ])
    """
    z = as_finite("z", z)
    return np.where(z.real > 0, z, require_number("slope", slope) * z)


def leaky_relu_prime(z: npt.ArrayLike, slope: float = 0.01) -> Array:
    """Derivative of leaky ReLU at z: 1 where z > 0, else slope; at the kink it is slope.

    Shapes, Raises: as `leaky_relu`.

    >>> leaky_relu_prime([-1.0, 0.0, 2.0], slope=0.1)
    array([0.1, 0.1, 1. ])
    """
    z = as_finite("z", z)
    return np.where(z.real > 0, np.ones_like(z), require_number("slope", slope))


def softplus(z: npt.ArrayLike) -> Array:
    """Softplus: log(1 + e^z) = max(z, 0) + log(1 + e^(−|z|)); the last form cannot overflow.

    Shapes: z any shape; returns the same shape.
    Range: (0, ∞).
    Raises: ValueError if z is empty or holds NaN/inf; TypeError if z is not numeric.
    Source: Dugas, Bengio, Bélisle, Nadeau & Garcia (2001).

    >>> softplus([0.0, 1000.0]).round(6)
    array([6.93147e-01, 1.00000e+03])
    """
    z = as_finite("z", z)
    return relu(z) + log1p(exp_minus_abs(z))


def softplus_prime(z: npt.ArrayLike) -> Array:
    """Derivative of softplus at z: σ(z), the sigmoid.

    Shapes, Raises: as `softplus`.
    Range: (0, 1).

    >>> softplus_prime([0.0])
    array([0.5])
    """
    return sigmoid(z)


def gelu(z: npt.ArrayLike) -> Array:
    """Gaussian error linear unit: gelu(z) = z · Φ(z), with Φ(z) = (1 + erf(z/√2)) / 2.

    This is the exact form, not its tanh approximation.
    Shapes: z any shape; returns the same shape.
    Raises: ValueError if z is empty or holds NaN/inf; TypeError if z is not numeric.
    Source: Hendrycks & Gimpel (2016), arXiv:1606.08415.

    >>> gelu([0.0, 1.0]).round(6)
    array([0.      , 0.841345])
    """
    z = as_finite("z", z)
    return z * _normal_cdf(z)


def gelu_prime(z: npt.ArrayLike) -> Array:
    """Derivative of gelu at z: Φ(z) + z φ(z), with φ(z) = e^(−z²/2) / √(2π).

    Shapes, Raises: as `gelu`.

    >>> gelu_prime([0.0])
    array([0.5])
    """
    z = as_finite("z", z)
    return _normal_cdf(z) + z * _normal_pdf(z)


def identity(z: npt.ArrayLike) -> Array:
    """Identity: f(z) = z, as a new array. The output activation of a regression network.

    Shapes: z any shape; returns the same shape.
    Raises: ValueError if z is empty or holds NaN/inf; TypeError if z is not numeric.

    >>> identity([-1.0, 2.0])
    array([-1.,  2.])
    """
    return as_finite("z", z).copy()


def identity_prime(z: npt.ArrayLike) -> Array:
    """Derivative of the identity: 1 everywhere.

    Shapes, Raises: as `identity`.

    >>> identity_prime([-1.0, 2.0])
    array([1., 1.])
    """
    return np.ones_like(as_finite("z", z))


def step(z: npt.ArrayLike) -> Array:
    """Heaviside step: 1 where z ≥ 0, else 0; step(0) = 1. The perceptron's activation.

    Shapes: z any shape; returns the same shape.
    Range: {0, 1}.
    Raises: ValueError if z is empty or holds NaN/inf; TypeError if z is not numeric.
    Source: Rosenblatt (1958); Minsky & Papert (1969), ch. 1.

    >>> step([-1.0, 0.0, 2.0])
    array([0., 1., 1.])
    """
    z = as_finite("z", z)
    return _indicator(z.real >= 0, z)


def step_prime(z: npt.ArrayLike) -> Array:
    """Derivative of the step: 0 everywhere, at the jump z = 0 by convention.

    That is why gradient descent cannot train a network of step units.
    Shapes, Raises: as `step`.

    >>> step_prime([-1.0, 0.0, 2.0])
    array([0., 0., 0.])
    """
    return np.zeros_like(as_finite("z", z))


def softmax(z: npt.ArrayLike) -> Array:
    """Softmax over the last axis: a_i = e^(z_i) / Σ_j e^(z_j).

    The largest z_i is subtracted first: a does not change, and e^z cannot overflow.
    Shapes: z (..., n); returns the same shape.
    Range: (0, 1), and Σ_i a_i = 1.
    Raises: ValueError if z is a single number, empty, or holds NaN/inf; TypeError if not numeric.
    Source: Bridle (1990), Probabilistic interpretation of feedforward network outputs.

    >>> softmax([[0.0, 0.0], [1000.0, 0.0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    e = np.exp(_minus_max(_logits(z)))
    return e / row_sums(e)


def softmax_backward(upstream: npt.ArrayLike, z: npt.ArrayLike) -> Array:
    """∂C/∂z from upstream = ∂C/∂a for a = softmax(z): dz_i = a_i (upstream_i − Σ_j upstream_j a_j).

    This is the Jacobian ∂a_i/∂z_j = a_i (δ_ij − a_j) applied without ever being written out.
    Shapes: upstream and z (..., n); returns the same shape.
    Raises: as `softmax`; ValueError if the shapes differ.

    >>> softmax_backward([[1.0, 0.0]], z=[[0.0, 0.0]])
    array([[ 0.25, -0.25]])
    """
    upstream, z = _upstream_and_logits(upstream, z)
    a = softmax(z)
    return a * (upstream - row_sums(upstream * a))


def log_softmax(z: npt.ArrayLike) -> Array:
    """Log-softmax over the last axis: z_i − log Σ_j e^(z_j).

    Shapes: z (..., n); returns the same shape.
    Range: (−∞, 0].
    Raises: as `softmax`.
    Source: Blanchard, Higham & Higham (2021), on the shift by the largest z_i.

    >>> log_softmax([[0.0, 0.0]]).round(6)
    array([[-0.693147, -0.693147]])
    """
    shifted = _minus_max(_logits(z))
    return shifted - np.log(row_sums(np.exp(shifted)))


def log_softmax_backward(upstream: npt.ArrayLike, z: npt.ArrayLike) -> Array:
    """∂C/∂z from upstream = ∂C/∂(log a) for a = softmax(z): dz_i = upstream_i − a_i Σ_j upstream_j.

    Shapes: upstream and z (..., n); returns the same shape.
    Raises: as `softmax_backward`.

    >>> log_softmax_backward([[1.0, 0.0]], z=[[0.0, 0.0]])
    array([[ 0.5, -0.5]])
    """
    upstream, z = _upstream_and_logits(upstream, z)
    return upstream - softmax(z) * row_sums(upstream)


def row_sums(a: Array) -> Array:
    """Σ_j a_ij, kept as a column: a product with ones, faster than a sum over a short last axis.

    >>> row_sums(np.array([[1.0, 2.0]]))
    array([[3.]])
    """
    return (a @ np.ones(a.shape[-1], a.dtype))[..., np.newaxis]


class ActivationPair(NamedTuple):
    """An elementwise activation and its derivative, both functions of z."""

    f: Callable[[npt.ArrayLike], Array]
    f_prime: Callable[[npt.ArrayLike], Array]


ACTIVATIONS = {
    "sigmoid": ActivationPair(sigmoid, sigmoid_prime),
    "tanh": ActivationPair(tanh, tanh_prime),
    "relu": ActivationPair(relu, relu_prime),
    "leaky_relu": ActivationPair(leaky_relu, leaky_relu_prime),
    "softplus": ActivationPair(softplus, softplus_prime),
    "gelu": ActivationPair(gelu, gelu_prime),
    "identity": ActivationPair(identity, identity_prime),
    "step": ActivationPair(step, step_prime),
}


def _indicator(condition: npt.NDArray[np.bool_], like: Array) -> Array:
    # An object array would hold True and False instead of 1 and 0.
    return (condition if like.dtype.kind != "O" else condition.view(np.int8)).astype(like.dtype)


def _normal_cdf(z: Array) -> Array:
    return (1 + erf(z * _SQRT_HALF)) / 2


def _normal_pdf(z: Array) -> Array:
    # Factor by factor the derivative of _normal_cdf, not e^(−z²/2) / √(2π): in exact arithmetic
    # z · _SQRT_HALF must be the very number that erf was given.
    x = z * _SQRT_HALF
    return np.exp(-x * x) * _TWO_OVER_SQRT_PI * _SQRT_HALF / 2


def _logits(z: npt.ArrayLike) -> Array:
    z = as_finite("z", z)
    if z.ndim == 0:
        raise ValueError("z must have shape (..., n), one entry for each class; got one number.")
    return z


def _upstream_and_logits(upstream: npt.ArrayLike, z: npt.ArrayLike) -> tuple[Array, Array]:
    upstream, z = as_finite("upstream", upstream), _logits(z)
    if upstream.shape != z.shape:
        raise ValueError(
            f"upstream must have the shape of z, {z.shape}; got {upstream.shape}. "
            "It is the gradient with respect to what the forward function returned."
        )
    return upstream, z


def _minus_max(z: Array) -> Array:
    # NumPy is slow along a short last axis: the classes go first.
    largest = z.real.reshape(-1, z.shape[-1]).T.copy().max(axis=0)
    return z - largest.reshape(*z.shape[:-1], 1)
