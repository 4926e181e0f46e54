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
