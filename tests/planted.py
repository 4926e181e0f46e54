"""A small net in plain NumPy, and the ways in which its gradient is made wrong on purpose.

It uses nothing of bplab, so that the checks are tested against something else than themselves.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from hypothesis import strategies as st

FAULTS = [
    "zero",
    "sign",
    "transposed gradient",
    "W for its transpose",
    "missing derivative",
    "derivative of a, not z",
    "missing sum",
    "times 1.01",
    "times 1 + 1e-9",
    "missing 1/m",
    "overwritten",
    "changes a parameter",
    "off by one",
]

KINDS = ["sigmoid", "tanh", "relu"]


@dataclass(frozen=True)
class Net:
    """Parameters W1, b1, W2, b2 … and data (x, one-hot y) of a softmax classifier."""

    params: list[Any]
    data: tuple[Any, Any]
    kind: str

    @classmethod
    def random(
        cls, rng: np.random.Generator, widths: tuple[int, ...], batch: int, kind: str
    ) -> Self:
        params = []
        for n_in, n_out in pairwise(widths):
            params += [rng.standard_normal((n_out, n_in)) / n_in**0.5, rng.standard_normal(n_out)]
        y = np.eye(widths[-1])[rng.integers(0, widths[-1], batch)]
        return cls(params, (rng.standard_normal((batch, widths[0])), y), kind)


@st.composite
def nets(draw: st.DrawFn) -> Net:
    """Two or three layers, all widths and the batch from 1 to 4, so with square and flat ones."""
    widths = tuple(draw(st.lists(st.integers(1, 4), min_size=3, max_size=4)))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    return Net.random(rng, widths, draw(st.integers(1, 4)), draw(st.sampled_from(KINDS)))


def activate(z: Any, kind: str) -> Any:
    if kind == "relu":
        return np.where(z.real > 0, z, 0)
    return np.tanh(z) if kind == "tanh" else 1 / (1 + np.exp(-z))


def slope(z: Any, kind: str) -> Any:
    if kind == "relu":
        return (z.real > 0) * np.ones_like(z)
    a = activate(z, kind)
    return 1 - a * a if kind == "tanh" else a * (1 - a)


def forward(params: list[Any], x: Any, kind: str) -> tuple[list[Any], list[Any]]:
    inputs, zs = [], []
    for W, b in zip(params[::2], params[1::2], strict=True):
        inputs.append(x)
        zs.append(x @ W.T + b)
        x = activate(zs[-1], kind)
    return inputs, zs


def net_cost(params: list[Any], x: Any, y: Any, kind: str) -> Any:
    z = forward(params, x, kind)[1][-1]
    shift = z.real.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(z - shift).sum(axis=1, keepdims=True)) + shift
    return -(y * (z - log_sum)).sum() / len(x)


def net_gradient(params: list[Any], x: Any, y: Any, kind: str, fault: str = "") -> list[Any]:
    inputs, zs = forward(params, x, kind)
    e = np.exp(zs[-1] - zs[-1].max(axis=1, keepdims=True))
    delta = e / e.sum(axis=1, keepdims=True) - y
    if fault != "missing 1/m":
        delta = delta / len(x)
    if fault == "off by one":
        delta = np.roll(delta, 1, axis=1)
    gradient: list[Any] = []
    for layer in reversed(range(len(zs))):
        W = params[2 * layer]
        dW, db = delta.T @ inputs[layer], delta.sum(axis=0)
        if fault == "missing sum":
            db = delta[0]
        if fault == "overwritten":
            for one, a in zip(delta, inputs[layer], strict=True):
                dW = np.outer(one, a)
        gradient = [dW, db, *gradient]
        if layer:
            square = W.shape[0] == W.shape[1]
            upstream = delta @ (W.T if fault == "W for its transpose" and square else W)
            z = zs[layer - 1]
            at = activate(z, kind) if fault == "derivative of a, not z" else z
            delta = upstream if fault == "missing derivative" else upstream * slope(at, kind)
    first = gradient[0]
    if fault == "transposed gradient" and first.shape == first.T.shape:
        gradient[0] = first.T
    factors = {"zero": 0, "sign": -1, "times 1.01": 1.01, "times 1 + 1e-9": 1 + 1e-9}
    gradient[0] = gradient[0] * factors.get(fault, 1)
    if fault == "changes a parameter":
        params[0] *= 2
    return gradient
