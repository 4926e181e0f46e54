"""The rows of convolution, tested on the quadratic cost of z, with a stride for each axis."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from bplab.numeric.arrays import Array
from bplab.numeric.convolution import conv2d, conv2d_backward
from bplab.rulebook.rule import Arrays, Names, Rule, at_position
from bplab.rulebook.samples import Sizes, normal

Pair = tuple[int, int]

# Batch, channels in and out, height, width, kernel, strides, paddings: uneven; then square, one
# pixel, a kernel as large as the image, and pixels that no window reaches.
IMAGE_SIZES: tuple[Sizes, ...] = tuple(
    dict(zip("BcfHWhwstpq", sizes, strict=True))
    for sizes in (
        (2, 3, 4, 5, 6, 3, 2, 2, 1, 1, 0),
        (3, 2, 2, 4, 4, 3, 3, 1, 1, 1, 1),
        (2, 2, 2, 3, 3, 2, 2, 2, 2, 1, 1),
        (1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
        (2, 1, 2, 2, 3, 2, 3, 1, 1, 0, 0),
        (1, 2, 1, 5, 4, 1, 2, 3, 2, 0, 1),
    )
)


@dataclass(frozen=True)
class Geometry:
    """Stride and padding, a pair each: constants of a case that are not data."""

    stride: Pair
    padding: Pair


def _sample(*axes: str) -> Callable[[np.random.Generator, Sizes], Arrays]:
    """Draws the named arrays, targets y of the output's shape, and the geometry."""

    def sample(rng: np.random.Generator, sizes: Sizes) -> Any:
        strides, paddings = (sizes["s"], sizes["t"]), (sizes["p"], sizes["q"])
        rows, columns = (
            (sizes[n] + 2 * pad - sizes[k]) // step + 1
            for n, k, step, pad in zip("HW", "hw", strides, paddings, strict=True)
        )
        outputs = {**sizes, "M": rows, "N": columns}
        return [*normal(*axes, "BfMN")(rng, outputs), Geometry(strides, paddings)]

    return sample


def _names(x: Array, K: Array, b: Array, y: Array, geometry: Geometry) -> Names:
    sizes = {"H": x.shape[2], "W": x.shape[3], "k_h": K.shape[2], "k_w": K.shape[3]}
    strides = dict(zip(("S_h", "S_w"), geometry.stride, strict=True))
    paddings = dict(zip(("P_h", "P_w"), geometry.padding, strict=True))
    delta = conv2d(x, K, b, geometry.stride, geometry.padding) - y
    return {"delta": delta, "x": x, "K": K, "geometry": geometry, **sizes, **strides, **paddings}


def _rule(
    name: str,
    parameter: str,
    position: int,
    mistakes: Mapping[str, Callable[..., Array]],
    forms: tuple[str, ...] = (),
) -> Rule:
    """A rule about one of x, K and b, whose gradient comes at `position`."""
    axes = {"x": "BcHW", "K": "fchw", "b": "f"}
    order = [parameter, *(each for each in axes if each != parameter)]

    def named(*case: Any) -> Names:
        return dict(zip([*order, "y", "geometry"], case, strict=True))

    def cost(*case: Any) -> Any:
        of = named(*case)
        z = conv2d(of["x"], of["K"], of["b"], of["geometry"].stride, of["geometry"].padding)
        return ((z - of["y"]) * (z - of["y"])).sum() / 2

    return Rule(
        name=name,
        theorem=name,
        forms=forms,
        shapes="dz: (B, F, H_out, W_out), x: (B, C, H, W), K: (F, C, kh, kw)",
        forward=conv2d,
        backward=conv2d_backward,
        sample=_sample(*(axes[each] for each in order)),
        sizes=IMAGE_SIZES,
        cost=cost,
        names=lambda *case: _names(**named(*case)),
        call=lambda backward, delta, x, K, geometry, **_: backward(
            delta, x, K, geometry.stride, geometry.padding
        )[position],
        read=lambda generated, **names: generated(**{k: names[k] for k in generated.parameters}),
        mistakes=at_position(position, mistakes),
    )


def _dx(dz: Array, x: Array, K: Array, stride: Pair, padding: Pair) -> Any:
    return conv2d_backward(dz, x, K, stride, padding)[0]


def _dK(dz: Array, x: Array, K: Array, stride: Pair, padding: Pair) -> Array:
    return conv2d_backward(dz, x, K, stride, padding)[1]


def _not_dilated(dz: Array, x: Array, K: Array, stride: Pair, padding: Pair) -> Array:
    """The formula for stride 1, with the outputs side by side."""
    missing = [
        n + 2 * pad - k + 1 - m
        for n, k, m, pad in zip(x.shape[2:], K.shape[2:], dz.shape[2:], padding, strict=True)
    ]
    wide = np.pad(dz, ((0, 0), (0, 0), *((0, more) for more in missing)))
    return _dx(wide, x, K, (1, 1), padding)


def _moved(x: Array, padding: Pair) -> Array:
    """The image with all of its padding below and to the right."""
    return np.pad(x, ((0, 0), (0, 0), *((0, 2 * pad) for pad in padding)))


def _padding_forgotten(dz: Array, x: Array, K: Array, stride: Pair, padding: Pair) -> Any:
    height, width = x.shape[2:]
    return _dx(dz, _moved(x, padding), K, stride, (0, 0))[:, :, :height, :width]


def _overwritten(dz: Array, x: Array, K: Array, stride: Pair, padding: Pair) -> Array:
    """Every window overwrites what an earlier one has left at its pixels."""
    (height, width), (h, w), (down, right) = x.shape[2:], K.shape[2:], padding
    dx = 0 * np.pad(x, ((0, 0), (0, 0), (down, down), (right, right)))
    for i, j in product(*map(range, dz.shape[2:])):
        top, left = stride[0] * i, stride[1] * j
        back = np.tensordot(dz[:, :, i, j], K, axes=1)
        dx[:, :, top : top + h, left : left + w] = back
    return dx[:, :, down : down + height, right : right + width]


RULES = (
    _rule(
        "conv-kernel",
        "K",
        1,
        {
            "rotated": lambda *args: _dK(*args)[:, :, ::-1, ::-1],
            "the image is rotated": lambda dz, x, *args: _dK(dz, x[:, :, ::-1, ::-1], *args),
            "the last sample overwrites": lambda dz, x, *args: _dK(dz[-1:], x[-1:], *args),
            "mean over the positions": lambda dz, *args: (
                _dK(dz, *args) / (dz.shape[2] * dz.shape[3] + 1)
            ),
            "mean over the samples": lambda dz, *args: _dK(dz, *args) / (len(dz) + 1),
            "padding is forgotten": lambda dz, x, K, stride, padding: _dK(
                dz, _moved(x, padding), K, stride, (0, 0)
            ),
            "channels in and out swapped": lambda *args: _dK(*args).swapaxes(0, 1),
            "rows and columns swapped": lambda *args: _dK(*args).swapaxes(2, 3),
            "opposite sign": lambda *args: -_dK(*args),
        },
        forms=("conv-forward", "conv-dense", "conv-dense-kernel"),
    ),
    _rule(
        "conv-input",
        "x",
        0,
        {
            "the kernel is rotated once too often": lambda dz, x, K, *args: _dx(
                dz, x, K[:, :, ::-1, ::-1], *args
            ),
            "rows and columns of the kernel swapped": lambda dz, x, K, *args: _dx(
                dz, x, K.swapaxes(2, 3), *args
            ),
            "channels in and out swapped": lambda dz, x, K, *args: _dx(
                dz, x, K.swapaxes(0, 1), *args
            ),
            "δ is not dilated": _not_dilated,
            "padding is forgotten": _padding_forgotten,
            "overwritten where windows overlap": _overwritten,
            "opposite sign": lambda *args: -_dx(*args),
        },
        forms=("conv-input-rotated", "conv-input-dilated", "conv-dense-input"),
    ),
    _rule(
        "conv-bias",
        "b",
        2,
        {
            "δ itself": lambda dz, *_: dz,
            "summed over the positions only": lambda dz, *_: dz.sum(axis=(2, 3)),
            "summed over the samples only": lambda dz, *_: dz.sum(axis=0)[:, 0, 0],
            "mean over the positions": lambda dz, *_: (
                dz.sum(axis=(0, 2, 3)) / (dz.shape[2] * dz.shape[3] + 1)
            ),
            "the last sample overwrites": lambda dz, *_: dz[-1].sum(axis=(1, 2)),
            "opposite sign": lambda dz, *_: -dz.sum(axis=(0, 2, 3)),
        },
    ),
)
