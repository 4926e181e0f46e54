"""Dropout as a fixed linear map: the mask is drawn first, and then it is a constant."""

import sympy

from bplab.symbolic.derivation import Derivation, algebra, chain_rule
from bplab.symbolic.expressions import Delta, Tensor, index, partial, total
from bplab.symbolic.model import Model
from bplab.symbolic.theorems.theorem import theorem

drop = sympy.Symbol("p")
C = Tensor("C", ())[()]
x, y, mask, delta = (Tensor(name, ("m", "n")) for name in ("x", "y", "M", "delta"))
s, r, i, j = index("s", "m"), index("r", "m"), index("i", "n"), index("j", "n")


@theorem(
    "dropout", title="the gradient of dropout", source="Srivastava et al. (2014), JMLR 15, sect. 10"
)
def dropout() -> Derivation:
    """∂C/∂x_sj = δ_sj M_sj / (1 − p), if y_sj = x_sj M_sj / (1 − p) with a mask M, and δ = ∂C/∂y.

    It is the mask and the factor of forward. Which entries M drops does not matter here.
    """
    keep = 1 / (1 - drop)
    model = Model().define(y[s, j], x[s, j] * mask[s, j] * keep).depend(C, (y[s, j], delta[s, j]))
    return (
        Derivation("dropout", partial(C, x[s, j]), model)
        .step(
            total(delta[r, i] * partial(y[r, i], x[s, j]), r, i),
            chain_rule,
            "$C$ depends on $x$ through $y$",
        )
        .step(
            total(delta[r, i] * mask[r, i] * keep * Delta(r, s) * Delta(i, j), r, i),
            chain_rule,
            "each entry has its own mask",
        )
        .step(delta[s, j] * mask[s, j] * keep, algebra, "one term is left")
    )
