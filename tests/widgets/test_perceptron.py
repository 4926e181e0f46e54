"""The perceptron stepper: its run is that of NumPy, and bad points are refused in words."""

import json

import numpy as np
import pytest

from bplab.numeric import GATE_INPUTS, GATES, novikoff_bound, train_perceptron
from bplab.widgets.perceptron import MOST_EPOCHS, perceptron_stepper, state
from bplab.widgets.view import as_json
from tests.javascript import call, calls

MATHS = "perceptron_maths.js"
ZERO = {"w": [0.0, 0.0], "b": 0.0}


def cloud(seed, count=12, gap=0.05):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (400, 2))
    z = x @ np.array([0.6, -0.8]) + 0.2
    kept = np.flatnonzero(np.abs(z) > gap)[:count]
    return x[kept], (z[kept] > 0).astype(int)


SAMPLES = [(GATE_INPUTS, y) for y in GATES.values()] + [cloud(seed) for seed in range(4)]


def given(start, order):
    data = as_json(start)
    epochs = data["orders"][order]["epochs"]
    return {"x": data["x"], "s": data["s"], "epochs": epochs, "most": data["most"], "start": ZERO}


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_the_run_in_javascript_is_that_of_numpy(seed):
    found = calls(MATHS, "compute", [(given(state(x, y), seed or 0),) for x, y in SAMPLES])
    for (x, y), there in zip(SAMPLES, found, strict=True):
        rng = None if seed is None else np.random.default_rng(seed)
        here = train_perceptron(x, y, max_epochs=MOST_EPOCHS, rng=rng)
        np.testing.assert_allclose(there["w"], here.w, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(there["b"], here.b, rtol=1e-12, atol=1e-12)
        assert there["samples"] == here.samples.tolist()
        assert tuple(there["mistakes_by_epoch"]) == here.mistakes_by_epoch
        assert there["converged"] == here.converged


def test_a_run_may_start_elsewhere():
    start = {"w": [2.0, 2.0], "b": -3.0}
    run = call(MATHS, "compute", given(state(GATE_INPUTS, GATES["AND"]), 0) | {"start": start})
    assert (run["samples"], run["converged"]) == ([], True)


def test_the_bound_in_javascript_is_that_of_numpy():
    rng = np.random.default_rng(0)
    lines = [(rng.normal(size=2), rng.normal()) for _ in range(150)]
    cases = [(x, y, w, b) for x, y in SAMPLES for w, b in lines]
    arguments = [
        (as_json({"x": x, "s": 2.0 * y - 1}), as_json({"w": w, "b": b})) for x, y, w, b in cases
    ]
    separated = 0
    for (x, y, w, b), there in zip(cases, calls(MATHS, "bound", arguments), strict=True):
        if there is None:
            with pytest.raises(ValueError, match="must separate the two classes"):
                novikoff_bound(x, y, w, b)
        else:
            separated += 1
            assert there["bound"] == pytest.approx(novikoff_bound(x, y, w, b), rel=1e-12)
            assert there["bound"] == pytest.approx((there["R"] / there["gamma"]) ** 2, rel=1e-12)
    assert 10 < separated < len(cases) - 10


def test_the_epoch_of_each_mistake():
    run = call(MATHS, "compute", given(state(GATE_INPUTS, GATES["OR"]), 0))
    epochs = [call(MATHS, "epochOf", run, k) for k in range(1, len(run["samples"]) + 1)]
    found = np.bincount(epochs, minlength=len(run["mistakes_by_epoch"]) + 1)[1:]
    assert found.tolist() == run["mistakes_by_epoch"]


def test_a_line_takes_the_side_that_gets_more_points_right():
    samples = as_json({"x": GATE_INPUTS, "s": 2.0 * GATES["AND"] - 1})
    line = {"w": [-1.0, -1.0], "b": 1.5}
    assert call(MATHS, "oriented", samples, line) == {"w": [1, 1], "b": -1.5}
    assert call(MATHS, "oriented", samples, {"w": [1.0, 1.0], "b": -1.5})["b"] == -1.5


def test_a_line_through_two_points():
    line = call("shared/plane.js", "lineThrough", [0.0, 1.5], [1.5, 0.0])
    assert np.hypot(*line["w"]) == pytest.approx(1)
    assert np.dot(line["w"], [0.75, 0.75]) + line["b"] == pytest.approx(0)
    assert call("shared/plane.js", "lineThrough", [1.0, 1.0], [1.0, 1.0]) is None


@pytest.mark.parametrize(
    ("w", "b", "ends"),
    [
        ([0.0, 1.0], 0.0, [[-1, 0], [1, 0]]),
        ([1.0, 0.0], -0.5, [[0.5, -1], [0.5, 1]]),
        ([1.0, -1.0], 0.0, [[-1, -1], [1, 1]]),  # through two corners, each found twice
        ([1.0, 1.0], -5.0, None),  # outside
        ([0.0, 0.0], 0.0, None),  # no line at all
    ],
)
def test_where_a_line_crosses_the_square(w, b, ends):
    found = call("shared/plane.js", "lineEnds", w, b, -1, 1)
    assert (None if found is None else sorted(found)) == ends


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([[0.0, 1.0, 2.0]], [1], r"x must have shape \(B, 2\), points of the plane; got \(1, 3\)"),
        ([[0.0, np.nan]], [1], r"x must be finite; x\[0, 1\] is nan"),
        ([[0.0, 1.0]], [2], "y must hold two classes"),
        ([[0.0, 1.0]], [1, 0], "B"),
        (np.zeros((25, 2)), np.zeros(25), "at most 24 points; got 25. Take fewer."),
        ([[0.0, 50.0]], [1], "between −10 and 10; got 50. Scale x."),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(x, y, words):
    with pytest.raises(ValueError, match=words):
        perceptron_stepper(np.array(x), np.array(y))


def test_without_a_front_end_it_is_a_picture_with_words():
    widget = perceptron_stepper()
    assert repr(widget).startswith(
        "Perceptron stepper: the whole run: 18 mistakes in 9 epochs; Novikoff's bound allows 87; "
        "the last line separates the classes. Run this cell in JupyterLab"
    )
    assert json.loads(json.dumps(widget.state)) == widget.state
    assert len(widget.state["orders"]) == 4
