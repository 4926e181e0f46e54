"""Lesson 04: right answers written differently pass, and wrong ones that nobody listed do not."""

import numpy as np
import pytest

from bplab.exercises.lesson_04 import (
    BATCH_TWICE,
    BIAS_GRADIENT,
    EXERCISES,
    HIDDEN_ERROR,
    INPUT_GRADIENT,
    MAZUR_DELTA,
    OUTPUT_ERROR,
    WEIGHT_GRADIENT,
)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_exercise_checks_itself(exercise):
    assert exercise.self_check() == []


def output_error_by_loops(grad_a, sigma_prime_z):
    delta = np.zeros_like(grad_a)
    for s in range(grad_a.shape[0]):
        for j in range(grad_a.shape[1]):
            delta[s, j] = grad_a[s, j] * sigma_prime_z[s, j]
    return delta


def output_error_by_matrices(grad_a, sigma_prime_z):
    return np.array([np.diag(s) @ g for g, s in zip(grad_a, sigma_prime_z, strict=True)])


def hidden_error_by_loops(delta_next, W_next, sigma_prime_z):
    delta = np.zeros(sigma_prime_z.shape)
    for s in range(delta.shape[0]):
        for k in range(delta.shape[1]):
            for j in range(W_next.shape[0]):
                delta[s, k] += W_next[j, k] * delta_next[s, j]
            delta[s, k] *= sigma_prime_z[s, k]
    return delta


def hidden_error_sample_by_sample(delta_next, W_next, sigma_prime_z):
    pairs = zip(delta_next, sigma_prime_z, strict=True)
    return np.vstack([np.diag(s) @ W_next.T @ d for d, s in pairs])


def weight_gradient_by_outer_products(delta, a_prev):
    dW = np.zeros((delta.shape[1], a_prev.shape[1]))
    for d, a in zip(delta, a_prev, strict=True):
        dW += np.outer(d, a)
    return dW


def hidden_error_unit_by_unit(delta_next, W_next, sigma_prime_z):
    """One neuron of the next layer after the other: the sum over j in the outer loop."""
    delta = np.zeros_like(sigma_prime_z)
    for j, row in enumerate(W_next):
        delta += delta_next[:, j : j + 1] * row
    return delta * sigma_prime_z


RIGHT = [
    (OUTPUT_ERROR, output_error_by_loops),
    (OUTPUT_ERROR, output_error_by_matrices),
    (OUTPUT_ERROR, lambda g, s: np.einsum("sj,sj->sj", g, s)),
    (OUTPUT_ERROR, lambda g, s: np.stack(list(map(np.multiply, g, s)))),
    (HIDDEN_ERROR, hidden_error_by_loops),
    (HIDDEN_ERROR, hidden_error_sample_by_sample),
    (HIDDEN_ERROR, hidden_error_unit_by_unit),
    (HIDDEN_ERROR, lambda d, W, s: np.tensordot(d, W, axes=1) * s),
    (HIDDEN_ERROR, lambda d, W, s: np.einsum("sj,jk,sk->sk", d, W, s)),
    (HIDDEN_ERROR, lambda d, W, s: (W.T @ d.T).T * s),
    (BIAS_GRADIENT, sum),
    (BIAS_GRADIENT, lambda d: np.ones(len(d)) @ d),
    (BIAS_GRADIENT, lambda d: np.array([sum(column) for column in d.T])),
    (BIAS_GRADIENT, lambda d: len(d) * d.mean(axis=0)),
    (WEIGHT_GRADIENT, weight_gradient_by_outer_products),
    (WEIGHT_GRADIENT, lambda d, a: np.einsum("sj,sk->jk", d, a)),
    (WEIGHT_GRADIENT, lambda d, a: (a.T @ d).T),
    (WEIGHT_GRADIENT, lambda d, a: (d[:, :, None] * a[:, None, :]).sum(axis=0)),
    (INPUT_GRADIENT, "sum_(delta[j]*W[j, k], j)"),
    (INPUT_GRADIENT, "-sum_(W[j, k]*(1 - delta[j]), j) + sum_(W[j, k], j)"),
    (INPUT_GRADIENT, "sum_(2*W[j,k]·delta[j], j)/2"),
    (MAZUR_DELTA, 0.1385),
    (MAZUR_DELTA, (0.751 - 0.01) * 0.751 * (1 - 0.751)),
    (MAZUR_DELTA, 0.139),  # from 0.74 · 0.75 · 0.25
    (MAZUR_DELTA, np.float64(0.138)),
    (BATCH_TWICE, " C "),
]


@pytest.mark.parametrize(("exercise", "answer"), RIGHT)
def test_right_answers_written_differently_pass(exercise, answer):
    result = exercise.check(answer)
    assert result.passed, result


def in_place(grad_a, sigma_prime_z):
    grad_a *= sigma_prime_z
    return grad_a


WRONG = [
    (OUTPUT_ERROR, lambda g, s: g / s),
    (OUTPUT_ERROR, lambda g, s: 1.000001 * g * s),
    (OUTPUT_ERROR, lambda g, s: g.T @ s),
    (OUTPUT_ERROR, in_place),
    (HIDDEN_ERROR, lambda d, W, s: (d @ W) * np.abs(s)),
    (HIDDEN_ERROR, lambda d, W, s: (d @ W) * s**2),
    (HIDDEN_ERROR, lambda d, W, s: (d @ np.abs(W)) * s),
    (HIDDEN_ERROR, lambda d, W, s: np.vstack([d[0] @ W * s[0]] * len(d))),
    (BIAS_GRADIENT, lambda d: d.sum(axis=0) / 2),
    (BIAS_GRADIENT, lambda d: np.abs(d).sum(axis=0)),
    (BIAS_GRADIENT, lambda d: list(d.sum(axis=0))),
    (WEIGHT_GRADIENT, lambda d, a: d.T @ a**2),
    (WEIGHT_GRADIENT, lambda d, a: d.T @ a + 1e-6),
    (WEIGHT_GRADIENT, lambda d, a: (d.T @ a).ravel()),
    (INPUT_GRADIENT, "delta[j]"),
    (INPUT_GRADIENT, "sum_(W[j, k]*delta[j], j)/2"),
    (INPUT_GRADIENT, "sum_(W[j, k], j)*sum_(delta[j], j)"),
    (INPUT_GRADIENT, "W[k, j]"),
    (MAZUR_DELTA, 0.139498562),
    (MAZUR_DELTA, "0.1385"),
    (BATCH_TWICE, "g"),
]


@pytest.mark.parametrize(("exercise", "answer"), WRONG)
def test_wrong_answers_are_rejected(exercise, answer):
    assert exercise.check(answer).status == "failed"


NAMED = [
    (OUTPUT_ERROR, np.vdot, "one number"),
    (OUTPUT_ERROR, lambda g, s: np.dot(g, s), "matrix product as it stands"),
    (HIDDEN_ERROR, lambda d, W, s: d * s @ W, "σ′ before the product"),
    (HIDDEN_ERROR, lambda d, W, s: W.T @ d.T * s.T, "transposed at the end"),
    (HIDDEN_ERROR, lambda d, W, s: np.einsum("sj,jk,sk->k", d, W, s), "summed over samples"),
    (BIAS_GRADIENT, lambda d: np.mean(d, axis=0, keepdims=True), "averaged, axis kept"),
    (BIAS_GRADIENT, lambda d: np.einsum("sj->s", d), "wrong axis"),
    (WEIGHT_GRADIENT, lambda d, a: np.einsum("sj,sj->j", d, a), "elementwise, summed"),
    (WEIGHT_GRADIENT, lambda d, a: np.einsum("sj,rk->jk", d, a), "product of sums"),
    (WEIGHT_GRADIENT, lambda d, a: np.dot(d, a), "matrix product as it stands"),
    (INPUT_GRADIENT, "sum_(x[k]*delta[j], j)", "x for W"),
    (INPUT_GRADIENT, "sum_(delta[j]*sigma_prime(z[j])*W[j, k], j)", "σ′ twice"),
    (MAZUR_DELTA, 0.14, "two digits"),
    (MAZUR_DELTA, 0.0822, "whole weight gradient"),
    (MAZUR_DELTA, -0.0381, "other neuron"),
]


@pytest.mark.parametrize(("exercise", "answer", "name"), NAMED)
def test_common_mistakes_are_named(exercise, answer, name):
    assert exercise.check(answer).mistake == name


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("sum(W[j, k]*delta[j], j)", "did you mean sum_?"),
        ("sum_(W[j, k] delta[j], j)", "is an operator such as * or an operand missing?"),
        ("sum_(W[j, k]*delta[j])", "sum_ needs a term and an index"),
        ("Σ_j W[j, k]*delta[j]", "write a sum as sum_(expression, index)"),
        ("W*delta", "W needs its indices"),
        ("sum_(W[k, j]*delta[j], j)", "is W transposed?"),
        ("W.T @ delta", "write a matrix product as a sum over its index"),
        ("sum_(W[j, k]*delta[j]*sigma'(z[j]), j)", "such as sigma_prime(z)"),
        ("sum_(W[j, k]*delta[j], j)^1", "write z**2 for a power"),
    ],
)
def test_formulas_that_cannot_be_read_get_advice(typed, advice):
    result = INPUT_GRADIENT.check(typed)
    assert result.status == "failed"
    assert advice in result.diagnosis


def test_other_neuron_is_the_published_network_s():
    """δ of o2, which a mistake of 04.6 names, from the z of the lesson's table."""
    (mistake,) = [m for m in MAZUR_DELTA.mistakes if m.name == "other neuron"]
    a = 1 / (1 + np.exp(-1.224921404))
    assert mistake.answer == pytest.approx((a - 0.99) * a * (1 - a), abs=1e-9)


def test_transpose_is_named():
    result = HIDDEN_ERROR.check(lambda d, W, s: (d @ W.T) * s)
    assert result.diagnosis.startswith("Where it fits, your result equals (Wδ) ⊙ σ′")


def test_number_is_the_published_one():
    assert MAZUR_DELTA.value == pytest.approx(0.138498562, abs=5e-10)


def mazur_error_after_one_step(*, updated_weights):
    """Written out neuron by neuron; the biases stay, as in the published example."""

    def neuron(w, a, b):
        return 1 / (1 + np.exp(-(w[0] * a[0] + w[1] * a[1] + b)))

    def forward(w):
        h = [neuron(w[0:2], x, 0.35), neuron(w[2:4], x, 0.35)]
        return h, [neuron(w[4:6], h, 0.60), neuron(w[6:8], h, 0.60)]

    x, y = [0.05, 0.10], [0.01, 0.99]
    w = [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55]
    h, o = forward(w)
    delta_o = [(o[j] - y[j]) * o[j] * (1 - o[j]) for j in (0, 1)]
    new = w[:4] + [w[4 + 2 * j + k] - 0.5 * delta_o[j] * h[k] for j in (0, 1) for k in (0, 1)]
    v = new if updated_weights else w
    delta_h = [(delta_o[0] * v[4 + k] + delta_o[1] * v[6 + k]) * h[k] * (1 - h[k]) for k in (0, 1)]
    new[:4] = [w[2 * k + i] - 0.5 * delta_h[k] * x[i] for k in (0, 1) for i in (0, 1)]
    return sum((a - t) ** 2 / 2 for a, t in zip(forward(new)[1], y, strict=True))


@pytest.mark.parametrize(("updated_weights", "error"), [(False, 0.2910277737), (True, 0.291027924)])
def test_what_the_lesson_says_of_the_published_error(updated_weights, error):
    assert mazur_error_after_one_step(updated_weights=updated_weights) == pytest.approx(
        error, abs=5e-10
    )
