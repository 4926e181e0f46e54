"""The perceptron: its prediction, Rosenblatt's learning rule and Novikoff's bound on its mistakes.

Labels may be written 0/1 (as truth tables are) or −1/+1 (as the theory is); inside, the rule uses
signs s = ±1, because then one line, w += s·x, covers both kinds of mistake.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bplab.numeric.arrays import (
    Array,
    as_finite,
    require_generator,
    require_number,
    require_shapes,
    require_whole,
)


def perceptron(x: Array, w: Array, b: float) -> Array:
    """Threshold unit: 1 where w·x + b ≥ 0, else 0.

    Shapes: x (B, n), w (n,), b a number; returns integers (B,).
    Raises: ValueError if the shapes do not fit or a value is NaN/inf.
    Source: Rosenblatt (1958), Psychological Review 65, 386–408.

    >>> import numpy as np
    >>> perceptron(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([1.0, 1.0]), -1.5)
    array([0, 1])
    """
    x, w = as_finite("x", x), as_finite("w", w)
    require_shapes(x=(x, ("B", "n")), w=(w, ("n",)))
    b = require_number("b", b)
    return (x @ w + b >= 0).astype(int)


def signs(y: Array) -> Array:
    """Labels as signs: 0 and −1 become −1, 1 stays +1.

    Shapes: y (B,); returns float64 (B,).
    Raises: ValueError if the labels are not all in {0, 1} or all in {−1, +1}.

    >>> import numpy as np
    >>> signs(np.array([0, 1, 1]))
    array([-1.,  1.,  1.])
    """
    y = np.asarray(y)
    require_shapes(y=(y, ("B",)))
    found = set(y.tolist())
    if not (found <= {0, 1} or found <= {-1, 1}):
        shown = ", ".join(sorted(map(str, found))[:5])
        raise ValueError(
            f"y must hold two classes, written 0 and 1 or −1 and +1; got labels {shown}"
        )
    return np.where(y == 1, 1.0, -1.0)


def labelled_points(x: Array, y: Array) -> tuple[Array, Array]:
    """The points as a finite numeric (B, n) array and the sign of each, (B,), checked together."""
    x = as_finite("x", x)
    if x.dtype.kind == "c":
        raise TypeError(f"x must hold real numbers; got dtype {x.dtype}. Pass x.real.")
    require_shapes(x=(x, ("B", "n")), y=(np.asarray(y), ("B",)))
    return x, signs(y)


@dataclass(frozen=True, eq=False, repr=False)
class PerceptronHistory:
    """What the rule did: row k of `w` and `b` is the state after k mistakes (row 0: zeros).

    samples: which sample each mistake was made on, (mistakes,).
    mistakes_by_epoch: one count for each pass over the data.
    converged: True if the last epoch made no mistake.
    """

    w: Array
    b: Array
    samples: Array
    mistakes_by_epoch: tuple[int, ...]
    converged: bool

    @property
    def mistakes(self) -> int:
        return len(self.samples)

    @property
    def epochs(self) -> int:
        return len(self.mistakes_by_epoch)

    def __repr__(self) -> str:
        end = "converged" if self.converged else "not converged"
        return (
            f"PerceptronHistory({end} after {self.epochs} epochs and {self.mistakes} mistakes, "
            f"w = {np.round(self.w[-1], 6).tolist()}, b = {float(self.b[-1]):.6g})"
        )


def train_perceptron(
    x: Array, y: Array, *, max_epochs: int = 100, rng: np.random.Generator | None = None
) -> PerceptronHistory:
    """Rosenblatt's rule: on each mistake, s(w·x + b) ≤ 0, do w += s·x and b += s.

    Starts from w = 0, b = 0, where a learning rate would only scale w and b together, so there is
    none. Samples come in their order, or in a fresh random order each epoch if `rng` is given.
    Stops after the first epoch without a mistake, or after max_epochs.

    Shapes: x (B, n), y (B,) with labels 0/1 or −1/+1.
    Raises: ValueError if shapes or labels do not fit, or max_epochs < 1; TypeError for an rng that
    is no Generator.
    Source: Rosenblatt (1958); Novikoff (1962) for why it stops.

    >>> from bplab.numeric.gates import GATE_INPUTS, GATES
    >>> train_perceptron(GATE_INPUTS, GATES["NOR"])
    PerceptronHistory(converged after 6 epochs and 9 mistakes, w = [-2.0, -2.0], b = 1)
    """
    x, s = labelled_points(x, y)
    require_whole("max_epochs", max_epochs, least=1)
    if rng is not None:
        require_generator(rng)
    w, b = np.zeros(x.shape[1]), 0.0
    ws, bs = [w], [b]
    samples: list[int] = []
    mistakes_by_epoch: list[int] = []
    for _ in range(max_epochs):
        before = len(samples)
        for i in range(len(x)) if rng is None else rng.permutation(len(x)):
            if s[i] * (x[i] @ w + b) <= 0:
                w, b = w + s[i] * x[i], b + s[i]
                ws.append(w)
                bs.append(b)
                samples.append(int(i))
        mistakes_by_epoch.append(len(samples) - before)
        if mistakes_by_epoch[-1] == 0:
            break
    return PerceptronHistory(
        w=np.array(ws),
        b=np.array(bs),
        samples=np.array(samples, dtype=int),
        mistakes_by_epoch=tuple(mistakes_by_epoch),
        converged=mistakes_by_epoch[-1] == 0,
    )


def novikoff_bound(x: Array, y: Array, w: Array, b: float) -> float:
    """Novikoff's bound: from w = 0, b = 0 the rule makes at most (R/γ)² mistakes, in any order.

    The bias is absorbed: with x̃ = (x, 1) and w̃ = (w, b), R = max ‖x̃‖ and
    γ = min s(w̃·x̃)/‖w̃‖, the margin of the given (w, b). Every (w, b) that separates gives a valid
    bound; the widest margin gives the best one.

    Shapes: x (B, n), y (B,), w (n,), b a number.
    Raises: ValueError if (w, b) does not separate the classes.
    Source: Novikoff (1962), Symp. Math. Theory of Automata 12, 615–622.

    >>> import numpy as np
    >>> from bplab.numeric.gates import GATE_INPUTS, GATES
    >>> novikoff_bound(GATE_INPUTS, GATES["AND"], np.array([2.0, 2.0]), -3.0)
    51.0
    """
    x, s = labelled_points(x, y)
    w = as_finite("w", w)
    require_shapes(x=(x, ("B", "n")), w=(w, ("n",)))
    b = require_number("b", b)
    margins = s * (x @ w + b)
    worst = int(np.argmin(margins))
    if margins[worst] <= 0:
        raise ValueError(
            f"(w, b) must separate the two classes, but sample {worst} has s(w·x + b) = "
            f"{margins[worst]:.6g}, which is not positive; train first, or call separate(x, y)"
        )
    radius_squared = np.max(np.sum(x * x, axis=1)) + 1
    return float(radius_squared * (w @ w + b * b) / margins[worst] ** 2)
