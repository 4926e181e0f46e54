# mypy: allow-untyped-defs
"""06.14 · First parameters, the same for all hidden units."""

import numpy as np

from bplab.exercises.lesson_06.alterations import wrong_programs
from bplab.exercises.lesson_06.hunt import BugHunt


def start(n_in, n_hidden, n_out, rng):
    """First parameters of a two-layer net: W1, b1, W2, b2."""
    W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)
    b1 = np.zeros(n_hidden)
    W2 = rng.standard_normal((n_out, n_hidden)) / np.sqrt(n_hidden)
    b2 = np.zeros(n_out)
    return W1, b1, W2, b2


MISTAKES = """
the bug: W1 = … → W1 = np.full((n_hidden, n_in), 0.5)
    W2 = … → W2 = np.full((n_out, n_hidden), 0.5)
    This is the program as it was: all hidden units start with the same weights, get the same
    gradient, and so stay the same for ever.
zeros: W1 = … → W1 = np.zeros((n_hidden, n_in))
    W2 = … → W2 = np.zeros((n_out, n_hidden))
    With zeros all hidden units are the same, too, and no error even passes back through W2.
rows alike: W1 = … → W1 = np.tile(rng.standard_normal(n_in), (n_hidden, 1)) / np.sqrt(n_in)
    The numbers are random, but every row of W1 is the same: each hidden unit needs its own.
not scaled: / np.sqrt(n_in) →
    / np.sqrt(n_hidden) →
    The symmetry is broken. But divide by the root of the number of inputs, as asked: otherwise z
    grows with the width.
no root: np.sqrt(n_in) → n_in
    np.sqrt(n_hidden) → n_hidden
    Divide by the root of the number of inputs, not by the number: variances add, not deviations.
second layer constant: W2 = … → W2 = np.full((n_out, n_hidden), 0.5)
    The hidden units differ now. Draw W2 by chance, too, as asked: with several outputs they would
    all be the same.
W2 first: W2 = … → later = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in)
    W1 = … → W2 = rng.standard_normal((n_out, n_hidden)) / np.sqrt(n_hidden)
    return … → return later, b1, W2, b2
    These numbers are as good as the expected ones, but W2 was drawn first. Draw W1 first, so that
    they can be compared.
random biases: np.zeros(n_hidden) → rng.standard_normal(n_hidden)
    np.zeros(n_out) → rng.standard_normal(n_out)
    Random biases do no harm, but they are not needed: leave them 0, so that the numbers can be
    compared.
positive only: rng.standard_normal((n_hidden, n_in)) → rng.random((n_hidden, n_in))
    rng.standard_normal((n_out, n_hidden)) → rng.random((n_out, n_hidden))
    rng.random gives numbers from 0 to 1 only: all weights are positive. Use rng.standard_normal, as
    asked.
biases 1: np.zeros(n_hidden) → np.ones(n_hidden)
    b1 is to stay 0.
biases as columns: np.zeros(n_hidden) → np.zeros((n_hidden, 1))
    np.zeros(n_out) → np.zeros((n_out, 1))
    The biases are columns: they have shape (n,), not (n, 1).
shapes transposed: W1 = … → W1 = rng.standard_normal((n_in, n_hidden)) / np.sqrt(n_in)
    W2 = … → W2 = rng.standard_normal((n_hidden, n_out)) / np.sqrt(n_hidden)
    The shapes are transposed: a row for each neuron, a column for each input, (n_out, n_in).
drawn transposed: W1 = … → W1 = rng.standard_normal((n_in, n_hidden)).T / np.sqrt(n_in)
    W2 = … → W2 = rng.standard_normal((n_hidden, n_out)).T / np.sqrt(n_hidden)
    As good as the expected numbers, but drawn in another order. Draw them in the shape of W, so
    that they can be compared.
outputs for inputs: W1 = … → W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_hidden)
    W2 = … → W2 = rng.standard_normal((n_out, n_hidden)) / np.sqrt(n_out)
    You divided by the root of the number of outputs. The sum in z runs over the inputs.
He: W1 = … → W1 = rng.standard_normal((n_hidden, n_in)) * np.sqrt(2 / n_in)
    W2 = … → W2 = rng.standard_normal((n_out, n_hidden)) * np.sqrt(2 / n_hidden)
    The 2 under the root is for relu layers (He's start). Here it is 1/√n_in, as asked.
Xavier: W1 = … → W1 = rng.standard_normal((n_hidden, n_in)) * np.sqrt(2 / (n_in + n_hidden))
    W2 = … → W2 = rng.standard_normal((n_out, n_hidden)) * np.sqrt(2 / (n_hidden + n_out))
    That is Glorot's start, with inputs and outputs under the root. Here it is the inputs alone, as
    asked.
0.01: W1 = … → W1 = rng.standard_normal((n_hidden, n_in)) * 0.01
    W2 = … → W2 = rng.standard_normal((n_out, n_hidden)) * 0.01
    The symmetry is broken. But a fixed 0.01 does not know the width: divide by the root of the
    number of inputs, as asked.
small noise: W1 = … → W1 = 0.5 + 0.01 * rng.standard_normal((n_hidden, n_in))
    A little noise breaks the symmetry, too, but slowly. Draw the weights themselves, as asked.
own generator: W1 = → rng = np.random.default_rng(0); W1 =
    You made a generator of your own. Use rng, the one that is passed, so that the caller has the
    say.
first layer constant: W1 = … → W1 = np.full((n_hidden, n_in), 0.5)
    W1 is still the same in every row. It is the hidden units that have to differ first of all.
one draw for all: W1 = … → W1 = np.full((n_hidden, n_in), rng.standard_normal() / np.sqrt(n_in))
    W2 = … → W2 = np.full((n_out, n_hidden), rng.standard_normal() / np.sqrt(n_hidden))
    One random number for the whole matrix leaves the rows alike. Draw one for each entry.
n_in twice: np.sqrt(n_hidden) → np.sqrt(n_in)
    The inputs of the second layer are the hidden units: divide W2 by the root of n_hidden.
W2 not scaled: / np.sqrt(n_hidden) →
    W1 is right. W2 is to be divided by the root of its number of inputs, too.
no root in W1: np.sqrt(n_in) → n_in
    In W1 the root is missing: divide by np.sqrt(n_in).
multiplied: / np.sqrt(n_in) → * np.sqrt(n_in)
    / np.sqrt(n_hidden) → * np.sqrt(n_hidden)
    You multiplied by the root: wider layers need smaller weights, so divide.
both under the root: np.sqrt(n_in) → np.sqrt(n_in * n_hidden)
    Under the root stands the number of inputs alone.
uniform: W1 = … → W1 = rng.uniform(-1, 1, (n_hidden, n_in)) / np.sqrt(n_in)
    W2 = … → W2 = rng.uniform(-1, 1, (n_out, n_hidden)) / np.sqrt(n_hidden)
    A uniform start is as good, but the check compares numbers: draw by rng.standard_normal, as
    asked.
uniform around 0: W1 = … → W1 = rng.random((n_hidden, n_in)) - 0.5
    W2 = … → W2 = rng.random((n_out, n_hidden)) - 0.5
    These break the symmetry, but the check compares numbers: draw by rng.standard_normal, as asked.
unit matrix: rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in) → np.eye(n_hidden, n_in)
    With n_hidden > n_in some rows of the unit matrix are the same, all 0. Draw W1 by
    rng.standard_normal.
order of the results: return W1, b1, W2, b2 → return W1, W2, b1, b2
    The values are right, but a bias follows its own weights: W1, b1, W2, b2.
W1 not scaled: / np.sqrt(n_in) →
    W2 is right. W1 is to be divided by the root of its number of inputs, too.
first layer zero: W1 = … → W1 = np.zeros((n_hidden, n_in))
    W1 is 0 in every row: draw it by rng.standard_normal.
second layer zero: W2 = … → W2 = np.zeros((n_out, n_hidden))
    With W2 = 0 no error passes back at first, and with several outputs they start alike. Draw it,
    as asked.
ones: W1 = … → W1 = np.ones((n_hidden, n_in))
    W2 = … → W2 = np.ones((n_out, n_hidden))
    With ones all hidden units are the same, too: any constant leaves the symmetry.
"""

START = BugHunt(
    id="06.14",
    title="where to start",
    reference=start,
    samples=tuple(
        {"n_in": n_in, "n_hidden": n_hidden, "n_out": n_out, "rng": np.random.default_rng(seed)}
        for seed, (n_in, n_hidden, n_out) in enumerate([(2, 4, 1), (3, 5, 2), (4, 2, 3), (3, 3, 3)])
    ),
    returns=("W1", "b1", "W2", "b2"),
    hints=(
        "All hidden units get the same inputs and the same weights. What could ever make them "
        "differ?",
        "Only chance can: draw every weight by rng.standard_normal, W1 first, and divide by the "
        "root of the number of inputs. Biases may stay 0.",
        "W1 = rng.standard_normal((n_hidden, n_in)) / np.sqrt(n_in), and W2 in the same way",
    ),
    mistakes=wrong_programs(start, MISTAKES),
)
