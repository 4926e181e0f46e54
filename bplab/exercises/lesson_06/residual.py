# mypy: allow-untyped-defs
"""06.10 · A residual layer, in which one of two gradients is overwritten."""

import numpy as np

from bplab.exercises.lesson_06.alterations import wrong_programs
from bplab.exercises.lesson_06.hunt import SMALL, BugHunt
from bplab.exercises.samples import samples


def residual_cost(W1, W2, x, y):
    """Quadratic cost of a tanh layer, and a second one whose input is added to its output."""
    a1 = np.tanh(x @ W1.T)
    return ((a1 + np.tanh(a1 @ W2.T) - y) ** 2).sum() / 2 / len(y)


def residual_gradient(W1, W2, x, y):
    """Gradient for a tanh layer, and a second one whose input is added to its output."""
    a1 = np.tanh(x @ W1.T)
    branch = np.tanh(a1 @ W2.T)
    out = a1 + branch

    d_out = (out - y) / len(y)
    d_a1 = d_out  # the way around the second layer
    d_z2 = d_out * (1 - branch**2)
    dW2 = d_z2.T @ a1
    d_a1 = d_a1 + d_z2 @ W2  # the way through it
    d_z1 = d_a1 * (1 - a1**2)
    dW1 = d_z1.T @ x
    return dW1, dW2


MISTAKES = """
the bug: d_a1 + d_z2 @ W2 → d_z2 @ W2
    This is the program as it was: the second assignment to d_a1 overwrites the first. What came
    back around the layer is lost; add the two.
around only: d_a1 + d_z2 @ W2 → d_a1
    Now the way through the second layer is lost: d_a1 needs both.
multiplied: d_a1 + d_z2 @ W2 → d_a1 * (d_z2 @ W2)
    You multiplied the two: along one path factors are multiplied, different paths are added.
averaged: d_a1 + d_z2 @ W2 → (d_a1 + d_z2 @ W2) / 2
    You took the mean of the two ways: they are added.
transpose: d_z2 @ W2 → d_z2 @ W2.T
    Both ways are there, but W2 is transposed: for rows it is d_z2 @ W2. The layer is square, so no
    shape complains.
slope on one way only: d_a1 + d_z2 @ W2 → d_z2 @ W2
    d_a1 * (1 - a1**2) → d_out + d_a1 * (1 - a1**2)
    You added the way around after the slope of the first layer: both ways end at a1, so both have
    the factor 1 − a1².
branch slope lost: d_out * (1 - branch**2) → d_out
    The slope of the second layer got lost in d_z2.
slope of the sum: (1 - branch**2) → (1 - out**2)
    In d_z2 the slope is that of tanh at z2: 1 − branch². out is the sum with a1.
subtracted: d_a1 + d_z2 @ W2 → d_a1 - d_z2 @ W2
    You subtracted one way from the other: they are added.
W2 forgotten: d_a1 + d_z2 @ W2 → d_a1 + d_z2
    The way through the layer lacks W2: d_z2 @ W2.
activation added: d_a1 + d_z2 @ W2 → a1 + d_z2 @ W2
    You added the activation a1. What is added is its gradient from the way around, d_a1.
output added: d_a1 + d_z2 @ W2 → out + d_z2 @ W2
    You added the output. What came back around the layer is its gradient, d_out.
slope of the branch forgotten: d_a1 + d_z2 @ W2 → d_a1 + d_out @ W2
    Through the layer comes d_z2, which has the slope of tanh in it, not d_out.
doubled: d_a1 + d_z2 @ W2 → 2 * (d_a1 + d_z2 @ W2)
    Both ways are there, but each counts once.
way through doubled: d_a1 + d_z2 @ W2 → 2 * d_z2 @ W2
    You counted the way through the layer twice. The way around has a gradient of its own, d_out.
way around doubled: d_a1 + d_z2 @ W2 → d_out + d_a1 + d_z2 @ W2
    d_a1 is d_out here: you added the way around twice.
W2 on the wrong way: d_a1 + d_z2 @ W2 → d_a1 @ W2 + d_z2
    W2 stands on the wrong way: around the layer there are no weights.
first slope lost: d_a1 * (1 - a1**2) → d_a1
    The slope of the first layer got lost in d_z1.
first slope from the output: (1 - a1**2) → (1 - out**2)
    In d_z1 the slope is that of the first layer: 1 − a1².
first slope without square: (1 - a1**2) → (1 - a1)
    In d_z1 the square got lost: 1 − a1².
no 1/m: / len(y) →
    Both ways are there, but the 1/m got lost.
sign: (out - y) → (y - out)
    Every entry has the wrong sign: it is out − y.
branch for out: (out - y) → (branch - y)
    The cost compares y with the sum a1 + branch, not with the branch alone.
W2 first: d_a1 + d_z2 @ W2 → d_a1 + W2 @ d_z2
    W2 stands on the wrong side: samples are rows, so it is d_z2 @ W2.
dW2 transposed: d_z2.T @ a1 → a1.T @ d_z2
    dW2 is transposed now; it was right.
dW2 changed: dW2 = d_z2.T @ a1 → dW2 = (d_out + d_z2).T @ a1
    dW2 was right: W2 lies only on the way through the layer. It is a1 that has two.
larger way: d_a1 + d_z2 @ W2 → np.maximum(d_a1, d_z2 @ W2)
    You took the larger of the two ways: they are added.
"""

RESIDUAL = BugHunt(
    id="06.10",
    title="a layer with a way around it",
    reference=residual_gradient,
    cost=residual_cost,
    samples=samples(
        {"W1": ("n1", "n0"), "W2": ("n1", "n1"), "x": ("B", "n0"), "y": ("B", "n1")}, make=SMALL
    ),
    returns=("dW1", "dW2"),
    hints=(
        "W2 is right, W1 is not. By how many ways does a1 reach the cost?",
        "A value that is used twice gets two gradients, and they are added. Look at the two lines "
        "that begin with d_a1 =.",
        "d_a1 = d_a1 + d_z2 @ W2",
    ),
    mistakes=wrong_programs(residual_gradient, MISTAKES),
)
