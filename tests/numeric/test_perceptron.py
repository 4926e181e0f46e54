"""The learning rule by hand, Novikoff's bound on random separable sets, and the error texts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bplab.numeric.gates import GATE_INPUTS, GATES
from bplab.numeric.perceptron import novikoff_bound, perceptron, signs, train_perceptron

SEPARABLE = ["AND", "OR", "NAND", "NOR"]


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("AND", lambda p, q: p and q),
        ("OR", lambda p, q: p or q),
        ("NAND", lambda p, q: not (p and q)),
        ("NOR", lambda p, q: not (p or q)),
        ("XOR", lambda p, q: p != q),
        ("XNOR", lambda p, q: p == q),
    ],
)
def test_gate_is_the_logical_operation(name, operation):
    assert GATES[name].tolist() == [int(operation(bool(p), bool(q))) for p, q in GATE_INPUTS]


def test_gate_tables_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        GATES["AND"][0] = 1
    with pytest.raises(ValueError, match="read-only"):
        GATE_INPUTS[0, 0] = 1


def test_prediction_is_one_from_the_line_on():
    x = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    assert perceptron(x, np.array([2.0, 1.0]), -2.0).tolist() == [0, 1, 1]


def test_rule_by_hand():
    # x = 1 (class 0) then x = 3 (class 1), from zeros; every mistake worked out on paper:
    # s(wx+b): −0 → w,b = −1,−1 | 3: −4 → 2,0 | 1: −2 → 1,−1 | 3: 2 ok | 1: −0 → 0,−2 | 3: −2 → 3,−1
    # | 1: −2 → 2,−2 | 3: 4 ok | 1: −0 → 1,−3 | 3: 0 → 4,−2 | 1: −2 → 3,−3 | 3: 6 ok | 1: −0 → 2,−4
    # | 3: 2 ok | 1: 2 ok, 3: 2 ok.
    history = train_perceptron(np.array([[1.0], [3.0]]), np.array([0, 1]))
    assert history.w.ravel().tolist() == [0, -1, 2, 1, 0, 3, 2, 1, 4, 3, 2]
    assert history.b.tolist() == [0, -1, 0, -1, -2, -1, -2, -3, -2, -3, -4]
    assert history.samples.tolist() == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0]
    assert history.mistakes_by_epoch == (2, 1, 2, 1, 2, 1, 1, 0)
    assert (history.mistakes, history.epochs, history.converged) == (10, 8, True)


@pytest.mark.parametrize("name", SEPARABLE)
def test_gate_is_learned(name):
    history = train_perceptron(GATE_INPUTS, GATES[name])
    assert history.converged
    assert np.array_equal(perceptron(GATE_INPUTS, history.w[-1], history.b[-1]), GATES[name])


@pytest.mark.parametrize("name", ["XOR", "XNOR"])
def test_inseparable_gate_never_converges(name):
    history = train_perceptron(GATE_INPUTS, GATES[name], max_epochs=50)
    assert not history.converged
    assert history.epochs == 50
    assert min(history.mistakes_by_epoch) > 0


def test_labels_zero_one_and_signs_are_the_same_task():
    a = train_perceptron(GATE_INPUTS, GATES["AND"])
    b = train_perceptron(GATE_INPUTS, 2 * GATES["AND"] - 1)
    assert np.array_equal(a.w, b.w)
    assert np.array_equal(a.b, b.b)


def test_random_order_is_the_generators():
    def samples(seed):
        rng = np.random.default_rng(seed)
        return train_perceptron(GATE_INPUTS, GATES["AND"], rng=rng).samples.tolist()

    assert samples(1) == samples(1)
    assert len({tuple(samples(seed)) for seed in range(5)}) > 1


@st.composite
def separable_sets(draw):
    """Integer points labelled by an integer (w, b) that touches none of them."""
    n = draw(st.integers(1, 4))
    numbers = st.integers(-4, 4)
    w = np.array(draw(st.lists(numbers, min_size=n, max_size=n).filter(any)), dtype=float)
    b = draw(st.integers(-8, 8)) + 0.5
    x = draw(st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=1, max_size=12))
    x = np.array(x, dtype=float)
    return x, (x @ w + b > 0).astype(int), w, b


@settings(deadline=None, max_examples=150)
@given(separable_sets(), st.integers(0, 99))
def test_mistakes_never_exceed_novikoffs_bound(data, seed):
    x, y, w, b = data
    bound = novikoff_bound(x, y, w, b)
    for rng in (None, np.random.default_rng(seed)):
        history = train_perceptron(x, y, max_epochs=int(bound) + 1, rng=rng)
        assert history.converged
        assert history.mistakes <= bound
        assert np.array_equal(perceptron(x, history.w[-1], history.b[-1]), y)


def test_bound_by_hand_and_tight():
    # One point x = 0: R = 1, margin 1, so one mistake at most, and one is made.
    x, y = np.array([[0.0]]), np.array([1])
    assert novikoff_bound(x, y, np.array([0.0]), 1.0) == 1.0
    assert train_perceptron(x, y).mistakes == 1
    # Twice the same (w, b) is the same line, so the same bound: 3·(4 + 4 + 9)/1.
    for scale in (1.0, 2.0):
        w, b = scale * np.array([2.0, 2.0]), -3.0 * scale
        assert novikoff_bound(GATE_INPUTS, GATES["AND"], w, b) == 51.0


def test_bound_without_the_absorbed_bias_would_be_false():
    # A bound with R² = max ‖x‖² (no + 1) would allow 0 mistakes here; the rule makes one.
    x, y = np.array([[0.0]]), np.array([1])
    assert train_perceptron(x, y).mistakes > np.max(x * x)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: perceptron(np.ones((4, 2)), np.ones(3), 0.0), ValueError, r"w must have .*n = 2"),
        (
            lambda: perceptron(np.ones(2), np.ones(2), 0.0),
            ValueError,
            r"x must have shape \(B, n\)",
        ),
        (lambda: perceptron(np.ones((1, 1)), np.ones(1), np.nan), ValueError, "b must be finite"),
        (
            lambda: novikoff_bound(GATE_INPUTS, GATES["OR"], np.ones(2), np.nan),
            ValueError,
            "b must be finite; got nan",
        ),
        (
            lambda: train_perceptron(GATE_INPUTS, GATES["OR"], rng=0),
            TypeError,
            "rng must be a numpy.random.Generator; got int",
        ),
        (lambda: train_perceptron(GATE_INPUTS + 0j, GATES["OR"]), TypeError, "x must hold real"),
        (lambda: perceptron(np.array([["a"]]), np.ones(1), 0.0), TypeError, "x must hold numbers"),
        (lambda: signs(np.array([0, 1, 2])), ValueError, "two classes.*got labels 0, 1, 2"),
        (lambda: signs(np.array([-1, 0, 1])), ValueError, "two classes"),
        (lambda: signs(np.array([[0], [1]])), ValueError, r"y must have shape \(B,\)"),
        (lambda: train_perceptron(np.ones((0, 2)), np.ones(0)), ValueError, "x must not be empty"),
        (lambda: train_perceptron(GATE_INPUTS, np.ones(3)), ValueError, r"y must have .*B = 4"),
        (
            lambda: train_perceptron(np.array([[np.nan]]), np.ones(1)),
            ValueError,
            r"x must be finite; x\[0, 0\] is nan",
        ),
        (
            lambda: train_perceptron(GATE_INPUTS, GATES["OR"], max_epochs=0),
            ValueError,
            "max_epochs must be a whole number of at least 1; got 0",
        ),
        (
            lambda: novikoff_bound(GATE_INPUTS, GATES["XOR"], np.ones(2), -0.5),
            ValueError,
            r"must separate.*sample 3 has .* = -1.5",
        ),
    ],
)
def test_bad_input_is_explained(call, error, text):
    with pytest.raises(error, match=text):
        call()
