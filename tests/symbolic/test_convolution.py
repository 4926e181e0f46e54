"""Convolution: numbers worked by hand, generated code, many shapes, the smallest refutations."""

import itertools
from functools import cache

import numpy as np
import pytest

from bplab.numeric.convolution import conv2d, conv2d_backward
from bplab.symbolic import THEOREMS, counterexample, equal, to_numpy
from bplab.symbolic.lattice import size
from bplab.symbolic.model import unfold
from bplab.symbolic.shapes import agree_at_shapes
from bplab.symbolic.theorems import convolution
from bplab.symbolic.theorems.convolution import mistakes, refute

FROM_THE_LAYER = (
    "conv-kernel", "conv-bias", "conv-input", "conv-input-rotated", "conv-input-dilated",
    "conv-dense-kernel",
)  # fmt: skip
INPUTS = ("conv-input", "conv-input-rotated", "conv-input-dilated", "conv-dense-input")


@cache
def generated_from(name):
    return to_numpy(THEOREMS[name].proof)


def call(name, **known):
    """The code generated from a theorem, on what it needs of the names given."""
    generated = generated_from(name)
    return generated(**{parameter: known[parameter] for parameter in generated.parameters})


def names(x, K, delta, stride=(1, 1), padding=(0, 0)):
    sizes = {"H": x.shape[2], "W": x.shape[3], "k_h": K.shape[2], "k_w": K.shape[3]}
    geometry = dict(zip(("S_h", "S_w", "P_h", "P_w"), (*stride, *padding), strict=True))
    return {"x": x, "K": K, "delta": delta, **sizes, **geometry}


def test_a_3_by_3_image_and_a_2_by_2_kernel_by_hand():
    """z_00 = 1·1 + 2·0 + 4·0 − 5 = −4; each output is a difference along the diagonal.

    δ_00 = 1 and δ_11 = 2: dK_00 = 1·1 + 2·5, and so on. dx: δ_00 puts the kernel at (0, 0), δ_11
    puts twice the kernel at (1, 1); they meet at (1, 1): −1 + 2.
    """
    x = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    K = np.array([[[[1.0, 0.0], [0.0, -1.0]]]])
    delta = np.array([[[[1.0, 0.0], [0.0, 2.0]]]])
    known = names(x, K, delta) | {"b": np.array([10.0])}
    assert call("conv-forward", **known).tolist() == [[[[6.0, 6.0], [6.0, 6.0]]]]
    assert call("conv-dense", **known).tolist() == [[[[6.0, 6.0], [6.0, 6.0]]]]
    for name in ("conv-kernel", "conv-dense-kernel"):
        assert call(name, **known).tolist() == [[[[11.0, 14.0], [20.0, 23.0]]]]
    assert call("conv-bias", **known).tolist() == [3.0]
    for name in INPUTS:
        dx = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -2.0]]
        assert call(name, **known).tolist() == [[dx]]


def test_stride_two_by_hand():
    """One row, kernel (1, 2), stride 2: x = (1, 2, 3, 4, 5) has the windows (1, 2) and (3, 4)."""
    x, K = np.arange(1.0, 6.0).reshape(1, 1, 1, 5), np.array([[[[1.0, 2.0]]]])
    delta = np.array([[[[10.0, 100.0]]]])
    known = names(x, K, delta, stride=(1, 2)) | {"b": np.zeros(1)}
    assert call("conv-forward", **known).ravel().tolist() == [5.0, 11.0]
    assert call("conv-kernel", **known).ravel().tolist() == [310.0, 420.0]
    for name in ("conv-input", "conv-input-dilated"):
        assert call(name, **known).ravel().tolist() == [10.0, 20.0, 100.0, 200.0, 0.0]


def random_case(rng):
    """A layer with whole numbers: any stride, padding and kernel that fits."""
    while True:
        m, n_c, n_f = rng.integers(1, 3, 3)
        image, kernel = rng.integers(1, 7, 2), rng.integers(1, 5, 2)
        stride, padding = rng.integers(1, 4, 2), rng.integers(0, 3, 2)
        outputs = (image + 2 * padding - kernel) // stride + 1
        if np.all(image + 2 * padding >= kernel):
            x = rng.integers(-9, 10, (m, n_c, *image))
            K = rng.integers(-9, 10, (n_f, n_c, *kernel))
            return x, K, rng.integers(-9, 10, (m, n_f, *outputs)), tuple(stride), tuple(padding)


def forward(x, K, stride, padding):
    """The layer without bias on a padded image, window by window: no formula of the proofs."""
    (down, right), (h, w) = padding, K.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (down, down), (right, right)))
    rows = range(0, padded.shape[2] - h + 1, stride[0])
    columns = range(0, padded.shape[3] - w + 1, stride[1])
    z = [
        [
            np.tensordot(padded[:, :, a : a + h, b : b + w], K, ((1, 2, 3), (1, 2, 3)))
            for b in columns
        ]
        for a in rows
    ]
    return np.array(z).transpose(2, 3, 0, 1)


def by_differences(cost, array):
    """The gradient of a cost that is linear in each entry: exact, in whole numbers."""
    gradient = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        more = array.copy()
        more[place] += 1
        gradient[place] = cost(more) - cost(array)
    return gradient


def check_case(x, K, delta, stride, padding):
    known = names(x, K, delta, stride, padding)

    def cost(x, K):
        return int((delta * forward(x, K, stride, padding)).sum())

    assert np.array_equal(call("conv-kernel", **known), by_differences(lambda K: cost(x, K), K))
    dx = by_differences(lambda x: cost(x, K), x)
    assert np.array_equal(call("conv-input", **known), dx)
    if stride == (1, 1):
        assert np.array_equal(call("conv-input-rotated", **known), dx)


def test_generated_code_is_the_exact_difference_quotient_of_the_loops():
    rng = np.random.default_rng(0)
    for _ in range(25):
        check_case(*random_case(rng))


@pytest.mark.slow
def test_a_thousand_shapes_against_exact_difference_quotients():
    rng = np.random.default_rng(1)
    seen = set()
    while len(seen) < 1000:
        case = random_case(rng)
        shape = (case[0].shape, case[1].shape, case[3], case[4])
        if shape not in seen:
            seen.add(shape)
            check_case(*case)


@pytest.mark.slow
@pytest.mark.parametrize("name", FROM_THE_LAYER)
def test_a_thousand_shapes_as_polynomials(name):
    proof = THEOREMS[name].proof
    end = unfold(proof.end, frozenset(proof.model.definitions), proof.model)
    assert agree_at_shapes(proof.start, end, proof.model, differentiate=True, number=1000)


@pytest.mark.parametrize("seed", range(6))
def test_generated_code_agrees_with_the_hand_written(seed):
    x, K, delta, stride, padding = random_case(np.random.default_rng(seed))
    x, K, delta, b = x * 0.5, K * 0.25, delta * 1.0, np.arange(len(K)) + 1.0
    known = names(x, K, delta, stride, padding) | {"b": b}
    for name in ("conv-forward", "conv-dense"):
        np.testing.assert_allclose(call(name, **known), conv2d(x, K, b, stride, padding))
    dx, dK, db = conv2d_backward(delta, x, K, stride, padding)
    np.testing.assert_allclose(call("conv-input-dilated", **known), dx, atol=1e-12)
    np.testing.assert_allclose(call("conv-dense-kernel", **known), dK, atol=1e-12)
    np.testing.assert_allclose(call("conv-bias", **known), db, atol=1e-12)


def test_the_theorem_in_numpy_words():
    """dx is the full correlation of dilated δ with the rotated kernel, done with arrays."""
    x, K, delta, stride, padding = random_case(np.random.default_rng(3))
    s, t = stride
    m, n_f, rows, columns = delta.shape
    dilated = np.zeros((m, n_f, (rows - 1) * s + 1, (columns - 1) * t + 1))
    dilated[:, :, ::s, ::t] = delta
    h, w = K.shape[2:]
    wide = np.pad(dilated, ((0, 0), (0, 0), (h - 1, h - 1), (w - 1, w - 1)))
    back = forward(wide, K[:, :, ::-1, ::-1].swapaxes(0, 1), (1, 1), (0, 0))
    dx, _, _ = conv2d_backward(delta * 1.0, x * 1.0, K * 1.0, stride, padding)
    seen = back[:, :, padding[0] :, padding[1] :]  # of the padded image; the rest is never read
    np.testing.assert_allclose(
        dx[:, :, : seen.shape[2], : seen.shape[3]],
        seen[:, :, : x.shape[2], : x.shape[3]],
        atol=1e-12,
    )


SMALLEST = {
    "unrotated kernel": {"W": 2, "k_w": 2},
    "δ is not dilated": {"P_w": 1, "S_w": 2},
    "padding is forgotten": {"P_w": 1},
    "rows and columns of the kernel swapped": {"W": 2, "k_w": 2},
    "rotated gradient of the kernel": {"W": 2, "k_w": 2},
    "one sample for the batch": {"m": 2},
    "δ for its sum": {"m": 2},
}


@pytest.mark.parametrize("mistake", SMALLEST)
def test_mistakes_are_refuted_at_the_smallest_shape(mistake):
    example = refute(mistake)
    least = {name: 0 if name.startswith("P") else 1 for name in example.widths}
    assert example.widths == least | SMALLEST[mistake]
    assert example.left != example.right
    theorem, wrong = mistakes()[mistake]
    assert not equal(theorem.proof.end, wrong, theorem.proof.model, opened=opened(theorem))


def opened(theorem):
    return frozenset(theorem.proof.model.definitions)


def test_every_mistake_is_in_the_table():
    assert set(mistakes()) == set(SMALLEST)


def test_a_counterexample_is_one():
    """Kernel (1, 2), δ = 3: the left pixel is under the kernel's first weight, so dx_00 = 3·1."""
    example = refute("unrotated kernel")
    assert (example.left, example.right) == (3, 6)
    assert example.values == {"K[0,0,0,0]": 1, "K[0,0,0,1]": 2, "δ[0,0,0,0]": 3}
    dx, _, _ = conv2d_backward([[[[3.0]]]], np.ones((1, 1, 1, 2)), np.array([[[[1.0, 2.0]]]]))
    assert dx[0, 0, 0, 0] == 3.0


def test_the_dilated_size():
    example = convolution.dilated_size_counterexample()
    assert (example.widths | example.values, example.left, example.right) == ({"S": 2}, 1, 2)


def test_no_counterexample_to_a_truth():
    proof = THEOREMS["conv-input"].proof
    other = THEOREMS["conv-dense-input"].proof.end
    assert counterexample(proof.end, other, proof.model, differentiate=True) is None


def test_output_sizes():
    for n, k, s, p in itertools.product(range(1, 8), range(1, 5), range(1, 4), range(3)):
        fits = range(0, n + 2 * p - k + 1, s)
        if fits:
            assert convolution.output_size(n, k, s, p) == len(fits)
    assert convolution.output_size(size("n"), 1, 1, 0) == size("n")
