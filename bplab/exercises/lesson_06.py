# mypy: allow-untyped-defs
"""Lesson 06, checking gradients: what a check sees, and ten programs to find the bug in."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplab.exercises import bugs, repairs
from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import samples
from bplab.numeric.arrays import Array


def altered(program: Callable[..., Any], *changes: tuple[str, str]) -> Callable[..., Any]:
    """The program with pieces of its source replaced, each (right, wrong): what learners do.

    Raises: ValueError if a piece does not occur exactly once.
    """
    source = inspect.getsource(program)
    for right, wrong in changes:
        if source.count(right) != 1:
            raise ValueError(f"{right!r} must occur once in {program.__name__}")
        source = source.replace(right, wrong)
    names = dict(program.__globals__)
    exec(source, names)
    return names[program.__name__]


# Central differences

CENTRAL_ERROR = FormulaExercise(
    id="06.1",
    title="the error of the central difference",
    points=2,
    reference="h**2*f3/6",
    names=("h", "f", "f1", "f2", "f3"),
    hints=(
        "Subtract the two series. Which terms are the same in both, and vanish?",
        "f(x + h) − f(x − h) = 2 h f′ + 2 (h³/6) f‴ + … Now divide by 2h and take f′ away.",
        "What is left is 2 (h³/6) f‴ / (2h): h**2*f3/6",
    ),
    mistakes=(
        Mistake(
            "forward",
            "h*f2/2",
            "That is the error of the one-sided (f(x + h) − f(x)) / h. In the central difference "
            "the terms with h² cancel, as they are the same on both sides.",
        ),
        Mistake(
            "not divided",
            "h**3*f3/6",
            "That is the term of one series, h³/6 f‴: the division by 2h is missing, and the two "
            "series contribute it twice.",
        ),
        Mistake(
            "not divided, twice",
            "h**3*f3/3",
            "That is what is left of f(x + h) − f(x − h): the division by 2h is missing.",
        ),
        Mistake(
            "divided by h",
            "h**2*f3/3",
            "You divided by h instead of 2h.",
        ),
        Mistake(
            "one side",
            "h**2*f3/12",
            "You counted the third-order term once: the minus in front of f(x − h) and the minus "
            "of (−h)³ make it appear twice.",
        ),
        Mistake(
            "no factorial",
            "h**2*f3",
            "The series has h³/3!: the 1/6 is missing.",
        ),
        Mistake(
            "2!",
            "h**2*f3/2",
            "The third-order term has 3! = 6 below it, not 2.",
        ),
        Mistake(
            "f′ left in",
            "f1 + h**2*f3/6",
            "That is the whole central difference. Its error is what is left when f′ is taken "
            "away.",
        ),
        Mistake(
            "sign",
            "-h**2*f3/6",
            "The sign is wrong: f(x + h) has +h³/6 f‴, and subtracting f(x − h) adds another.",
        ),
        Mistake(
            "second derivative",
            "h**2*f2/6",
            "The order is right, the derivative is not: h³ comes with f‴; f″ has cancelled.",
        ),
    ),
)

BEST_STEP = NumberExercise(
    id="06.2",
    title="the best step",
    value=-5,
    tolerance=0,
    hints=(
        "At the best h neither error is much larger than the other. Set them equal.",
        "h² = 2e-16 / h. Multiply by h.",
        "h³ = 2e-16 gives h = 6e-6; of the two powers of ten beside it 1e-5 costs less: k = -5",
    ),
    mistakes=(
        Mistake("sign", 5, "That is a step of 100,000. The exponent is negative: k is, too."),
        Mistake(
            "forward",
            -8,
            "1e-8 is the best step of the one-sided difference, whose error is of order h: there "
            "h = 2e-16 / h. The central one has h².",
        ),
        Mistake(
            "machine precision",
            -16,
            "At h = 1e-16 the sum x + h is x again, for x about 1: all digits cancel. Smaller is "
            "not better.",
        ),
        Mistake(
            "complex step",
            -20,
            "1e-20 is for the complex step, which subtracts nothing. Here x + h would be x.",
        ),
        Mistake(
            "too long",
            -2,
            "At h = 1e-2 the error h² is 1e-4, that of rounding only 2e-14: a shorter step is "
            "better.",
        ),
        Mistake(
            "long",
            -3,
            "At h = 1e-3 the error h² is 1e-6, that of rounding only 2e-13: a shorter step is "
            "better.",
        ),
        Mistake(
            "a little long",
            -4,
            "At h = 1e-4 the error h² is 1e-8, that of rounding only 2e-12: a shorter step is "
            "better.",
        ),
        Mistake(
            "a little short",
            -6,
            "At h = 1e-6 rounding alone costs 2e-10, while h² is only 1e-12: a longer step is "
            "better.",
        ),
        Mistake(
            "the error, not the step",
            -10,
            "1e-10 is about the smallest error that can be had; the step that gives it was asked.",
        ),
    ),
)


def numerical_gradient(f, x, h):
    """Gradient of f at x by central differences with step h, entry by entry."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def step_not_restored(f, x, h):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = f(x)
        x[index] -= 2 * h
        gradient[index] = (up - f(x)) / (2 * h)
    return gradient


def restored_by_arithmetic(f, x, h):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = f(x)
        x[index] -= 2 * h
        gradient[index] = (up - f(x)) / (2 * h)
        x[index] += h
    return gradient


def row_by_row(f, x, h):
    gradient = np.zeros_like(x)
    for i in range(len(x)):
        step = np.zeros_like(x)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


@dataclass(frozen=True)
class Quartic:
    """A cost for 06.3: Σ_i c_i x_i⁴ with c = 1, 2, 3 …, whatever the shape of x."""

    def __call__(self, x: Array) -> Any:
        return (np.arange(1, x.size + 1) * x.ravel() ** 4).sum()


NUMERICAL_GRADIENT = CodeExercise(
    id="06.3",
    title="a gradient by central differences",
    points=2,
    reference=numerical_gradient,
    samples=tuple(
        {"f": Quartic(), **sample, "h": h}
        for shape in [("m", "n"), ("n",)]
        for sample, h in zip(samples({"x": shape}), (0.1, 0.01, 0.1, 0.01, 0.1), strict=False)
    ),
    hints=(
        "One entry of x moves at a time; all others stay. x may be a vector or a matrix.",
        "For each index in np.ndindex(x.shape): make a step of zeros with h at that index, and ask "
        "f on both sides.",
        "gradient[index] = (f(x + step) - f(x - step)) / (2 * h)",
    ),
    mistakes=(
        Mistake(
            "forward difference",
            altered(numerical_gradient, ("f(x - step)) / (2 * h)", "f(x)) / h")),
            "Your result equals the one-sided (f(x + h) − f(x)) / h: its error is of order h, not "
            "h². Step to both sides.",
        ),
        Mistake(
            "h for 2h",
            altered(numerical_gradient, ("(2 * h)", "h")),
            "Every entry is twice too large: from x − h to x + h it is 2h, not h.",
        ),
        Mistake(
            "precedence",
            altered(numerical_gradient, ("(2 * h)", "2 * h")),
            "Every entry is h² times too large: a / 2 * h is (a / 2) · h. Write a / (2 * h).",
        ),
        Mistake(
            "all at once",
            altered(numerical_gradient, ("step[index] = h", "step[...] = h")),
            "You moved all entries of x at once: that is the slope along (1, 1, …, 1), the sum of "
            "the gradient's entries.",
        ),
        Mistake(
            "row by row",
            row_by_row,
            "For a matrix, x[i] is a whole row, and you moved it all at once. Let the index run "
            "over np.ndindex(x.shape).",
        ),
        Mistake(
            "sign",
            altered(numerical_gradient, ("f(x + step) - f(x - step)", "f(x - step) - f(x + step)")),
            "The sign is wrong: it is f ahead minus f behind.",
        ),
        Mistake(
            "not restored",
            step_not_restored,
            "You left x[index] moved: the next entries are measured at another point, and the "
            "caller's x is changed. Step on a copy.",
        ),
        Mistake(
            "restored by arithmetic",
            restored_by_arithmetic,
            "x + h − 2h + h is not exactly x, as every step is rounded: you changed the caller's "
            "x in its last digits. Keep the old value, or step on a copy.",
        ),
        Mistake(
            "flat",
            altered(numerical_gradient, ("return gradient", "return gradient.ravel()")),
            "The values are right, the shape is not: a gradient has the shape of x.",
        ),
    ),
)


def relative_error(got, expected):
    """Largest |got − expected| / max(|got|, |expected|) over all entries: one number."""
    size = np.maximum(np.abs(got), np.abs(expected))
    return (np.abs(got - expected) / size).max()


RELATIVE_ERROR = CodeExercise(
    id="06.4",
    title="a measure that can fail",
    points=1,
    reference=relative_error,
    samples=samples({"got": ("m", "n"), "expected": ("m", "n")}),
    hints=(
        "What makes 0.001 a large error, and what makes it a small one? And which of all entries "
        "may a check overlook?",
        "Divide |got − expected| by the larger of |got| and |expected|, entry by entry, and take "
        "the largest.",
        "(np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))).max()",
    ),
    mistakes=(
        Mistake(
            "absolute",
            lambda got, expected: np.abs(got - expected).max(),
            "Your result is the largest absolute error: it is small wherever the gradient is "
            "small, right or wrong. Divide by the size of the entry.",
        ),
        Mistake(
            "no abs",
            lambda got, expected: (
                (got - expected) / np.maximum(np.abs(got), np.abs(expected))
            ).max(),
            "The absolute value above is missing: an entry that is too small gives a negative "
            "error, and no negative number is ever larger than a tolerance.",
        ),
        Mistake(
            "mean",
            lambda got, expected: (
                np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))
            ).mean(),
            "You took the mean: one wrong entry among a million right ones would not show. Take "
            "the largest.",
        ),
        Mistake(
            "smallest",
            lambda got, expected: (
                np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))
            ).min(),
            "You took the smallest error: a single right entry would do. Take the largest.",
        ),
        Mistake(
            "over expected",
            lambda got, expected: (np.abs(got - expected) / np.abs(expected)).max(),
            "You divided by |expected| alone: got and expected then do not count alike. Divide by "
            "the larger of the two.",
        ),
        Mistake(
            "sum",
            lambda got, expected: (np.abs(got - expected) / (np.abs(got) + np.abs(expected))).max(),
            "You divided by |got| + |expected|, which halves small errors; here it is the larger "
            "of the two.",
        ),
        Mistake(
            "norms",
            lambda got, expected: (
                np.linalg.norm(got - expected) / max(np.linalg.norm(got), np.linalg.norm(expected))
            ),
            "You compared the norms of the whole arrays: a wrong small entry disappears behind "
            "large right ones. Compare entry by entry.",
        ),
        Mistake(
            "maxima apart",
            lambda got, expected: (
                np.abs(got - expected).max() / max(np.abs(got).max(), np.abs(expected).max())
            ),
            "You divided the largest error by the largest entry: a wrong small entry disappears "
            "behind a large right one. Divide first, then take the largest.",
        ),
        Mistake(
            "per entry",
            lambda got, expected: (
                np.abs(got - expected) / np.maximum(np.abs(got), np.abs(expected))
            ),
            "Your result has one error an entry: the maximum over all of them is missing.",
        ),
    ),
)

# The bug hunt

FOUR = ("dW1", "db1", "dW2", "db2")
TWO = ("dW", "db")

XOR = CodeExercise(
    id="06.5",
    title="the tutorial's XOR net",
    points=1,
    reference=repairs.xor_gradient,
    samples=bugs.XOR.samples,
    returns=FOUR,
    hints=(
        "Every parameter is wrong, even in the last layer. So look at what comes first on the way "
        "back.",
        "σ′(z) is a(1 − a) with a = σ(z). What does sigmoid_derivative get, and what does it take "
        "it for?",
        "return sigmoid(x) * (1 - sigmoid(x))",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.xor_gradient,
            "This is the program as it was: x(1 − x) is σ′ only if x is the activation a. It is "
            "given the pre-activation z, for which z(1 − z) is unbounded and mostly negative.",
        ),
        Mistake(
            "output repaired only",
            altered(repairs.xor_gradient, ("sigmoid_derivative(z1)", "z1 * (1 - z1)")),
            "The last layer is right now. In delta1 the formula a(1 − a) still gets z1.",
        ),
        Mistake(
            "hidden repaired only",
            altered(repairs.xor_gradient, ("sigmoid_derivative(z2)", "z2 * (1 - z2)")),
            "delta1 has the right σ′ now. In delta2 the formula a(1 − a) still gets z2.",
        ),
        Mistake(
            "repaired twice",
            altered(
                repairs.xor_gradient,
                ("sigmoid_derivative(z1)", "sigmoid_derivative(a1)"),
                ("sigmoid_derivative(z2)", "sigmoid_derivative(a2)"),
            ),
            "You repaired it in two places at once: now σ is applied to a = σ(z) again. Either the "
            "function takes z and computes σ, or it takes a and does not.",
        ),
        Mistake(
            "σ for σ′",
            altered(repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "sigmoid(x)")),
            "That is σ(z), not its derivative: the factor 1 − σ(z) is missing.",
        ),
        Mistake(
            "half of it",
            altered(
                repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "sigmoid(x) * (1 - x)")
            ),
            "Only the first x became σ(x): the derivative is σ(x)(1 − σ(x)).",
        ),
        Mistake(
            "no σ′",
            altered(repairs.xor_gradient, ("sigmoid(x) * (1 - sigmoid(x))", "np.ones_like(x)")),
            "The factor σ′ is missing altogether: the net is then treated as linear.",
        ),
        Mistake(
            "sign",
            altered(repairs.xor_gradient, ("(a2 - y)", "(y - a2)")),
            "Every entry has the wrong sign: the gradient of ½(a − y)² is a − y.",
        ),
    ),
)

DEEP = CodeExercise(
    id="06.6",
    title="two layers of the same width",
    points=1,
    reference=repairs.deep_gradient,
    samples=bugs.DEEP.samples,
    returns=FOUR,
    hints=(
        "W2 and b2 are right, W1 and b1 are not. Which line lies between them?",
        "BP2 is (W2)ᵀ δ2 for a sample written as a column. How does that read for samples in rows?",
        "delta1 = (delta2 @ W2) * (1 - a1**2)",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.deep_gradient,
            "This is the program as it was: delta2 @ W2.T. For rows BP2 reads delta2 @ W2; that "
            "the transpose fits as well is because W2 is square.",
        ),
        Mistake(
            "no W",
            altered(repairs.deep_gradient, ("(delta2 @ W2)", "delta2")),
            "W2 is missing in delta1: an error passes back through the weights it came by.",
        ),
        Mistake(
            "no σ′",
            altered(repairs.deep_gradient, ("(delta2 @ W2) * (1 - a1**2)", "delta2 @ W2")),
            "The slope of the first layer is missing in delta1: that is ∂C/∂a1, one step short of "
            "∂C/∂z1.",
        ),
        Mistake(
            "σ′ of the wrong layer",
            altered(
                repairs.deep_gradient,
                ("(delta2 @ W2) * (1 - a1**2)", "(delta2 @ W2) * (1 - a2**2)"),
            ),
            "In delta1 you took the slope of the second layer: it belongs to z1, so 1 − a1².",
        ),
        Mistake(
            "σ′ of a sigmoid",
            altered(
                repairs.deep_gradient,
                ("(delta2 @ W2) * (1 - a1**2)", "(delta2 @ W2) * a1 * (1 - a1)"),
            ),
            "a(1 − a) is the slope of a sigmoid; this is tanh, whose slope is 1 − a².",
        ),
        Mistake(
            "slope before W",
            altered(
                repairs.deep_gradient,
                ("(delta2 @ W2) * (1 - a1**2)", "(delta2 * (1 - a1**2)) @ W2"),
            ),
            "You multiplied by the slope before W2: it belongs to the neurons that the error "
            "arrives at, so it comes after.",
        ),
        Mistake(
            "gradient transposed",
            altered(repairs.deep_gradient, ("delta2.T @ a1", "a1.T @ delta2")),
            "dW2 is transposed now: row j belongs to δ_j, column k to a_k.",
        ),
    ),
)

STEP = CodeExercise(
    id="06.7",
    title="a step of gradient descent",
    points=1,
    reference=repairs.training_step,
    samples=bugs.STEP.samples,
    returns=("W1", "b1", "W2", "b2"),
    hints=(
        "The second layer is right, the first is not. With which W2 was the cost computed?",
        "The gradient belongs to the point where the forward pass was made. So all δ come first, "
        "and then all updates.",
        "Move the line delta1 = (delta2 @ W2) * (1 - a1**2) above the line that changes W2.",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.training_step,
            "This is the program as it was: δ1 is computed with W2 after its update, while the "
            "forward pass used W2 before it.",
        ),
        Mistake(
            "in place",
            altered(
                repairs.training_step,
                ("W2 = W2 - rate", "W2 -= rate"),
                ("b2 = b2 - rate", "b2 -= rate"),
                ("W1 = W1 - rate", "W1 -= rate"),
                ("b1 = b1 - rate", "b1 -= rate"),
            ),
            "The step is right, but -= writes into the caller's arrays: return new ones.",
        ),
        Mistake(
            "uphill",
            altered(
                repairs.training_step,
                ("W2 - rate", "W2 + rate"),
                ("b2 - rate", "b2 + rate"),
                ("W1 - rate", "W1 + rate"),
                ("b1 - rate", "b1 + rate"),
            ),
            "You step along the gradient, uphill: the minus of gradient descent is missing.",
        ),
        Mistake(
            "first layer frozen",
            altered(
                repairs.training_step,
                ("W1 = W1 - rate * (delta1.T @ x)", "W1 = W1"),
                ("b1 = b1 - rate * delta1.sum(axis=0)", "b1 = b1"),
            ),
            "The first layer does not move: its update got lost.",
        ),
        Mistake(
            "bias forgotten",
            altered(repairs.training_step, ("b1 = b1 - rate * delta1.sum(axis=0)", "b1 = b1")),
            "b1 does not move: its update got lost.",
        ),
        Mistake(
            "no rate",
            altered(repairs.training_step, ("rate * (delta1.T @ x)", "delta1.T @ x")),
            "The learning rate is missing in the update of W1.",
        ),
        Mistake(
            "no slope",
            altered(repairs.training_step, ("(delta2 @ W2) * (1 - a1**2)", "delta2 @ W2")),
            "The order is right. But delta1 lacks the slope 1 − a1² of tanh.",
        ),
        Mistake(
            "mean twice",
            altered(repairs.training_step, ("(delta2 @ W2)", "(delta2 @ W2) / len(y)")),
            "The 1/m is inside delta2 already; in delta1 it enters a second time.",
        ),
    ),
)

LOGISTIC = CodeExercise(
    id="06.8",
    title="cross-entropy with weight decay",
    points=1,
    reference=repairs.logistic_gradient,
    samples=bugs.LOGISTIC.samples,
    returns=TWO,
    hints=(
        "b tells more than W: it is wrong by a whole number. Which number is that in this sample?",
        "The cost is a mean over the samples; the weight decay is added once. So what does 1/m "
        "belong to?",
        "delta = (a - y) / len(y)",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.logistic_gradient,
            "This is the program as it was: the cross-entropy is a mean over the samples, but its "
            "gradient a − y lacks the 1/m. Weight decay then counts m times too little.",
        ),
        Mistake(
            "W only",
            altered(
                repairs.logistic_gradient,
                ("(a - y) / len(y)", "a - y"),
                ("delta.T @ x + decay", "delta.T @ x / len(y) + decay"),
            ),
            "dW is right now, but db still lacks the 1/m. Put it into delta, once for both.",
        ),
        Mistake(
            "b only",
            altered(
                repairs.logistic_gradient,
                ("(a - y) / len(y)", "a - y"),
                ("delta.sum(axis=0)", "delta.sum(axis=0) / len(y)"),
            ),
            "db is right now, but dW still lacks the 1/m. Put it into delta, once for both.",
        ),
        Mistake(
            "decay divided too",
            altered(
                repairs.logistic_gradient,
                ("delta.T @ x + decay * W", "delta.T @ x + decay * W / len(y)"),
            ),
            "The weight decay is divided by m as well: in the cost it stands outside the mean.",
        ),
        Mistake(
            "mean twice",
            altered(repairs.logistic_gradient, ("delta.T @ x +", "delta.T @ x / len(y) +")),
            "The 1/m enters dW twice: it is in delta already.",
        ),
        Mistake(
            "all entries",
            altered(repairs.logistic_gradient, ("/ len(y)", "/ y.size")),
            "You divided by the number of all entries of y: the cost is a mean over the samples, "
            "but a sum over the outputs.",
        ),
        Mistake(
            "inputs for samples",
            altered(repairs.logistic_gradient, ("/ len(y)", "/ x.shape[1]")),
            "You divided by the number of inputs: m is the number of samples, len(x).",
        ),
        Mistake(
            "decay lost",
            altered(repairs.logistic_gradient, (" + decay * W", "")),
            "The weight decay got lost: its gradient is decay · W.",
        ),
        Mistake(
            "bias decays",
            altered(
                repairs.logistic_gradient, ("delta.sum(axis=0)", "delta.sum(axis=0) + decay * b")
            ),
            "Now the bias decays, too: in this cost only W does.",
        ),
    ),
)

REGRESSION = CodeExercise(
    id="06.9",
    title="a linear layer",
    points=1,
    reference=repairs.regression_gradient,
    samples=bugs.REGRESSION.samples,
    returns=TWO,
    hints=(
        "The gradient of b must have the shape of b. Which axis is too much?",
        "One bias serves all samples. So its gradient collects something from each of them.",
        "db = delta.sum(axis=0)",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.regression_gradient,
            "This is the program as it was: db = δ has a row for each sample; the sum over the "
            "batch is missing.",
        ),
        Mistake(
            "last sample",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta[-1]")),
            "Your db has the right shape, but counts the last sample only. Sum over all of them.",
        ),
        Mistake(
            "first sample",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta[0]")),
            "Your db has the right shape, but counts the first sample only. Sum over all of them.",
        ),
        Mistake(
            "mean",
            altered(repairs.regression_gradient, ("delta.sum(axis=0)", "delta.mean(axis=0)")),
            "You averaged: the 1/m is inside delta already, so here it enters a second time.",
        ),
        Mistake(
            "wrong axis",
            altered(repairs.regression_gradient, ("axis=0", "axis=1")),
            "You summed over the outputs (axis 1). Samples are rows, so the batch is axis 0.",
        ),
        Mistake(
            "all",
            altered(repairs.regression_gradient, ("axis=0", "")),
            "You summed over everything: that would be one bias shared by all outputs.",
        ),
        Mistake(
            "axis kept",
            altered(repairs.regression_gradient, ("axis=0", "axis=0, keepdims=True")),
            "The values are right, the shape is not: b has shape (n,), so its gradient has, too.",
        ),
    ),
)

RESIDUAL = CodeExercise(
    id="06.10",
    title="a layer with a way around it",
    points=1,
    reference=repairs.residual_gradient,
    samples=bugs.RESIDUAL.samples,
    returns=("dW1", "dW2"),
    hints=(
        "W2 is right, W1 is not. On how many ways does a1 reach the cost?",
        "A value that is used twice gets two gradients, and they are added. Look at the two lines "
        "that begin with d_a1 =.",
        "d_a1 = d_a1 + d_z2 @ W2",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.residual_gradient,
            "This is the program as it was: the second assignment to d_a1 overwrites the first. "
            "What came back around the layer is lost; add the two.",
        ),
        Mistake(
            "around only",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "d_a1")),
            "Now the way through the second layer is lost: d_a1 needs both.",
        ),
        Mistake(
            "multiplied",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "d_a1 * (d_z2 @ W2)")),
            "You multiplied the two: along one path factors are multiplied, different paths are "
            "added.",
        ),
        Mistake(
            "averaged",
            altered(repairs.residual_gradient, ("d_a1 + d_z2 @ W2", "(d_a1 + d_z2 @ W2) / 2")),
            "You took the mean of the two ways: they are added.",
        ),
        Mistake(
            "transpose",
            altered(repairs.residual_gradient, ("d_z2 @ W2", "d_z2 @ W2.T")),
            "Both ways are there, but W2 is transposed: for rows it is d_z2 @ W2. The layer is "
            "square, so no shape complains.",
        ),
        Mistake(
            "slope on one way only",
            altered(
                repairs.residual_gradient,
                ("d_a1 + d_z2 @ W2", "d_z2 @ W2"),
                ("d_a1 * (1 - a1**2)", "d_out + d_a1 * (1 - a1**2)"),
            ),
            "You added the way around after the slope of the first layer: both ways end at a1, so "
            "both have the factor 1 − a1².",
        ),
        Mistake(
            "branch slope lost",
            altered(repairs.residual_gradient, ("d_out * (1 - branch**2)", "d_out")),
            "The slope of the second layer got lost in d_z2.",
        ),
        Mistake(
            "slope of the sum",
            altered(repairs.residual_gradient, ("(1 - branch**2)", "(1 - out**2)")),
            "In d_z2 the slope is that of tanh at z2: 1 − branch². out is the sum with a1.",
        ),
    ),
)

_SOFTMAX_LINE = "delta = a * (d_a - (d_a * a).sum(axis=1, keepdims=True))"

SOFTMAX = CodeExercise(
    id="06.11",
    title="softmax under the quadratic cost",
    points=2,
    reference=repairs.softmax_gradient,
    samples=bugs.SOFTMAX.samples,
    returns=TWO,
    hints=(
        "a − y is a well-known δ. For which cost was it derived, and which one is this?",
        "(a − y)/m is ∂C/∂a here. The softmax is still to be passed: δ_i = Σ_j ∂C/∂a_j a_j(δ_ij − "
        "a_i), with the Kronecker δ_ij inside the sum.",
        "d_a = (a - y) / len(y), then delta = a * (d_a - (d_a * a).sum(axis=1, keepdims=True))",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.softmax_gradient,
            "This is the program as it was: a − y is ∂C/∂z for the cross-entropy. Under the "
            "quadratic cost a − y is ∂C/∂a, and the Jacobian of the softmax is missing.",
        ),
        Mistake(
            "diagonal only",
            altered(repairs.softmax_gradient, (_SOFTMAX_LINE, "delta = d_a * a * (1 - a)")),
            "That is the Jacobian's diagonal, a(1 − a), as for sigmoids. In a softmax every output "
            "depends on every z: the terms −a_i a_j are missing.",
        ),
        Mistake(
            "no a in the sum",
            altered(repairs.softmax_gradient, ("(d_a * a).sum", "d_a.sum")),
            "In the sum the factor a_j is missing: it is Σ_j d_a_j a_j.",
        ),
        Mistake(
            "no a in front",
            altered(repairs.softmax_gradient, ("a * (d_a - (d_a", "(d_a - (d_a")),
            "The factor a_i in front is missing: ∂a_j/∂z_i = a_i (δ_ij − a_j).",
        ),
        Mistake(
            "sum over the batch",
            altered(repairs.softmax_gradient, ("axis=1, keepdims", "axis=0, keepdims")),
            "You summed over the samples (axis 0): each sample has a softmax of its own. Sum over "
            "the outputs.",
        ),
        Mistake(
            "sign",
            altered(repairs.softmax_gradient, ("(d_a - (d_a", "(d_a + (d_a")),
            "The sum has the wrong sign: the Jacobian is a_i δ_ij − a_i a_j.",
        ),
        Mistake(
            "no 1/m",
            altered(repairs.softmax_gradient, ("(a - y) / len(y)", "a - y")),
            "The Jacobian is right, but the 1/m got lost.",
        ),
        Mistake(
            "z for a",
            altered(repairs.softmax_gradient, ("a * (d_a - (d_a * a)", "z * (d_a - (d_a * z)")),
            "The Jacobian is a_i (δ_ij − a_j) in terms of the activations a; you put z there.",
        ),
    ),
)

_TIED_LINE = "dW = d_z.T @ x + code.T @ d_rebuilt"

AUTOENCODER = CodeExercise(
    id="06.12",
    title="an autoencoder with tied weights",
    points=1,
    reference=repairs.autoencoder_gradient,
    samples=bugs.AUTOENCODER.samples,
    returns=TWO,
    hints=(
        "b is right. In how many lines of the forward pass does W stand?",
        "W encodes and W decodes. Each use gives a gradient with the shape of W; they are added.",
        "dW = d_z.T @ x + code.T @ d_rebuilt",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.autoencoder_gradient,
            "This is the program as it was: W is used twice, but only its use in the encoder is "
            "counted. Add that of the decoder, codeᵀ d_rebuilt.",
        ),
        Mistake(
            "decoder only",
            altered(repairs.autoencoder_gradient, (_TIED_LINE, "dW = code.T @ d_rebuilt")),
            "Now only the use in the decoder is counted: add the two.",
        ),
        Mistake(
            "twice the encoder",
            altered(repairs.autoencoder_gradient, (_TIED_LINE, "dW = 2 * d_z.T @ x")),
            "You counted the use in the encoder twice: the use in the decoder has a gradient of "
            "its own, codeᵀ d_rebuilt.",
        ),
        Mistake(
            "mean",
            altered(
                repairs.autoencoder_gradient,
                (_TIED_LINE, "dW = (d_z.T @ x + code.T @ d_rebuilt) / 2"),
            ),
            "You took the mean of the two uses: gradients of a shared weight are added.",
        ),
        Mistake(
            "minus",
            altered(repairs.autoencoder_gradient, ("x + code.T", "x - code.T")),
            "You subtracted the second use: gradients of a shared weight are added.",
        ),
        Mistake(
            "z for the code",
            altered(
                repairs.autoencoder_gradient, ("code.T @ d_rebuilt", "(x @ W.T).T @ d_rebuilt")
            ),
            "In the decoder's part the input of W is code = tanh(z), not z.",
        ),
        Mistake(
            "rebuilt for its error",
            altered(
                repairs.autoencoder_gradient, ("code.T @ d_rebuilt", "code.T @ rebuilt / len(x)")
            ),
            "In the decoder's part you took the output instead of its error d_rebuilt.",
        ),
        Mistake(
            "slope lost",
            altered(repairs.autoencoder_gradient, ("d_code * (1 - code**2)", "d_code")),
            "Both uses are there, but the slope of tanh got lost in d_z.",
        ),
    ),
)

PIXELS = CodeExercise(
    id="06.13",
    title="pixels from 0 to 16",
    points=1,
    reference=repairs.pixel_gradient,
    samples=bugs.PIXELS.samples,
    returns=TWO,
    hints=(
        "Call the gradient twice with the same arrays. What comes out, and what has become of x?",
        "x /= 16 divides the caller's array. What does x = x / 16 do?",
        "x = x / 16",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.pixel_gradient,
            "This is the program as it was: x /= 16 writes into the caller's array, so every call "
            "makes the pixels 16 times darker. x = x / 16 makes a new array.",
        ),
        Mistake(
            "not scaled",
            altered(repairs.pixel_gradient, ("x = x / 16\n", "x = x.copy()\n")),
            "The pixels are not scaled any more: the cost is of x / 16.",
        ),
        Mistake(
            "whole numbers",
            altered(repairs.pixel_gradient, ("x / 16", "x // 16")),
            "x // 16 drops what is behind the point: all pixels but the brightest become 0.",
        ),
        Mistake(
            "scaled twice",
            altered(repairs.pixel_gradient, ("delta.T @ x", "delta.T @ x / 16")),
            "dW is divided by 16 a second time: the scaled x is in it already.",
        ),
        Mistake(
            "255",
            altered(repairs.pixel_gradient, ("x / 16", "x / 255")),
            "These pixels go from 0 to 16, not to 255.",
        ),
        Mistake(
            "scaled forward only",
            altered(
                repairs.pixel_gradient,
                ("x = x / 16\n", "raw, x = x, x / 16\n"),
                ("delta.T @ x", "delta.T @ raw"),
            ),
            "a comes from the scaled pixels, but dW is made with the raw ones: z = (x/16) Wᵀ, so "
            "the factor in dW is x/16.",
        ),
        Mistake(
            "no 1/m",
            altered(repairs.pixel_gradient, ("(a - y) / len(y)", "a - y")),
            "The input is safe now, but the 1/m got lost.",
        ),
    ),
)

_W1 = "W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)"
_W2 = "W2 = rng.standard_normal((n_out, n_hidden)) / np.sqrt(n_hidden)"


def second_layer_first(n_in, n_hidden, n_out, rng):
    W2 = rng.standard_normal((n_out, n_hidden)) / np.sqrt(n_hidden)
    W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)
    return W1, np.zeros(n_hidden), W2, np.zeros(n_out)


START = CodeExercise(
    id="06.14",
    title="where to start",
    points=1,
    reference=repairs.start,
    samples=bugs.STARTS,
    returns=("W1", "b1", "W2", "b2"),
    hints=(
        "All hidden units get the same inputs and the same weights. What could ever make them "
        "differ?",
        "Only chance can: draw every weight by rng.standard_normal, W1 first, and divide by the "
        "root of the number of inputs. Biases may stay 0.",
        "W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in), and W2 in the same way",
    ),
    mistakes=(
        Mistake(
            "the bug",
            bugs.start,
            "This is the program as it was: all hidden units start with the same weights, get the "
            "same gradient, and so stay the same for ever.",
        ),
        Mistake(
            "zeros",
            altered(
                repairs.start,
                (_W1, "W1 = np.zeros((n_hidden, n_in))"),
                (_W2, "W2 = np.zeros((n_out, n_hidden))"),
            ),
            "With zeros all hidden units are the same, too, and no error even passes back through "
            "W2.",
        ),
        Mistake(
            "rows alike",
            altered(
                repairs.start,
                (_W1, "W1 = np.tile(rng.standard_normal(n_in), (n_hidden, 1)) / np.sqrt(n_in)"),
            ),
            "The numbers are random, but every row of W1 is the same: each hidden unit needs its "
            "own.",
        ),
        Mistake(
            "not scaled",
            altered(repairs.start, (" / np.sqrt(n_in)", ""), (" / np.sqrt(n_hidden)", "")),
            "The symmetry is broken. But divide by the root of the number of inputs, as asked: "
            "otherwise z grows with the width.",
        ),
        Mistake(
            "no root",
            altered(repairs.start, ("np.sqrt(n_in)", "n_in"), ("np.sqrt(n_hidden)", "n_hidden")),
            "Divide by the root of the number of inputs, not by the number: variances add, not "
            "deviations.",
        ),
        Mistake(
            "second layer constant",
            altered(repairs.start, (_W2, "W2 = np.full((n_out, n_hidden), 0.5)")),
            "The hidden units differ now. Draw W2 by chance, too, as asked: with several outputs "
            "they would all be the same.",
        ),
        Mistake(
            "W2 first",
            second_layer_first,
            "These numbers are as good as the expected ones, but W2 was drawn first. Draw W1 "
            "first, so that they can be compared.",
        ),
        Mistake(
            "random biases",
            altered(
                repairs.start,
                ("np.zeros(n_hidden)", "rng.standard_normal(n_hidden)"),
                ("np.zeros(n_out)", "rng.standard_normal(n_out)"),
            ),
            "Random biases do no harm, but they are not needed: leave them 0, so that the numbers "
            "can be compared.",
        ),
        Mistake(
            "positive only",
            altered(
                repairs.start,
                ("rng.standard_normal((n_hidden, n_in))", "rng.random((n_hidden, n_in))"),
                ("rng.standard_normal((n_out, n_hidden))", "rng.random((n_out, n_hidden))"),
            ),
            "rng.random gives numbers from 0 to 1 only: all weights are positive. Use "
            "rng.standard_normal, as asked.",
        ),
    ),
)

WHICH_CHECK = ChoiceExercise(
    id="06.15",
    title="who sees it?",
    options={
        "a": "W for Wᵀ in BP2, in a layer with as many inputs as outputs",
        "b": "a gradient in which every entry is 1 + 1e-10 times the right one",
        "c": "all weights of a layer start with the same value",
        "d": "the bias gradient counts the last sample only",
        "e": "relu′(0) = 0.7 at an input that is exactly 0",
        "f": "the cost forgets 1/m, and its gradient forgets it, too",
    },
    right="b",
    hints=(
        "Sort the six: which give wrong gradients at all? Of those, which are wrong by less than a "
        "central difference can measure?",
        "A central difference is right to about 1e-7. An exact check has no tolerance at all.",
        "Only one of the errors is smaller than 1e-7 of the gradient: the factor 1 + 1e-10, b.",
    ),
    mistakes=(
        Mistake(
            "transpose",
            "a",
            "The shapes fit, but the numbers are far off: a central difference sees that easily.",
        ),
        Mistake(
            "symmetry",
            "c",
            "The gradient at this start is right, so no gradient check can object. Only a look at "
            "the training, or at the weights, finds it.",
        ),
        Mistake(
            "last sample",
            "d",
            "With more than one sample the numbers are far off: a central difference sees that "
            "easily.",
        ),
        Mistake(
            "kink",
            "e",
            "At the kink there is no derivative, so there is nothing to be right or wrong against: "
            "gradients.check says so and lets any value between the two slopes pass, and the exact "
            "check moves off the kink.",
        ),
        Mistake(
            "wrong cost",
            "f",
            "A check compares the gradient with the cost it is given. If both leave out the same "
            "factor they agree, by any method. Test the cost by hand numbers.",
        ),
    ),
)

EXERCISES = (
    CENTRAL_ERROR,
    BEST_STEP,
    NUMERICAL_GRADIENT,
    RELATIVE_ERROR,
    XOR,
    DEEP,
    STEP,
    LOGISTIC,
    REGRESSION,
    RESIDUAL,
    SOFTMAX,
    AUTOENCODER,
    PIXELS,
    START,
    WHICH_CHECK,
)
