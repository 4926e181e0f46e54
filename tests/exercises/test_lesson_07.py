"""Lesson 07: right answers written in other ways pass, wrong ones do not, and the facts hold."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from bplab.exercises.lesson_07 import (
    ADAM_STEP,
    BACKWARD_SIZE,
    DIAGNOSIS,
    EXERCISES,
    HE_WEIGHTS,
    LARGEST_RATE,
    MOMENTUM_STEP,
    VANISHING,
    adam_step,
    he_weights,
    momentum_step,
)
from bplab.numeric import Adam, Momentum, initializers, sigmoid_prime

NOTEBOOK = Path(__file__).resolve().parents[2] / "lessons" / "07_making_it_train.ipynb"


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_the_exercise_checks_itself(exercise):
    assert exercise.self_check() == []


# 07.1


@pytest.mark.parametrize("answer", [1 / 1024, 0.001, 0.00098, 0.25**5, np.float64(0.000977)])
def test_other_roundings_of_the_bound_pass(answer):
    assert VANISHING.check(answer).passed


@pytest.mark.parametrize("answer", [0, 0.002, -0.001, 0.0001, 0.2, 0.0009, 0.00105])
def test_other_wrong_bounds_are_rejected(answer):
    assert VANISHING.check(answer).status == "failed"


@pytest.mark.parametrize(
    ("answer", "name"),
    [(0.0977, "per cent"), (0.0039, "four layers"), (0.00024, "six layers"), (0.00074, "measured")],
)
def test_rounded_wrong_bounds_are_named(answer, name):
    assert VANISHING.check(answer).mistake == name


def test_the_slope_of_the_sigmoid_reaches_a_quarter_at_zero_and_nowhere_else():
    z = np.linspace(-20, 20, 4001)
    slopes = sigmoid_prime(z)
    assert slopes.max() == 0.25
    assert z[slopes == 0.25] == pytest.approx([0], abs=1e-9)


# 07.2


@pytest.mark.parametrize(
    "formula", ["d*v*n_out*0.5", "(n_out/2)*(v*d)", "n_out*v*d - n_out*v*d/2", "n_out/(2/(v*d))"]
)
def test_other_formulas_for_the_way_back_pass(formula):
    assert BACKWARD_SIZE.check(formula).passed


@pytest.mark.parametrize(
    "formula",
    ["2*n_out*v*d", "n_out*v*d**2/2", "v*d/(2*n_out)", "n_out*sqrt(v)*d/2", "d", "2/n_out"],
)
def test_other_wrong_formulas_are_rejected(formula):
    assert BACKWARD_SIZE.check(formula).status == "failed"


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("d*v", "one term, no ReLU′"),
        ("0.5*n_in*n_out*d*v", "all weights"),
        ("n_out*d*v/(n_in + n_in)", "width ratio"),
        ("d*(n_in*v + n_out*v)/2", "sum of the widths"),
        ("n_out*v*d - n_out*v*d/2 - v*d*n_out/2 + d", "kept"),
    ],
)
def test_wrong_formulas_are_named_in_other_forms(formula, name):
    assert BACKWARD_SIZE.check(formula).mistake == name


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("n_out*v*d^2", "for a power"),
        ("n_out v d/2", "operator such as *"),
        ("n_outvd/2", "write n_out*v*d for a product"),
        ("2n_out*v*d", "2*x for a product"),
        ("n_out*v*d*relu_prime(z)", "'relu_prime' is not known here"),
        ("E = n_out*v*d/2", "only the right-hand side"),
    ],
)
def test_what_cannot_be_read_gets_helpful_words(formula, words):
    assert words in BACKWARD_SIZE.check(formula).diagnosis


def test_the_formula_is_what_random_weights_do():
    rng = np.random.default_rng(0)
    n_in, n_out, v, d = 300, 200, 0.03, 4.0
    W = rng.normal(0, math.sqrt(v), (n_out, n_in))
    delta_next = rng.normal(0, math.sqrt(d), (500, n_out))
    delta = (delta_next @ W) * (rng.random((500, n_in)) < 0.5)
    assert np.mean(delta**2) == pytest.approx(n_out * v * d / 2, rel=0.03)


# 07.3


def he_with_loops(draws):
    n_out, n_in = draws.shape
    W = np.empty((n_out, n_in))
    for j in range(n_out):
        for k in range(n_in):
            W[j, k] = draws[j, k] * (2 / n_in) ** 0.5
    return W


def he_divided(draws):
    return draws / np.sqrt(len(draws[0]) / 2)


def he_from_lecun(draws):
    return math.sqrt(2) * (draws * draws.shape[-1] ** -0.5)


def he_as_a_matrix(draws):
    n_in = draws.shape[1]
    return draws @ np.diag([math.sqrt(2 / n_in)] * n_in)


def he_in_place_on_a_copy(draws):
    W = draws.copy()
    W *= np.sqrt(2 / len(W.T))
    return W


@pytest.mark.parametrize(
    "answer",
    [he_with_loops, he_divided, he_from_lecun, he_as_a_matrix, he_in_place_on_a_copy],
)
def test_other_ways_to_write_he_pass(answer):
    assert HE_WEIGHTS.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda draws: draws * np.sqrt(2 / draws.size),
        lambda draws: draws * np.sqrt(6 / draws.shape[1]),
        lambda draws: (draws * np.sqrt(2 / draws.shape[1])).T,
        lambda draws: np.sqrt(2 / draws.shape[1]),
        lambda draws: np.random.default_rng(0).standard_normal(draws.shape),
        lambda draws: np.abs(draws) * np.sqrt(2 / draws.shape[1]),
    ],
)
def test_other_wrong_weights_are_rejected(answer):
    assert HE_WEIGHTS.check(answer).status == "failed"


def test_the_reference_draws_what_the_library_draws():
    draws = np.random.default_rng(3).standard_normal((4, 7))
    library = initializers.he_normal(np.random.default_rng(3), 7, 4, np.float64)
    assert he_weights(draws) == pytest.approx(library, rel=1e-15)


# 07.4


@pytest.mark.parametrize("answer", [0.2, 1 / 5, 0.1999, np.float32(0.2)])
def test_the_limit_passes(answer):
    assert LARGEST_RATE.check(answer).passed


@pytest.mark.parametrize("answer", [0.19, 0.25, 0, 0.02])
def test_other_wrong_limits_are_rejected(answer):
    assert LARGEST_RATE.check(answer).status == "failed"


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (0.33, "mean curvature"),
        (0.17, "sum of curvatures"),
        (0.19, "a rate that converges"),
        (np.float32(0.4), "coefficient for curvature"),
    ],
)
def test_rounded_wrong_limits_are_named(answer, name):
    assert LARGEST_RATE.check(answer).mistake == name


@pytest.mark.parametrize(("lr", "converges"), [(0.199, True), (0.201, False)])
def test_the_limit_is_where_descent_turns(lr, converges):
    w = np.array([9.0, 2.0])
    for _ in range(2000):
        w = w - lr * np.array([2 * w[0], 10 * w[1]])
    assert (np.abs(w).max() < 1e-3) == converges


# 07.5


def momentum_with_loops(p, v, g, lr, mu):
    p, v = p.copy(), v.copy()
    for place in np.ndindex(p.shape):
        v[place] = mu * v[place] - lr * g[place]
        p[place] += v[place]
    return p, v


def momentum_from_the_position(p, v, g, lr, mu):
    new = p + mu * v - lr * g
    return new, new - p


def momentum_in_the_other_convention(p, v, g, lr, mu):
    u = mu * (-v / lr) + g
    return p - lr * u, -lr * u


@pytest.mark.parametrize(
    "answer",
    [
        momentum_with_loops,
        momentum_from_the_position,
        momentum_in_the_other_convention,
        lambda params, velocity, gradient, eta, beta: [
            params - (eta * gradient - beta * velocity),
            np.einsum("k,kij->ij", [beta, -eta], [velocity, gradient]),
        ],
    ],
)
def test_other_ways_to_write_momentum_pass(answer):
    assert MOMENTUM_STEP.check(answer).passed


def momentum_in_place(p, v, g, lr, mu):
    v *= mu
    v -= lr * g
    p += v
    return p, v


@pytest.mark.parametrize(
    "answer",
    [
        momentum_in_place,
        lambda p, v, g, lr, mu: p + mu * v - lr * g,
        lambda p, v, g, lr, mu: (mu * v - lr * g, p + mu * v - lr * g),
        lambda p, v, g, lr, mu: (p + 0.9 * v - lr * g, 0.9 * v - lr * g),
        lambda p, v, g, lr, mu: (mu * p - lr * g, mu * v - lr * g),
        lambda p, v, g, lr, mu: (p - lr * g, mu * v - lr * g),
    ],
)
def test_other_wrong_momentum_steps_are_rejected(answer):
    assert MOMENTUM_STEP.check(answer).status == "failed"


def test_momentum_is_the_librarys():
    rng = np.random.default_rng(0)
    W = rng.standard_normal((3, 2))
    p, v = W.copy(), np.zeros((3, 2))
    optimizer = Momentum({"W": W}, lr=0.1, momentum=0.8)
    for g in rng.standard_normal((5, 3, 2)):
        optimizer.step({"W": g})
        p, v = momentum_step(p, v, g, lr=0.1, mu=0.8)
    assert p == pytest.approx(W, rel=1e-13)


def test_on_a_constant_slope_the_velocity_is_the_one_derived():
    v, g, lr, mu = np.zeros(1), np.full(1, 3.0), 0.1, 0.9
    for t in range(1, 30):
        _, v = momentum_step(np.zeros(1), v, g, lr, mu)
        assert v[0] == pytest.approx(-lr / (1 - mu) * (1 - mu**t) * 3.0)


# 07.6


def adam_with_loops(p, m, v, g, t, lr, beta1, beta2, epsilon):
    p, m, v = p.copy(), m.copy(), v.copy()
    for place in np.ndindex(p.shape):
        m[place] += (1 - beta1) * (g[place] - m[place])
        v[place] += (1 - beta2) * (g[place] ** 2 - v[place])
        mean, square = m[place] / (1 - beta1**t), v[place] / (1 - beta2**t)
        p[place] -= lr * mean / (math.sqrt(square) + epsilon)
    return p, m, v


def adam_with_one_rate(p, m, v, g, t, lr, beta1, beta2, epsilon):
    """The efficient order of section 2 of the paper, with ε scaled to match."""
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * np.square(g)
    root = np.sqrt(1 - beta2**t)
    rate = lr * root / (1 - beta1**t)
    return p - rate * m / (np.sqrt(v) + epsilon * root), m, v


def adam_with_sums_of_powers(p, m, v, g, t, lr, beta1, beta2, epsilon):
    """(1 − β)(1 + β + … + β^(t−1)) is 1 − β^t."""
    m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (np.abs(g) ** 2 - v)
    m_hat = m / ((1 - beta1) * sum(beta1**k for k in range(t)))
    v_hat = v / ((1 - beta2) * sum(beta2**k for k in range(t)))
    return [p - lr * m_hat / (epsilon + v_hat**0.5), m, v]


@pytest.mark.parametrize("answer", [adam_with_loops, adam_with_one_rate, adam_with_sums_of_powers])
def test_other_ways_to_write_adam_pass(answer):
    assert ADAM_STEP.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda p, m, v, g, t, lr, b1, b2, e: (p - lr * np.sign(g), m, v),
        lambda p, m, v, g, t, lr, b1, b2, e: adam_step(p, m, v, g, 1, lr, b1, b2, e),
        lambda p, m, v, g, t, lr, b1, b2, e: adam_step(p, m, v, g, t, lr, 0.9, 0.999, 1e-8),
        lambda p, m, v, g, t, lr, b1, b2, e: adam_step(p, m, v, g, t, lr, b1, b2, e)[0],
        lambda p, m, v, g, t, lr, b1, b2, e: adam_step(p, m, v, g, t, lr, b1, b2, e)[::-1],
        lambda p, m, v, g, t, lr, b1, b2, e: adam_step(p, m, v, g + 0.1 * p, t, lr, b1, b2, e),
    ],
)
def test_other_wrong_adam_steps_are_rejected(answer):
    assert ADAM_STEP.check(answer).status == "failed"


def test_adam_is_the_librarys():
    rng = np.random.default_rng(0)
    W = rng.standard_normal((3, 2))
    p, m, v = W.copy(), np.zeros((3, 2)), np.zeros((3, 2))
    optimizer = Adam({"W": W}, lr=0.01)
    for t, g in enumerate(rng.standard_normal((5, 3, 2)), start=1):
        optimizer.step({"W": g})
        p, m, v = adam_step(p, m, v, g, t, 0.01, 0.9, 0.999, 1e-8)
    assert p == pytest.approx(W, rel=1e-12)


@pytest.mark.parametrize("g", [1e-4, 1.0, -1e4])
def test_the_first_step_has_the_length_of_the_learning_rate(g):
    zero = np.zeros(1)
    p, m, v = adam_step(zero, zero, zero, np.array([g]), 1, 0.001, 0.9, 0.999, 1e-8)
    assert p[0] == pytest.approx(-0.001 * np.sign(g), rel=2e-4)
    assert abs(m[0]) / math.sqrt(v[0]) == pytest.approx(0.1 / math.sqrt(0.001))


# 07.7 and the notebook


@pytest.mark.parametrize("answer", ["c", "C", " c ", "C\n"])
def test_the_letter_may_be_upper_case_with_spaces(answer):
    assert DIAGNOSIS.check(answer).passed


def test_the_notebook_shows_the_options_and_the_points_of_the_exercises():
    cells = {cell["id"]: cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]}
    prompt = "".join(cells["prompt-07-7"]["source"])
    for letter, option in DIAGNOSIS.options.items():
        assert f"- **{letter}** {option}\n" in prompt + "\n"
    for exercise in EXERCISES:
        metadata = cells[f"check-{exercise.id.replace('.', '-')}"]["metadata"]["nbgrader"]
        assert metadata["points"] == exercise.points
