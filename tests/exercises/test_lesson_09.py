"""Lesson 09: right answers written differently pass, wrong ones are rejected, its claims hold."""

import numpy as np
import pytest

from bplab import gradients
from bplab.data import digits
from bplab.exercises.lesson_09 import (
    DILATED,
    EXERCISES,
    FLATTEN,
    IMAGE,
    LENET,
    MAX_POOL,
    MEAN_POOL,
    MIDDLE_PIXEL,
    PARAMETERS,
    ROUTES,
    image_gradient,
    lenet_backward,
    lenet_forward,
    max_pool_backward,
    mean_pool_backward,
    parameter_gradients,
)
from bplab.numeric import (
    Activation,
    Conv2D,
    Dense,
    Flatten,
    MaxPool2D,
    Sequential,
    avg_pool2d,
    avg_pool2d_backward,
    conv2d,
    conv2d_backward,
    dense_backward,
    max_pool2d,
    max_pool2d_backward,
)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_exercise_checks_itself(exercise):
    assert exercise.self_check() == []


def padded(x, padding):
    return np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])


def windows(x, size, stride):
    """Shape (B, C, H_out, W_out, kh, kw)."""
    found = np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3))
    return found[:, :, ::stride, ::stride]


# The references against the library, which has other code for the same.


@pytest.mark.parametrize("sample", IMAGE.samples, ids=lambda sample: str(sample["x"].shape))
def test_the_references_of_the_layer_are_the_librarys(sample):
    dx, dK, db = conv2d_backward(*sample.values())
    np.testing.assert_allclose(image_gradient(*sample.values()), dx, atol=1e-12)
    for got, expected in zip(parameter_gradients(*sample.values()), (dK, db), strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-12)


@pytest.mark.parametrize("sample", MAX_POOL.samples, ids=lambda sample: str(sample["x"].shape))
def test_the_references_of_pooling_are_the_librarys(sample):
    for own, library in (
        (max_pool_backward, max_pool2d_backward),
        (mean_pool_backward, avg_pool2d_backward),
    ):
        np.testing.assert_allclose(own(*sample.values()), library(*sample.values()), atol=1e-12)


def test_the_samples_have_overlaps_left_over_pixels_and_ties():
    strides = [(s["size"] > s["stride"], s["size"] < s["stride"]) for s in MAX_POOL.samples]
    assert (True, False) in strides
    assert (False, True) in strides
    ties = 0
    for sample in MAX_POOL.samples:
        seen = windows(sample["x"], (sample["size"],) * 2, sample["stride"])
        ties += np.sum(np.sum(seen == seen.max(axis=(4, 5), keepdims=True), axis=(4, 5)) > 1)
        assert sample["x"].shape[2] >= sample["size"]
    assert ties > 20


# 09.1


def parameters_by_six_loops(dz, x, K, stride, padding):
    image, dK, db = padded(x, padding), np.zeros(K.shape), np.zeros(len(K))
    B, F, rows, columns = dz.shape
    for s in range(B):
        for f in range(F):
            for i in range(rows):
                for j in range(columns):
                    d = dz[s, f, i, j]
                    db[f] += d
                    for c in range(x.shape[1]):
                        for u in range(K.shape[2]):
                            start = j * stride
                            row = image[s, c, i * stride + u, start : start + K.shape[3]]
                            dK[f, c, u] += d * row
    return dK, db


def parameters_by_weights(dz, x, K, stride, padding):
    """The weights in the outer loop: each correlates δ with the pixels that it was laid on."""
    image, dK = padded(x, padding), np.empty_like(K)
    rows, columns = dz.shape[2:]
    for u, v in np.ndindex(K.shape[2:]):
        seen = image[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]
        dK[:, :, u, v] = np.einsum("sfij,scij->fc", dz, seen[:, :, :rows, :columns])
    return dK, np.einsum("sfij->f", dz)


def parameters_by_einsum(dz, x, K, stride, padding):
    seen = windows(padded(x, padding), K.shape[2:], stride)
    return np.einsum("sfij,scijuv->fcuv", dz, seen), dz.sum((0, 2, 3))


def parameters_as_dense(dz, x, K, stride, padding):
    """Each window is a row of a batch: BP3 and BP4."""
    seen = np.moveaxis(windows(padded(x, padding), K.shape[2:], stride), 1, 3)
    delta = np.moveaxis(dz, 1, -1).reshape(-1, len(K))
    return (delta.T @ seen.reshape(len(delta), -1)).reshape(K.shape), delta.sum(axis=0)


@pytest.mark.parametrize(
    "answer",
    [
        parameters_by_six_loops,
        parameters_by_weights,
        parameters_by_einsum,
        parameters_as_dense,
        lambda dz, x, K, s, p: conv2d_backward(dz, x, K, s, p)[1:],
    ],
)
def test_other_ways_to_the_parameters_pass(answer):
    result = PARAMETERS.check(answer)
    assert result.passed, str(result)


@pytest.mark.parametrize(
    "answer",
    [
        lambda dz, x, K, s, p: parameters_by_einsum(-dz, x, K, s, p),
        lambda dz, x, K, s, p: parameters_by_einsum(dz, x[::-1], K, s, p),
        lambda dz, x, K, s, p: parameters_by_einsum(dz[:, ::-1], x, K, s, p),
        lambda dz, x, K, s, p: parameters_by_einsum(dz**2, x, K, s, p),
        lambda dz, x, K, s, p: parameters_by_einsum(dz, x, K, s, 0),
        lambda dz, x, K, s, p: parameters_by_einsum(dz, x + 1, K, s, p),
        lambda dz, x, K, s, p: (K, dz.sum((0, 2, 3))),
        lambda dz, x, K, s, p: parameters_by_einsum(dz, x, K, s, p)[:1],
    ],
)
def test_other_wrong_parameters_are_rejected(answer):
    assert PARAMETERS.check(answer).status == "failed"


def bias_by_loop_over_samples(dz):
    db = 0
    for one in dz:
        db = one.sum(axis=(1, 2))
    return db


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (lambda *a: (parameters_by_einsum(*a)[0], a[0]), "db is δ"),
        (lambda *a: (parameters_by_weights(*a)[0], a[0].sum(0)), "db summed over the samples only"),
        (lambda *a: (parameters_as_dense(*a)[0][..., ::-1, ::-1], a[0].sum((0, 2, 3))),
         "dK rotated"),
        (lambda *a: (parameters_by_einsum(*a)[0], bias_by_loop_over_samples(a[0])),
         "db of the last sample"),
        (lambda dz, x, K, s, p: parameters_by_six_loops(dz[:1], x[:1], K, s, p),
         "first sample only"),
    ],
)  # fmt: skip
def test_slips_in_the_parameters_are_named_however_they_are_written(answer, mistake):
    assert PARAMETERS.check(answer).mistake == mistake


# 09.2


@pytest.mark.parametrize(
    "formula",
    ["K0*d2 + K1*d1 + K2*d0", "d0*K2 + (d1*K1 + K0*d2)", "-(-d0*K2 - d1*K1) + d2*K0"],
)
def test_other_forms_of_the_middle_pixel_pass(formula):
    assert MIDDLE_PIXEL.check(formula).passed


@pytest.mark.parametrize(
    "formula", ["d0*K2 + d1*K1 - d2*K0", "d0*K1 + d1*K0 + d2*K2", "d0*K2*d1*K1*d2*K0", "K2", "0"]
)
def test_other_wrong_formulas_are_rejected(formula):
    assert MIDDLE_PIXEL.check(formula).status == "failed"


def test_the_middle_pixel_gets_what_the_formula_says():
    d, K = np.array([2.0, 3.0, 5.0]), np.array([7.0, 11.0, 13.0])
    row = np.zeros((1, 1, 1, 5))
    dx, _, _ = conv2d_backward(d.reshape(1, 1, 1, 3), row, K.reshape(1, 1, 1, 3))
    assert dx[0, 0, 0, 2] == 2 * 13 + 3 * 11 + 5 * 7


# 09.3


def image_by_pixels(dz, x, K, stride, padding):
    """Ask each pixel which outputs it hears of: Σ δ_ij K_(p + P − S i, q + P − S j)."""
    dx = np.zeros(x.shape)
    for p, q, i, j in np.ndindex(*x.shape[2:], *dz.shape[2:]):
        u, v = p + padding - stride * i, q + padding - stride * j
        if 0 <= u < K.shape[2] and 0 <= v < K.shape[3]:
            dx[:, :, p, q] += dz[:, :, i, j] @ K[:, :, u, v]
    return dx


def image_by_the_rotated_kernel(dz, x, K, stride, padding):
    """Dilate δ, pad it, and correlate it with the kernel rotated by 180°."""
    (B, F, M, N), (_, C, kh, kw), (H, W) = dz.shape, K.shape, x.shape[2:]
    dilated = np.zeros((B, F, (M - 1) * stride + 1, (N - 1) * stride + 1))
    dilated[:, :, ::stride, ::stride] = dz
    wide = np.pad(dilated, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
    seen = conv2d(wide, K[:, :, ::-1, ::-1].swapaxes(0, 1), np.zeros(C))
    dx = np.zeros((B, C, H + 2 * padding, W + 2 * padding))
    dx[:, :, : seen.shape[2], : seen.shape[3]] = seen
    return dx[:, :, padding : padding + H, padding : padding + W]


def image_by_samples_and_kernels(dz, x, K, stride, padding):
    dx = np.zeros(padded(x, padding).shape)
    for s, f, i, j in np.ndindex(dz.shape):
        r, c = stride * i, stride * j
        dx[s, :, r : r + K.shape[2], c : c + K.shape[3]] += dz[s, f, i, j] * K[f]
    rows, columns = x.shape[2:]
    return dx[:, :, padding:, padding:][:, :, :rows, :columns]


def image_by_the_matrix(dz, x, K, stride, padding):
    """T by feeding unit images, then Tᵀ δ."""
    n = x[0].size
    units = np.eye(n).reshape(n, *x.shape[1:])
    T = conv2d(units, K, np.zeros(len(K)), stride, padding).reshape(n, -1)
    return (dz.reshape(len(x), -1) @ T.T).reshape(x.shape)


@pytest.mark.parametrize(
    "answer",
    [
        image_by_pixels,
        image_by_the_rotated_kernel,
        image_by_samples_and_kernels,
        image_by_the_matrix,
        lambda dz, x, K, s, p: conv2d_backward(dz, x, K, s, p)[0],
    ],
)
def test_other_ways_to_the_image_pass(answer):
    result = IMAGE.check(answer)
    assert result.passed, str(result)


@pytest.mark.parametrize(
    "answer",
    [
        lambda dz, x, K, s, p: image_by_pixels(dz, x, -K, s, p),
        lambda dz, x, K, s, p: image_by_pixels(dz[::-1], x, K, s, p),
        lambda dz, x, K, s, p: image_by_pixels(dz, x, K[::-1], s, p),
        lambda dz, x, K, s, p: image_by_pixels(dz, x, K, s, p + 1),
        lambda dz, x, K, s, p: image_by_pixels(dz, x, K, s, p)[:, ::-1],
        lambda dz, x, K, s, p: image_by_pixels(dz, x, K, s, p) + x,
        lambda dz, x, K, s, p: image_by_pixels(dz, x, np.abs(K), s, p),
        lambda dz, x, K, s, p: x,
    ],
)
def test_other_wrong_images_are_rejected(answer):
    assert IMAGE.check(answer).status == "failed"


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (
            lambda dz, x, K, s, p: image_by_pixels(dz, x, K[:, :, ::-1, ::-1], s, p),
            "kernel the wrong way round",
        ),
        (
            lambda dz, x, K, s, p: image_by_the_rotated_kernel(dz, x, K[:, :, ::-1, ::-1], s, p),
            "kernel the wrong way round",
        ),
        (lambda dz, x, K, s, p: image_by_the_matrix(dz, x, K, s, p) / len(x),
         "divided by the batch"),
        (
            lambda dz, x, K, s, p: image_by_samples_and_kernels(dz[:, :1], x, K[:1], s, p),
            "first kernel only",
        ),
    ],
)  # fmt: skip
def test_slips_in_the_image_are_named_however_they_are_written(answer, mistake):
    assert IMAGE.check(answer).mistake == mistake


# 09.4


@pytest.mark.parametrize("answer", [13, 13.0, np.int64(13), (5 - 1) * 3 + 1])
def test_the_right_size_passes(answer):
    assert DILATED.check(answer).passed


@pytest.mark.parametrize("answer", [14, 12.5, 0, 3, "13"])
def test_other_sizes_are_rejected(answer):
    assert DILATED.check(answer).status == "failed"


@pytest.mark.parametrize(("M", "S"), [(5, 3), (1, 2), (4, 1), (2, 7)])
def test_the_size_is_that_of_numbers_with_zeros_between_them(M, S):
    assert len(("0" * (S - 1)).join("δ" * M)) == (M - 1) * S + 1


def test_the_size_belongs_to_the_layer():
    dz = np.zeros((1, 1, 5, 5))
    image = np.zeros((1, 1, (5 - 1) * 3 + 4, (5 - 1) * 3 + 4))
    assert conv2d(image, np.zeros((1, 1, 4, 4)), [0.0], stride=3).shape == dz.shape
    assert DILATED.value == (5 - 1) * 3 + 1


# 09.5


def mean_by_shares(dz, x, size, stride):
    dx = np.zeros(x.shape)
    for s, c, i, j in np.ndindex(dz.shape):
        for u in range(size):
            for v in range(size):
                dx[s, c, i * stride + u, j * stride + v] += dz[s, c, i, j] / (size * size)
    return dx


def mean_by_places(dz, x, size, stride):
    """The places of the window in the outer loop."""
    dx, (rows, columns) = np.zeros(x.shape), dz.shape[2:]
    for u, v in np.ndindex(size, size):
        i, j = u + stride * np.arange(rows), v + stride * np.arange(columns)
        dx[:, :, i[:, np.newaxis], j] += dz / size**2
    return dx


def mean_by_convolution(dz, x, size, stride):
    """As a convolution layer with a constant kernel, channel by channel."""
    B, C, H, W = x.shape
    K = np.full((1, 1, size, size), 1 / size**2)
    dz, image = dz.reshape(B * C, 1, *dz.shape[2:]), np.zeros((B * C, 1, H, W))
    return image_by_pixels(dz, image, K, stride, 0).reshape(x.shape)


@pytest.mark.parametrize(
    "answer", [mean_by_shares, mean_by_places, mean_by_convolution, avg_pool2d_backward]
)
def test_other_ways_to_share_pass(answer):
    assert MEAN_POOL.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda dz, x, size, stride: -mean_by_shares(dz, x, size, stride),
        lambda dz, x, size, stride: mean_by_shares(dz[::-1], x, size, stride),
        lambda dz, x, size, stride: mean_by_shares(dz, x, size, stride).sum(axis=0),
        lambda dz, x, size, stride: mean_by_shares(np.abs(dz), x, size, stride),
        lambda dz, x, size, stride: mean_by_shares(dz, x, size, stride)[:, :, ::-1],
        lambda dz, x, size, stride: dz,
    ],
)
def test_other_wrong_shares_are_rejected(answer):
    assert MEAN_POOL.check(answer).status == "failed"


# 09.6


def test_the_options_of_the_routes_are_what_their_reasons_say():
    x = np.array([[[[1, 5, 5.0]]]])
    dz = np.array([[[[10, 100.0]]]])
    routes = {
        "a": [10, 100, 0],
        "b": [0, 110, 100],
        "c": [0, 100, 0],
        "d": max_pool2d_backward(dz, x, (1, 2), 1)[0, 0, 0],
        "e": [0, 60, 50],
        "f": [0, 10, 100],
        "g": avg_pool2d_backward(dz, x, (1, 2), 1)[0, 0, 0],
    }
    written = {letter: f"({', '.join(f'{n:g}' for n in dx)})" for letter, dx in routes.items()}
    assert written == dict(ROUTES.options)
    assert ROUTES.check("d").passed


# 09.7


def max_by_loops(dz, x, size, stride):
    dx = np.zeros_like(x)
    for s, c, i, j in np.ndindex(dz.shape):
        best = (i * stride, j * stride)
        for p in range(i * stride, i * stride + size):
            for q in range(j * stride, j * stride + size):
                if x[s, c, p, q] > x[s, c, best[0], best[1]]:
                    best = (p, q)
        dx[s, c, best[0], best[1]] += dz[s, c, i, j]
    return dx


def max_by_argmax(dz, x, size, stride):
    dx = np.zeros(x.shape)
    for s, c, i, j in np.ndindex(dz.shape):
        r, q = i * stride, j * stride
        window = x[s, c, r : r + size, q : q + size]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[s, c, r + u, q + v] += dz[s, c, i, j]
    return dx


def max_at_once(dz, x, size, stride):
    seen = windows(x, (size, size), stride)
    place = seen.reshape(*seen.shape[:4], -1).argmax(axis=4)
    s, c, i, j = np.indices(dz.shape)
    dx = np.zeros(x.shape)
    np.add.at(dx, (s, c, i * stride + place // size, j * stride + place % size), dz)
    return dx


@pytest.mark.parametrize("answer", [max_by_loops, max_by_argmax, max_at_once, max_pool2d_backward])
def test_other_ways_to_route_pass(answer):
    assert MAX_POOL.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda dz, x, size, stride: max_by_loops(dz, -x, size, stride),
        lambda dz, x, size, stride: max_by_loops(dz, x[::-1], size, stride),
        lambda dz, x, size, stride: max_by_loops(np.abs(dz), x, size, stride),
        lambda dz, x, size, stride: max_by_loops(dz, x.round(-1), size, stride),
        lambda dz, x, size, stride: max_by_loops(dz, x, size, stride) / size,
        lambda dz, x, size, stride: max_by_loops(dz, x, size, stride) * (x > 1),
        lambda dz, x, size, stride: max_pool2d(x, size, stride),
    ],
)
def test_other_wrong_routes_are_rejected(answer):
    assert MAX_POOL.check(answer).status == "failed"


def mask_for_each_window(dz, x, size, stride):
    dx = np.zeros_like(x)
    for s, c, i, j in np.ndindex(dz.shape):
        r, q = i * stride, j * stride
        window = x[s, c, r : r + size, q : q + size]
        dx[s, c, r : r + size, q : q + size] += (window == window.max()) * dz[s, c, i, j]
    return dx


def last_by_loops(dz, x, size, stride):
    dx = np.zeros_like(x)
    for s, c, i, j in np.ndindex(dz.shape):
        best, place = -np.inf, (0, 0)
        for p in range(i * stride, i * stride + size):
            for q in range(j * stride, j * stride + size):
                if x[s, c, p, q] >= best:
                    best, place = x[s, c, p, q], (p, q)
        dx[s, c, place[0], place[1]] += dz[s, c, i, j]
    return dx


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [(mask_for_each_window, "to every tie"), (last_by_loops, "last of the tie")],
)
def test_slips_with_ties_are_named_however_they_are_written(answer, mistake):
    assert MAX_POOL.check(answer).mistake == mistake


# 09.8


def flatten_by_addresses(dz, x):
    dx, (_, C, H, W) = np.zeros(x.shape), x.shape
    for c, p, q in np.ndindex(C, H, W):
        dx[:, c, p, q] = dz[:, (c * H + p) * W + q]
    return dx


@pytest.mark.parametrize(
    "answer",
    [
        flatten_by_addresses,
        lambda dz, x: dz.reshape(x.shape),
        lambda dz, x: np.array([row.reshape(x.shape[1:]) for row in dz]),
        lambda dz, x: np.reshape(dz, (-1, *x.shape[1:])),
    ],
)
def test_other_ways_back_from_flatten_pass(answer):
    assert FLATTEN.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda dz, x: dz.reshape(x.shape)[::-1],
        lambda dz, x: dz.reshape(x.shape).swapaxes(1, 2),
        lambda dz, x: -dz.reshape(x.shape),
        lambda dz, x: np.zeros_like(x),
        lambda dz, x: dz.ravel(),
    ],
)
def test_other_wrong_ways_back_from_flatten_are_rejected(answer):
    assert FLATTEN.check(answer).status == "failed"


# 09.9


def network_of_layers(p):
    """The library's layers with the parameters of p."""
    rng = np.random.default_rng(0)
    (F1, C), (F2, _), (n, size) = p["K1"].shape[:2], p["K2"].shape[:2], p["W3"].shape
    network = Sequential(
        Conv2D(C, F1, 3, padding=1, rng=rng),
        Activation("relu"),
        MaxPool2D(2),
        Conv2D(F1, F2, 3, padding=1, rng=rng),
        Activation("relu"),
        MaxPool2D(2),
        Flatten(),
        Dense(size, n, rng=rng),
    )
    for array, name in zip(network.parameters().values(), IN_THE_ORDER_OF_FORWARD, strict=True):
        array[...] = p[name]
    return network


IN_THE_ORDER_OF_FORWARD = ("K1", "b1", "K2", "b2", "W3", "b3")


def lenet_of_layers(delta, p, x, *others):
    network = network_of_layers(p)
    network.forward(x)
    return dict(zip(IN_THE_ORDER_OF_FORWARD, network.backward(delta).values(), strict=True))


def lenet_with_the_slope_before_the_pooling(delta, p, x, z1, a1, m1, z2, a2, m2, rows):
    drows, dW3, db3 = dense_backward(delta, rows, p["W3"])
    dm2 = drows.reshape(m2.shape)
    da2 = max_pool2d_backward(np.where(m2 > 0, dm2, 0), z2, 2)
    dm1, dK2, db2 = conv2d_backward(da2, m1, p["K2"], 1, 1)
    da1 = max_pool2d_backward((m1 > 0) * dm1, z1, 2)
    _, dK1, db1 = conv2d_backward(da1, x, p["K1"], 1, 1)
    return {"K1": dK1, "b1": db1, "K2": dK2, "b2": db2, "W3": dW3, "b3": db3}


def lenet_by_loops(delta, p, x, z1, a1, m1, z2, a2, m2, rows):
    found = {"W3": np.einsum("bi,bj->ij", delta, rows), "b3": np.sum(delta, 0)}
    dm = np.einsum("bi,ij->bj", delta, p["W3"]).reshape(m2.shape)
    for n, below, z, a in ((2, m1, z2, a2), (1, x, z1, a1)):
        dz = max_by_argmax(dm, a, 2, 2)
        dz[z < 0] = 0
        found[f"K{n}"], found[f"b{n}"] = parameters_by_weights(dz, below, p[f"K{n}"], 1, 1)
        dm = image_by_pixels(dz, below, p[f"K{n}"], 1, 1)
    return found


def lenet_by_complex_steps(delta, p, x, *others):
    """No backward pass at all: nudge each parameter."""

    def gradient(name):
        def cost(value):
            *_, logits = lenet_forward(p | {name: value}, x)
            return (delta * logits).sum()

        return gradients.complex_step(cost, p[name])

    return {name: gradient(name) for name in p}


@pytest.mark.parametrize(
    "answer",
    [
        lenet_of_layers,
        lenet_with_the_slope_before_the_pooling,
        lenet_by_loops,
        lenet_by_complex_steps,
    ],
)
def test_other_ways_back_through_the_network_pass(answer):
    result = LENET.check(answer)
    assert result.passed, str(result)


def lenet_with(**other):
    """The way back by loops, with these arguments put in place of the right ones."""

    def answer(*arguments):
        named = dict(zip(LENET.samples[0], arguments, strict=True))
        return lenet_by_loops(**named | {name: make(named) for name, make in other.items()})

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        lenet_with(delta=lambda a: np.abs(a["delta"])),
        lenet_with(delta=lambda a: a["delta"][::-1]),
        lenet_with(rows=lambda a: a["rows"][:, ::-1]),
        lenet_with(z2=lambda a: -a["z2"]),
        lenet_with(z1=lambda a: a["z1"] - 1),
        lenet_with(a1=lambda a: a["a1"][:, ::-1]),
        lenet_with(p=lambda a: a["p"] | {"K2": a["p"]["K2"].swapaxes(2, 3)}),
        lenet_with(p=lambda a: a["p"] | {"W3": -a["p"]["W3"]}),
        lambda *arguments: {"W3": lenet_backward(*arguments)["W3"]},
    ],
)
def test_other_wrong_ways_back_through_the_network_are_rejected(answer):
    assert LENET.check(answer).status == "failed"


def lenet_with_a_mask_for_each_window(delta, p, x, z1, a1, m1, z2, a2, m2, rows):
    def unpool(dm, a, m):
        wide_dm, wide_m = (array.repeat(2, axis=2).repeat(2, axis=3) for array in (dm, m))
        return wide_dm * (a == wide_m)

    drows, dW3, db3 = dense_backward(delta, rows, p["W3"])
    dz2 = unpool(drows.reshape(m2.shape), a2, m2) * (z2 > 0)
    dm1, dK2, db2 = conv2d_backward(dz2, m1, p["K2"], 1, 1)
    _, dK1, db1 = conv2d_backward(unpool(dm1, a1, m1) * (z1 > 0), x, p["K1"], 1, 1)
    return {"W3": dW3, "b3": db3, "K2": dK2, "b2": db2, "K1": dK1, "b1": db1}


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (lenet_with(z2=lambda a: 1 + a["z2"] ** 2), "no slope of ReLU in layer 2"),
        (lenet_with(z1=lambda a: 1 + a["z1"] ** 2), "no slope of ReLU in layer 1"),
        (
            lenet_with(z1=lambda a: 1 + a["z1"] ** 2, z2=lambda a: 1 + a["z2"] ** 2),
            "no slope of ReLU",
        ),
        (lenet_with(p=lambda a: a["p"] | {"K2": a["p"]["K2"][..., ::-1, ::-1]}),
         "unrotated kernel"),
        (lenet_with(delta=lambda a: a["delta"] / len(a["delta"])), "divided by the batch"),
        (lenet_with_a_mask_for_each_window, "every tie"),
        (lambda *a: tuple(lenet_by_loops(*a).values()), "no names"),
        (lambda *a: lenet_by_loops(*a) | {"K1": lenet_by_loops(*a)["K2"]}, "order of items"),
    ],
)  # fmt: skip
def test_slips_on_the_way_back_through_the_network_are_named(answer, mistake):
    result = LENET.check(answer)
    assert (result.status, result.mistake) == ("failed", mistake)


def some_of(names):
    return lambda *arguments: {n: d for n, d in lenet_by_loops(*arguments).items() if n in names}


def test_a_network_may_be_written_layer_by_layer():
    text = str(LENET.check(some_of(("W3", "b3"))))
    assert "Missing: K2, b2, K1, b1. Right: W3, b3." in text
    assert "K2: float64 array of shape (5, 2, 3, 3)\n" in text
    text = str(LENET.check(lambda delta, *rest: {"W3": 2 * lenet_by_loops(delta, *rest)["W3"]}))
    assert "the result['W3'] has wrong values" in text
    assert "Missing: b3, K2, b2, K1, b1. Item W3 is 2 times" in text
    text = str(LENET.check(lambda *a: lenet_by_loops(*a) | {"x": a[2]}))
    assert "Leave out x." in text


def test_the_first_gradient_that_is_called_wrong_is_the_last_of_the_network():
    wrong_below = lenet_with(delta=lambda a: 2 * a["delta"])
    assert "the result['W3'] has wrong values" in LENET.check(wrong_below).message
    wrong_first = lenet_with(x=lambda a: 2 * a["x"])
    assert "the result['K1'] has wrong values" in LENET.check(wrong_first).message


# What the lesson says.


def to_every_tie(x):
    return (x == max_pool2d(x, 2).repeat(2, axis=2).repeat(2, axis=3)).astype(float)


def test_a_check_entry_by_entry_does_not_see_that_ties_are_paid_twice():
    x = np.array([[[[5, 5], [1, 2.0]]]])
    rng = np.random.default_rng(0)
    assert gradients.check(lambda x: max_pool2d(x, 2).sum(), to_every_tie, x)
    assert not gradients.directional(lambda x: max_pool2d(x, 2).sum(), to_every_tie, x, rng)


def test_ties_are_common_in_digits():
    x = digits().train.images[:, np.newaxis]
    winners = avg_pool2d(to_every_tie(x), 2) * 4
    assert 0.4 < np.mean(winners > 1) < 0.42


@pytest.mark.parametrize(("size", "fits"), [(9, "(M − 1) S + 1"), (10, "M S")])
def test_a_dilated_error_of_m_s_fits_by_accident_only(size, fits):
    k, S = 3, 2
    M = (size - k) // S + 1
    lengths = {"(M − 1) S + 1": (M - 1) * S + 1, "M S": M * S}
    assert [name for name, length in lengths.items() if length + k - 1 == size] == [fits]


# Slips as students write them, and what they are told.


def sliding_the_error(step):
    def answer(dz, x, K, stride, padding):
        seen = windows(padded(x, padding), dz.shape[2:], step(stride))
        return np.einsum("sfij,scuvij->fcuv", dz, seen), dz.sum((0, 2, 3))

    return answer


def both_averaged(*arguments):
    dz = arguments[0]
    return tuple(d / (len(dz) * dz[0, 0].size) for d in parameters_by_einsum(*arguments))


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (sliding_the_error(lambda stride: 1), "δ as it is"),
        (sliding_the_error(lambda stride: stride), "δ in steps of stride"),
        (both_averaged, "both averaged"),
    ],
)
def test_slips_with_the_parameters_are_named(answer, mistake):
    result = PARAMETERS.check(answer)
    assert (result.status, result.mistake) == ("failed", mistake)


def image_without_a_look_at_zero(dz, x, K, stride, padding):
    dx = np.zeros(x.shape)
    for i, j, u, v in np.ndindex(*dz.shape[2:], *K.shape[2:]):
        p, q = stride * i + u - padding, stride * j + v - padding
        if p < x.shape[2] and q < x.shape[3]:
            dx[:, :, p, q] += dz[:, :, i, j] @ K[:, :, u, v]
    return dx


def image_by_dilation(length, zeros, turn=lambda kernel, axis: kernel):
    """δ in so many numbers, with so many zeros on each side, and the rotated kernel, turned."""

    def answer(dz, x, K, stride, padding):
        kh, kw = K.shape[2:]
        wide = np.zeros((*dz.shape[:2], *(length(n, stride) for n in dz.shape[2:])))
        step = stride if wide.shape != dz.shape else 1
        wide[:, :, ::step, ::step] = dz
        rows, columns = zeros(kh, padding), zeros(kw, padding)
        wide = np.pad(wide, [(0, 0), (0, 0), (rows, rows), (columns, columns)])
        rotated = turn(K[:, :, ::-1, ::-1], axis=(2, 3))
        return np.einsum("sfijuv,fcuv->scij", windows(wide, (kh, kw), 1), rotated)

    return answer


def image_cut_by_minus(dz, x, K, stride, padding):
    wide = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    dx = image_by_pixels(dz, wide, K, stride, 0)
    return dx[:, :, padding:-padding, padding:-padding]


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (image_without_a_look_at_zero, "negative indices"),
        (image_cut_by_minus, "cut by −padding"),
        (image_by_dilation(lambda M, S: M * S, lambda k, p: k - 1 - p), "M S"),
        (image_by_dilation(lambda M, S: (M - 1) * S + 1, lambda k, p: k - 1 - p),
         "as large as the dilated δ makes it"),
        (image_by_dilation(lambda M, S: (M - 1) * S + 1, lambda k, p: k - 1),
         "full in spite of the padding"),
        (image_by_dilation(lambda M, S: M, lambda k, p: k - 1 - p), "not dilated"),
        (image_by_dilation(lambda M, S: (M - 1) * S + 1, lambda k, p: k - 1 - p, np.flip),
         "full correlation, not rotated"),
        (lambda dz, x, K, s, p: image_by_pixels(dz, x, np.flip(K), s, p), "all axes reversed"),
        (lambda dz, x, K, s, p: image_by_pixels(dz, x, K[::-1, ::-1], s, p),
         "kernels and channels reversed"),
    ],
)  # fmt: skip
def test_slips_with_the_image_are_named(answer, mistake):
    result = IMAGE.check(answer)
    assert (result.status, result.mistake) == ("failed", mistake)


def blocks(dz, x, size):
    """Upsampling, cut off or filled up to the size of x."""
    wide = np.pad(dz.repeat(size, 2).repeat(size, 3), [(0, 0), (0, 0), (0, 9), (0, 9)])
    return wide[:, :, : x.shape[2], : x.shape[3]]


def largest_of_the_channels(dz, x, size, stride):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dz.shape[2:]):
        place = np.s_[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
        largest = x[place].max(axis=(1, 2, 3), keepdims=True)
        dx[place] += (x[place] == largest) * dz[:, :, i : i + 1, j : j + 1]
    return dx


def without_the_corner_of_the_window(dz, x, size, stride):
    dx = np.zeros(x.shape)
    for s, c, i, j in np.ndindex(dz.shape):
        window = x[s, c, i * stride : i * stride + size, j * stride : j * stride + size]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[s, c, u, v] += dz[s, c, i, j]
    return dx


@pytest.mark.parametrize(
    ("exercise", "answer", "mistake"),
    [
        (MEAN_POOL, lambda dz, x, size, stride: blocks(dz, x, size) / size**2, "steps of size"),
        (MEAN_POOL, lambda dz, x, size, stride: np.kron(dz, np.ones((size, size))),
         "repeated, not divided"),
        (MEAN_POOL, lambda dz, x, size, stride: mean_by_shares(dz, x, size, stride)
         / np.maximum(1, mean_by_shares(0 * dz + size**2, x, size, stride).round()),
         "averaged over the windows"),
        (MAX_POOL, largest_of_the_channels, "largest of all channels"),
        (MAX_POOL, without_the_corner_of_the_window, "place in the window"),
        (FLATTEN, lambda dz, x: np.ones(x.shape), "ones"),
    ],
)  # fmt: skip
def test_slips_on_the_way_back_through_pooling_and_flatten_are_named(exercise, answer, mistake):
    result = exercise.check(answer)
    assert (result.status, result.mistake) == ("failed", mistake)
