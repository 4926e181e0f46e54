"""Lesson 03: right answers in other forms pass, wrong ones beyond the known mistakes do not."""

import math
from fractions import Fraction

import numpy as np
import pytest

from bplab.exercises import lesson_03
from bplab.exercises.lesson_03 import EXERCISES, TWO_PATHS

BY_ID = {exercise.id: exercise for exercise in EXERCISES}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_the_exercise_can_be_trusted(exercise):
    assert exercise.self_check() == []


def crossed(upstream, x, y):
    gradient = upstream * np.array([y, x])
    return gradient[0], gradient[1]


def by_logarithm(upstream, x, y):
    """d(xy) = xy (dx/x + dy/y)."""
    p = x * y
    return [upstream * p / x, upstream * p / y]


def neuron_in_loops(upstream, x, w, b):
    z = b
    for k in range(len(x)):
        z += x[k] * w[k]
    a = 1 / (1 + math.exp(-z))
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(x)):
        dx[k] = upstream * a * (1 - a) * w[k]
        dw[k] = upstream * a * (1 - a) * x[k]
    return dx, dw, upstream * a * (1 - a)


def neuron_by_jacobian(upstream, x, w, b):
    e = np.exp(-(np.einsum("i,i->", x, w) + b))
    jacobian = np.concatenate([w, x, [1]]) * e / (1 + e) ** 2
    dx, dw, db = np.split(upstream * jacobian, [len(x), 2 * len(x)])
    return dx, dw, db[0]


def backward_by_users(inputs, local):
    """Each node collects from its users, instead of handing to its inputs."""
    n = len(inputs)
    grad = np.zeros(n)
    grad[n - 1] = 1.0
    for node in range(n - 2, -1, -1):
        for user in range(node + 1, n):
            for source, slope in zip(inputs[user], local[user], strict=True):
                if source == node:
                    grad[node] += grad[user] * slope
    return grad


def backward_by_matrix(inputs, local):
    """With A the matrix of local derivatives, the last row of (1 − A)⁻¹ sums over all paths."""
    n = len(inputs)
    A = np.zeros((n, n))
    for node in range(n):
        for source, slope in zip(inputs[node], local[node], strict=True):
            A[node, source] += slope
    return np.linalg.inv(np.eye(n) - A)[-1]


def backward_path_by_path(inputs, local):
    """Every path from the output on its own, no sharing."""
    grad, paths = np.zeros(len(inputs)), [(len(inputs) - 1, 1.0)]
    while paths:
        node, product = paths.pop()
        grad[node] += product
        paths += [(s, product * d) for s, d in zip(inputs[node], local[node], strict=True)]
    return grad


def backward_by_forward_mode(inputs, local):
    """One sweep for each node, of which only the output's tangent is kept."""
    grad = []
    for seeded in range(len(inputs)):
        tangent = [0.0] * len(inputs)
        tangent[seeded] = 1.0
        for node in range(seeded + 1, len(inputs)):
            pairs = zip(inputs[node], local[node], strict=True)
            tangent[node] = sum(slope * tangent[source] for source, slope in pairs)
        grad.append(tangent[-1])
    return np.array(grad)


def neuron_by_tanh(upstream, x, w, b):
    """σ′(z) = (1 − tanh²(z/2)) / 4."""
    delta = upstream * (1 - np.tanh((w @ x + b) / 2) ** 2) / 4
    return [delta * w, delta * x, delta]


RIGHT = [
    ("03.1", "exp(x*y)*(1 + x*y)"),
    ("03.1", "q*(1 + p)"),
    ("03.1", "q + p*exp(p)"),
    ("03.1", "q*(x + 1/y)*y"),
    ("03.1", "q**2/exp(x*y) + p*q"),
    ("03.2", crossed),
    ("03.2", by_logarithm),
    ("03.3", -0.59),
    ("03.3", -0.591),
    ("03.3", np.array(-0.5898)),
    ("03.3", Fraction(-59, 100)),
    ("03.3", np.float64(-3 * 0.731059 * (1 - 0.731059))),
    ("03.4", neuron_in_loops),
    ("03.4", neuron_by_jacobian),
    ("03.4", neuron_by_tanh),
    ("03.5", " C "),
    ("03.6", backward_by_users),
    ("03.6", backward_by_matrix),
    ("03.6", backward_path_by_path),
    ("03.6", backward_by_forward_mode),
    ("03.7", "d"),
]


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_right_answers_written_differently_pass(exercise_id, answer):
    result = BY_ID[exercise_id].check(answer)
    assert result.passed, result


def backward_in_place(inputs, local):
    grad = lesson_03.graph_backward(inputs, local)
    inputs.clear()
    return grad


WRONG = [
    ("03.1", "q + y*q*x**2"),
    ("03.1", "1"),
    ("03.1", "q + x*q*y + 0.001"),
    ("03.2", lambda upstream, x, y: (upstream * y, upstream * y)),
    ("03.2", lambda upstream, x, y: upstream * y),
    ("03.2", lambda upstream, x, y: (upstream * y * 1.0001, upstream * x)),
    ("03.3", 0.25),
    ("03.3", "-0.589836"),
    ("03.4", lambda u, x, w, b: lesson_03.neuron_backward(u, x, w, b)[:2]),
    ("03.4", lambda u, x, w, b: lesson_03.neuron_backward(u, x, w, -b)),
    ("03.4", lambda u, x, w, b: lesson_03.neuron_backward(u * u, x, w, b)),
    ("03.6", lambda inputs, local: list(lesson_03.graph_backward(inputs, local))),
    ("03.6", lambda inputs, local: 2 * lesson_03.graph_backward(inputs, local)),
    ("03.6", lambda inputs, local: lesson_03.graph_backward(inputs, local)[::-1]),
    ("03.6", backward_in_place),
    ("03.7", "z"),
    ("03.5", 3),
]


@pytest.mark.parametrize(("exercise_id", "answer"), WRONG)
def test_other_wrong_answers_are_rejected(exercise_id, answer):
    assert BY_ID[exercise_id].check(answer).status == "failed"


def hand_on(share):
    """A walk whose step is share(grad, node, inputs, local), as loops in other shapes."""

    def walk(inputs, local):
        grad = np.zeros(len(inputs))
        grad[-1] = 1
        for node in reversed(range(len(inputs))):
            share(grad, node, inputs[node], local[node])
        return grad

    return walk


def pair_everything(grad, node, sources, slopes):
    for source in sources:
        for slope in slopes:
            grad[source] += slope * grad[node]


def to_itself(grad, node, sources, slopes):
    for source, slope in zip(sources, slopes, strict=True):
        grad[node] += slope * grad[source]


def stop_in_the_loop(inputs, local):
    grad = np.zeros(len(inputs))
    grad[-1] = 1
    for node in reversed(range(len(inputs))):
        for source, slope in zip(inputs[node], local[node], strict=True):
            grad[source] += slope * grad[node]
        return grad


NAMED = [
    ("03.1", "y*exp(x*y)", "only ∂q/∂x"),
    ("03.1", "x*exp(x*y)", "f itself"),
    ("03.1", "q + x*y*exp(x*y - 1)", "exp as a power, in x and y"),
    ("03.2", lambda upstream, x, y: upstream * y * x, "one product for both"),
    ("03.2", lambda upstream, x, y: (upstream * y, x), "no upstream in dy"),
    ("03.3", -0.6, "rounded on the way"),
    ("03.3", -1.26, "slope of tanh"),
    ("03.4", lambda u, x, w, b: lesson_03.neuron_backward(u, x, w, b)[:2], "no db"),
    ("03.6", hand_on(pair_everything), "every pair"),
    ("03.6", hand_on(to_itself), "nothing arrives"),
    ("03.6", stop_in_the_loop, "from the front"),
]


@pytest.mark.parametrize(("exercise_id", "answer", "name"), NAMED)
def test_common_mistakes_are_named(exercise_id, answer, name):
    assert BY_ID[exercise_id].check(answer).mistake == name


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("q + x q y", "is an operator such as * or an operand missing?"),
        ("q + 2x", "write 2*x for a product"),
        ("q(1 + x*y)", "write q*(…) for a product"),
        ("q + xyq", "'xyq' is not known here; write x*y*q for a product"),
        ("e^(x*y)", "write z**2 for a power"),
        ("e**(x*y)", "exp(z) for e to the z"),
        ("f' = q", "write a derivative as a function"),
        ("q + x*q*y = f", "type only the right-hand side"),
    ],
)
def test_formulas_that_cannot_be_read_get_advice(typed, advice):
    result = TWO_PATHS.check(typed)
    assert result.status == "failed"
    assert advice in result.diagnosis


def test_every_mistake_has_words_of_its_own_that_name_a_term():
    for exercise in EXERCISES:
        assert all(len(mistake.diagnosis) > 20 for mistake in exercise.mistakes), exercise.id


def test_the_formula_is_the_derivative():
    x, y = lesson_03.X, lesson_03.Y
    derivative = (x * lesson_03.sympy.exp(x * y)).diff(x)
    assert TWO_PATHS.check(str(derivative)).passed


def test_the_published_gradient_of_the_circuit():
    assert BY_ID["03.3"].value == pytest.approx(-0.589836, abs=5e-7)


def test_the_samples_of_the_walk_hold_what_they_promise():
    samples = BY_ID["03.6"].samples
    used = [[source for sources in sample["inputs"] for source in sources] for sample in samples]
    assert all(len(set(sources)) < len(sources) for sources in used), "something is used twice"
    assert any((1, 1) in sample["inputs"] for sample in samples), "twice by the same node"
    dead = samples[1]
    assert lesson_03.graph_backward(dead["inputs"], dead["local"])[3] == 0
    for sample in samples:
        assert all(s < node for node, sources in enumerate(sample["inputs"]) for s in sources)
