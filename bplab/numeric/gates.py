"""The truth tables of the two-input logic gates: the smallest data sets a perceptron can meet.

Four of the six are linearly separable and two, XOR and XNOR, are not. The arrays are read-only,
so that no lesson can spoil them for the next one.
"""

from __future__ import annotations

import numpy as np

from bplab.numeric.arrays import Array

GATE_INPUTS: Array = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

GATES: dict[str, Array] = {
    "AND": np.array([0, 0, 0, 1]),
    "OR": np.array([0, 1, 1, 1]),
    "NAND": np.array([1, 1, 1, 0]),
    "NOR": np.array([1, 0, 0, 0]),
    "XOR": np.array([0, 1, 1, 0]),
    "XNOR": np.array([1, 0, 0, 1]),
}

for _table in (GATE_INPUTS, *GATES.values()):
    _table.setflags(write=False)
