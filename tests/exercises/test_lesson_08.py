"""Lesson 08: right answers written differently pass, wrong ones are rejected, its claims hold."""

import math

import numpy as np
import pytest

from bplab.exercises.lesson_08 import (
    C3,
    CONV2D,
    CORRELATE,
    EXERCISES,
    FLATTENED,
    FLIP,
    OUTPUT_SIZE,
    POOL2D,
    RECEPTIVE_FIELD,
    correlate,
)
from bplab.numeric import avg_pool2d, conv2d, dense, max_pool2d, output_size


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_exercise_checks_itself(exercise):
    assert exercise.self_check() == []


# 08.1


def correlate_by_four_loops(x, K):
    rows, columns = x.shape[0] - K.shape[0] + 1, x.shape[1] - K.shape[1] + 1
    z = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            for u in range(K.shape[0]):
                for v in range(K.shape[1]):
                    z[i][j] += K[u, v] * x[i + u, j + v]
    return np.array(z)


def correlate_by_shifts(x, K):
    """The kernel in the outer loop: one shifted copy of the image for each weight."""
    rows, columns = x.shape[0] - K.shape[0] + 1, x.shape[1] - K.shape[1] + 1
    z = np.zeros((rows, columns))
    for (u, v), weight in np.ndenumerate(K):
        z += weight * x[u : u + rows, v : v + columns]
    return z


def correlate_by_windows(x, K):
    windows = np.lib.stride_tricks.sliding_window_view(x, K.shape)
    return np.einsum("ijuv,uv->ij", windows, K)


def correlate_by_convolutions(x, K):
    """NumPy's convolution of each row with each flipped row of the kernel."""
    rows = len(x) - len(K) + 1
    return np.array(
        [
            sum(np.convolve(x[i + u], K[u][::-1], "valid") for u in range(len(K)))
            for i in range(rows)
        ]
    )


@pytest.mark.parametrize(
    "answer",
    [
        correlate_by_four_loops,
        correlate_by_shifts,
        correlate_by_windows,
        correlate_by_convolutions,
        lambda x, K: conv2d(x[None, None], K[None, None], [0.0])[0, 0],
    ],
)
def test_other_ways_to_correlate_pass(answer):
    assert CORRELATE.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, K: correlate(x, K) + 1,
        lambda x, K: correlate(x, np.roll(K, 1)),
        lambda x, K: correlate(x, np.abs(K)),
        lambda x, K: correlate(x[:, ::-1], K),
        lambda x, K: correlate(x, K)[::-1],
        lambda x, K: correlate(x, K) ** 2,
        lambda x, K: correlate(x, K[:1]),
        lambda x, K: correlate(x, K) / np.linalg.norm(K),
        lambda x, K: x @ K.T,
    ],
)
def test_other_wrong_correlations_are_rejected(answer):
    assert CORRELATE.check(answer).status == "failed"


# 08.2


def test_the_options_are_what_their_reasons_say():
    rng = np.random.default_rng(0)
    x, K = rng.normal(size=(6, 7)), rng.normal(size=(3, 3))
    # The definition, at the places i ≥ kh − 1, j ≥ kw − 1, where no index leaves the image.
    wanted = np.array(
        [
            [
                sum(K[u, v] * x[i - u, j - v] for u in range(3) for v in range(3))
                for j in range(2, 7)
            ]
            for i in range(2, 6)
        ]
    )
    results = {
        letter: eval(line, {"correlate": correlate, "np": np, "x": x, "K": K})
        for letter, line in FLIP.options.items()
    }
    right = [letter for letter, z in results.items() if np.allclose(z, wanted)]
    assert right == [FLIP.right]
    np.testing.assert_allclose(results["e"], wanted[::-1, ::-1])


@pytest.mark.parametrize("answer", ["d", " D ", "(d)"])
def test_the_right_letter_passes(answer):
    assert FLIP.check(answer).passed


# 08.3


@pytest.mark.parametrize(
    "answer",
    [
        lambda size, kernel, stride, padding: np.floor((size + 2 * padding - kernel) / stride) + 1,
        lambda size, kernel, stride, padding: 1.0 * output_size(size, kernel, stride, padding),
        lambda *a: np.array(output_size(*a), float),
    ],
)
def test_a_float_is_no_number_of_windows(answer):
    result = OUTPUT_SIZE.check(answer)
    assert result.mistake == "a float"
    assert "wrap it in int(…), or divide with //" in result.diagnosis


def test_a_wrong_float_is_named_by_its_other_mistake():
    result = OUTPUT_SIZE.check(lambda n, k, s, p: np.floor((n + 2 * p - k) / s))
    assert result.mistake == "no + 1"


@pytest.mark.parametrize(
    "answer",
    [
        lambda n, k, s, p: len(range(0, n + 2 * p - k + 1, s)),
        lambda n, k, s, p: math.ceil((n + 2 * p - k + 1) / s),
        lambda n, k, s, p: int((n + 2 * p - k) / s + 1),
        lambda n, k, s, p: (n + 2 * p - k + s) // s,
        lambda n, k, s, p: sum(i * s + k <= n + 2 * p for i in range(n + 2 * p)),
        lambda n, k, s, p: np.floor((n + 2 * p - k) / s).astype(int) + 1,
    ],
)
def test_other_ways_to_count_windows_pass(answer):
    assert OUTPUT_SIZE.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda n, k, s, p: (n + 2 * p - k) // (s + 1),
        lambda n, k, s, p: (n + 2 * p + 1 - k) // s + 1,
        lambda n, k, s, p: (n + 2 * p - 2 * k) // s + 1,
        lambda n, k, s, p: (n * 2 * p - k) // s + 1,
        lambda n, k, s, p: (n + 2 * p - k) // s + 2,
        lambda n, k, s, p: (n + 2 * k - p) // s + 1,
        lambda n, k, s, p: n,
        lambda n, k, s, p: [(n + 2 * p - k) // s + 1],
    ],
)
def test_other_wrong_counts_are_rejected(answer):
    assert OUTPUT_SIZE.check(answer).status == "failed"


# 08.4


def layer_by_six_loops(x, K, b, stride, padding):
    B, C, H, W = x.shape
    F, _, kh, kw = K.shape
    padded = np.zeros((B, C, H + 2 * padding, W + 2 * padding))
    padded[:, :, padding : padding + H, padding : padding + W] = x
    rows = (H + 2 * padding - kh) // stride + 1
    columns = (W + 2 * padding - kw) // stride + 1
    z = np.zeros((B, F, rows, columns))
    for s in range(B):
        for f in range(F):
            for i in range(rows):
                for j in range(columns):
                    total = b[f]
                    for c in range(C):
                        for u in range(kh):
                            total += K[f, c, u] @ padded[s, c, i * stride + u, j * stride :][:kw]
                    z[s, f, i, j] = total
    return z


def layer_by_windows(x, K, b, stride, padding):
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, K.shape[2:], axis=(2, 3))
    z = np.einsum("scijuv,fcuv->sfij", windows[:, :, ::stride, ::stride], K)
    return z + b.reshape(1, -1, 1, 1)


def layer_as_dense(x, K, b, stride, padding):
    """Each window is a row of a batch, and all kernels are the rows of W."""
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, K.shape[2:], axis=(2, 3))
    windows = np.moveaxis(windows[:, :, ::stride, ::stride], 1, 3)
    z = dense(windows.reshape(-1, K[0].size), K.reshape(len(K), -1), b)
    return np.moveaxis(z.reshape(*windows.shape[:3], len(K)), -1, 1)


@pytest.mark.parametrize("answer", [layer_by_six_loops, layer_by_windows, layer_as_dense, conv2d])
def test_other_ways_to_write_the_layer_pass(answer):
    assert CONV2D.check(answer).passed


def padded_in_place(x, K, b, stride, padding):
    x[:] = x + 0.5
    return conv2d(x - 0.5, K, b, stride, padding)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, K, b, s, p: conv2d(x, K, 2 * b, s, p),
        lambda x, K, b, s, p: conv2d(x, K, b, s, p).sum(axis=1),
        lambda x, K, b, s, p: conv2d(x, K[:, ::-1], b, s, p),
        lambda x, K, b, s, p: conv2d(x[::-1], K, b, s, p),
        lambda x, K, b, s, p: conv2d(x, K, b[::-1], s, p),
        lambda x, K, b, s, p: conv2d(x, K, b, s, 2 * p),
        lambda x, K, b, s, p: conv2d(x, K, b, (s, 1), p),
        lambda x, K, b, s, p: conv2d(x, K, b, s, (p, 0)),
        lambda x, K, b, s, p: conv2d(x, K, b, s + 1, p),
        lambda x, K, b, s, p: conv2d(x, K, b, s, p).reshape(len(x), -1),
        padded_in_place,
    ],
)
def test_other_wrong_layers_are_rejected(answer):
    assert CONV2D.check(answer).status == "failed"


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (lambda x, K, b, s, p: layer_by_windows(x, K[..., ::-1, ::-1], b, s, p), "kernel rotated"),
        (lambda x, K, b, s, p: layer_by_six_loops(x, K, 0 * b, s, p), "no bias"),
        (lambda x, K, b, s, p: layer_by_windows(x, K, b, 1, p), "no stride"),
        (lambda x, K, b, s, p: layer_by_windows(x, K, b, s, 0), "no padding"),
        (
            lambda x, K, b, s, p: layer_by_windows(x[:, :1], K[:, :1], b, s, p),
            "first channel only",
        ),
    ],
)
def test_slips_in_the_layer_are_named_however_it_is_written(answer, mistake):
    assert CONV2D.check(answer).mistake == mistake


# 08.5 and 08.8


@pytest.mark.parametrize("answer", [2416, 2416.0, np.int64(2416), 16 * (6 * 5 * 5 + 1)])
def test_the_right_count_passes(answer):
    assert C3.check(answer).passed


@pytest.mark.parametrize("answer", [2415, 2417, 16, 0, 2416.5, "2416"])
def test_other_counts_are_rejected(answer):
    assert C3.check(answer).status == "failed"


def test_c3_is_the_size_of_the_arrays():
    K, b = np.zeros((16, 6, 5, 5)), np.zeros(16)
    assert conv2d(np.zeros((1, 6, 14, 14)), K, b).shape == (1, 16, 10, 10)
    assert C3.value == K.size + b.size


def test_the_flattened_size_is_that_of_the_library():
    x = np.zeros((1, 1, 30, 30))
    x = conv2d(x, np.zeros((8, 1, 5, 5)), np.zeros(8), stride=2)
    x = conv2d(max_pool2d(x, 2), np.zeros((16, 8, 3, 3)), np.zeros(16), padding=1)
    assert FLATTENED.value == x.size


# 08.6


@pytest.mark.parametrize(
    "formula",
    ["s1*(k2 - 1) + k1", "k1 + k2*s1 - s1", "k1 - s1*(1 - k2)", "k1 + (k2-1)*s1*s2/s2"],
)
def test_other_forms_of_the_receptive_field_pass(formula):
    assert RECEPTIVE_FIELD.check(formula).passed


@pytest.mark.parametrize(
    "formula",
    ["k1*s1 + k2*s2", "k1 + (k2 - 1)/s1", "k1*(k2 - 1)*s1", "k1 + k2*s1 - 1", "k2", "k1 + s1"],
)
def test_other_wrong_receptive_fields_are_rejected(formula):
    assert RECEPTIVE_FIELD.check(formula).status == "failed"


@pytest.mark.parametrize(("k1", "s1", "k2", "s2"), [(3, 1, 3, 1), (3, 2, 2, 3), (4, 3, 3, 2)])
def test_the_receptive_field_is_what_a_nudge_finds(k1, s1, k2, s2):
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(1, 1, k1, k1)), rng.normal(size=(1, 1, k2, k2))
    x = rng.normal(size=(1, 1, 24, 24))

    def unit(image):
        hidden = conv2d(image, first, [0.0], s1)
        return conv2d(hidden, second, [0.0], s2)[0, 0, 1, 1]

    nudged = [unit(x + np.eye(24)[q] * np.eye(24)[[s1 * s2]].T) for q in range(24)]
    assert sum(z != unit(x) for z in nudged) == k1 + (k2 - 1) * s1


# 08.7


def pool_by_loops(x, size, stride):
    B, C, H, W = x.shape
    rows, columns = 1 + (H - size) // stride, 1 + (W - size) // stride
    largest, mean = np.zeros((B, C, rows, columns)), np.zeros((B, C, rows, columns))
    for s, c, i, j in np.ndindex(largest.shape):
        entries = [
            x[s, c, i * stride + u, j * stride + v] for u in range(size) for v in range(size)
        ]
        largest[s, c, i, j] = max(entries)
        mean[s, c, i, j] = sum(entries) / len(entries)
    return largest, mean


def pool_by_windows(x, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return [windows.max(axis=(4, 5)), windows.mean(axis=(-2, -1))]


def pool_by_convolution(x, size, stride):
    """The mean as a cross-correlation with a constant kernel, channel by channel."""
    B, C, H, W = x.shape
    K = np.full((1, 1, size, size), 1 / size**2)
    mean = conv2d(x.reshape(B * C, 1, H, W), K, [0.0], stride)
    return max_pool2d(x, size, stride), mean.reshape(B, C, *mean.shape[2:])


@pytest.mark.parametrize(
    "answer",
    [
        pool_by_loops,
        pool_by_windows,
        pool_by_convolution,
        lambda x, size, stride: (max_pool2d(x, size, stride), avg_pool2d(x, size, stride)),
    ],
)
def test_other_ways_to_pool_pass(answer):
    assert POOL2D.check(answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, size, stride: pool_by_loops(x, max(size - 1, 1), stride),
        lambda x, size, stride: pool_by_loops(x, size, stride + 1),
        lambda x, size, stride: pool_by_loops(x[::-1], size, stride),
        lambda x, size, stride: pool_by_loops(x.swapaxes(2, 3), size, stride),
        lambda x, size, stride: np.array(pool_by_loops(x, size, stride)).sum(axis=0),
        lambda x, size, stride: pool_by_loops(np.abs(x), size, stride),
        lambda x, size, stride: (pool_by_loops(x, size, stride)[0],) * 3,
    ],
)
def test_other_wrong_poolings_are_rejected(answer):
    assert POOL2D.check(answer).status == "failed"


# Slips as students write them, and what they are told.


def windows_of(x, shape, stride=1):
    seen = np.lib.stride_tricks.sliding_window_view(x, shape, axis=(-2, -1))
    return seen[..., ::stride, ::stride, :, :]


def never_set_to_zero(x, K):
    rows, columns = x.shape[0] - K.shape[0] + 1, x.shape[1] - K.shape[1] + 1
    z, total = np.zeros((rows, columns)), 0
    for i, j in np.ndindex(rows, columns):
        for u, v in np.ndindex(K.shape):
            total += K[u, v] * x[i + u, j + v]
        z[i, j] = total
    return z


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (never_set_to_zero, "not started anew"),
        (lambda x, K: windows_of(x, K.shape) * K, "products not summed"),
        (lambda x, K: sum(sum(windows_of(x, K.shape) * K)), "summed over the places"),
        (lambda x, K: np.einsum("ijuv,uv->ij", windows_of(x, K.T.shape), K.T),
         "kernel transposed, and its size too"),
    ],
)  # fmt: skip
def test_slips_in_the_correlation_are_named(answer, mistake):
    result = CORRELATE.check(answer)
    assert (result.status, result.mistake) == ("failed", mistake)


def layer_padded_by(x, K, b, stride, before, after, subscripts="bcijuv,fcuv->bfij"):
    x = np.pad(x, [(0, 0), (0, 0), (before, after), (before, after)])
    z = np.einsum(subscripts, windows_of(x, K.shape[2:], stride), K)
    return z + b.reshape(-1, *[1] * (z.ndim - 2))


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (lambda x, K, b, s, p: layer_padded_by(x, K, b, s, 0, 2 * p), "all padding at the end"),
        (lambda x, K, b, s, p: layer_padded_by(x, K, b, s, p, p, "bcijuv,fcuv->bfcij"),
         "channels not summed"),
        (lambda x, K, b, s, p: layer_padded_by(x, K.swapaxes(2, 3), b, s, p, p),
         "kernel transposed, and its size too"),
        (lambda x, K, b, s, p: layer_padded_by(x, K, b, 1, p, p), "no stride"),
    ],
)  # fmt: skip
def test_slips_in_the_layer_are_named(answer, mistake):
    result = CONV2D.check(answer)
    assert (result.status, result.mistake) == ("failed", mistake)


@pytest.mark.parametrize(
    ("value", "mistake"),
    [
        (1024, "padding four times"),
        (592, "biases too"),
        (16 * 6.5**2, "pooling not rounded"),
        (16 * 6.75**2, "nothing rounded"),
    ],
)
def test_wrong_counts_are_named(value, mistake):
    assert FLATTENED.check(value).mistake == mistake
