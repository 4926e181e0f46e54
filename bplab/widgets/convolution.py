"""The convolution explorer: what each output reads, and which δ's come back to each pixel.

One image, one kernel, or max pooling in its place. The numbers come from `bplab.numeric`, and are
computed again in the browser when something changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bplab.figures import Picture
from bplab.figures.convolution import kernel_window
from bplab.numeric import conv2d, conv2d_backward, max_pool2d, max_pool2d_backward
from bplab.numeric.arrays import Array, as_finite, require_shapes, require_whole
from bplab.widgets.view import View, module, stylesheet

SMALLEST, MOST_PIXELS, MOST_KERNEL, MOST_STRIDE, MOST_PADDING = 3, 7, 3, 3, 2
POOLED = (2, 3)  # the least and the most pixels of a pooling window, which every image has room for

# Small whole numbers; some windows have two largest pixels.
EXAMPLE_X = ((1, 2, 0, 1, 3), (0, 3, 3, 1, 0), (2, 1, 0, 2, 2), (1, 0, 4, 1, 1), (3, 1, 1, 0, 2))
EXAMPLE_K = ((1, 2, 0), (0, 1, -1), (3, 0, -2))
UPSTREAM = (1, -2, 3, 2, -1, 4, -3, 1, 2)  # again and again, row by row, the δ's of the output


@dataclass(frozen=True)
class State:
    """An image, a kernel, a pooling window, and enough δ's for the largest output."""

    x: Array
    K: Array
    size: int
    stride: int
    padding: int
    upstream: Array
    sizes: tuple[int, int] = POOLED
    most_stride: int = MOST_STRIDE
    most_padding: int = MOST_PADDING


@dataclass(frozen=True)
class Pass:
    """What one layer gives: its output, the δ's that come back, and the gradient of the image."""

    z: Array
    delta: Array
    dx: Array


def state(x: npt.ArrayLike, K: npt.ArrayLike, stride: int = 1, padding: int = 0) -> State:
    """The layer as the explorer starts with it.

    Shapes: x (H, W), K (kh, kw).
    Raises: ValueError for other shapes, NaN/inf, or sizes that are not offered; TypeError if
    stride or padding is no whole number.
    """
    image, kernel = as_finite("x", x), as_finite("K", K)
    require_shapes(x=(image, ("H", "W")), K=(kernel, ("kh", "kw")))
    if not (min(image.shape) >= SMALLEST and max(image.shape) <= MOST_PIXELS):
        raise ValueError(
            f"x must have {SMALLEST} to {MOST_PIXELS} rows and columns; got shape {image.shape}."
        )
    if max(kernel.shape) > MOST_KERNEL:
        raise ValueError(f"K must be at most {MOST_KERNEL} × {MOST_KERNEL}; got {kernel.shape}.")
    stride = require_whole("stride", stride, least=1, most=MOST_STRIDE)
    padding = require_whole("padding", padding, least=0, most=MOST_PADDING)
    most = (image.shape[0] + 2 * MOST_PADDING) * (image.shape[1] + 2 * MOST_PADDING)
    return State(image, kernel, POOLED[0], stride, padding, np.resize(UPSTREAM, most).astype(float))


def convolution(start: State) -> Pass:
    """Both passes of the convolution layer, without a bias."""
    x, K = start.x[None, None], start.K[None, None]
    z = conv2d(x, K, np.zeros(1), start.stride, start.padding)
    delta = _delta(start, z)
    dx, _, _ = conv2d_backward(delta, x, K, start.stride, start.padding)
    assert dx is not None  # it was asked for
    return Pass(z[0, 0], delta[0, 0], dx[0, 0])


def max_pooling(start: State) -> Pass:
    """Both passes of max pooling; padding has no part in it."""
    x = start.x[None, None]
    z = max_pool2d(x, start.size, start.stride)
    delta = _delta(start, z)
    dx = max_pool2d_backward(delta, x, start.size, start.stride)
    return Pass(z[0, 0], delta[0, 0], dx[0, 0])


def _delta(start: State, z: Array) -> Array:
    return start.upstream[: z.size].reshape(z.shape)


class ConvolutionExplorer(View):
    """The live view; `convolution_explorer` makes one."""

    _esm = module("convolution.js")
    _css = stylesheet("convolution.css")
    caption = "Run this cell in JupyterLab to point at outputs and pixels, and to try max pooling."

    def picture(self) -> Picture:
        start: State = self.start
        at = (0, 0)
        return kernel_window(start.x, start.K, at, stride=start.stride, padding=start.padding)


def convolution_explorer(
    x: npt.ArrayLike = EXAMPLE_X, K: npt.ArrayLike = EXAMPLE_K, *, stride: int = 1, padding: int = 0
) -> ConvolutionExplorer:
    """One image and one kernel, or max pooling: what is read, and what comes back.

    Shapes: x (H, W), K (kh, kw).
    Raises: ValueError or TypeError, as `state`, for what is not offered.
    """
    return ConvolutionExplorer(state(x, K, stride, padding))
