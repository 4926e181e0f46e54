"""Pooling and flattening: ties, overlap, upsampling, generated code, the smallest refutations."""

import itertools

import numpy as np
import pytest

from bplab.numeric.pooling import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from bplab.symbolic import THEOREMS, FalseStep, to_numpy
from bplab.symbolic.theorems import pooling


def masks(x, size, stride, rule):
    """M of the theorem: which place of which window `rule` marks, given the pixels in order."""
    rows = (x.shape[2] - size[0]) // stride[0] + 1
    columns = (x.shape[3] - size[1]) // stride[1] + 1
    M = np.zeros((*x.shape[:2], rows, columns, *size))
    for s, c, i, j in np.ndindex(M.shape[:4]):
        a, b = stride[0] * i, stride[1] * j
        pixels = x[s, c, a : a + size[0], b : b + size[1]].ravel()
        M[s, c, i, j].flat[rule(list(pixels))] = 1.0
    return M


def generated_max_pool(delta, x, size, stride):
    M = masks(x, size, stride, pooling.first_maximum)
    function = to_numpy(THEOREMS["max-pool"].proof)
    H, W = x.shape[2:]
    return function(M=M, delta=delta, H=H, W=W, S_h=stride[0], S_w=stride[1])


@pytest.mark.parametrize(
    ("size", "stride"), [((2, 2), (2, 2)), ((3, 3), (2, 2)), ((2, 3), (1, 2)), ((1, 1), (2, 1))]
)
def test_generated_code_agrees_with_the_hand_written_where_pixels_are_tied(size, stride):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, (2, 2, 6, 7)) * 1.0
    delta = rng.normal(size=max_pool2d(x, size, stride).shape)
    got = generated_max_pool(delta, x, size, stride)
    np.testing.assert_allclose(got, max_pool2d_backward(delta, x, size, stride), atol=1e-14)
    box = np.ones(size)
    mean = to_numpy(THEOREMS["avg-pool"].proof)(
        B=box, delta=delta, H=6, W=7, S_h=stride[0], S_w=stride[1]
    )
    np.testing.assert_allclose(mean, avg_pool2d_backward(delta, x, size, stride), atol=1e-14)
    forward = to_numpy(THEOREMS["avg-pool-forward"].proof)(B=box, x=x, S_h=stride[0], S_w=stride[1])
    np.testing.assert_allclose(forward, avg_pool2d(x, size, stride), atol=1e-14)


def test_overlapping_windows_by_hand():
    """One row 1 3 2 0, windows of 2, stride 1: maxima 3, 3, 2; the 3 gets both of its errors."""
    x = np.array([[[[1.0, 3.0, 2.0, 0.0]]]])
    delta = np.array([[[[10.0, 100.0, 1000.0]]]])
    got = generated_max_pool(delta, x, (1, 2), (1, 1))
    assert got.ravel().tolist() == [0.0, 110.0, 1000.0, 0.0]


def test_mean_pooling_without_overlap_is_upsampling():
    delta = np.random.default_rng(0).normal(size=(3, 4, 5))
    blocks = to_numpy(THEOREMS["avg-pool-blocks"].proof)(delta=delta, k_h=2, k_w=3)
    upsampled = np.kron(delta, np.ones((2, 3))) / 6
    np.testing.assert_allclose(blocks.reshape(3, 8, 15), upsampled, rtol=1e-14)
    windows = to_numpy(THEOREMS["avg-pool"].proof)(
        B=np.ones((2, 3)), delta=delta[:, np.newaxis], H=8, W=15, S_h=2, S_w=3
    )
    np.testing.assert_allclose(windows[:, 0], upsampled, rtol=1e-14)


def test_every_order_of_pixels_is_counted_once():
    for size, number in {1: 1, 2: 3, 3: 13, 4: 75}.items():  # the ordered Bell numbers
        found = list(pooling.orderings(size))
        assert len(found) == len(set(found)) == number


def test_regions_overlap_or_leave_gaps_with_another_convention(monkeypatch):
    def all_maxima(window):
        return [k for k, top in enumerate(window) if top == max(window)]

    def strict(window):
        return [k for k, top in enumerate(window) if sum(other >= top for other in window) == 1]

    for wrong in (all_maxima, strict):
        monkeypatch.setattr(pooling, "regions_of", wrong)
        assert not pooling.regions_partition(largest=3)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda window: max(range(len(window)), key=lambda k: (window[k], k)),  # the last maximum
        lambda window: window.index(min(window)),
        lambda window: 0,
    ],
)
def test_another_place_of_the_mask_is_not_the_difference_quotient(monkeypatch, wrong):
    monkeypatch.setattr(pooling, "first_maximum", wrong)
    assert not pooling.agrees_with_differences()


def test_a_failed_check_is_no_proof(monkeypatch):
    monkeypatch.setattr(pooling, "agrees_with_differences", lambda: False)
    with pytest.raises(FalseStep, match="max pooling: every window has one first maximum"):
        pooling.max_pooling.derive()


@pytest.mark.slow
def test_differences_at_a_thousand_shapes():
    assert pooling.agrees_with_differences(shapes=1000)


def test_a_tie_for_all_is_refuted_by_two_pixels():
    example = pooling.tie_counterexample()
    assert (example.left, example.right) == (1, 2)
    assert example.values == {"x[0,0]": 1, "x[0,1]": 1, "δ[0,0]": 1}


def test_mean_pooling_without_its_share_is_refuted_by_two_pixels():
    example = pooling.missing_share_counterexample()
    assert (example.widths["W"], example.widths["k_w"]) == (2, 2)
    assert example.right == 2 * example.left


def test_flatten_is_reshape():
    x = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    back = to_numpy(THEOREMS["flatten"].proof)(delta=x.reshape(2, -1), n_c=3, H=4, W=5)
    assert np.array_equal(back, x)


def test_addresses_are_one_to_one_only_in_this_order():
    assert pooling.addresses_are_one_to_one(largest=3)
    places = list(itertools.product(range(3), range(4), range(5)))
    assert sorted((c * 5 + p) * 4 + q for c, p, q in places) != list(range(60))
