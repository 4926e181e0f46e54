"""The exercises of lesson 01: the perceptron, its rule, the bound on its mistakes, and XOR.

Wrong answers stand before the exercise they belong to.
"""

import numpy as np

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import Sample, away_from_zero, samples
from bplab.numeric.arrays import Array
from bplab.numeric.perceptron import novikoff_bound, perceptron

# 01.1: the unit


def perceptron_strict(x: Array, w: Array, b: float) -> Array:
    return (x @ w + b > 0).astype(int)


def perceptron_no_bias(x: Array, w: Array, b: float) -> Array:
    return (x @ w >= 0).astype(int)


def perceptron_bias_subtracted(x: Array, w: Array, b: float) -> Array:
    return (x @ w - b >= 0).astype(int)


def perceptron_no_step(x: Array, w: Array, b: float) -> Array:
    return x @ w + b


def perceptron_signs(x: Array, w: Array, b: float) -> Array:
    return np.where(x @ w + b >= 0, 1, -1)


def perceptron_numpy_sign(x: Array, w: Array, b: float) -> Array:
    return np.sign(x @ w + b)


def perceptron_flipped(x: Array, w: Array, b: float) -> Array:
    return (x @ w + b <= 0).astype(int)


def perceptron_half(x: Array, w: Array, b: float) -> Array:
    return (x @ w + b >= 0.5).astype(int)


def perceptron_no_sum(x: Array, w: Array, b: float) -> Array:
    return (x * w + b >= 0).astype(int)


# Twelve samples in a batch, so that both answers occur; the last has points on the line itself.
PERCEPTRON_SAMPLES: tuple[Sample, ...] = (
    *samples({"x": ("B", "n"), "w": ("n",), "b": ()}, sizes={"B": 12}),
    *samples({"x": ("B", "n"), "w": ("n",), "b": ()}, seed=1),
    {
        "x": np.array([[1.0, 1.0], [2.0, 0.5], [0.5, 2.0], [1.5, 1.5]]),
        "w": np.array([2.0, -1.0]),
        "b": -1.0,
    },
)

PERCEPTRON = CodeExercise(
    id="01.1",
    title="the unit's answer",
    points=1,
    reference=perceptron,
    samples=PERCEPTRON_SAMPLES,
    hints=(
        "First z for all samples at once, then one comparison.",
        "x has shape (B, n) and w has shape (n,): x @ w has shape (B,).",
        "return (x @ w + b >= 0).astype(int)",
    ),
    mistakes=(
        Mistake(
            "strict",
            perceptron_strict,
            "You answer 0 where z = 0. A point on the line itself belongs to class 1: write >= 0.",
        ),
        Mistake("no bias", perceptron_no_bias, "b is missing: z = w·x + b."),
        Mistake(
            "bias subtracted",
            perceptron_bias_subtracted,
            "You subtract b. It is added: z = w·x + b. (Older texts have a threshold θ = −b.)",
        ),
        Mistake(
            "no step", perceptron_no_step, "This is z itself. The unit answers 1 if z ≥ 0, else 0."
        ),
        Mistake(
            "signs",
            perceptron_signs,
            "You answer −1 and 1. The unit answers 0 or 1; signs come in with the learning rule.",
        ),
        Mistake(
            "np.sign",
            perceptron_numpy_sign,
            "np.sign answers −1, 0 and 1. The unit answers 1 if z ≥ 0, and 0 for every other z.",
        ),
        Mistake(
            "flipped", perceptron_flipped, "The comparison points the other way: 1 where z ≥ 0."
        ),
        Mistake(
            "half",
            perceptron_half,
            "You compare z with ½. That is the threshold for a sigmoid's output; z has 0.",
        ),
        Mistake(
            "no sum",
            perceptron_no_sum,
            "x * w multiplies entry by entry and does not sum over the n inputs: write x @ w.",
        ),
        Mistake(
            "sigmoid",
            lambda x, w, b: 1 / (1 + np.exp(-(x @ w + b))),
            "This is the sigmoid of z, between 0 and 1. A threshold unit has a step: "
            "exactly 0 or 1.",
        ),
        Mistake(
            "relu",
            lambda x, w, b: np.maximum(0, x @ w + b),
            "You cut z off below 0, as relu does. The step answers 1 wherever z ≥ 0, not z itself.",
        ),
        Mistake(
            "half on the line",
            lambda x, w, b: np.heaviside(x @ w + b, 0.5),
            "np.heaviside's second argument is its answer at z = 0. It must be 1 here.",
        ),
        Mistake(
            "threshold one",
            lambda x, w, b: (x @ w + b >= 1).astype(int),
            "You compare z with 1. The threshold is in b already: compare z with 0.",
        ),
        Mistake(
            "strict signs",
            lambda x, w, b: np.where(x @ w + b > 0, 1, -1),
            "You answer −1 and 1, and −1 where z = 0. The unit answers 0 or 1, and 1 where z ≥ 0.",
        ),
        Mistake(
            "weighted sum",
            lambda x, w, b: x @ w,
            "This is w·x alone: the bias and the step are missing.",
        ),
        Mistake(
            "one z for the batch",
            lambda x, w, b: (np.sum(x * w) + b >= 0).astype(int),
            "You added up all samples of the batch. Each row has its own z: sum over axis 1 only.",
        ),
        Mistake(
            "w @ x",
            lambda x, w, b: (w @ x + b >= 0).astype(int),
            "w @ x sums over the samples, and fits only if there happen to be n of them. "
            "The inputs are the last axis of x: x @ w.",
        ),
        Mistake(
            "one if",
            lambda x, w, b: 1 if x @ w + b >= 0 else 0,
            "An if decides once, but there are B samples. Compare the whole array: (x @ w +"
            " b >= 0).",
        ),
        Mistake(
            "strict half",
            lambda x, w, b: (x @ w + b > 0.5).astype(int),
            "You compare z with ½, and strictly. The threshold for z is 0, and z = 0 "
            "belongs to class 1: >= 0.",
        ),
        Mistake(
            "tanh",
            lambda x, w, b: np.tanh(x @ w + b),
            "This is tanh(z), between −1 and 1. The step answers 1 where z ≥ 0, else 0.",
        ),
        Mistake(
            "bias subtracted, strict",
            lambda x, w, b: (x @ w - b > 0).astype(int),
            "The bias is added, z = w·x + b, and the comparison is >=.",
        ),
    ),
)

# 01.2: what an update does to z

EFFECT = FormulaExercise(
    id="01.2",
    title="how far one update moves z",
    points=1,
    reference="x1**2 + x2**2 + 1",
    names=("x1", "x2", "w1", "w2", "b"),
    hints=(
        "Write z with the new weights w1 + x1, w2 + x2 and the new bias b + 1.",
        "New: (w1 + x1)*x1 + (w2 + x2)*x2 + (b + 1). Old: w1*x1 + w2*x2 + b. Subtract.",
        "All terms with w1, w2 and b cancel; x1*x1 + x2*x2 + 1 is left.",
    ),
    mistakes=(
        Mistake(
            "no bias step",
            "x1**2 + x2**2",
            "That is what the weights do. The bias moves too, and adds its own step.",
        ),
        Mistake("only the bias", "1", "That is what the bias does. The weights move as well."),
        Mistake(
            "step of the weights",
            "x1 + x2 + 1",
            "The weights grow by x, but z weighs this growth with x once more: x1·x1 + x2·x2.",
        ),
        Mistake(
            "square of the sum",
            "(x1 + x2)**2 + 1",
            "x·x is the sum of the squares, not the square of the sum.",
        ),
        Mistake(
            "bias for one",
            "x1**2 + x2**2 + b",
            "The bias grows by 1, not by b: the old b cancels.",
        ),
        Mistake(
            "new z",
            "(w1 + x1)*x1 + (w2 + x2)*x2 + b + 1",
            "That is the new z. Asked is by how much it grew: subtract the old z.",
        ),
        Mistake(
            "old z",
            "w1*x1 + w2*x2 + b",
            "That is the z from before the update. Subtract it from the new one.",
        ),
        Mistake(
            "sign",
            "-(x1**2 + x2**2 + 1)",
            "You took old minus new: after a mistake with s = +1, z grows.",
        ),
        Mistake(
            "step of the weights only",
            "x1 + x2",
            "That is by how much w₁ + w₂ grows. z weighs each weight with its input, and "
            "the bias grows by 1.",
        ),
        Mistake(
            "old weights",
            "w1*x1 + w2*x2 + 1",
            "w·x stands in the old z and in the new one, so it cancels. What is new is x·x.",
        ),
        Mistake(
            "product of the inputs",
            "x1*x2 + 1",
            "x·x is x1*x1 + x2*x2: each input is multiplied by itself.",
        ),
        Mistake(
            "bias falls",
            "x1**2 + x2**2 - 1",
            "For s = +1 the bias grows by 1: its step has the same sign as that of the weights.",
        ),
        Mistake(
            "length",
            "sqrt(x1**2 + x2**2) + 1",
            "The root is too much: x·x is the squared length of x.",
        ),
        Mistake(
            "length of the lifted point",
            "sqrt(x1**2 + x2**2 + 1)",
            "The root is too much. z grows by the square of this length.",
        ),
        Mistake(
            "twice",
            "2*(x1**2 + x2**2 + 1)",
            "That is two updates: one adds x once to w and 1 once to b.",
        ),
        Mistake(
            "half",
            "(x1**2 + x2**2 + 1)/2",
            "There is a factor ½ too many: nothing is differentiated here, only subtracted.",
        ),
        Mistake(
            "weighted sum",
            "w1*x1 + w2*x2",
            "That is w·x with the old weights: it cancels in new minus old.",
        ),
        Mistake(
            "bias counted twice",
            "x1**2 + x2**2 + b + 1",
            "The old b stands in the old z and in the new one: it cancels.",
        ),
        Mistake(
            "square of the sum, no bias",
            "(x1 + x2)**2",
            "x·x is the sum of the squares, not the square of the sum; and the bias adds 1.",
        ),
        Mistake(
            "product of the squares",
            "x1**2*x2**2 + 1",
            "The products of weights and inputs are added: x1**2 + x2**2.",
        ),
        Mistake(
            "length of w",
            "w1**2 + w2**2 + 1",
            "Those are the weights squared. The weights grow by x, and z weighs this with x.",
        ),
        Mistake(
            "sum of the weights",
            "w1 + w2 + 1",
            "The weights grow by x₁ and x₂, whatever they were before: no w is left.",
        ),
        Mistake(
            "new z, old bias",
            "(w1 + x1)*x1 + (w2 + x2)*x2 + b",
            "That is z with the new weights and the old bias. Add the bias's step; subtract"
            " the old z.",
        ),
        Mistake(
            "new z, no old bias",
            "(w1 + x1)*x1 + (w2 + x2)*x2 + 1",
            "You subtracted b, but not the rest of the old z: w₁x₁ + w₂x₂.",
        ),
        Mistake(
            "bias squared",
            "x1**2 + x2**2 + b**2",
            "The bias's input is the constant 1, so it adds 1·1, not b².",
        ),
        Mistake(
            "old z plus one",
            "w1*x1 + w2*x2 + b + 1",
            "That is z with the new bias and the old weights. The weights change too; "
            "subtract the old z.",
        ),
        Mistake(
            "nothing",
            "0",
            "The same point gets another z, because w and b have changed: put in w₁ + x₁, "
            "w₂ + x₂ and b + 1.",
        ),
    ),
)

# 01.3: the update


def update(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    """Rosenblatt's rule for one sample: (w + s·x, b + s) after a mistake, else (w, b) unchanged."""
    if s * (w @ x + b) <= 0:
        return w + s * x, b + s
    return w, b


def update_always(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return w + s * x, b + s


def update_until_right(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    while s * (w @ x + b) <= 0:
        w, b = w + s * x, b + s
    return w, b


def update_off_the_line(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w + s * x, b + s) if s * (w @ x + b) < 0 else (w, b)


def update_when_right(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w + s * x, b + s) if s * (w @ x + b) >= 0 else (w, b)


def update_test_without_sign(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w + s * x, b + s) if w @ x + b <= 0 else (w, b)


def update_test_without_bias(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w + s * x, b + s) if s * (w @ x) <= 0 else (w, b)


def update_wrong_sign(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w - s * x, b - s) if s * (w @ x + b) <= 0 else (w, b)


def update_without_sign(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w + x, b + 1) if s * (w @ x + b) <= 0 else (w, b)


def update_no_bias(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w + s * x, b) if s * (w @ x + b) <= 0 else (w, b)


def update_bias_unsigned(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w + s * x, b + 1) if s * (w @ x + b) <= 0 else (w, b)


def update_bias_scaled(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w + s * x, b + s * b) if s * (w @ x + b) <= 0 else (w, b)


def update_twice(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w + 2 * s * x, b + 2 * s) if s * (w @ x + b) <= 0 else (w, b)


def update_difference(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    error = s - (1 if w @ x + b >= 0 else -1)
    return w + error * x, b + error


def update_with_rate(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (w + 0.1 * s * x, b + 0.1 * s) if s * (w @ x + b) <= 0 else (w, b)


def update_in_place(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    if s * (w @ x + b) <= 0:
        w += s * x
        b += s
    return w, b


def update_swapped(w: Array, b: float, x: Array, s: float) -> tuple[float, Array]:
    w, b = update(w, b, x, s)
    return b, w


def update_step_only(w: Array, b: float, x: Array, s: float) -> tuple[Array, float]:
    return (s * x, s) if s * (w @ x + b) <= 0 else (0 * x, 0.0)


def random_sign(rng: np.random.Generator, shape: tuple[int, ...]) -> float:
    return float(rng.choice([-1.0, 1.0]))


def on_the_line(s: float) -> Sample:
    return {"w": np.array([1.0, -2.0]), "b": 1.0, "x": np.array([3.0, 2.0]), "s": s}


# Random ones are mistakes or not; then points on the line, and the very first step from zero.
UPDATE_SAMPLES: tuple[Sample, ...] = (
    {"w": np.array([1.0, 2.0]), "b": -1.0, "x": np.array([1.5, -1.0]), "s": 1.0},
    *(
        sample
        for seed in range(4)
        for sample in samples(
            {"w": ("n",), "b": (), "x": ("n",), "s": ()},
            make={"x": away_from_zero, "s": random_sign},
            seed=seed,
        )
    ),
    on_the_line(1.0),
    on_the_line(-1.0),
    {"w": np.zeros(3), "b": 0.0, "x": np.array([1.0, 2.0, 0.5]), "s": -1.0},
)

UPDATE = CodeExercise(
    id="01.3",
    title="Rosenblatt's rule for one sample",
    points=2,
    reference=update,
    samples=UPDATE_SAMPLES,
    returns=("w", "b"),
    hints=(
        "Two cases: is the sample a mistake or not? Only a mistake changes anything.",
        "A mistake is s * (w @ x + b) <= 0. After it, w grows by s * x and b by s.",
        "return (w + s * x, b + s) if s * (w @ x + b) <= 0 else (w, b)",
    ),
    mistakes=(
        Mistake(
            "always",
            update_always,
            "You update on every sample. The rule changes nothing while s(w·x + b) > 0.",
        ),
        Mistake(
            "until right",
            update_until_right,
            "You repeat the step until the sample is right, with while for if: the rule takes one "
            "step for a mistake and goes on to the next sample.",
        ),
        Mistake(
            "off the line",
            update_off_the_line,
            "A point on the line, s(w·x + b) = 0, counts as a mistake here: write <= 0. With < 0 "
            "the rule never takes its first step away from w = 0, b = 0.",
        ),
        Mistake(
            "when right",
            update_when_right,
            "You update when the sample is right. A mistake is s(w·x + b) ≤ 0.",
        ),
        Mistake(
            "test without s",
            update_test_without_sign,
            "Your test lacks s: for a sample with s = −1 it is z ≥ 0 that is a mistake.",
        ),
        Mistake("test without b", update_test_without_bias, "Your test for a mistake lacks b."),
        Mistake(
            "sign",
            update_wrong_sign,
            "You step the wrong way: w + s·x and b + s make s·z grow, minus makes it fall.",
        ),
        Mistake(
            "no s",
            update_without_sign,
            "The step lacks s: a sample with s = −1 must be subtracted.",
        ),
        Mistake("b forgotten", update_no_bias, "w is right, but b stays as it was: b grows by s."),
        Mistake(
            "b without s", update_bias_unsigned, "w is right, but b grows by s, not always by 1."
        ),
        Mistake(
            "b times s·b",
            update_bias_scaled,
            "w is right, but b grows by s·1: its input is the constant 1, not b.",
        ),
        Mistake(
            "twice",
            update_twice,
            "Your step is 2s·x. With labels ±1 the difference (label − answer) is ±2; "
            "the rule adds s·x once.",
        ),
        Mistake(
            "difference of signs",
            update_difference,
            "You add (s − answer)·x. With signs ±1 this is twice the step, and it misses the "
            "points on the line with s = +1: test s(w·x + b) ≤ 0 and add s·x.",
        ),
        Mistake(
            "learning rate",
            update_with_rate,
            "Your step is a tenth of the rule's: there is no learning rate here. From zero it "
            "would only scale w and b together, and the line would be the same.",
        ),
        Mistake(
            "in place",
            update_in_place,
            "w += … writes into the caller's array, and the history of w is lost: "
            "return w + s * x, a new array.",
        ),
        Mistake("swapped", update_swapped, "You return (b, w); the order is (w, b)."),
        Mistake(
            "step only",
            update_step_only,
            "You return the step. Returned are the new weights and bias: old plus step.",
        ),
        Mistake(
            "b an array",
            lambda w, b, x, s: (w + s * x, b + s * x) if s * (w @ x + b) <= 0 else (w, b),
            "b has become an array: b is one number, and grows by s.",
        ),
        Mistake(
            "w without x",
            lambda w, b, x, s: (w + s, b + s) if s * (w @ x + b) <= 0 else (w, b),
            "Your w grows by s. Each weight grows by s times its own input: s·x.",
        ),
        Mistake(
            "multiplied",
            lambda w, b, x, s: (w * s * x, b * s) if s * (w @ x + b) <= 0 else (w, b),
            "You multiply the old values. The step is added: w + s·x and b + s.",
        ),
        Mistake(
            "b the wrong way",
            lambda w, b, x, s: (w + s * x, b - s) if s * (w @ x + b) <= 0 else (w, b),
            "w is right, but b moves the wrong way: b + s.",
        ),
        Mistake(
            "w the wrong way",
            lambda w, b, x, s: (w - s * x, b + s) if s * (w @ x + b) <= 0 else (w, b),
            "b is right, but w moves the wrong way: w + s·x.",
        ),
        Mistake(
            "b replaced",
            lambda w, b, x, s: (w + s * x, s) if s * (w @ x + b) <= 0 else (w, b),
            "w is right, but you return s for b. The new bias is the old one plus s.",
        ),
        Mistake(
            "step after a mistake",
            lambda w, b, x, s: (s * x, s) if s * (w @ x + b) <= 0 else (w, b),
            "After a mistake you return the step alone. Add it to the old weights and bias.",
        ),
        Mistake(
            "w grows by w",
            lambda w, b, x, s: (w + s * w, b + s) if s * (w @ x + b) <= 0 else (w, b),
            "You add s·w. What is added to the weights is the sample: s·x.",
        ),
        Mistake(
            "w without s",
            lambda w, b, x, s: (w + x, b + s) if s * (w @ x + b) <= 0 else (w, b),
            "b is right, but w must grow by s·x: for s = −1 the sample is subtracted.",
        ),
        Mistake(
            "step times z",
            lambda w, b, x, s: (w + s * x * (w @ x + b), b + s) if s * (w @ x + b) <= 0 else (w, b),
            "Your step for w has a factor z. Rosenblatt's step does not depend on how wrong z was.",
        ),
        Mistake(
            "when clearly right",
            lambda w, b, x, s: (w + s * x, b + s) if s * (w @ x + b) > 0 else (w, b),
            "You update when the sample is right, and only then: turn the test round, s(w·x"
            " + b) ≤ 0.",
        ),
        Mistake(
            "z ≥ 0 is right",
            lambda w, b, x, s: (w + s * x, b + s) if (w @ x + b >= 0) != (s == 1) else (w, b),
            "Your test takes z = 0 with s = +1 for right, as the unit's answer is 1 there. "
            "The rule calls every point on the line a mistake: s(w·x + b) ≤ 0.",
        ),
        Mistake(
            "answer 0 or 1 against s",
            lambda w, b, x, s: (w + s * x, b + s) if (w @ x + b >= 0) != s else (w, b),
            "You compare the answer 0 or 1 with s, which is −1 or +1: for s = −1 they "
            "always differ.",
        ),
        Mistake(
            "difference from 0 or 1",
            lambda w, b, x, s: (w + (s - (w @ x + b >= 0)) * x, b + s - (w @ x + b >= 0)),
            "Your step is s minus the answer 0 or 1. The labels are −1 and +1 here, so this"
            " is never 0 for s = −1. Test s(w·x + b) ≤ 0 and add s·x.",
        ),
        Mistake(
            "difference from z",
            lambda w, b, x, s: (w + (s - (w @ x + b)) * x, b + s - (w @ x + b)),
            "Your step is (s − z)·x. That is the gradient step for a squared error, another"
            " rule: Rosenblatt's changes nothing if the sign is right.",
        ),
        Mistake(
            "margin of one",
            lambda w, b, x, s: (w + s * x, b + s) if s * (w @ x + b) <= 1 else (w, b),
            "Your test asks for s·z > 1. Any s·z > 0 is right.",
        ),
        Mistake(
            "test with −b",
            lambda w, b, x, s: (w + s * x, b + s) if s * (w @ x - b) <= 0 else (w, b),
            "Your test has −b: z = w·x + b.",
        ),
        Mistake(
            "nothing after a right answer",
            lambda w, b, x, s: (w + s * x, b + s) if s * (w @ x + b) <= 0 else None,
            "After a right answer you return nothing: end with return w, b, outside the if.",
        ),
        Mistake(
            "weights alone",
            lambda w, b, x, s: w + s * x if s * (w @ x + b) <= 0 else w,
            "You return the weights alone. Return both, w and b, separated by a comma.",
        ),
        Mistake(
            "half a step",
            lambda w, b, x, s: (w + 0.5 * s * x, b + 0.5 * s) if s * (w @ x + b) <= 0 else (w, b),
            "Your step is half of the rule's: it adds the whole s·x to w, and s to b.",
        ),
        Mistake(
            "always subtracted",
            lambda w, b, x, s: (w - x, b - 1) if s * (w @ x + b) <= 0 else (w, b),
            "You subtract every mistaken sample: that is right for s = −1 only. Add s·x and s.",
        ),
        Mistake(
            "never",
            lambda w, b, x, s: (w, b),
            "You never change anything. After a mistake, s(w·x + b) ≤ 0, return w + s·x and b + s.",
        ),
        Mistake(
            "test without s, off the line",
            lambda w, b, x, s: (w + s * x, b + s) if w @ x + b < 0 else (w, b),
            "Your test is z < 0, for either class. A mistake is s(w·x + b) ≤ 0.",
        ),
    ),
)

# 01.4: the rule by hand

NOT_GATE = NumberExercise(
    id="01.4",
    title="mistakes until NOT is learned",
    points=1,
    value=5,
    tolerance=0,
    hints=(
        "Keep a table with one row a sample: z = w·x + b, s·z, mistake or not, new w, new b.",
        "The first row: x = 0, s = +1, z = 0, so s·z = 0, a mistake: w = 0, b = 1.",
        "Mistakes on x = 0, 1, 0, 1, 0 lead to (w, b) = (0, 1), (−1, 0), (−1, 1), (−2, 0), (−2, 1);"
        " then x = 1 gives z = −1 and x = 0 gives z = 1, both right: 5 mistakes.",
    ),
    mistakes=(
        Mistake("one", 1, "After one mistake w = 0, b = 1: then x = 1 has z = 1 but s = −1."),
        Mistake(
            "two",
            2,
            "After two mistakes w = −1, b = 0, and x = 0 has z = 0. A point on the line is a "
            "mistake too: s·z ≤ 0.",
        ),
        Mistake(
            "three",
            3,
            "Three is the number of sweeps with a mistake. After three mistakes w = −1, b = 1, "
            "and x = 1 has z = 0.",
        ),
        Mistake(
            "four",
            4,
            "After four mistakes w = −2, b = 0, and x = 0 has z = 0: one more. (Or did you count "
            "the sweeps, with the last one, that only checks?)",
        ),
        Mistake(
            "six",
            6,
            "In the third sweep x = 1 has z = −2 + 1 = −1 and s = −1: it is right, no update.",
        ),
        Mistake(
            "eight", 8, "Those are all looks at a sample in four sweeps; not all are mistakes."
        ),
        Mistake(
            "looks until the end",
            7,
            "Those are all looks at a sample up to the second right answer in a row; the "
            "last two were right.",
        ),
        Mistake(
            "none",
            0,
            "At w = 0, b = 0 every z is 0, and s·z ≤ 0 is a mistake: the first look is one.",
        ),
    ),
)

# 01.5: Novikoff's bound


def bound_no_bias_in_margin(x: Array, s: Array, w: Array, b: float) -> float:
    return (np.max(np.sum(x**2, axis=1)) + 1) * (w @ w) / np.min(s * (x @ w + b)) ** 2


def bound_no_bias_in_radius(x: Array, s: Array, w: Array, b: float) -> float:
    return np.max(np.sum(x**2, axis=1)) * (w @ w + b**2) / np.min(s * (x @ w + b)) ** 2


def bound_in_the_plane(x: Array, s: Array, w: Array, b: float) -> float:
    return np.max(np.sum(x**2, axis=1)) * (w @ w) / np.min(s * (x @ w + b)) ** 2


def bound_not_squared(x: Array, s: Array, w: Array, b: float) -> float:
    return np.sqrt(novikoff_bound(x, s, w, b))


def bound_upside_down(x: Array, s: Array, w: Array, b: float) -> float:
    return 1 / novikoff_bound(x, s, w, b)


def bound_margin_not_scaled(x: Array, s: Array, w: Array, b: float) -> float:
    return (np.max(np.sum(x**2, axis=1)) + 1) / np.min(s * (x @ w + b)) ** 2


def bound_mean_margin(x: Array, s: Array, w: Array, b: float) -> float:
    return (np.max(np.sum(x**2, axis=1)) + 1) * (w @ w + b**2) / np.mean(s * (x @ w + b)) ** 2


def bound_widest_margin(x: Array, s: Array, w: Array, b: float) -> float:
    return (np.max(np.sum(x**2, axis=1)) + 1) * (w @ w + b**2) / np.max(s * (x @ w + b)) ** 2


def bound_without_signs(x: Array, s: Array, w: Array, b: float) -> float:
    return (np.max(np.sum(x**2, axis=1)) + 1) * (w @ w + b**2) / np.min(x @ w + b) ** 2


def bound_sum_of_squares(x: Array, s: Array, w: Array, b: float) -> float:
    return (np.sum(x**2) + 1) * (w @ w + b**2) / np.min(s * (x @ w + b)) ** 2


def bound_mean_radius(x: Array, s: Array, w: Array, b: float) -> float:
    return (np.mean(np.sum(x**2, axis=1)) + 1) * (w @ w + b**2) / np.min(s * (x @ w + b)) ** 2


def separated(x: Array, w: Array, b: float) -> Sample:
    """Points with the signs that (w, b) gives them, so that it separates."""
    return {"x": x, "s": np.where(x @ w + b > 0, 1.0, -1.0), "w": w, "b": b}


BOUND = CodeExercise(
    id="01.5",
    title="Novikoff's bound",
    points=2,
    reference=novikoff_bound,
    samples=tuple(
        separated(sample["x"], sample["w"], sample["b"])
        for sample in samples({"x": ("B", "n"), "w": ("n",), "b": ()}, seed=2)
    ),
    hints=(
        "R and γ belong to the lifted vectors (x, 1) and (w, b): where does the 1, where does b "
        "enter a length?",
        "R² = max over the samples of (‖x‖² + 1); γ = min of s(w·x + b), over √(‖w‖² + b²).",
        "return (np.sum(x**2, axis=1) + 1).max() * (w @ w + b**2) / (s * (x @ w + b)).min()**2",
    ),
    mistakes=(
        Mistake(
            "no b in the length",
            bound_no_bias_in_margin,
            "Your γ divides by ‖w‖. It is the lifted vector's length that counts: ‖w‖² + b².",
        ),
        Mistake(
            "no 1 in R",
            bound_no_bias_in_radius,
            "Your R² is max ‖x‖². The lifted point (x, 1) is longer: max ‖x‖² + 1.",
        ),
        Mistake(
            "not lifted",
            bound_in_the_plane,
            "These are R and γ without the bias. Lift both: ‖x‖² + 1 and ‖w‖² + b².",
        ),
        Mistake("not squared", bound_not_squared, "This is R/γ; the bound is its square."),
        Mistake(
            "upside down", bound_upside_down, "This is γ²/R²: a wide margin must give few mistakes."
        ),
        Mistake(
            "γ not scaled",
            bound_margin_not_scaled,
            "Your γ is the least s·z. Divide it by the length of (w, b): doubling w and b leaves "
            "the line where it is, and must not change γ.",
        ),
        Mistake("mean margin", bound_mean_margin, "γ is the least of the margins, not their mean."),
        Mistake(
            "largest margin",
            bound_widest_margin,
            "γ is the least of the margins: the bound must hold for the point nearest to the line.",
        ),
        Mistake(
            "no signs",
            bound_without_signs,
            "The margins lack s: for s = −1 a negative z is on the right side.",
        ),
        Mistake(
            "all points added up",
            bound_sum_of_squares,
            "Your R² adds up all samples. R is the length of the longest one.",
        ),
        Mistake(
            "mean radius", bound_mean_radius, "R belongs to the longest sample, not to the mean."
        ),
        Mistake(
            "no 1, γ not scaled",
            lambda x, s, w, b: np.max(np.sum(x**2, axis=1)) / np.min(s * (x @ w + b)) ** 2,
            "Two things are missing: the 1 of the lifted point in R², and the length of (w,"
            " b) in γ.",
        ),
        Mistake(
            "all lifted points added up",
            lambda x, s, w, b: (
                (np.sum(x**2) + len(x)) * (w @ w + b**2) / np.min(s * (x @ w + b)) ** 2
            ),
            "You add up the squared lengths of all lifted points. R is the length of the "
            "longest one.",
        ),
        Mistake(
            "γ not squared",
            lambda x, s, w, b: (
                (np.max(np.sum(x**2, axis=1)) + 1) * (w @ w + b**2) / np.min(s * (x @ w + b))
            ),
            "You squared R and the length of (w, b), but not the least s·z.",
        ),
        Mistake(
            "length not squared",
            lambda x, s, w, b: (
                (np.max(np.sum(x**2, axis=1)) + 1)
                * np.sqrt(w @ w + b**2)
                / np.min(s * (x @ w + b)) ** 2
            ),
            "You squared R and s·z, but not the length of (w, b), which belongs to γ.",
        ),
        Mistake(
            "R not squared",
            lambda x, s, w, b: (
                np.sqrt(np.max(np.sum(x**2, axis=1)) + 1)
                * (w @ w + b**2)
                / np.min(s * (x @ w + b)) ** 2
            ),
            "You squared γ, but not R.",
        ),
        Mistake(
            "no b in s·z",
            lambda x, s, w, b: (
                (np.max(np.sum(x**2, axis=1)) + 1) * (w @ w + b**2) / np.min(s * (x @ w)) ** 2
            ),
            "Your margins lack b: s·z = s(w·x + b).",
        ),
        Mistake(
            "1 added to the length",
            lambda x, s, w, b: (
                (np.max(np.linalg.norm(x, axis=1)) + 1) ** 2
                * (w @ w + b**2)
                / np.min(s * (x @ w + b)) ** 2
            ),
            "You added 1 to the length of x. The 1 belongs under the root: ‖(x, 1)‖² = ‖x‖² + 1.",
        ),
        Mistake(
            "largest entry",
            lambda x, s, w, b: (np.max(x**2) + 1) * (w @ w + b**2) / np.min(s * (x @ w + b)) ** 2,
            "Your R² holds the largest single entry of x. Sum the squares of each sample "
            "first, over axis 1.",
        ),
        Mistake(
            "wrong axis",
            lambda x, s, w, b: (
                (np.max(np.sum(x**2, axis=0)) + 1) * (w @ w + b**2) / np.min(s * (x @ w + b)) ** 2
            ),
            "You summed over axis 0, that is over the samples. The inputs of one sample are"
            " axis 1.",
        ),
        Mistake(
            "b not squared",
            lambda x, s, w, b: (
                (np.max(np.sum(x**2, axis=1)) + 1) * (w @ w + b) / np.min(s * (x @ w + b)) ** 2
            ),
            "In the squared length of (w, b) the b is squared too: ‖w‖² + b².",
        ),
        Mistake(
            "1 for b",
            lambda x, s, w, b: (
                (np.max(np.sum(x**2, axis=1)) + 1) * (w @ w + 1) / np.min(s * (x @ w + b)) ** 2
            ),
            "The points are lifted with 1, the weights with b: ‖(w, b)‖² = ‖w‖² + b².",
        ),
        Mistake(
            "shortest sample",
            lambda x, s, w, b: (
                (np.min(np.sum(x**2, axis=1)) + 1) * (w @ w + b**2) / np.min(s * (x @ w + b)) ** 2
            ),
            "R is the length of the longest sample, not of the shortest.",
        ),
        Mistake(
            "R missing",
            lambda x, s, w, b: (w @ w + b**2) / np.min(s * (x @ w + b)) ** 2,
            "This is 1/γ². The factor R² is missing.",
        ),
        Mistake(
            "not squared, not scaled",
            lambda x, s, w, b: np.sqrt(np.max(np.sum(x**2, axis=1)) + 1) / np.min(s * (x @ w + b)),
            "The square is missing, and the least s·z must be divided by the length of (w, b).",
        ),
        Mistake(
            "γ multiplied",
            lambda x, s, w, b: (
                (np.max(np.sum(x**2, axis=1)) + 1) / (np.min(s * (x @ w + b)) ** 2 * (w @ w + b**2))
            ),
            "You multiplied the least s·z by the length of (w, b). γ is the least s·z "
            "divided by it.",
        ),
        Mistake(
            "one for each sample",
            lambda x, s, w, b: (np.sum(x**2, axis=1) + 1) * (w @ w + b**2) / (x @ w + b) ** 2,
            "You return a number for each sample. R is one maximum and γ one minimum over "
            "all samples.",
        ),
        Mistake(
            "maximum of the ratios",
            lambda x, s, w, b: np.max(
                (np.sum(x**2, axis=1) + 1) * (w @ w + b**2) / (x @ w + b) ** 2
            ),
            "You divide for each sample and take the maximum then. R and γ may belong to "
            "different samples: take the maximum and the minimum first.",
        ),
        Mistake(
            "rounded up",
            lambda x, s, w, b: np.ceil(novikoff_bound(x, s, w, b)),
            "You rounded up. The number of mistakes is whole, but the bound is not: return "
            "it as it is.",
        ),
        Mistake(
            "rounded down",
            lambda x, s, w, b: np.floor(novikoff_bound(x, s, w, b)),
            "You rounded down. That is still a bound, as mistakes are whole numbers; but "
            "asked is (R/γ)² itself.",
        ),
        Mistake(
            "no b at all",
            lambda x, s, w, b: (
                (np.max(np.sum(x**2, axis=1)) + 1) * (w @ w) / np.min(s * (x @ w)) ** 2
            ),
            "b is missing twice: in s·z, and in the length of (w, b).",
        ),
        Mistake(
            "number of samples for R²",
            lambda x, s, w, b: len(x) * (w @ w + b**2) / np.min(s * (x @ w + b)) ** 2,
            "You have the number of samples where R² belongs. The bound does not depend on "
            "that number.",
        ),
        Mistake(
            "b for 1",
            lambda x, s, w, b: (
                (np.max(np.sum(x**2, axis=1)) + b**2)
                * (w @ w + b**2)
                / np.min(s * (x @ w + b)) ** 2
            ),
            "The points are lifted with 1, not with b: ‖(x, 1)‖² = ‖x‖² + 1.",
        ),
    ),
)

# 01.6: how many functions there are

HOW_MANY = NumberExercise(
    id="01.6",
    title="functions of two inputs that one unit can compute",
    points=1,
    value=14,
    tolerance=0,
    hints=(
        "Four corners, each 0 or 1: 16 functions. Which of them can no line cut off?",
        "A line can cut off no corner, one corner, or two neighbours: 2 + 8 + 4 functions.",
        "Only the two diagonal pairs are left, XOR and XNOR: 16 − 2 = 14.",
    ),
    mistakes=(
        Mistake("all", 16, "That is how many functions there are. Think of the diagonal corners."),
        Mistake("XNOR too", 15, "XOR is one that fails. Swap its 0s and 1s: does a line appear?"),
        Mistake(
            "no constants",
            12,
            "Did you leave out “always 0” and “always 1”? w = 0 with b = −1 or b = 1 does it.",
        ),
        Mistake(
            "no single inputs",
            10,
            "Did you leave out x₁, x₂ and their negations? A line between the two sides does it.",
        ),
        Mistake(
            "only corners",
            8,
            "Those are the functions that cut off one corner. A unit can also cut off none, two "
            "neighbouring corners, or all four.",
        ),
        Mistake("the named gates", 4, "AND, OR, NAND and NOR are four of them; there are more."),
        Mistake(
            "neighbours and constants",
            6,
            "Did you leave out the eight functions that cut off one corner, as AND does?",
        ),
        Mistake(
            "the two that fail",
            2,
            "That is how many no unit can compute. How many can one?",
        ),
        Mistake(
            "half",
            7,
            "Are you counting each function together with its negation? Those are two functions.",
        ),
        Mistake(
            "share",
            0.875,
            "That is the share. Asked is the number of functions, of 16.",
        ),
        Mistake(
            "percent",
            87.5,
            "That is the share in percent. Asked is how many of the 16 functions.",
        ),
        Mistake(
            "one constant",
            13,
            "Both constants count: “always 0” and “always 1”; and each function with its negation.",
        ),
    ),
)

# 01.7: what the proof says

VERDICT = ChoiceExercise(
    id="01.7",
    title="what the failure at XOR shows",
    points=1,
    options={
        "a": "With a smaller learning rate, the perceptron would learn XOR.",
        "b": "Rosenblatt's rule is too weak; another learning rule for the same unit would do.",
        "c": "No values of w and b make this one unit compute XOR, however they are found.",
        "d": "Backpropagation does not apply to XOR.",
        "e": "No network of such units can compute XOR.",
        "f": "A sigmoid in place of the step lets one unit compute XOR with a threshold of ½.",
    },
    right="c",
    hints=(
        "Which of the sentences is about w and b, and which about how one looks for them?",
        "The four inequalities hold w₁, w₂ and b. No learning rule and no step size occurs.",
        "The inequalities contradict each other for every w and b: that is c, and only c.",
    ),
    mistakes=(
        Mistake(
            "a",
            "a",
            "The contradiction holds for all w and b, so no step size can lead to good ones. From "
            "zero, a learning rate even leaves every line where it was.",
        ),
        Mistake(
            "b",
            "b",
            "The inequalities do not mention the rule. There is nothing that a better rule could "
            "find.",
        ),
        Mistake(
            "d",
            "d",
            "The proof is about one unit and mentions no way of learning. Backpropagation gives "
            "the gradient for any differentiable network; with a hidden layer it learns XOR.",
        ),
        Mistake(
            "e", "e", "Three units compute it: AND of OR and NAND. The proof is about a single one."
        ),
        Mistake(
            "f",
            "f",
            "σ(z) ≥ ½ is the same as z ≥ 0, because σ grows: the same line, the same inequalities.",
        ),
    ),
)

EXERCISES = (PERCEPTRON, EFFECT, UPDATE, NOT_GATE, BOUND, HOW_MANY, VERDICT)
