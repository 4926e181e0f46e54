"""Layers: each remembers in `forward` what its `backward` needs."""

from bplab.numeric.layers.activation import Activation
from bplab.numeric.layers.dense import Dense
from bplab.numeric.layers.layer import Layer

# What a saved network may be made of, by name.
LAYERS: dict[str, type[Layer]] = {layer.__name__: layer for layer in (Dense, Activation)}

__all__ = ["LAYERS", "Activation", "Dense", "Layer"]
