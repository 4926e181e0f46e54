"""Small worlds in which the lessons' formulas are true or not: names, and what they stand for.

A world lists its names in the order of the forward pass: given numbers first, then what is computed
from them. It differentiates anything by anything with complex steps and knows no backward formula.
Axes have sizes of their own, so that a missing transpose or a swapped index shows.
"""

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np

Values = dict[str, Any]
Meaning = Callable[[Values], Any]
STEP = 1e-20


class World:
    """Names as the prose writes them (`a^1`, `W^l+1`), some given, some computed in order."""

    def __init__(
        self,
        given: Mapping[str, Any],
        computed: Mapping[str, Meaning],
        cost: str = "C",
        **functions: Callable[[Any], Any],
    ) -> None:
        self.meanings = dict(given) | dict(computed)
        self.cost = cost
        self.functions = {
            f"\\{name}" if len(name) > 1 else name: f for name, f in functions.items()
        }
        self.letters = {name.split("^")[0] for name in self.meanings}

    def values(self, moved: str = "", by: Any = 0) -> Values:
        """All names, where one of them is moved a little and takes along all that follows it."""
        values: Values = {}
        for name, meaning in self.meanings.items():
            values[name] = np.asarray(meaning(values) if callable(meaning) else meaning)
            if name == moved:
                values[name] = values[name] + by
        return values

    @cached_property
    def now(self) -> Values:
        return self.values()

    def knows(self, name: str) -> bool:
        return name in self.meanings or name.replace(r"\delta", "z") in self.meanings

    def value(self, name: str) -> Any:
        """A name's value, where δ of a layer is ∂C/∂z of this layer."""
        if name in self.now or r"\delta" not in name:
            return self.now[name]
        return self.derivative(self.cost, name.replace(r"\delta", "z"))

    @cache  # noqa: B019 (worlds live as long as the tests)
    def derivative(self, top: str, bottom: str) -> Any:
        """∂top/∂bottom, with the axes of top and then those of bottom."""
        shape = self.now[bottom].shape
        units = np.eye(self.now[bottom].size).reshape((-1, *shape))
        slopes = [self.values(bottom, 1j * STEP * unit)[top].imag / STEP for unit in units]
        return np.stack(slopes, axis=-1).reshape(self.now[top].shape + shape)


def slope(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The derivative of a function of one variable."""
    return lambda z: np.imag(function(z + 1j * STEP)) / STEP


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def relu(z: Any) -> Any:
    return z * (np.real(z) > 0)


def softmax(z: Any) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


def any_cost(a: Any) -> Any:
    """A cost without symmetry, whose terms are not separate."""
    return np.sin(a).sum() * (a**2 * np.arange(1, a.size + 1).reshape(a.shape)).sum()


def numbers(seed: int, **shapes: tuple[int, ...]) -> Values:
    """Random numbers, none of them near 0."""
    rng = np.random.default_rng(seed)
    return {
        name: rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape)
        for name, shape in shapes.items()
    }


UNIT = World(
    numbers(0, w=(), x=(), b=(), y=()),
    {
        "z": lambda v: v["w"] * v["x"] + v["b"],
        "e": lambda v: v["z"] - v["y"],
        "C": lambda v: v["e"] ** 2 / 2,
    },
)

CHAIN = World(
    numbers(1, x=()),
    {
        "u": lambda v: np.exp(v["x"]),
        "y": lambda v: np.sin(v["u"]),
        "C": lambda v: v["y"] ** 3,
    },
    f=np.sin,
    g=np.exp,
)

# One neuron, whose cost is 3a²: so u = ∂C/∂a = 6a.
NEURON = World(
    numbers(2, z=()),
    {
        "a": lambda v: sigmoid(v["z"]),
        "f": lambda v: v["a"],
        "u": lambda v: 6 * v["a"],
        "C": lambda v: 3 * v["a"] ** 2,
    },
    sigma=sigmoid,
)

XOR = World(
    numbers(3, **{"x": (5, 2), "y": (5,), "W^1": (3, 2), "b^1": (3,), "w": (3,), "b^2": ()})
    | numbers(4, z=())
    | {"m": 5},
    {
        "a": lambda v: sigmoid(v["z"]),
        "z^1": lambda v: v["x"] @ v["W^1"].T + v["b^1"],
        "a^1": lambda v: sigmoid(v["z^1"]),
        "z^2": lambda v: v["a^1"] @ v["w"] + v["b^2"],
        "a^2": lambda v: sigmoid(v["z^2"]),
        "C": lambda v: ((v["a^2"] - v["y"]) ** 2).sum() / (2 * v["m"]),
    },
    sigma=sigmoid,
)


def one_layer(sigma: Callable[[Any], Any]) -> World:
    """z = W x + b and a = σ(z), one sample, for any cost."""
    return World(
        numbers(4, x=(2,), W=(3, 2), b=(3,)) | {r"\eta": 0.1},
        {
            "z": lambda v: v["W"] @ v["x"] + v["b"],
            "a": lambda v: sigma(v["z"]),
            "C": lambda v: any_cost(v["a"]),
        },
        sigma=sigma,
    )


def layers(sigma: Callable[[Any], Any]) -> World:
    """Layers l, l + 1 and L, one sample, for any cost."""
    shapes = {"a^l-1": (2,), "W^l": (3, 2), "b^l": (3,), "W^l+1": (4, 3), "b^l+1": (4,)}
    return World(
        numbers(5, **shapes, **{"W^L": (5, 4), "b^L": (5,)}),
        {
            "z^l": lambda v: v["W^l"] @ v["a^l-1"] + v["b^l"],
            "a^l": lambda v: sigma(v["z^l"]),
            "z^l+1": lambda v: v["W^l+1"] @ v["a^l"] + v["b^l+1"],
            "a^l+1": lambda v: sigma(v["z^l+1"]),
            "z^L": lambda v: v["W^L"] @ v["a^l+1"] + v["b^L"],
            "a^L": lambda v: sigma(v["z^L"]),
            "C": lambda v: any_cost(v["a^L"]),
        },
        sigma=sigma,
    )


def output(sigma: Callable[[Any], Any], cost: Callable[[Any, Any], Any], *sizes: int) -> World:
    """Logits z, outputs a, targets y that sum to 1, and the mean of the costs of m samples."""
    y = softmax(numbers(6, y=(4, *sizes))["y"])
    return World(
        numbers(7, z=(4, *sizes)) | {"y": y, "m": 4},
        {
            "z^L": lambda v: v["z"],
            "S": lambda v: np.exp(v["z^L"]).sum(axis=-1),
            "a": lambda v: sigma(v["z^L"]),
            "a^L": lambda v: v["a"],
            "C": lambda v: cost(v["a"], v["y"]).sum() / v["m"],
        },
        sigma=sigma,
    )


def one_sample(sigma: Callable[[Any], Any], cost: Callable[[Any, Any], Any]) -> World:
    """The same for one sample, whose targets may be any numbers."""
    return World(
        numbers(7, z=(4,), y=(4,)),
        {"a": lambda v: sigma(v["z"]), "C": lambda v: cost(v["a"], v["y"]).sum()},
        sigma=sigma,
    )


def quadratic(a: Any, y: Any) -> Any:
    return (a - y) ** 2 / 2


def binary_cross_entropy(a: Any, y: Any) -> Any:
    return -y * np.log(a) - (1 - y) * np.log(1 - a)


def cross_entropy(a: Any, y: Any) -> Any:
    return -y * np.log(a)


DECAY = World(
    numbers(8, W=(3, 2)) | {r"\lambda": 0.7, r"\eta": 0.1},
    {
        "C": lambda v: any_cost(v["W"]),
        "J": lambda v: v["C"] + v[r"\lambda"] / 2 * (v["W"] ** 2).sum(),
    },
    cost="J",
)

# Samples are rows.
TANH_ROWS = World(
    numbers(9, **{"x": (5, 2), "W^1": (3, 2), "b^1": (3,), "W^2": (4, 3), "b^2": (4,)})
    | numbers(10, **{"W^3": (2, 4), "b^3": (2,)}),
    {
        "z^1": lambda v: v["x"] @ v["W^1"].T + v["b^1"],
        "a^1": lambda v: np.tanh(v["z^1"]),
        "z^2": lambda v: v["a^1"] @ v["W^2"].T + v["b^2"],
        "a^2": lambda v: np.tanh(v["z^2"]),
        "z^3": lambda v: v["a^2"] @ v["W^3"].T + v["b^3"],
        "C": lambda v: any_cost(v["z^3"]),
    },
)


def correlate(x: Any, K: Any) -> Any:
    """z_ij = Σ_uv x_(i+u, j+v) K_uv, where the kernel fits."""
    height, width = (n - k + 1 for n, k in zip(x.shape, K.shape, strict=True))
    return sum(x[u : u + height, v : v + width] * K[u, v] for u, v in np.ndindex(K.shape))


CONVOLUTION = World(
    numbers(11, x=(6, 4), K=(2, 3), b=()),
    {
        "z": lambda v: correlate(v["x"], v["K"]) + v["b"],
        "C": lambda v: any_cost(v["z"]),
    },
)

WORLDS = {
    "one unit": UNIT,
    "a chain": CHAIN,
    "a neuron": NEURON,
    "the XOR network": XOR,
    "a layer": one_layer(np.sin),
    "layers": layers(np.sin),
    "layers of ReLU": layers(relu),
    "regression": output(lambda z: z, quadratic, 3),
    "two classes": output(sigmoid, binary_cross_entropy),
    "yes or no, three times": output(sigmoid, binary_cross_entropy, 3),
    "many classes": output(softmax, cross_entropy, 3),
    "tanh outputs": output(np.tanh, quadratic, 3),
    "quadratic cost": one_sample(np.sin, quadratic),
    "cross-entropy": one_sample(lambda z: 2 + np.sin(z), cross_entropy),
    "softmax, any targets": one_sample(softmax, cross_entropy),
    "softmax, any cost": one_sample(softmax, lambda a, y: any_cost(a) * y),
    "weight decay": DECAY,
    "rows through tanh": TANH_ROWS,
    "a convolution": CONVOLUTION,
}
