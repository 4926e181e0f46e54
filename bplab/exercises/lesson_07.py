"""Lesson 07, making it train: where to start, how far to step, and how to step better."""

import math

import numpy as np

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import samples
from bplab.numeric.arrays import Array

VANISHING = NumberExercise(
    id="07.1",
    title="δ through five sigmoids",
    value=4.0**-5,
    tolerance=5e-5,
    hints=(
        "Which factor does BP2 bring in each layer besides Wᵀ, and how large can it be?",
        "σ′ ≤ ¼, once a layer. Factors along a path multiply.",
        "(1/4)**5, which is 1/1024: work it out.",
    ),
    mistakes=(
        Mistake(
            "one layer",
            0.25,
            "That is the bound for one sigmoid. BP2 brings a factor σ′ in each layer that δ "
            "passes, and here it passes five.",
        ),
        Mistake(
            "upside down",
            4.0**5,
            "That is how much smaller δ gets. The factor asked for is δ in layer 1 over δ in "
            "layer 6: turn it over.",
        ),
        Mistake(
            "added",
            1.25,
            "You added the five quarters: factors along a path multiply.",
        ),
        Mistake(
            "divided by 4 · 5",
            1 / 20,
            "You divided by 4 · 5. Each layer divides by 4 anew: 4⁵.",
        ),
        Mistake(
            "four layers",
            4.0**-4,
            "That is (1/4)⁴: you left out one layer. From layer 6 to layer 1 there are five steps.",
        ),
        Mistake(
            "six layers",
            4.0**-6,
            "That is (1/4)⁶: one too many. From layer 6 to layer 1 there are five steps.",
        ),
        Mistake(
            "σ for σ′",
            0.5**5,
            "That is (1/2)⁵: ½ is the value σ(0), the slope σ′(0) is ½ · (1 − ½).",
        ),
        Mistake(
            "tanh",
            1,
            "That is the bound for tanh, whose slope reaches 1. The slope of the sigmoid does not.",
        ),
        Mistake(
            "per cent",
            100 * 4.0**-5,
            "That is the factor in per cent. Type the factor itself, a hundredth of it.",
        ),
        Mistake(
            "measured",
            0.000741,
            "That is what one network measures in the cell below: there z is not exactly 0. "
            "Asked is the largest value that is possible.",
        ),
        Mistake(
            "4 · 5",
            20,
            "You multiplied 4 by 5. Five factors of ¼ are ¼ · ¼ · ¼ · ¼ · ¼.",
        ),
        Mistake(
            "1/5",
            1 / 5,
            "You divided by the number of layers: each layer multiplies by a factor of up to ¼.",
        ),
        Mistake(
            "nothing left",
            0,
            "Small, but not 0: a product of five quarters.",
        ),
        Mistake(
            "one half",
            0.5,
            "½ is σ(0), the value of one sigmoid. Asked is its slope, and that for five of them.",
        ),
        Mistake(
            "six layers, upside down",
            4.0**6,
            "You counted six layers, and it is upside down: δ passes five, and gets smaller.",
        ),
    ),
)

BACKWARD_SIZE = FormulaExercise(
    id="07.2",
    title="the size of δ, one layer back",
    points=2,
    reference="n_out*v*d/2",
    names=("n_in", "n_out", "v", "d"),
    positive=True,
    hints=(
        "Look at (Wᵀδ)_k = Σ_j W_jk δ_j. How many terms has this sum, and what is the mean square "
        "of one of them?",
        "n_out terms, each with mean square v d; as the weights are independent with mean 0, their "
        "mean squares add up. Then ReLU′ is 1 for half of the units and 0 for the others.",
        "n_out*v*d before the factor ReLU′, and n_out*v*d/2 after it.",
    ),
    mistakes=(
        Mistake(
            "forward",
            "n_in*v*d/2",
            "You have n_in terms: that is the forward sum. Backward, neuron k sums over the "
            "neurons that it feeds, and these are n_out.",
        ),
        Mistake(
            "no ReLU′",
            "n_out*v*d",
            "That is the mean square of Wᵀδ: the factor ReLU′ of BP2 is missing. It is 0 for half "
            "of the units.",
        ),
        Mistake(
            "forward, no ReLU′",
            "n_in*v*d",
            "This sum runs over n_in terms and stops before ReLU′: backward there are n_out terms, "
            "and then half of the units pass nothing on.",
        ),
        Mistake(
            "half squared",
            "n_out*v*d/4",
            "You squared the half: ReLU′ is 0 or 1, so its square is ReLU′ itself, and the mean of "
            "that is ½.",
        ),
        Mistake(
            "no sum",
            "v*d/2",
            "That is one term of the sum: neuron k feeds n_out neurons.",
        ),
        Mistake(
            "sigmoid",
            "n_out*v*d/16",
            "That is the bound for a sigmoid, (1/4)². For a ReLU the slope is 0 or 1.",
        ),
        Mistake(
            "v squared",
            "n_out*v**2*d/2",
            "v is the variance already, the mean of W²: do not square it again.",
        ),
        Mistake(
            "all pairs",
            "n_out**2*v*d/2",
            "You counted the products of different terms, too: with independent weights of mean 0 "
            "their mean is 0. Of n_out² pairs only n_out are left.",
        ),
        Mistake(
            "root",
            "sqrt(n_out*v*d/2)",
            "That is the root mean square. The question is about the mean square.",
        ),
        Mistake(
            "both widths",
            "(n_in + n_out)*v*d/4",
            "You took the mean of both widths: that is Glorot and Bengio's compromise between the "
            "two directions, not what happens in one of them.",
        ),
        Mistake(
            "no d",
            "n_out*v/2",
            "That is the factor. The mean square of δ in the next layer, d, is missing.",
        ),
        Mistake(
            "one term, no ReLU′",
            "v*d",
            "That is one term of the sum: there are n_out of them, and ReLU′ is 0 for half "
            "of the units.",
        ),
        Mistake(
            "no d, no ReLU′",
            "n_out*v",
            "That is what Wᵀ does to the mean square: times d, the mean square that comes "
            "in; and the factor ReLU′ is missing, too.",
        ),
        Mistake(
            "forward, no d",
            "n_in*v/2",
            "That is the factor of the forward direction. Backward n_out counts, and d, the "
            "mean square that comes in, is missing.",
        ),
        Mistake(
            "d squared",
            "n_out*v*d**2/2",
            "d is a mean square already, the mean of δ²: do not square it again.",
        ),
        Mistake(
            "both squared",
            "n_out*v**2*d**2/2",
            "v and d are mean squares already, of W and of δ: do not square them again.",
        ),
        Mistake(
            "sum of the widths",
            "(n_in + n_out)*v*d/2",
            "The sum has n_out terms. The n_in neurons of layer l each have such a sum of "
            "their own.",
        ),
        Mistake(
            "all weights",
            "n_in*n_out*v*d/2",
            "You counted all weights. One neuron k of layer l has only n_out weights in its "
            "sum; asked is a mean over the neurons, not their sum.",
        ),
        Mistake(
            "all weights, no ReLU′",
            "n_in*n_out*v*d",
            "That is Wᵀδ summed over all neurons. Asked is the mean square of one entry, "
            "after ReLU′.",
        ),
        Mistake(
            "root of v",
            "n_out*sqrt(v)*d/2",
            "√v is the standard deviation. The mean square of a product of independent "
            "numbers with mean 0 is the product of the mean squares.",
        ),
        Mistake(
            "doubled",
            "2*n_out*v*d",
            "ReLU′ halves the mean square. The factor 2 is what He's weights bring to make "
            "up for it.",
        ),
        Mistake(
            "only ReLU′",
            "d/2",
            "That is what ReLU′ does alone. What Wᵀ does is missing: n_out terms with "
            "weights of variance v.",
        ),
        Mistake(
            "kept",
            "d",
            "The size is kept only if n_out v/2 = 1. Here v is any number.",
        ),
        Mistake(
            "no v",
            "n_out*d/2",
            "The weights are missing: each term W_jk δ_j has the mean square v d.",
        ),
        Mistake(
            "mean for sum",
            "v*d/(2*n_out)",
            "You took the mean of the n_out terms: matrix times vector is their sum, and "
            "the mean squares add up.",
        ),
        Mistake(
            "forward, half squared",
            "n_in*v*d/4",
            "Backward n_out counts. And the square of ReLU′ is ReLU′, so the half stays a half.",
        ),
        Mistake(
            "the v that keeps it",
            "2/n_out",
            "That is the v for which the size would be kept. Asked is the size for any v.",
        ),
        Mistake(
            "root, without the half in it",
            "sqrt(n_out*v*d)/2",
            "Neither a root nor a half outside of it: asked is the mean square, and ReLU′ "
            "halves that.",
        ),
        Mistake(
            "root, no ReLU′",
            "sqrt(n_out*v*d)",
            "That is the root mean square of Wᵀδ. Asked is the mean square, after ReLU′.",
        ),
        Mistake(
            "width ratio",
            "n_out*v*d/(2*n_in)",
            "Do not divide by n_in: each of the n_in neurons has a full sum of n_out terms.",
        ),
    ),
)


def he_weights(draws: Array) -> Array:
    """He's initial weights: draws from N(0, 1), scaled to the variance 2 / n_in.

    Shapes: draws (n_out, n_in); returns the same shape.
    Source: He, Zhang, Ren & Sun (2015), Delving Deep into Rectifiers, eq. 10.

    >>> he_weights(np.array([[1.0, -2.0]]))
    array([[ 1., -2.]])
    """
    n_in = draws.shape[1]
    return draws * math.sqrt(2 / n_in)


HE_WEIGHTS = CodeExercise(
    id="07.3",
    title="He's initialisation",
    reference=he_weights,
    samples=samples({"draws": ("n_out", "n_in")}),
    hints=(
        "If a number has variance 1, which variance has c times this number?",
        "c². So c is the square root of the variance that you want, 2 / n_in; and n_in is "
        "draws.shape[1], as W is (n_out, n_in).",
        "return draws * (2 / draws.shape[1]) ** 0.5",
    ),
    mistakes=(
        Mistake(
            "no root",
            lambda draws: draws * 2 / draws.shape[1],
            "You multiplied by 2 / n_in: that is the variance. Scaling by c multiplies the "
            "variance by c², so take the square root.",
        ),
        Mistake(
            "n_out",
            lambda draws: draws * np.sqrt(2 / draws.shape[0]),
            "You took n_out, the number of rows. z_j sums over the n_in inputs: draws.shape[1].",
        ),
        Mistake(
            "LeCun",
            lambda draws: draws / np.sqrt(draws.shape[1]),
            "The variance is 1 / n_in: that fits inputs that all count. ReLU zeroes half of them, "
            "so the 2 is missing.",
        ),
        Mistake(
            "Glorot",
            lambda draws: draws * np.sqrt(2 / sum(draws.shape)),
            "The variance is 2 / (n_in + n_out): that is Glorot and Bengio's. He's is 2 / n_in.",
        ),
        Mistake(
            "halved",
            lambda draws: draws * np.sqrt(0.5 / draws.shape[1]),
            "The variance is 1 / (2 n_in): ReLU halves the mean square already, so the weights "
            "must make up for it, not halve it again.",
        ),
        Mistake(
            "upside down",
            lambda draws: draws * np.sqrt(draws.shape[1] / 2),
            "The fraction is upside down: the wider the layer, the smaller the weights.",
        ),
        Mistake(
            "not scaled",
            lambda draws: draws,
            "Your weights still have variance 1, whatever the width.",
        ),
        Mistake(
            "divided by the standard deviation",
            lambda draws: draws / draws.std() * np.sqrt(2 / draws.shape[1]),
            "You divided by the standard deviation of these very numbers first: then they are not "
            "independent any more. Scale the draws as they are.",
        ),
        Mistake(
            "root of the 2 only",
            lambda draws: draws * np.sqrt(2) / draws.shape[1],
            "You took the root of the 2, but not of n_in: it is √(2 / n_in).",
        ),
        Mistake(
            "root of n_in only",
            lambda draws: draws * 2 / np.sqrt(draws.shape[1]),
            "You took the root of n_in, but not of the 2: the variance is 4 / n_in.",
        ),
        Mistake(
            "1 / n_in",
            lambda draws: draws / draws.shape[1],
            "You divided by n_in: that makes the variance 1 / n_in². The factor is √(2 / n_in).",
        ),
        Mistake(
            "variance 2 / n_out, no root",
            lambda draws: draws * 2 / draws.shape[0],
            "Two things: n_in is draws.shape[1], the number of columns; and 2 / n_in is the "
            "variance, so its root is missing.",
        ),
        Mistake(
            "LeCun with n_out",
            lambda draws: draws / np.sqrt(draws.shape[0]),
            "The variance is 1 / n_out: the 2 is missing, and z_j sums over the n_in "
            "inputs, draws.shape[1].",
        ),
        Mistake(
            "number of weights",
            lambda draws: draws * np.sqrt(2 / draws.size),
            "You divided by the number of all weights. z_j sums over n_in of them: draws.shape[1].",
        ),
        Mistake(
            "squared",
            lambda draws: draws * (2 / draws.shape[1]) ** 2,
            "You squared 2 / n_in. Scaling by c multiplies the variance by c², so take the root.",
        ),
        Mistake(
            "bound of a uniform",
            lambda draws: draws * np.sqrt(6 / draws.shape[1]),
            "√(6 / n_in) is the bound r of a uniform distribution with He's variance r²/3. "
            "The draws have variance 1, so the factor is the standard deviation.",
        ),
        Mistake(
            "Glorot's bound",
            lambda draws: draws * np.sqrt(6 / sum(draws.shape)),
            "√(6 / (n_in + n_out)) is Glorot and Bengio's bound r. He's variance has n_in "
            "alone, and the factor is the standard deviation.",
        ),
        Mistake(
            "added",
            lambda draws: draws + np.sqrt(2 / draws.shape[1]),
            "You added √(2 / n_in): that moves the mean and leaves the variance 1. Multiply.",
        ),
        Mistake(
            "n_in in the numerator",
            lambda draws: draws * np.sqrt(2 * draws.shape[1]),
            "n_in belongs into the denominator: the more terms, the smaller each must be.",
        ),
        Mistake(
            "√n_in",
            lambda draws: draws * np.sqrt(draws.shape[1]),
            "You multiplied by √n_in. The more terms a sum has, the smaller they must be: "
            "√(2 / n_in).",
        ),
        Mistake(
            "no n_in",
            lambda draws: draws * np.sqrt(2),
            "The number of inputs is missing: √2 gives variance 2, whatever the width.",
        ),
        Mistake(
            "times 2",
            lambda draws: draws * 2,
            "The number of inputs is missing, and the root: 2 gives variance 4, whatever "
            "the width.",
        ),
        Mistake(
            "0.01",
            lambda draws: draws * 0.01,
            "A fixed factor fits one width only: the variance asked for is 2 / n_in.",
        ),
        Mistake(
            "2 // n_in",
            lambda draws: draws * np.sqrt(2 // draws.shape[1]),
            "Two slashes divide whole numbers and drop the rest: 2 // 3 is 0. Write one slash.",
        ),
        Mistake(
            "mean taken out",
            lambda draws: (draws - draws.mean()) * np.sqrt(2 / draws.shape[1]),
            "You took the mean of these very numbers out: then they are not independent any "
            "more. Their distribution has mean 0 already.",
        ),
        Mistake(
            "standardised",
            lambda draws: (draws - draws.mean()) / draws.std() * np.sqrt(2 / draws.shape[1]),
            "You standardised these very numbers: then they are not independent any more. "
            "Their distribution has mean 0 and variance 1 already.",
        ),
        Mistake(
            "rows standardised",
            lambda draws: draws / draws.std(axis=1, keepdims=True) * np.sqrt(2 / draws.shape[1]),
            "You divided each row by its own standard deviation: the distribution has "
            "variance 1 already. Scale the draws as they are.",
        ),
        Mistake(
            "transposed",
            lambda draws: (draws * np.sqrt(2 / draws.shape[1])).T,
            "The weights are right, but transposed: W is (n_out, n_in), as draws is.",
        ),
        Mistake(
            "only the factor",
            lambda draws: np.sqrt(2 / draws.shape[1]),
            "You returned the factor alone: multiply the draws by it.",
        ),
        Mistake(
            "only the variance",
            lambda draws: 2 / draws.shape[1],
            "You returned the variance. Return the weights: the draws, scaled by its root.",
        ),
        Mistake(
            "draws squared",
            lambda draws: draws**2 * 2 / draws.shape[1],
            "You squared the draws, so all weights are positive. Only the factor is asked "
            "for its square: √(2 / n_in) times draws.",
        ),
    ),
)

LARGEST_RATE = NumberExercise(
    id="07.4",
    title="the largest learning rate on a bowl",
    value=0.2,
    tolerance=4e-3,
    hints=(
        "What are the two curvatures, λ₁ = ∂²C/∂w₁² and λ₂ = ∂²C/∂w₂²?",
        "λ₁ = 2 and λ₂ = 10. Each direction needs |1 − ηλ| < 1, that is η < 2/λ.",
        "The steepest direction decides: 2/10.",
    ),
    mistakes=(
        Mistake(
            "coefficient for curvature",
            0.4,
            "That is 2/5: multiplied out, 5 is the coefficient of w₂². The curvature is the second "
            "derivative, and that is larger.",
        ),
        Mistake(
            "flat direction",
            1.0,
            "That is 2/λ for the flat direction w₁. There it would converge, but w₂ diverges: all "
            "directions share one learning rate.",
        ),
        Mistake(
            "1/λ",
            0.1,
            "That is 1/λ₂: the rate that reaches w₂ = 0 in one step. A larger one overshoots, but "
            "still converges as long as |1 − ηλ₂| < 1. (Or 2/(2λ₂), with the ½ left out.)",
        ),
        Mistake(
            "1/λ of the flat direction",
            0.5,
            "That is 1/λ for the flat direction w₁. The steep direction is the one that diverges "
            "first, and the limit is 2/λ.",
        ),
        Mistake(
            "sum of curvatures",
            1 / 6,
            "That is 2/(λ₁ + λ₂): the rate at which both directions shrink equally fast. It is the "
            "best, not the largest.",
        ),
        Mistake(
            "mean curvature",
            1 / 3,
            "That is 2 over the mean of the curvatures: the steepest direction decides alone.",
        ),
        Mistake(
            "upside down",
            5,
            "That is λ/2: turn it over. The steeper the bowl, the smaller the step.",
        ),
        Mistake("curvature", 10, "That is the curvature λ₂ itself. The limit is 2/λ."),
        Mistake(
            "no curvature",
            2,
            "That is the limit for a bowl of curvature 1. This one is steeper.",
        ),
        Mistake(
            "times the curvature",
            20,
            "You multiplied 2 by λ: the steeper the bowl, the smaller the step. Divide.",
        ),
        Mistake(
            "a rate that converges",
            0.19,
            "This one converges, but larger ones do, too. The limit is where |1 − ηλ| = 1.",
        ),
        Mistake(
            "a rate that diverges",
            0.21,
            "This one diverges: |1 − 0.21 · 10| = 1.1 > 1. The limit is where it is 1.",
        ),
        Mistake(
            "curvatures added",
            12,
            "That is λ₁ + λ₂. Each direction has its own limit 2/λ, and the smallest one counts.",
        ),
        Mistake(
            "a small rate",
            0.02,
            "This one converges, slowly. Larger ones do, too: the limit is where |1 − ηλ| = 1.",
        ),
        Mistake(
            "no learning rate",
            0,
            "With η = 0 nothing moves. Small positive rates converge; ask where that ends.",
        ),
    ),
)


def momentum_step(p: Array, v: Array, g: Array, lr: float, mu: float) -> tuple[Array, Array]:
    """One step with momentum: v ← μ v − lr · g, then p ← p + v. Returns the new (p, v).

    Shapes: p, v and g the same; returns two arrays of that shape.
    Source: Polyak (1964); Sutskever, Martens, Dahl & Hinton (2013), eq. 1–2.

    >>> momentum_step(np.array([1.0]), np.array([-0.2]), np.array([3.0]), lr=0.1, mu=0.5)
    (array([0.6]), array([-0.4]))
    """
    v = mu * v - lr * g
    return p + v, v


def before_the_update(p: Array, v: Array, g: Array, lr: float, mu: float) -> tuple[Array, Array]:
    return p + v, mu * v - lr * g


def velocity_not_kept(p: Array, v: Array, g: Array, lr: float, mu: float) -> tuple[Array, Array]:
    return p + mu * v - lr * g, v


def nesterov(p: Array, v: Array, g: Array, lr: float, mu: float) -> tuple[Array, Array]:
    v = mu * v - lr * g
    return p + mu * v - lr * g, v


MOMENTUM_STEP = CodeExercise(
    id="07.5",
    title="a step with momentum",
    points=2,
    reference=momentum_step,
    returns=("p", "v"),
    samples=samples(
        {"p": ("n", "m"), "v": ("n", "m"), "g": ("n", "m"), "lr": (), "mu": ()},
        make={
            "lr": lambda rng, shape: float(rng.uniform(0.1, 0.4)),
            "mu": lambda rng, shape: float(rng.uniform(0.6, 0.9)),
        },
    ),
    hints=(
        "Two lines in this order: the new velocity, then the new position. What slows the ball, "
        "what pushes it?",
        "Friction leaves mu * v; the slope pushes by -lr * g. Then p moves by the new v.",
        "v = mu * v - lr * g; return p + v, v",
    ),
    mistakes=(
        Mistake(
            "no momentum",
            lambda p, v, g, lr, mu: (p - lr * g, -lr * g),
            "That is plain gradient descent: the old velocity, μ v, is missing.",
        ),
        Mistake(
            "sign of the slope",
            lambda p, v, g, lr, mu: (p + mu * v + lr * g, mu * v + lr * g),
            "The sign of lr · g is wrong: the gradient points uphill, and the ball rolls down.",
        ),
        Mistake(
            "sign of the step",
            lambda p, v, g, lr, mu: (p - mu * v + lr * g, mu * v - lr * g),
            "Your v is right, but p moves by −v: the minus is inside v already.",
        ),
        Mistake(
            "old velocity",
            before_the_update,
            "p moved by the old velocity. Compute the new v first, then add that one to p.",
        ),
        Mistake(
            "velocity not kept",
            velocity_not_kept,
            "Your p is right, but you returned the old velocity: the next step would not know "
            "about this one.",
        ),
        Mistake(
            "no learning rate",
            lambda p, v, g, lr, mu: (p + mu * v - g, mu * v - g),
            "The learning rate is missing: the slope counts lr · g.",
        ),
        Mistake(
            "lr outside",
            lambda p, v, g, lr, mu: (p - lr * (mu * v + g), mu * v + g),
            "You keep v ← μ v + g and step by −lr · v. That is the same method in another "
            "convention; here lr and the minus are inside v.",
        ),
        Mistake(
            "averaged",
            lambda p, v, g, lr, mu: (
                p + mu * v - (1 - mu) * lr * g,
                mu * v - (1 - mu) * lr * g,
            ),
            "There is a factor (1 − μ) too many: that makes v a mean, as Adam's m is. Here the "
            "pushes add up.",
        ),
        Mistake(
            "friction on the slope",
            lambda p, v, g, lr, mu: (p + mu * (v - lr * g), mu * (v - lr * g)),
            "You multiplied the new push by μ, too: only the old velocity loses speed.",
        ),
        Mistake(
            "no friction",
            lambda p, v, g, lr, mu: (p + v - lr * g, v - lr * g),
            "The factor μ is missing: without friction the ball never comes to rest.",
        ),
        Mistake(
            "Nesterov",
            nesterov,
            "That is Nesterov's variant, which steps once more by μ v. Here p moves by the new v.",
        ),
        Mistake(
            "order",
            lambda p, v, g, lr, mu: (mu * v - lr * g, p + mu * v - lr * g),
            "Both are right, but in the wrong order: return p first, then v.",
        ),
        Mistake(
            "lr outside, minus inside",
            lambda p, v, g, lr, mu: (p + lr * (mu * v - g), mu * v - g),
            "You keep v ← μ v − g and step by lr · v: then lr would scale the old velocity, "
            "too. Here lr belongs to the slope, inside v.",
        ),
        Mistake(
            "p without v",
            lambda p, v, g, lr, mu: (p - lr * g, mu * v - lr * g),
            "Your v is right, but p took a plain gradient step: it moves by the new v.",
        ),
        Mistake(
            "slope twice",
            lambda p, v, g, lr, mu: (p + mu * v - 2 * lr * g, mu * v - lr * g),
            "Your v is right, but p moved by lr · g once more: it is inside v already.",
        ),
        Mistake(
            "velocity uphill",
            lambda p, v, g, lr, mu: (p - mu * v - lr * g, mu * v + lr * g),
            "You keep v ← μ v + lr · g and subtract it. That is the same method with v "
            "pointing uphill; here v is the way p moves: v ← μ v − lr · g, p ← p + v.",
        ),
        Mistake(
            "lr twice",
            lambda p, v, g, lr, mu: (p + lr * (mu * v - lr * g), mu * v - lr * g),
            "Your v is right, but p moved by lr · v: the learning rate is inside v already.",
        ),
        Mistake(
            "lr twice, and the sign",
            lambda p, v, g, lr, mu: (p - lr * (mu * v - lr * g), mu * v - lr * g),
            "Your v is right. It needs neither a minus nor another lr: p moves by v.",
        ),
        Mistake(
            "averaged, lr outside",
            lambda p, v, g, lr, mu: (
                p - lr * (mu * v + (1 - mu) * g),
                mu * v + (1 - mu) * g,
            ),
            "Your v is a running mean of gradients, as Adam's m is. Here v is a velocity: "
            "no factor 1 − μ, and −lr inside.",
        ),
        Mistake(
            "1 − μ",
            lambda p, v, g, lr, mu: (p + (1 - mu) * v - lr * g, (1 - mu) * v - lr * g),
            "You kept 1 − μ of the old velocity: μ itself is what friction leaves.",
        ),
        Mistake(
            "lr and μ swapped",
            lambda p, v, g, lr, mu: (p + lr * v - mu * g, lr * v - mu * g),
            "lr and μ have changed places: μ belongs to the velocity, lr to the slope.",
        ),
        Mistake(
            "μ fixed",
            lambda p, v, g, lr, mu: (p + 0.9 * v - lr * g, 0.9 * v - lr * g),
            "You wrote 0.9 for μ: use the argument mu.",
        ),
        Mistake(
            "velocity for position",
            lambda p, v, g, lr, mu: (mu * v - lr * g, mu * v - lr * g),
            "You returned the new v twice. The new position is p plus that v.",
        ),
        Mistake(
            "old position for velocity",
            lambda p, v, g, lr, mu: (p + mu * v - lr * g, p),
            "Your p is right, but the second item is the old p: return the new v.",
        ),
        Mistake(
            "p does not move",
            lambda p, v, g, lr, mu: (p, mu * v - lr * g),
            "Your v is right, but p did not move: add v to it.",
        ),
        Mistake(
            "slope only in v",
            lambda p, v, g, lr, mu: (p + mu * v, mu * v - lr * g),
            "Your v is right, but p moved by μ v alone: it moves by the whole new v.",
        ),
        Mistake(
            "no slope",
            lambda p, v, g, lr, mu: (p + mu * v, mu * v),
            "The push of the slope, −lr · g, is missing in v.",
        ),
        Mistake(
            "sign of the old velocity in p",
            lambda p, v, g, lr, mu: (p - mu * v - lr * g, mu * v - lr * g),
            "Your v is right, but in p the sign of μ v is wrong: p moves by that same v.",
        ),
        Mistake(
            "sign of the old velocity",
            lambda p, v, g, lr, mu: (p - mu * v - lr * g, -mu * v - lr * g),
            "The sign of μ v is wrong: friction slows the ball, it does not turn it round.",
        ),
        Mistake(
            "no learning rate in v",
            lambda p, v, g, lr, mu: (p + mu * v - lr * g, mu * v - g),
            "Your p is right, but the v that you keep lacks the learning rate.",
        ),
        Mistake(
            "both velocities",
            lambda p, v, g, lr, mu: (p + v + mu * v - lr * g, mu * v - lr * g),
            "p moved by the old velocity and by the new one. The new one holds what is left "
            "of the old.",
        ),
        Mistake(
            "friction on p",
            lambda p, v, g, lr, mu: (mu * p + mu * v - lr * g, mu * v - lr * g),
            "You multiplied p by μ, too: friction slows the velocity, the position stays.",
        ),
    ),
)


def adam_step(
    p: Array,
    m: Array,
    v: Array,
    g: Array,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> tuple[Array, Array, Array]:
    """Step number t = 1, 2, … of Adam. Returns the new (p, m, v).

    Shapes: p, m, v and g the same; returns three arrays of that shape.
    Source: Kingma & Ba (2015), algorithm 1.

    >>> p, m, v = adam_step(np.ones(1), np.zeros(1), np.zeros(1), np.full(1, 7.0), 1,
    ...                     lr=0.1, beta1=0.9, beta2=0.999, epsilon=1e-8)
    >>> p.round(6), m.round(6), v.round(6)
    (array([0.9]), array([0.7]), array([0.049]))
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return p - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v


# A mistake in Adam is one piece replaced; `adam_with` puts the others in their right form.


def adam_with(  # type: ignore[no-untyped-def]
    *,
    first=lambda m, g, b: b * m + (1 - b) * g,
    second=lambda v, g, b: b * v + (1 - b) * g * g,
    correct1=lambda m, b, t: m / (1 - b**t),
    correct2=lambda v, b, t: v / (1 - b**t),
    move=lambda g, m_hat, v_hat, lr, epsilon: -lr * m_hat / (np.sqrt(v_hat) + epsilon),
    keep=lambda m, v, m_hat, v_hat: (m, v),
):
    def step(p, m, v, g, t, lr, beta1, beta2, epsilon):  # type: ignore[no-untyped-def]
        m, v = first(m, g, beta1), second(v, g, beta2)
        m_hat, v_hat = correct1(m, beta1, t), correct2(v, beta2, t)
        return p + move(g, m_hat, v_hat, lr, epsilon), *keep(m, v, m_hat, v_hat)

    return step


def betas_swapped(p, m, v, g, t, lr, beta1, beta2, epsilon):  # type: ignore[no-untyped-def]
    return adam_step(p, m, v, g, t, lr, beta2, beta1, epsilon)


ADAM_STEP = CodeExercise(
    id="07.6",
    title="a step of Adam",
    points=2,
    reference=adam_step,
    returns=("p", "m", "v"),
    samples=samples(
        {
            "p": ("n", "k"),
            "m": ("n", "k"),
            "v": ("n", "k"),
            "g": ("n", "k"),
            "t": (),
            "lr": (),
            "beta1": (),
            "beta2": (),
            "epsilon": (),
        },
        make={
            "v": lambda rng, shape: rng.uniform(0.2, 1.0, shape),
            "t": lambda rng, shape: int(rng.integers(2, 6)),
            "lr": lambda rng, shape: float(rng.uniform(0.1, 0.4)),
            "beta1": lambda rng, shape: float(rng.uniform(0.6, 0.8)),
            "beta2": lambda rng, shape: float(rng.uniform(0.85, 0.95)),
            # Larger than in use, so that its place in the formula shows.
            "epsilon": lambda rng, shape: float(rng.uniform(0.05, 0.1)),
        },
    ),
    hints=(
        "Five lines: the two running means, the two corrections, the step. Which of them are kept "
        "for the next call?",
        "m and v are kept as they are, uncorrected. The corrections divide by 1 − beta1**t and "
        "1 − beta2**t, and only the step uses them.",
        "m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g**2; "
        "m_hat, v_hat = m/(1-beta1**t), v/(1-beta2**t); "
        "return p - lr*m_hat/(np.sqrt(v_hat) + epsilon), m, v",
    ),
    mistakes=(
        Mistake(
            "no correction",
            adam_with(correct1=lambda m, b, t: m, correct2=lambda v, b, t: v),
            "The bias correction is missing: m and v start at 0 and are too small at first. Divide "
            "by 1 − β**t.",
        ),
        Mistake(
            "only m corrected",
            adam_with(correct2=lambda v, b, t: v),
            "m is corrected, v is not: it starts at 0, too. Divide it by 1 − beta2**t.",
        ),
        Mistake(
            "only v corrected",
            adam_with(correct1=lambda m, b, t: m),
            "v is corrected, m is not: it starts at 0, too. Divide it by 1 − beta1**t.",
        ),
        Mistake(
            "β for β**t",
            adam_with(correct1=lambda m, b, t: m / (1 - b), correct2=lambda v, b, t: v / (1 - b)),
            "You divided by 1 − β in every step: the correction fades as t grows, 1 − β**t.",
        ),
        Mistake(
            "t − 1",
            adam_with(
                correct1=lambda m, b, t: m / (1 - b ** (t - 1)),
                correct2=lambda v, b, t: v / (1 - b ** (t - 1)),
            ),
            "The exponent is t − 1: t counts from 1 here, so use t. With t − 1 the first step "
            "divides by zero.",
        ),
        Mistake(
            "corrected means kept",
            adam_with(keep=lambda m, v, m_hat, v_hat: (m_hat, v_hat)),
            "You returned the corrected means. They serve this step only; keep m and v themselves, "
            "or the correction is applied again and again.",
        ),
        Mistake(
            "no root",
            adam_with(move=lambda g, m_hat, v_hat, lr, e: -lr * m_hat / (v_hat + e)),
            "The square root is missing: v is a mean of squares, and only its root has the size of "
            "a gradient.",
        ),
        Mistake(
            "ε inside the root",
            adam_with(move=lambda g, m_hat, v_hat, lr, e: -lr * m_hat / np.sqrt(v_hat + e)),
            "Your ε is under the root: it is added after it, √v̂ + ε.",
        ),
        Mistake(
            "no ε",
            adam_with(move=lambda g, m_hat, v_hat, lr, e: -lr * m_hat / np.sqrt(v_hat)),
            "ε is missing: a parameter whose gradients were all 0 would give 0/0.",
        ),
        Mistake(
            "v without the square",
            adam_with(second=lambda v, g, b: b * v + (1 - b) * g),
            "v is the mean of g², not of g: its root must not depend on signs.",
        ),
        Mistake(
            "sum for mean",
            adam_with(first=lambda m, g, b: b * m + g, second=lambda v, g, b: b * v + g * g),
            "The factors 1 − β are missing: m and v are means of g and g², not sums.",
        ),
        Mistake(
            "β and 1 − β swapped",
            adam_with(
                first=lambda m, g, b: (1 - b) * m + b * g,
                second=lambda v, g, b: (1 - b) * v + b * g * g,
            ),
            "β and 1 − β have changed places: most of the old mean stays (β), and a little of the "
            "new gradient comes in (1 − β).",
        ),
        Mistake(
            "β₁ and β₂ swapped",
            betas_swapped,
            "β₁ and β₂ have changed places: β₁ belongs to m, β₂ to v.",
        ),
        Mistake(
            "g for m̂",
            adam_with(move=lambda g, m_hat, v_hat, lr, e: -lr * g / (np.sqrt(v_hat) + e)),
            "You stepped along g itself, as RMSProp does: the direction is m̂, the mean.",
        ),
        Mistake(
            "sign",
            adam_with(move=lambda g, m_hat, v_hat, lr, e: lr * m_hat / (np.sqrt(v_hat) + e)),
            "The sign of the step is wrong: p moves against the mean gradient.",
        ),
        Mistake(
            "no learning rate",
            adam_with(move=lambda g, m_hat, v_hat, lr, e: -m_hat / (np.sqrt(v_hat) + e)),
            "The learning rate is missing in the step.",
        ),
        Mistake(
            "1 − β squared",
            adam_with(second=lambda v, g, b: b * v + ((1 - b) * g) ** 2),
            "You squared 1 − β₂ along with g: in v it is (1 − β₂) · g².",
        ),
        Mistake(
            "ε outside the fraction",
            adam_with(move=lambda g, m_hat, v_hat, lr, e: -lr * m_hat / np.sqrt(v_hat) + e),
            "Your ε is added to the step: brackets are missing, √v̂ + ε is the denominator.",
        ),
        Mistake(
            "ε as a factor",
            adam_with(move=lambda g, m_hat, v_hat, lr, e: -lr * m_hat / (np.sqrt(v_hat) * e)),
            "You multiplied by ε: it is added to √v̂.",
        ),
        Mistake(
            "product for power",
            adam_with(
                correct1=lambda m, b, t: m / (1 - b * t),
                correct2=lambda v, b, t: v / (1 - b * t),
            ),
            "You took β · t for β**t: the old mean shrinks by the factor β in each of t steps.",
        ),
        Mistake(
            "power outside",
            adam_with(
                correct1=lambda m, b, t: m / (1 - b) ** t,
                correct2=lambda v, b, t: v / (1 - b) ** t,
            ),
            "The power belongs to β alone: 1 − β**t, not (1 − β)**t.",
        ),
        Mistake(
            "no 1 −",
            adam_with(
                correct1=lambda m, b, t: m / b**t,
                correct2=lambda v, b, t: v / b**t,
            ),
            "You divided by β**t. The running mean is too small by the factor 1 − β**t.",
        ),
        Mistake(
            "multiplied",
            adam_with(
                correct1=lambda m, b, t: m * (1 - b**t),
                correct2=lambda v, b, t: v * (1 - b**t),
            ),
            "You multiplied by 1 − β**t: the means are too small already, so divide.",
        ),
        Mistake(
            "no brackets",
            adam_with(
                correct1=lambda m, b, t: m / 1 - b**t,
                correct2=lambda v, b, t: v / 1 - b**t,
            ),
            "Brackets are missing: m / 1 − β**t is m − β**t in Python. Write m / (1 - beta1**t).",
        ),
        Mistake(
            "t + 1",
            adam_with(
                correct1=lambda m, b, t: m / (1 - b ** (t + 1)),
                correct2=lambda v, b, t: v / (1 - b ** (t + 1)),
            ),
            "The exponent is t + 1: t counts from 1 here, so use t as it comes in.",
        ),
        Mistake(
            "β for 1 − β in m",
            adam_with(first=lambda m, g, b: b * m + b * g),
            "In m the gradient comes in with β₁: it is 1 − β₁, so that both factors add up to 1.",
        ),
        Mistake(
            "v squared",
            adam_with(second=lambda v, g, b: b * v + (1 - b) * v * v),
            "You squared v: what comes into v is the square of g.",
        ),
        Mistake(
            "sign in m",
            adam_with(first=lambda m, g, b: b * m - (1 - b) * g),
            "m is the mean of +g. The minus belongs to the step alone.",
        ),
        Mistake(
            "g squared in m",
            adam_with(first=lambda m, g, b: b * m + (1 - b) * g * g),
            "m is the mean of g, not of g²: it must know the sign.",
        ),
        Mistake(
            "sum for mean in m",
            adam_with(first=lambda m, g, b: b * m + g),
            "The factor 1 − β₁ is missing in m: v is a mean, and m must be one, too.",
        ),
        Mistake(
            "sum for mean in v",
            adam_with(second=lambda v, g, b: b * v + g * g),
            "The factor 1 − β₂ is missing in v: m is a mean, and v must be one, too.",
        ),
        Mistake(
            "β₁ for both",
            lambda p, m, v, g, t, lr, b1, b2, e: adam_step(p, m, v, g, t, lr, b1, b1, e),
            "You used β₁ for v, too: v has its own, β₂.",
        ),
        Mistake(
            "β₂ for both",
            lambda p, m, v, g, t, lr, b1, b2, e: adam_step(p, m, v, g, t, lr, b2, b2, e),
            "You used β₂ for m, too: m has its own, β₁.",
        ),
        Mistake(
            "constants",
            lambda p, m, v, g, t, lr, b1, b2, e: adam_step(p, m, v, g, t, lr, 0.9, 0.999, 1e-8),
            "You wrote the usual values 0.9, 0.999 and 1e-8: use the arguments beta1, "
            "beta2, epsilon.",
        ),
        Mistake(
            "means not kept",
            lambda p, m, v, g, t, lr, b1, b2, e: (adam_step(p, m, v, g, t, lr, b1, b2, e)[0], m, v),
            "Your p is right, but you returned the old m and v: the next step would not "
            "know about this one.",
        ),
        Mistake(
            "p last",
            lambda p, m, v, g, t, lr, b1, b2, e: (
                adam_step(p, m, v, g, t, lr, b1, b2, e)[1:]
                + adam_step(p, m, v, g, t, lr, b1, b2, e)[:1]
            ),
            "All three are right, but in the wrong order: p, then m, then v.",
        ),
        Mistake(
            "m and v swapped",
            lambda p, m, v, g, t, lr, b1, b2, e: tuple(
                adam_step(p, m, v, g, t, lr, b1, b2, e)[item] for item in (0, 2, 1)
            ),
            "Your p is right, but m and v are returned in the wrong order: p, m, v.",
        ),
        Mistake(
            "stepped with the old means",
            lambda p, m, v, g, t, lr, b1, b2, e: (
                p - lr * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + e),
                *adam_step(p, m, v, g, t, lr, b1, b2, e)[1:],
            ),
            "Your m and v are right, but p moved by the old ones: update them first.",
        ),
        Mistake(
            "product for fraction",
            adam_with(move=lambda g, m_hat, v_hat, lr, e: -lr * m_hat * (np.sqrt(v_hat) + e)),
            "You multiplied by √v̂ + ε: large gradients must make the step smaller, so divide.",
        ),
        Mistake(
            "no v̂",
            adam_with(move=lambda g, m_hat, v_hat, lr, e: -lr * m_hat),
            "You stepped along m̂ with plain lr: the division by √v̂ + ε is missing.",
        ),
        Mistake(
            "v of all parameters",
            adam_with(second=lambda v, g, b: b * v + (1 - b) * np.mean(g * g)),
            "Your v takes one mean square for all parameters. Each has its own: g * g, "
            "elementwise.",
        ),
    ),
)

DIAGNOSIS = ChoiceExercise(
    id="07.7",
    title="four training curves",
    options={
        "a": "A: η too small. B: η too large. C: overfits. D: η too small.",
        "b": "A: η too small. B: overfits. C: η too large. D: started from zeros.",
        "c": "A: η too small. B: η too large. C: overfits. D: started from zeros.",
        "d": "A: started from zeros. B: η too large. C: overfits. D: η too small.",
        "e": "A: η too small. B: in a local minimum. C: overfits. D: started from zeros.",
        "f": "A: η too small. B: η too large. C: in a local minimum. D: started from zeros.",
    },
    right="c",
    hints=(
        "Look at the training loss first: does it fall at all, does it fall smoothly? Only then "
        "compare it with the validation loss.",
        "Slow but steady, thrown about, falling on training data only, flat at log 10: one cause "
        "for each.",
        "Which of them cannot move, whatever η is? D: its loss does not change in the third digit. "
        "And a falling training loss (C) is not a minimum.",
    ),
    mistakes=(
        Mistake(
            "D with a small rate",
            "a",
            "With a small η the loss still falls a little, as in A. In D it stays at log 10 "
            "= 2.30: only the last bias learns, and all digits are about equally frequent.",
        ),
        Mistake(
            "B and C swapped",
            "b",
            "Overfitting shows as a gap between training and validation: that is C. In B both are "
            "bad together and thrown about: the steps are too long.",
        ),
        Mistake(
            "A and D swapped",
            "d",
            "A does learn, steadily and slowly. Zeros cannot: without differences between units "
            "and with a = 0 behind them, no weight gets a gradient.",
        ),
        Mistake(
            "B in a minimum",
            "e",
            "In a minimum the loss would come to rest. In B it is thrown about from epoch to "
            "epoch: the steps are longer than 2/λ allows.",
        ),
        Mistake(
            "C in a minimum",
            "f",
            "The training loss of C falls all the way, so descent is not held up anywhere. What "
            "rises is the loss on samples it never saw.",
        ),
    ),
)

EXERCISES = (
    VANISHING,
    BACKWARD_SIZE,
    HE_WEIGHTS,
    LARGEST_RATE,
    MOMENTUM_STEP,
    ADAM_STEP,
    DIAGNOSIS,
)
