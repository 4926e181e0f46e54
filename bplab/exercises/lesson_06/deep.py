# mypy: allow-untyped-defs
"""06.6 · Two layers of the same width, so that a wrong transpose fits."""

import numpy as np

from bplab.exercises.lesson_06.alterations import wrong_programs
from bplab.exercises.lesson_06.hunt import SMALL, BugHunt
from bplab.exercises.samples import samples


def deep_cost(W1, b1, W2, b2, x, y):
    """Quadratic cost of two tanh layers of the same width."""
    a2 = np.tanh(np.tanh(x @ W1.T + b1) @ W2.T + b2)
    return ((a2 - y) ** 2).sum() / 2 / len(y)


def deep_gradient(W1, b1, W2, b2, x, y):
    """Gradient of the quadratic cost of two tanh layers of the same width."""
    a1 = np.tanh(x @ W1.T + b1)
    a2 = np.tanh(a1 @ W2.T + b2)
    delta2 = (a2 - y) / len(y) * (1 - a2**2)
    delta1 = (delta2 @ W2) * (1 - a1**2)
    dW1, db1 = delta1.T @ x, delta1.sum(axis=0)
    dW2, db2 = delta2.T @ a1, delta2.sum(axis=0)
    return dW1, db1, dW2, db2


MISTAKES = """
the bug: delta2 @ W2) → delta2 @ W2.T)
    This is the program as it was: delta2 @ W2.T. For rows BP2 reads delta2 @ W2; that the transpose
    fits as well is because W2 is square.
no W: (delta2 @ W2) → delta2
    W2 is missing in delta1: an error passes back through the weights it came by.
no σ′: (delta2 @ W2) * (1 - a1**2) → delta2 @ W2
    The slope of the first layer is missing in delta1: that is ∂C/∂a1, one step short of ∂C/∂z1.
σ′ of the wrong layer: (delta2 @ W2) * (1 - a1**2) → (delta2 @ W2) * (1 - a2**2)
    In delta1 you took the slope of the second layer: it belongs to z1, so 1 − a1².
σ′ of a sigmoid: (delta2 @ W2) * (1 - a1**2) → (delta2 @ W2) * a1 * (1 - a1)
    a(1 − a) is the slope of a sigmoid; this is tanh, whose slope is 1 − a².
slope before W: (delta2 @ W2) * (1 - a1**2) → (delta2 * (1 - a1**2)) @ W2
    You multiplied by the slope before W2: it belongs to the neurons that the error arrives at, so
    it comes after.
gradient transposed: delta2.T @ a1 → a1.T @ delta2
    dW2 is transposed now: row j belongs to δ_j, column k to a_k.
output slope lost: * (1 - a2**2) →
    In delta2 the slope 1 − a2² got lost; that line was right.
sign: a2 - y → y - a2
    Every entry has the wrong sign: the gradient of ½(a − y)² is a − y.
no 1/m: / len(y) →
    The 1/m got lost; delta2 was right.
all entries: / len(y) → / y.size
    You divided by the number of all entries of y: the cost is a mean over the samples only.
mean twice: (delta2 @ W2) → (delta2 @ W2) / len(y)
    The 1/m is inside delta2 already; in delta1 it enters a second time.
a − y sent back: (delta2 @ W2) → ((a2 - y) @ W2)
    What goes back through W2 is delta2, not a − y alone.
a2 sent back: (delta2 @ W2) → (a2 @ W2)
    What goes back through W2 is the error delta2, not the activation.
W1 for W2: (delta2 @ W2) → (delta2 @ W1)
    Between the layers stands W2; W1 leads to the inputs.
W first: (delta2 @ W2) → (W2 @ delta2)
    W2 stands on the wrong side: samples are rows, so it is delta2 @ W2.
transposed W first: (delta2 @ W2) → (W2.T @ delta2)
    That is BP2 for a column. Samples are rows here: transposed on both sides it is delta2 @ W2.
entry by entry: (delta2 @ W2) → (delta2 * W2)
    A * multiplies entry by entry. Each neuron gets a sum of errors: the matrix product @.
slope of x: (1 - a1**2) → (1 - x**2)
    The slope of the first layer is that at z1: 1 − a1².
square outside: (1 - a1**2) → (1 - a1) ** 2
    The square belongs to a1: 1 − a1², not (1 − a1)².
no square: (1 - a1**2) → (1 - a1)
    The square is missing: the slope of tanh is 1 − a1².
tanh twice: (1 - a1**2) → (1 - np.tanh(a1) ** 2)
    a1 is tanh(z1) already: 1 − a1².
sigmoid at the output: (1 - a2**2) → a2 * (1 - a2)
    a(1 − a) is the slope of a sigmoid; the output layer is tanh, too: 1 − a2².
dW1 transposed: delta1.T @ x → x.T @ delta1
    dW1 is transposed now: row j belongs to δ_j, column k to x_k.
output in dW2: delta2.T @ a1 → delta2.T @ a2
    dW2 is made with the input of its layer, a1, not with its output.
still the bug, dW2 transposed: delta2 @ W2 → delta2 @ W2.T
    delta2.T @ a1 → a1.T @ delta2
    You transposed dW2, which was right; the wrong transpose is in delta1.
"""

DEEP = BugHunt(
    id="06.6",
    title="two layers of the same width",
    reference=deep_gradient,
    cost=deep_cost,
    samples=samples(
        {
            "W1": ("n1", "n0"),
            "b1": ("n1",),
            "W2": ("n1", "n1"),
            "b2": ("n1",),
            "x": ("B", "n0"),
            "y": ("B", "n1"),
        },
        make=SMALL,
    ),
    returns=("dW1", "db1", "dW2", "db2"),
    hints=(
        "W2 and b2 are right, W1 and b1 are not. Which line lies between them?",
        "BP2 is (W2)ᵀ δ2 for a sample written as a column. How does that read for samples in rows?",
        "delta1 = (delta2 @ W2) * (1 - a1**2)",
    ),
    mistakes=wrong_programs(deep_gradient, MISTAKES),
)
