"""Lesson 01: right answers written in other ways pass, wrong ones do not, and the facts hold."""

import itertools
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bplab.exercises.lesson_01 import (
    BOUND,
    EFFECT,
    EXERCISES,
    HOW_MANY,
    NOT_GATE,
    PERCEPTRON,
    UPDATE,
    VERDICT,
    update,
)
from bplab.numeric import GATE_INPUTS, GATES, Separator, separate, train_perceptron

NOTEBOOK = Path(__file__).resolve().parents[2] / "lessons" / "01_the_perceptron.ipynb"


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_the_exercise_checks_itself(exercise):
    assert exercise.self_check() == []


# 01.1


def unit_with_loops(x, w, b):
    answers = []
    for sample in x:
        z = b
        for value, weight in zip(sample, w, strict=True):
            z += value * weight
        answers.append(1 if z >= 0 else 0)
    return np.array(answers)


def unit_with_heaviside(inputs, weights, bias):
    return np.heaviside(np.einsum("bi,i->b", inputs, weights) + bias, 1.0)


def unit_lifted(x, w, b):
    return np.column_stack([x, np.ones(len(x))]) @ np.append(w, b) >= 0


def unit_as_not_negative(x, w, b):
    return 1 - ((x * w).sum(axis=1) < -b).astype(int)


@pytest.mark.parametrize(
    "answer", [unit_with_loops, unit_with_heaviside, unit_lifted, unit_as_not_negative]
)
def test_other_ways_to_write_the_unit_pass(answer):
    assert PERCEPTRON.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, w, b: 1,
        lambda x, w, b: np.round(x @ w + b),
        lambda x, w, b: (x @ w + b >= 1e-3).astype(int),
        lambda x, w, b: (x @ w + b >= 0).astype(int)[:, np.newaxis],
        lambda x, w, b: (1 / (1 + np.exp(-(x @ w + b))) > 0.5).astype(int),
        lambda x, w, b: ["1" if z >= 0 else "0" for z in x @ w + b],
        lambda x, w, b: (w @ x + b >= 0).astype(int),
    ],
)
def test_other_wrong_units_are_rejected(answer):
    assert PERCEPTRON.check(answer).status == "failed"


# 01.2


@pytest.mark.parametrize(
    "formula",
    [
        "(x1 + w1)*x1 + (x2 + w2)*x2 + (b + 1) - (w1*x1 + w2*x2 + b)",
        "1 + x1*x1 + x2*x2",
        "(x1 + x2)**2 - 2*x1*x2 + 1",
    ],
)
def test_other_formulas_for_the_growth_pass(formula):
    assert EFFECT.check(formula).passed


@pytest.mark.parametrize(
    "formula", ["x1*x2 + 1", "2*(x1**2 + x2**2 + 1)", "x1**2 + x2**2 + 2", "sqrt(x1**2 + x2**2)"]
)
def test_other_wrong_formulas_are_rejected(formula):
    assert EFFECT.check(formula).status == "failed"


# 01.3


def update_with_mask(w, b, x, s):
    mistake = float(s * (np.sum(w * x) + b) <= 0)
    return w + mistake * s * x, b + mistake * s


def update_by_cases(w, b, x, s):
    z = b + sum(wi * xi for wi, xi in zip(w, x, strict=True))
    if s == 1 and z <= 0:
        return np.array([wi + xi for wi, xi in zip(w, x, strict=True)]), b + 1
    if s == -1 and z >= 0:
        return np.array([wi - xi for wi, xi in zip(w, x, strict=True)]), b - 1
    return w, b


def update_on_a_copy(w, b, x, s):
    lifted, sample = np.append(w, b), np.append(x, 1.0)
    if s * lifted @ sample > 0:
        return w, b
    lifted += s * sample
    return lifted[:-1], lifted[-1]


@pytest.mark.parametrize("answer", [update_with_mask, update_by_cases, update_on_a_copy])
def test_other_ways_to_write_the_update_pass(answer):
    assert UPDATE.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda w, b, x, s: w + s * x,
        lambda w, b, x, s: (w, b),
        lambda w, b, x, s: (w + s * (w @ x + b) * x, b + s * (w @ x + b)),
        lambda w, b, x, s: (
            (w + s * x / np.linalg.norm(x), b + s) if s * (w @ x + b) <= 0 else (w, b)
        ),
        lambda w, b, x, s: (w + s * x, b + s) if s * (w @ x + b) <= 1 else (w, b),
        lambda w, b, x, s: (w + s * x, b + s) if s * (w @ x + b) <= 0 else None,
        lambda w, b, x, s: (w * (1 + s * x), b + s) if s * (w @ x + b) <= 0 else (w, b),
    ],
)
def test_other_wrong_updates_are_rejected(answer):
    assert UPDATE.check(answer).status == "failed"


def test_the_reference_makes_the_same_run_as_the_library():
    for name in ("AND", "OR", "NOR", "XOR"):
        s = 2 * GATES[name] - 1
        w, b, states = np.zeros(2), 0.0, [(0.0, 0.0, 0.0)]
        for i in list(range(4)) * 9:
            new_w, new_b = update(w, b, GATE_INPUTS[i], s[i])
            if new_b != b:
                w, b = new_w, new_b
                states.append((*w, b))
        history = train_perceptron(GATE_INPUTS, GATES[name], max_epochs=9)
        assert states == [(*w, b) for w, b in zip(history.w, history.b, strict=True)]


# 01.4


def test_not_is_learned_after_five_mistakes():
    history = train_perceptron(np.array([[0.0], [1.0]]), np.array([1, 0]))
    assert (history.mistakes, history.epochs) == (5, 4)
    assert history.samples.tolist() == [0, 1, 0, 1, 0]
    assert NOT_GATE.check(history.mistakes).passed


def test_calling_a_point_on_the_line_right_gives_the_two_that_is_diagnosed():
    w = b = mistakes = 0.0
    for x, s in [(0, 1), (1, -1)] * 4:
        if (w * x + b >= 0) != (s == 1):
            w, b, mistakes = w + s * x, b + s, mistakes + 1
    assert NOT_GATE.check(mistakes).mistake == "two"


# 01.5


def bound_with_loops(x, s, w, b):
    radius_squared = max(sum(v * v for v in row) + 1 for row in x)
    length = (sum(v * v for v in w) + b * b) ** 0.5
    z = [sum(p * q for p, q in zip(row, w, strict=True)) + b for row in x]
    gamma = min(si * zi / length for si, zi in zip(s, z, strict=True))
    return radius_squared / gamma**2


def bound_lifted(x, s, w, b):
    x, w = np.column_stack([x, np.ones(len(x))]), np.append(w, b)
    margins = s * (x @ w) / np.linalg.norm(w)
    return (np.linalg.norm(x, axis=1).max() / margins.min()) ** 2


def bound_of_the_worst(x, s, w, b):
    return (np.einsum("bi,bi->b", x, x) + 1).max() * max((w @ w + b * b) / (x @ w + b) ** 2)


@pytest.mark.parametrize("answer", [bound_with_loops, bound_lifted, bound_of_the_worst])
def test_other_ways_to_write_the_bound_pass(answer):
    assert BOUND.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, s, w, b: len(x),
        lambda x, s, w, b: int(bound_lifted(x, s, w, b)),
        lambda x, s, w, b: bound_lifted(x, -s, w, 0.0),
        lambda x, s, w, b: np.sum((x**2).max(axis=0) + 1) / (s * (x @ w + b)).min() ** 2,
        lambda x, s, w, b: (np.abs(x).max() ** 2 + 1) * (w @ w + b * b) / (x @ w + b).max() ** 2,
    ],
)
def test_other_wrong_bounds_are_rejected(answer):
    assert BOUND.check(answer).status == "failed"


# 01.6 and what the lesson says about XOR


def test_fourteen_of_sixteen_functions_are_separable_and_the_best_score_on_xor_is_three():
    found = [
        np.array(y)
        for y in itertools.product([0, 1], repeat=4)
        if isinstance(separate(GATE_INPUTS, np.array(y)), Separator)
    ]
    assert HOW_MANY.check(len(found)).passed
    assert max(np.sum(y == GATES["XOR"]) for y in found) == 3


def test_no_weights_on_a_fine_grid_score_more_than_three_on_xor():
    grid = np.linspace(-2, 2, 17)
    w1, w2, b = np.meshgrid(grid, grid, grid)
    z = w1[..., None] * GATE_INPUTS[:, 0] + w2[..., None] * GATE_INPUTS[:, 1] + b[..., None]
    assert np.sum((z >= 0) == GATES["XOR"], axis=-1).max() == 3


def test_the_certificate_by_hand():
    half = Fraction(1, 2)
    for name, diagonal in (("XOR", -1), ("XNOR", 1)):
        proof = separate(GATE_INPUTS, GATES[name])
        assert proof.weights == (half, half, half, half)
        assert proof.meeting_point == (half, half)
        assert [s for s, x in zip(proof.signs, proof.points, strict=True) if x[0] == x[1]] == [
            diagonal,
            diagonal,
        ]


def test_the_rule_returns_to_zero_after_each_epoch_on_xor():
    history = train_perceptron(GATE_INPUTS, GATES["XOR"], max_epochs=5)
    assert history.mistakes_by_epoch == (4,) * 5
    assert not history.w[::4].any()
    assert not history.b[::4].any()


# 01.7 and the notebook


def test_the_notebook_shows_the_options_and_the_points_of_the_exercises():
    cells = {cell["id"]: cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]}
    prompt = "".join(cells["prompt-01-7"]["source"])
    for letter, option in VERDICT.options.items():
        assert f"- **{letter}** {option}\n" in prompt + "\n"
    for exercise in EXERCISES:
        metadata = cells[f"check-{exercise.id.replace('.', '-')}"]["metadata"]["nbgrader"]
        assert metadata["points"] == exercise.points


# Wrong answers written as learners write them, and the mistake that each must be recognised as


@pytest.mark.parametrize(
    ("exercise", "answer", "mistake"),
    [
        (PERCEPTRON, lambda x, w, b: 1 - 1 / (1 + np.exp(x @ w + b)), "sigmoid"),
        (PERCEPTRON, lambda x, w, b: (np.dot(w, x) + b >= 0) * 1, "w @ x"),
        (PERCEPTRON, lambda x, w, b: int(bool(x.dot(w) + b >= 0)), "one if"),
        (EFFECT, "w1*x1 + x1**2 + w2*x2 + x2**2 + b", "new z, old bias"),
        (EFFECT, "sqrt(1 + x1*x1 + x2*x2)", "length of the lifted point"),
        (
            UPDATE,
            lambda w, b, x, s: (w + s * (s * (w @ x + b) <= 0), b + s * (s * (w @ x + b) <= 0)),
            "w without x",
        ),
        (
            UPDATE,
            lambda w, b, x, s: (
                (w + s * x, b + s) if np.where(w @ x + b >= 0, 1, -1) != s else (w, b)
            ),
            "z ≥ 0 is right",
        ),
        (UPDATE, lambda w, b, x, s: w + s * x * (s * (w @ x + b) <= 0), "weights alone"),
        (NOT_GATE, 7, "looks until the end"),
        (
            BOUND,
            lambda x, s, w, b: (
                (max(np.linalg.norm(x, axis=1)) + 1) ** 2
                / (min(s * (x @ w + b)) ** 2 / (w @ w + b**2))
            ),
            "1 added to the length",
        ),
        (
            BOUND,
            lambda x, s, w, b: 1 / (min(s * (x @ w + b)) / np.hypot(np.linalg.norm(w), b)) ** 2,
            "R missing",
        ),
        (BOUND, lambda x, s, w, b: round(bound_lifted(x, s, w, b) - 0.5), "rounded down"),
        (HOW_MANY, 14 / 16, "share"),
    ],
)
def test_a_common_wrong_answer_is_named(exercise, answer, mistake):
    assert exercise.check(answer).mistake == mistake
