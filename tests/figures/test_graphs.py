"""The drawn graph says what the graph holds, and no two boxes lie on each other."""

from fractions import Fraction
from itertools import combinations

import pytest
from matplotlib.patches import Rectangle

from bplab.figures.graphs import value_graph
from bplab.numeric import Value


def product_of_sums(scale=1.0):
    x, y = Value(2.0 * scale), Value(5.0)
    s = x + y
    f = s * x
    f.backward()
    return f, {x: "x", y: "y", s: "s", f: "f"}


def texts(picture):
    return [text.get_text() for text in picture.figure.axes[0].texts]


def test_it_names_values_and_gradients():
    f, names = product_of_sums()
    picture = value_graph(f, names=names, title="Product")
    assert picture.alt == (
        "Product: x = 2, gradient 9; y = 5, gradient 2; s = 7 from x, y, gradient 2; "
        "f = 14 from s, x, gradient 1."
    )
    shown = texts(picture)
    assert {"x", "y", "s", "f", "14", "∂ 9", "∂ 1"} <= set(shown)
    assert shown.count("") == 4, "one arrow for each use"
    assert sorted(text for text in shown if text in {"1", "2", "7"}) == sorted("1127" + "27")


def test_without_gradients_it_shows_none():
    f, names = product_of_sums()
    picture = value_graph(f, names=names, gradients=False)
    assert "gradient" not in picture.alt
    assert not any("∂" in text for text in texts(picture))


def test_unnamed_nodes_go_by_their_operation():
    f = (Value(Fraction(1, 3)) * Value(-2.0)).exp()
    picture = value_graph(f, gradients=False)
    assert "input = 1/3; input = −2; × = −0.6667 from input, input; exp = " in picture.alt


def test_the_digest_sees_a_small_change():
    digests = {value_graph(product_of_sums(scale)[0]).digest for scale in (1.0, 1.0, 1.02)}
    assert len(digests) == 2


def test_a_repeated_input_has_two_arrows():
    x = Value(3)
    f = x * x
    f.backward()
    assert texts(value_graph(f)).count("3") == 3, "its value, and a local derivative on each arrow"


def wide():
    leaves = [Value(float(n)) for n in range(1, 5)]
    a, b = leaves[0] * leaves[1], leaves[1] * leaves[2]
    return (a + b) * (a - b) + leaves[3] * a


@pytest.mark.parametrize("make", [lambda: product_of_sums()[0], wide, lambda: Value(1)])
def test_boxes_do_not_overlap_and_arrows_point_right(make):
    ax = value_graph(make()).figure.axes[0]
    boxes = [patch.get_bbox() for patch in ax.patches if isinstance(patch, Rectangle)]
    assert boxes
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    arrows = [text for text in ax.texts if text.get_text() == ""]
    assert all(arrow.xyann[0] < arrow.xy[0] for arrow in arrows)
    x_limits, y_limits = ax.get_xlim(), ax.get_ylim()
    for box in boxes:
        assert x_limits[0] < box.x0
        assert box.x1 < x_limits[1]
        assert y_limits[0] < box.y0
        assert box.y1 < y_limits[1]


def test_it_shows_itself_with_words():
    picture = value_graph(product_of_sums()[0])
    data, metadata = picture._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == picture.alt
