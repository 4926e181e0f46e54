"""Convolution: against its definition, by hand, against independent witnesses; what it refuses."""

import itertools
import re
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bplab import exact, gradients
from bplab.numeric import columns
from bplab.numeric.convolution import conv2d, conv2d_backward, conv2d_loops

# B, C, H, W, F, kernel, stride, padding: non-square, gaps between windows, padding beyond half the
# kernel, 1×1, single channels, a kernel as large as the image, pixels left over at the end
SHAPES = [
    (2, 3, 6, 5, 4, (3, 2), (1, 1), (0, 0)),
    (2, 3, 6, 5, 4, (3, 2), (2, 1), (1, 2)),
    (1, 1, 5, 5, 1, (3, 3), (1, 1), (2, 2)),
    (3, 2, 7, 8, 2, (2, 3), (3, 4), (0, 1)),
    (1, 2, 4, 4, 3, (1, 1), (1, 1), (0, 0)),
    (2, 1, 5, 4, 2, (1, 1), (2, 3), (1, 0)),
    (2, 2, 3, 4, 2, (3, 4), (1, 1), (0, 0)),
    (1, 1, 1, 1, 1, (3, 2), (5, 5), (1, 1)),
    (2, 2, 8, 7, 2, (3, 3), (2, 2), (0, 0)),
]


def case(B, C, H, W, F, kernel, stride, padding, dtype=np.float64):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(B, C, H, W)).astype(dtype)
    K = rng.normal(size=(F, C, *kernel)).astype(dtype)
    b = rng.normal(size=F).astype(dtype)
    z = conv2d(x, K, b, stride, padding)
    return x, K, b, rng.normal(size=z.shape).astype(dtype), {"stride": stride, "padding": padding}


def close(got, expected, tolerance=1e-12):
    scale = np.abs(expected).max()
    return bool(got.shape == expected.shape and np.abs(got - expected).max() <= tolerance * scale)


@st.composite
def shapes(draw):
    sizes = [draw(st.integers(1, 3)) for _ in range(3)]
    H, W = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    padding = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    kernel = (
        draw(st.integers(1, min(5, H + 2 * padding[0]))),
        draw(st.integers(1, min(5, W + 2 * padding[1]))),
    )
    stride = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return sizes[0], sizes[1], H, W, sizes[2], kernel, stride, padding


@pytest.fixture(params=[columns.BLOCK, 1, 500], ids=lambda size: f"blocks of {size} bytes")
def any_block(request, monkeypatch):
    """Whole batches, single rows, and something in between."""
    monkeypatch.setattr(columns, "BLOCK", request.param)
    monkeypatch.setattr(columns, "LEAST", 1)


# By hand


def test_the_definition_by_hand():
    x = [[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]
    K = [[[[1.0, 2.0], [3.0, 4.0]]]]
    for conv in (conv2d, conv2d_loops):
        # 1·1 + 2·2 + 3·4 + 4·5 + 10; a rotated kernel would give 4·1 + 3·2 + 2·4 + 1·5 + 10 = 33
        np.testing.assert_array_equal(conv(x, K, [10.0]), [[[[47.0, 57.0], [77.0, 87.0]]]])
        np.testing.assert_array_equal(
            conv(x, K, [0.0], stride=2, padding=1), [[[[4.0, 18.0], [36.0, 77.0]]]]
        )


def test_backward_by_hand():
    x = [[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]
    dx, dK, db = conv2d_backward(
        [[[[1.0, 10.0], [100.0, 1000.0]]]], x, [[[[1.0, 2.0], [3.0, 4.0]]]]
    )
    np.testing.assert_array_equal(db, [1111.0])
    np.testing.assert_array_equal(dK, [[[[5421.0, 6532.0], [8754.0, 9865.0]]]])
    np.testing.assert_array_equal(
        dx, [[[[1.0, 12.0, 20.0], [103.0, 1234.0, 2040.0], [300.0, 3400.0, 4000.0]]]]
    )


def test_a_published_output():
    # Stanford's CS231n, assignment 2: conv_forward_naive on linspaces
    x = np.linspace(-0.1, 0.5, num=2 * 3 * 4 * 4).reshape(2, 3, 4, 4)
    K = np.linspace(-0.2, 0.3, num=3 * 3 * 4 * 4).reshape(3, 3, 4, 4)
    b = np.linspace(-0.1, 0.2, num=3)
    expected = [
        [
            [[-0.08759809, -0.10987781], [-0.18387192, -0.2109216]],
            [[0.21027089, 0.21661097], [0.22847626, 0.23004637]],
            [[0.50813986, 0.54309974], [0.64082444, 0.67101435]],
        ],
        [
            [[-0.98053589, -1.03143541], [-1.19128892, -1.24695841]],
            [[0.69108355, 0.66880383], [0.59480972, 0.56776003]],
            [[2.36270298, 2.36904306], [2.38090835, 2.38247847]],
        ],
    ]
    np.testing.assert_allclose(conv2d(x, K, b, stride=2, padding=1), expected, atol=5e-9)


def test_dx_is_the_full_convolution_with_the_rotated_kernel():
    x, K, _, dz, _ = case(2, 3, 6, 5, 4, (3, 2), (1, 1), (0, 0))
    rotated = K[:, :, ::-1, ::-1].swapaxes(0, 1)
    full = conv2d(dz, rotated, np.zeros(3), padding=(2, 1))
    assert close(conv2d_backward(dz, x, K)[0], full)


# Against the definition and other witnesses


@pytest.mark.usefixtures("any_block")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_conv2d_is_what_the_loops_say(shape):
    x, K, b, _, how = case(*shape)
    assert close(conv2d(x, K, b, **how), conv2d_loops(x, K, b, **how))


@settings(deadline=None)
@given(shapes(), st.sampled_from([1, 500, 1 << 20]), st.sampled_from([np.float32, np.float64]))
def test_all_shapes_agree_with_the_loops_and_their_transpose(shape, block, dtype):
    x, K, b, dz, how = case(*shape, dtype=dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "BLOCK", block)
        patch.setattr(columns, "LEAST", 1)
        z = conv2d(x, K, b, **how)
        dx, dK, db = conv2d_backward(dz, x, K, **how)
    tolerance = 1e-12 if dtype is np.float64 else 1e-5
    assert close(z, conv2d_loops(x, K, b, **how), tolerance)
    # z − b is linear in x and in K: ⟨dz, z − b⟩ = ⟨dx, x⟩ = ⟨dK, K⟩
    inner = np.vdot(dz.astype(float), z - b[:, np.newaxis, np.newaxis])
    size = np.linalg.norm(dz) * np.linalg.norm(z)
    for gradient, array in ((dx, x), (dK, K)):
        assert gradient.shape == array.shape
        assert gradient.dtype == z.dtype == dtype
        assert abs(np.vdot(gradient.astype(float), array) - inner) <= 10 * tolerance * size
    np.testing.assert_allclose(db, dz.sum(axis=(0, 2, 3)), rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("any_block")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_backward_is_the_gradient_by_complex_step(shape):
    x, K, b, dz, how = case(*shape)

    def cost(p):
        return (dz * conv2d(*p, **how)).sum()

    def gradient(p):
        dx, dK, db = conv2d_backward(dz, p[0], p[1], **how)
        return [dx, dK, db]

    assert gradients.check(cost, gradient, [x, K, b], tolerance=1e-11)


def total(z):
    """A cost that depends on every entry of z, each in its own way, and not linearly."""
    weights = (np.arange(z.size) % 7 + 1).reshape(z.shape)
    return (weights * z * z).sum(), 2 * weights * z


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_backward_is_exact(shape):
    x, K, b, _, how = case(*shape)

    def gradient(p):
        dz = total(conv2d(*p, **how))[1]
        return list(conv2d_backward(dz, p[0], p[1], **how))

    assert exact.check(lambda p: total(conv2d(*p, **how))[0], gradient, [x, K, b], rounds=2)


def test_the_loops_are_exact_too():
    x, K, b, _, how = case(*SHAPES[1])

    def gradient(p):
        dz = total(conv2d(*p, **how))[1]
        return list(conv2d_backward(dz, p[0], p[1], **how))

    assert exact.check(lambda p: total(conv2d_loops(*p, **how))[0], gradient, [x, K, b], rounds=2)


def unpadded(dz, x, K, stride, padding):
    """The padding forgotten going backward: dx of the padded image, cut at the wrong corner."""
    (ph, pw), (H, W) = padding, x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dx, dK, db = conv2d_backward(dz, padded, K, stride)
    return dx[:, :, :H, :W], dK, db


def rotated(dz, x, K, stride, padding):
    return conv2d_backward(dz, x, K[:, :, ::-1, ::-1], stride, padding)


def with_dK(f):
    def mistake(dz, x, K, stride, padding):
        dx, dK, db = conv2d_backward(dz, x, K, stride, padding)
        return dx, f(dK), db

    return mistake


def with_db(f):
    def mistake(dz, x, K, stride, padding):
        dx, dK, _ = conv2d_backward(dz, x, K, stride, padding)
        return dx, dK, f(dz)

    return mistake


MISTAKES = {
    "padding forgotten": unpadded,
    "kernel rotated": rotated,
    "dK rotated": with_dK(lambda dK: dK[:, :, ::-1, ::-1]),
    "dK with kernel axes swapped": with_dK(lambda dK: dK.swapaxes(2, 3)),
    "dK with channels swapped": with_dK(lambda dK: dK.swapaxes(0, 1)),
    "dK averaged over the batch": with_dK(lambda dK: dK / 2),
    "dK off by a millionth": with_dK(lambda dK: dK * (1 + 1e-6)),
    "db of one sample": with_db(lambda dz: dz[0].sum(axis=(1, 2))),
    "db of one pixel": with_db(lambda dz: dz[:, :, 0, 0].sum(axis=0)),
    "db averaged": with_db(lambda dz: dz.mean(axis=(0, 2, 3))),
    "sign": lambda *args: tuple(-g for g in conv2d_backward(*args)),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_checks_reject_wrong_backwards(name):
    # All axes that a mistake might swap are equal, so the shapes never give it away.
    x, K, b, dz, how = case(2, 2, 5, 5, 2, (3, 3), (1, 1), (1, 1))

    def cost(p):
        return (dz * conv2d(*p, **how)).sum()

    def wrong(p):
        return list(MISTAKES[name](dz, p[0], p[1], *how.values()))

    assert not gradients.check(cost, wrong, [x, K, b])
    assert not exact.check(cost, wrong, [x, K, b], rounds=2)


def test_pytorch_agrees():
    torch = pytest.importorskip("torch")
    sizes = itertools.product([1, 3], [1, 2], [(1, 1), (2, 3), (3, 3)], [(1, 1), (2, 1), (3, 2)])
    for (B, C, kernel, stride), padding in itertools.product(sizes, [(0, 0), (1, 2), (3, 0)]):
        x, K, b, dz, how = case(B, C, 7, 6, 3, kernel, stride, padding)
        tensors = [torch.tensor(array, requires_grad=True) for array in (x, K, b)]
        z = torch.nn.functional.conv2d(*tensors, **how)
        z.backward(torch.tensor(dz))
        assert close(conv2d(x, K, b, **how), z.detach().numpy())
        for gradient, tensor in zip(conv2d_backward(dz, x, K, **how), tensors, strict=True):
            assert close(gradient, tensor.grad.numpy())


def test_fractions_stay_exact():
    third = np.vectorize(lambda n: Fraction(int(n), 3), otypes=[object])
    x, K = third(np.arange(9).reshape(1, 1, 3, 3)), third(np.arange(4).reshape(1, 1, 2, 2))
    z = conv2d(x, K, third(np.array([1])), padding=1)
    assert z[0, 0, 1, 1] == Fraction(0 * 0 + 1 * 1 + 2 * 3 + 3 * 4, 9) + Fraction(1, 3)
    dx, dK, db = conv2d_backward(third(np.ones((1, 1, 2, 2))), x, K)
    assert dx[0, 0, 1, 1] == Fraction(0 + 1 + 2 + 3, 9)
    assert dK[0, 0, 0, 0] == Fraction(0 + 1 + 3 + 4, 9)
    assert db[0] == Fraction(4, 3)


# What every function promises


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_dtype_is_kept_arguments_are_unchanged_and_results_are_fresh(dtype, padding):
    x, K, b, _, _ = case(2, 3, 6, 5, 4, (3, 2), (1, 1), (0, 0), dtype)
    dz = conv2d(x, K, b, padding=padding)
    arguments = [x, K, b, dz]
    before = [array.copy() for array in arguments]
    results = [conv2d(x, K, b, padding=padding), *conv2d_backward(dz, x, K, padding=padding)]
    for result in results:
        assert result.dtype == dtype
        assert not any(np.shares_memory(result, argument) for argument in arguments)
        assert result.flags.owndata or result.base.size == result.size  # holds nothing else alive
    for array, copy in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_a_second_call_does_not_change_what_the_first_returned():
    x, K, b, dz, how = case(*SHAPES[1])
    first = [conv2d(x, K, b, **how), *conv2d_backward(dz, x, K, **how)]
    before = [array.copy() for array in first]
    conv2d(2 * x, K, b, **how)
    conv2d_backward(2 * dz, x, K, **how)
    for array, copy in zip(first, before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_arguments_need_not_be_contiguous():
    x, K, b, dz, how = case(*SHAPES[1])
    strided = [np.asfortranarray(x), K[:, :, ::-1][:, :, ::-1], np.repeat(b, 2)[::2]]
    np.testing.assert_array_equal(conv2d(*strided, **how), conv2d(x, K, b, **how))
    got = conv2d_backward(np.asfortranarray(dz), *strided[:2], **how)
    for gradient, expected in zip(got, conv2d_backward(dz, x, K, **how), strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-12)


def test_one_number_means_both_axes():
    x, K, b, dz, _ = case(2, 3, 6, 5, 4, (3, 3), (2, 2), (1, 1))
    pair = conv2d(x, K, b, stride=(2, 2), padding=(1, 1))
    np.testing.assert_array_equal(conv2d(x, K, b, stride=2, padding=1), pair)
    for one, two in zip(
        conv2d_backward(dz, x, K, 2, 1), conv2d_backward(dz, x, K, (2, 2), (1, 1)), strict=True
    ):
        np.testing.assert_array_equal(one, two)


def test_without_dx_the_rest_is_the_same():
    x, K, _, dz, how = case(*SHAPES[1])
    _, dK, db = conv2d_backward(dz, x, K, **how)
    first = conv2d_backward(dz, x, K, **how, need_dx=False)
    assert first[0] is None
    np.testing.assert_array_equal(first[1], dK)
    np.testing.assert_array_equal(first[2], db)


def test_padding_alone_gives_the_bias():
    z = conv2d(np.ones((1, 1, 1, 1)), np.ones((1, 1, 1, 1)), [3.0], padding=2)
    assert z[0, 0, 0, 0] == 3
    assert z[0, 0, 2, 2] == 4
    assert z.shape == (1, 1, 5, 5)


@pytest.mark.parametrize(
    ("B", "C", "H", "F", "k", "p"),
    [(32, 16, 14, 32, 3, 1), (32, 1, 28, 8, 3, 0), (8, 3, 32, 32, 5, 2), (2, 8, 96, 8, 5, 2)],
)
def test_memory_stays_near_that_of_input_and_output(B, C, H, F, k, p):
    x, K, b, dz, how = case(B, C, H, H, F, (k, k), (1, 1), (p, p))
    works = [
        lambda: conv2d(x, K, b, **how),
        lambda: conv2d_backward(dz, x, K, **how),
    ]
    for work in works:
        tracemalloc.start()
        work()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # All columns at once would be nine or twenty-five times x.
        assert peak <= 2.5 * (x.nbytes + dz.nbytes)


# Errors

X, KERNELS, BIAS, DZ = (
    np.ones((2, 3, 5, 4)),
    np.ones((2, 3, 2, 2)),
    np.ones(2),
    np.ones((2, 2, 4, 3)),
)


@pytest.mark.parametrize("conv", [conv2d, conv2d_loops])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"x": X[0]}, "x must have shape (B, C, H, W); got (3, 5, 4). For a batch of one sample"),
        (
            {"K": np.ones((2, 1, 2, 2))},
            "K must have shape (F, C, kh, kw) with C = 3, as x has shape (2, 3, 5, 4); "
            "got (2, 1, 2, 2)",
        ),
        ({"b": np.ones(3)}, "b must have shape (F,) with F = 2"),
        ({"x": X * np.nan}, "x must be finite; x[0, 0, 0, 0] is nan"),
        ({"K": KERNELS * np.inf}, "K must be finite"),
        ({"b": BIAS * np.nan}, "b must be finite"),
        (
            {"K": np.ones((2, 3, 2, 6))},
            "Along W, a window of 6 must fit into 4 pixels with padding 0; got size + 2·padding − "
            "window = 4 + 2·0 − 6 = -2 < 0.",
        ),
        ({"stride": 0}, "stride must be at least 1; got 0."),
        ({"stride": (1, 0)}, "stride must be at least 1; got (1, 0)."),
        ({"padding": -1}, "padding must be at least 0; got -1."),
    ],
)
def test_wrong_arguments_are_named(conv, changed, message):
    arguments = {"x": X, "K": KERNELS, "b": BIAS} | changed
    with pytest.raises(ValueError, match=re.escape(message)):
        conv(**arguments)


@pytest.mark.parametrize("stride", [1.0, True, (1, 2, 3), "2", None])
def test_a_stride_must_be_whole(stride):
    with pytest.raises(TypeError, match="stride must be a whole number or a pair of them; got "):
        conv2d(X, KERNELS, BIAS, stride=stride)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"dz": DZ[:, :, :2]},
            "dz must have the shape of conv2d's output, (B, F, H_out, W_out) = (2, 2, 4, 3); "
            "got (2, 2, 2, 3). Are stride and padding those of the forward pass?",
        ),
        ({"stride": 2}, "dz must have the shape of conv2d's output"),
        ({"padding": 1}, "dz must have the shape of conv2d's output"),
        ({"dz": DZ * np.nan}, "dz must be finite"),
        ({"x": X * np.nan}, "x must be finite"),
        ({"K": KERNELS * np.nan}, "K must be finite"),
        ({"K": np.ones((2, 2, 2, 2))}, "K must have shape (F, C, kh, kw) with C = 3"),
    ],
)
def test_wrong_arguments_of_backward_are_named(changed, message):
    arguments = {"dz": DZ, "x": X, "K": KERNELS} | changed
    with pytest.raises(ValueError, match=re.escape(message)):
        conv2d_backward(**arguments)


def test_a_pixel_that_no_window_sees_must_be_finite_too():
    x = np.ones((1, 1, 2, 2))
    x[0, 0, 1, 1] = np.nan
    with pytest.raises(ValueError, match=re.escape("x[0, 0, 1, 1] is nan")):
        conv2d(x, np.ones((1, 1, 1, 1)), [0.0], stride=2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_overflow_is_named(dtype):
    big = np.full((1, 1, 2, 2), np.finfo(dtype).max / 2, dtype)
    with pytest.raises(ValueError, match=f"z overflowed {np.dtype(dtype)}"):
        conv2d(big, big, np.zeros(1, dtype))
    with pytest.raises(ValueError, match=f"dx overflowed {np.dtype(dtype)}"):
        conv2d_backward(big[:, :, :1, :1], big, big)
