# mypy: allow-untyped-defs
"""06.8 · Cross-entropy with weight decay, and no mean."""

import numpy as np

from bplab.exercises.lesson_06.alterations import wrong_programs
from bplab.exercises.lesson_06.hunt import LAYER, SMALL, BugHunt, bits, sigmoid
from bplab.exercises.samples import samples


def logistic_cost(W, b, x, y, decay):
    """Mean cross-entropy of sigmoid outputs, and weight decay."""
    a = sigmoid(x @ W.T + b)
    cross_entropy = -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum() / len(y)
    return cross_entropy + decay / 2 * (W**2).sum()


def logistic_gradient(W, b, x, y, decay):
    """Gradient of the mean cross-entropy of sigmoid outputs, with weight decay on W."""
    z = x @ W.T + b
    a = sigmoid(z)
    delta = (a - y) / len(y)
    dW = delta.T @ x + decay * W
    db = delta.sum(axis=0)
    return dW, db


MISTAKES = """
the bug: (a - y) / len(y) → a - y
    This is the program as it was: the cross-entropy is a mean over the samples, but its gradient
    a − y lacks the 1/m. Weight decay then counts m times too little.
W only: (a - y) / len(y) → a - y
    delta.T @ x + decay → delta.T @ x / len(y) + decay
    dW is right now, but db still lacks the 1/m. Put it into delta, once for both.
b only: (a - y) / len(y) → a - y
    delta.sum(axis=0) → delta.sum(axis=0) / len(y)
    db is right now, but dW still lacks the 1/m. Put it into delta, once for both.
decay divided too: delta.T @ x + decay * W → delta.T @ x + decay * W / len(y)
    The weight decay is divided by m as well: in the cost it stands outside the mean.
mean twice: delta.T @ x + → delta.T @ x / len(y) +
    The 1/m enters dW twice: it is in delta already.
all entries: / len(y) → / y.size
    You divided by the number of all entries of y: the cost is a mean over the samples, but a sum
    over the outputs.
inputs for samples: / len(y) → / x.shape[1]
    You divided by the number of inputs: m is the number of samples, len(x).
decay lost: + decay * W →
    The weight decay got lost: its gradient is decay · W.
bias decays: delta.sum(axis=0) → delta.sum(axis=0) + decay * b
    Now the bias decays, too: in this cost only W does.
decay halved: decay * W → decay / 2 * W
    The decay is halved: the 2 of W² cancels the ½.
decay doubled: decay * W → 2 * decay * W
    The decay is doubled: the 2 of W² is cancelled by the ½.
decay not differentiated: decay * W → decay / 2 * W**2
    That is the cost of the decay; its gradient is decay · W.
decay without W: decay * W → decay
    In the decay W is missing: its gradient is decay · W.
decay as a number: decay * W → decay / 2 * (W**2).sum()
    You added the cost of the decay, a number, to every entry. Its gradient is decay · W.
decay subtracted: + decay → - decay
    The decay has the wrong sign: it is added to the cost, so it is added to the gradient.
quadratic: (a - y) → (a - y) * a * (1 - a)
    a(1 − a) belongs to the quadratic cost. With the cross-entropy it cancels: a − y.
sign: a - y → y - a
    The error has the wrong sign: it is a − y.
z for a: a - y → z - y
    You compare z with y. It is the output a = σ(z) that is compared.
mean twice in db: delta.sum(axis=0) → delta.mean(axis=0)
    The 1/m enters db twice: it is in delta already, so sum.
this sample's number: / len(y) → / 3
    3 is the number of samples in that report only. For any batch it is len(y).
two for the batch: / len(y) → / 2
    You divided by 2. The cost is a mean, so by the number of samples, len(y).
outputs for samples: / len(y) → / y.shape[1]
    You divided by the number of outputs: m is the number of samples, len(y).
multiplied: / len(y) → * len(y)
    You multiplied by m: the report says that b is m times too large, so divide.
mean too early: (a - y) / len(y) → (a - y).mean(axis=0)
    You averaged the errors before the product with x. Every sample has its own x: divide, and let
    the product sum.
db not summed: delta.sum(axis=0) → delta
    The sum over the batch got lost in db.
halved too: / len(y) → / len(y) / 2
    Half too small: the cross-entropy has no ½.
"""

LOGISTIC = BugHunt(
    id="06.8",
    title="cross-entropy with weight decay",
    reference=logistic_gradient,
    cost=logistic_cost,
    samples=samples(
        LAYER | {"decay": ()},
        make=SMALL | {"y": bits, "decay": lambda rng, shape: 0.25},
    ),
    returns=("dW", "db"),
    hints=(
        "b tells more than W: it is wrong by a whole number. Which number is that in this sample?",
        "The cost is a mean over the samples; the weight decay is added once. So what does 1/m "
        "belong to?",
        "delta = (a - y) / len(y)",
    ),
    mistakes=wrong_programs(logistic_gradient, MISTAKES),
)
