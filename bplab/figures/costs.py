"""What each cost tells an output neuron: δ against the logit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from bplab.figures.picture import Picture
from bplab.figures.style import COLOURS, DASHES, sheet, styled
from bplab.numeric.arrays import as_finite, require_shapes

NEARLY = 0.99


@styled()
def errors_by_logit(
    z: npt.ArrayLike, errors: Mapping[str, Sequence[float]], *, title: str = "δ against the logit"
) -> Picture:
    """One line a cost: its δ = ∂C/∂z at the logits z, for a target of 0.

    Shapes: z (N,) rising; each sequence of errors (N,).
    Raises: ValueError for wrong shapes or NaN/inf.
    """
    z = as_finite("z", z)
    figure = sheet(6.8, 3.8)
    ax = figure.subplots()
    words = []
    for i, (name, values) in enumerate(errors.items()):
        delta = as_finite(f"errors[{name!r}]", np.asarray(values))
        require_shapes(z=(z, ("N",)), **{f"errors[{name!r}]": (delta, ("N",))})
        (line,) = ax.plot(z, delta, label=name, linewidth=1.8)
        line.set(color=COLOURS[i % 6], linestyle=DASHES[i % 6])
        # The first place near the top: on a plateau rounding decides where the top itself is.
        top = z[np.argmax(delta >= NEARLY * delta.max())]
        words.append(
            f"{name} comes to {delta.max():.2g} near z = {top:.2g} "
            f"and is {delta[-1]:.2g} at z = {z[-1]:.3g}"
        )
    ax.set(xlabel="logit z", ylabel="δ = ∂C/∂z", title=title)
    ax.grid()
    ax.legend(loc="center")
    return Picture(figure, f"{title}: {'; '.join(words)}.")
