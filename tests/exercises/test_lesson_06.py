"""Lesson 06: the bug hunt is sound, other right answers pass, other wrong ones do not."""

import difflib
import inspect
import re
from fractions import Fraction
from pathlib import Path
from unittest.mock import ANY

import nbformat
import numpy as np
import pytest

from bplab import exact, gradients
from bplab.exercises.lesson_06 import (
    AUTOENCODER,
    BEST_STEP,
    CENTRAL_ERROR,
    DEEP,
    EXERCISES,
    HUNT,
    LOGISTIC,
    MORE_CASES,
    NUMERICAL_GRADIENT,
    PIXELS,
    REGRESSION,
    RELATIVE_ERROR,
    RESIDUAL,
    SOFTMAX,
    START,
    STEP,
    XOR,
)
from bplab.exercises.lesson_06.alterations import altered, wrong_programs, wrong_texts

NOTEBOOK = Path(__file__).resolve().parents[2] / "lessons" / "06_checking_gradients.ipynb"
CASES = (*HUNT, *MORE_CASES)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_the_exercise_checks_itself(exercise):
    assert exercise.self_check() == []


# How the wrong answers are written


def hidden_error(delta, W, slope):
    """The error of a hidden layer."""
    back = delta @ W
    return back * slope


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        (["@ W → @ W.T"], ["    back = delta @ W.T", "    return back * slope"]),
        (["back = … → back = delta"], ["    back = delta", "    return back * slope"]),
        (["* slope →"], ["    back = delta @ W", "    return back "]),
        (["back * → (delta @ W) *", "back = … →"], ["    return (delta @ W) * slope"]),
    ],
)
def test_altered_replaces_pieces_lines_and_drops_what_is_empty(changes, body):
    wrong = altered(hidden_error, *changes)
    assert inspect.getsource(wrong).splitlines()[2:] == body
    assert "back = delta @ W\n" in inspect.getsource(hidden_error)


def test_an_altered_program_runs_as_its_source_says():
    wrong = altered(altered(hidden_error, "* slope → * np.sign(slope)"), "@ W → @ W.T")
    delta, W = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]])
    assert wrong(delta, W, np.array([[-0.5, 0.5]])).tolist() == [[-11, 17]]


@pytest.mark.parametrize("piece", ["delta", "gamma", "delta…"])
def test_altered_wants_a_piece_that_occurs_once(piece):
    with pytest.raises(ValueError, match=f"'{piece}' must occur once in hidden_error"):
        altered(hidden_error, f"{piece} → 0")


def test_wrong_programs_are_read_from_a_list():
    transpose, plain = wrong_programs(
        hidden_error,
        """
transpose: @ W → @ W.T
    W is transposed,
    and should not be.
no W, no slope:
    back = … →
    return … → return delta
    Only delta is left.
""",
    )
    assert (transpose.name, plain.name) == ("transpose", "no W, no slope")
    assert transpose.diagnosis == "W is transposed, and should not be."
    assert plain.diagnosis == "Only delta is left."
    assert plain.answer(1, 2, 3) == 1


def test_wrong_texts_are_read_from_a_list():
    (mistake,) = wrong_texts("f′ left in: f1 + h\n    Take f′: away.\n")
    assert (mistake.name, mistake.answer) == ("f′ left in", "f1 + h")
    assert mistake.diagnosis == "Take f′: away."


# The hunt: each program has a bug, and its reference has none.


def implied_gradient(step, rate=0.5):
    return lambda *args: [(o - n) / rate for o, n in zip(args[:4], step(*args), strict=True)]


def reports(exercise, program):
    """What both checks say of a program that the exercise asks to repair."""
    gradient = implied_gradient(program) if exercise is STEP else program
    params, rest = exercise.example()

    def cost(p, *rest):
        return exercise.cost(*p.values(), *rest)

    def grad(p, *rest):
        return dict(zip(p, gradient(*p.values(), *rest), strict=True))

    exactly = exact.check(cost, grad, params, rest)
    return gradients.check(lambda p: cost(p, *rest), lambda p: grad(p, *rest), params), exactly


@pytest.mark.parametrize("case", [case for case in CASES if case.cost], ids=lambda case: case.id)
def test_both_checks_reject_the_program_and_accept_its_repair(case):
    assert not any(reports(case, case.broken))
    assert all(reports(case, case.reference))


def test_ten_programs_are_broken_five_of_them_in_the_lesson_proper():
    assert [case.id for case in CASES] == [f"06.{k}" for k in range(5, 15)]
    assert len(HUNT) == len(MORE_CASES) == 5
    headings = re.findall(r"^## .+|^### Exercise 06.\d+", text_of_the_lesson(), re.MULTILINE)
    later = headings[headings.index("## More cases, for another day") :]
    assert [case for case in CASES if f"### Exercise {case.id}" in later] == list(MORE_CASES)


def text_of_the_lesson():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_first_mistake_is_the_bug_and_the_repair_is_small(case):
    assert case.mistakes[0].name == "the bug"
    sources = [inspect.getsource(f).splitlines() for f in (case.broken, case.reference)]
    added = [line for line in difflib.ndiff(*sources) if line.startswith("+ ")]
    assert 1 <= len(added) <= 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_answer_cell_holds_the_broken_program(case):
    cells = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    answer = cells[f"answer-06-{case.id.split('.')[1]}"]
    kept = re.sub(r"    raise NotImplementedError  # delete this line.*\n", "", answer)
    assert kept != answer
    assert kept == inspect.getsource(case.broken).rstrip()


def test_an_example_is_a_copy():
    spoiled, rest = PIXELS.example()
    PIXELS.broken(*spoiled.values(), *rest)
    assert (PIXELS.example()[1][0] >= 1).all()


# 06.1


@pytest.mark.parametrize(
    "formula", ["f3*h*h/6", "(f1 + h**2*f3/6) - f1", "(2*h**3*f3/6)/(2*h)", "f3*(h/6)*h"]
)
def test_other_forms_of_the_error_pass(formula):
    assert CENTRAL_ERROR.check(formula).passed


@pytest.mark.parametrize(
    ("formula", "mistake"),
    [("f3/12*h*h", "one side"), ("f1/2*h**2/3", "first derivative"), ("f2*h/2", "forward")],
)
def test_wrong_errors_are_diagnosed_in_any_form(formula, mistake):
    assert CENTRAL_ERROR.check(formula).mistake == mistake


@pytest.mark.parametrize(
    ("text", "word"), [("h^2*f3/6", r"\*\*"), ("h**2 f3/6", "operator"), ("h²*f3/6", r"\*\*")]
)
def test_what_cannot_be_read_is_explained(text, word):
    result = CENTRAL_ERROR.check(text)
    assert result.status == "failed"
    assert re.search(word, result.diagnosis)


@pytest.mark.parametrize("formula", ["0.16666666666666666*h**2*f3", "f3*h**2*0.1667"])
def test_a_sixth_is_written_as_a_fraction(formula):
    result = CENTRAL_ERROR.check(formula)
    assert result.mistake == "rounded"
    assert "write 1/6 as a fraction" in result.diagnosis


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("h**2*f3/7", "too small by the term f3*h**2/42"),
        ("h**2*f3/5", "too large by the term f3*h**2/30"),
    ],
)
def test_a_wrong_sixth_is_said_to_be_too_small_or_too_large(formula, words):
    assert words in CENTRAL_ERROR.check(formula).diagnosis


@pytest.mark.parametrize("formula", ["h*f3/6", "h**4*f3/120", "h**2*f1/6", "f3/6", "0"])
def test_other_errors_do_not_pass(formula):
    assert CENTRAL_ERROR.check(formula).status == "failed"


def test_the_error_of_a_central_difference_by_exact_numbers():
    # f = w⁴ at w = 1: f′ = 4, f‴ = 24, and the next term of the series is h⁴ · 0.
    h = Fraction(1, 10)
    assert ((1 + h) ** 4 - (1 - h) ** 4) / (2 * h) - 4 == h**2 * 24 / 6


# 06.2


def test_the_best_power_of_ten():
    exponents = range(-20, 0)
    assert min(exponents, key=lambda k: 10.0 ** (2 * k) + 2e-16 / 10.0**k) == BEST_STEP.value


@pytest.mark.parametrize("k", [-5, -5.0, np.float64(-5), np.int64(-5), Fraction(-5)])
def test_the_exponent_in_any_type_passes(k):
    assert BEST_STEP.check(k).passed


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (-7, "longer"),
        (-2, "shorter"),
        (1e-5, "exponent"),
        (4.64e-6, "exponent"),
        (-16 / 3, "whole"),
    ],
)
def test_other_steps_are_told_what_is_wrong(answer, word):
    result = BEST_STEP.check(answer)
    assert result.status == "failed"
    assert word in result.diagnosis


# 06.3


def by_restoring(f, x, h):
    slopes = []
    for index in np.ndindex(*x.shape):
        kept = x[index]
        x[index] = kept + h
        ahead = f(x)
        x[index] = kept - h
        behind = f(x)
        x[index] = kept
        slopes.append((ahead - behind) / h / 2)
    return np.array(slopes).reshape(x.shape)


def by_unit_vectors(f, x, h):
    units = np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([0.5 * (f(x + h * e) / h - f(x - h * e) / h) for e in units]).reshape(x.shape)


@pytest.mark.parametrize("answer", [by_restoring, by_unit_vectors])
def test_other_ways_to_measure_a_gradient_pass(answer):
    assert NUMERICAL_GRADIENT.check(answer).passed


def first_row_only(f, x, h):
    gradient = np.zeros_like(x)
    for i in range(x.shape[-1]):
        step = np.zeros_like(x)
        step[..., i] = h
        gradient[..., i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def relative_step(f, x, h):
    return by_unit_vectors(f, x, h * np.abs(x).max())


@pytest.mark.parametrize("answer", [first_row_only, relative_step, lambda f, x, h: f(x + h)])
def test_other_wrong_gradients_do_not_pass(answer):
    assert NUMERICAL_GRADIENT.check(answer).status == "failed"


# 06.4


def error_with_loops(got, expected):
    worst = 0.0
    for one, other in zip(got.ravel(), expected.ravel(), strict=True):
        worst = max(worst, abs(one - other) / max(abs(one), abs(other)))
    return worst


def error_stacked(got, expected):
    return np.max(np.abs(got - expected) / np.abs(np.stack([got, expected])).max(axis=0))


@pytest.mark.parametrize("answer", [error_with_loops, error_stacked])
def test_other_ways_to_write_the_error_pass(answer):
    assert RELATIVE_ERROR.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda got, expected: (np.abs(got - expected) / np.abs(got)).max(),
        lambda got, expected: ((got - expected) ** 2).sum(),
        lambda got, expected: np.allclose(got, expected),
        lambda got, expected: np.median(np.abs(got - expected) / np.abs(expected)),
    ],
)
def test_other_measures_do_not_pass(answer):
    assert RELATIVE_ERROR.check(answer).status == "failed"


# 06.5 to 06.14: repaired in other ways, and broken in others.


def xor_at_the_calls(W1, b1, W2, b2, x, y):
    def derivative(a):
        return a * (1 - a)

    a1 = 1 / (1 + np.exp(-(x @ W1.T + b1)))
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * derivative(a2)
    d1 = d2 @ W2 * derivative(a1)
    return [d1.T @ x, d1.sum(0), d2.T @ a1, d2.sum(0)]


def xor_sample_by_sample(W1, b1, W2, b2, x, y):
    total = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
    for one, target in zip(x, y, strict=True):
        z1 = W1 @ one + b1
        a1 = 1 / (1 + np.exp(-z1))
        a2 = 1 / (1 + np.exp(-(W2 @ a1 + b2)))
        d2 = (a2 - target) * a2 * (1 - a2)
        d1 = W2.T @ d2 * np.exp(-z1) / (1 + np.exp(-z1)) ** 2
        parts = (np.outer(d1, one), d1, np.outer(d2, a1), d2)
        total = [t + p for t, p in zip(total, parts, strict=True)]
    return tuple(total)


def deep_by_einsum(W1, b1, W2, b2, x, y):
    a1 = np.tanh(np.einsum("bi,ji->bj", x, W1) + b1)
    a2 = np.tanh(np.einsum("bj,kj->bk", a1, W2) + b2)
    d2 = (a2 - y) / len(x) / np.cosh(a1 @ W2.T + b2) ** 2
    d1 = np.einsum("bk,kj->bj", d2, W2) / np.cosh(x @ W1.T + b1) ** 2
    return (
        np.einsum("bj,bi->ji", d1, x),
        np.einsum("bj->j", d1),
        np.einsum("bk,bj->kj", d2, a1),
        np.einsum("bk->k", d2),
    )


def deep_in_columns(W1, b1, W2, b2, x, y):
    A1 = np.tanh(W1 @ x.T + b1[:, None])
    A2 = np.tanh(W2 @ A1 + b2[:, None])
    D2 = (A2 - y.T) / len(y) * (1 - A2 * A2)
    D1 = W2.T @ D2 * (1 - A1 * A1)
    return D1 @ x, D1.sum(axis=1), D2 @ A1.T, D2.sum(axis=1)


def step_with_a_copy(W1, b1, W2, b2, x, y, rate=0.5):
    old = W2.copy()
    a1 = np.tanh(x @ W1.T + b1)
    d2 = (a1 @ W2.T + b2 - y) / len(y)
    W2 = W2 - rate * d2.T @ a1
    d1 = d2 @ old * (1 - a1**2)
    return W1 - rate * d1.T @ x, b1 - rate * d1.sum(0), W2, b2 - rate * d2.sum(0)


def step_from_gradients(W1, b1, W2, b2, x, y, rate=0.5):
    a1 = np.tanh(x @ W1.T + b1)
    d2 = (a1 @ W2.T + b2 - y) / len(y)
    d1 = np.einsum("bk,kj,bj->bj", d2, W2, 1 - a1**2)
    grads = [d1.T @ x, d1.sum(0), d2.T @ a1, d2.sum(0)]
    return [p - rate * g for p, g in zip([W1, b1, W2, b2], grads, strict=True)]


def logistic_as_means(W, b, x, y, decay):
    error = 1 / (1 + np.exp(-(x @ W.T + b))) - y
    return np.einsum("bj,bi->ji", error, x) / len(x) + decay * W, error.mean(axis=0)


def logistic_with_loops(W, b, x, y, decay):
    dW, db = decay * W, np.zeros_like(b)
    for one, target in zip(x, y, strict=True):
        error = (1 / (1 + np.exp(-(W @ one + b))) - target) / len(x)
        dW, db = dW + np.outer(error, one), db + error
    return dW, db


def regression_by_ones(W, b, x, y):
    delta = (x @ W.T + b - y) / len(y)
    return delta.T @ x, np.ones(len(x)) @ delta


def regression_with_loops(W, b, x, y):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for one, target in zip(x, y, strict=True):
        delta = (W @ one + b - target) / len(x)
        dW += np.outer(delta, one)
        db += delta
    return dW, db


def residual_accumulating(W1, W2, x, y):
    a1 = np.tanh(x @ W1.T)
    branch = np.tanh(a1 @ W2.T)
    d_a1 = (a1 + branch - y) / len(y)
    d_z2 = d_a1 * (1 - branch**2)
    d_a1 += d_z2 @ W2
    return (d_a1 * (1 - a1**2)).T @ x, d_z2.T @ a1


def residual_by_einsum(W1, W2, x, y):
    a1 = np.tanh(x @ W1.T)
    branch = np.tanh(a1 @ W2.T)
    d = (a1 + branch - y) / len(y)
    jacobian = np.eye(len(W1)) + (1 - branch**2)[:, :, None] * W2  # of the output by a1
    d_z1 = np.einsum("bk,bkj->bj", d, jacobian) * (1 - a1**2)
    return d_z1.T @ x, (d * (1 - branch**2)).T @ a1


def softmax_by_its_jacobian(W, b, x, y):
    z = x @ W.T + b
    a = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    jacobian = np.einsum("bi,ij->bij", a, np.eye(len(b))) - np.einsum("bi,bj->bij", a, a)
    delta = np.einsum("bij,bj->bi", jacobian, (a - y) / len(y))
    return delta.T @ x, delta.sum(axis=0)


def softmax_with_loops(W, b, x, y):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for one, target in zip(x, y, strict=True):
        e = np.exp(W @ one + b)
        a = e / e.sum()
        g = (a - target) / len(x)
        delta = a * g - a * np.dot(a, g)
        dW, db = dW + np.outer(delta, one), db + delta
    return dW, db


def autoencoder_untied(W, b, x):
    V = W.T.copy()  # as if the decoder had weights of its own
    code = np.tanh(x @ W.T)
    d = (code @ V.T + b - x) / len(x)
    dV = d.T @ code
    dW = (d @ V * (1 - code**2)).T @ x
    return dW + dV.T, d.sum(axis=0)


def autoencoder_by_einsum(W, b, x):
    code = np.tanh(np.einsum("bi,ji->bj", x, W))
    d = (np.einsum("bj,ji->bi", code, W) + b - x) / len(x)
    d_z = np.einsum("bi,ji->bj", d, W) * (1 - code**2)
    return np.einsum("bj,bi->ji", d_z, x) + np.einsum("bj,bi->ji", code, d), d.sum(0)


def pixels_scaled_late(W, b, x, y):
    z = x @ W.T / 16 + b
    a = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    delta = (a - y) / len(y)
    return delta.T @ x / 16, delta.sum(axis=0)


def pixels_of_a_copy(W, b, x, y):
    x = x.copy()
    x /= 16
    return pixels_scaled_late(W, b, 16 * x, y)


def start_by_normal(n_in, n_hidden, n_out, rng):
    W1 = rng.normal(0, n_in**-0.5, (n_hidden, n_in))
    W2 = rng.normal(0, n_hidden**-0.5, size=(n_out, n_hidden))
    return W1, np.zeros(n_hidden), W2, np.zeros(n_out)


def start_by_numbers(n_in, n_hidden, n_out, rng):
    W1 = [[rng.standard_normal() / n_in**0.5 for _ in range(n_in)] for _ in range(n_hidden)]
    W2 = [[rng.standard_normal() / n_hidden**0.5 for _ in range(n_hidden)] for _ in range(n_out)]
    return np.array(W1), np.zeros(n_hidden), np.array(W2), np.zeros(n_out)


RIGHT = [
    (XOR, (xor_at_the_calls, xor_sample_by_sample)),
    (DEEP, (deep_by_einsum, deep_in_columns)),
    (STEP, (step_with_a_copy, step_from_gradients)),
    (LOGISTIC, (logistic_as_means, logistic_with_loops)),
    (REGRESSION, (regression_by_ones, regression_with_loops)),
    (RESIDUAL, (residual_accumulating, residual_by_einsum)),
    (SOFTMAX, (softmax_by_its_jacobian, softmax_with_loops)),
    (AUTOENCODER, (autoencoder_untied, autoencoder_by_einsum)),
    (PIXELS, (pixels_scaled_late, pixels_of_a_copy)),
    (START, (start_by_normal, start_by_numbers)),
]


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [(exercise, answer) for exercise, answers in RIGHT for answer in answers],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_other_repairs_pass(exercise, answer):
    assert exercise.check(answer).passed


# Wrong: what was made of the right program, and the mistake that it is, if it is on the list.
OTHER_WRONG = [
    (XOR, "delta2.T @ a1 → delta2.T @ z1", "z for a in dW2"),
    (XOR, "delta1.T @ x, delta1 → delta1.T @ x / len(x), delta1", ANY),
    (DEEP, "(a2 - y) / len(y) → (a2 - y) / y.size", "all entries"),
    (DEEP, "(1 - a1**2) → (1 - a1) ** 2", "square outside"),
    (STEP, "rate * delta2.sum(axis=0) → rate * delta2.mean(axis=0)", "mean of b2"),
    (STEP, "(delta2 @ W2) → ((a2 - y) @ W2)", "a − y sent back"),
    (LOGISTIC, "decay * W → decay * W / 2", "decay halved"),
    (LOGISTIC, "(a - y) / len(y) → (a - y) * a * (1 - a) / len(y)", "quadratic"),
    (REGRESSION, "(z - y) / len(y) → 2 * (z - y) / len(y)", "no ½"),
    (REGRESSION, "delta.sum(axis=0) → delta.sum(axis=0) / 2", "half"),
    (RESIDUAL, "d_a1 + d_z2 @ W2 → d_a1 - d_z2 @ W2", "subtracted"),
    (RESIDUAL, "d_z2.T @ a1 → a1.T @ d_z2", "dW2 transposed"),
    (SOFTMAX, "axis=1, keepdims=True → keepdims=True", "sum over all"),
    (SOFTMAX, "a * (d_a - (d_a → a * a * (d_a - (d_a", "a squared"),
    (AUTOENCODER, "code.T @ d_rebuilt → 2 * code.T @ d_rebuilt", "decoder doubled"),
    (AUTOENCODER, "(1 - code**2) → code * (1 - code)", "slope of a sigmoid"),
    (PIXELS, "x / 16 → x / x.max()", "by the largest"),
    (PIXELS, "x / 16 → x / 15", "15"),
    (PIXELS, "x / 16 → x / (16 if x.max() > 1 else 1)", "scaled only above 1"),
    (START, "np.zeros(n_hidden) → np.ones(n_hidden)", "biases 1"),
    (START, "rng.standard_normal((n_hidden, n_in)) → rng.uniform(-1, 1, (n_hidden, n_in))", ANY),
]


@pytest.mark.parametrize(("exercise", "change", "mistake"), OTHER_WRONG)
def test_other_wrong_repairs_do_not_pass(exercise, change, mistake):
    result = exercise.check(altered(exercise.reference, change))
    assert (result.status, result.mistake) == ("failed", mistake)


def step_with_the_copy_too_late(W1, b1, W2, b2, x, y, rate=0.5):
    a1 = np.tanh(x @ W1.T + b1)
    d2 = (a1 @ W2.T + b2 - y) / len(y)
    W2 = W2 - rate * d2.T @ a1
    old = W2.copy()
    d1 = d2 @ old * (1 - a1**2)
    return W1 - rate * d1.T @ x, b1 - rate * d1.sum(0), W2, b2 - rate * d2.sum(0)


def pixels_through_a_view(W, b, x, y):
    x = x[:]
    x /= 16
    return pixels_scaled_late(W, b, 16 * x, y)


def pixels_never_assigned(W, b, x, y):
    np.divide(x, 16)
    return pixels_scaled_late(W, b, 16 * x, y)


def start_from_the_old_generator(n_in, n_hidden, n_out, rng):
    W1 = np.random.randn(n_hidden, n_in) / np.sqrt(n_in)
    W2 = np.random.randn(n_out, n_hidden) / np.sqrt(n_hidden)
    return W1, np.zeros(n_hidden), W2, np.zeros(n_out)


@pytest.mark.parametrize(
    ("exercise", "answer", "mistake"),
    [
        (STEP, step_with_the_copy_too_late, "the bug"),
        (PIXELS, pixels_through_a_view, "the bug"),
        (PIXELS, pixels_never_assigned, "not scaled"),
        (START, start_from_the_old_generator, ANY),
    ],
)
def test_repairs_that_do_not_repair_are_diagnosed(exercise, answer, mistake):
    result = exercise.check(answer)
    assert (result.status, result.mistake) == ("failed", mistake)


# What the prose says


def test_the_tiny_example_modulo_seven():
    # (3 + ε)³ = 27 + 27 ε, and 10⁹ is 6 modulo 7, so that 1 + 10⁻⁹ is 1 + 1/6 = 1 + 6 = 0.
    assert (27 % 7, 3 * 3**2 % 7, 10**9 % 7, pow(6, -1, 7), (1 + pow(10**9, -1, 7)) % 7) == (
        6, 6, 6, 6, 0,
    )  # fmt: skip


def test_one_step_of_the_tutorials_program_by_hand():
    # One unit a layer, all weights 0: a1 = a2 = ½, and σ′(0) = ¼ where 0 · (1 − 0) is 0.
    zero, one = np.zeros((1, 1)), np.ones((1, 1))
    arguments = (zero, np.zeros(1), zero, np.zeros(1), one, one)
    assert XOR.broken(*arguments)[2] == 0
    assert XOR.reference(*arguments)[2] == (0.5 - 1) * 0.25 * 0.5
