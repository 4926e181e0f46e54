"""The rows of the dense layer: BP1–BP4, the gradient of its input, weight decay."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bplab.numeric.activations import tanh, tanh_prime
from bplab.numeric.arrays import Array
from bplab.numeric.dense import (
    bias_gradient,
    dense,
    dense_backward,
    hidden_error,
    output_error,
    weight_gradient,
)
from bplab.numeric.losses import quadratic, quadratic_backward
from bplab.numeric.optimizers import decayed
from bplab.rulebook.rule import Names, Rule
from bplab.rulebook.samples import normal


def _layer_names(x: Array, W: Array, b: Array, y: Array) -> Names:
    """What the equations of a layer z = xWᵀ + b need, with the quadratic cost of tanh(z)."""
    z = dense(x, W, b)
    return {"a_prev": x, "W": W, "delta": quadratic_backward(tanh(z), y) * tanh_prime(z)}


def _layer_cost(x: Array, W: Array, b: Array, y: Array) -> Any:
    return quadratic(tanh(dense(x, W, b)), y)


def _layer(
    name: str,
    theorem: str,
    parameter: str,
    backward: Callable[..., Any],
    call: Callable[..., Array],
    mistakes: Mapping[str, Callable[..., Any]],
    shapes: str,
    forms: tuple[str, ...] = (),
) -> Rule:
    """A rule about one of x, W and b in the layer z = xWᵀ + b."""
    others = [each for each in "xWb" if each != parameter]
    axes = {"x": "Bi", "W": "oi", "b": "o"}

    def named(p: Array, *consts: Array) -> dict[str, Array]:
        return dict(zip([parameter, *others, "y"], [p, *consts], strict=True))

    return Rule(
        name=name,
        theorem=theorem,
        shapes=shapes,
        forward=dense,
        backward=backward,
        sample=normal(axes[parameter], *(axes[each] for each in others), "Bo"),
        cost=lambda p, *consts: _layer_cost(**named(p, *consts)),
        names=lambda p, *consts: _layer_names(**named(p, *consts)),
        call=call,
        mistakes=mistakes,
        forms=forms,
        read=lambda generated, **names: generated(**{k: names[k] for k in generated.parameters}),
    )


RULES = (
    Rule(
        name="BP1",
        theorem="BP1-batch",
        forms=("BP1", "BP1-matrix"),
        shapes="grad_a, sigma_prime_z: (B, n)",
        forward=tanh,
        backward=output_error,
        sample=normal("Bi", "Bi"),
        cost=lambda z, y: quadratic(tanh(z), y),
        names=lambda z, y: {"grad_a": tanh(z) - y, "sigma_prime": tanh_prime, "z": z},
        call=lambda backward, grad_a, sigma_prime, z: backward(grad_a / len(z), sigma_prime(z)),
        mistakes={
            "σ′ is missing": lambda grad_a, s: grad_a,
            "sum for product": lambda grad_a, s: grad_a + s,
            "σ′ twice": lambda grad_a, s: grad_a * s * s,
            "1/m once more": lambda grad_a, s: grad_a * s / (len(s) + 1),
            "opposite sign": lambda grad_a, s: -grad_a * s,
        },
    ),
    Rule(
        name="BP2",
        theorem="BP2-batch",
        forms=("BP2", "BP2-matrix", "depth"),
        shapes="delta_next: (B, n_next), W_next: (n_next, n), sigma_prime_z: (B, n)",
        forward=dense,
        backward=hidden_error,
        sample=normal("Bi", "oi", "o", "Bo"),
        cost=lambda z, W, b, y: quadratic(dense(tanh(z), W, b), y),
        names=lambda z, W, b, y: {
            "delta_next": quadratic_backward(dense(tanh(z), W, b), y),
            "W_next": W,
            "sigma_prime": tanh_prime,
            "z": z,
        },
        call=lambda backward, delta_next, W_next, sigma_prime, z: backward(
            delta_next, W_next, sigma_prime(z)
        ),
        mistakes={
            "W for Wᵀ": lambda delta, W, s: delta @ W.T * s,
            "σ′ is missing": lambda delta, W, s: delta @ W,
            "sum for product": lambda delta, W, s: delta @ W + s,
            "the weights are missing": lambda delta, W, s: delta.sum(axis=1, keepdims=True) * s,
            "1/m once more": lambda delta, W, s: delta @ W * s / (len(s) + 1),
            "opposite sign": lambda delta, W, s: -(delta @ W) * s,
        },
    ),
    _layer(
        "BP3",
        "BP3-batch",
        "b",
        bias_gradient,
        lambda backward, delta, **_: backward(delta),
        {
            "mean for sum": lambda delta: delta.sum(axis=0) / (len(delta) + 1),
            "first sample only": lambda delta: delta[0],
            "last sample overwrites": lambda delta: delta[-1],
            "summed over the units": lambda delta: delta.sum(axis=1),
            "not summed": lambda delta: delta,
            "opposite sign": lambda delta: -delta.sum(axis=0),
        },
        shapes="delta: (B, n)",
        forms=("BP3",),
    ),
    _layer(
        "BP4",
        "BP4-batch",
        "W",
        weight_gradient,
        lambda backward, delta, a_prev, **_: backward(delta, a_prev),
        {
            "transposed": lambda delta, a: a.T @ delta,
            "mean for sum": lambda delta, a: delta.T @ a / (len(delta) + 1),
            "last sample overwrites": lambda delta, a: np.outer(delta[-1], a[-1]),
            "a is missing": lambda delta, a: delta.sum(axis=0)[:, None] + 0 * (delta.T @ a),
            "product of sums": lambda delta, a: np.outer(delta.sum(axis=0), a.sum(axis=0)),
            "opposite sign": lambda delta, a: -delta.T @ a,
        },
        shapes="delta: (B, n), a_prev: (B, n_prev)",
        forms=("BP4",),
    ),
    _layer(
        "input-gradient",
        "input-gradient",
        "x",
        dense_backward,
        lambda backward, delta, a_prev, W: backward(delta, a_prev, W)[0],
        {
            "W for Wᵀ": lambda dz, x, W: (dz @ W.T,),
            "mean over the units": lambda dz, x, W: (dz @ W / (len(W) + 1),),
            "the weights are missing": lambda dz, x, W: (dz.sum(axis=1, keepdims=True) + 0 * x,),
            "opposite sign": lambda dz, x, W: (-dz @ W,),
        },
        shapes="dz: (B, n_out), W: (n_out, n_in)",
    ),
    Rule(
        name="weight-decay",
        theorem="weight-decay",
        shapes="grad_W, W: (n_out, n_in)",
        forward=lambda W, weight_decay: weight_decay / 2 * (W * W).sum(),
        backward=decayed,
        sample=normal("oi", "oi"),
        cost=lambda W, G: (G * W**3).sum() + (W * W).sum() / 8,
        names=lambda W, G: {"grad_W": 3 * G * W**2, "W": W, "lambda_": 0.25},
        call=lambda backward, grad_W, W, lambda_: backward(grad_W, W, lambda_),
        mistakes={
            "no decay": lambda g, W, decay: g,
            "the 2 is not cancelled": lambda g, W, decay: g + 2 * decay * W,
            "½ is kept": lambda g, W, decay: g + decay / 2 * W,
            "growth for decay": lambda g, W, decay: g - decay * W,
            "decay of the gradient": lambda g, W, decay: g + decay * g,
        },
    ),
)
