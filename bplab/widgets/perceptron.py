"""The perceptron stepper: one mistake at a time, and a line of one's own that bounds them all.

Points and line can be dragged. The rule's run comes from `bplab.numeric`, and is computed again in
the browser when something moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bplab.figures import Picture, perceptron_history
from bplab.numeric import GATE_INPUTS, GATES, train_perceptron
from bplab.numeric.arrays import Array, as_finite, require_shapes
from bplab.numeric.perceptron import signs
from bplab.widgets.view import View, module, stylesheet

MOST_POINTS, MOST_EPOCHS = 24, 100
FARTHEST = 10.0


@dataclass(frozen=True)
class Order:
    """In which order the samples come: one row an epoch, from the top again after the last."""

    name: str
    epochs: Array


@dataclass(frozen=True)
class State:
    """Points of the plane, their signs, and the orders to choose from."""

    x: Array
    s: Array
    orders: tuple[Order, ...]
    most: int = MOST_EPOCHS


def state(x: npt.ArrayLike, y: npt.ArrayLike, seeds: Sequence[int] = (1, 2, 3)) -> State:
    """The samples as they are listed, and shuffled as `train_perceptron` does with each seed.

    Shapes: x (B, 2), y (B,) with labels 0/1 or −1/+1.
    Raises: ValueError for other shapes or labels, NaN/inf, or points too many or too far to draw.
    """
    points, labels = as_finite("x", x), np.asarray(y)
    require_shapes(x=(points, ("B", "2")), y=(labels, ("B",)))
    count, width = points.shape
    if width != 2:
        raise ValueError(f"x must have shape (B, 2), points of the plane; got {points.shape}.")
    if count > MOST_POINTS:
        raise ValueError(f"the view draws at most {MOST_POINTS} points; got {count}. Take fewer.")
    if np.max(np.abs(points)) > FARTHEST:
        raise ValueError(
            f"the view draws points between −{FARTHEST:g} and {FARTHEST:g}; got "
            f"{np.max(np.abs(points)):g}. Scale x."
        )
    shuffled = [Order(f"shuffled, seed {seed}", _shuffles(count, seed)) for seed in seeds]
    return State(
        points, signs(labels), (Order("as listed", np.arange(count)[np.newaxis]), *shuffled)
    )


def _shuffles(count: int, seed: int) -> Array:
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(count) for _ in range(MOST_EPOCHS)])


class PerceptronStepper(View):
    """The live view; `perceptron_stepper` makes one."""

    _esm = module("perceptron.js")
    _css = stylesheet("shared/plane.css", "perceptron.css")
    caption = "Run this cell in JupyterLab to step through it, and to drag the points and a line."

    def picture(self) -> Picture:
        x, s = self.start.x, self.start.s
        history = train_perceptron(x, s, max_epochs=MOST_EPOCHS)
        return perceptron_history(history, x, s, title="Perceptron stepper: the whole run")


def perceptron_stepper(
    x: npt.ArrayLike = GATE_INPUTS,
    y: npt.ArrayLike = GATES["AND"],
    *,
    seeds: Sequence[int] = (1, 2, 3),
) -> PerceptronStepper:
    """Rosenblatt's rule on points of the plane, a mistake a step; without any, on AND.

    seeds: the shuffled orders one can choose.
    Raises: ValueError or TypeError, as `state`, for what cannot be drawn.
    """
    return PerceptronStepper(state(x, y, seeds))
