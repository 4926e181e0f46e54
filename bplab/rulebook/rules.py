"""The table of all rules.

A mistake that divides by m divides by m + 1 here, so that it is one for a batch of one sample too.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bplab.numeric import activations, losses
from bplab.numeric.activations import leaky_relu_prime, sigmoid, softmax, tanh, tanh_prime
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
from bplab.numeric.special import erf
from bplab.rulebook.rule import Names, Rule, Sizes


def _normal(*axes: str) -> Callable[[np.random.Generator, Sizes], list[Array]]:
    """Draws one standard normal array per word: "Bi" is (batch, width in), "oi" a weight matrix."""

    def sample(rng: np.random.Generator, sizes: Sizes) -> list[Array]:
        size = dict(zip("Bio", sizes, strict=True))
        return [rng.normal(size=tuple(size[axis] for axis in word)) for word in axes]

    return sample


def _activation(name: str, mistakes: Mapping[str, Callable[[Array], Any]]) -> Rule:
    """The rule f′ for an activation, tested on C = Σ w f(z) with random weights w."""
    f, f_prime = activations.ACTIVATIONS[name]
    return Rule(
        name=name,
        theorem=name,
        shapes="z: any shape",
        forward=f,
        backward=f_prime,
        sample=_normal("Bi", "Bi"),
        cost=lambda z, w: (w * f(z)).sum(),
        names=lambda z, w: {"z": z, "w": w},
        call=lambda backward, z, w: w * backward(z),
        mistakes={
            "zero": lambda z: 0 * z,
            "opposite sign": lambda z: -f_prime(z),
            "the function itself": f,
            "1 % too large": lambda z: f_prime(z) * 101 / 100,
            **mistakes,
        },
        read=lambda generated, z, w: w * generated(**({"z": z} | _functions(generated))),
    )


def _functions(generated: Any) -> Names:
    """NumPy has no erf: code that needs one is given the course's own."""
    return {"erf": erf} if "erf" in generated.parameters else {}


def _applied_to_activation(name: str) -> Callable[[Array], Array]:
    f, f_prime = activations.ACTIVATIONS[name]
    return lambda z: f_prime(f(z))


def _loss(
    name: str, theorem: str, targets: Callable[[Array], Array], names: Any, mistakes: Any
) -> Rule:
    f, f_backward = losses.LOSSES[name]

    def sample(rng: np.random.Generator, sizes: Sizes) -> list[Array]:
        z, y = _normal("Bi", "Bi")(rng, sizes)
        return [z, targets(y)]

    return Rule(
        name=theorem,
        theorem=theorem,
        shapes="outputs or logits, targets: (B, n)",
        forward=f,
        backward=f_backward,
        sample=sample,
        cost=f,
        names=lambda z, y: {"z": z, "y": y},
        call=lambda backward, z, y: backward(z, y),
        read=lambda generated, z, y: generated(**names(z, y)),
        mistakes={
            "1/m is missing": lambda z, y: f_backward(z, y) * len(z),
            "opposite sign": lambda z, y: -f_backward(z, y),
            "mean over the outputs too": lambda z, y: f_backward(z, y) / (z.shape[1] + 1),
            "zero": lambda z, y: 0 * z,
            **mistakes,
        },
    )


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
        sample=_normal(axes[parameter], *(axes[each] for each in others), "Bo"),
        cost=lambda p, *consts: _layer_cost(**named(p, *consts)),
        names=lambda p, *consts: _layer_names(**named(p, *consts)),
        call=call,
        mistakes=mistakes,
        forms=forms,
        read=lambda generated, **names: generated(**{k: names[k] for k in generated.parameters}),
    )


def _table(*rules: Rule) -> dict[str, Rule]:
    return {rule.name: rule for rule in rules}


RULES: dict[str, Rule] = _table(
    Rule(
        name="BP1",
        theorem="BP1-batch",
        forms=("BP1", "BP1-matrix"),
        shapes="grad_a, sigma_prime_z: (B, n)",
        forward=tanh,
        backward=output_error,
        sample=_normal("Bi", "Bi"),
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
        sample=_normal("Bi", "oi", "o", "Bo"),
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
        sample=_normal("oi", "oi"),
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
    _activation(
        "sigmoid",
        {
            "z(1 − z)": lambda z: z * (1 - z),
            "applied to a": _applied_to_activation("sigmoid"),
            "σ(1 + σ)": lambda z: sigmoid(z) * (1 + sigmoid(z)),
        },
    ),
    _activation(
        "tanh",
        {
            "1 − z²": lambda z: 1 - z * z,
            "1 − tanh": lambda z: 1 - tanh(z),
            "1 + tanh²": lambda z: 1 + tanh(z) * tanh(z),
        },
    ),
    _activation(
        "relu", {"one everywhere": lambda z: 1 + 0 * z, "wrong side": lambda z: 1.0 * (z < 0)}
    ),
    _activation(
        "leaky_relu",
        {
            "no leak": activations.relu_prime,
            "wrong side": lambda z: leaky_relu_prime(-z),
            "slope 0.02": lambda z: leaky_relu_prime(z, slope=0.02),
        },
    ),
    _activation(
        "softplus",
        {
            "σ(−z)": lambda z: sigmoid(-z),
            "σ′": activations.sigmoid_prime,
            "one where z > 0": activations.relu_prime,
        },
    ),
    _activation(
        "gelu",
        {
            "Φ alone": lambda z: (1 + erf(z / np.sqrt(2.0))) / 2,
            "φ without z": lambda z: activations.gelu_prime(z) + (1 - z) * np.exp(-z * z / 2) / 3,
        },
    ),
    Rule(
        name="softmax",
        theorem="softmax",
        shapes="upstream, z: (B, n)",
        forward=softmax,
        backward=activations.softmax_backward,
        sample=_normal("Bi", "Bi"),
        cost=lambda z, w: (w * softmax(z)).sum(),
        names=lambda z, w: {"z": z, "w": w},
        call=lambda backward, z, w: backward(w, z),
        read=lambda generated, z, w: np.einsum("sj,sji->si", w, generated(a=softmax(z))),
        mistakes={
            "a(1 − a), as for the sigmoid": lambda w, z: w * softmax(z) * (1 - softmax(z)),
            "no Jacobian": lambda w, z: w * softmax(z),
            "a − y, which needs the cross-entropy": lambda w, z: softmax(z) - w,
            "opposite sign": lambda w, z: -activations.softmax_backward(w, z),
        },
    ),
    _loss(
        "softmax_cross_entropy",
        "softmax-cross-entropy",
        lambda y: np.abs(y) / np.abs(y).sum(axis=1, keepdims=True),
        lambda z, y: {"a": softmax(z), "y": y},
        {
            "no softmax": lambda z, y: (z - y) / len(z),
            "the targets are missing": lambda z, y: softmax(z) / len(z),
            "softmax′ twice": lambda z, y: activations.softmax_backward(softmax(z) - y, z),
        },
    ),
    _loss(
        "binary_cross_entropy",
        "binary-cross-entropy",
        sigmoid,
        lambda z, y: {"z": z, "y": y, "sigmoid": sigmoid},
        {
            "no sigmoid": lambda z, y: (z - y) / len(z),
            "σ′ of the quadratic cost": lambda z, y: (
                (sigmoid(z) - y) * activations.sigmoid_prime(z) / len(z)
            ),
        },
    ),
    _loss(
        "quadratic",
        "quadratic",
        lambda y: y,
        lambda z, y: {"a": z, "y": y},
        {
            "the 2 without the ½": lambda z, y: 2 * (z - y) / len(z),
            "y − a": lambda z, y: (y - z) / len(z),
        },
    ),
)
