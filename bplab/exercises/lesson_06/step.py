# mypy: allow-untyped-defs
"""06.7 · A step of gradient descent that updates too early."""

import numpy as np

from bplab.exercises.exercise import Mistake
from bplab.exercises.lesson_06.alterations import altered, wrong_programs
from bplab.exercises.lesson_06.hunt import SMALL, TWO_LAYERS, BugHunt
from bplab.exercises.samples import samples


def step_cost(W1, b1, W2, b2, x, y):
    """Quadratic cost of a tanh layer and a linear one."""
    a2 = np.tanh(x @ W1.T + b1) @ W2.T + b2
    return ((a2 - y) ** 2).sum() / 2 / len(y)


def training_step(W1, b1, W2, b2, x, y, rate=0.5):
    """Parameters after one step of gradient descent: a tanh layer, a linear one, quadratic cost."""
    a1 = np.tanh(x @ W1.T + b1)
    a2 = a1 @ W2.T + b2

    delta2 = (a2 - y) / len(y)
    delta1 = (delta2 @ W2) * (1 - a1**2)
    W2 = W2 - rate * (delta2.T @ a1)
    b2 = b2 - rate * delta2.sum(axis=0)

    W1 = W1 - rate * (delta1.T @ x)
    b1 = b1 - rate * delta1.sum(axis=0)
    return W1, b1, W2, b2


broken = altered(
    training_step,
    "delta1 = … →",
    "W1 = → delta1 = (delta2 @ W2) * (1 - a1**2)\n    W1 =",
)

MISTAKES = """
in place: W2 = W2 - rate → W2 -= rate
    b2 = b2 - rate → b2 -= rate
    W1 = W1 - rate → W1 -= rate
    b1 = b1 - rate → b1 -= rate
    The step is right, but -= writes into the caller's arrays: return new ones.
uphill: W2 - rate → W2 + rate
    b2 - rate → b2 + rate
    W1 - rate → W1 + rate
    b1 - rate → b1 + rate
    You step along the gradient, uphill: the minus of gradient descent is missing.
first layer frozen: W1 = W1 - rate * (delta1.T @ x) → W1 = W1
    b1 = b1 - rate * delta1.sum(axis=0) → b1 = b1
    The first layer does not move: its update got lost.
bias forgotten: b1 = b1 - rate * delta1.sum(axis=0) → b1 = b1
    b1 does not move: its update got lost.
no rate: rate * (delta1.T @ x) → delta1.T @ x
    The learning rate is missing in the update of W1.
no slope: (delta2 @ W2) * (1 - a1**2) → delta2 @ W2
    The order is right. But delta1 lacks the slope 1 − a1² of tanh.
mean twice: (delta2 @ W2) → (delta2 @ W2) / len(y)
    The 1/m is inside delta2 already; in delta1 it enters a second time.
gradients returned:
    return … → return delta1.T @ x, delta1.sum(axis=0), delta2.T @ a1, delta2.sum(axis=0)
    You return the gradients. The parameters after the step are asked.
order of the results: return W1, b1, W2, b2 → return W2, b2, W1, b1
    The values are right, their order is not: W1, b1, W2, b2.
weights before biases: return W1, b1, W2, b2 → return W1, W2, b1, b2
    The values are right, but a bias follows its own weights: W1, b1, W2, b2.
mean of b2: delta2.sum(axis=0) → delta2.mean(axis=0)
    The gradient of b2 is a sum over the batch: the 1/m is inside delta2 already.
mean of b1: delta1.sum(axis=0) → delta1.mean(axis=0)
    The gradient of b1 is a sum over the batch: the 1/m is inside delta2 already.
a − y sent back: (delta2 @ W2) → ((a2 - y) @ W2)
    What goes back through W2 is delta2, with its 1/m.
transpose: (delta2 @ W2) → (delta2 @ W2.T)
    The formula was right: for samples in rows it is delta2 @ W2. Only the order of the lines is
    wrong.
W2 frozen: W2 = W2 - rate * (delta2.T @ a1) → W2 = W2
    W2 does not move: its update got lost.
another rate: rate=0.5 → rate=0.1
    You changed the rate: it is 0.5 unless the caller says otherwise.
slope of a sigmoid: (1 - a1**2) → a1 * (1 - a1)
    a(1 − a) is the slope of a sigmoid; this is tanh, whose slope is 1 − a1².
weights in place: W2 = W2 - rate → W2 -= rate
    W1 = W1 - rate → W1 -= rate
    The order is right, but -= writes into the caller's W1 and W2: return new ones.
no 1/m: / len(y) →
    The order is right, but the 1/m got lost.
rate inside: (delta2 @ W2) → (delta2 @ W2) * rate
    The rate is in delta1 and in the update: it enters twice.
first layer first: W2 = W2 → z1 = x @ (W1 - rate * delta1.T @ x).T + b1; W2 = W2
    delta2.T @ a1 → delta2.T @ np.tanh(z1 - rate * delta1.sum(axis=0))
    a1 was computed anew with the moved W1. Use the a1 of the forward pass for all gradients.
nothing returned: return W1, b1, W2, b2 → return None
    The step is made, but not returned: is the return missing?
W1 uphill: W1 - rate → W1 + rate
    W1 steps along its gradient, uphill: subtract.
no rate for W2: rate * (delta2.T @ a1) → delta2.T @ a1
    The learning rate is missing in the update of W2.
no rate for b1: rate * delta1.sum(axis=0) → delta1.sum(axis=0)
    The learning rate is missing in the update of b1.
all entries: / len(y) → / y.size
    You divided by the number of all entries of y: the cost is a mean over the samples only.
"""
MISTAKES_OF_THE_BROKEN = """
kept under another name: delta2 = → old = W2; delta2 =
    W2 = W2 - rate → W2 -= rate
    delta2 @ W2) → delta2 @ old)
    old = W2 is a second name for the same array, and -= changes it under both. Copy it, or write
    W2 = W2 - …
forward again: delta1 = → a2 = a1 @ W2.T + b2; delta2 = (a2 - y) / len(y); delta1 =
    A new forward pass after the first update makes two steps of one. All errors belong to one
    forward pass.
updated twice: (delta2 @ W2) → (delta2 @ (W2 - rate * delta2.T @ a1))
    You subtracted the update from W2 once more. The old W2 is W2 before it, not after two.
"""

STEP = BugHunt(
    id="06.7",
    title="a step of gradient descent",
    reference=training_step,
    cost=step_cost,
    samples=samples(TWO_LAYERS, make=SMALL),
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
            broken,
            "This is the program as it was: δ1 is computed with W2 after its update, while the "
            "forward pass used W2 before it.",
        ),
        *wrong_programs(training_step, MISTAKES),
        *wrong_programs(broken, MISTAKES_OF_THE_BROKEN),
    ),
)
