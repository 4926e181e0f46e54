"""Lesson 04, the four equations: BP1–BP4 in NumPy, and what follows from them."""

import numpy as np

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import samples
from bplab.numeric import (
    bias_gradient,
    hidden_error,
    output_error,
    sigmoid,
    sigmoid_prime,
    weight_gradient,
)
from bplab.symbolic import Tensor, activation, index

OUTPUT_ERROR = CodeExercise(
    id="04.1",
    title="BP1, the error at the output",
    reference=output_error,
    samples=samples({"grad_a": ("B", "n"), "sigma_prime_z": ("B", "n")}),
    hints=(
        "Neuron j of the output touches no other output. How many factors does δ_j have?",
        "δ_j is ∂C/∂a_j times σ′(z_j), in every row and every column. Both factors are handed in.",
        "return grad_a * sigma_prime_z",
    ),
    mistakes=(
        Mistake(
            "no σ′",
            lambda g, s: g,
            "Your result equals ∇_a C: the factor σ′(z) is missing. That is ∂C/∂a, one step short "
            "of ∂C/∂z.",
        ),
        Mistake(
            "no ∇C",
            lambda g, s: s,
            "Your result equals σ′(z): the factor ∇_a C is missing. Without it the target plays "
            "no part.",
        ),
        Mistake(
            "σ′ from σ′",
            lambda g, s: g * s * (1 - s),
            "Your result equals ∇_a C ⊙ s(1 − s) with s = sigma_prime_z: but sigma_prime_z is "
            "σ′(z) already, not the activation. Multiply by it as it is.",
        ),
        Mistake(
            "added",
            lambda g, s: g + s,
            "Your result equals ∇_a C + σ′(z): along one path derivatives multiply; they are added "
            "over paths.",
        ),
        Mistake(
            "averaged",
            lambda g, s: g * s / len(g),
            "You divided by the batch size: the 1/m is inside grad_a already, as the cost is a "
            "mean. It must not enter twice.",
        ),
        Mistake(
            "sign",
            lambda g, s: -g * s,
            "Your result equals −δ: the sign is wrong. δ is the gradient itself; the minus belongs "
            "to the step W ← W − η ∂C/∂W.",
        ),
        Mistake(
            "matrix product",
            lambda g, s: g @ s.T,
            "Your result equals ∇_a C σ′(z)ᵀ, a matrix product that mixes neurons and samples: ⊙ "
            "is elementwise, * in NumPy.",
        ),
        Mistake(
            "matrix product as it stands",
            lambda g, s: g @ s,
            "You multiplied the two as matrices, which fits by luck at best: ⊙ is elementwise, * "
            "in NumPy.",
        ),
        Mistake(
            "summed over neurons",
            lambda g, s: (g * s).sum(axis=1, keepdims=True),
            "You summed over the neurons of the layer: each neuron has its own δ_j.",
        ),
        Mistake(
            "summed over samples",
            lambda g, s: (g * s).sum(axis=0),
            "You summed over the batch: each sample has its own row of δ. The sum comes later, in "
            "BP3 and BP4.",
        ),
        Mistake(
            "averaged over samples",
            lambda g, s: (g * s).mean(axis=0),
            "You averaged over the batch: each sample has its own row of δ, and the 1/m is inside "
            "grad_a already.",
        ),
        Mistake(
            "one number a sample",
            lambda g, s: (g * s).sum(axis=1),
            "You took the scalar product of each row: that sums over the neurons, but each neuron "
            "has its own δ_j.",
        ),
        Mistake(
            "one number",
            lambda g, s: (g * s).sum(),
            "You summed over everything. δ has the shape of z: one entry for each neuron in each "
            "sample.",
        ),
        Mistake(
            "averaged over everything",
            lambda g, s: (g * s).mean(),
            "You averaged over everything. δ has the shape of z: one entry for each neuron in each "
            "sample.",
        ),
        Mistake(
            "averaged over neurons",
            lambda g, s: g * s / g.shape[1],
            "You divided by the number of neurons. Nothing is averaged here.",
        ),
        Mistake(
            "first factor transposed",
            lambda g, s: g.T @ s,
            "Your result equals ∇_a Cᵀ σ′(z), a matrix product that sums over the samples: ⊙ is "
            "elementwise, * in NumPy.",
        ),
        Mistake(
            "outer product",
            np.outer,
            "np.outer multiplies each entry with every other. ⊙ is elementwise, * in NumPy.",
        ),
        Mistake(
            "samples in columns",
            lambda g, s: (g * s).T,
            "The numbers are right, but transposed: samples are rows, here and everywhere.",
        ),
        Mistake(
            "σ′ twice",
            lambda g, s: g * s * s,
            "The factor σ′(z) occurs twice: once is enough.",
        ),
        Mistake(
            "divided",
            lambda g, s: g / s,
            "You divided by σ′(z). ∂C/∂z is ∂C/∂a times ∂a/∂z.",
        ),
    ),
)


def only_the_last_unit(delta_next, W_next, sigma_prime_z):  # type: ignore[no-untyped-def]
    return np.outer(delta_next[:, -1], W_next[-1]) * sigma_prime_z


def sigma_prime_in_every_turn(delta_next, W_next, sigma_prime_z):  # type: ignore[no-untyped-def]
    delta = np.zeros_like(sigma_prime_z)
    for j in range(len(W_next)):
        delta = (delta + np.outer(delta_next[:, j], W_next[j])) * sigma_prime_z
    return delta


HIDDEN_ERROR = CodeExercise(
    id="04.2",
    title="BP2, the error one layer back",
    points=2,
    reference=hidden_error,
    samples=samples(
        {"delta_next": ("B", "n_next"), "W_next": ("n_next", "n"), "sigma_prime_z": ("B", "n")}
    ),
    hints=(
        "Which neurons of the next layer does neuron k feed, and by which weights?",
        "For each sample: Σ_j δ_j W_jk, then times σ′(z_k). The sum runs over the first index of "
        "W_next, which is the second of delta_next.",
        "return (delta_next @ W_next) * sigma_prime_z",
    ),
    mistakes=(
        Mistake(
            "transpose",
            lambda d, W, s: (d @ W.T) * s,
            "Where it fits, your result equals (Wδ) ⊙ σ′: the transpose is missing. For rows "
            "Wᵀδ is delta_next @ W_next, and W.T makes it Wδ. On layers of equal width no shape "
            "warns you.",
        ),
        Mistake(
            "order for columns",
            lambda d, W, s: (W.T @ d) * s,
            "You wrote Wᵀδ for one column, but delta_next has one sample a row. Transpose the "
            "whole product: (Wᵀδ)ᵀ = δᵀW, which is delta_next @ W_next.",
        ),
        Mistake(
            "order for columns, no transpose",
            lambda d, W, s: (W @ d) * s,
            "You wrote Wδ: the transpose of BP2 is missing, and delta_next has one sample a row, "
            "not a column. For rows Wᵀδ is delta_next @ W_next.",
        ),
        Mistake(
            "samples in columns",
            lambda d, W, s: (W.T @ d.T) * s,
            "Wᵀδ is right, but now each sample is a column, and sigma_prime_z has rows. Transpose "
            "the product back, or write delta_next @ W_next at once.",
        ),
        Mistake(
            "no σ′",
            lambda d, W, s: d @ W,
            "Your result equals Wᵀδ: it lacks σ′(z). That is ∂C/∂a of this layer; δ is ∂C/∂z.",
        ),
        Mistake(
            "σ′ from σ′",
            lambda d, W, s: (d @ W) * s * (1 - s),
            "Your result has s(1 − s) with s = sigma_prime_z: but sigma_prime_z is σ′(z) already, "
            "not the activation. Multiply by it as it is.",
        ),
        Mistake(
            "no weights",
            lambda d, W, s: d.sum(axis=1, keepdims=True) * s,
            "Your result equals (Σ_j δ_j) σ′(z_k): the weights are missing. Neuron k is answerable "
            "for δ_j only as far as W_jk carries its signal there.",
        ),
        Mistake(
            "overwritten",
            only_the_last_unit,
            "Only the last neuron of the next layer counts: the sum over j is overwritten, not "
            "accumulated. Neuron k feeds all of them, so add up with +=.",
        ),
        Mistake(
            "mean over the next layer",
            lambda d, W, s: (d @ W) * s / len(W),
            "You averaged over the neurons of the next layer: the chain rule sums over paths.",
        ),
        Mistake(
            "averaged",
            lambda d, W, s: (d @ W) * s / len(d),
            "You divided by the batch size: the 1/m is inside delta_next already. It enters once, "
            "in the loss.",
        ),
        Mistake(
            "sign",
            lambda d, W, s: -(d @ W) * s,
            "Your result equals −δ: the sign is wrong. Errors flow back with the sign they have.",
        ),
        Mistake(
            "added",
            lambda d, W, s: d @ W + s,
            "You added σ′(z): it multiplies, as the signal passes σ after it was weighted back.",
        ),
        Mistake(
            "transposed at the end",
            lambda d, W, s: (W.T @ d.T) * s.T,
            "The numbers are right, but each sample is a column. Transpose the result, or write "
            "delta_next @ W_next at once.",
        ),
        Mistake(
            "no σ′, samples in columns",
            lambda d, W, s: W.T @ d.T,
            "This is Wᵀδ with one sample a column: it lacks σ′(z), and samples should be rows.",
        ),
        Mistake(
            "transpose, samples in columns",
            lambda d, W, s: (W @ d.T) * s,
            "You wrote Wδ: the transpose of BP2 is missing. And each sample is a column in your "
            "product. For rows Wᵀδ is delta_next @ W_next.",
        ),
        Mistake(
            "no W",
            lambda d, W, s: d * s,
            "W_next is missing: δ of the next layer cannot be used as it stands, even where the "
            "widths are equal. First carry it back, delta_next @ W_next.",
        ),
        Mistake(
            "no δ",
            lambda d, W, s: W.sum(axis=0) * s,
            "delta_next is missing: you summed the weights alone.",
        ),
        Mistake(
            "all elementwise",
            lambda d, W, s: d * W * s,
            "You multiplied delta_next and W_next elementwise. Between them stands a matrix "
            "product, @; only σ′ is elementwise.",
        ),
        Mistake(
            "σ′ before the product",
            lambda d, W, s: (d * s) @ W,
            "You multiplied δ of the next layer by σ′(z) of this one: that fits only where the "
            "widths are equal. First carry δ back with W_next, then multiply by σ′(z).",
        ),
        Mistake(
            "σ′ on the weights",
            lambda d, W, s: d @ (W * s),
            "You multiplied the weights by σ′(z): row j of W_next is a neuron, row s of "
            "sigma_prime_z is a sample. First the product delta_next @ W_next, then times σ′(z).",
        ),
        Mistake(
            "σ′ in a matrix product",
            lambda d, W, s: (d @ W) @ s.T,
            "The last product is a matrix product, too: ⊙ is elementwise, * in NumPy.",
        ),
        Mistake(
            "σ′ in a matrix product as it stands",
            lambda d, W, s: d @ W @ s,
            "The last @ should be *: ⊙ is elementwise.",
        ),
        Mistake(
            "σ′ twice",
            lambda d, W, s: (d @ W) * s * s,
            "The factor σ′(z) occurs twice. The σ′ of the next layer is inside delta_next already.",
        ),
        Mistake(
            "σ′ in every turn of the loop",
            sigma_prime_in_every_turn,
            "You multiply the sum so far by σ′(z) in every turn of the loop. Add up all terms "
            "first, then multiply once.",
        ),
        Mistake(
            "divided",
            lambda d, W, s: (d @ W) / s,
            "You divided by σ′(z). ∂C/∂z is ∂C/∂a times ∂a/∂z.",
        ),
        Mistake(
            "summed over samples",
            lambda d, W, s: ((d @ W) * s).sum(axis=0),
            "You summed over the batch: each sample has its own row of δ. The sum comes later, in "
            "BP3 and BP4.",
        ),
        Mistake(
            "averaged over samples",
            lambda d, W, s: ((d @ W) * s).mean(axis=0),
            "You averaged over the batch: each sample has its own row of δ, and the 1/m is inside "
            "delta_next already.",
        ),
    ),
)

BIAS_GRADIENT = CodeExercise(
    id="04.3",
    title="BP3, the gradient of the biases",
    reference=bias_gradient,
    samples=samples({"delta": ("B", "n")}),
    hints=(
        "How many biases has the layer, and how many samples use each of them?",
        "The bias of neuron j serves all B samples, so ∂C/∂b_j sums the column j of delta.",
        "return delta.sum(axis=0)",
    ),
    mistakes=(
        Mistake(
            "averaged",
            lambda d: d.mean(axis=0),
            "You averaged instead of summing: the 1/m is inside delta already. With it here it "
            "enters twice, and the step is m times too small.",
        ),
        Mistake(
            "not summed",
            lambda d: d,
            "Your result equals δ, one row a sample: the sum over the batch is missing. One bias "
            "serves all samples.",
        ),
        Mistake(
            "overwritten",
            lambda d: d[-1],
            "Your result equals the last row of δ: overwritten, not accumulated. Every sample adds "
            "its part, so += in a loop.",
        ),
        Mistake(
            "first sample",
            lambda d: d[0],
            "Your result equals the first row of δ: the other samples are missing.",
        ),
        Mistake(
            "wrong axis",
            lambda d: d.sum(axis=1),
            "You summed over the neurons (axis 1): samples are rows, so the batch is axis 0.",
        ),
        Mistake(
            "one number",
            lambda d: d.sum(),
            "You summed over everything: that would be the gradient of one bias shared by the "
            "whole layer.",
        ),
        Mistake(
            "axis kept",
            lambda d: d.sum(axis=0, keepdims=True),
            "The values are right, the shape is not: b has shape (n,), so its gradient has, too. "
            "Drop keepdims.",
        ),
        Mistake(
            "sign",
            lambda d: -d.sum(axis=0),
            "The sign is wrong: this is the gradient; the minus belongs to the step.",
        ),
        Mistake(
            "averaged, axis kept",
            lambda d: d.mean(axis=0, keepdims=True),
            "Two things: you averaged instead of summing, and b has shape (n,), without keepdims.",
        ),
        Mistake(
            "averaged over everything",
            lambda d: d.mean(),
            "You averaged over everything: each neuron has a bias of its own, and its samples are "
            "summed.",
        ),
        Mistake(
            "averaged over neurons",
            lambda d: d.mean(axis=1),
            "You averaged over the neurons (axis 1). Sum over the samples, which is axis 0.",
        ),
        Mistake(
            "wrong axis, kept",
            lambda d: d.sum(axis=1, keepdims=True),
            "You summed over the neurons, and the result is a column. The batch is axis 0, and b "
            "has shape (n,): drop keepdims.",
        ),
        Mistake(
            "a column",
            lambda d: d.sum(axis=0)[:, np.newaxis],
            "The values are right, but as a column of shape (n, 1): b has shape (n,).",
        ),
        Mistake(
            "not summed, transposed",
            lambda d: d.T,
            "Your result equals δᵀ: the sum over the batch is missing.",
        ),
        Mistake(
            "local derivative only",
            lambda d: np.ones(d.shape[1]),
            "That is ∂z/∂b = 1, the local derivative alone: it is multiplied by δ.",
        ),
        Mistake(
            "still zero",
            lambda d: np.zeros(d.shape[1]),
            "Your result is all zeros: nothing was added to the array you began with.",
        ),
        Mistake(
            "a list",
            lambda d: list(d.sum(axis=0)),
            "The numbers are right. Later cells want an array: return np.array(…).",
        ),
    ),
)

WEIGHT_GRADIENT = CodeExercise(
    id="04.4",
    title="BP4, the gradient of the weights",
    points=2,
    reference=weight_gradient,
    samples=samples({"delta": ("B", "n"), "a_prev": ("B", "n_prev")}),
    hints=(
        "The gradient of W has the shape of W. Which index comes from delta, which from a_prev?",
        "For one sample it is the outer product δ_j a_k, row j from δ. Sum it over the samples: "
        "which matrix product does that?",
        "return delta.T @ a_prev",
    ),
    mistakes=(
        Mistake(
            "transpose",
            lambda d, a: a.T @ d,
            "Your result equals the transpose of the gradient: W is (n_out, n_in), so row j "
            "belongs to δ_j and column k to a_k.",
        ),
        Mistake(
            "averaged",
            lambda d, a: d.T @ a / len(d),
            "You averaged instead of summing: the 1/m is inside delta already.",
        ),
        Mistake(
            "overwritten",
            lambda d, a: np.outer(d[-1], a[-1]),
            "Only the last sample counts: the outer products are overwritten, not accumulated. Add "
            "them up with +=.",
        ),
        Mistake(
            "first sample",
            lambda d, a: np.outer(d[0], a[0]),
            "Only the first sample counts: the outer products of the others are missing.",
        ),
        Mistake(
            "product of sums",
            lambda d, a: np.outer(d.sum(axis=0), a.sum(axis=0)),
            "You summed δ and a over the batch before multiplying: that pairs the error of one "
            "sample with the input of another. Multiply sample by sample, then sum.",
        ),
        Mistake(
            "not summed",
            lambda d, a: d[:, :, np.newaxis] * a[:, np.newaxis, :],
            "Your result has one matrix a sample: the sum over the batch (axis 0) is missing.",
        ),
        Mistake(
            "np.outer of batches",
            np.outer,
            "np.outer flattens its arguments first: each sample's δ met every other sample's a. "
            "Take the outer product sample by sample, and sum.",
        ),
        Mistake(
            "samples by samples",
            lambda d, a: d @ a.T,
            "You summed over the neurons and kept the samples: it is the samples that are summed. "
            "Which factor must be transposed for that?",
        ),
        Mistake(
            "no activations",
            lambda d, a: np.outer(d.sum(axis=0), np.ones(a.shape[1])),
            "Your result does not depend on a_prev: that is the gradient of the bias in every "
            "column. A weight is multiplied by its input, so a_k is a factor.",
        ),
        Mistake(
            "sign",
            lambda d, a: -d.T @ a,
            "The sign is wrong: this is the gradient; the minus belongs to the step.",
        ),
        Mistake(
            "transpose, averaged",
            lambda d, a: a.T @ d / len(d),
            "Two things: your result is the transpose of the gradient, and it is averaged. The "
            "1/m is inside delta already.",
        ),
        Mistake(
            "matrix product as it stands",
            lambda d, a: d @ a,
            "delta @ a_prev fits only by luck: it pairs neurons with samples. The samples are "
            "summed, and they are the rows of both: which factor must be transposed?",
        ),
        Mistake(
            "samples by samples, the other way",
            lambda d, a: a @ d.T,
            "You kept the samples and summed over the neurons. It is the samples that are summed: "
            "delta should come first, and be the one that is transposed.",
        ),
        Mistake(
            "elementwise",
            lambda d, a: d * a,
            "You multiplied elementwise, which fits only where the widths are equal. Every δ_j "
            "meets every a_k: an outer product, summed over the samples.",
        ),
        Mistake(
            "elementwise, summed",
            lambda d, a: (d * a).sum(axis=0),
            "You multiplied elementwise, δ_j by a_j: that is only the diagonal of the gradient. "
            "Every δ_j meets every a_k.",
        ),
        Mistake(
            "np.outer of batches, transposed",
            lambda d, a: np.outer(a, d),
            "np.outer flattens its arguments first: each sample's δ met every other sample's a. "
            "Take the outer product sample by sample, δ first, and sum.",
        ),
        Mistake(
            "product of means",
            lambda d, a: np.outer(d.mean(axis=0), a.mean(axis=0)),
            "You averaged δ and a over the batch before multiplying: that pairs the error of one "
            "sample with the input of another. Multiply sample by sample, then sum.",
        ),
        Mistake(
            "sum by mean",
            lambda d, a: np.outer(d.sum(axis=0), a.mean(axis=0)),
            "You took the mean input for every sample: that pairs the error of one sample with "
            "the input of another. Multiply sample by sample, then sum.",
        ),
        Mistake(
            "product of sums, transposed",
            lambda d, a: np.outer(a.sum(axis=0), d.sum(axis=0)),
            "You summed δ and a over the batch before multiplying, and the result is transposed. "
            "Multiply sample by sample, δ first, then sum.",
        ),
        Mistake(
            "no δ",
            lambda d, a: np.outer(np.ones(d.shape[1]), a.sum(axis=0)),
            "Your result does not depend on delta: that is ∂z/∂W alone, not yet linked to the "
            "cost.",
        ),
        Mistake(
            "σ′ of the input",
            lambda d, a: d.T @ (a * (1 - a)),
            "You multiplied by a(1 − a): no σ lies between the weight and z, and the σ′ of this "
            "layer is inside delta already. The input a_k itself is the factor.",
        ),
        Mistake(
            "one matrix a sample, as a list",
            lambda d, a: [np.outer(one, other) for one, other in zip(d, a, strict=True)],
            "The outer products are right, one a sample. What is missing is their sum.",
        ),
    ),
)

_j, _k = index("j", "n1"), index("k", "n0")

INPUT_GRADIENT = FormulaExercise(
    id="04.5",
    title="the gradient of the input",
    points=2,
    reference="sum_(W[j, k]*delta[j], j)",
    names={
        "W": Tensor("W", ("n1", "n0")),
        "delta": Tensor("delta", ("n1",)),
        "x": Tensor("x", ("n0",)),
        "z": Tensor("z", ("n1",)),
        "sigma": activation("sigma"),
        "sigma_prime": activation("sigma").prime,
        "j": _j,
        "k": _k,
    },
    hints=(
        "Start as for BP2: through which quantities does C depend on x_k?",
        "Through every z_j of the first layer: Σ_j ∂C/∂z_j ∂z_j/∂x_k. What is each factor called?",
        "∂C/∂z_j is delta[j] and ∂z_j/∂x_k is W[j, k]: sum_(W[j, k]*delta[j], j)",
    ),
    mistakes=(
        Mistake(
            "σ′ of the input",
            "sum_(W[j, k]*delta[j], j)*sigma_prime(x[k])",
            "There is a σ′ too many: x_k goes straight into z, no σ lies between. You found what "
            "BP2 gives for a hidden layer.",
        ),
        Mistake(
            "σ′ twice",
            "sum_(W[j, k]*delta[j]*sigma_prime(z[j]), j)",
            "There is a σ′(z_j) too many: it is inside δ_j already, as δ_j = ∂C/∂z_j.",
        ),
        Mistake(
            "no sum",
            "W[j, k]*delta[j]",
            "The sum over j is missing: x_k feeds every neuron of the first layer.",
        ),
        Mistake(
            "no weights",
            "sum_(delta[j], j)",
            "The weights are missing: x_k reaches z_j through W_jk. And the result must depend "
            "on k.",
        ),
        Mistake(
            "no δ",
            "sum_(W[j, k], j)",
            "δ is missing: this is Σ_j ∂z_j/∂x_k, not yet linked to the cost.",
        ),
        Mistake(
            "summed over k",
            "sum_(W[j, k]*delta[j], k)",
            "You summed over k: that is a row of W. One input x_k feeds all z_j, so j is summed: a "
            "column of W, the transpose.",
        ),
        Mistake(
            "BP4",
            "x[k]*delta[j]",
            "That is BP4, the gradient of the weight W_jk. Here the input varies and W is fixed.",
        ),
        Mistake(
            "with x",
            "sum_(W[j, k]*delta[j], j)*x[k]",
            "There is a factor x_k too many: the derivative of W_jk x_k by x_k is W_jk.",
        ),
        Mistake(
            "forward",
            "sum_(W[j, k]*x[k], k)",
            "That is the forward pass, z_j without its bias. How does C change with x_k?",
        ),
        Mistake(
            "sign",
            "-sum_(W[j, k]*delta[j], j)",
            "The sign is wrong: this is the gradient, not the step against it.",
        ),
        Mistake(
            "local derivative only",
            "W[j, k]",
            "That is ∂z_j/∂x_k, one arrow. It is multiplied by ∂C/∂z_j = δ_j, and x_k has such a "
            "path through every neuron j: sum over j.",
        ),
        Mistake(
            "δ alone",
            "delta[j]",
            "That is ∂C/∂z_j. One step is missing, from z_j to x_k, for every j.",
        ),
        Mistake(
            "σ′ for δ",
            "sum_(W[j, k]*sigma_prime(z[j]), j)",
            "That is Σ_j ∂a_j/∂x_k: it stops at the activations. What links them to the cost is "
            "inside δ_j, σ′ included.",
        ),
        Mistake(
            "σ′ outside of the sum",
            "sum_(W[j, k]*delta[j], j)*sigma_prime(z[j])",
            "There is a σ′ too many: it is inside δ_j already. And outside of the sum j has no "
            "meaning.",
        ),
        Mistake(
            "one path, σ′ twice",
            "W[j, k]*delta[j]*sigma_prime(z[j])",
            "Two things: σ′(z_j) is inside δ_j already, and the sum over j is missing.",
        ),
        Mistake(
            "x for W",
            "sum_(delta[j], j)*x[k]",
            "The derivative of z_j by x_k is the weight W_jk. By the weight it would be x_k.",
        ),
        Mistake(
            "z for δ",
            "sum_(W[j, k]*z[j], j)",
            "You carried the values z back. What is carried back is the error δ.",
        ),
        Mistake(
            "a for δ",
            "sum_(W[j, k]*sigma(z[j]), j)",
            "You carried the activations back. What is carried back is the error δ.",
        ),
        Mistake(
            "summed apart",
            "sum_(W[j, k], j)*sum_(delta[j], j)",
            "You summed the weights and the errors apart: that pairs W_jk with the δ of other "
            "neurons, too. Multiply along each path, then sum.",
        ),
        Mistake(
            "summed over both",
            "sum_(W[j, k]*delta[j], j, k)",
            "You summed over k, too. k is the input that you ask about: only j is summed.",
        ),
        Mistake(
            "divided by x",
            "sum_(W[j, k]*delta[j], j)/x[k]",
            "You divided by x_k. The derivative of W_jk x_k by x_k is W_jk, and nothing more.",
        ),
    ),
)

# Mazur's output neuron o1: its pre-activation, activation, target and σ′.
_Z, _Y = 1.105905967, 0.01
_A = float(sigmoid(np.array(_Z)))
_SLOPE = _A * (1 - _A)

MAZUR_DELTA = NumberExercise(
    id="04.6",
    title="δ of an output neuron by hand",
    value=(_A - _Y) * _SLOPE,
    tolerance=6e-4,  # 0.139 comes from inputs that were rounded to two digits
    hints=(
        "BP1 has two factors. What is ∂E/∂a for E = ½(a − y)² + …, and what is σ′ for a sigmoid?",
        "∂E/∂a = a − y, and σ′(z) = a(1 − a) with a = σ(z).",
        "(0.751365 − 0.01) · 0.751365 · (1 − 0.751365): work it out to three digits.",
    ),
    mistakes=(
        Mistake("no σ′", _A - _Y, "That is a − y = ∂E/∂a: the factor σ′(z) is missing."),
        Mistake("no ∇E", _SLOPE, "That is σ′(z) alone: the factor a − y is missing."),
        Mistake(
            "sign",
            -(_A - _Y) * _SLOPE,
            "The sign is wrong: ∂E/∂a is a − y. The output is too large, so pushing z up makes E "
            "larger: δ is positive.",
        ),
        Mistake(
            "no ½",
            2 * (_A - _Y) * _SLOPE,
            "That is twice as much: the 2 from the square is cancelled by the ½ in E.",
        ),
        Mistake(
            "mean over outputs",
            (_A - _Y) * _SLOPE / 2,
            "That is half as much: E is the sum over the two outputs, not their mean.",
        ),
        Mistake(
            "σ′ applied to z",
            (_A - _Y) * _Z * (1 - _Z),
            "You used z(1 − z) for σ′: the formula a(1 − a) wants the activation a = σ(z).",
        ),
        Mistake(
            "σ for σ′",
            (_A - _Y) * _A,
            "You multiplied by σ(z) = a: the factor 1 − a of σ′ = a(1 − a) is missing.",
        ),
        Mistake(
            "no target",
            _A * _SLOPE,
            "You took a for a − y: the target y = 0.01 is missing.",
        ),
        Mistake("cost", (_A - _Y) ** 2 / 2, "That is the neuron's part of the cost E, ½(a − y)²."),
        Mistake(
            "two digits",
            0.14,
            "Nearly, but three digits are asked. Round at the end, not on the way.",
        ),
        Mistake(
            "1 − a for σ′",
            (_A - _Y) * (1 - _A),
            "You multiplied by 1 − a: the factor a of σ′ = a(1 − a) is missing.",
        ),
        Mistake(
            "slope of tanh",
            (_A - _Y) * (1 - _A**2),
            "You used 1 − a², the slope of tanh. For the sigmoid σ′ = a(1 − a).",
        ),
        Mistake(
            "σ′ applied to a",
            (_A - _Y) * float(sigmoid_prime(np.array(_A))),
            "You applied σ twice: a is σ(z) already, so σ′ is a(1 − a) with the a of the table.",
        ),
        Mistake(
            "y − a, no σ′",
            _Y - _A,
            "That is y − a: the sign is wrong, and the factor σ′(z) is missing.",
        ),
        Mistake(
            "squared error",
            (_A - _Y) ** 2 * _SLOPE,
            "You multiplied by (a − y)²: the derivative of ½(a − y)² is a − y.",
        ),
        Mistake(
            "whole weight gradient",
            (_A - _Y) * _SLOPE * 0.593269992,
            "That is ∂E/∂w5 = δ · a_h1: δ itself has no factor from the hidden layer.",
        ),
        Mistake("other neuron", -0.0380982366, "That is δ of o2. Asked is o1."),
        Mistake("whole cost", 0.298371109, "That is E, the cost itself. How fast does it move?"),
        Mistake("the output", _A, "That is the output a of the neuron, before any derivative."),
        Mistake("the pre-activation", _Z, "That is z of the neuron, before any derivative."),
    ),
)

BATCH_TWICE = ChoiceExercise(
    id="04.7",
    title="where 1/m shows",
    options={
        "a": "each row of δ occurs twice, unchanged; dW doubles.",
        "b": "each row of δ occurs twice, unchanged; dW stays as it is.",
        "c": "each row of δ, in every layer, is half as large; dW stays as it is.",
        "d": "each row of δ, in every layer, is half as large; dW is half as large, too.",
        "e": "a row of δ is half as large in the last layer, a quarter in the one before, …",
        "f": "nothing at all changes, neither the rows of δ, nor their number, nor dW.",
    },
    right="c",
    hints=(
        "Does the cost C change? Then can its gradient with respect to W change?",
        "C = (1/m) Σ_s C_s, and δ_s = ∂C/∂z_s. What happens to the factor 1/m when m doubles?",
        "In dW = Σ_s δ_s a_sᵀ each term is halved and there are twice as many terms.",
    ),
    mistakes=(
        Mistake(
            "sum for mean",
            "a",
            "That is the cost without its 1/m. C is the mean over the samples; it does not change "
            "when all of them are doubled, so ∂C/∂W cannot.",
        ),
        Mistake(
            "1/m in BP4",
            "b",
            "dW is right. But δ is ∂C/∂z with C the mean, so the 1/m is inside every row. It would "
            "be as you say if 1/m entered in BP3 and BP4: another convention, not this course's.",
        ),
        Mistake(
            "1/m twice",
            "d",
            "The rows of δ are right. But dW sums over twice as many of them, and C as a function "
            "of W is the same as before.",
        ),
        Mistake(
            "1/m in every layer",
            "e",
            "1/m enters once, at the top. BP2 is linear in δ and passes the factor on as it is: "
            "half stays half.",
        ),
        Mistake(
            "δ by layer only",
            "f",
            "dW is right. But δ has a row for each sample, so it gets twice as many rows; and in "
            "each of them the 1/m shows.",
        ),
    ),
)

EXERCISES = (
    OUTPUT_ERROR,
    HIDDEN_ERROR,
    BIAS_GRADIENT,
    WEIGHT_GRADIENT,
    INPUT_GRADIENT,
    MAZUR_DELTA,
    BATCH_TWICE,
)
