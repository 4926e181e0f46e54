"""Lesson 05, the multilayer perceptron: the passes over all layers, and δ at the output."""

from typing import Any

import numpy as np

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import Sample, away_from_zero, one_hot, samples
from bplab.numeric import (
    Array,
    bias_gradient,
    dense,
    hidden_error,
    sigmoid,
    sigmoid_prime,
    softmax,
    softmax_backward,
    softmax_cross_entropy_backward,
    tanh,
    tanh_prime,
    weight_gradient,
)

PARAMETERS = NumberExercise(
    id="05.1",
    title="how many parameters",
    value=3466,
    tolerance=0,
    hints=(
        "What shapes have W and b in a layer from n_in to n_out neurons?",
        "W is (n_out, n_in) and b is (n_out,): n_out · n_in + n_out numbers. There are three such "
        "layers.",
        "(32 · 64 + 32) + (32 · 32 + 32) + (10 · 32 + 10)",
    ),
    mistakes=(
        Mistake("no biases", 3392, "That is the weights alone: each neuron also has a bias."),
        Mistake(
            "biases of the input",
            3530,
            "That is 64 too many: the inputs have no biases. They are given, not computed.",
        ),
        Mistake("one bias a layer", 3395, "Each neuron has a bias of its own, not each layer."),
        Mistake("no output layer", 3136, "The last layer, from 32 to 10, has parameters as well."),
        Mistake("no first layer", 1386, "The first layer, from 64 to 32, has parameters as well."),
        Mistake(
            "one hidden layer",
            2410,
            "That is a 64-32-10 network: the layer from 32 to 32 is left out.",
        ),
        Mistake(
            "one hidden layer, no biases",
            2368,
            "Those are the weights of a 64-32-10 network: the layer from 32 to 32 and all biases "
            "are left out.",
        ),
        Mistake(
            "hidden weights",
            3072,
            "Those are the weights of the first two layers: the last layer, from 32 to 10, and "
            "all biases are left out.",
        ),
        Mistake("no output biases", 3456, "The ten logits have biases as well."),
        Mistake(
            "one hidden bias vector", 3434, "Both hidden layers have 32 biases: count them twice."
        ),
        Mistake("output biases only", 3402, "The hidden neurons have biases as well, 32 a layer."),
        Mistake(
            "biases alone", 74, "Those are the biases alone, one a neuron: the weights are missing."
        ),
        Mistake(
            "bias as a neuron",
            3564,
            "You counted the bias as one more neuron on both sides of a layer: it leads to the "
            "layer's outputs, but no weights lead to it. (n_in + 1) · n_out.",
        ),
        Mistake("twice", 6932, "That is twice as much: each weight leads one way and counts once."),
        Mistake("neurons", 138, "That is the number of neurons and inputs. Count connections."),
        Mistake(
            "product",
            655360,
            "You multiplied all widths: weights lead from each layer to the next one only, so "
            "multiply neighbours, and add.",
        ),
    ),
)


def forward(weights: list[Array], biases: list[Array], x: Array) -> tuple[list[Any], list[Any]]:
    """Lists z¹ … z^L and a⁰ … a^(L−1): tanh between the layers, none after the last."""
    zs, activations = [], [x]
    for W, b in zip(weights, biases, strict=True):
        zs.append(dense(activations[-1], W, b))
        activations.append(tanh(zs[-1]))
    return zs, activations[:-1]


def backward(
    weights: list[Array], zs: list[Array], activations: list[Array], delta: Array
) -> tuple[list[Any], list[Any]]:
    """Lists dW¹ … dW^L and db¹ … db^L from delta = ∂C/∂z^L: BP4, BP3, and BP2 back."""
    dWs: list[Array] = []
    dbs: list[Array] = []
    for layer in reversed(range(len(weights))):
        dWs.insert(0, weight_gradient(delta, activations[layer]))
        dbs.insert(0, bias_gradient(delta))
        if layer > 0:
            delta = hidden_error(delta, weights[layer], tanh_prime(zs[layer - 1]))
    return dWs, dbs


# A batch size and the widths of each layer: distinct, one layer only, of size 1, and all equal.
# The first has three layers, so that a list of its layers cannot be taken for the pair of lists.
NETWORKS = (
    (2, (3, 2, 4, 5)),
    (5, (3, 4, 2)),
    (4, (3, 2)),
    (1, (4, 3, 2)),
    (3, (2, 1, 4)),
    (4, (1, 3, 1)),
    (3, (3, 3, 3, 3)),
)


def network_samples() -> tuple[Sample, ...]:
    """Weights, biases and a batch of inputs for each of the networks."""
    found = []
    for seed, (batch, sizes) in enumerate(NETWORKS):
        rng = np.random.default_rng([5, seed])
        shapes = zip(sizes[1:], sizes[:-1], strict=True)
        found.append(
            {
                "weights": [away_from_zero(rng, shape) / 2 for shape in shapes],
                "biases": [away_from_zero(rng, (n,)) / 2 for n in sizes[1:]],
                "x": away_from_zero(rng, (batch, sizes[0])),
            }
        )
    return tuple(found)


def backward_samples() -> tuple[Sample, ...]:
    """What a forward pass leaves behind, and an error at its output."""
    found = []
    for seed, sample in enumerate(network_samples()):
        zs, activations = forward(**sample)
        delta = away_from_zero(np.random.default_rng([6, seed]), zs[-1].shape)
        found.append(
            {
                "weights": sample["weights"],
                "zs": zs,
                "activations": activations,
                "delta": delta,
            }
        )
    return tuple(found)


def forward_wrong(
    pre_activation: Any = dense, sigma: Any = tanh, keep: Any = lambda z: z, source: int = -1
) -> Any:
    """The forward pass with one of its parts replaced."""

    def run(weights, biases, x):  # type: ignore[no-untyped-def]
        zs, activations = [], [x]
        for W, b in zip(weights, biases, strict=True):
            z = pre_activation(activations[source], W, b)
            zs.append(keep(z))
            activations.append(sigma(z))
        return zs, activations[:-1]

    return run


def forward_last_too(weights, biases, x):  # type: ignore[no-untyped-def]
    zs, activations = forward(weights, biases, x)
    return zs, [*activations, tanh(zs[-1])]


def forward_without_input(weights, biases, x):  # type: ignore[no-untyped-def]
    zs, activations = forward_last_too(weights, biases, x)
    return zs, activations[1:]


def forward_logits_too(weights, biases, x):  # type: ignore[no-untyped-def]
    zs, activations = forward(weights, biases, x)
    return zs, [*activations, zs[-1]]


def forward_bias_last(weights, biases, x):  # type: ignore[no-untyped-def]
    zs, activations = [], [x]
    for W, b in zip(weights, biases, strict=True):
        zs.append(activations[-1] @ W.T)
        activations.append(tanh(zs[-1]) + b)
    return zs, activations[:-1]


def forward_and_then(change: Any) -> Any:
    """The forward pass with its two lists changed at the end."""
    return lambda weights, biases, x: change(*forward(weights, biases, x))


def forward_in_columns(weights, biases, x):  # type: ignore[no-untyped-def]
    zs, activations = forward(weights, biases, x)
    return [z.T for z in zs], [a.T for a in activations]


FORWARD = CodeExercise(
    id="05.2",
    title="forward through all layers",
    points=2,
    reference=forward,
    samples=network_samples(),
    returns=("zs", "activations"),
    hints=(
        "Start with activations = [x] and an empty list zs. What does each layer add to them?",
        "Layer by layer: z from the last activation so far, append it to zs; then append tanh(z) "
        "to activations. After the last layer that is one activation too many: its z are the "
        "logits, and no tanh follows.",
        "for W, b in zip(weights, biases): zs.append(dense(activations[-1], W, b)); "
        "activations.append(tanh(zs[-1])) – and at the end: return zs, activations[:-1]",
    ),
    mistakes=(
        Mistake(
            "tanh at the output",
            forward_last_too,
            "Your activations have a^L = tanh(z^L) as well: the last layer has no tanh here. Stop "
            "before it: a⁰ … a^(L−1).",
        ),
        Mistake(
            "a⁰ is missing",
            forward_without_input,
            "Your activations begin with a¹: begin with a⁰ = x, which BP4 needs for the first "
            "layer, and stop at a^(L−1).",
        ),
        Mistake(
            "logits appended",
            forward_logits_too,
            "Your activations end with the logits z^L: they are in zs already. activations holds "
            "what goes into each layer: a⁰ … a^(L−1).",
        ),
        Mistake(
            "no transpose",
            forward_wrong(lambda a, W, b: a @ W + b),
            "You multiplied by W where it is Wᵀ for rows: W is (n_out, n_in), so z = a @ W.T + b. "
            "On layers of equal width no shape warns you.",
        ),
        Mistake(
            "W @ a",
            forward_wrong(lambda a, W, b: W @ a + b),
            "W @ a is for one sample as a column: with samples as rows it is z = a @ W.T + b.",
        ),
        Mistake(
            "columns",
            forward_in_columns,
            "Your arrays hold the samples as columns: here each sample is a row, z = a @ W.T + b.",
        ),
        Mistake(
            "bias subtracted",
            forward_wrong(lambda a, W, b: a @ W.T - b),
            "You subtracted the bias: z = a @ W.T + b.",
        ),
        Mistake(
            "no bias",
            forward_wrong(lambda a, W, b: a @ W.T),
            "The biases are missing: z = a @ W.T + b.",
        ),
        Mistake(
            "bias after tanh",
            forward_bias_last,
            "You added the bias after tanh: it belongs to z, inside.",
        ),
        Mistake(
            "no tanh",
            forward_wrong(sigma=lambda z: z),
            "There is no tanh: your layers are all linear, so together they are no more than one.",
        ),
        Mistake(
            "sigmoid",
            forward_wrong(sigma=sigmoid),
            "You used the sigmoid: the hidden layers of this lesson are tanh.",
        ),
        Mistake(
            "ReLU",
            forward_wrong(sigma=lambda z: np.maximum(z, 0)),
            "You used ReLU: the hidden layers of this lesson are tanh.",
        ),
        Mistake(
            "tanh′",
            forward_wrong(sigma=tanh_prime),
            "You used the derivative, tanh_prime: it belongs to the backward pass.",
        ),
        Mistake(
            "tanh of x",
            lambda weights, biases, x: forward(weights, biases, tanh(x)),
            "You applied tanh to the input: a⁰ is x itself.",
        ),
        Mistake(
            "tanh of the logits",
            forward_and_then(lambda zs, a: ([*zs[:-1], tanh(zs[-1])], a)),
            "You applied tanh to the logits: the last entry of zs is z^L itself.",
        ),
        Mistake(
            "softmax of the logits",
            forward_and_then(lambda zs, a: ([*zs[:-1], softmax(zs[-1])], a)),
            "You applied the softmax to the logits: what is made of them comes later, with the "
            "cost. The last entry of zs is z^L itself.",
        ),
        Mistake(
            "no last layer",
            forward_and_then(lambda zs, a: (zs[:-1], a)),
            "Your zs lack the logits z^L: the last layer has a z as well, only no tanh.",
        ),
        Mistake(
            "x in zs",
            forward_and_then(lambda zs, a: ([a[0], *zs], a)),
            "Your zs begin with x: the input has no z. zs holds z¹ … z^L.",
        ),
        Mistake(
            "a¹ … a^(L−1)",
            forward_and_then(lambda zs, a: (zs, a[1:])),
            "Your activations lack a⁰ = x: it is what goes into the first layer.",
        ),
        Mistake(
            "z in activations",
            forward_and_then(lambda zs, a: (zs, [a[0], *zs[:-1]])),
            "Your activations hold z: keep tanh(z), which goes into the next layer.",
        ),
        Mistake(
            "pairs",
            forward_and_then(lambda zs, a: list(zip(zs, a, strict=True))),
            "You returned a pair for each layer: return two lists, one of all z and one of all a.",
        ),
        Mistake(
            "only zs",
            forward_and_then(lambda zs, a: zs),
            "You returned zs only: end with return zs, activations.",
        ),
        Mistake(
            "only the logits",
            forward_and_then(lambda zs, a: zs[-1]),
            "You returned the logits only: the backward pass needs every z and every a.",
        ),
        Mistake(
            "always x",
            forward_wrong(source=0),
            "Every layer of yours reads x: from the second one on, the input is the activation of "
            "the layer before, activations[-1].",
        ),
        Mistake(
            "a in zs",
            forward_wrong(keep=tanh),
            "Your zs hold tanh(z): keep z itself. σ′ is a function of z, and the last z are the "
            "logits.",
        ),
        Mistake(
            "swapped",
            lambda weights, biases, x: forward(weights, biases, x)[::-1],
            "You returned activations first: the order is zs, activations.",
        ),
    ),
)


def backward_wrong(
    weight: Any = weight_gradient,
    bias: Any = bias_gradient,
    step: Any = hidden_error,
    slope: Any = lambda zs, activations, layer: tanh_prime(zs[layer - 1]),
    start: Any = lambda delta, zs: delta,
) -> Any:
    """The backward pass with one of its parts replaced."""

    def run(weights, zs, activations, delta):  # type: ignore[no-untyped-def]
        dWs: list[Array] = []
        dbs: list[Array] = []
        delta = start(delta, zs)
        for layer in reversed(range(len(weights))):
            dWs.insert(0, weight(delta, activations[layer]))
            dbs.insert(0, bias(delta))
            if layer > 0:
                delta = step(delta, weights[layer], slope(zs, activations, layer))
        return dWs, dbs

    return run


def backward_reversed(weights, zs, activations, delta):  # type: ignore[no-untyped-def]
    dWs, dbs = backward(weights, zs, activations, delta)
    return dWs[::-1], dbs[::-1]


def backward_and_then(change: Any) -> Any:
    """The backward pass with its two lists changed at the end."""
    return lambda weights, zs, activations, delta: change(
        *backward(weights, zs, activations, delta)
    )


def backward_error_first(weights, zs, activations, delta):  # type: ignore[no-untyped-def]
    dWs: list[Array] = []
    dbs: list[Array] = []
    for layer in reversed(range(len(weights))):
        if layer > 0:
            delta = hidden_error(delta, weights[layer], tanh_prime(zs[layer - 1]))
        dWs.insert(0, weight_gradient(delta, activations[layer]))
        dbs.insert(0, bias_gradient(delta))
    return dWs, dbs


def backward_to_the_input(weights, zs, activations, delta):  # type: ignore[no-untyped-def]
    dWs: list[Array] = []
    dbs: list[Array] = []
    for layer in reversed(range(len(weights))):
        dWs.insert(0, weight_gradient(delta, activations[layer]))
        dbs.insert(0, bias_gradient(delta))
        delta = hidden_error(delta, weights[layer], tanh_prime(zs[layer - 1]))
    return dWs, dbs


def backward_activation_below(weights, zs, activations, delta):  # type: ignore[no-untyped-def]
    return backward(weights, zs, [activations[-1], *activations[:-1]], delta)


def without_a_check(delta: Array, W: Array, slope: Any) -> Any:
    """BP2 in bare NumPy, where a slope of another shape may fit by broadcasting."""
    return delta @ W * slope


def backward_weight_below(weights, zs, activations, delta):  # type: ignore[no-untyped-def]
    dWs: list[Array] = []
    dbs: list[Array] = []
    for layer in reversed(range(len(weights))):
        dWs.insert(0, weight_gradient(delta, activations[layer]))
        dbs.insert(0, bias_gradient(delta))
        if layer > 0:
            delta = hidden_error(delta, weights[layer - 1], tanh_prime(zs[layer - 1]))
    return dWs, dbs


BACKWARD = CodeExercise(
    id="05.3",
    title="backward through all layers",
    points=3,
    reference=backward,
    samples=backward_samples(),
    returns=("dWs", "dbs"),
    hints=(
        "delta is BP1's result already. Which equations give the last layer's dW and db, and which "
        "one leads to the layer before?",
        "for layer in reversed(range(len(weights))): BP4 with activations[layer], BP3, and then, "
        "unless layer is 0, BP2 with weights[layer] and tanh_prime(zs[layer - 1]). Which list "
        "order comes out if you append?",
        "dWs.insert(0, weight_gradient(delta, activations[layer])); dbs.insert(0, "
        "bias_gradient(delta)); if layer > 0: delta = hidden_error(delta, weights[layer], "
        "tanh_prime(zs[layer - 1]))",
    ),
    mistakes=(
        Mistake(
            "reversed lists",
            backward_reversed,
            "The gradients are right, but the lists begin with the last layer: insert at the "
            "front, or turn them round at the end, so that dWs[0] belongs to weights[0].",
        ),
        Mistake(
            "no σ′",
            backward_wrong(step=lambda d, W, s: d @ W),
            "Hidden layers lack σ′(z): BP2 is (Wᵀδ) ⊙ tanh′(z) of the layer that δ arrives at.",
        ),
        Mistake(
            "σ′ of a",
            backward_wrong(slope=lambda zs, a, layer: tanh_prime(a[layer])),
            "You applied tanh_prime to the activation: it wants the pre-activation zs[layer - 1]. "
            "In terms of a it is 1 − a².",
        ),
        Mistake(
            "1 − z²",
            backward_wrong(slope=lambda zs, a, layer: 1 - zs[layer - 1] ** 2),
            "You used 1 − z² for tanh′: the formula is 1 − a² with a = tanh(z).",
        ),
        Mistake(
            "sigmoid′",
            backward_wrong(slope=lambda zs, a, layer: a[layer] * (1 - a[layer])),
            "You used a(1 − a), the derivative of the sigmoid: tanh′ is 1 − a².",
        ),
        Mistake(
            "σ′ one layer off",
            backward_wrong(slope=lambda zs, a, layer: tanh_prime(zs[layer])),
            "σ′ is taken one layer too high: δ arrives at the layer below, so its slope is "
            "tanh_prime(zs[layer - 1]).",
        ),
        Mistake(
            "σ′ one layer off, broadcast",
            backward_wrong(step=without_a_check, slope=lambda zs, a, layer: tanh_prime(zs[layer])),
            "σ′ is taken one layer too high, and where a layer has one neuron, broadcasting hides "
            "it: the slope of the layer that δ arrives at is tanh_prime(zs[layer - 1]).",
        ),
        Mistake(
            "sigmoid_prime",
            backward_wrong(slope=lambda zs, a, layer: sigmoid_prime(zs[layer - 1])),
            "You used sigmoid_prime: the hidden layers are tanh, so it is tanh_prime.",
        ),
        Mistake(
            "ReLU′",
            backward_wrong(slope=lambda zs, a, layer: 1.0 * (zs[layer - 1] > 0)),
            "You used the derivative of ReLU: the hidden layers are tanh, so it is tanh_prime.",
        ),
        Mistake(
            "tanh for tanh′",
            backward_wrong(slope=lambda zs, a, layer: a[layer]),
            "You multiplied by tanh(z): BP2 has its derivative, tanh_prime(z).",
        ),
        Mistake(
            "1 − a",
            backward_wrong(slope=lambda zs, a, layer: 1 - a[layer]),
            "You used 1 − a for tanh′: the square is missing, 1 − a².",
        ),
        Mistake(
            "1 + a²",
            backward_wrong(slope=lambda zs, a, layer: 1 + a[layer] ** 2),
            "You used 1 + a² for tanh′: the sign is wrong, 1 − a².",
        ),
        Mistake(
            "z for σ′",
            backward_wrong(slope=lambda zs, a, layer: zs[layer - 1]),
            "You multiplied by z itself: BP2 has σ′(z), which is tanh_prime(zs[layer - 1]).",
        ),
        Mistake(
            "activations one layer off",
            backward_activation_below,
            "The activations in BP4 are one layer too low (at layer 0, activations[-1] is the "
            "last): activations[layer] is what goes into weights[layer].",
        ),
        Mistake(
            "BP2 first",
            backward_error_first,
            "You carried δ back before you used it: each layer needs BP4 and BP3 first, then BP2.",
        ),
        Mistake(
            "BP2 at the input",
            backward_to_the_input,
            "You use BP2 at layer 0, too: the input has no z, and zs[-1] is the last layer's. Put "
            "if layer > 0 before it.",
        ),
        Mistake(
            "first layer left out",
            backward_and_then(lambda dWs, dbs: (dWs[1:], dbs[1:])),
            "The first layer is left out: layer 0 has no BP2, but it has BP4 and BP3.",
        ),
        Mistake(
            "only dWs reversed",
            backward_and_then(lambda dWs, dbs: (dWs[::-1], dbs)),
            "dbs is in order, but dWs begins with the last layer.",
        ),
        Mistake(
            "only dbs reversed",
            backward_and_then(lambda dWs, dbs: (dWs, dbs[::-1])),
            "dWs is in order, but dbs begins with the last layer.",
        ),
        Mistake(
            "swapped",
            backward_and_then(lambda dWs, dbs: (dbs, dWs)),
            "You returned dbs first: the order is dWs, dbs.",
        ),
        Mistake(
            "only dWs",
            backward_and_then(lambda dWs, dbs: dWs),
            "You returned dWs only: the biases' gradients, dbs, are missing.",
        ),
        Mistake(
            "pairs",
            backward_and_then(lambda dWs, dbs: list(zip(dWs, dbs, strict=True))),
            "You returned a pair for each layer: return two lists, one of all dW, one of all db.",
        ),
        Mistake(
            "δ as a column",
            backward_wrong(step=lambda d, W, s: W.T @ d * s),
            "W.T @ delta is for δ as a column: with samples as rows it is delta @ W.",
        ),
        Mistake(
            "delta @ a",
            backward_wrong(weight=lambda d, a: d @ a),
            "BP4 must sum over the batch: transpose delta, delta.T @ a.",
        ),
        Mistake(
            "delta @ a.T",
            backward_wrong(weight=lambda d, a: d @ a.T),
            "You transposed the wrong factor in BP4: delta.T @ a sums over the batch.",
        ),
        Mistake(
            "axis kept",
            backward_wrong(bias=lambda d: d.sum(axis=0, keepdims=True)),
            "Your dbs have shape (1, n): a bias has shape (n,), so sum without keepdims.",
        ),
        Mistake(
            "bias over the neurons",
            backward_wrong(bias=lambda d: d.sum(axis=1)),
            "You summed the biases' gradients along axis 1, over the neurons: the batch is axis 0.",
        ),
        Mistake(
            "bias over everything",
            backward_wrong(bias=np.sum),
            "You summed over the neurons as well, to one number: db = delta.sum(axis=0).",
        ),
        Mistake(
            "weights averaged",
            backward_wrong(weight=lambda d, a: d.T @ a / len(d)),
            "The weights' gradients are averaged over the batch, the biases' are not: sum both, "
            "the 1/m is inside delta.",
        ),
        Mistake(
            "weights one layer off",
            backward_weight_below,
            "The weights in BP2 are one layer too low: δ of layer l + 1 comes back through "
            "W^(l+1), the weights that lead out of the neurons it arrives at: weights[layer].",
        ),
        Mistake(
            "transpose",
            backward_wrong(step=lambda d, W, s: d @ W.T * s),
            "Where it fits, your BP2 is Wδ: the transpose is missing. For rows Wᵀδ is delta @ W.",
        ),
        Mistake(
            "σ′ at the output",
            backward_wrong(start=lambda d, zs: d * tanh_prime(zs[-1])),
            "You multiplied the given delta by tanh′(z^L): it is ∂C/∂z^L already, and the last "
            "layer has no tanh.",
        ),
        Mistake(
            "δ not passed on",
            backward_wrong(step=lambda d, W, s: d),
            "You used the output's δ in every layer: BP2 must carry it back, layer by layer.",
        ),
        Mistake(
            "1/m again",
            backward_wrong(
                weight=lambda d, a: d.T @ a / len(d), bias=lambda d: d.sum(axis=0) / len(d)
            ),
            "You divided by the batch size: the 1/m is inside delta already. BP3 and BP4 only sum.",
        ),
        Mistake(
            "bias not summed",
            backward_wrong(bias=lambda d: d),
            "The biases' gradients are not summed over the batch: db = delta.sum(axis=0).",
        ),
        Mistake(
            "bias averaged",
            backward_wrong(bias=lambda d: d.mean(axis=0)),
            "The biases' gradients are averaged over the batch, the weights' are not: sum both.",
        ),
        Mistake(
            "dW transposed",
            backward_wrong(weight=lambda d, a: a.T @ d),
            "Your dWs are transposed: W is (n_out, n_in), so dW = delta.T @ a.",
        ),
        Mistake(
            "sign",
            backward_wrong(start=lambda d, zs: -d),
            "All gradients have the opposite sign: the minus belongs to the update.",
        ),
    ),
)

BCE_SLOPE = FormulaExercise(
    id="05.4",
    title="the slope of the binary cross-entropy",
    reference="(a - y)/(a*(1 - a))",
    names=("a", "y"),
    hints=(
        "The derivative of log(a) is 1/a. What is that of log(1 − a)? Mind the inner derivative.",
        "∂C/∂a = −y/a + (1 − y)/(1 − a). You may leave it so, or bring it to one denominator.",
        "(a - y)/(a*(1 - a))",
    ),
    mistakes=(
        Mistake(
            "∂C/∂z",
            "a - y",
            "That is ∂C/∂z for a sigmoid, one step too far: the factor σ′ = a(1 − a) is in it. "
            "Here only ∂C/∂a is asked.",
        ),
        Mistake(
            "inner derivative",
            "-y/a - (1 - y)/(1 - a)",
            "The second term has the wrong sign: log(1 − a) has the inner derivative −1, which "
            "makes −(1 − y) log(1 − a) grow with a.",
        ),
        Mistake(
            "sign",
            "y/a - (1 - y)/(1 - a)",
            "Both signs are wrong: the cost begins with a minus. For y = 1 the cost falls when a "
            "grows.",
        ),
        Mistake(
            "first term only",
            "-y/a",
            "The second term is missing: for y = 0 the cost is −log(1 − a), and it depends on a.",
        ),
        Mistake(
            "second term only",
            "(1 - y)/(1 - a)",
            "The first term is missing: for y = 1 the cost is −log(a), and it depends on a.",
        ),
        Mistake(
            "multiplied",
            "(a - y)*a*(1 - a)",
            "You multiplied by a(1 − a), which is δ of the quadratic cost. Here a(1 − a) is the "
            "denominator.",
        ),
        Mistake(
            "denominators swapped",
            "-y/(1 - a) + (1 - y)/a",
            "The denominators are swapped: y belongs to log(a), so to 1/a.",
        ),
        Mistake(
            "by y",
            "-log(a) + log(1 - a)",
            "That is ∂C/∂y: the target is given. Differentiate by a.",
        ),
        Mistake(
            "cost",
            "-y*log(a) - (1 - y)*log(1 - a)",
            "That is the cost itself: differentiate it by a.",
        ),
        Mistake(
            "1 − a is missing",
            "(a - y)/a",
            "The denominator lacks the factor 1 − a: bring −y/a + (1 − y)/(1 − a) to one "
            "denominator again.",
        ),
        Mistake(
            "a is missing",
            "(a - y)/(1 - a)",
            "The denominator lacks the factor a: bring −y/a + (1 − y)/(1 − a) to one denominator "
            "again.",
        ),
        Mistake(
            "y − a",
            "y - a",
            "That is −∂C/∂z for a sigmoid: the sign is turned, and the factor σ′ = a(1 − a) is in "
            "it. Here ∂C/∂a is asked.",
        ),
        Mistake(
            "first sign",
            "y/a + (1 - y)/(1 - a)",
            "The first term has the wrong sign: the cost begins with −y log(a).",
        ),
        Mistake(
            "targets lost",
            "-1/a + 1/(1 - a)",
            "The targets are lost: y and 1 − y are constant factors and stay.",
        ),
        Mistake(
            "1 − y lost",
            "-y/a + 1/(1 - a)",
            "The factor 1 − y of the second term is lost: it is constant and stays.",
        ),
        Mistake(
            "y for 1 − y",
            "-y/a + y/(1 - a)",
            "The second term has the factor 1 − y, not y.",
        ),
        Mistake(
            "brackets around the denominator",
            "(a - y)/a*(1 - a)",
            "This is read as ((a − y)/a)·(1 − a): put brackets around the whole denominator, "
            "/(a*(1 - a)).",
        ),
        Mistake(
            "brackets around the numerator",
            "a - y/(a*(1 - a))",
            "This is read as a − (y/(a(1 − a))): put brackets around the numerator, (a - y).",
        ),
        Mistake(
            "a and y swapped",
            "-a/y + (1 - a)/(1 - y)",
            "You swapped a and y: the logarithms are of a and 1 − a, so these are the "
            "denominators.",
        ),
        Mistake(
            "y in the denominator",
            "(a - y)/(y*(1 - y))",
            "The denominator is a(1 − a), from the logarithms of a and 1 − a. For y = 0 or 1 yours "
            "is 0.",
        ),
        Mistake(
            "log(1 − a) as log(a)",
            "-y/a + (1 - y)/a",
            "The derivative of log(1 − a) has 1 − a in the denominator, not a.",
        ),
        Mistake(
            "1 − a as a factor",
            "-y/a + (1 - y)*(1 - a)",
            "In the second term 1 − a is a factor: the derivative of log(1 − a) has it in the "
            "denominator.",
        ),
        Mistake(
            "twice",
            "2*(a - y)/(a*(1 - a))",
            "That is twice as much: no square is differentiated here.",
        ),
        Mistake(
            "half",
            "(a - y)/(2*a*(1 - a))",
            "That is half as much: this cost has no ½.",
        ),
        Mistake(
            "squared",
            "(a - y)/(a**2*(1 - a)**2)",
            "The denominator a(1 − a) occurs twice: (−y(1 − a) + (1 − y)a)/(a(1 − a)).",
        ),
    ),
)


WHEN_NOT = ChoiceExercise(
    id="05.5",
    title="where δ = a − y fails",
    options={
        "a": "identity and quadratic cost, targets far outside of [0, 1].",
        "b": "sigmoid and binary cross-entropy, three outputs, two of which should be 1.",
        "c": "softmax and cross-entropy, soft targets (0.7, 0.2, 0.1).",
        "d": "sigmoid and quadratic cost, targets 0 and 1.",
        "e": "softmax and cross-entropy, one-hot targets, ReLU in the hidden layers.",
        "f": "sigmoid and binary cross-entropy, targets 0.9 instead of 1.",
    },
    right="d",
    hints=(
        "BP1: δ = ∇_a C ⊙ σ′(z) for every output that looks at its own z only. Where does the σ′ "
        "go?",
        "It cancels if the cost brings 1/σ′ along. The cross-entropies do, each for its own "
        "output; the quadratic cost brings nothing.",
        "The quadratic cost has ∇_a C = a − y. Look for an output with σ′ ≠ 1 under it.",
    ),
    mistakes=(
        Mistake(
            "identity",
            "a",
            "Here it holds: ∂C/∂a = a − y for any target, and the identity has σ′ = 1.",
        ),
        Mistake(
            "two labels",
            "b",
            "Here it holds: each sigmoid output has a cost of its own, with δ_j = a_j − y_j. The "
            "sum of the targets matters for the softmax only.",
        ),
        Mistake(
            "soft targets",
            "c",
            "Here it holds: δ = (Σy) a − y, and 0.7 + 0.2 + 0.1 = 1. The targets need not be 0 "
            "and 1.",
        ),
        Mistake(
            "hidden activation",
            "e",
            "Here it holds: δ at the output does not depend on how the hidden layers made the "
            "logits. ReLU′ enters one layer below, in BP2.",
        ),
        Mistake(
            "soft binary targets",
            "f",
            "Here it holds: σ(z) − y was derived for any y. It is 0 where a = 0.9, not where a = "
            "1.",
        ),
    ),
)


def soft_targets(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Rows of positive numbers that sum to 1."""
    rows = rng.uniform(0.2, 1.0, shape)
    return rows / rows.sum(axis=-1, keepdims=True)


# Rows so far apart that e^z overflows in one and, after a shift by the largest of all, vanishes in
# another; in the third row a shift by its smallest logit or its first overflows, too, in the last
# row one by its smallest only.
FAR_APART: Sample = {
    "logits": np.array(
        [[1000.0, 998.5, 999.0], [0.5, -1.0, 2.0], [0.0, 1000.0, 999.0], [500.0, 0.0, 1000.0]]
    ),
    "targets": np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
}
# Ten classes: one large logit hardly moves the mean of its row, nor four the median.
MANY_CLASSES: Sample = {
    "logits": np.array([[1000.0] + 9 * [0.0], [1000.0, 999.0, 1000.0, 998.0] + 6 * [0.0]]),
    "targets": np.eye(10)[[1, 2]],
}


def softmax_unshifted(z: Array) -> Array:
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def softmax_over_the_batch(z: Array) -> Array:
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def shifted_exp(z: Array) -> Array:
    """What the softmax divides by its sum."""
    return np.exp(z - z.max(axis=1, keepdims=True))


def softmax_shifted_by(shift: Any) -> Any:
    """The softmax with another shift."""

    def wrong(z: Array) -> Array:
        e = np.exp(z - shift(z))
        return e / e.sum(axis=1, keepdims=True)

    return wrong


def softmax_delta_without_keepdims(z: Array, y: Array) -> Array:
    e = np.exp(z - z.max(axis=1))
    return (e / e.sum(axis=1) - y) / len(z)


SOFTMAX_DELTA = CodeExercise(
    id="05.6",
    title="δ of softmax with cross-entropy",
    points=2,
    reference=softmax_cross_entropy_backward,
    samples=(
        *samples(
            {"logits": ("B", "n"), "targets": ("B", "n")}, make={"targets": soft_targets}, seed=5
        ),
        *samples({"logits": ("B", "n"), "targets": ("B", "n")}, make={"targets": one_hot}, seed=6),
        FAR_APART,
        MANY_CLASSES,
    ),
    hints=(
        "You derived it: output minus target, over m. What is m, and what is the output?",
        "a = softmax of each row. Subtract the row's largest logit first, "
        "logits.max(axis=1, keepdims=True): the result is the same, and e^z cannot overflow.",
        "e = np.exp(logits - logits.max(axis=1, keepdims=True)); "
        "a = e / e.sum(axis=1, keepdims=True); return (a - targets) / len(logits)",
    ),
    mistakes=(
        Mistake(
            "no 1/m",
            lambda z, y: softmax(z) - y,
            "The 1/m is missing: the cost is the mean over the m rows, so divide by len(logits). "
            "It enters here, and nowhere below.",
        ),
        Mistake(
            "sign",
            lambda z, y: (y - softmax(z)) / len(z),
            "The sign is wrong: you returned y − a. The gradient is a − y.",
        ),
        Mistake(
            "overflow",
            lambda z, y: (softmax_unshifted(z) - y) / len(z),
            "e^1000 overflows: subtract each row's largest logit before np.exp. The softmax does "
            "not change, as the factor e^(−max) cancels in the fraction.",
        ),
        Mistake(
            "one shift for all rows",
            lambda z, y: (softmax_shifted_by(np.max)(z) - y) / len(z),
            "You subtracted the largest logit of the whole batch: in a row far below it all e^z "
            "become 0, and 0/0 is NaN. Subtract each row's own, max(axis=1, keepdims=True).",
        ),
        Mistake(
            "shift by the smallest",
            lambda z, y: (
                (softmax_shifted_by(lambda z: z.min(axis=1, keepdims=True))(z) - y) / len(z)
            ),
            "You subtracted each row's smallest logit: then all exponents are ≥ 0 and a large one "
            "still overflows. Subtract the largest.",
        ),
        Mistake(
            "shift by the first",
            lambda z, y: (softmax_shifted_by(lambda z: z[:, :1])(z) - y) / len(z),
            "You subtracted each row's first logit: one that is much larger still overflows. "
            "Subtract the largest.",
        ),
        Mistake(
            "shift by the mean",
            lambda z, y: (
                (softmax_shifted_by(lambda z: z.mean(axis=1, keepdims=True))(z) - y) / len(z)
            ),
            "You subtracted each row's mean: with many classes, one logit of 1000 is far above it "
            "and still overflows. Subtract the largest.",
        ),
        Mistake(
            "overflow, no 1/m",
            lambda z, y: softmax_unshifted(z) - y,
            "Two things: e^1000 overflows, so subtract each row's largest logit before np.exp; and "
            "the 1/m is missing.",
        ),
        Mistake(
            "sum without keepdims",
            lambda z, y: (shifted_exp(z) / shifted_exp(z).sum(axis=1) - y) / len(z),
            "The sums have shape (B,), which broadcasting lays along a row: keep the axis, "
            "e.sum(axis=1, keepdims=True).",
        ),
        Mistake(
            "maximum without keepdims",
            lambda z, y: (softmax_shifted_by(lambda z: z.max(axis=1))(z) - y) / len(z),
            "The maxima have shape (B,), which broadcasting lays along a row: keep the axis, "
            "logits.max(axis=1, keepdims=True).",
        ),
        Mistake(
            "no keepdims",
            softmax_delta_without_keepdims,
            "Maxima and sums have shape (B,), which broadcasting lays along a row: both need "
            "keepdims=True.",
        ),
        Mistake(
            "sum over everything",
            lambda z, y: (np.exp(z) / np.exp(z).sum() - y) / len(z),
            "You divided by the sum over the whole batch: each row has a sum of its own, "
            "e.sum(axis=1, keepdims=True). And e^1000 overflows.",
        ),
        Mistake(
            "shift and sum over everything",
            lambda z, y: (np.exp(z - z.max()) / np.exp(z - z.max()).sum() - y) / len(z),
            "Maximum and sum are those of the whole batch: each row has its own, with axis=1, "
            "keepdims=True in both.",
        ),
        Mistake(
            "sum over all rows",
            lambda z, y: (shifted_exp(z) / shifted_exp(z).sum() - y) / len(z),
            "The shift is right, but you divided by the sum over the whole batch: "
            "e.sum(axis=1, keepdims=True).",
        ),
        Mistake(
            "not divided",
            lambda z, y: (shifted_exp(z) - y) / len(z),
            "You took e^z for the outputs: divide by the row's sum.",
        ),
        Mistake(
            "no exponential",
            lambda z, y: (z / z.sum(axis=1, keepdims=True) - y) / len(z),
            "You divided the logits by their sum: the softmax divides e^z by the sum of e^z.",
        ),
        Mistake(
            "softmax twice",
            lambda z, y: (softmax(softmax(z)) - y) / len(z),
            "You applied the softmax twice.",
        ),
        Mistake(
            "log",
            lambda z, y: (np.log(softmax(z)) - y) / len(z),
            "You took log a for a: the logarithm is in the cost, its derivative has none.",
        ),
        Mistake(
            "cost",
            lambda z, y: -(y * np.log(softmax(z))).sum() / len(z),
            "That is the cost, one number: δ has an entry for each logit.",
        ),
        Mistake(
            "summed over the batch",
            lambda z, y: ((softmax(z) - y) / len(z)).sum(axis=0),
            "You summed or averaged over the batch: δ keeps one row a sample. BP3 sums later.",
        ),
        Mistake(
            "over n",
            lambda z, y: (softmax(z) - y) / z.shape[1],
            "You divided by the number of classes: m is the number of samples, len(logits).",
        ),
        Mistake(
            "sign, no 1/m",
            lambda z, y: y - softmax(z),
            "Two things: the gradient is a − y, not y − a, and the 1/m is missing.",
        ),
        Mistake(
            "outputs only",
            lambda z, y: softmax(z),
            "That is the softmax: subtract the targets and divide by m.",
        ),
        Mistake(
            "twice",
            lambda z, y: 2 * (softmax(z) - y) / len(z),
            "That is twice as much: no square is differentiated here.",
        ),
        Mistake(
            "softmax over the batch",
            lambda z, y: (softmax_over_the_batch(z) - y) / len(z),
            "Your softmax runs down the columns: a sample is a row, so its outputs sum to 1 along "
            "axis 1.",
        ),
        Mistake(
            "no softmax",
            lambda z, y: (z - y) / len(z),
            "You took the logits for the outputs: the softmax is missing.",
        ),
        Mistake(
            "sigmoid",
            lambda z, y: (sigmoid(z) - y) / len(z),
            "You took the sigmoid of each logit: that is δ of the binary cross-entropy. The "
            "softmax divides by the sum over the row.",
        ),
        Mistake(
            "σ′ too many",
            lambda z, y: (softmax(z) - y) * softmax(z) * (1 - softmax(z)) / len(z),
            "There is a factor a(1 − a) too many: the cross-entropy cancels it, which is what it "
            "is for.",
        ),
        Mistake(
            "softmax′ twice",
            lambda z, y: softmax_backward(softmax(z) - y, z) / len(z),
            "You sent a − y through the softmax's Jacobian: a − y is behind it already. It is "
            "∂C/∂z, not ∂C/∂a.",
        ),
        Mistake(
            "∂C/∂a",
            lambda z, y: -y / softmax(z) / len(z),
            "That is ∂C/∂a = −y/a, over m: the way from a to z, the softmax's Jacobian, is still "
            "missing.",
        ),
        Mistake(
            "no targets",
            lambda z, y: softmax(z) / len(z),
            "The targets are missing: subtract them from the outputs.",
        ),
        Mistake(
            "right class only",
            lambda z, y: (softmax(z) - 1) * y / len(z),
            "Only the right class gets an error: the others are too large by a, so theirs is a.",
        ),
        Mistake(
            "mean over outputs",
            lambda z, y: (softmax(z) - y) / z.size,
            "You divided by the number of outputs, too: a sample's cost is a sum over them. The "
            "mean is over the samples.",
        ),
    ),
)

FIRST_LOSS = NumberExercise(
    id="05.7",
    title="the loss before training",
    value=float(np.log(10)),
    tolerance=0.006,
    hints=(
        "All ten logits are 0. What does the softmax make of that?",
        "Each output is 1/10, so also the one of the right digit. The cost is −log of that one.",
        "−log(1/10) = log 10: work it out to two decimals. It is the natural logarithm.",
    ),
    mistakes=(
        Mistake("zero", 0, "0 is the loss of a network that is sure and right every time."),
        Mistake("log10", 1, "That is the logarithm to base 10: the cost has the natural one."),
        Mistake(
            "log2",
            float(np.log2(10)),
            "That is the logarithm to base 2: the cost has the natural one.",
        ),
        Mistake(
            "sign",
            -float(np.log(10)),
            "The sign is wrong: the cost is −log(1/10), and that is positive.",
        ),
        Mistake("probability", 0.1, "That is the output of the right digit: the cost is −log."),
        Mistake(
            "−log 0.9",
            -float(np.log(0.9)),
            "That is −log(1 − a) of the right digit: the cost is −log a, with a = 1/10.",
        ),
        Mistake(
            "ten coins",
            10 * float(np.log(2)),
            "That is ten times log 2, the cost of ten sigmoid outputs of ½: a softmax makes 1/10 "
            "of each, and one term is left.",
        ),
        Mistake(
            "mean over outputs",
            float(np.log(10)) / 10,
            "You divided by the number of outputs, too: a sample's cost is a sum over them, and "
            "one term is left.",
        ),
        Mistake(
            "mean of binary costs",
            -float(np.log(0.1) + 9 * np.log(0.9)) / 10,
            "That is the binary cross-entropy, averaged over the outputs. This cost is −Σ y log a.",
        ),
        Mistake("classes", 10, "That is the number of classes: the cost is its logarithm."),
        Mistake(
            "log of the samples",
            float(np.log(1250)),
            "That is the logarithm of the number of samples: it is classes that are guessed among.",
        ),
        Mistake(
            "log 9", float(np.log(9)), "That is log 9: ten outputs share the probability, not nine."
        ),
        Mistake("error", 0.9, "That is 1 − a of the right digit: the cost is −log a."),
        Mistake("two classes", float(np.log(2)), "That is log 2, for two classes: there are ten."),
        Mistake(
            "sum over outputs",
            10 * float(np.log(10)),
            "That is ten times as much: y is 0 for nine of the outputs, so one term is left.",
        ),
        Mistake(
            "binary costs",
            -float(np.log(0.1) + 9 * np.log(0.9)),
            "You added −log(1 − a) for the nine wrong digits: that is the binary cross-entropy. "
            "This one is −Σ y log a.",
        ),
        Mistake(
            "quadratic",
            0.45,
            "That is the quadratic cost ½‖a − y‖²: the cost here is the cross-entropy.",
        ),
    ),
)

EXERCISES = (PARAMETERS, FORWARD, BACKWARD, BCE_SLOPE, WHEN_NOT, SOFTMAX_DELTA, FIRST_LOSS)
