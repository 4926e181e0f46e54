"""The row of dropout, tested on the quadratic cost of y with a mask that is always the same."""

import numpy as np

from bplab.numeric.arrays import Array
from bplab.numeric.dropout import dropout, dropout_backward
from bplab.numeric.losses import quadratic, quadratic_backward
from bplab.rulebook.rule import Names, Rule
from bplab.rulebook.samples import normal

P = 0.25


def _dropout(x: Array) -> tuple[Array, Array]:
    return dropout(x, P, np.random.default_rng(0))


def _names(x: Array, target: Array) -> Names:
    y, mask = _dropout(x)
    return {"delta": quadratic_backward(y, target), "mask": mask}


def _kept(mask: Array) -> Array:
    """The mask as zeros and ones."""
    return 1 * (mask != 0)


RULES = (
    Rule(
        name="dropout",
        theorem="dropout",
        shapes="x, mask: any shape",
        forward=dropout,
        backward=dropout_backward,
        sample=normal("Bi", "Bi"),
        cost=lambda x, target: quadratic(_dropout(x)[0], target),
        names=_names,
        call=lambda backward, delta, mask: backward(delta, mask),
        read=lambda generated, delta, mask: generated(delta=delta, M=_kept(mask), p=P),
        mistakes={
            "no mask": lambda dy, mask: dy,
            "1/(1 − p) is missing": lambda dy, mask: dy * _kept(mask),
            "1/(1 − p) for every entry": lambda dy, mask: dy / (1 - P),
            "1/p for 1/(1 − p)": lambda dy, mask: dy * _kept(mask) / P,
            "the others are dropped": lambda dy, mask: dy * (1 - _kept(mask)) / (1 - P),
            "the factor twice": lambda dy, mask: dy * mask * mask,
            "opposite sign": lambda dy, mask: -dy * mask,
        },
    ),
)
