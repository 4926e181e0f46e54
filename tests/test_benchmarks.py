"""The arithmetic of the benchmarks, on planted numbers; and that peers compute what we compute."""

import numpy as np
import pytest

from benchmarks import mlp, teaching
from benchmarks.results import Result, table
from benchmarks.widgets import USUAL, Press, results
from bplab.numeric.convolution import conv2d, conv2d_backward


def test_a_view_is_compared_with_the_usual_way():
    slow = [Press(total, own=0) for total in (100, 200, 300)]
    fast = [Press(total, own) for total, own in ((10, 3), (20, 4), (30, 17), (40, 18), (1000, 19))]
    found = {r.name: r for r in results("view", fast, slow)}
    assert {name: r.value for name, r in found.items()} == {
        "widgets: view, key to pixels, median": 30,
        "widgets: view, key to pixels, 95 %": pytest.approx(808),
        "widgets: view, own work, median": 17,
        f"widgets: view / {USUAL}": 0.15,
        f"widgets: {USUAL} beside it, median": 200,
        f"widgets: {USUAL} beside it, 95 %": pytest.approx(290),
    }
    assert found["widgets: view, own work, median"].verdict == "not met"  # 16 ms
    assert found[f"widgets: view / {USUAL}"].verdict == "not met"  # 1/8


@pytest.mark.parametrize("name", teaching.CONVOLUTIONS)
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 1), (2, 0), (2, 1)])
def test_the_teaching_codes_compute_the_same(name, stride, padding):
    rng = np.random.default_rng(0)
    x, K, b = (rng.standard_normal(s) for s in ((2, 3, 7, 7), (4, 3, 3, 3), (4,)))
    forward, backward = teaching.CONVOLUTIONS[name]
    z = conv2d(x, K, b, stride, padding)
    np.testing.assert_allclose(forward(x, K, b, stride, padding), z, rtol=1e-12, atol=1e-12)
    ours = conv2d_backward(z, x, K, stride, padding)
    for found, right in zip(backward(z, x, K, stride, padding), ours, strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-11)


def test_the_network_without_a_check_has_the_same_gradients():
    works = mlp.works([6, 5, 4, 3], batch=7, dtype="float64")
    works["ready"]()  # a second step must find nothing of the first
    ours, (dWs, dbs) = works["gradients"](), works["ready"]()
    for layer, (dW, db) in enumerate(zip(dWs, dbs, strict=True)):
        np.testing.assert_allclose(ours[f"{2 * layer}.W"], dW, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(ours[f"{2 * layer}.b"], db, rtol=1e-12, atol=1e-15)


def test_small_ratios_are_not_shown_as_nothing():
    assert " 0.0031 ×     ≤ 1 ×  met" in table([Result("loops", 0.00312, "×", goal=1)], [])
