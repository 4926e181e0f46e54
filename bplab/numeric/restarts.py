"""Many small sigmoid networks, trained at once: what depends on the starting weights?

Each restart is a network n_in → hidden → 1 with sigmoids in both layers, trained by full-batch
gradient descent on the quadratic cost. The restart is the last axis of every array, so that one
NumPy call moves all networks: thousands of steps of hundreds of networks take less than a second.
`Restarts.network` gives any one of them as a `Sequential`, which is the readable definition.
"""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bplab.numeric.arrays import (
    Array,
    as_finite,
    require_generator,
    require_number,
    require_shapes,
    require_whole,
)
from bplab.numeric.initializers import zeros
from bplab.numeric.layers import Activation, Dense
from bplab.numeric.network import Sequential


@dataclass(frozen=True, eq=False)
class Parameters:
    """Weights and biases of R networks.

    Shapes: W1 (hidden, n_in, R), b1 (hidden, R), W2 (hidden, R), b2 (R,).
    """

    W1: Array
    b1: Array
    W2: Array
    b2: Array

    def network(self, restart: int) -> Sequential:
        """One of the networks, as a `Sequential` with its own copy of the parameters."""
        hidden, n_in, _ = self.W1.shape
        rng = np.random.default_rng(0)  # zeros draws nothing from it
        first = Dense(n_in, hidden, rng=rng, initializer=zeros)
        second = Dense(hidden, 1, rng=rng, initializer=zeros)
        first.W[...], first.b[...] = self.W1[..., restart], self.b1[:, restart]
        second.W[...], second.b[...] = self.W2[:, restart], self.b2[restart]
        return Sequential(first, Activation("sigmoid"), second, Activation("sigmoid"))


@dataclass(frozen=True, eq=False)
class Restarts:
    """R networks before and after training, and how their losses went.

    x (B, n_in) and y (B,) are the samples; hidden_outputs (hidden, B, R) and outputs (B, R) the
    activations after training; losses and gradient_norms (R,) the final cost and ‖∇C‖;
    history (samples, R) the losses after the numbers of steps in history_steps (samples,).
    """

    x: Array
    y: Array
    initial: Parameters
    final: Parameters
    hidden_outputs: Array
    outputs: Array
    losses: Array
    gradient_norms: Array
    history: Array
    history_steps: Array

    def __repr__(self) -> str:
        return f"Restarts({self.solved.sum()} of {self.solved.size} solved)"

    @property
    def solved(self) -> Array:
        """Which networks have every output within 0.4 of its target (R,).

        Source: Fahlman (1988), the 40-20-40 criterion: outputs between 0.4 and 0.6 are undecided.
        """
        return np.abs(self.outputs - self.y[:, np.newaxis]).max(axis=0) < 0.4

    @property
    def saturation(self) -> Array:
        """The share of each network's hidden activations outside [0.01, 0.99] (R,).

        There σ′ < 0.01: hardly any gradient is left to move the unit.
        """
        a = self.hidden_outputs
        return ((a < 0.01) | (a > 0.99)).mean(axis=(0, 1))

    @property
    def symmetric(self) -> Array:
        """Which networks have hidden units that are all equal, so that they act as one (R,)."""
        a = self.hidden_outputs
        return np.abs(a - a[:1]).max(axis=(0, 1)) < 1e-9

    def network(self, restart: int) -> Sequential:
        """One of the trained networks."""
        return self.final.network(restart)

    def plateaus(self, decimals: int = 3) -> list[tuple[float, int]]:
        """(loss, number of networks) for the unsolved ones, the commonest loss first.

        Few values, shared by many networks, show where gradient descent is held up. A loss of
        k p(1 − p) / 2m means: k samples, of which a share p has target 1, all get the output p.
        For XOR: 1/8 for k = 4, 1/12 for k = 3, 1/16 for k = 2. At finite weights XOR has no local
        minimum for a 2-2-1 network: these are plateaus and valleys that fall ever more slowly.
        Source: Hamey (1998), XOR has no local minima, Neural Networks 11.
        """
        return Counter(self.losses[~self.solved].round(decimals).tolist()).most_common()


def train_restarts(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    hidden: int = 2,
    restarts: int = 256,
    steps: int = 10_000,
    lr: float = 1.0,
    scale: float = 1.0,
    symmetric: bool = False,
    rng: np.random.Generator,
) -> Restarts:
    """Train `restarts` networks n_in → hidden → 1 from weights and biases drawn from N(0, scale²).

    With symmetric=True all hidden units of a network start equal. Sigmoids, quadratic cost, `steps`
    full-batch steps of gradient descent. The history has up to 101 evenly spaced samples.
    Shapes: x (B, n_in); y (B,).
    Raises: ValueError for wrong shapes, NaN/inf, or numbers below 1; TypeError if not numeric, or
    for an rng that is no Generator.

    >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> train_restarts(x, y, restarts=8, steps=5_000, lr=5.0, rng=np.random.default_rng(1))
    Restarts(6 of 8 solved)
    """
    x, y = as_finite("x", x), as_finite("y", y)
    require_shapes(x=(x, ("B", "n_in")), y=(y, ("B",)))
    for name, count in {"hidden": hidden, "restarts": restarts, "steps": steps}.items():
        require_whole(name, count, least=1)
    lr = require_number("lr", lr, above=0)
    scale = require_number("scale", scale, at_least=0)
    require_generator(rng)

    initial = _draw(x.shape[1], hidden, restarts, scale, symmetric, rng)
    descent = _Descent(x, y, initial, lr)
    history_steps = np.unique(np.linspace(0, steps, 101).astype(int))
    history = []
    with np.errstate(over="ignore"):  # e^z = inf gives the right limit, 1 / (1 + inf) = 0
        history.append(descent.losses())
        for count in np.diff(history_steps):
            for _ in range(count):
                descent.step()
            history.append(descent.losses())
    return Restarts(
        x=x,
        y=y,
        initial=initial,
        final=descent.parameters(),
        hidden_outputs=descent.hidden.copy(),
        outputs=1 - descent.q,
        losses=history[-1],
        gradient_norms=descent.gradient_norms(),
        history=np.array(history),
        history_steps=history_steps,
    )


def _draw(
    n_in: int, hidden: int, restarts: int, scale: float, symmetric: bool, rng: np.random.Generator
) -> Parameters:
    drawn = Parameters(
        W1=scale * rng.standard_normal((hidden, n_in, restarts)),
        b1=scale * rng.standard_normal((hidden, restarts)),
        W2=scale * rng.standard_normal((hidden, restarts)),
        b2=scale * rng.standard_normal(restarts),
    )
    if symmetric:
        for array in (drawn.W1, drawn.b1, drawn.W2):
            array[1:] = array[0]
    return drawn


class _Descent:
    """Forward, backward and update of all networks, into arrays allocated once.

    At this size a step is twenty NumPy calls of a microsecond or two, so every call and every new
    array counts. The tricks: a column of ones beside x, and a row of ones above the hidden
    activations, carry the biases; all parameters lie in one array, so the update is one call;
    x is stored negated, as σ(z) needs e^(−z), and the output layer gives q = 1 − a, which needs
    e^z; the factor lr/m is in the constants of the sums over the batch.
    """

    def __init__(self, x: Array, y: Array, start: Parameters, lr: float) -> None:
        hidden, n_in, R = start.W1.shape
        B = len(x)
        self.rate = lr / B
        x_and_one = np.hstack([x, np.ones((B, 1))])
        self.minus_x = -x_and_one
        self.rate_x = self.rate * np.ascontiguousarray(x_and_one.T)
        self.rate_ones = np.full(B, self.rate)
        self.ones = np.ones(hidden + 1)
        self.one = np.array(1.0)
        self.not_y = np.repeat(1 - y[:, np.newaxis], R, axis=1)

        size = hidden * (n_in + 1)
        self.weights = _buffer(size + 1 + hidden, R)
        self.V = self.weights[:size].reshape(hidden, n_in + 1, R)  # W1 and, last, b1
        self.U = self.weights[size:]  # b2, then W2
        self.V[:, :-1], self.V[:, -1] = start.W1, start.b1
        self.U[0], self.U[1:] = start.b2, start.W2
        self.change = _buffer(size + 1 + hidden, R)
        self.change_V = self.change[:size].reshape(hidden, n_in + 1, R)
        self.change_U = self.change[size:]

        activations = _buffer(1 + hidden + 1, B, R)
        activations[0] = 1
        self.a = activations[:-1]  # the ones, then the hidden activations
        self.hidden, self.q = activations[1:-1], activations[-1]
        self.hidden_and_q = activations[1:]
        self.slope = _buffer(hidden + 1, B, R)
        self.U_repeated = _buffer(hidden + 1, B, R)
        self.product = _buffer(hidden + 1, B, R)
        self.z, self.delta1, self.delta2 = (
            _buffer(hidden, B, R),
            _buffer(hidden, B, R),
            _buffer(B, R),
        )

    def step(self) -> None:
        """One step of gradient descent for every network."""
        self.forward()
        self.backward()
        np.subtract(self.weights, self.change, out=self.weights)

    def forward(self) -> None:
        """hidden = σ(x W1ᵀ + b1) and q = 1 − σ(hidden W2ᵀ + b2)."""
        z, q = self.z, self.q
        np.matmul(self.minus_x, self.V, out=z)
        np.exp(z, out=z)
        np.add(z, self.one, out=z)
        np.reciprocal(z, out=self.hidden)
        np.copyto(self.U_repeated, self.U[:, np.newaxis])  # cheaper than to broadcast U twice
        np.multiply(self.a, self.U_repeated, out=self.product)
        np.dot(self.ones, self.product.reshape(len(self.a), -1), out=q.reshape(-1))
        np.exp(q, out=q)
        np.add(q, self.one, out=q)
        np.reciprocal(q, out=q)

    def backward(self) -> None:
        """lr ∂C/∂V and lr ∂C/∂U, by BP1 to BP4."""
        delta1, delta2, slope = self.delta1, self.delta2, self.slope
        np.subtract(self.one, self.hidden_and_q, out=slope)
        np.multiply(slope, self.hidden_and_q, out=slope)  # σ′(z) of both layers
        np.subtract(self.not_y, self.q, out=delta2)  # a − y = (1 − y) − q
        np.multiply(delta2, slope[-1], out=delta2)
        np.multiply(self.a, delta2, out=self.product)
        np.matmul(self.rate_ones, self.product, out=self.change_U)
        np.multiply(self.U_repeated[1:], delta2, out=delta1)
        np.multiply(delta1, slope[:-1], out=delta1)
        np.matmul(self.rate_x, delta1, out=self.change_V)

    def losses(self) -> Array:
        """The quadratic cost of every network."""
        self.forward()
        return ((self.not_y - self.q) ** 2).mean(axis=0) / 2

    def gradient_norms(self) -> Array:
        """‖∇C‖ of every network."""
        self.backward()
        return np.sqrt((self.change**2).sum(axis=0)) / (self.rate * len(self.q))

    def parameters(self) -> Parameters:
        """A copy of the parameters as they are now."""
        V, U = self.V.copy(), self.U.copy()
        return Parameters(W1=V[:, :-1], b1=V[:, -1], W2=U[1:], b2=U[0])


def _buffer(*shape: int) -> Array:
    """A new array that starts on a cache line; NumPy's 16-byte alignment costs about 8 % here."""
    size = math.prod(shape) * 8
    memory = np.empty(size + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + size].view(np.float64).reshape(shape)
