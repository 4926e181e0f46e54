"""The backprop stepper: forward, then back through a drawn network, one number at a time.

`backprop_stepper()` shows the published 2-2-2 example of lesson 04. With `gradient`, the learner's
own function runs in the same drawing: it is called in the kernel, for a limited time, and whatever
goes wrong is said in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bplab.figures import Picture, network_diagram
from bplab.numeric import ACTIVATIONS, dense, quadratic, quadratic_backward
from bplab.numeric.arrays import (
    Array,
    Letters,
    as_finite,
    require_number,
    require_shapes,
    require_whole,
)
from bplab.numeric.dense import bias_gradient, hidden_error, output_error, weight_gradient
from bplab.widgets.own import SECONDS, Gradient, UnusableGradient, own_gradients
from bplab.widgets.view import View, as_json, module, stylesheet

DRAWN = ("sigmoid", "tanh", "relu", "identity")  # stepper_maths.js knows these
MOST_LAYERS, MOST_NEURONS = 5, 6

# M. Mazur (2015), A Step by Step Backpropagation Example: [W¹, b¹, W², b²], input, target.
EXAMPLE = ([[0.15, 0.20], [0.25, 0.30]], [0.35, 0.35], [[0.40, 0.45], [0.50, 0.55]], [0.60, 0.60])
EXAMPLE_X, EXAMPLE_Y = (0.05, 0.10), (0.01, 0.99)


@dataclass(frozen=True)
class Net:
    """A network, one sample and its target, and the learning rate of the step at the end."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    x: Array
    y: Array
    activation: str
    eta: float

    @property
    def sizes(self) -> tuple[int, ...]:
        return (len(self.x), *(len(b) for b in self.biases))

    @property
    def params(self) -> list[Array]:
        """[W¹, b¹, W², b², …], as lesson 04 writes them."""
        return [p for pair in zip(self.weights, self.biases, strict=True) for p in pair]


@dataclass(frozen=True)
class Pass:
    """What one pass forward and back gives; entry 0 of each list is layer 1, but of a the input."""

    z: tuple[Array, ...]
    a: tuple[Array, ...]
    cost: float
    delta: tuple[Array, ...]
    dW: tuple[Array, ...]
    db: tuple[Array, ...]


@dataclass(frozen=True)
class State:
    """What the front end starts from."""

    net: Net
    own: bool
    seconds: float
    seed: int


def network(
    params: Sequence[npt.ArrayLike],
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    activation: str = "sigmoid",
    eta: float = 0.5,
) -> Net:
    """The network with params = [W¹, b¹, W², b², …] and one sample.

    Shapes: each W (n_out, n_in), each b (n_out,), x (n_in,), y (n_out,) of the last layer.
    Raises: ValueError for shapes that do not fit, too many neurons to draw, NaN/inf, an activation
    that is not known; TypeError if something is not numeric.
    """
    if activation not in DRAWN:
        raise ValueError(f"activation must be one of {', '.join(DRAWN)}; got {activation!r}.")
    if len(params) < 2 or len(params) % 2:
        raise ValueError(
            f"params must be [W¹, b¹, W², b², …], a W and a b for each layer; got {len(params)} "
            "entries."
        )
    letters: dict[str, Letters] = {"x": ("n0",), "y": (f"n{len(params) // 2}",)}
    arrays = {"x": as_finite("x", x)}
    for layer, i in enumerate(range(0, len(params), 2), start=1):
        letters |= {f"W{layer}": (f"n{layer}", f"n{layer - 1}"), f"b{layer}": (f"n{layer}",)}
        arrays |= {f"W{layer}": as_finite(f"W{layer}", params[i])}
        arrays |= {f"b{layer}": as_finite(f"b{layer}", params[i + 1])}
    arrays["y"] = as_finite("y", y)
    require_shapes(**{name: (array, letters[name]) for name, array in arrays.items()})
    weights = tuple(array for name, array in arrays.items() if name.startswith("W"))
    biases = tuple(array for name, array in arrays.items() if name.startswith("b"))
    net = Net(weights, biases, arrays["x"], arrays["y"], activation, float(as_finite("eta", eta)))
    _require_drawable(net.sizes)
    return net


def _require_drawable(sizes: tuple[int, ...]) -> None:
    if len(sizes) > MOST_LAYERS or max(sizes) > MOST_NEURONS:
        raise ValueError(
            f"the stepper draws at most {MOST_LAYERS} layers of {MOST_NEURONS} neurons, inputs "
            f"included; got {'-'.join(map(str, sizes))}. Take a smaller network: the rules are "
            "the same."
        )


def run(net: Net) -> Pass:
    """One pass of the right program, with BP1–BP4."""
    sigma, sigma_prime = ACTIVATIONS[net.activation]
    zs, activations = [], [net.x[np.newaxis]]
    for W, b in zip(net.weights, net.biases, strict=True):
        zs.append(dense(activations[-1], W, b))
        activations.append(sigma(zs[-1]))
    y = net.y[np.newaxis]
    deltas = [output_error(quadratic_backward(activations[-1], y), sigma_prime(zs[-1]))]
    for W_next, z in zip(net.weights[:0:-1], zs[-2::-1], strict=True):
        deltas.insert(0, hidden_error(deltas[0], W_next, sigma_prime(z)))
    return Pass(
        z=tuple(z[0] for z in zs),
        a=tuple(a[0] for a in activations),
        cost=float(quadratic(activations[-1], y)),
        delta=tuple(delta[0] for delta in deltas),
        dW=tuple(map(weight_gradient, deltas, activations)),
        db=tuple(map(bias_gradient, deltas)),
    )


def picture(net: Net) -> Picture:
    """The network with a and δ in its circles and the weights on its lines."""
    passed = run(net)
    values: list[list[str]] = [[f"{x:.4g}" for x in net.x]]
    for a, delta in zip(passed.a[1:], passed.delta, strict=True):
        values.append([f"a {aj:.3g}\nδ {dj:.3g}" for aj, dj in zip(a, delta, strict=True)])
    drawn = network_diagram(
        net.sizes,
        values=values,
        weights=[W.tolist() for W in net.weights],
        biases=[b.tolist() for b in net.biases],
        title=f"Backprop stepper: cost {passed.cost:.6g}, every a, and δ = ∂C/∂z",
    )
    return Picture(drawn.figure, drawn.alt.replace("\n", " and "))


def answer(gradient: Gradient, net: Net, seconds: float = SECONDS) -> dict[str, Any]:
    """What the learner's gradient(params, x, y) gives for this network.

    Returns: {"values": {"delta", "dW", "db"}}, with a "note" if it changed its arguments, or
    {"problem": words}. The δ's are the learner's db: for one sample, BP3 says they are the same.
    """
    x, y = net.x[np.newaxis], net.y[np.newaxis]
    try:
        grads, changed = own_gradients(gradient, net.params, x, y, seconds)
    except UnusableGradient as problem:
        return {"problem": str(problem)}
    db = tuple(grads[1::2])
    found = {"values": as_json({"delta": db, "dW": tuple(grads[0::2]), "db": db})}
    if changed:
        names = " and ".join(changed)
        found["note"] = f"It also changed {names} in place; a gradient changes nothing."
    return found


class BackpropStepper(View):
    """The live view; `backprop_stepper` makes one."""

    _esm = module("stepper.js")
    _css = stylesheet("stepper.css")
    caption = "Run this cell in JupyterLab to step through it, predict each number, and plant bugs."

    def __init__(self, start: State, gradient: Gradient | None = None) -> None:
        super().__init__(start)
        self.gradient = gradient
        self.on_msg(self._answer)

    def picture(self) -> Picture:
        return picture(self.start.net)

    def _answer(self, _: View, content: Mapping[str, Any], buffers: object) -> None:
        """Run the learner's function for the network on the page, and send what came of it."""
        if self.gradient is None or content.get("kind") != "run":
            return
        shown = content["net"]
        layers = zip(shown["weights"], shown["biases"], strict=True)
        net = network(
            [param for layer in layers for param in layer],
            shown["x"],
            shown["y"],
            activation=shown["activation"],
            eta=shown["eta"],
        )
        self.send({"id": content["id"], **answer(self.gradient, net, self.start.seconds)})


def backprop_stepper(
    params: Sequence[npt.ArrayLike] = EXAMPLE,
    x: npt.ArrayLike = EXAMPLE_X,
    y: npt.ArrayLike = EXAMPLE_Y,
    *,
    activation: str = "sigmoid",
    eta: float = 0.5,
    gradient: Gradient | None = None,
    seconds: float = SECONDS,
    seed: int = 0,
) -> BackpropStepper:
    """Step forward and back through a network on one sample, with cost ½‖a − y‖².

    params: [W¹, b¹, W², b², …]; without any, Mazur's 2-2-2 example.
    gradient: the learner's gradient(params, x, y), which returns a list like params; x and y come
    as a batch of one row. It may run for `seconds`.
    seed: which hidden bug comes first.
    Raises: ValueError or TypeError, as `network`, for what cannot be drawn, for a gradient that is
    no function, seconds that are not above 0, and a seed that is no whole number of at least 0.
    """
    if gradient is not None and not callable(gradient):
        raise TypeError(
            f"gradient must be your function gradient(params, x, y); got {gradient!r}. Pass its "
            "name, without brackets."
        )
    state = State(
        network(params, x, y, activation=activation, eta=eta),
        own=gradient is not None,
        seconds=require_number("seconds", seconds, above=0),
        seed=require_whole("seed", seed, least=0),
    )
    return BackpropStepper(state, gradient)
