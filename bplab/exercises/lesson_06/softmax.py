# mypy: allow-untyped-defs
"""06.11 · Softmax under the quadratic cost, with the δ of the cross-entropy."""

from bplab.exercises.lesson_06.alterations import wrong_programs
from bplab.exercises.lesson_06.hunt import LAYER, SMALL, BugHunt
from bplab.exercises.samples import one_hot, samples
from bplab.numeric import softmax


def softmax_cost(W, b, x, y):
    """Quadratic cost of softmax outputs."""
    return ((softmax(x @ W.T + b) - y) ** 2).sum() / 2 / len(y)


def softmax_gradient(W, b, x, y):
    """Gradient of the quadratic cost of softmax outputs."""
    z = x @ W.T + b
    a = softmax(z)
    d_a = (a - y) / len(y)
    delta = a * (d_a - (d_a * a).sum(axis=1, keepdims=True))
    dW = delta.T @ x
    db = delta.sum(axis=0)
    return dW, db


MISTAKES = """
the bug: d_a = … → delta = (a - y) / len(y)
    delta = a … →
    This is the program as it was: a − y is ∂C/∂z for the cross-entropy. Under the quadratic cost
    a − y is ∂C/∂a, and the Jacobian of the softmax is missing.
diagonal only: delta = … → delta = d_a * a * (1 - a)
    That is the Jacobian's diagonal, a(1 − a), as for sigmoids. In a softmax every output depends on
    every z: the terms −a_i a_j are missing.
no a in the sum: (d_a * a).sum → d_a.sum
    Your result is a · ∂C/∂a: the sum is missing, or the factor a_j in it. (Without that factor it
    is 0, as the entries of a and those of y both sum to 1.) It is Σ_j ∂C/∂a_j a_j.
no a in front: a * (d_a - (d_a → (d_a - (d_a
    The factor a_i in front is missing: ∂a_j/∂z_i = a_i (𝟙_ij − a_j).
sum over the batch: axis=1, keepdims → axis=0, keepdims
    You summed over the samples (axis 0): each sample has a softmax of its own. Sum over the
    outputs.
sign: (d_a - (d_a → (d_a + (d_a
    The sum has the wrong sign: the Jacobian is a_i 𝟙_ij − a_i a_j.
no 1/m: (a - y) / len(y) → a - y
    The Jacobian is right, but the 1/m got lost.
z for a: a * (d_a - (d_a * a) → z * (d_a - (d_a * z)
    The Jacobian is a_i (𝟙_ij − a_j) in terms of the activations a; you put z there.
y in the sum: delta = … → delta = a * (d_a - (d_a * y).sum(axis=1, keepdims=True))
    In the sum stands a_j, not the target y_j.
sum over all: delta = … → delta = a * (d_a - (d_a * a).sum())
    You summed over the whole batch. Each sample has a softmax of its own: axis=1, keepdims=True.
axis lost: delta = … → delta = a * (d_a - (d_a * a).sum(axis=1))
    The sum lost its axis, so that it does not fit the rows (or fits the wrong ones, where the batch
    is square): keepdims=True.
mean in the sum: delta = … → delta = a * (d_a - (d_a * a).mean(axis=1, keepdims=True))
    You took the mean over the outputs: the chain rule sums.
second term only: delta = … → delta = -a * (d_a * a).sum(axis=1, keepdims=True)
    The diagonal a_i 𝟙_ij of the Jacobian is missing: only −a_i a_j is there.
a squared: delta = … → delta = a * a * (d_a - (d_a * a).sum(axis=1, keepdims=True))
    There is one factor a_i too many in front.
squares in the sum: delta = … → delta = a * (d_a - (a * a).sum(axis=1, keepdims=True))
    In the sum stands ∂C/∂a_j · a_j; you wrote a_j².
a subtracted: delta = … → delta = a * (d_a - a)
    What is subtracted is the sum Σ_j ∂C/∂a_j a_j, one number a sample, not a.
half the diagonal: delta = … → delta = d_a * (1 - a)
    A factor a is missing, and so are the terms −a_i a_j.
no upstream: delta = … → delta = a * (1 - a)
    That is the Jacobian's diagonal alone: ∂C/∂a is missing, and so is the rest of the Jacobian.
whole negative: delta = … → delta = -a * (d_a - (d_a * a).sum(axis=1, keepdims=True))
    Every entry has the wrong sign: the gradient of ½(a − y)² is a − y.
twice: delta = … → delta = 2 * a * (d_a - (d_a * a).sum(axis=1, keepdims=True))
    Every entry is twice too large: the ½ of the cost has cancelled the 2.
mean twice: delta = … → delta = a * (d_a - (d_a * a).sum(axis=1, keepdims=True)) / len(y)
    The 1/m enters twice: it is in d_a already.
diagonal twice: delta = … → delta = d_a * a * (1 - a) - a * (d_a * a).sum(axis=1, keepdims=True)
    The sum over all j holds −a_i² already, and a(1 − a) brings it a second time: a_i d_i − a_i
    Σ_j d_j a_j.
cross-entropy's derivative: delta = … → delta = -y / a / len(y)
    −y/a is ∂C/∂a of the cross-entropy. Here the cost is quadratic, and ∂C/∂a is a − y.
"""

SOFTMAX = BugHunt(
    id="06.11",
    title="softmax under the quadratic cost",
    points=2,
    reference=softmax_gradient,
    cost=softmax_cost,
    samples=samples(LAYER, make=SMALL | {"y": one_hot}),
    returns=("dW", "db"),
    hints=(
        "a − y is a well-known δ. For which cost was it derived, and which one is this?",
        "(a − y)/m is ∂C/∂a here. The softmax is still to be passed: δ_i = Σ_j ∂C/∂a_j a_j(𝟙_ij − "
        "a_i), with 𝟙_ij = 1 for i = j, else 0, inside the sum.",
        "d_a = (a - y) / len(y), then delta = a * (d_a - (d_a * a).sum(axis=1, keepdims=True))",
    ),
    mistakes=wrong_programs(softmax_gradient, MISTAKES),
)
