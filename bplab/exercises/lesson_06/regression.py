# mypy: allow-untyped-defs
"""06.9 · A linear layer whose bias gets a gradient for each sample."""

from bplab.exercises.lesson_06.alterations import wrong_programs
from bplab.exercises.lesson_06.hunt import LAYER, SMALL, BugHunt
from bplab.exercises.samples import samples


def regression_cost(W, b, x, y):
    """Quadratic cost of a linear layer."""
    return ((x @ W.T + b - y) ** 2).sum() / 2 / len(y)


def regression_gradient(W, b, x, y):
    """Gradient of the quadratic cost of a linear layer."""
    z = x @ W.T + b
    delta = (z - y) / len(y)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    return dW, db


MISTAKES = """
the bug: delta.sum(axis=0) → delta
    This is the program as it was: db = δ has a row for each sample; the sum over the batch is
    missing.
last sample: delta.sum(axis=0) → delta[-1]
    Your db has the right shape, but counts the last sample only. Sum over all of them.
first sample: delta.sum(axis=0) → delta[0]
    Your db has the right shape, but counts the first sample only. Sum over all of them.
mean: delta.sum(axis=0) → delta.mean(axis=0)
    You averaged: the 1/m is inside delta already, so here it enters a second time.
wrong axis: axis=0 → axis=1
    You summed over the outputs (axis 1). Samples are rows, so the batch is axis 0.
all: axis=0 →
    You summed over everything: that would be one bias shared by all outputs.
axis kept: axis=0 → axis=0, keepdims=True
    The values are right, the shape is not: b has shape (n,), so its gradient has, too.
no ½: (z - y) → 2 * (z - y)
    Everything is twice too large: the ½ of the cost has cancelled the 2.
no 1/m: delta.sum(axis=0) → (z - y).sum(axis=0)
    You summed z − y: the 1/m is missing in db.
half: delta.sum(axis=0) → delta.sum(axis=0) / 2
    db is half of what it should be: the ½ of the cost has cancelled already.
column: delta.sum(axis=0) → delta.sum(axis=0).reshape(-1, 1)
    The values are right, but db is a column: b has shape (n,), so its gradient has, too.
list: delta.sum(axis=0) → list(delta.sum(axis=0))
    The values are right, but db is a list: leave it an array.
mean of all: delta.sum(axis=0) → delta.mean()
    You averaged over everything: each output has a bias of its own. Sum over the samples only.
mean over the outputs: delta.sum(axis=0) → delta.mean(axis=1)
    You averaged over the outputs (axis 1). The samples are axis 0, and they are summed.
outputs summed, axis kept: axis=0 → axis=1, keepdims=True
    You summed over the outputs and kept the axis: that is one number a sample. Sum over the
    samples, axis 0.
transposed: delta.sum(axis=0) → delta.T
    Transposed, δ still has one entry for each sample. Sum over the samples.
largest: delta.sum(axis=0) → delta.max(axis=0)
    You took the largest error of the batch: they are summed.
running sum: delta.sum(axis=0) → np.cumsum(delta, axis=0)
    np.cumsum keeps all partial sums; only the whole sum is the gradient.
times b: delta.sum(axis=0) → delta.sum(axis=0) * b
    The factor b is too much: ∂z/∂b is 1.
update for gradient: delta.sum(axis=0) → b - delta.sum(axis=0)
    That is a step of gradient descent. The gradient itself is asked.
ones: delta.sum(axis=0) → np.ones_like(b)
    That is ∂z/∂b. It is to be multiplied by the errors, and they are summed.
sign: delta.sum(axis=0) → -delta.sum(axis=0)
    db has the wrong sign: ∂z/∂b is +1.
zero: delta.sum(axis=0) → np.zeros_like(b)
    With db = 0 the bias never moves: sum δ over the batch.
b itself: delta.sum(axis=0) → b
    That is the bias itself; its gradient is the sum of δ over the batch.
"""

REGRESSION = BugHunt(
    id="06.9",
    title="a linear layer",
    reference=regression_gradient,
    cost=regression_cost,
    samples=samples(LAYER, make=SMALL),
    returns=("dW", "db"),
    hints=(
        "The gradient of b must have the shape of b. Which axis is too much?",
        "One bias serves all samples. So its gradient collects something from each of them.",
        "db = delta.sum(axis=0)",
    ),
    mistakes=wrong_programs(regression_gradient, MISTAKES),
)
