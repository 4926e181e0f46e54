"""Lesson 02, two layers solve XOR: XNOR by hand, then the gradients of the 2-2-1 net."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplab.exercises.choice import ChoiceExercise
from bplab.exercises.code import CodeExercise
from bplab.exercises.exercise import Mistake
from bplab.exercises.formula import FormulaExercise
from bplab.exercises.number import NumberExercise
from bplab.exercises.samples import away_from_zero, probabilities, samples
from bplab.numeric import GATE_INPUTS, sigmoid_prime, step


@dataclass(frozen=True)
class ShiftedStep:
    """step(z + shift). Units that work with every shift up to 0.4 have no input near z = 0."""

    shift: float

    def __call__(self, z: Any) -> Any:
        return step(np.asarray(z) + self.shift)

    def __repr__(self) -> str:
        return f"step(z {self.shift:+g})" if self.shift else "step(z)"


def gates(
    W1: list[list[float]], b1: list[float], W2: list[list[float]], b2: list[float]
) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """A 2-2-1 net with these weights, as an answer to 02.1."""

    def net(x: np.ndarray, activation: Any) -> tuple[np.ndarray, np.ndarray]:
        h = activation(x @ np.array(W1).T + np.array(b1))
        return h, activation(h @ np.array(W2).T + np.array(b2))

    return net


AND, NOR = [1.0, 1.0], [-1.0, -1.0]
TO_OR = [[1.0, 1.0]]


def xnor_net(x: np.ndarray, activation: Any) -> tuple[np.ndarray, np.ndarray]:
    """The hidden activations (AND, NOR) and the output, their OR.

    Shapes: x (B, 2); returns h (B, 2) and output (B, 1).
    """
    W1, b1 = np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([-1.5, 0.5])
    W2, b2 = np.array([[1.0, 1.0]]), np.array([-0.5])
    h = activation(x @ W1.T + b1)
    return h, activation(h @ W2.T + b2)


XNOR_NET = CodeExercise(
    id="02.1",
    title="XNOR from AND, NOR and OR",
    points=2,
    reference=xnor_net,
    returns=("h", "output"),
    samples=(
        {"x": GATE_INPUTS, "activation": ShiftedStep(0.0)},
        {"x": GATE_INPUTS, "activation": ShiftedStep(0.4)},
        {"x": GATE_INPUTS, "activation": ShiftedStep(-0.4)},
        {"x": GATE_INPUTS[[3, 0, 1, 1, 2, 3, 0]], "activation": ShiftedStep(0.0)},
        {"x": GATE_INPUTS[[2]], "activation": ShiftedStep(0.0)},
    ),
    hints=(
        "Each unit is a line. AND has only (1, 1) on its upper side, NOR only (0, 0), and OR all "
        "but (0, 0). Where can each line run so that no corner is nearer to it than it must be?",
        "AND: z = x1 + x2 − 1.5 is ½ at (1, 1) and at most −½ elsewhere. NOR is a line of the "
        "same slope with the other side up: z = 0.5 − x1 − x2. OR, of the hidden units: "
        "z = h1 + h2 − 0.5.",
        "W1, b1 = np.array([[1, 1], [-1, -1]]), np.array([-1.5, 0.5]); h = activation(x @ W1.T + "
        "b1); return h, activation(h @ np.array([[1, 1]]).T - 0.5)",
    ),
    mistakes=(
        Mistake(
            "AND on the threshold",
            gates([AND, NOR], [-2.0, 0.5], TO_OR, [-0.5]),
            "Your AND has z = 0 at (1, 1): it is right only by the convention step(0) = 1, and "
            "the slightest shift breaks it. Move its bias towards −1.5.",
        ),
        Mistake(
            "NOR on the threshold",
            gates([AND, NOR], [-1.5, 0.0], TO_OR, [-0.5]),
            "Your NOR has z = 0 at (0, 0): it is right only by the convention step(0) = 1. Give it "
            "the bias +0.5.",
        ),
        Mistake(
            "OR on the threshold",
            gates([AND, NOR], [-1.5, 0.5], TO_OR, [-1.0]),
            "Your OR has z = 0 when one hidden unit is on: right only by the convention "
            "step(0) = 1. Give it the bias −0.5.",
        ),
        Mistake(
            "all three on the threshold",
            gates([AND, NOR], [-2.0, 0.0], TO_OR, [-1.0]),
            "Each of your units has z = 0 at a corner, so each is right only by the convention "
            "step(0) = 1. Put every line half-way between the corners: biases −1.5, 0.5 and −0.5.",
        ),
        Mistake(
            "NAND for NOR",
            gates([AND, NOR], [-1.5, 1.5], TO_OR, [-0.5]),
            "Your second hidden unit is NAND: it is on at three corners. NOR is on at (0, 0) only; "
            "its bias is too large.",
        ),
        Mistake(
            "OR for NOR",
            gates([AND, [1.0, 1.0]], [-1.5, -0.5], TO_OR, [-0.5]),
            "Your second hidden unit is OR, the opposite of NOR: turn the sign of its weights and "
            "of its bias.",
        ),
        Mistake(
            "AND at the output",
            gates([AND, NOR], [-1.5, 0.5], TO_OR, [-1.5]),
            "Your output unit is AND, but AND and NOR are never on together, so it is always off. "
            "XNOR needs one *or* the other.",
        ),
        Mistake(
            "order",
            gates([NOR, AND], [0.5, -1.5], TO_OR, [-0.5]),
            "Your output is right, but the hidden units are swapped: h has AND in column 0 and NOR "
            "in column 1.",
        ),
        Mistake(
            "XOR",
            gates([AND, NOR], [-1.5, 0.5], [[-1.0, -1.0]], [0.5]),
            "Your net is XOR: the output unit is NOR of the hidden units. Turn the sign of its "
            "weights and bias.",
        ),
        Mistake(
            "no biases",
            gates([AND, NOR], [0.0, 0.0], TO_OR, [0.0]),
            "Your net has no biases: then every line runs through (0, 0), and z = 0 there for "
            "every unit.",
        ),
    ),
)

CONSTANT_HALF = NumberExercise(
    id="02.2",
    title="the cost of always answering ½",
    value=0.125,
    tolerance=0.0005,
    hints=(
        "The difference a − y is the same size at all four corners. What is its square?",
        "Each sample costs ½ (½)², and the cost is the mean of the four samples, not their sum.",
        "C = (1/4) · 4 · ½ · ¼ = 1/8 = 0.125",
    ),
    mistakes=(
        Mistake("no half", 0.25, "That is the mean of (a − y)²: our cost has a ½ in front."),
        Mistake(
            "sum",
            0.5,
            "That is the sum over the four corners (or the size of the error, |a − y|): the cost "
            "is the mean of ½(a − y)².",
        ),
        Mistake("sum, no half", 1.0, "That is the sum of the (a − y)²: ½ and 1/m are missing."),
        Mistake(
            "divided twice",
            0.03125,
            "That is 1/32: you divided by m twice. The four samples cost 1/8 each, and so does "
            "their mean.",
        ),
        Mistake(
            "fourth power",
            0.0625,
            "That is 1/16: one ½ too many. (½)² = ¼, and half of it is 1/8.",
        ),
        Mistake(
            "errors cancel",
            0.0,
            "The errors ½ and −½ cancel in a sum, but the cost squares them first.",
        ),
    ),
)

SLOPE = FormulaExercise(
    id="02.3",
    title="σ′ from the activation alone",
    reference="a*(1 - a)",
    names=("a",),
    hints=(
        "The proof above says σ′(z) = σ(z)(1 − σ(z)). Which letter stands for σ(z)?",
        "Put a wherever σ(z) stands. Nothing else is left.",
        'answer_02_3 = "a*(1 - a)"',
    ),
    mistakes=(
        Mistake(
            "tanh", "1 - a**2", "1 − a² is the slope of tanh in terms of its activation, not of σ."
        ),
        Mistake("half", "1 - a", "The factor a is missing: at a = 0 the sigmoid is flat too."),
        Mistake("value", "a", "That is σ itself, the value and not the slope."),
        Mistake("sign", "a*(a - 1)", "The sign is wrong: σ grows everywhere, so σ′ is positive."),
        Mistake(
            "plus",
            "a*(1 + a)",
            "With 1 + a the slope would be largest at a = 1, where σ is flat: the sign is wrong.",
        ),
        Mistake(
            "square",
            "(1 - a)**2",
            "One factor 1 − a is too many, and a is missing: at a = 0 the sigmoid is flat.",
        ),
        Mistake(
            "twice",
            "a*(1 - a)*(1 - a*(1 - a))",
            "You applied s(1 − s) twice: a is σ(z) already, so once is enough.",
        ),
    ),
)


def output_delta(a2: np.ndarray, y: np.ndarray) -> np.ndarray:
    """δ² = ∂C/∂z² = (a² − y)/m · a²(1 − a²), for the quadratic cost and a sigmoid.

    Shapes: a2 (m, 1), y (m, 1); returns (m, 1).
    """
    return (a2 - y) / len(y) * a2 * (1 - a2)


OUTPUT_DELTA = CodeExercise(
    id="02.4",
    title="the error of the output unit",
    points=2,
    reference=output_delta,
    samples=samples({"a2": ("m", "o"), "y": ("m", "o")}, sizes={"o": 1}, make={"a2": probabilities})
    + samples(
        {"a2": ("m", "o"), "y": ("m", "o")}, sizes={"m": 11, "o": 1}, make={"a2": probabilities}
    ),
    hints=(
        "Two links of the chain: how the cost changes with a², and how a² changes with z².",
        "The first link is (a² − y)/m, the second is your 02.3, a²(1 − a²). Multiply.",
        "return (a2 - y) / len(y) * a2 * (1 - a2)",
    ),
    mistakes=(
        Mistake(
            "no σ′",
            lambda a, y: (a - y) / len(y),
            "Your result equals (a² − y)/m, that is ∂C/∂a²: the factor σ′(z²) = a²(1 − a²) is "
            "missing.",
        ),
        Mistake(
            "no 1/m",
            lambda a, y: (a - y) * a * (1 - a),
            "The 1/m is missing: the cost is the mean over the m rows, so each row's error "
            "carries 1/m.",
        ),
        Mistake(
            "no σ′, no 1/m",
            lambda a, y: a - y,
            "Your result equals a² − y: both 1/m and the factor σ′(z²) = a²(1 − a²) are missing.",
        ),
        Mistake(
            "sign",
            lambda a, y: (y - a) / len(y) * a * (1 - a),
            "The sign is wrong: ∂C/∂a² is a² − y. The minus of gradient descent comes later, in "
            "the step.",
        ),
        Mistake(
            "sign, no 1/m",
            lambda a, y: (y - a) * a * (1 - a),
            "Your result has y − a² for a² − y, and no 1/m. Many programs write it so and then add "
            "the step; here δ is the gradient itself.",
        ),
        Mistake(
            "σ′ of the activation",
            lambda a, y: (a - y) / len(y) * sigmoid_prime(a),
            "You took σ′ at a², but it belongs at z². In terms of the activation it is "
            "a²(1 − a²): sigmoid_prime wants z.",
        ),
        Mistake(
            "factor 2",
            lambda a, y: 2 * (a - y) / len(y) * a * (1 - a),
            "Your result is twice too large: the 2 of the square cancels the ½ of the cost.",
        ),
        Mistake(
            "factor ½",
            lambda a, y: (a - y) / (2 * len(y)) * a * (1 - a),
            "Your result is half of what it should be: the 2 of the square cancels the ½ of the "
            "cost.",
        ),
        Mistake(
            "tanh",
            lambda a, y: (a - y) / len(y) * (1 - a**2),
            "1 − a² is the slope of tanh; the sigmoid's is a(1 − a).",
        ),
        Mistake(
            "summed",
            lambda a, y: ((a - y) * a * (1 - a)).mean(),
            "You averaged over the rows: each row has its own δ², so the result is (m, 1). Divide "
            "by m, but do not add up.",
        ),
    ),
)


def hidden_delta(delta2: np.ndarray, W2: np.ndarray, a1: np.ndarray) -> np.ndarray:
    """δ¹ = ∂C/∂z¹: for hidden unit k it is δ² w_k a_k (1 − a_k).

    Shapes: delta2 (m, 1), W2 (1, n), a1 (m, n); returns (m, n).
    """
    return (delta2 @ W2) * a1 * (1 - a1)


HIDDEN_DELTA = CodeExercise(
    id="02.5",
    title="the error of the hidden units",
    points=2,
    reference=hidden_delta,
    samples=samples(
        {"delta2": ("m", "o"), "W2": ("o", "n"), "a1": ("m", "n")},
        sizes={"o": 1},
        make={"delta2": away_from_zero, "a1": probabilities},
    )
    + samples(
        {"delta2": ("m", "o"), "W2": ("o", "n"), "a1": ("m", "n")},
        sizes={"m": 4, "o": 1, "n": 2},
        make={"a1": probabilities},
    ),
    hints=(
        "Follow the one path from z¹_k to the cost: through a¹_k, then through the weight w_k.",
        "Three factors: δ² (m, 1), the weight w_k from W2 (1, n), and the slope a¹(1 − a¹). "
        "(m, 1) times (1, n) gives (m, n).",
        "return (delta2 @ W2) * a1 * (1 - a1)",
    ),
    mistakes=(
        Mistake(
            "no σ′",
            lambda d, W, a: d @ W,
            "Your result equals δ² W²: the slope σ′(z¹) = a¹(1 − a¹) is missing. That is ∂C/∂a¹, "
            "one link short.",
        ),
        Mistake(
            "no W2",
            lambda d, W, a: d * a * (1 - a),
            "The weights W² are missing: hidden unit k reaches the cost only through its weight "
            "w_k.",
        ),
        Mistake(
            "a¹ for its slope",
            lambda d, W, a: (d @ W) * a,
            "You multiplied by a¹ instead of its slope a¹(1 − a¹). (δ² a¹ is what the gradient of "
            "the *weights* W² needs.)",
        ),
        Mistake(
            "σ′ of the activation",
            lambda d, W, a: (d @ W) * sigmoid_prime(a),
            "You took σ′ at a¹, but it belongs at z¹. In terms of the activation it is "
            "a¹(1 − a¹): sigmoid_prime wants z.",
        ),
        Mistake(
            "1/m again",
            lambda d, W, a: (d @ W) * a * (1 - a) / len(d),
            "You divided by m, but δ² carries the 1/m already: it enters once, in the cost.",
        ),
        Mistake(
            "sign",
            lambda d, W, a: -(d @ W) * a * (1 - a),
            "The sign is wrong: the chain rule multiplies, and a weight keeps its own sign.",
        ),
        Mistake(
            "added",
            lambda d, W, a: d @ W + a * (1 - a),
            "You added the slope: along one path the factors multiply.",
        ),
        Mistake(
            "tanh",
            lambda d, W, a: (d @ W) * (1 - a**2),
            "1 − a² is the slope of tanh; the sigmoid's is a(1 − a).",
        ),
        Mistake(
            "size of the weight",
            lambda d, W, a: (d @ np.abs(W)) * a * (1 - a),
            "You dropped the sign of the weights: a hidden unit that pushes the output down gets "
            "an error of the other sign.",
        ),
    ),
)

HOW_MANY = NumberExercise(
    id="02.6",
    title="how many of 256 nets learn XOR",
    points=1,
    value=178,
    tolerance=38,
    hints=(
        "Of the two nets trained above one failed. Is it the rule or the exception?",
        "Most starts lead to a solution; but what held the stuck net is no rare accident.",
        "Between one half and nine tenths: about 7 of 10 find it, 178 of 256 in this run.",
    ),
    mistakes=(
        Mistake(
            "all",
            256,
            "You saw a net fail above. Gradient descent promises a lower cost, not the lowest.",
        ),
        Mistake(
            "half",
            128,
            "A fair guess, and too low: more starts lead to a solution than to a trap.",
        ),
        Mistake("a third", 85, "Too low: more than half of the starts lead to a solution."),
        Mistake(
            "few", 25, "Far too low: failures are common, but most starts do find the solution."
        ),
        Mistake(
            "none",
            0,
            "You saw a net succeed above, and the hand-made weights show that there is a solution.",
        ),
    ),
)

SYMMETRY = ChoiceExercise(
    id="02.7",
    title="why equal hidden units never part",
    points=1,
    options={
        "a": "With equal weights all gradients are zero, so nothing moves.",
        "b": "Equal units have equal activations and errors, so they get equal gradients: after "
        "every step they are equal again, and two equal units are worth one.",
        "c": "Equal weights make the sigmoids saturate, and their slope vanishes.",
        "d": "XOR treats x1 and x2 alike, so a solution needs w11 ≠ w12 in each hidden unit.",
        "e": "The learning rate is too small to leave the symmetric start; a larger one would do.",
        "f": "It is a local minimum of the cost: every small change of the weights makes it worse.",
    },
    right="b",
    hints=(
        "Write down δ¹ for both hidden units. What differs?",
        "Both have the same a¹_k, the same w_k and the same δ²; so the same δ¹_k and ∂C/∂w_k.",
        "Equal before the step and equal gradients: equal after the step. Induction does the rest.",
    ),
    mistakes=(
        Mistake(
            "a",
            "a",
            "The gradients are not zero: the cost falls from step to step, but both units make "
            "the same step.",
        ),
        Mistake(
            "c",
            "c",
            "Saturation depends on how large the weights are, not on whether they are equal.",
        ),
        Mistake(
            "d",
            "d",
            "Your own net of 02.1 has w11 = w12 in both hidden units. What must differ is one "
            "unit from the other.",
        ),
        Mistake(
            "e",
            "e",
            "Any learning rate multiplies two equal gradients, so the steps stay equal.",
        ),
        Mistake(
            "f",
            "f",
            "A tiny change that makes the units differ can lower the cost; but a gradient step "
            "never makes that change.",
        ),
    ),
)

EXERCISES = (XNOR_NET, CONSTANT_HALF, SLOPE, OUTPUT_DELTA, HIDDEN_DELTA, HOW_MANY, SYMMETRY)
