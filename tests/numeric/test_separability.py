"""Exactly one of Gordan's two alternatives, verified; the verifier itself rejects false proofs."""

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bplab.numeric.gates import GATE_INPUTS, GATES
from bplab.numeric.perceptron import perceptron, train_perceptron
from bplab.numeric.separability import Inseparable, Separator, separate

GRID = np.array(list(itertools.product(range(3), range(3))))


@pytest.mark.parametrize("name", ["AND", "OR", "NAND", "NOR"])
def test_separable_gate(name):
    proof = separate(GATE_INPUTS, GATES[name])
    assert isinstance(proof, Separator)
    assert np.array_equal(perceptron(GATE_INPUTS, np.array(proof.w), proof.b), GATES[name])


@pytest.mark.parametrize("name", ["XOR", "XNOR"])
def test_inseparable_gate(name):
    proof = separate(GATE_INPUTS, GATES[name])
    assert isinstance(proof, Inseparable)
    assert proof.weights == (Fraction(1, 2),) * 4
    assert proof.meeting_point == (Fraction(1, 2), Fraction(1, 2))


def test_xor_proof_as_text():
    assert str(separate(GATE_INPUTS, GATES["XOR"])) == (
        "inseparable: ½·(0, 0) + ½·(1, 1) = ½·(0, 1) + ½·(1, 0) = (½, ½)"
    )


@pytest.mark.parametrize(
    ("points", "labels", "text"),
    [
        ([[0], [2]], [0, 1], "separable: w = (1), b = −1"),
        ([[5], [5]], [0, 1], "inseparable: (5) is in both classes"),
        ([[0], [3], [1]], [0, 0, 1], "inseparable: ⅔·(0) + ⅓·(3) = (1)"),
        ([[-1], [7], [0]], [1, 1, 0], "inseparable: 7/8·(−1) + 1/8·(7) = (0)"),
    ],
)
def test_other_proofs_as_text(points, labels, text):
    assert str(separate(np.array(points), np.array(labels))) == text


def test_one_class_alone_is_separable():
    assert isinstance(separate(GATE_INPUTS, np.ones(4)), Separator)


def test_of_the_16_functions_of_two_bits_14_are_separable():
    tables = [np.array(y) for y in itertools.product([0, 1], repeat=4)]
    failing = [y.tolist() for y in tables if isinstance(separate(GATE_INPUTS, y), Inseparable)]
    assert failing == [[0, 1, 1, 0], [1, 0, 0, 1]]


def test_of_the_256_functions_of_three_bits_104_are_separable():
    # The count of linearly separable Boolean functions is published: 4, 14, 104, 1882, …
    cube = np.array(list(itertools.product([0, 1], repeat=3)))
    tables = itertools.product([0, 1], repeat=8)
    assert sum(isinstance(separate(cube, np.array(y)), Separator) for y in tables) == 104


def line_exists(x, y):
    """Brute force in the plane: for sets on the grid some small integer line is enough."""
    lines = itertools.product(range(-4, 5), range(-4, 5), np.arange(-16.5, 17))
    return any(np.array_equal(x @ np.array([p, q]) + b > 0, y == 1) for p, q, b in lines)


@pytest.mark.parametrize("seed", range(25))
def test_agrees_with_brute_force_on_the_grid(seed):
    rng = np.random.default_rng(seed)
    x = GRID[rng.choice(9, size=rng.integers(2, 6), replace=False)]
    y = rng.integers(0, 2, len(x))
    assert isinstance(separate(x, y), Separator) == line_exists(x, y)


@st.composite
def labelled_sets(draw):
    n = draw(st.integers(1, 4))
    number = draw(st.sampled_from([st.integers(-2, 2), st.floats(-2, 2, allow_subnormal=False)]))
    point = st.lists(number, min_size=n, max_size=n)
    rows = draw(st.lists(st.tuples(point, st.integers(0, 1)), min_size=1, max_size=9))
    return np.array([row for row, _ in rows]), np.array([label for _, label in rows])


@settings(deadline=None, max_examples=150)
@given(labelled_sets())
def test_one_alternative_holds_and_excludes_the_other(data):
    x, y = data
    proof = separate(x, y)
    assert proof.verify()
    s = [1 if label == 1 else -1 for label in y]
    exact = [[Fraction(value) for value in row] for row in x.tolist()]
    if isinstance(proof, Separator):
        # Both recomputed here, so that a wrong verify() would not hide a wrong proof.
        for row, sign in zip(exact, s, strict=True):
            assert sign * (sum(w * v for w, v in zip(proof.w, row, strict=True)) + proof.b) > 0
    else:
        rows = list(zip(proof.weights, s, exact, strict=True))
        assert all(weight >= 0 for weight in proof.weights)
        for sign in (+1, -1):
            assert sum(weight for weight, t, _ in rows if t == sign) == 1
        for axis in range(x.shape[1]):
            assert sum(weight * t * row[axis] for weight, t, row in rows) == 0


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_what_the_perceptron_learns_is_separable(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(-3, 4, (6, 2)), rng.integers(0, 2, 6)
    learned = train_perceptron(x, y, max_epochs=2000).converged
    assert learned == isinstance(separate(x, y), Separator)


def test_answer_is_exact_where_rounding_would_blur():
    # Three points on a line up to one part in 10¹⁵; in float64 the determinant is lost in noise.
    tiny = 2.0**-50
    x = np.array([[0.0, 0.0], [2.0, 2.0], [1.0, 1.0]])
    assert isinstance(separate(x, np.array([0, 0, 1])), Inseparable)
    x[2, 1] += tiny
    assert isinstance(separate(x, np.array([0, 0, 1])), Separator)


def test_integers_beyond_float64_are_kept():
    x = np.array([[2**53], [2**53 + 1]])
    proof = separate(x, np.array([0, 1]))
    assert isinstance(proof, Separator)
    assert proof.points[1][0] - proof.points[0][0] == 1


def test_verify_rejects_false_separators():
    proof = separate(GATE_INPUTS, GATES["AND"])
    assert isinstance(proof, Separator)
    assert not replace(proof, b=0).verify()
    assert not replace(proof, w=(0, 0)).verify()
    assert not replace(proof, b=-proof.w[0]).verify()  # (1, 0) exactly on the line
    assert not replace(proof, signs=tuple(-s for s in proof.signs)).verify()


def test_verify_rejects_false_certificates():
    proof = separate(GATE_INPUTS, GATES["XOR"])
    assert isinstance(proof, Inseparable)
    half, one = Fraction(1, 2), Fraction(1)
    for weights in [
        (half, half, half, half + Fraction(1, 10**9)),  # does not sum to one
        (one, half, half, Fraction(0)),  # sums to one, but the points differ
        (Fraction(3, 2), half, half, -half),  # negative
        (Fraction(0),) * 4,  # sums to nothing
    ]:
        assert not replace(proof, weights=weights).verify()
    assert not replace(proof, signs=(1, 1, -1, -1)).verify()


@pytest.mark.parametrize(
    ("x", "y", "text"),
    [
        (GATE_INPUTS, [0, 1, 2, 3], "two classes"),
        (GATE_INPUTS, [0, 1, 1], "y must have shape"),
        (GATE_INPUTS[0], [0, 1], "x must have shape"),
        ([[0.0], [np.inf]], [0, 1], "x must be finite"),
    ],
)
def test_bad_input_is_explained(x, y, text):
    with pytest.raises(ValueError, match=text):
        separate(np.array(x), np.array(y))
