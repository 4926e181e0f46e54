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


RIGHT = [
    (OUTPUT_ERROR, output_error_by_loops),
    (OUTPUT_ERROR, output_error_by_matrices),
    (OUTPUT_ERROR, lambda g, s: np.einsum("sj,sj->sj", g, s)),
    (HIDDEN_ERROR, hidden_error_by_loops),
    (HIDDEN_ERROR, hidden_error_sample_by_sample),
    (HIDDEN_ERROR, lambda d, W, s: np.einsum("sj,jk,sk->sk", d, W, s)),
    (HIDDEN_ERROR, lambda d, W, s: (W.T @ d.T).T * s),
    (BIAS_GRADIENT, lambda d: np.ones(len(d)) @ d),
    (BIAS_GRADIENT, lambda d: np.array([sum(column) for column in d.T])),
    (BIAS_GRADIENT, lambda d: len(d) * d.mean(axis=0)),
    (WEIGHT_GRADIENT, weight_gradient_by_outer_products),
    (WEIGHT_GRADIENT, lambda d, a: np.einsum("sj,sk->jk", d, a)),
    (WEIGHT_GRADIENT, lambda d, a: (a.T @ d).T),
    (INPUT_GRADIENT, "sum_(delta[j]*W[j, k], j)"),
    (INPUT_GRADIENT, "-sum_(W[j, k]*(1 - delta[j]), j) + sum_(W[j, k], j)"),
    (MAZUR_DELTA, 0.1385),
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
