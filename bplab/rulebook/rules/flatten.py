"""The row of flattening an image, tested on the quadratic cost of the flat rows."""

from typing import Any

import numpy as np

from bplab.numeric.arrays import Array
from bplab.rulebook.rule import Rule
from bplab.rulebook.samples import Sizes, normal

FLAT_SIZES: tuple[Sizes, ...] = tuple(
    dict(zip("BcHW", sizes, strict=True))
    for sizes in ((2, 3, 4, 5), (2, 2, 2, 2), (1, 1, 3, 2), (3, 2, 1, 1))
)


def flatten(x: Array) -> Array:
    """Each image as one row, in row-major order: channels, then rows, then columns."""
    return x.reshape(len(x), -1)


def flatten_backward(dy: Array, x: Array) -> Array:
    """∂C/∂x: the same numbers, laid out as x."""
    return dy.reshape(x.shape)


def _sample(rng: np.random.Generator, sizes: Sizes) -> Any:
    return normal("BcHW", "Bn")(rng, {**sizes, "n": sizes["c"] * sizes["H"] * sizes["W"]})


def _cost(x: Array, y: Array) -> Any:
    return ((flatten(x) - y) * (flatten(x) - y)).sum() / 2


def _read(generated: Any, delta: Array, x: Array) -> Array:
    _, channels, height, width = x.shape
    return generated(delta=delta, n_c=channels, H=height, W=width)


RULES = (
    Rule(
        name="flatten",
        theorem="flatten",
        shapes="dy: (B, C·H·W), x: (B, C, H, W)",
        forward=flatten,
        backward=flatten_backward,
        sample=_sample,
        sizes=FLAT_SIZES,
        cost=_cost,
        names=lambda x, y: {"delta": flatten(x) - y, "x": x},
        call=lambda backward, delta, x: backward(delta, x),
        read=_read,
        mistakes={
            "opposite sign": lambda dy, x: -flatten_backward(dy, x),
            "columns first": lambda dy, x: dy.reshape(*x.shape[:2], *x.shape[:1:-1]).swapaxes(2, 3),
            "channels last": lambda dy, x: np.moveaxis(
                dy.reshape(len(x), *x.shape[2:], x.shape[1]), 3, 1
            ),
            "samples last": lambda dy, x: dy.T.reshape(x.shape),
            "backwards": lambda dy, x: flatten_backward(dy[:, ::-1], x),
        },
    ),
)
