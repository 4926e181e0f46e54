# mypy: allow-untyped-defs
"""06.13 · A classifier that scales its caller's pixels in place."""

import numpy as np

from bplab.exercises.lesson_06.alterations import wrong_programs
from bplab.exercises.lesson_06.hunt import LAYER, SMALL, BugHunt
from bplab.exercises.samples import one_hot, samples
from bplab.numeric import softmax
from bplab.numeric.arrays import Array


def pixels(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.integers(1, 17, size=shape).astype(float)


def ones_and_zeros(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Pixels that look as if they were scaled already."""
    return rng.integers(0, 2, size=shape).astype(float)


def pixel_cost(W, b, x, y):
    """Mean cross-entropy of softmax outputs for pixels from 0 to 16, scaled to 0 to 1."""
    return -(y * np.log(softmax((x / 16) @ W.T + b))).sum() / len(y)


def pixel_gradient(W, b, x, y):
    """Gradient of the mean cross-entropy for pixels from 0 to 16, scaled to 0 to 1."""
    x = x / 16
    a = softmax(x @ W.T + b)
    delta = (a - y) / len(y)
    dW = delta.T @ x
    db = delta.sum(axis=0)
    return dW, db


MISTAKES = """
the bug: x = x / 16 → x /= 16
    This is the program as it was: x /= 16 writes into the caller's array, so every call makes the
    pixels 16 times darker. x = x / 16 makes a new array.
not scaled: x = x / 16 → x = x.copy()
    The pixels are not scaled any more: the cost is of x / 16.
whole numbers: x / 16 → x // 16
    x // 16 drops what is behind the point: all pixels but the brightest become 0.
scaled twice: delta.T @ x → delta.T @ x / 16
    dW is divided by 16 a second time: the scaled x is in it already.
255: x / 16 → x / 255
    These pixels go from 0 to 16, not to 255.
scaled forward only: x = x / 16 → raw, x = x, x / 16
    delta.T @ x → delta.T @ raw
    a comes from the scaled pixels, but dW is made with the raw ones: z = (x/16) Wᵀ, so the factor
    in dW is x/16.
no 1/m: (a - y) / len(y) → a - y
    The input is safe now, but the 1/m got lost.
by the largest: x / 16 → x / x.max()
    You divided by the largest pixel of the batch, which changes from batch to batch. The scale is
    16.
scaled only above 1: x = x / 16 → x = x / 16 if x.max() > 1 else x
    You scale only if a pixel is above 1: a dark picture, whose pixels are 0 and 1 of 16, is left as
    it is. Scale always; then nothing has to be guessed, as x itself is never changed.
15: x / 16 → x / 15
    The pixels go from 0 to 16, so the divisor is 16, not 15.
17: x / 16 → x / 17
    There are 17 values from 0 to 16, but the largest is 16: divide by that.
remainder: x / 16 → x % 16
    % is the remainder of a division. To scale, divide.
divided twice: x / 16 → x / 16 / 16
    You divided by 16 twice.
multiplied: x / 16 → x * 16
    You multiplied: from 0 to 16 to 0 to 1 one divides.
range of the batch: x / 16 → (x - x.min()) / (x.max() - x.min())
    You used the smallest and largest pixel of the batch. The range is fixed: 0 to 16.
black and white: x / 16 → (x > 8) * 1.0
    You made the pixels black and white: scale them.
shifted: x / 16 → x - 16
    You subtracted 16: scale by dividing.
clipped: x / 16 → np.clip(x, 0, 1)
    np.clip cuts all pixels above 1 down to 1. Divide by 16.
divided again in z: softmax(x @ W.T → softmax(x @ W.T / 16
    x is scaled already, and in z you divide once more.
"""

PIXELS = BugHunt(
    id="06.13",
    title="pixels from 0 to 16",
    reference=pixel_gradient,
    cost=pixel_cost,
    samples=(
        *samples(LAYER, make=SMALL | {"x": pixels, "y": one_hot}),
        *samples(LAYER, make=SMALL | {"x": ones_and_zeros, "y": one_hot}, seed=1)[:1],
    ),
    returns=("dW", "db"),
    hints=(
        "Call the gradient twice with the same arrays. What comes out, and what has become of x?",
        "x /= 16 divides the caller's array. What does x = x / 16 do?",
        "x = x / 16",
    ),
    mistakes=wrong_programs(pixel_gradient, MISTAKES),
)
