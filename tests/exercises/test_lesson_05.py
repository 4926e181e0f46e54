"""Lesson 05: right answers written in other ways pass, wrong ones do not, and the facts hold."""

import json
from pathlib import Path

import numpy as np
import pytest

from bplab.exercises.lesson_05 import (
    BACKWARD,
    BCE_SLOPE,
    EXERCISES,
    FIRST_LOSS,
    FORWARD,
    PARAMETERS,
    SOFTMAX_DELTA,
    WHEN_NOT,
    backward,
    forward,
)
from bplab.numeric import sigmoid, softmax
from bplab.symbolic import Derivation, chain_rule
from bplab.symbolic.derivation import FalseStep

NOTEBOOK = Path(__file__).resolve().parents[2] / "lessons" / "05_multilayer_perceptron.ipynb"


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_the_exercise_checks_itself(exercise):
    assert exercise.self_check() == []


# 05.1


@pytest.mark.parametrize("number", [3466, 3466.0, np.int64(3466)])
def test_the_number_of_parameters_in_any_type_passes(number):
    assert PARAMETERS.check(number).passed


@pytest.mark.parametrize(
    ("number", "mistake"),
    [(3456, "no output biases"), (3402, "output biases only"), (3564, "bias as a neuron")],
)
def test_slips_in_counting_are_named(number, mistake):
    assert PARAMETERS.check(number).mistake == mistake


@pytest.mark.parametrize("number", [3465, 3467, 3000, "3466", 34.66])
def test_other_numbers_of_parameters_are_rejected(number):
    assert PARAMETERS.check(number).status == "failed"


# 05.2


def forward_by_index(weights, biases, x):
    activations, zs = [x], []
    for layer in range(len(weights)):
        zs.append(np.einsum("bi,oi->bo", activations[layer], weights[layer]) + biases[layer])
        if layer < len(weights) - 1:
            activations.append(np.tanh(zs[layer]))
    return zs, activations


def forward_with_columns(weights, biases, x):
    columns, zs, activations = x.T, [], []
    for W, b in zip(weights, biases, strict=True):
        activations.append(columns.T)
        z = W @ columns + b[:, np.newaxis]
        zs.append(z.T)
        columns = 1 - 2 / (np.exp(2 * z) + 1)
    return tuple(zs), tuple(activations)


def forward_with_loops(weights, biases, x):
    zs, activations, a = [], [], x
    for W, b in zip(weights, biases, strict=True):
        z = np.zeros((len(a), len(b)))
        for sample, row in enumerate(a):
            for j, weight in enumerate(W):
                z[sample, j] = sum(row * weight) + b[j]
        zs.append(z)
        activations.append(a)
        a = np.tanh(z)
    return zs, activations


@pytest.mark.parametrize("answer", [forward_by_index, forward_with_columns, forward_with_loops])
def test_other_ways_to_go_forward_pass(answer):
    assert FORWARD.check(answer).passed


def forward_with_relu(weights, biases, x):
    zs, activations = [], [x]
    for W, b in zip(weights, biases, strict=True):
        zs.append(activations[-1] @ W.T + b)
        activations.append(np.maximum(zs[-1], 0))
    return zs, activations[:-1]


def forward_one_layer(weights, biases, x):
    return [x @ weights[0].T + biases[0]], [x]


@pytest.mark.parametrize(
    "answer",
    [
        forward_with_relu,
        forward_one_layer,
        lambda weights, biases, x: forward(weights, biases, x)[0],
        lambda weights, biases, x: forward(weights, biases, x)[0][-1],
        lambda weights, biases, x: forward(weights[::-1], biases[::-1], x),
    ],
)
def test_other_wrong_ways_forward_are_rejected(answer):
    assert FORWARD.check(answer).status == "failed"


def forward_flipped(weights, biases, x):
    zs, activations = [], [x]
    for W, b in zip(weights, biases, strict=True):
        zs.append(activations[-1] @ W + b)
        activations.append(np.tanh(zs[-1]))
    return zs, activations[:-1]


def forward_of_columns(weights, biases, x):
    zs, activations = [], [x.T]
    for W, b in zip(weights, biases, strict=True):
        zs.append(W @ activations[-1] + b[:, np.newaxis])
        activations.append(np.tanh(zs[-1]))
    return zs, activations[:-1]


def forward_without_the_last(weights, biases, x):
    zs, activations = [], [x]
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        zs.append(activations[-1] @ W.T + b)
        activations.append(np.tanh(zs[-1]))
    return zs, activations


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (forward_flipped, "no transpose"),
        (forward_of_columns, "columns"),
        (forward_with_relu, "ReLU"),
        (forward_without_the_last, "no last layer"),
        (lambda weights, biases, x: forward(weights, biases, x)[0], "only zs"),
    ],
)
def test_wrong_ways_forward_are_named(answer, mistake):
    assert FORWARD.check(answer).mistake == mistake


# 05.3


def backward_with_einsum(weights, zs, activations, delta):
    dWs, dbs = [], []
    for layer in range(len(weights) - 1, -1, -1):
        dWs.append(np.einsum("bj,bk->jk", delta, activations[layer]))
        dbs.append(np.einsum("bj->j", delta))
        slope = 1 - activations[layer] ** 2  # of no use, and of no harm, at the input
        delta = np.einsum("bj,jk,bk->bk", delta, weights[layer], slope)
    return dWs[::-1], dbs[::-1]


def backward_sample_by_sample(weights, zs, activations, delta):
    dWs = [np.zeros_like(W) for W in weights]
    dbs = [np.zeros(len(W)) for W in weights]
    for sample, error in enumerate(delta):
        for layer in reversed(range(len(weights))):
            dWs[layer] += np.outer(error, activations[layer][sample])
            dbs[layer] += error
            if layer:
                error = weights[layer].T @ error / np.cosh(zs[layer - 1][sample]) ** 2
    return dWs, dbs


def backward_deltas_first(weights, zs, activations, delta):
    deltas = [delta]
    for W, z in zip(weights[:0:-1], zs[-2::-1], strict=True):
        deltas = [(W.T @ deltas[0].T).T * (1 - np.tanh(z) ** 2), *deltas]
    pairs = zip(deltas, activations, strict=True)
    return [(a.T @ d).T for d, a in pairs], [np.ones(len(d)) @ d for d in deltas]


@pytest.mark.parametrize(
    "answer", [backward_with_einsum, backward_sample_by_sample, backward_deltas_first]
)
def test_other_ways_to_go_backward_pass(answer):
    assert BACKWARD.check(answer).passed


def backward_in_place(weights, zs, activations, delta):
    delta *= 1
    delta += 1
    delta -= 1 + 1e-6
    return backward(weights, zs, activations, delta)


def backward_overwritten(weights, zs, activations, delta):
    dWs, dbs = backward(weights, zs, activations, delta)
    return [*dWs[:-1], np.outer(delta[-1], activations[-1][-1])], dbs


@pytest.mark.parametrize(
    "answer",
    [
        backward_in_place,
        backward_overwritten,
        lambda weights, zs, activations, delta: backward(weights, zs, activations, delta)[0],
        lambda weights, zs, activations, delta: backward(weights, zs, activations, delta)[::-1],
        lambda weights, zs, activations, delta: backward(weights, zs, activations, 1.01 * delta),
        lambda weights, zs, activations, delta: backward(weights[-1:], zs, activations, delta),
    ],
)
def test_other_wrong_ways_backward_are_rejected(answer):
    assert BACKWARD.check(answer).status == "failed"


def backward_in_numpy(slope, layer_of_W=0, when=1, to_bias=lambda delta: delta.sum(axis=0)):
    """A learner's own loop, without the library; its parts may be wrong."""

    def run(weights, zs, activations, delta):
        dWs, dbs = [None] * len(weights), [None] * len(weights)
        for layer in range(len(weights) - 1, -1, -1):
            dWs[layer], dbs[layer] = delta.T @ activations[layer], to_bias(delta)
            if layer >= when:
                delta = (delta @ weights[layer - layer_of_W]) * slope(zs, activations, layer)
        return dWs, dbs

    return run


def right_slope(zs, activations, layer):
    return 1 - np.tanh(zs[layer - 1]) ** 2


def test_the_loop_with_all_parts_right_passes():
    assert BACKWARD.check(backward_in_numpy(right_slope)).passed


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (backward_in_numpy(lambda zs, a, layer: 1), "no σ′"),
        (
            backward_in_numpy(lambda zs, a, layer: 1 - np.tanh(zs[layer]) ** 2),
            "σ′ one layer off, broadcast",
        ),
        (backward_in_numpy(right_slope, layer_of_W=1), "weights one layer off"),
        (backward_in_numpy(right_slope, when=0), "BP2 at the input"),
        (backward_in_numpy(lambda zs, a, layer: np.tanh(zs[layer - 1])), "tanh for tanh′"),
        (
            backward_in_numpy(right_slope, to_bias=lambda d: d.sum(axis=0, keepdims=True)),
            "axis kept",
        ),
    ],
)
def test_wrong_ways_backward_are_named_without_the_library_too(answer, mistake):
    assert BACKWARD.check(answer).mistake == mistake


# 05.4


@pytest.mark.parametrize(
    "formula",
    [
        "-y/a + (1 - y)/(1 - a)",
        "(y - a)/(a**2 - a)",
        "(1 - y)/(1 - a) - y*a**-1",
        "(a - y)/a/(1 - a)",
        "1/(1 - a) - y*(1/a + 1/(1 - a))",
    ],
)
def test_other_forms_of_the_slope_pass(formula):
    assert BCE_SLOPE.check(formula).passed


@pytest.mark.parametrize(
    "formula", ["(y - a)/(a*(1 - a))", "(a - y)/(1 - a)", "a", "-y/a + (1 - y)/a", "log(a)"]
)
def test_other_wrong_slopes_are_rejected(formula):
    assert BCE_SLOPE.check(formula).status == "failed"


@pytest.mark.parametrize(
    ("formula", "mistake"),
    [
        ("(a - y)/a*(1 - a)", "brackets around the denominator"),
        ("a - y/(a*(1 - a))", "brackets around the numerator"),
        ("y/a + (1 - y)/(1 - a)", "first sign"),
        ("1/(1 - a) - 1/a", "targets lost"),
    ],
)
def test_slips_in_the_slope_are_named(formula, mistake):
    assert BCE_SLOPE.check(formula).mistake == mistake


@pytest.mark.parametrize(
    ("formula", "advice"),
    [
        ("(a - y)/(a - a^2)", "z**2"),
        ("(a - y)/(a(1 - a))", "a*(…)"),
        ("(a - y)/(2a)", "2*x"),
        ("sigma'(z)", "sigma_prime(z)"),
    ],
)
def test_what_cannot_be_read_gets_advice(formula, advice):
    assert advice in BCE_SLOPE.check(formula).diagnosis


# 05.6


def softmax_row_by_row(logits, targets):
    rows = []
    for z, y in zip(logits, targets, strict=True):
        e = np.exp(z - max(z))
        rows.append((e / sum(e) - y) / len(logits))
    return np.array(rows)


def softmax_by_differences(logits, targets):
    with np.errstate(over="ignore"):
        a = 1 / np.exp(logits[:, np.newaxis, :] - logits[:, :, np.newaxis]).sum(axis=2)
    return np.einsum("bj,b->bj", a - targets, np.full(len(logits), 1 / len(logits)))


def softmax_by_log(logits, targets):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_a = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -(targets - np.exp(log_a)) / logits.shape[0]


@pytest.mark.parametrize("answer", [softmax_row_by_row, softmax_by_differences, softmax_by_log])
def test_other_ways_to_write_the_softmax_delta_pass(answer):
    assert SOFTMAX_DELTA.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda z, y: 0 * z,
        lambda z, y: 2 * softmax_row_by_row(z, y),
        lambda z, y: softmax_row_by_row(z, y).sum(axis=0),
        lambda z, y: softmax_row_by_row(np.clip(z, -30, 30), y),
        lambda z, y: softmax_row_by_row(z, (y > 0.3).astype(float)),
        lambda z, y: softmax_row_by_row(-z, y),
    ],
)
def test_other_wrong_softmax_deltas_are_rejected(answer):
    assert SOFTMAX_DELTA.check(answer).status == "failed"


@pytest.mark.parametrize(
    ("shift", "total", "mistake"),
    [
        (
            lambda z: z.max(axis=1),
            lambda e: e.sum(axis=1, keepdims=True),
            "maximum without keepdims",
        ),
        (lambda z: z.max(axis=1, keepdims=True), lambda e: e.sum(axis=1), "sum without keepdims"),
        (lambda z: z.max(axis=1), lambda e: e.sum(axis=1), "no keepdims"),
        (np.max, np.sum, "shift and sum over everything"),
        (
            lambda z: z.min(axis=1, keepdims=True),
            lambda e: e.sum(axis=1, keepdims=True),
            "shift by the smallest",
        ),
        (lambda z: z[:, :1], lambda e: e.sum(axis=1, keepdims=True), "shift by the first"),
        (
            lambda z: z.mean(axis=1, keepdims=True),
            lambda e: e.sum(axis=1, keepdims=True),
            "shift by the mean",
        ),
        (
            lambda z: np.median(z, axis=1, keepdims=True),
            lambda e: e.sum(axis=1, keepdims=True),
            "nan or inf",
        ),
    ],
)
def test_wrong_axes_in_the_softmax_are_named(shift, total, mistake):
    def answer(logits, targets):
        e = np.exp(logits - shift(logits))
        return (e / total(e) - targets) / len(logits)

    assert SOFTMAX_DELTA.check(answer).mistake == mistake


# 05.5 and 05.7


@pytest.mark.parametrize("answer", ["d", " D "])
def test_the_right_letter_passes(answer):
    assert WHEN_NOT.check(answer).passed


@pytest.mark.parametrize("answer", ["g", 4, "sigmoid"])
def test_what_is_no_option_is_rejected(answer):
    assert WHEN_NOT.check(answer).status == "failed"


@pytest.mark.parametrize("answer", [2.3, 2.303, np.log(10)])
def test_log_ten_to_two_decimals_passes(answer):
    assert FIRST_LOSS.check(answer).passed


@pytest.mark.parametrize("answer", [2, 2.2, 2.4, 23, 10, 0.23])
def test_other_first_losses_are_rejected(answer):
    assert FIRST_LOSS.check(answer).status == "failed"


@pytest.mark.parametrize(
    ("number", "mistake"),
    [(0.1, "probability"), (0.11, "−log 0.9"), (0.23, "mean over outputs"), (6.93, "ten coins")],
)
def test_wrong_first_losses_are_named(number, mistake):
    assert FIRST_LOSS.check(number).mistake == mistake


# The notebook


@pytest.fixture(scope="module")
def notation():
    """What the notation page's own cells define."""
    cells = {cell["id"]: cell for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"]}
    names = {}
    for name in ("imports", "not-quadratic", "notation-models", "notation-switch"):
        exec("".join(cells[name]["source"]), names)
    return names


def test_each_variant_of_the_notation_is_proved_by_both_methods(notation):
    assert [proof.methods for proof in notation["proofs"]] == [
        {"canonical": True, "cutoff": True}
    ] * len(notation["variants"])


def test_no_variant_can_be_proved_with_another_factor(notation):
    for equation, _, model, derivative, result, *_ in notation["variants"]:
        start = Derivation(equation, derivative, model)
        for wrong in (2 * result, -result, result / notation["m"]):
            with pytest.raises(FalseStep):
                start.step(wrong, chain_rule, "wrong")


def test_the_numpy_of_each_variant_is_that_of_the_course_translated(notation):
    rng = np.random.default_rng(0)
    m, n, n_in = 5, 2, 3
    a, slope, dW = (rng.normal(size=size) for size in ((m, n_in), (m, n_in), (n, n_in)))
    delta, W, z = (rng.normal(size=size) for size in ((m, n), (n, n_in), (m, n)))
    layer = {"a": a, "slope": slope, "delta": delta, "W": W, "m": m}
    columns = layer | {"a": a.T, "slope": slope.T, "delta": delta.T}
    turned, late, minus = ({**layer, **x} for x in (
        {"W": W.T}, {"delta": m * delta}, {"delta": -delta}
    ))  # fmt: skip
    last = {"a": z, "y": delta, "z": z, "m": m, "n": n, "sigmoid": sigmoid, "softmax": softmax}
    top = {"grad_a": delta, "slope": z, "m": m}
    decay = {"dW": dW, "W": W, "lam": 0.3, "m": m}
    # In the course, elsewhere, and what is made of the course's gradient there.
    translations = [
        (top, top, lambda g: m * g), (top, top, lambda g: m * g), (top, top, np.negative),
        (layer, columns, np.transpose), (layer, turned, np.array),
        (layer, columns, np.array), (layer, late, np.array), (layer, minus, np.array),
        (layer, columns, np.array), (layer, turned, np.transpose), (layer, late, np.array),
        (layer, minus, np.array),
        (last, last, lambda g: m * g), (last, last, lambda g: 2 * g),
        (last, last, lambda g: 2 / n * g), (last, last, lambda g: m * g),
        (last, last, lambda g: g / n), (last, last, lambda g: m * g),
        (decay, decay | {"lam": 0.15}, np.array), (decay, decay | {"lam": 0.3 * m}, np.array),
    ]  # fmt: skip
    for (*_, there, here), (course, elsewhere, translate) in zip(
        notation["variants"], translations, strict=True
    ):
        expected = translate(eval(here, {}, course))
        np.testing.assert_allclose(eval(there, {}, elsewhere), expected, rtol=1e-12)


# The four equations in the course, and what each choice makes of the letters in them.
IN_THE_COURSE = {
    "BP1": "grad_a * slope_z / m",
    "BP2": "(delta @ W) * slope",
    "BP3": "delta.sum(axis=0)",
    "BP4": "delta.T @ a",
}
RESULTS = {"BP1": "delta", "BP2": "delta_below", "BP3": "db", "BP4": "dW"}
CHOICES = {
    "samples in columns": dict.fromkeys(
        ("grad_a", "slope_z", "slope", "a", "delta", "delta_below"), np.transpose
    ),
    "W is (n_in, n_out)": {"W": np.transpose, "dW": np.transpose},
    "C is a sum": dict.fromkeys(("delta", "delta_below", "db", "dW"), lambda g: 5 * g),
    "1/m comes late": dict.fromkeys(("delta", "delta_below"), lambda g: 5 * g),
    "δ = −∂C/∂z": dict.fromkeys(("delta", "delta_below"), np.negative),
}


def changed_by(choice):
    """The equations that are false if the letters mean what they do under the choice."""
    rng = np.random.default_rng(0)
    m, n, n_in = 5, 2, 3
    shapes = {"grad_a": (m, n), "slope_z": (m, n), "W": (n, n_in), "slope": (m, n_in)}
    letters = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    letters |= {"a": rng.normal(size=(m, n_in)), "m": m}
    for equation, formula in IN_THE_COURSE.items():
        letters[RESULTS[equation]] = eval(formula, {}, letters)
    there = letters | {name: change(letters[name]) for name, change in CHOICES[choice].items()}
    found = set()
    for equation, formula in IN_THE_COURSE.items():
        try:
            np.testing.assert_allclose(eval(formula, {}, there), there[RESULTS[equation]])
        except (AssertionError, ValueError):  # other numbers, or shapes that do not fit
            found.add(equation)
    return found


@pytest.mark.parametrize("choice", CHOICES)
def test_the_notation_page_has_a_line_for_each_equation_that_a_choice_changes(notation, choice):
    lines = [e for e, differs, *_ in notation["variants"] if differs == choice and e in RESULTS]
    assert len(lines) == len(set(lines))
    assert set(lines) == changed_by(choice)


def test_the_notation_page_treats_every_cost(notation):
    lines = {(equation, differs) for equation, differs, *_ in notation["variants"]}
    assert {line for line in lines if line[0] not in RESULTS} == {
        ("quadratic", "C is a sum"), ("quadratic", "no ½"),
        ("quadratic", "no ½, mean over outputs"),
        ("cross-entropy", "C is a sum"), ("cross-entropy", "mean over outputs"),
        ("softmax, cross-entropy", "C is a sum"),
        ("weight decay", "no ½"), ("weight decay", "λ/2m"),
    }  # fmt: skip


def test_nielsens_neuron_learns_as_he_says():
    """Nielsen (2015), ch. 3: 0.82 → 0.09 from w = 0.6, b = 0.9; 0.98 from w = b = 2."""
    for w, b, first, last in ((0.6, 0.9, 0.82, 0.09), (2.0, 2.0, 0.98, 0.20)):
        outputs = []
        for _ in range(301):
            outputs.append(float(sigmoid(np.array(w + b))))
            step = 0.15 * outputs[-1] ** 2 * (1 - outputs[-1])
            w, b = w - step, b - step
        assert (round(outputs[0], 2), round(outputs[-1], 2)) == (first, last)


def test_the_points_in_the_notebook_are_those_of_the_exercises():
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    points = {
        cell["id"].removeprefix("check-").replace("-", "."): cell["metadata"]["nbgrader"]["points"]
        for cell in cells
        if cell["id"].startswith("check-")
    }
    assert points == {exercise.id: exercise.points for exercise in EXERCISES}
