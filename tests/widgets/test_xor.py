"""The XOR explorer: its numbers are those of NumPy, and its inequalities cannot all hold."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from bplab.numeric import GATE_INPUTS, GATES, perceptron
from bplab.widgets.view import as_json
from bplab.widgets.xor import LINES, hidden_places, line, state, xor_explorer
from tests.javascript import call, calls

MATHS = "xor_maths.js"


def random_lines(rng):
    return {name: tuple(map(tuple, rng.uniform(-0.5, 1.5, (2, 2)))) for name in LINES}


def net(start):
    """The network as the browser has it."""
    units = [line(start.lines[name]) for name in ("first", "second")[: start.hidden]]
    out = line(start.lines["output" if start.hidden else "first"])
    gain = start.gain if start.activation == "sigmoid" else 1
    made = [{"w": w, "b": b} for w, b in units]
    output = {"w": out[0], "b": out[1]}
    return as_json({"units": made, "output": output, "activation": start.activation, "gain": gain})


def cases():
    rng = np.random.default_rng(3)
    for hidden in (0, 1, 2):
        for activation in ("step", "sigmoid", "relu"):
            for _ in range(5):
                start = state(hidden, activation, int(rng.integers(1, 31)))
                yield replace(start, lines=random_lines(rng)), rng.uniform(-1, 2, (20, 2))


def test_javascript_computes_the_same():
    many = list(cases())
    found = calls(MATHS, "compute", [(net(start), x.tolist()) for start, x in many])
    for (start, x), there in zip(many, found, strict=True):
        h = hidden_places(start, x)
        w, b = line(start.lines["output" if start.hidden else "first"])
        np.testing.assert_allclose(there["h"], h, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(there["z"], h @ w + b, rtol=1e-12, atol=1e-12)


def test_a_line_runs_through_its_ends_in_both_languages():
    rng = np.random.default_rng(1)
    for ends in (random_lines(rng)["first"] for _ in range(10)):
        w, b = line(ends)
        np.testing.assert_allclose(np.array(ends) @ w + b, 0, atol=1e-12)
        there = call("shared/plane.js", "lineThrough", *map(list, ends))
        np.testing.assert_allclose([*there["w"], there["b"]], [*w, b], rtol=1e-12, atol=1e-12)


def test_the_demands_are_those_of_the_corners_and_never_all_hold():
    rng = np.random.default_rng(7)
    lines = [(rng.normal(size=2), rng.normal()) for _ in range(300)]
    arguments = [(as_json({"w": w, "b": b}),) for w, b in lines]
    best = 0
    for (w, b), rows in zip(lines, calls(MATHS, "demands", arguments), strict=True):
        right = perceptron(GATE_INPUTS, w, b) == GATES["XOR"]
        for corners, _, value, holds in rows[:4]:
            assert holds == right[corners[0]]
            assert value == pytest.approx(GATE_INPUTS[corners[0]] @ w + b)
        (_, _, low, low_holds), (_, _, high, high_holds) = rows[4:]
        assert low == high == pytest.approx(sum(w) + 2 * b)
        assert low_holds != high_holds
        best = max(best, sum(row[3] for row in rows[:4]))
    assert best == 3


def test_two_hidden_units_solve_it():
    lines = {
        "first": ((-0.25, 0.75), (0.75, -0.25)),  # OR
        "second": ((1.75, -0.25), (-0.25, 1.75)),  # NAND
        "output": ((0.5, 1.0), (1.0, 0.5)),  # AND of both
    }
    for activation in ("step", "sigmoid"):
        solved = replace(state(2, activation, 20), lines=lines)
        z = call(MATHS, "compute", net(solved), GATE_INPUTS.tolist())["z"]
        assert [call(MATHS, "answer", value) for value in z] == GATES["XOR"].tolist()


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"hidden": 3}, ValueError, "hidden must be a whole number from 0 to 2; got 3"),
        ({"hidden": 1.0}, TypeError, "hidden must be a whole number from 0 to 2; got 1.0"),
        ({"activation": "gelu"}, ValueError, "activation must be one of .* relu; got 'gelu'"),
        ({"gain": 0}, ValueError, "gain must be a whole number from 1 to 30; got 0"),
        ({"gain": np.nan}, TypeError, "gain must be a whole number from 1 to 30; got nan"),
    ],
)
def test_what_is_not_offered_is_refused_in_words(given, error, words):
    with pytest.raises(error, match=words):
        xor_explorer(**given)


@pytest.mark.parametrize(
    ("hidden", "words"),
    [
        (0, "Why no line solves XOR: "),
        (1, r"one hidden unit at the start: \(0, 0\) of class 0 goes to \(0.018, 0\); "),
        (2, r"two hidden units at the start: \(0, 0\) of class 0 goes to \(0.018, 0.018\); "),
    ],
)
def test_without_a_front_end_it_is_a_picture_with_words(hidden, words):
    widget = xor_explorer(hidden)
    assert re.search(words, repr(widget))
    assert json.loads(json.dumps(widget.state)) == widget.state
