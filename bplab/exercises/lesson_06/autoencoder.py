# mypy: allow-untyped-defs
"""06.12 · An autoencoder with tied weights, which are counted once."""

import numpy as np

from bplab.exercises.lesson_06.alterations import wrong_programs
from bplab.exercises.lesson_06.hunt import SMALL, BugHunt
from bplab.exercises.samples import samples


def autoencoder_cost(W, b, x):
    """Quadratic cost of rebuilding x from tanh(x Wᵀ) with the same weights."""
    return ((np.tanh(x @ W.T) @ W + b - x) ** 2).sum() / 2 / len(x)


def autoencoder_gradient(W, b, x):
    """Gradient of the quadratic cost of rebuilding x from tanh(x Wᵀ) with the same weights."""
    code = np.tanh(x @ W.T)
    rebuilt = code @ W + b

    d_rebuilt = (rebuilt - x) / len(x)
    d_code = d_rebuilt @ W.T
    d_z = d_code * (1 - code**2)
    dW = d_z.T @ x + code.T @ d_rebuilt
    db = d_rebuilt.sum(axis=0)
    return dW, db


MISTAKES = """
the bug: dW = … → dW = d_z.T @ x
    This is the program as it was: W is used twice, but only its use in the encoder is counted. Add
    that of the decoder, codeᵀ d_rebuilt.
decoder only: dW = … → dW = code.T @ d_rebuilt
    Now only the use in the decoder is counted: add the two.
twice the encoder: dW = … → dW = 2 * d_z.T @ x
    You counted the use in the encoder twice: the use in the decoder has a gradient of its own,
    codeᵀ d_rebuilt.
mean: dW = … → dW = (d_z.T @ x + code.T @ d_rebuilt) / 2
    You took the mean of the two uses: gradients of a shared weight are added.
minus: x + code.T → x - code.T
    You subtracted the second use: gradients of a shared weight are added.
z for the code: code.T @ d_rebuilt → (x @ W.T).T @ d_rebuilt
    In the decoder's part the input of W is code = tanh(z), not z.
rebuilt for its error: code.T @ d_rebuilt → code.T @ rebuilt / len(x)
    In the decoder's part you took the output instead of its error d_rebuilt.
slope lost: d_code * (1 - code**2) → d_code
    Both uses are there, but the slope of tanh got lost in d_z.
doubled: dW = … → dW = 2 * (d_z.T @ x + code.T @ d_rebuilt)
    Both uses are there, but each counts once.
decoder doubled: dW = … → dW = d_z.T @ x + 2 * code.T @ d_rebuilt
    The use in the decoder counts once.
1/m twice: dW = … → dW = d_z.T @ x + code.T @ d_rebuilt / len(x)
    The 1/m is inside d_rebuilt already; in the decoder's part it enters a second time.
decoder transposed: dW = … → dW = d_z.T @ x + d_rebuilt.T @ code
    The decoder's part is transposed: it multiplies by W, not by Wᵀ, so it is codeᵀ d_rebuilt.
x for the error: dW = … → dW = d_z.T @ x + code.T @ x
    In the decoder's part you took x instead of the error d_rebuilt.
output without 1/m: dW = … → dW = d_z.T @ x + code.T @ rebuilt
    The decoder's part multiplies code by the error d_rebuilt, not by the output.
d_z for the code: dW = … → dW = d_z.T @ x + d_z.T @ d_rebuilt
    In the decoder's part the input of W is code, not its gradient.
d_code for the code: dW = … → dW = d_z.T @ x + d_code.T @ d_rebuilt
    In the decoder's part you took d_code, the gradient, for code, the value.
encoder before the slope: dW = … → dW = d_z.T @ x + d_code.T @ x
    You added d_codeᵀ x, the encoder's part without its slope. The decoder's part is codeᵀ
    d_rebuilt.
rebuilt for x: dW = … → dW = d_z.T @ x + d_z.T @ rebuilt
    You added the encoder's part for another input. The decoder's part is codeᵀ d_rebuilt.
error for x: dW = … → dW = d_z.T @ d_rebuilt
    Each use has a product of its own: d_zᵀ x and codeᵀ d_rebuilt.
multiplied: dW = … → dW = (d_z.T @ x) * (code.T @ d_rebuilt)
    You multiplied the two uses: their gradients are added.
W added: dW = … → dW = d_z.T @ x + W
    You added W itself. What is added is its gradient from the decoder.
all transposed: dW = … → dW = x.T @ d_z + d_rebuilt.T @ code
    Both parts are there, but transposed: dW has the shape of W.
no 1/m: / len(x) →
    Both uses are there, but the 1/m got lost.
sign: rebuilt - x → x - rebuilt
    Every entry has the wrong sign: it is rebuilt − x.
slope of a sigmoid: (1 - code**2) → code * (1 - code)
    a(1 − a) is the slope of a sigmoid; this is tanh, whose slope is 1 − code².
no square: (1 - code**2) → (1 - code)
    The square is missing: the slope of tanh is 1 − code².
W for its transpose: d_rebuilt @ W.T → d_rebuilt @ W
    d_code was right: the decoder multiplies by W, so the error comes back through Wᵀ.
"""

AUTOENCODER = BugHunt(
    id="06.12",
    title="an autoencoder with tied weights",
    reference=autoencoder_gradient,
    cost=autoencoder_cost,
    samples=samples({"W": ("n1", "n0"), "b": ("n0",), "x": ("B", "n0")}, make=SMALL),
    returns=("dW", "db"),
    hints=(
        "b is right. In how many lines of the forward pass does W stand?",
        "W encodes and W decodes. Each use gives a gradient with the shape of W; they are added.",
        "dW = d_z.T @ x + code.T @ d_rebuilt",
    ),
    mistakes=wrong_programs(autoencoder_gradient, MISTAKES),
)
