"""What a rule is: the row that ties a theorem to NumPy code and to the mistakes made with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplab.numeric.arrays import Array
from bplab.rulebook.samples import LAYER_SIZES, Sizes
from bplab.symbolic import THEOREMS, latex

Arrays = Sequence[Array]
Names = dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """One rule: what is proved, what computes it, and how it goes wrong.

    A case for the checks is a parameter p (what the cost is differentiated by) and constants:
    `cost(p, *consts)` is the cost; `names(p, *consts)` is what the theorem's names stand for; and
    `call(backward, **names)` is ∂cost/∂p by the function `backward`, which may be a mistake.
    `read(generated, **names)` is the same by the code generated from the proof of `theorem`;
    `forms` are the theorem's other forms (one sample, matrix, any depth), proved with it.
    `sample` draws one case for each of the `sizes`, which give the length of every axis by letter.
    """

    name: str
    theorem: str
    shapes: str
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    sample: Callable[[np.random.Generator, Sizes], Arrays]
    cost: Callable[..., Any]
    names: Callable[..., Names]
    call: Callable[..., Array]
    mistakes: Mapping[str, Callable[..., Any]]
    forms: tuple[str, ...] = ()
    sizes: Sequence[Sizes] = LAYER_SIZES
    read: Callable[..., Array] = lambda generated, **names: generated(**names)

    @property
    def title(self) -> str:
        """The theorem's title."""
        return THEOREMS[self.theorem].title

    @property
    def source(self) -> str:
        """Where the equation comes from."""
        return THEOREMS[self.theorem].source

    @property
    def equation(self) -> str:
        """The proved equation in LaTeX."""
        left, right = THEOREMS[self.theorem].proof.claim
        return f"{latex(left)} = {latex(right)}"

    def gradient(self, backward: Callable[..., Any]) -> Callable[..., Array]:
        """∂cost/∂p, computed with `backward`."""
        return lambda p, *consts: self.call(backward, **self.names(p, *consts))


def at_position(
    position: int, mistakes: Mapping[str, Callable[..., Array]]
) -> dict[str, Callable[..., Any]]:
    """Mistakes in one of the gradients that a backward returns: each computes that one alone."""
    return {
        name: lambda *args, wrong=wrong: {position: wrong(*args)}
        for name, wrong in mistakes.items()
    }
