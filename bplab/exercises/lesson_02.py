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
    """height · step(z + shift).

    Units that work with every shift up to 0.4 have no input near z = 0. A height other than 1
    tells whether the activation is used at all.
    """

    shift: float
    height: float = 1.0

    def __call__(self, z: Any) -> Any:
        return self.height * step(np.asarray(z) + self.shift)

    def __repr__(self) -> str:
        height = f"{self.height:g}·" if self.height != 1 else ""
        return f"{height}step(z {self.shift:+g})" if self.shift else f"{height}step(z)"


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


HIDDEN_WEIGHTS, HIDDEN_BIASES = np.array([AND, NOR]), np.array([-1.5, 0.5])


def own_step(x: np.ndarray, activation: Any) -> tuple[np.ndarray, np.ndarray]:
    return xnor_net(x, step)


def hidden_not_activated(x: np.ndarray, activation: Any) -> tuple[np.ndarray, np.ndarray]:
    z = x @ HIDDEN_WEIGHTS.T + HIDDEN_BIASES
    return z, activation(z @ np.array(TO_OR).T - 0.5)


def output_not_activated(x: np.ndarray, activation: Any) -> tuple[np.ndarray, np.ndarray]:
    h, _ = xnor_net(x, activation)
    return h, h @ np.array(TO_OR).T - 0.5


def no_transpose(x: np.ndarray, activation: Any) -> tuple[np.ndarray, np.ndarray]:
    h = activation(x @ HIDDEN_WEIGHTS + HIDDEN_BIASES)
    return h, activation(h @ np.array(TO_OR).T - 0.5)


def flat_output(x: np.ndarray, activation: Any) -> tuple[np.ndarray, np.ndarray]:
    h, output = xnor_net(x, activation)
    return h, output[:, 0]


def output_alone(x: np.ndarray, activation: Any) -> np.ndarray:
    return xnor_net(x, activation)[1]


def results_swapped(x: np.ndarray, activation: Any) -> tuple[np.ndarray, np.ndarray]:
    h, output = xnor_net(x, activation)
    return output, h


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
        {"x": GATE_INPUTS, "activation": ShiftedStep(0.0, height=1.25)},
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
            "Your AND and your NOR (and perhaps your OR) have z = 0 at a corner: they are right "
            "only by the convention step(0) = 1. Put every line half-way between the corners: "
            "biases −1.5, 0.5 and −0.5.",
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
        Mistake(
            "biases one short",
            gates([AND, NOR], [-1.0, 0.0], TO_OR, [-0.5]),
            "Your AND has z = 0 at (0, 1) and (1, 0), so it is OR by the convention step(0)"
            " = 1; and your NOR sits on (0, 0). A line half-way between the corners needs a"
            " bias ending in .5.",
        ),
        Mistake(
            "AND and NOR just reached",
            gates([AND, NOR], [-1.0, 1.0], TO_OR, [-0.5]),
            "Both hidden lines run through (0, 1) and (1, 0): there z = 0, and step(0) = 1 "
            "turns both units on. Move the biases half a step down.",
        ),
        Mistake(
            "NOR through two corners",
            gates([AND, NOR], [-1.5, 1.0], TO_OR, [-0.5]),
            "Your NOR has z = 0 at (0, 1) and (1, 0), so step turns it on there. Its bias "
            "is half a step too large.",
        ),
        Mistake(
            "OR always on",
            gates([AND, NOR], [-1.5, 0.5], TO_OR, [0.0]),
            "Your output has z = 0 when both hidden units are off, so step turns it on "
            "everywhere. It needs a negative bias.",
        ),
        Mistake(
            "sign of the output's bias",
            gates([AND, NOR], [-1.5, 0.5], TO_OR, [0.5]),
            "Your output unit is always on: the sign of its bias is wrong. OR must be off "
            "if both of its inputs are.",
        ),
        Mistake(
            "OR for AND",
            gates([AND, NOR], [-0.5, 0.5], TO_OR, [-0.5]),
            "Your first hidden unit is OR: its bias is too large. AND is on at (1, 1) only.",
        ),
        Mistake(
            "NOR always off",
            gates([AND, NOR], [-1.5, -0.5], TO_OR, [-0.5]),
            "Your NOR is never on: the sign of its bias is wrong. At (0, 0) the bias is all"
            " there is of z.",
        ),
        Mistake(
            "thresholds for biases",
            gates([AND, NOR], [1.5, -0.5], TO_OR, [0.5]),
            "All biases have the wrong sign. “On if x1 + x2 ≥ 1.5” is z = x1 + x2 − 1.5 ≥ "
            "0: the bias is minus the threshold.",
        ),
        Mistake(
            "sign of one output weight",
            gates([AND, NOR], [-1.5, 0.5], [[1.0, -1.0]], [-0.5]),
            "One weight of your output unit is negative: then NOR turns the output off, and"
            " (0, 0) comes out 0.",
        ),
        Mistake(
            "XOR by OR and AND",
            gates([AND, AND], [-0.5, -1.5], [[1.0, -1.0]], [-0.5]),
            "Your net is XOR from OR and AND, another good construction. Asked is XNOR from"
            " AND (column 0) and NOR (column 1).",
        ),
        Mistake(
            "halved",
            gates([[0.5, 0.5], [-0.5, -0.5]], [-0.75, 0.25], [[0.5, 0.5]], [-0.25]),
            "Your lines are right, but z is only ±¼ at the nearest corners. Double all "
            "weights and biases.",
        ),
        Mistake(
            "thin margins",
            gates([AND, NOR], [-1.1, 0.1], TO_OR, [-0.5]),
            "Your hidden lines pass close to a corner, where z is ±0.1. Put them half-way "
            "between the corners, so that z is ½ or more on either side.",
        ),
        Mistake(
            "AND near the corners",
            gates([[0.6, 0.6], NOR], [-0.9, 0.5], TO_OR, [-0.5]),
            "Your AND is right, but its z comes nearer to 0 than ½ at some corner, both above and "
            "below: make its weights larger, or use 1, 1 and −1.5.",
        ),
        Mistake(
            "NOR near the corners",
            gates([AND, [-0.6, -0.6]], [-1.5, 0.3], TO_OR, [-0.5]),
            "Your NOR is right, but its z comes nearer to 0 than ½ at some corner, both above and "
            "below: make its weights larger, or use −1, −1 and 0.5.",
        ),
        Mistake(
            "own step",
            own_step,
            "You do not use `activation`: later cells pass a sigmoid instead of a step. "
            "Apply it to each z.",
        ),
        Mistake(
            "output not activated",
            output_not_activated,
            "Your h is right, but the output is z² itself: apply activation to it too.",
        ),
        Mistake(
            "hidden not activated",
            hidden_not_activated,
            "Your hidden layer returns z¹: apply activation to it, too. Without it two "
            "layers are one.",
        ),
        Mistake(
            "no transpose",
            no_transpose,
            "You wrote x @ W1 for x @ W1.T. Each row of W1 holds the weights of one unit.",
        ),
        Mistake(
            "flat output",
            flat_output,
            "Your values are right, but the output has shape (m,): make its weights a row, "
            "shape (1, 2), or write output[:, np.newaxis].",
        ),
        Mistake(
            "output alone",
            output_alone,
            "Your output is right. Return the hidden activations too: return h, output.",
        ),
        Mistake(
            "order of the results",
            results_swapped,
            "You return (output, h); the order is (h, output).",
        ),
        Mistake(
            "output halved",
            gates([AND, NOR], [-1.5, 0.5], [[0.5, 0.5]], [-0.25]),
            "Your OR has z = ±¼ only. Double its weights and bias, so that z is ½ or more "
            "on either side.",
        ),
        Mistake(
            "all weights one",
            gates([AND, AND], [-1.5, 0.5], TO_OR, [-0.5]),
            "Both hidden units have the weights of AND. NOR falls when an input goes on: "
            "its weights are negative.",
        ),
    ),
)

CONSTANT_HALF = NumberExercise(
    id="02.2",
    title="the cost of always answering ½",
    value=0.125,
    tolerance=0.005,  # 0.12 and 0.13 are 1/8 rounded
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
        Mistake(
            "percent",
            12.5,
            "Type the cost as a plain number, not in percent.",
        ),
        Mistake(
            "sign",
            -0.125,
            "A cost is never negative: it is a mean of squares.",
        ),
        Mistake(
            "cross-entropy",
            0.693,
            "That is ln 2, the cross-entropy cost. Here the cost is the mean of ½(a − y)².",
        ),
        Mistake(
            "not squared, sum",
            2.0,
            "That is 4·½, the sum of the errors' sizes. Each is squared, halved, and then "
            "the mean is taken.",
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
        Mistake(
            "a squared",
            "a**2*(1 - a)",
            "There is one factor a too many: σ′ = σ(1 − σ), each factor once.",
        ),
        Mistake(
            "only squared",
            "a**2",
            "The second factor is not a again but 1 − a: at a = 1 the sigmoid is flat.",
        ),
        Mistake(
            "quadratic's slope",
            "2*a",
            "That is the derivative of a². Asked is how fast σ moves with z, written in a = σ(z).",
        ),
        Mistake(
            "factor ½",
            "a*(1 - a)/2",
            "There is a factor ½ too many. At its steepest, a = ½, the slope is ¼.",
        ),
        Mistake(
            "factor 2",
            "2*a*(1 - a)",
            "There is a factor 2 too many. At its steepest, a = ½, the slope is ¼.",
        ),
        Mistake(
            "one minus squared",
            "a*(1 - a)**2",
            "There is one factor 1 − a too many.",
        ),
        Mistake(
            "a cubed",
            "a*(1 - a**2)",
            "The square is too much: the second factor is 1 − a. (1 − a² belongs to tanh.)",
        ),
        Mistake(
            "all squared",
            "(a*(1 - a))**2",
            "The product is squared; each factor stands there once.",
        ),
        Mistake(
            "σ of a",
            "1/(1 + exp(-a))",
            "That is σ(a), the sigmoid of an activation. a is σ(z) already; no exp is "
            "needed any more.",
        ),
        Mistake(
            "σ′ at a",
            "exp(-a)/(1 + exp(-a))**2",
            "That is σ′ at the place a instead of z. In terms of a = σ(z) no exp is left.",
        ),
        Mistake(
            "1 − σ of a",
            "exp(-a)/(1 + exp(-a))",
            "That is 1 − σ(a). But a is σ(z) already: write 1 − a for 1 − σ(z), and the "
            "other factor.",
        ),
        Mistake(
            "second derivative",
            "1 - 2*a",
            "You differentiated a(1 − a) by a. The slope is a(1 − a) itself.",
        ),
        Mistake(
            "second derivative by z",
            "a*(1 - a)*(1 - 2*a)",
            "That is σ″(z), one derivative too many.",
        ),
        Mistake(
            "linear",
            "1",
            "The slope is 1 for the activation a = z. The sigmoid's slope depends on a.",
        ),
        Mistake(
            "steepest",
            "1/4",
            "That is the slope at a = ½ only. It is smaller everywhere else: write it for every a.",
        ),
        Mistake(
            "derivative, sign",
            "2*a - 1",
            "You differentiated a² − a by a. The slope is a(1 − a) itself.",
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
            "You added up the rows, or averaged them: each row has its own δ², so the result is "
            "(m, 1). Divide by m, but do not add up.",
        ),
        Mistake(
            "averaged, a row left",
            lambda a, y: ((a - y) * a * (1 - a)).mean(axis=0),
            "You averaged over axis 0, the rows. δ² keeps a row for each sample: divide by m only.",
        ),
        Mistake(
            "four rows",
            lambda a, y: (a - y) / 4 * a * (1 - a),
            "You divide by 4. The number of rows is len(y); XOR has 4, other data more.",
        ),
        Mistake(
            "error squared",
            lambda a, y: (a - y) ** 2 / len(y) * a * (1 - a),
            "The difference is squared: the derivative of ½(a − y)² is a − y.",
        ),
        Mistake(
            "cost for its slope",
            lambda a, y: (a - y) ** 2 / (2 * len(y)) * a * (1 - a),
            "Your first factor is the cost of each row. It must be its derivative, (a² − y)/m.",
        ),
        Mistake(
            "added",
            lambda a, y: (a - y) / len(y) + a * (1 - a),
            "You added the two links. Along one path derivatives are multiplied.",
        ),
        Mistake(
            "only 1 − a",
            lambda a, y: (a - y) / len(y) * (1 - a),
            "The factor a² is missing: the slope is a²(1 − a²).",
        ),
        Mistake(
            "only a",
            lambda a, y: (a - y) / len(y) * a,
            "The factor 1 − a² is missing: the slope is a²(1 − a²).",
        ),
        Mistake(
            "slope at the target",
            lambda a, y: (a - y) / len(y) * y * (1 - y),
            "You took the slope at the target y. The activation is a²; at y = 0 or 1 the "
            "slope would be 0.",
        ),
        Mistake(
            "mean error",
            lambda a, y: np.mean(a - y) * a * (1 - a),
            "You averaged a² − y over the rows. Each row has its own error; only the factor"
            " 1/m is common.",
        ),
        Mistake(
            "σ′ of the activation, no 1/m",
            lambda a, y: (a - y) * sigmoid_prime(a),
            "You took σ′ at a² instead of z² (in terms of the activation it is a²(1 − a²)),"
            " and the 1/m is missing.",
        ),
        Mistake(
            "factor 2, no 1/m",
            lambda a, y: 2 * (a - y) * a * (1 - a),
            "The 2 of the square is cancelled by the ½, and the 1/m is missing.",
        ),
        Mistake(
            "½ for 1/m",
            lambda a, y: (a - y) / 2 * a * (1 - a),
            "You divide by 2 instead of m: the ½ is cancelled by the 2 of the square, the "
            "1/m stays.",
        ),
        Mistake(
            "1/m twice",
            lambda a, y: (a - y) / len(y) ** 2 * a * (1 - a),
            "You divided by m twice.",
        ),
        Mistake(
            "sign, no σ′",
            lambda a, y: (y - a) / len(y),
            "The sign is wrong, and the factor σ′(z²) = a²(1 − a²) is missing.",
        ),
        Mistake(
            "y − a",
            lambda a, y: y - a,
            "This is y − a²: the sign is wrong, and 1/m and the factor a²(1 − a²) are missing.",
        ),
        Mistake(
            "brackets",
            lambda a, y: (a - y) / len(y) * a * 1 - a,
            "Brackets are missing: a * 1 - a is not a * (1 - a).",
        ),
        Mistake(
            "only σ′",
            lambda a, y: a * (1 - a),
            "This is the second link, ∂a²/∂z², alone. The first, (a² − y)/m, is missing.",
        ),
        Mistake(
            "matrix product",
            lambda a, y: (a - y).T @ (a * (1 - a)) / len(y),
            "@ sums over the rows. Here the factors are multiplied entry by entry: write *.",
        ),
        Mistake(
            "slope of the difference",
            lambda a, y: (a - y) * (1 - (a - y)) / len(y),
            "You put the difference a² − y into s(1 − s). The slope is that of the "
            "activation: a²(1 − a²).",
        ),
        Mistake(
            "only 1 − a, no 1/m",
            lambda a, y: (a - y) * (1 - a),
            "Two factors are missing: a², as the slope is a²(1 − a²), and 1/m.",
        ),
        Mistake(
            "error squared, no 1/m",
            lambda a, y: (a - y) ** 2 * a * (1 - a),
            "The difference is squared: the derivative of ½(a − y)² is a − y. The 1/m is "
            "missing, too.",
        ),
        Mistake(
            "size of the error",
            lambda a, y: np.abs(a - y) / len(y) * a * (1 - a),
            "You dropped the sign of a² − y: it says in which direction the output is wrong.",
        ),
        Mistake(
            "slope divided",
            lambda a, y: (a - y) / len(y) / (a * (1 - a)),
            "You divided by the slope: along a path the factors multiply.",
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
        Mistake(
            "only 1 − a",
            lambda d, W, a: (d @ W) * (1 - a),
            "The factor a¹ is missing: the slope is a¹(1 − a¹).",
        ),
        Mistake(
            "transpose",
            lambda d, W, a: (d @ W.T) * a * (1 - a),
            "You transposed W². (m, 1) times (1, n) fits without a transpose, and gives (m, n).",
        ),
        Mistake(
            "order",
            lambda d, W, a: (W @ d) * a * (1 - a),
            "You wrote W2 @ delta2. Samples are rows, so δ² stands on the left: delta2 @ W2.",
        ),
        Mistake(
            "order, transposed",
            lambda d, W, a: (W.T @ d.T) * a * (1 - a),
            "That is the shape with samples as columns. With samples as rows: delta2 @ W2.",
        ),
        Mistake(
            "transposed and entry by entry",
            lambda d, W, a: (W.T * d) * a * (1 - a),
            "W² transposed is a column (n, 1), and δ² is a column (m, 1): entry k of one "
            "meets entry s of the other. Leave out the transpose.",
        ),
        Mistake(
            "transposed first",
            lambda d, W, a: (W.T @ d) * a * (1 - a),
            "You wrote W2.T @ delta2, as for samples in columns. Samples are rows here: "
            "delta2 @ W2.",
        ),
        Mistake(
            "slope squared",
            lambda d, W, a: (d @ W) * (a * (1 - a)) ** 2,
            "The slope a¹(1 − a¹) stands there twice; the path passes it once.",
        ),
        Mistake(
            "no δ²",
            lambda d, W, a: W * a * (1 - a),
            "δ² is missing: the error of the output is what is handed back.",
        ),
        Mistake(
            "only σ′",
            lambda d, W, a: a * (1 - a),
            "This is the last factor alone. δ² and the weight w_k are missing.",
        ),
        Mistake(
            "samples added",
            lambda d, W, a: (d @ W).sum(axis=0) * a * (1 - a),
            "You added δ² over the samples. Each sample has its own error; sums come with "
            "the weights.",
        ),
        Mistake(
            "samples averaged",
            lambda d, W, a: (d.mean() * W) * a * (1 - a),
            "You averaged δ² over the samples. Each sample has its own error.",
        ),
        Mistake(
            "averaged at the end",
            lambda d, W, a: ((d @ W) * a * (1 - a)).mean(axis=0),
            "You averaged over the samples at the end. δ¹ has a row for each sample, (m, n).",
        ),
        Mistake(
            "summed at the end",
            lambda d, W, a: ((d @ W) * a * (1 - a)).sum(axis=0),
            "You summed over the samples: that is ∂C/∂b¹. δ¹ has a row for each sample, (m, n).",
        ),
        Mistake(
            "slope of δ²",
            lambda d, W, a: (d @ W) * d * (1 - d),
            "You put δ² into s(1 − s). The slope is that of the hidden activation: a¹(1 − a¹).",
        ),
        Mistake(
            "gradient of the weights",
            lambda d, W, a: d.T @ a,
            "This is ∂C/∂W², the gradient of the weights. Asked is the error one layer "
            "further back.",
        ),
        Mistake(
            "factor 2",
            lambda d, W, a: 2 * (d @ W) * a * (1 - a),
            "There is a factor 2 too many: no square is on this path.",
        ),
        Mistake(
            "times m",
            lambda d, W, a: (d @ W) * a * (1 - a) * len(d),
            "You multiplied by m. The 1/m in δ² stays: it belongs to the cost.",
        ),
        Mistake(
            "units added",
            lambda d, W, a: (d @ W).sum(axis=1, keepdims=True) * a * (1 - a),
            "You added over the hidden units. Unit k has one path, with its own weight w_k.",
        ),
        Mistake(
            "brackets",
            lambda d, W, a: (d @ W) * a * 1 - a,
            "Brackets are missing: a * 1 - a is not a * (1 - a).",
        ),
        Mistake(
            "activation for δ²",
            lambda d, W, a: W * a,
            "This is w_k a¹_k, a term of z². The error δ² and the slope a¹(1 − a¹) are missing.",
        ),
        Mistake(
            "a¹ for W²",
            lambda d, W, a: d * a * a * (1 - a),
            "You have a¹ where the weight w_k belongs: ∂z²/∂a¹_k = w_k.",
        ),
        Mistake(
            "forward again",
            lambda d, W, a: (a @ W.T) * d,
            "a1 @ W2.T goes forward, to the output. The error goes back: delta2 @ W2, times"
            " the slope.",
        ),
        Mistake(
            "δ² times a¹",
            lambda d, W, a: d * a,
            "This is what the gradient of the weights adds up. Here w_k and the slope a¹(1 "
            "− a¹) belong.",
        ),
        Mistake(
            "slope of δ² too",
            lambda d, W, a: (d * d * (1 - d)) @ W * a * (1 - a),
            "You multiplied δ² by a slope of its own: it holds the slope at the output already.",
        ),
        Mistake(
            "slope divided",
            lambda d, W, a: (d @ W) / (a * (1 - a)),
            "You divided by the slope: along a path the factors multiply.",
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
        Mistake(
            "share",
            0.7,
            "That looks like a share. Asked is a number of nets, of 256.",
        ),
        Mistake(
            "percent",
            70,
            "That would be little more than a quarter of 256. If you mean percent: asked is"
            " a number of nets, of 256.",
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
        "d": "XOR treats x1 and x2 alike, so each hidden unit needs two different input weights.",
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
            "The XNOR net by hand weighs x1 and x2 alike in both hidden units, and XOR only turns "
            "its output over. What must differ is one unit from the other.",
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
