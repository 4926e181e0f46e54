"""Networks as sequences of layers."""

import os
from typing import Any

import numpy as np
import numpy.typing as npt

from bplab.numeric import storage
from bplab.numeric.arrays import Array, require_finite, require_generator
from bplab.numeric.layers import LAYERS, Layer


class Sequential:
    """A network: layers applied one after the other.

    Names of parameters and gradients are "<index of the layer>.<name in the layer>", such as "0.W".
    Raises: ValueError if two neighbours' widths differ, or a layer occurs twice.

    >>> from bplab.numeric.layers import Activation, Dense
    >>> import numpy as np
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
        try:
            for layer in self.layers:
                x = layer.forward(x)
        except (TypeError, ValueError) as error:
            error.add_note(f"This happened in layer {self.layers.index(layer)}, {layer!r}.")
            raise
        return x  # type: ignore[return-value]  # there is at least one layer, so x is its output

    def backward(self, upstream: npt.ArrayLike) -> dict[str, Array]:
        """Gradients of all parameters from upstream = ∂C/∂output, for the x of the last forward."""
        gradients: list[dict[str, Array]] = []
        delta: Any = upstream
        try:
            for i, layer in reversed(list(enumerate(self.layers))):
                delta, layer_gradients = layer.backward(delta, need_dx=i > 0)
                gradients.insert(0, layer_gradients)
        except (TypeError, ValueError) as error:
            error.add_note(f"This happened on the way back through layer {i}, {layer!r}.")
            raise
        return _numbered(gradients)

    def parameters(self) -> dict[str, Array]:
        """The live arrays by name; an optimizer changes them in place."""
        return _numbered([layer.parameters() for layer in self.layers])

    def state(self) -> dict[str, Array]:
        """The live arrays that `save` writes: the parameters, and what else training changes."""
        return _numbered([layer.state() for layer in self.layers])

    def train(self) -> None:
        """From now on work as in training: dropout drops, batch normalization uses the batch."""
        self._set_training(True)

    def eval(self) -> None:
        """From now on work as in use: every output depends on its own sample only."""
        self._set_training(False)

    def _set_training(self, training: bool) -> None:
        for layer in self.layers:
            layer.training = training

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write architecture and parameters to an `.npz` file, all or nothing, without pickle.

        Raises: TypeError for a layer that `load` cannot rebuild; OSError if writing fails.
        """
        for layer in self.layers:
            if type(layer) not in LAYERS.values():
                raise TypeError(f"{layer!r} cannot be saved: only {', '.join(LAYERS)} can.")
        description = [{"layer": type(layer).__name__, **layer.config()} for layer in self.layers]
        storage.write(path, description, self.state())

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, rng: np.random.Generator | None = None
    ) -> "Sequential":
        """Rebuild the network that `save` wrote to `path`, ready for use, as after `eval`.

        In further training its dropout draws from rng, or else from np.random.default_rng(0).
        Raises: ValueError, naming the path, if the file is missing, damaged or foreign; TypeError
        for an rng that is no Generator.
        """
        if rng is None:
            rng = np.random.default_rng(0)
        require_generator(rng)
        description, arrays = storage.read(path)
        try:
            network = cls(*(_rebuilt(rng, **config) for config in description))
            _copy_arrays(arrays, into=network.state())
            network.eval()
        except (TypeError, KeyError, ValueError) as error:
            raise ValueError(
                f"{os.fspath(path)!r} does not describe a network: {error}. Save the network again."
            ) from error
        return network


def _rebuilt(rng: np.random.Generator, layer: str, **config: Any) -> Layer:
    return LAYERS[layer].from_config(rng, **config)


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
    source: tuple[int, Layer] | None = None  # the last layer that gives a known width
    for j, layer in enumerate(layers):
        if source is not None and layer.n_in is not None and layer.n_in != source[1].n_out:
            i, earlier = source
            raise ValueError(
                f"layer {i}, {earlier!r}, gives {earlier.n_out} outputs, but layer {j}, {layer!r}, "
                f"takes {layer.n_in}. Make n_out of the first and n_in of the second equal."
            )
        if layer.n_out is not None:
            source = j, layer
        elif not layer.keeps_width:
            source = None
