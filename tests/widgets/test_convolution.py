"""The convolution explorer: both passes in JavaScript are those of NumPy, link by link."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bplab.widgets.convolution import convolution, convolution_explorer, max_pooling, state
from bplab.widgets.view import as_json
from tests.javascript import call, calls

MATHS = "convolution_maths.js"
EXAMPLE = convolution_explorer().start


def cases():
    rng = np.random.default_rng(2)
    for stride in (1, 2, 3):
        for padding in (0, 1, 2):
            for pixels, kernel in (((5, 5), (3, 3)), ((4, 7), (2, 3)), ((3, 6), (1, 2))):
                x = rng.integers(0, 4, pixels)  # few values, so that many windows have ties
                made = state(x, rng.normal(size=kernel), stride, padding)
                yield replace(made, size=int(rng.integers(2, 4)))


def given(start, layer):
    return as_json(start) | {"layer": layer}


@pytest.mark.parametrize(("layer", "here"), [("convolution", convolution), ("max", max_pooling)])
def test_javascript_computes_the_same(layer, here):
    many = list(cases())
    found = calls(MATHS, "compute", [(given(start, layer),) for start in many])
    for start, there in zip(many, found, strict=True):
        passed = here(start)
        for name in ("z", "delta", "dx"):
            expected = getattr(passed, name)
            assert np.shape(there[name]) == expected.shape
            np.testing.assert_allclose(there[name], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("layer", ["convolution", "max"])
def test_what_reads_a_pixel_makes_up_its_gradient(layer):
    start = replace(EXAMPLE, stride=2, padding=1)
    net = given(start, layer)
    passed = call(MATHS, "compute", net)
    places = list(np.ndindex(start.x.shape))
    for (p, q), readers in zip(
        places, calls(MATHS, "readersOf", [(net, p, q) for p, q in places]), strict=True
    ):
        total = sum(passed["delta"][o["r"]][o["c"]] * o["weight"] for o in readers)
        assert total == pytest.approx(passed["dx"][p][q])


def test_the_deltas_around_a_pixel_carry_the_rotated_kernel():
    readers = call(MATHS, "readersOf", given(EXAMPLE, "convolution"), 2, 2)
    met = np.zeros((3, 3))
    for reader in readers:
        met[reader["r"], reader["c"]] = reader["weight"]
    assert met.tolist() == EXAMPLE.K[::-1, ::-1].tolist()


def test_of_equal_pixels_the_first_counts():
    seen = call(MATHS, "reads", given(EXAMPLE, "max"), 1, 1)
    assert [pixel["value"] for pixel in seen] == [3, 3, 1, 0]
    assert [pixel["weight"] for pixel in seen] == [1, 0, 0, 0]
    assert [pixel["tie"] for pixel in seen] == [True, True, False, False]


@pytest.mark.parametrize(
    ("x", "K", "options", "words"),
    [
        (np.ones((2, 5)), np.ones((1, 1)), {}, r"x must have 3 to 7 rows and columns; got .*2, 5"),
        (np.ones((8, 5)), np.ones((1, 1)), {}, r"x must have 3 to 7 rows and columns; got .*8, 5"),
        (np.ones((5, 5)), np.ones((4, 3)), {}, r"K must be at most 3 × 3; got \(4, 3\)"),
        (np.ones(5), np.ones((3, 3)), {}, "x"),
        (np.ones((5, 5)), [[np.inf]], {}, r"K must be finite; K\[0, 0\] is inf"),
        (np.ones((5, 5)), np.ones((3, 3)), {"stride": 0}, "stride must be a whole number from 1"),
        (np.ones((5, 5)), np.ones((3, 3)), {"padding": 3}, "padding must be a whole number from 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(x, K, options, words):
    with pytest.raises(ValueError, match=words):
        convolution_explorer(x, K, **options)


@pytest.mark.parametrize("name", ["stride", "padding"])
def test_a_size_that_is_no_whole_number_is_refused_in_words(name):
    with pytest.raises(TypeError, match=f"{name} must be a whole number from .*; got 1.0"):
        convolution_explorer(**{name: 1.0})


def test_without_a_front_end_it_is_a_picture_with_words():
    widget = convolution_explorer(padding=1)
    assert "An image of 5 by 5 pixels, with padding 1" in repr(widget)
    assert "Run this cell in JupyterLab to point at outputs" in repr(widget)
    assert json.loads(json.dumps(widget.state)) == widget.state
