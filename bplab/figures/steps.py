"""The V of a difference quotient: its error for long steps and for short ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from bplab.figures.picture import Picture
from bplab.figures.style import COLOURS, DASHES, GREY, MARKERS, sheet, styled
from bplab.numeric.arrays import as_finite, require_shapes

# Below this, errors are a few roundings: they differ from machine to machine, and an error of 0
# has no place on a logarithmic scale.
FLOOR = 1e-15


@styled()
def step_errors(
    steps: npt.ArrayLike,
    errors: Mapping[str, Sequence[float]],
    *,
    title: str = "Error of a numerical derivative against its step h",
) -> Picture:
    """Relative error against step, both on logarithmic scales, one line a method.

    Shapes: steps (S,) positive; each sequence of errors (S,). Errors below 1e-15 are drawn there.
    Raises: ValueError for wrong shapes, NaN/inf, or a step that is not positive.
    """
    h = as_finite("steps", steps)
    if h.min() <= 0:
        raise ValueError(f"steps must be positive for a logarithmic scale; got {h.min():.4g}")
    figure = sheet(6.8, 4.2)
    ax = figure.subplots()
    words = []
    for i, (name, values) in enumerate(errors.items()):
        error = as_finite(f"errors[{name!r}]", np.asarray(values))
        require_shapes(steps=(h, ("S",)), **{f"errors[{name!r}]": (error, ("S",))})
        (line,) = ax.plot(h, np.maximum(error, FLOOR), label=name, linewidth=1.6, markersize=4)
        line.set(color=COLOURS[i % 6], linestyle=DASHES[i % 6], marker=MARKERS[i % 6])
        words.append(f"{name} {_in_words(h, error)}")
    ax.axhline(FLOOR, color=GREY, linewidth=0.8)
    ax.text(h.max(), FLOOR * 1.5, "all digits right", ha="right", va="bottom", color=GREY)
    ax.set(xscale="log", yscale="log", xlabel="step h", ylabel="relative error", title=title)
    ax.grid()
    ax.legend(loc="center left")
    return Picture(figure, f"{title}: {'; '.join(words)}.")


def _in_words(h: npt.NDArray[np.float64], error: npt.NDArray[np.float64]) -> str:
    exact = h[error <= FLOOR]
    if exact.size:
        return f"has all digits right for every h up to {exact.max():.0e}"
    best = int(error.argmin())
    return f"is best at h = {h[best]:.0e}, with an error near 1e{round(np.log10(error[best]))}"
