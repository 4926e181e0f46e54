"""Layers: each remembers in `forward` what its `backward` needs."""

from bplab.numeric.layers.activation import Activation
from bplab.numeric.layers.convolution import Conv2D
from bplab.numeric.layers.dense import Dense
from bplab.numeric.layers.dropout import Dropout
from bplab.numeric.layers.flatten import Flatten
from bplab.numeric.layers.layer import Layer
from bplab.numeric.layers.normalization import BatchNorm
from bplab.numeric.layers.pooling import AvgPool2D, MaxPool2D

# What a saved network may be made of, by name.
LAYERS: dict[str, type[Layer]] = {
    layer.__name__: layer
    for layer in (
        Dense,
        Activation,
        Conv2D,
        MaxPool2D,
        AvgPool2D,
        Flatten,
        BatchNorm,
        Dropout,
    )
}

__all__ = [
    "LAYERS",
    "Activation",
    "AvgPool2D",
    "BatchNorm",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "Layer",
    "MaxPool2D",
]
