"""The rows of a recurrent cell's five gradients, tested on the quadratic cost of h."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bplab.numeric.activations import tanh_prime
from bplab.numeric.arrays import Array
from bplab.numeric.losses import quadratic, quadratic_backward
from bplab.numeric.recurrent import rnn_cell, rnn_cell_backward
from bplab.rulebook.rule import Arrays, Names, Rule, at_position
from bplab.rulebook.samples import Sizes, normal

# What a cell is called with, in this order, and its gradients too.
ARGUMENTS = {"x": "Bi", "h_prev": "Bo", "W": "oi", "U": "oo", "b": "o"}


def _names(y: Array, **arguments: Array) -> Names:
    h = rnn_cell(**arguments)
    known = {name: arguments[name] for name in ("x", "h_prev", "W", "U")}
    return {"dh": quadratic_backward(h, y), "h": h, **known}


def _read(generated: Any, dh: Array, h: Array, **names: Array) -> Array:
    known = {"delta": dh * (1 - h**2), **names}
    return generated(**{name: known[name] for name in generated.parameters})


def _rule(name: str, parameter: str, mistakes: Mapping[str, Callable[..., Array]]) -> Rule:
    """A rule about one argument of the cell; a mistake is a function of dh, h, x, h_prev, W, U."""
    order = [parameter, *(each for each in ARGUMENTS if each != parameter)]
    position = list(ARGUMENTS).index(parameter)

    def named(*arrays: Array) -> dict[str, Array]:
        return dict(zip([*order, "y"], arrays, strict=True))

    def cost(*arrays: Array) -> Any:
        arguments = named(*arrays)
        y = arguments.pop("y")
        return quadratic(rnn_cell(**arguments), y)

    return Rule(
        name=name,
        theorem=name,
        shapes="dh, h, h_prev: (B, n), x: (B, n_in), W: (n, n_in), U: (n, n), b: (n,)",
        forward=rnn_cell,
        backward=rnn_cell_backward,
        sample=_small(*(ARGUMENTS[each] for each in order), "Bo"),
        cost=cost,
        names=lambda *arrays: _names(**named(*arrays)),
        call=lambda backward, dh, h, x, h_prev, W, U: backward(dh, h, x, h_prev, W, U)[position],
        read=_read,
        mistakes=at_position(position, mistakes),
    )


def _small(*axes: str) -> Callable[[np.random.Generator, Sizes], Arrays]:
    """Small enough that 1 − h² keeps its digits."""
    draw = normal(*axes)
    return lambda rng, sizes: [array / 2 for array in draw(rng, sizes)]


def _dz(dh: Array, h: Array) -> Array:
    return dh * (1 - h * h)


RULES = (
    _rule(
        "rnn-cell-x",
        "x",
        {
            "W for Wᵀ": lambda dh, h, x, h_prev, W, U: _dz(dh, h) @ W.T,
            "tanh′ is missing": lambda dh, h, x, h_prev, W, U: dh @ W,
            "tanh′ applied to h": lambda dh, h, x, h_prev, W, U: dh * tanh_prime(h) @ W,
            "1 − h for 1 − h²": lambda dh, h, x, h_prev, W, U: dh * (1 - h) @ W,
            "opposite sign": lambda dh, h, x, h_prev, W, U: -_dz(dh, h) @ W,
        },
    ),
    _rule(
        "rnn-cell-h",
        "h_prev",
        {
            "U for Uᵀ": lambda dh, h, x, h_prev, W, U: _dz(dh, h) @ U.T,
            "tanh′ is missing": lambda dh, h, x, h_prev, W, U: dh @ U,
            "tanh′ at the state before": lambda dh, h, x, h_prev, W, U: _dz(dh, h_prev) @ U,
            "U is missing": lambda dh, h, x, h_prev, W, U: _dz(dh, h),
            "opposite sign": lambda dh, h, x, h_prev, W, U: -_dz(dh, h) @ U,
        },
    ),
    _rule(
        "rnn-cell-W",
        "W",
        {
            "transposed": lambda dh, h, x, h_prev, W, U: x.T @ _dz(dh, h),
            "tanh′ is missing": lambda dh, h, x, h_prev, W, U: dh.T @ x,
            "the state for the input": lambda dh, h, x, h_prev, W, U: _dz(dh, h).T @ h_prev,
            "mean for sum": lambda dh, h, x, h_prev, W, U: _dz(dh, h).T @ x / (len(x) + 1),
            "last sample overwrites": lambda dh, h, x, h_prev, W, U: _dz(dh, h)[-1:].T @ x[-1:],
            "opposite sign": lambda dh, h, x, h_prev, W, U: -_dz(dh, h).T @ x,
        },
    ),
    _rule(
        "rnn-cell-U",
        "U",
        {
            "the state after the step": lambda dh, h, x, h_prev, W, U: _dz(dh, h).T @ h,
            "transposed": lambda dh, h, x, h_prev, W, U: h_prev.T @ _dz(dh, h),
            "tanh′ is missing": lambda dh, h, x, h_prev, W, U: dh.T @ h_prev,
            "the input for the state": lambda dh, h, x, h_prev, W, U: _dz(dh, h).T @ x,
            "mean for sum": lambda dh, h, x, h_prev, W, U: _dz(dh, h).T @ h_prev / (len(x) + 1),
            "opposite sign": lambda dh, h, x, h_prev, W, U: -_dz(dh, h).T @ h_prev,
        },
    ),
    _rule(
        "rnn-cell-b",
        "b",
        {
            "mean for sum": lambda dh, h, x, h_prev, W, U: _dz(dh, h).sum(axis=0) / (len(x) + 1),
            "tanh′ is missing": lambda dh, h, x, h_prev, W, U: dh.sum(axis=0),
            "summed over the units": lambda dh, h, x, h_prev, W, U: _dz(dh, h).sum(axis=1),
            "last sample overwrites": lambda dh, h, x, h_prev, W, U: _dz(dh, h)[-1],
            "not summed": lambda dh, h, x, h_prev, W, U: _dz(dh, h),
            "opposite sign": lambda dh, h, x, h_prev, W, U: -_dz(dh, h).sum(axis=0),
        },
    ),
)
