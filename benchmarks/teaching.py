"""Convolution as it is usually taught in NumPy, to be compared with.

Each has a forward pass and a backward pass, for any stride and padding (one number each).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Array = np.ndarray


class Convolution(NamedTuple):
    """forward(x, K, b, stride, padding) and backward(dz, x, K, stride, padding)."""

    forward: Callable[..., Array]
    backward: Callable[..., tuple[Array, Array, Array]]


def _pad(x: Array, padding: int) -> Array:
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _crop(x: Array, padding: int) -> Array:
    return x[:, :, padding : x.shape[2] - padding, padding : x.shape[3] - padding]


# Loops over images, kernels and pixels, as in the notebooks of many courses


def loops_forward(x: Array, K: Array, b: Array, stride: int, padding: int) -> Array:
    padded, (kh, kw) = _pad(x, padding), K.shape[2:]
    H_out = (padded.shape[2] - kh) // stride + 1
    W_out = (padded.shape[3] - kw) // stride + 1
    z = np.zeros((len(x), len(K), H_out, W_out), x.dtype)
    for i, f, r, c in np.ndindex(z.shape):
        top, left = r * stride, c * stride
        z[i, f, r, c] = np.sum(padded[i, :, top : top + kh, left : left + kw] * K[f]) + b[f]
    return z


def loops_backward(
    dz: Array, x: Array, K: Array, stride: int, padding: int
) -> tuple[Array, Array, Array]:
    padded, (kh, kw) = _pad(x, padding), K.shape[2:]
    dpadded, dK, db = np.zeros_like(padded), np.zeros_like(K), np.zeros(len(K), K.dtype)
    for i, f, r, c in np.ndindex(dz.shape):
        top, left = r * stride, c * stride
        window = (i, slice(None), slice(top, top + kh), slice(left, left + kw))
        dK[f] += dz[i, f, r, c] * padded[window]
        dpadded[window] += dz[i, f, r, c] * K[f]
        db[f] += dz[i, f, r, c]
    return _crop(dpadded, padding), dK, db


# im2col by index arrays, and col2im by np.add.at


def _indices(
    padded: Array, window: tuple[int, int], stride: int
) -> tuple[Array, Array, Array, tuple[int, int]]:
    C, H, W = padded.shape[1:]
    kh, kw = window
    H_out, W_out = (H - kh) // stride + 1, (W - kw) // stride + 1
    u = np.tile(np.repeat(np.arange(kh), kw), C)
    v = np.tile(np.arange(kw), kh * C)
    rows = u[:, np.newaxis] + stride * np.repeat(np.arange(H_out), W_out)
    columns = v[:, np.newaxis] + stride * np.tile(np.arange(W_out), H_out)
    channels = np.repeat(np.arange(C), kh * kw)[:, np.newaxis]
    return channels, rows, columns, (H_out, W_out)


def im2col_forward(x: Array, K: Array, b: Array, stride: int, padding: int) -> Array:
    padded = _pad(x, padding)
    channels, rows, columns, (H_out, W_out) = _indices(padded, K.shape[2:], stride)
    matrix = padded[:, channels, rows, columns].transpose(1, 2, 0).reshape(K[0].size, -1)
    z = K.reshape(len(K), -1) @ matrix + b[:, np.newaxis]
    return z.reshape(len(K), H_out, W_out, len(x)).transpose(3, 0, 1, 2)


def im2col_backward(
    dz: Array, x: Array, K: Array, stride: int, padding: int
) -> tuple[Array, Array, Array]:
    padded = _pad(x, padding)
    channels, rows, columns, _ = _indices(padded, K.shape[2:], stride)
    matrix = padded[:, channels, rows, columns].transpose(1, 2, 0).reshape(K[0].size, -1)
    flat = dz.transpose(1, 2, 3, 0).reshape(len(K), -1)
    dK = (flat @ matrix.T).reshape(K.shape)
    dmatrix = (K.reshape(len(K), -1).T @ flat).reshape(K[0].size, -1, len(x)).transpose(2, 0, 1)
    dpadded = np.zeros_like(padded)
    np.add.at(dpadded, (slice(None), channels, rows, columns), dmatrix)
    return _crop(dpadded, padding), dK, dz.sum(axis=(0, 2, 3))


# Windows as a view, multiplied by tensordot; backward as a full convolution of the dilated dz


def windows_forward(x: Array, K: Array, b: Array, stride: int, padding: int) -> Array:
    windows = sliding_window_view(_pad(x, padding), K.shape[2:], axis=(2, 3))
    z = np.tensordot(windows[:, :, ::stride, ::stride], K, axes=([1, 4, 5], [1, 2, 3]))
    return z.transpose(0, 3, 1, 2) + b[:, np.newaxis, np.newaxis]


def windows_backward(
    dz: Array, x: Array, K: Array, stride: int, padding: int
) -> tuple[Array, Array, Array]:
    padded, (kh, kw) = _pad(x, padding), K.shape[2:]
    windows = sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    dK = np.tensordot(dz, windows, axes=([0, 2, 3], [0, 2, 3]))
    B, F, H_out, W_out = dz.shape
    H, W = padded.shape[2:]
    full = np.zeros((B, F, H + kh - 1, W + kw - 1), dz.dtype)
    full[
        :, :, kh - 1 : kh - 1 + stride * H_out : stride, kw - 1 : kw - 1 + stride * W_out : stride
    ] = dz
    shifted = sliding_window_view(full, (kh, kw), axis=(2, 3))
    dpadded = np.tensordot(shifted, K[:, :, ::-1, ::-1], axes=([1, 4, 5], [0, 2, 3]))
    return _crop(dpadded.transpose(0, 3, 1, 2), padding), dK, dz.sum(axis=(0, 2, 3))


CONVOLUTIONS = {
    "im2col": Convolution(im2col_forward, im2col_backward),
    "windows": Convolution(windows_forward, windows_backward),
    "loops": Convolution(loops_forward, loops_backward),
}
