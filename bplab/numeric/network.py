"""Layers, and networks as sequences of layers.

A layer remembers in `forward` what its `backward` needs; `backward` returns gradients and changes
nothing. What either returns is the caller's: no later call writes to it.
"""

import difflib
import itertools
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from bplab.numeric import initializers, storage
from bplab.numeric.activations import ACTIVATIONS
from bplab.numeric.arrays import Array, as_finite, as_numeric, require_finite, require_shapes
from bplab.numeric.dense import dense, dense_backward

Initializer = Callable[[np.random.Generator, int, int, npt.DTypeLike], Array]


class Layer(ABC):
    """A differentiable map of a batch, with parameters that a network can learn.

    n_in and n_out are the widths it takes and gives; None means that any width fits.
    """

    n_in: int | None = None
    n_out: int | None = None

    @abstractmethod
    def forward(self, x: npt.ArrayLike) -> Array:
        """The layer's output for the batch x."""

    @abstractmethod
    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """From upstream = ∂C/∂output: (dx = ∂C/∂x, or None if not needed; gradients by name)."""

    @abstractmethod
    def parameters(self) -> dict[str, Array]:
        """The live arrays by name, with the same keys as the gradients: change them in place."""

    @abstractmethod
    def config(self) -> dict[str, Any]:
        """What rebuilds this layer from a file, apart from its parameters: plain JSON values."""


class Dense(Layer):
    """Dense layer: z = x Wᵀ + b, with W drawn by `initializer` and b = 0.

    Shapes: x (B, n_in); W (n_out, n_in); b (n_out,); output (B, n_out).
    Raises: ValueError for widths below 1; TypeError for a wrong rng or dtype.

    >>> layer = Dense(3, 2, rng=np.random.default_rng(0))
    >>> layer.forward(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float64,
        initializer: Initializer = initializers.xavier_uniform,
    ) -> None:
        self.n_in: int = _require_width("n_in", n_in)
        self.n_out: int = _require_width("n_out", n_out)
        _require_generator(rng)
        _require_inexact(dtype)
        self.W = initializer(rng, n_in, n_out, dtype)
        self.b = np.zeros(n_out, dtype)
        self._x: Array | None = None

    def __repr__(self) -> str:
        return f"Dense({self.n_in}, {self.n_out})"

    def forward(self, x: npt.ArrayLike) -> Array:
        """`dense(x, W, b)`."""
        x = as_numeric("x", x)
        require_shapes(W=(self.W, ("n_out", "n_in")), x=(x, ("B", "n_in")))
        z = dense(x, self.W, self.b)
        self._x = x
        return z

    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """`dense_backward(upstream, x, W)` for the x of the last forward."""
        x = _require_forward(self, self._x)
        dz = as_finite("upstream", upstream)
        require_shapes(
            W=(self.W, ("n_out", "n_in")), x=(x, ("B", "n_in")), upstream=(dz, ("B", "n_out"))
        )
        dx, dW, db = dense_backward(dz, x, self.W, need_dx)
        return dx, {"W": dW, "b": db}

    def parameters(self) -> dict[str, Array]:
        return {"W": self.W, "b": self.b}

    def config(self) -> dict[str, Any]:
        return {"n_in": self.n_in, "n_out": self.n_out, "dtype": self.W.dtype.name}


class Activation(Layer):
    """An activation function applied to every entry: a = f(z). Its name is a key of ACTIVATIONS.

    Raises: ValueError for an unknown name.

    >>> Activation("relu").forward([[-1.0, 2.0]])
    array([[0., 2.]])
    """

    def __init__(self, name: str) -> None:
        if name not in ACTIVATIONS:
            raise ValueError(_unknown_activation(name))
        self.name = name
        self._z: Array | None = None

    def __repr__(self) -> str:
        return f"Activation({self.name!r})"

    def forward(self, x: npt.ArrayLike) -> Array:
        """a = f(z); here x is the pre-activation z."""
        self._z = as_numeric("x", x)
        return ACTIVATIONS[self.name].f(self._z)

    def backward(
        self, upstream: npt.ArrayLike, need_dx: bool = True
    ) -> tuple[Array | None, dict[str, Array]]:
        """dz = upstream ⊙ f′(z), the product of BP1 and BP2."""
        z = _require_forward(self, self._z)
        if not need_dx:
            return None, {}
        upstream = as_numeric("upstream", upstream)
        if upstream.shape != z.shape:
            raise ValueError(
                f"upstream must have the shape of the activation's input, {z.shape}; "
                f"got {upstream.shape}."
            )
        return upstream * ACTIVATIONS[self.name].f_prime(z), {}

    def parameters(self) -> dict[str, Array]:
        return {}

    def config(self) -> dict[str, Any]:
        return {"name": self.name}


class Sequential:
    """A network: layers applied one after the other.

    Names of parameters and gradients are "<index of the layer>.<name in the layer>", such as "0.W".
    Raises: ValueError if two neighbours' widths differ, or a layer occurs twice.

    >>> rng = np.random.default_rng(0)
    >>> network = Sequential(Dense(2, 3, rng=rng), Activation("sigmoid"), Dense(3, 1, rng=rng))
    >>> network.forward([[0.0, 1.0]]).shape
    (1, 1)
    >>> list(network.backward([[1.0]]))
    ['0.W', '0.b', '2.W', '2.b']
    """

    def __init__(self, *layers: Layer) -> None:
        _require_layers(layers)
        _require_widths_fit(layers)
        self.layers = layers

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"

    def forward(self, x: npt.ArrayLike) -> Array:
        """The network's output for the batch x."""
        for layer in self.layers:
            x = layer.forward(x)
        return x  # type: ignore[return-value]  # there is at least one layer, so x is its output

    def backward(self, upstream: npt.ArrayLike) -> dict[str, Array]:
        """Gradients of all parameters from upstream = ∂C/∂output, for the x of the last forward."""
        gradients: list[dict[str, Array]] = []
        delta: Any = upstream
        for i, layer in reversed(list(enumerate(self.layers))):
            delta, layer_gradients = layer.backward(delta, need_dx=i > 0)
            gradients.insert(0, layer_gradients)
        return _numbered(gradients)

    def parameters(self) -> dict[str, Array]:
        """The live arrays by name; an optimizer changes them in place."""
        return _numbered([layer.parameters() for layer in self.layers])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write architecture and parameters to an `.npz` file, all or nothing, without pickle.

        Raises: TypeError for a layer that `load` cannot rebuild; OSError if writing fails.
        """
        for layer in self.layers:
            if type(layer).__name__ not in _LOADABLE:
                raise TypeError(f"{layer!r} cannot be saved: only {', '.join(_LOADABLE)} can.")
        description = [{"layer": type(layer).__name__, **layer.config()} for layer in self.layers]
        storage.write(path, description, self.parameters())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Sequential":
        """Rebuild the network that `save` wrote to `path`.

        Raises: ValueError, naming the path, if the file is missing, damaged or foreign.
        """
        description, arrays = storage.read(path)
        try:
            network = cls(*(_load_layer(**config) for config in description))
            _copy_arrays(arrays, into=network.parameters())
        except (TypeError, KeyError, ValueError) as error:
            raise ValueError(
                f"{os.fspath(path)!r} does not describe a network: {error}. Save the network again."
            ) from error
        return network


def _load_dense(n_in: int, n_out: int, dtype: str) -> Dense:
    rng = np.random.default_rng(0)  # draws nothing: zeros are overwritten by the file's arrays
    return Dense(n_in, n_out, rng=rng, dtype=dtype, initializer=initializers.zeros)


_LOADABLE: dict[str, Callable[..., Layer]] = {"Dense": _load_dense, "Activation": Activation}


def _load_layer(layer: str, **config: Any) -> Layer:
    return _LOADABLE[layer](**config)


def _copy_arrays(arrays: dict[str, Array], into: dict[str, Array]) -> None:
    if arrays.keys() != into.keys():
        raise ValueError(f"it holds {', '.join(arrays)}, where {', '.join(into)} are needed")
    for name, target in into.items():
        array = arrays[name]
        if (array.shape, array.dtype) != (target.shape, target.dtype):
            raise ValueError(
                f"{name} must be {target.dtype} {target.shape}; got {array.dtype} {array.shape}"
            )
        require_finite(name, array)
        target[...] = array


def _numbered(by_layer: list[dict[str, Array]]) -> dict[str, Array]:
    return {
        f"{i}.{name}": array for i, named in enumerate(by_layer) for name, array in named.items()
    }


def _require_layers(layers: tuple[Layer, ...]) -> None:
    if not layers:
        raise ValueError("Sequential needs at least one layer; got none.")
    for i, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise TypeError(
                f"layer {i} must be a Layer; got {layer!r}. "
                "Pass the layers one by one: Sequential(*layers)."
            )
        if any(layer is earlier for earlier in layers[:i]):
            raise ValueError(
                f"layer {i}, {layer!r}, occurs twice. It would remember only its last input: "
                "make a second layer."
            )


def _require_widths_fit(layers: tuple[Layer, ...]) -> None:
    sized = [(i, layer) for i, layer in enumerate(layers) if layer.n_in is not None]
    for (i, layer), (j, following) in itertools.pairwise(sized):
        if layer.n_out != following.n_in:
            raise ValueError(
                f"layer {i}, {layer!r}, gives {layer.n_out} outputs, but layer {j}, {following!r}, "
                f"takes {following.n_in}. Make n_out of the first and n_in of the second equal."
            )


def _require_forward(layer: Layer, remembered: Array | None) -> Array:
    if remembered is None:
        raise RuntimeError(
            f"{layer!r}: backward was called before forward. "
            "Call forward first: backward needs what it remembers."
        )
    return remembered


def _require_width(name: str, width: int) -> int:
    if isinstance(width, bool) or not isinstance(width, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number; got {width!r}.")
    if width < 1:
        raise ValueError(f"{name} must be at least 1; got {width}.")
    return int(width)


def _require_generator(rng: object) -> None:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a numpy.random.Generator; got {type(rng).__name__}. "
            "Pass np.random.default_rng(0)."
        )


def _require_inexact(dtype: npt.DTypeLike) -> None:
    if np.dtype(dtype).kind not in "fc":
        raise TypeError(f"dtype must be a float type such as np.float64; got {np.dtype(dtype)}.")


def _unknown_activation(name: object) -> str:
    near = difflib.get_close_matches(str(name), ACTIVATIONS, n=3, cutoff=0.4)
    suggestion = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"activation must be one of {', '.join(ACTIVATIONS)}; got {name!r}.{suggestion}"
