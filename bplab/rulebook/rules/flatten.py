"""The row of flattening an image, tested on the quadratic cost of the flat rows."""

from typing import Any

import numpy as np

from bplab.numeric.arrays import Array
from bplab.numeric.flatten import flatten, flatten_backward
from bplab.rulebook.rule import Rule
from bplab.rulebook.samples import Sizes, normal

FLAT_SIZES: tuple[Sizes, ...] = tuple(
    dict(zip("BcHW", sizes, strict=True))
    for sizes in ((2, 3, 4, 5), (2, 2, 2, 2), (1, 1, 3, 2), (3, 2, 1, 1))
)


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
        shapes="dz: (B, C·H·W), x: (B, C, H, W)",
        forward=flatten,
        backward=flatten_backward,
        sample=_sample,
        sizes=FLAT_SIZES,
        cost=_cost,
        names=lambda x, y: {"delta": flatten(x) - y, "x": x},
        call=lambda backward, delta, x: backward(delta, x),
        read=_read,
        mistakes={
            "opposite sign": lambda dz, x: -flatten_backward(dz, x),
            "columns first": lambda dz, x: dz.reshape(*x.shape[:2], *x.shape[:1:-1]).swapaxes(2, 3),
            "channels last": lambda dz, x: np.moveaxis(
                dz.reshape(len(x), *x.shape[2:], x.shape[1]), 3, 1
            ),
            "samples last": lambda dz, x: dz.T.reshape(x.shape),
            "backwards": lambda dz, x: flatten_backward(dz[:, ::-1], x),
        },
    ),
)
