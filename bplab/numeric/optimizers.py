"""Optimizers: each changes a network's live parameter arrays in place, from their gradients.

Weight decay is the gradient λW of the cost term (λ/2)‖W‖², added to the gradient before anything
else happens to it (L2 regularisation, in Adam too: not the decoupled decay of AdamW). It applies to
arrays of two or more axes, that is to weights, never to biases.
Every step checks all gradients first: a step that raises has changed nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np

from bplab.numeric.arrays import Array, require_finite, require_number

# Long arrays are updated in pieces, so that the numbers in between stay in the processor's cache.
PIECE = 32768


def decayed(gradient: Array, W: Array, weight_decay: float) -> Array:
    """The gradient of C + (λ/2)‖W‖², given that of C: ∂C/∂W + λW.

    Shapes: gradient and W the same; returns that shape.
    Source: Krogh & Hertz (1991), A simple weight decay can improve generalization, NIPS 4.

    >>> decayed(np.array([[1.0]]), W=np.array([[10.0]]), weight_decay=0.5)
    array([[6.]])
    """
    return gradient + weight_decay * W


class Optimizer(ABC):
    """What all optimizers share: the live parameters, their checks, and weight decay."""

    def __init__(self, parameters: Mapping[str, Array], *, lr: float, weight_decay: float) -> None:
        _require_parameters(parameters)
        self.parameters = dict(parameters)
        self.lr = require_number("lr", lr, above=0)
        self.weight_decay = require_number("weight_decay", weight_decay, at_least=0)

    @abstractmethod
    def step(self, gradients: Mapping[str, Array]) -> None:
        """Change every parameter in place, once."""

    def _decayed(self, gradients: Mapping[str, Array]) -> dict[str, Array]:
        """The gradients, checked, in the parameters' order; those of weights with λW added."""
        _require_gradients(gradients, self.parameters)
        if not self.weight_decay:
            return {name: gradients[name] for name in self.parameters}
        return {
            name: decayed(gradients[name], p, self.weight_decay) if p.ndim >= 2 else gradients[name]
            for name, p in self.parameters.items()
        }


class SGD(Optimizer):
    """Gradient descent: p ← p − lr · g. Stochastic if g comes from a minibatch.

    Raises: ValueError for lr ≤ 0, weight_decay < 0, or gradients that do not fit the parameters.
    Source: Robbins & Monro (1951); Nielsen (2015), ch. 1, eq. 20–21.

    >>> W = np.array([[1.0, 2.0]])
    >>> SGD({"W": W}, lr=0.5).step({"W": np.array([[2.0, -2.0]])})
    >>> W
    array([[0., 3.]])
    """

    def __init__(
        self, parameters: Mapping[str, Array], *, lr: float, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, lr=lr, weight_decay=weight_decay)

    def step(self, gradients: Mapping[str, Array]) -> None:
        """p ← p − lr · g, in place."""
        for name, g in self._decayed(gradients).items():
            _subtract_scaled(self.parameters[name], self.lr, g)


class Momentum(Optimizer):
    """Classical momentum: v ← μ v − lr · g, then p ← p + v, with v = 0 at first.

    In this convention lr is inside v; with a constant lr, v ← μ v + g, p ← p − lr · v is the same.
    Raises: as `SGD`; ValueError for momentum outside [0, 1).
    Source: Polyak (1964); Sutskever, Martens, Dahl & Hinton (2013), eq. 1–2.

    >>> W = np.array([[1.0]])
    >>> optimizer = Momentum({"W": W}, lr=0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     optimizer.step({"W": np.array([[1.0]])})
    >>> W.round(6)
    array([[0.75]])
    """

    def __init__(
        self,
        parameters: Mapping[str, Array],
        *,
        lr: float,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr=lr, weight_decay=weight_decay)
        self.momentum = require_number("momentum", momentum, at_least=0, below=1)
        self.velocity = {name: np.zeros_like(p) for name, p in self.parameters.items()}

    def step(self, gradients: Mapping[str, Array]) -> None:
        """v ← μ v − lr · g, p ← p + v, in place."""
        for name, g in self._decayed(gradients).items():
            v = self.velocity[name]
            v *= self.momentum
            _subtract_scaled(v, self.lr, g)
            self.parameters[name] += v


class Adam(Optimizer):
    """Adam: steps of about lr, by bias-corrected means of g (m) and of g² (v).

    Raises: as `SGD`; ValueError for beta1 or beta2 outside [0, 1), or epsilon ≤ 0.
    Source: Kingma & Ba (2015), algorithm 1.

    >>> W = np.array([[1.0]])
    >>> Adam({"W": W}, lr=0.1).step({"W": np.array([[7.0]])})
    >>> W.round(6)
    array([[0.9]])
    """

    def __init__(
        self,
        parameters: Mapping[str, Array],
        *,
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr=lr, weight_decay=weight_decay)
        self.beta1 = require_number("beta1", beta1, at_least=0, below=1)
        self.beta2 = require_number("beta2", beta2, at_least=0, below=1)
        self.epsilon = require_number("epsilon", epsilon, above=0)
        self.m = {name: np.zeros_like(p) for name, p in self.parameters.items()}
        self.v = {name: np.zeros_like(p) for name, p in self.parameters.items()}
        self.t = 0

    def step(self, gradients: Mapping[str, Array]) -> None:
        """Algorithm 1, lines 6–12, in place."""
        gradients = self._decayed(gradients)
        self.t += 1
        for name, g in gradients.items():
            m, v = self.m[name], self.v[name]
            m += (1 - self.beta1) * (g - m)
            v += (1 - self.beta2) * (g * g - v)
            m_hat = m / (1 - self.beta1**self.t)
            v_hat = v / (1 - self.beta2**self.t)
            self.parameters[name] -= self.lr * m_hat / (np.sqrt(v_hat) + self.epsilon)


def _subtract_scaled(target: Array, scale: float, g: Array) -> None:
    """target −= scale · g, piece by piece."""
    if not (target.flags.c_contiguous and g.flags.c_contiguous):
        target -= scale * g
        return
    target, g = target.reshape(-1), g.reshape(-1)  # views, as both are contiguous
    scaled = np.empty(min(PIECE, g.size), g.dtype)
    for start in range(0, g.size, PIECE):
        piece = g[start : start + PIECE]
        np.multiply(piece, scale, out=scaled[: piece.size])
        target[start : start + PIECE] -= scaled[: piece.size]


def _require_parameters(parameters: Mapping[str, Array]) -> None:
    if not isinstance(parameters, Mapping) or not parameters:
        raise TypeError(
            "parameters must be a dict of arrays by name, at least one; "
            f"got {parameters!r:.80}. Pass network.parameters()."
        )
    for name, p in parameters.items():
        if not isinstance(p, np.ndarray) or p.dtype.kind not in "fcO":
            raise TypeError(
                f"parameters[{name!r}] must be an array of floats, to be changed in place; "
                f"got {p!r}."
            )
        if not p.flags.writeable:
            raise ValueError(
                f"parameters[{name!r}] must be writeable, to be changed in place; "
                "got a read-only array. Pass a copy."
            )


def _require_gradients(gradients: Mapping[str, Array], parameters: Mapping[str, Array]) -> None:
    if not isinstance(gradients, Mapping):
        raise TypeError(
            f"gradients must be a dict of arrays by name; got {gradients!r:.80}. "
            "Pass what network.backward returned."
        )
    missing = [name for name in parameters if name not in gradients]
    extra = [name for name in gradients if name not in parameters]
    if missing or extra:
        raise ValueError(
            "gradients must have the names of the parameters, "
            f"{', '.join(parameters)}; missing: {', '.join(missing) or 'none'}; "
            f"unknown: {', '.join(extra) or 'none'}."
        )
    for name, p in parameters.items():
        g = gradients[name]
        if not isinstance(g, np.ndarray) or g.shape != p.shape:
            raise ValueError(
                f"gradients[{name!r}] must have the shape of its parameter, {p.shape}; "
                f"got {g.shape if isinstance(g, np.ndarray) else g!r}."
            )
        if g.dtype.kind not in "fcO" or not np.can_cast(g.dtype, p.dtype, "same_kind"):
            raise TypeError(
                f"gradients[{name!r}] must hold floats that fit into its parameter, of dtype "
                f"{p.dtype}; got dtype {g.dtype}."
            )
        require_finite(f"gradients[{name!r}]", g)
