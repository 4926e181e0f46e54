"""The XOR explorer: a line on four corners, then hidden units that fold the plane for a line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from bplab.figures import Picture, hidden_space, xor_inequalities
from bplab.numeric import ACTIVATIONS, GATE_INPUTS, GATES, dense
from bplab.numeric.arrays import Array, require_whole
from bplab.widgets.view import View, module, stylesheet

HIDDEN_ACTIVATIONS = ("step", "sigmoid", "relu")
MOST_HIDDEN, MOST_GAIN = 2, 30

Ends = tuple[tuple[float, float], tuple[float, float]]

# Where the lines lie at first: each through two points, answering 1 to the left of the way from
# the first to the second.
LINES: dict[str, Ends] = {
    "first": ((0.5, 1.25), (0.5, -0.25)),
    "second": ((-0.25, 0.5), (1.25, 0.5)),
    "output": ((0.5, 1.0), (0.5, 0.0)),
}


@dataclass(frozen=True)
class State:
    """The four corners, the number of hidden units, and the lines at the start."""

    x: Array
    y: Array
    hidden: int
    lines: dict[str, Ends]
    activation: str
    gain: int
    most_gain: int = MOST_GAIN


def state(hidden: int = 0, activation: str = "sigmoid", gain: int = 8) -> State:
    """XOR with so many hidden units.

    Raises: ValueError for more than two hidden units, an activation or a gain that is not offered;
    TypeError if hidden or gain is no whole number.
    """
    hidden = require_whole("hidden", hidden, least=0, most=MOST_HIDDEN)
    gain = require_whole("gain", gain, least=1, most=MOST_GAIN)
    if activation not in HIDDEN_ACTIVATIONS:
        known = ", ".join(HIDDEN_ACTIVATIONS)
        raise ValueError(f"activation must be one of {known}; got {activation!r}.")
    return State(GATE_INPUTS, GATES["XOR"], hidden, LINES, activation, gain)


def line(ends: Ends) -> tuple[Array, float]:
    """The unit (w, b) whose line runs through both ends, with ‖w‖ = 1.

    >>> line(((0.5, 1.0), (0.5, 0.0)))
    (array([1., 0.]), -0.5)
    """
    (p1, p2), (q1, q2) = ends
    w = np.array([p2 - q2, q1 - p1])
    w = w / np.linalg.norm(w)
    return w, float(-(w @ [p1, p2]))


def hidden_places(start: State, x: Array) -> Array:
    """Where the hidden units send the points, (N, 2); a second unit that is missing says 0."""
    units = [line(start.lines[name]) for name in ("first", "second")[: start.hidden]]
    if not units:
        return x
    gain = start.gain if start.activation == "sigmoid" else 1
    W, b = (np.array(part) for part in zip(*units, strict=True))
    h = ACTIVATIONS[start.activation].f(gain * dense(x, W, b))
    return np.column_stack([h, np.zeros((len(x), 2 - start.hidden))])


class XorExplorer(View):
    """The live view; `xor_explorer` makes one."""

    _esm = module("xor.js")
    _css = stylesheet("shared/plane.css", "xor.css")
    caption = "Run this cell in JupyterLab to drag the lines, and to add a hidden unit."

    def picture(self) -> Picture:
        start: State = self.start
        if start.hidden == 0:
            return xor_inequalities()
        count = "one hidden unit" if start.hidden == 1 else "two hidden units"
        return hidden_space(
            partial(hidden_places, start),
            start.x,
            start.y,
            output=line(start.lines["output"]),
            title=f"XOR explorer: {count} at the start",
        )


def xor_explorer(hidden: int = 0, *, activation: str = "sigmoid", gain: int = 8) -> XorExplorer:
    """XOR with no, one or two hidden units, whose lines and whose output line can be dragged.

    gain: what the sigmoid's z is multiplied with; z itself is the distance from the line.
    Raises: ValueError or TypeError, as `state`, for what is not offered.
    """
    return XorExplorer(state(hidden, activation, gain))
