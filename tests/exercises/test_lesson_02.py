"""Lesson 02's exercises: right answers written otherwise pass, and wrong ones do not."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from bplab.exercises.lesson_02 import (
    CONSTANT_HALF,
    EXERCISES,
    HIDDEN_DELTA,
    HOW_MANY,
    OUTPUT_DELTA,
    SLOPE,
    SYMMETRY,
    XNOR_NET,
    ShiftedStep,
    hidden_delta,
    output_delta,
)
from bplab.numeric import (
    GATE_INPUTS,
    GATES,
    hidden_error,
    output_error,
    quadratic,
    quadratic_backward,
    sigmoid,
    sigmoid_prime,
    step,
    train_restarts,
)

NOTEBOOK = Path(__file__).resolve().parents[2] / "lessons" / "02_two_layers_solve_xor.ipynb"


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_each_exercise_can_be_trusted(exercise):
    assert exercise.self_check() == []


def unit_by_unit(x, activation):
    x1, x2 = x[:, 0], x[:, 1]
    both, neither = activation(2 * x1 + 2 * x2 - 3), activation(1 - 2 * x1 - 2 * x2)
    either = activation(3 * both + 3 * neither - 1)
    return np.stack([both, neither], axis=1), either[:, None]


def sample_by_sample(x, activation):
    h, output = np.zeros((len(x), 2)), np.zeros((len(x), 1))
    for s, (x1, x2) in enumerate(x):
        h[s, 0] = activation(x1 + x2 - 1.5)
        h[s, 1] = activation(0.45 - 0.9 * x1 - 0.9 * x2)  # a margin below ½, above the 0.4 tried
        output[s, 0] = activation(h[s, 0] + h[s, 1] - 0.5)
    return h, output


def uneven_weights(x, activation):
    W1, b1 = np.array([[2.0, 3.0], [-4.0, -2.0]]), np.array([-4.0, 1.0])
    h = activation(np.einsum("sj,kj->sk", x, W1) + b1)
    return h, activation(h @ np.array([[5.0], [6.0]]) - 2.0)


@pytest.mark.parametrize("answer", [unit_by_unit, sample_by_sample, uneven_weights])
def test_other_weights_for_xnor_pass(answer):
    result = XNOR_NET.check(answer)
    assert result.passed, result


def output_not_a_column(x, activation):
    h, output = unit_by_unit(x, activation)
    return h, output[:, 0]


def output_only(x, activation):
    return unit_by_unit(x, activation)[1]


def on_and_off_by_equality(x, activation):
    return unit_by_unit(x, activation)[0], (x[:, :1] != x[:, 1:]).astype(float)


def nand_and_or(x, activation):
    h = activation(x @ np.array([[-1.0, -1.0], [1.0, 1.0]]).T + np.array([1.5, -0.5]))
    return h, activation(h @ np.array([[-1.0, -1.0]]).T + 1.5)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (output_not_a_column, "an axis of size 1 was lost"),
        (output_only, "should be 2 items (h, output)"),
        (on_and_off_by_equality, "output has wrong values"),
        (nand_and_or, "h has wrong values"),
    ],
)
def test_other_wrong_xnor_nets_are_rejected(answer, words):
    result = XNOR_NET.check(answer)
    assert result.status == "failed"
    assert words in str(result)


def test_the_shifted_steps_ask_for_a_margin():
    z = np.array([-0.5, -0.3, 0.3, 0.5])
    right = step(z)
    for shift in (0.4, -0.4):
        got = ShiftedStep(shift)(z)
        assert got[0] == right[0]
        assert got[3] == right[3]
        assert (got != right).sum() == 1
    assert repr(ShiftedStep(0.4)) == "step(z +0.4)"


def delta_by_loop(a2, y):
    out = np.zeros(a2.shape)
    for s in range(len(a2)):
        a = a2[s, 0]
        out[s, 0] = (a - y[s, 0]) * (a - a * a) / len(a2)
    return out


def delta_from_the_library(a2, y):
    return output_error(quadratic_backward(a2, y), a2 * (1 - a2))


def delta_through_z(a2, y):
    return (a2 - y) * sigmoid_prime(np.log(a2 / (1 - a2))) / a2.shape[0]


@pytest.mark.parametrize("answer", [delta_by_loop, delta_from_the_library, delta_through_z])
def test_other_ways_to_the_output_delta_pass(answer):
    assert OUTPUT_DELTA.check(answer).passed


def hidden_by_loop(delta2, W2, a1):
    out = np.zeros(a1.shape)
    for s, k in itertools.product(*map(range, a1.shape)):
        out[s, k] = delta2[s, 0] * W2[0, k] * a1[s, k] * (1 - a1[s, k])
    return out


def hidden_by_einsum(delta2, W2, a1):
    return np.einsum("so,ok,sk->sk", delta2, W2, a1 - a1**2)


def hidden_from_the_library(delta2, W2, a1):
    return hidden_error(delta2, W2, a1 * (1 - a1))


def hidden_by_broadcasting(delta2, W2, a1):
    return delta2 * W2 * a1 * (1 - a1)


@pytest.mark.parametrize(
    "answer", [hidden_by_loop, hidden_by_einsum, hidden_from_the_library, hidden_by_broadcasting]
)
def test_other_ways_to_the_hidden_delta_pass(answer):
    assert HIDDEN_DELTA.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda a, y: (a - y) / 4 * a * (1 - a),
        lambda a, y: ((a - y) / len(y) * a * (1 - a))[:, 0],
        lambda a, y: (a - y) ** 2 / len(y) * a * (1 - a),
    ],
)
def test_other_wrong_output_deltas_are_rejected(answer):
    assert OUTPUT_DELTA.check(answer).status == "failed"


@pytest.mark.parametrize(
    "answer",
    [
        lambda d, W, a: (d @ W) * a * (1 - a) ** 2,
        lambda d, W, a: (d @ W).sum(axis=0) * a * (1 - a),
        lambda d, W, a: d @ (W * a * (1 - a))[:1],
    ],
)
def test_other_wrong_hidden_deltas_are_rejected(answer):
    assert HIDDEN_DELTA.check(answer).status == "failed"


def test_both_deltas_together_are_the_gradient():
    """δ¹ against a central difference in a bias of the hidden layer, by hand."""
    rng = np.random.default_rng(0)
    x, y = GATE_INPUTS, GATES["XOR"][:, np.newaxis].astype(float)
    W1, b1 = rng.standard_normal((2, 2)), rng.standard_normal(2)
    W2, b2 = rng.standard_normal((1, 2)), rng.standard_normal(1)

    def cost(shift):
        a1 = sigmoid(x @ W1.T + b1 + np.array([shift, 0.0]))
        return quadratic(sigmoid(a1 @ W2.T + b2), y)

    a1 = sigmoid(x @ W1.T + b1)
    delta1 = hidden_delta(output_delta(sigmoid(a1 @ W2.T + b2), y), W2, a1)
    assert delta1[:, 0].sum() == pytest.approx((cost(1e-5) - cost(-1e-5)) / 2e-5, rel=1e-7)


@pytest.mark.parametrize("text", ["a - a**2", "a*(1-a)", "1/4 - (a - 1/2)**2", "(1 - a) * a"])
def test_other_forms_of_the_slope_pass(text):
    assert SLOPE.check(text).passed


@pytest.mark.parametrize("text", ["a*(1 - a)/2", "a**2*(1 - a)", "1/(1 + exp(-a))", "2*a - 1"])
def test_other_wrong_slopes_are_rejected(text):
    assert SLOPE.check(text).status == "failed"


@pytest.mark.parametrize(
    ("answer", "passed"),
    [(1 / 8, True), (0.125, True), (0.13, True), (0.12, True), (0.11, False), (0.14, False)],
)
def test_the_cost_of_one_half(answer, passed):
    assert CONSTANT_HALF.check(answer).passed is passed
    assert quadratic(np.full(4, 0.5), GATES["XOR"]) == CONSTANT_HALF.value


def test_the_choice_has_one_right_letter():
    assert [letter for letter in SYMMETRY.options if SYMMETRY.check(letter).passed] == ["b"]


def test_the_number_of_solved_nets_is_the_one_that_is_asked_for():
    runs = train_restarts(
        GATE_INPUTS, GATES["XOR"], restarts=256, steps=10_000, lr=1.0, rng=np.random.default_rng(0)
    )
    assert runs.solved.sum() == EXERCISES[5].value


# Wrong answers written as learners write them, and the mistake that each must be recognised as


@pytest.mark.parametrize(
    ("exercise", "answer", "mistake"),
    [
        (XNOR_NET, lambda x, activation: unit_by_unit(x, step), "own step"),
        (XNOR_NET, output_not_a_column, "flat output"),
        (XNOR_NET, output_only, "output alone"),
        (CONSTANT_HALF, 12.5, "percent"),
        (CONSTANT_HALF, np.log(2), "cross-entropy"),
        (SLOPE, "1/(exp(-a) + 1)", "σ of a"),
        (SLOPE, "1/(1 + exp(-a))*(1 - 1/(1 + exp(-a)))", "σ′ at a"),
        (SLOPE, "(1 - a)*(1 - a)*a", "one minus squared"),
        (OUTPUT_DELTA, lambda a, y: np.mean((a - y) * a * (1 - a), axis=0), "averaged, a row left"),
        (OUTPUT_DELTA, lambda a, y: 2 * (a - y) * a * (1 - a), "factor 2, no 1/m"),
        (HIDDEN_DELTA, lambda d, W, a: np.dot(d, W.T) * a * (1 - a), "transpose"),
        (HIDDEN_DELTA, lambda d, W, a: np.sum(d * W * a * (1 - a), axis=0), "summed at the end"),
        (HOW_MANY, 0.75, "share"),
        (HOW_MANY, 66, "percent"),
    ],
)
def test_a_common_wrong_answer_is_named(exercise, answer, mistake):
    assert exercise.check(answer).mistake == mistake


def test_an_activation_that_is_not_used_is_noticed():
    result = XNOR_NET.check(lambda x, activation: unit_by_unit(x, step))
    assert result.status == "failed"
    assert repr(ShiftedStep(0.0, height=1.25)) == "1.25·step(z)"


def test_the_notebook_shows_the_options():
    cells = {cell["id"]: cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]}
    prompt = "".join(cells["prompt-02-7"]["source"])
    for letter, option in SYMMETRY.options.items():
        assert f"- **{letter}** – {option}\n" in prompt + "\n"
