"""Pooling: by hand, window by window, against independent witnesses; ties; what it refuses."""

import itertools
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bplab import exact, gradients
from bplab.numeric import pooling
from bplab.numeric.pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)

PAIRS = {"max": (max_pool2d, max_pool2d_backward), "avg": (avg_pool2d, avg_pool2d_backward)}
# B, C, H, W, size, stride: overlapping, with gaps, with pixels left over, 1×1, the whole image
SHAPES = [
    (2, 3, 4, 6, (2, 2), None),
    (2, 3, 5, 7, (2, 3), None),
    (1, 2, 6, 5, (3, 2), (1, 1)),
    (2, 1, 7, 7, (3, 3), (2, 2)),
    (1, 1, 5, 5, (1, 1), None),
    (1, 2, 6, 7, (1, 2), (3, 2)),
    (2, 2, 3, 4, (3, 4), (5, 1)),
    (1, 1, 1, 1, (1, 1), (2, 2)),
]


def windows(x, size, stride):
    """Each window with its place, one after the other."""
    (kh, kw), (sh, sw) = size, stride or size
    for i, c in np.ndindex(x.shape[:2]):
        for r, q in np.ndindex((x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1):
            yield (i, c, r, q), (i, c, slice(r * sh, r * sh + kh), slice(q * sw, q * sw + kw))


def by_windows(kind, x, dz, size, stride):
    """z and dx from the definitions."""
    z, dx = np.zeros(dz.shape), np.zeros(x.shape)
    for place, window in windows(x, size, stride):
        if kind == "max":
            first = np.unravel_index(x[window].argmax(), size)
            z[place] = x[window][first]
            dx[window][first] += dz[place]
        else:
            z[place] = x[window].mean()
            dx[window] += dz[place] / x[window].size
    return z, dx


def case(B, C, H, W, size, stride, dtype=np.float64, ties=False):
    rng = np.random.default_rng(6)
    x = rng.integers(0, 3, (B, C, H, W)) if ties else rng.normal(size=(B, C, H, W))
    z = max_pool2d(x, size, stride)
    return x.astype(dtype), rng.normal(size=z.shape).astype(dtype)


@st.composite
def shapes(draw):
    B, C, H, W = (draw(st.integers(1, most)) for most in (2, 2, 8, 8))
    size = draw(st.integers(1, min(4, H))), draw(st.integers(1, min(4, W)))
    stride = draw(st.none() | st.tuples(st.integers(1, 5), st.integers(1, 5)))
    return B, C, H, W, size, stride


# By hand


def test_by_hand():
    x = [[[[1.0, 5.0, 2.0, 0.0], [4.0, 2.0, 3.0, 7.0]]]]
    np.testing.assert_array_equal(max_pool2d(x, 2), [[[[5.0, 7.0]]]])
    np.testing.assert_array_equal(avg_pool2d(x, 2), [[[[3.0, 3.0]]]])
    np.testing.assert_array_equal(
        max_pool2d_backward([[[[10.0, 20.0]]]], x, 2), [[[[0, 10.0, 0, 0], [0, 0, 0, 20.0]]]]
    )
    np.testing.assert_array_equal(
        avg_pool2d_backward([[[[4.0, 8.0]]]], x, 2), [[[[1.0, 1.0, 2.0, 2.0]] * 2]]
    )


def test_overlapping_windows_add_up_by_hand():
    x = [[[[1.0, 9.0, 2.0]]]]
    np.testing.assert_array_equal(
        max_pool2d_backward([[[[1.0, 10.0]]]], x, (1, 2), 1), [[[[0.0, 11.0, 0.0]]]]
    )
    np.testing.assert_array_equal(
        avg_pool2d_backward([[[[2.0, 20.0]]]], x, (1, 2), 1), [[[[1.0, 11.0, 10.0]]]]
    )


@pytest.mark.parametrize(
    ("window", "first"),
    [
        ([[1, 1], [1, 1]], (0, 0)),
        ([[0, 1], [1, 1]], (0, 1)),
        ([[0, 1], [1, 0]], (0, 1)),  # row before column
        ([[0, 0], [1, 1]], (1, 0)),
        ([[-1, -2], [-1, -3]], (0, 0)),
    ],
)
def test_of_equal_pixels_the_first_takes_all(window, first):
    dx = max_pool2d_backward([[[[3.0]]]], [[window]], 2)
    expected = np.zeros((1, 1, 2, 2))
    expected[0, 0][first] = 3
    np.testing.assert_array_equal(dx, expected)


def test_a_published_output():
    # Stanford's CS231n, assignment 2: max_pool_forward_naive on a linspace
    x = np.linspace(-0.3, 0.4, num=2 * 3 * 4 * 4).reshape(2, 3, 4, 4)
    expected = [
        [
            [[-0.26315789, -0.24842105], [-0.20421053, -0.18947368]],
            [[-0.14526316, -0.13052632], [-0.08631579, -0.07157895]],
            [[-0.02736842, -0.01263158], [0.03157895, 0.04631579]],
        ],
        [
            [[0.09052632, 0.10526316], [0.14947368, 0.16421053]],
            [[0.20842105, 0.22315789], [0.26736842, 0.28210526]],
            [[0.32631579, 0.34105263], [0.38526316, 0.4]],
        ],
    ]
    np.testing.assert_allclose(max_pool2d(x, 2), expected, atol=5e-9)


# Against the definition and other witnesses


@settings(deadline=None)
@given(shapes(), st.booleans(), st.sampled_from([1, 1 << 18]))
@pytest.mark.parametrize("kind", PAIRS)
def test_all_shapes_agree_with_the_definition(kind, shape, ties, block):
    x, dz = case(*shape, ties=ties)
    f, f_backward = PAIRS[kind]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooling, "BLOCK", block)
        got = f(x, *shape[4:]), f_backward(dz, x, *shape[4:])
    for result, expected in zip(got, by_windows(kind, x, dz, *shape[4:]), strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", PAIRS)
def test_backward_is_the_gradient(kind, shape):
    f, f_backward = PAIRS[kind]
    x, dz = case(*shape)

    def cost(x):
        return (dz * f(x, *shape[4:]) ** 2).sum()

    def gradient(x):
        return f_backward(2 * dz * f(x, *shape[4:]), x, *shape[4:])

    assert gradients.check(cost, gradient, x, tolerance=1e-11)
    assert exact.check(
        lambda x, dz: (dz * f(x, *shape[4:]) ** 2).sum(),
        lambda x, dz: f_backward(2 * dz * f(x, *shape[4:]), x, *shape[4:]),
        x,
        (dz,),
        rounds=2,
    )


def every_tie(dz, x, size, stride):
    """The whole gradient to each of the largest."""
    dx = np.zeros_like(dz, shape=x.shape)
    for place, window in windows(x, size, stride):
        dx[window] = dx[window] + dz[place] * (x[window] == x[window].max())
    return dx


def overwritten(dz, x, size, stride):
    """Of overlapping windows only the last counts."""
    dx = np.zeros_like(dz, shape=x.shape)
    for place, window in windows(x, size, stride):
        dx[window] = dz[place] * (x[window] == x[window].max())
    return dx


def test_the_comparisons_reject_wrong_backwards():
    shape = (1, 2, 6, 5, (3, 2), (1, 1))
    x, dz = case(*shape, ties=True)
    right = max_pool2d_backward(dz, x, *shape[4:])
    for mistake in (every_tie, overwritten):
        assert not np.allclose(mistake(dz, x, *shape[4:]), right)

    x, dz = case(*shape)
    for mistake in (
        overwritten,
        lambda dz, x, size, stride: max_pool2d_backward(dz, -x, size, stride),
        lambda dz, x, size, stride: 1.01 * max_pool2d_backward(dz, x, size, stride),
    ):
        assert not exact.check(
            lambda x, dz: (dz * max_pool2d(x, *shape[4:])).sum(),
            lambda x, dz, mistake=mistake: mistake(dz, x, *shape[4:]),
            x,
            (dz,),
            rounds=2,
        )
    not_shared = lambda dz, x, size, stride: 6 * avg_pool2d_backward(dz, x, size, stride)  # noqa: E731
    assert not exact.check(
        lambda x, dz: (dz * avg_pool2d(x, *shape[4:])).sum(),
        lambda x, dz: not_shared(dz, x, *shape[4:]),
        x,
        (dz,),
        rounds=2,
    )


@pytest.mark.parametrize("ties", [False, True])
def test_pytorch_agrees(ties):
    torch = pytest.importorskip("torch")
    theirs = {"max": torch.nn.functional.max_pool2d, "avg": torch.nn.functional.avg_pool2d}
    for kind, shape in itertools.product(PAIRS, SHAPES):
        f, f_backward = PAIRS[kind]
        x, dz = case(*shape, ties=ties)
        tensor = torch.tensor(x, requires_grad=True)
        z = theirs[kind](tensor, *shape[4:])
        z.backward(torch.tensor(dz))
        np.testing.assert_allclose(f(x, *shape[4:]), z.detach().numpy(), rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(
            f_backward(dz, x, *shape[4:]), tensor.grad.numpy(), rtol=1e-12, atol=1e-15
        )


def test_fractions_stay_exact():
    x = np.array([[[[Fraction(1, 3), Fraction(2, 3)], [Fraction(2, 3), Fraction(0)]]]])
    assert max_pool2d(x, 2).tolist() == [[[[Fraction(2, 3)]]]]
    assert avg_pool2d(x, 2).tolist() == [[[[Fraction(5, 12)]]]]
    dz = np.array([[[[Fraction(1, 7)]]]])
    assert max_pool2d_backward(dz, x, 2).tolist() == [[[[0, Fraction(1, 7)], [0, 0]]]]
    assert avg_pool2d_backward(dz, x, 2).tolist() == [[[[Fraction(1, 28)] * 2] * 2]]


# What every function promises


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
@pytest.mark.parametrize("shape", [SHAPES[0], SHAPES[2], SHAPES[4]], ids=str)
def test_dtype_is_kept_arguments_are_unchanged_and_results_are_fresh(kind, dtype, shape):
    f, f_backward = PAIRS[kind]
    x, dz = case(*shape, dtype=dtype)
    before = x.copy(), dz.copy()
    for result in (f(x, *shape[4:]), f_backward(dz, x, *shape[4:])):
        assert result.dtype == dtype
        assert not np.shares_memory(result, x)
        assert not np.shares_memory(result, dz)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(dz, before[1])


@pytest.mark.parametrize("kind", PAIRS)
def test_one_number_means_both_axes(kind):
    f, f_backward = PAIRS[kind]
    x, dz = case(2, 1, 7, 7, (3, 3), (2, 2))
    np.testing.assert_array_equal(f(x, 3, 2), f(x, (3, 3), (2, 2)))
    np.testing.assert_array_equal(f_backward(dz, x, 3, 2), f_backward(dz, x, (3, 3), (2, 2)))
    np.testing.assert_array_equal(f(x, 3), f(x, 3, 3))  # side by side


# Errors


@pytest.mark.parametrize("f", [max_pool2d, avg_pool2d])
@pytest.mark.parametrize(
    ("x", "size", "stride", "message"),
    [
        (np.ones((2, 4, 4)), 2, None, "x must have shape (B, C, H, W); got (2, 4, 4)."),
        (
            np.ones((1, 1, 2, 5)),
            3,
            None,
            "Along H, a window of 3 must fit into 2 pixels with padding 0; got size + 2·padding − "
            "window = 2 + 2·0 − 3 = -1 < 0.",
        ),
        (np.ones((1, 1, 4, 4)), 0, None, "size must be at least 1; got 0."),
        (np.ones((1, 1, 4, 4)), 2, 0, "stride must be at least 1; got 0."),
        (np.full((1, 1, 4, 4), np.nan), 2, None, "x must be finite; x[0, 0, 0, 0] is nan"),
    ],
)
def test_wrong_arguments_are_named(f, x, size, stride, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        f(x, size, stride)


@pytest.mark.parametrize("f_backward", [max_pool2d_backward, avg_pool2d_backward])
def test_wrong_arguments_of_backward_are_named(f_backward):
    x = np.ones((1, 1, 4, 4))
    message = (
        "dz must have the shape of the pooled images, (B, C, H_out, W_out) = (1, 1, 2, 2); "
        "got (1, 1, 3, 3). Are size and stride those of the forward pass?"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        f_backward(np.ones((1, 1, 3, 3)), x, 2)
    with pytest.raises(ValueError, match="dz must be finite"):
        f_backward(np.full((1, 1, 2, 2), np.inf), x, 2)
    with pytest.raises(TypeError, match=r"size must be a whole number or a pair of them; got 2\.0"):
        f_backward(np.ones((1, 1, 2, 2)), x, 2.0)


def test_overflow_is_named():
    big = np.full((1, 1, 1, 3), 1e308)
    with pytest.raises(ValueError, match="z overflowed float64"):
        avg_pool2d(big, (1, 3))
    x = np.array([[[[0.0, 1.0, 0.0]]]])
    with pytest.raises(ValueError, match="dx overflowed float64"):
        max_pool2d_backward(big[..., :2], x, (1, 2), 1)
