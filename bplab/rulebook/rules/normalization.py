"""The rows of batch normalization, tested on the quadratic cost of y."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bplab.numeric.arrays import Array
from bplab.numeric.losses import quadratic, quadratic_backward
from bplab.numeric.normalization import batch_norm, batch_norm_backward
from bplab.rulebook.rule import Names, Rule, at_position
from bplab.rulebook.samples import LAYER_SIZES, normal

# Large, so that it shows; and a batch of two then has a gradient that is not nearly 0.
EPS = 0.5


def _normalized(x: Array, eps: float) -> tuple[Array, Array]:
    """x̂ and σ, found in another way than `batch_norm` finds them."""
    mean = x.sum(axis=0) / len(x)
    sigma = np.sqrt((x * x).sum(axis=0) / len(x) - mean * mean + eps)
    return (x - mean) / sigma, sigma


def _names(x: Array, gamma: Array, beta: Array, target: Array) -> Names:
    y = batch_norm(x, gamma, beta, EPS)[0]
    return {"delta": quadratic_backward(y, target), "x": x, "gamma": gamma, "eps": EPS}


def _read(generated: Any, delta: Array, x: Array, gamma: Array, eps: float) -> Array:
    x_hat, sigma = _normalized(x, eps)
    known = {"delta": delta, "x_hat": x_hat, "sigma": sigma, "gamma": gamma}
    return generated(**{name: known[name] for name in generated.parameters})


def _rule(
    name: str, parameter: str, position: int, mistakes: Mapping[str, Callable[..., Array]]
) -> Rule:
    """A rule about one of x, gamma and beta, whose gradient comes at `position`."""
    axes = {"x": "Bi", "gamma": "i", "beta": "i"}
    order = [parameter, *(each for each in axes if each != parameter)]

    def named(*arrays: Array) -> dict[str, Array]:
        return dict(zip([*order, "target"], arrays, strict=True))

    def cost(*arrays: Array) -> Any:
        of = named(*arrays)
        return quadratic(batch_norm(of["x"], of["gamma"], of["beta"], EPS)[0], of["target"])

    return Rule(
        name=name,
        theorem=name,
        shapes="dy, x: (B, n), gamma, beta: (n,)",
        forward=batch_norm,
        backward=batch_norm_backward,
        sample=normal(*(axes[each] for each in order), "Bi"),
        # Of one sample nothing is left: its gradient is 0, right or wrong.
        sizes=[sizes for sizes in LAYER_SIZES if sizes["B"] > 1],
        cost=cost,
        names=lambda *arrays: _names(**named(*arrays)),
        call=lambda backward, delta, x, gamma, eps: backward(delta, x, gamma, eps)[position],
        read=_read,
        mistakes=at_position(position, mistakes),
    )


def _without_mean(dy: Array, x: Array, gamma: Array, eps: float) -> Array:
    x_hat, sigma = _normalized(x, eps)
    return gamma / sigma * (dy - x_hat * (dy * x_hat).sum(axis=0) / len(x))


def _without_variance(dy: Array, x: Array, gamma: Array, eps: float) -> Array:
    return gamma / _sigma(x, eps) * (dy - dy.sum(axis=0) / len(x))


def _x_for_x_hat(dy: Array, x: Array, gamma: Array, eps: float) -> Array:
    dx_hat = dy - dy.sum(axis=0) / len(x)
    return gamma / _sigma(x, eps) * (dx_hat - x * (dy * x).sum(axis=0) / len(x))


def _unbiased(dy: Array, x: Array, gamma: Array, eps: float) -> Array:
    """The three terms with a variance divided by m − 1, as NumPy's ddof=1 has it."""
    m = len(x)
    centred = x - x.sum(axis=0) / m
    sigma = np.sqrt((centred * centred).sum(axis=0) / (m - 1) + eps)
    x_hat = centred / sigma
    return gamma / (m * sigma) * (m * dy - dy.sum(axis=0) - x_hat * (dy * x_hat).sum(axis=0))


def _dx(*args: Any) -> Array:
    return batch_norm_backward(*args)[0]


def _dgamma(*args: Any) -> Array:
    return batch_norm_backward(*args)[1]


def _sigma(x: Array, eps: float) -> Array:
    return _normalized(x, eps)[1]


RULES = (
    _rule(
        "batch-norm",
        "x",
        0,
        {
            "the gradient through the mean is missing": _without_mean,
            "the gradient through the variance is missing": _without_variance,
            "mean and variance as constants": lambda dy, x, gamma, eps: gamma / _sigma(x, eps) * dy,
            "γ is missing": lambda dy, x, gamma, eps: _dx(dy, x, gamma / gamma, eps),
            "σ is missing": lambda dy, x, gamma, eps: _dx(dy, x, gamma, eps) * _sigma(x, eps),
            "1/m is missing": lambda dy, x, gamma, eps: _dx(dy, x, gamma, eps) * len(x),
            "x for x̂": _x_for_x_hat,
            "variance divided by m − 1": _unbiased,
            "ε of another size": lambda dy, x, gamma, eps: _dx(dy, x, gamma, eps / 4),
            "opposite sign": lambda dy, x, gamma, eps: -_dx(dy, x, gamma, eps),
        },
    ),
    _rule(
        "batch-norm-gamma",
        "gamma",
        1,
        {
            "x for x̂": lambda dy, x, gamma, eps: (dy * x).sum(axis=0),
            "x̂ is missing": lambda dy, x, gamma, eps: dy.sum(axis=0),
            "σ is missing": lambda dy, x, gamma, eps: _dgamma(dy, x, gamma, eps) * _sigma(x, eps),
            "mean for sum": lambda dy, x, gamma, eps: _dgamma(dy, x, gamma, eps) / len(x),
            "γ once more": lambda dy, x, gamma, eps: gamma * _dgamma(dy, x, gamma, eps),
            "last sample overwrites": lambda dy, x, gamma, eps: (dy * _normalized(x, eps)[0])[-1],
            "not summed": lambda dy, x, gamma, eps: dy * _normalized(x, eps)[0],
            "opposite sign": lambda dy, x, gamma, eps: -_dgamma(dy, x, gamma, eps),
        },
    ),
    _rule(
        "batch-norm-beta",
        "beta",
        2,
        {
            "mean for sum": lambda dy, x, gamma, eps: dy.sum(axis=0) / len(dy),
            "γ times the sum": lambda dy, x, gamma, eps: gamma * dy.sum(axis=0),
            "last sample overwrites": lambda dy, x, gamma, eps: dy[-1],
            "summed over the units": lambda dy, x, gamma, eps: dy.sum(axis=1),
            "not summed": lambda dy, x, gamma, eps: dy,
            "opposite sign": lambda dy, x, gamma, eps: -dy.sum(axis=0),
        },
    ),
)
