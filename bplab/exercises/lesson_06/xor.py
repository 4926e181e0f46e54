# mypy: allow-untyped-defs
"""06.5 · The XOR net of a well-known tutorial, which takes z for a in σ′ = a(1 − a)."""

from bplab.exercises.lesson_06.alterations import wrong_programs
from bplab.exercises.lesson_06.hunt import SMALL, TWO_LAYERS, BugHunt, bits, sigmoid
from bplab.exercises.samples import samples


def xor_cost(W1, b1, W2, b2, x, y):
    """Half the squared error of two sigmoid layers, summed over the samples."""
    a2 = sigmoid(sigmoid(x @ W1.T + b1) @ W2.T + b2)
    return ((a2 - y) ** 2).sum() / 2


def xor_gradient(W1, b1, W2, b2, x, y):
    """Gradient of half the squared error of two sigmoid layers, as in a well-known tutorial."""

    def sigmoid_derivative(x):
        return sigmoid(x) * (1 - sigmoid(x))

    z1 = x @ W1.T + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2.T + b2
    a2 = sigmoid(z2)
    delta2 = (a2 - y) * sigmoid_derivative(z2)
    delta1 = (delta2 @ W2) * sigmoid_derivative(z1)
    return delta1.T @ x, delta1.sum(axis=0), delta2.T @ a1, delta2.sum(axis=0)


MISTAKES = """
the bug: sigmoid(x) * (1 - sigmoid(x)) → x * (1 - x)
    This is the program as it was: x(1 − x) is σ′ only if x is the activation a. It is given the
    pre-activation z, for which z(1 − z) is unbounded and mostly negative.
output repaired only: sigmoid_derivative(z1) → z1 * (1 - z1)
    The last layer is right now. In delta1 the formula a(1 − a) still gets z1.
hidden repaired only: sigmoid_derivative(z2) → z2 * (1 - z2)
    delta1 has the right σ′ now. In delta2 the formula a(1 − a) still gets z2.
repaired twice: sigmoid_derivative(z1) → sigmoid_derivative(a1)
    sigmoid_derivative(z2) → sigmoid_derivative(a2)
    You repaired it in two places at once: now σ is applied to a = σ(z) again. Either the function
    takes z and computes σ, or it takes a and does not.
σ for σ′: sigmoid(x) * (1 - sigmoid(x)) → sigmoid(x)
    That is σ(z), not its derivative: the factor 1 − σ(z) is missing.
half of it: sigmoid(x) * (1 - sigmoid(x)) → sigmoid(x) * (1 - x)
    Only the first x became σ(x): the derivative is σ(x)(1 − σ(x)).
no σ′: sigmoid(x) * (1 - sigmoid(x)) → np.ones_like(x)
    The factor σ′ is missing altogether: the net is then treated as linear.
sign: (a2 - y) → (y - a2)
    Every entry has the wrong sign: the gradient of ½(a − y)² is a − y.
cross-entropy: (a2 - y) * sigmoid_derivative(z2) → (a2 - y)
    delta2 = a − y belongs to the cross-entropy. Under the squared error σ′(z2) stays.
tanh: sigmoid(x) * (1 - sigmoid(x)) → 1 - sigmoid(x) ** 2
    1 − a² is the slope of tanh; that of σ is a(1 − a).
tanh of x: sigmoid(x) * (1 - sigmoid(x)) → 1 - np.tanh(x) ** 2
    That is the derivative of tanh; the layers are sigmoids.
mean: (a2 - y) → (a2 - y) / len(y)
    You divided by the number of samples, but this cost is a sum, without a mean.
twice: (a2 - y) → 2 * (a2 - y)
    Every entry is twice too large: the ½ of the cost has cancelled the 2.
W transposed: delta2 @ W2) → delta2 @ W2.T)
    W2 was right before: for samples in rows it is delta2 @ W2.
plus: sigmoid(x) * (1 - sigmoid(x)) → sigmoid(x) * (1 + sigmoid(x))
    A sign is wrong: σ′ = σ(1 − σ).
other factor only: sigmoid(x) * (1 - sigmoid(x)) → 1 - sigmoid(x)
    The factor σ(z) is missing: σ′ = σ(1 − σ).
other half: sigmoid(x) * (1 - sigmoid(x)) → x * (1 - sigmoid(x))
    Only the second x became σ(x): the derivative is σ(x)(1 − σ(x)).
negative: sigmoid(x) * (1 - sigmoid(x)) → -sigmoid(x) * (1 - sigmoid(x))
    The derivative has the wrong sign: σ rises, so σ′ is positive.
σ of the product: sigmoid(x) * (1 - sigmoid(x)) → sigmoid(x * (1 - x))
    σ stands outside: first a = σ(x), then a(1 − a).
a1 given: sigmoid_derivative(z1) → sigmoid_derivative(a1)
    Your function computes σ of what it is given, but in delta1 it is given a1, which is σ(z1)
    already.
a2 given: sigmoid_derivative(z2) → sigmoid_derivative(a2)
    Your function computes σ of what it is given, but in delta2 it is given a2, which is σ(z2)
    already.
no σ′ in the hidden layer: (delta2 @ W2) * sigmoid_derivative(z1) → delta2 @ W2
    In delta1 the factor σ′(z1) got lost.
z for a in dW2: delta2.T @ a1 → delta2.T @ z1
    The slope is right now. But dW2 is made with the input of the layer, a1, not z1.
mean in the biases: delta1.sum(axis=0) → delta1.mean(axis=0)
    delta2.sum(axis=0) → delta2.mean(axis=0)
    The biases are averaged over the samples; this cost is a sum, so sum.
σ²: sigmoid(x) * (1 - sigmoid(x)) → sigmoid(x) ** 2
    That is a²; σ′ is a(1 − a) = a − a².
nothing for σ′: sigmoid(x) * (1 - sigmoid(x)) → x
    Your function returns what it gets: a(1 − a) with a = σ(x) is missing.
"""

XOR = BugHunt(
    id="06.5",
    title="the tutorial's XOR net",
    reference=xor_gradient,
    cost=xor_cost,
    samples=samples(TWO_LAYERS, make=SMALL | {"y": bits}),
    returns=("dW1", "db1", "dW2", "db2"),
    hints=(
        "Every parameter is wrong, even in the last layer. So look at what comes first on the way "
        "back.",
        "σ′(z) is a(1 − a) with a = σ(z). What does sigmoid_derivative get, and what does it take "
        "it for?",
        "return sigmoid(x) * (1 - sigmoid(x))",
    ),
    mistakes=wrong_programs(xor_gradient, MISTAKES),
)
