"""One step of a recurrent cell, h^t = tanh(W x^t + U h^(t−1) + b): its five gradients.

Samples are rows. C is any function of h^t with gradient ∇_h C, which is what the next steps hand
back; δ = (∇_h C)(1 − h²) is the error of the pre-activation z. Unrolled in time the cell is a deep
network whose layers share W, U and b, so their gradients are summed over the steps.
"""

import sympy

from bplab.symbolic.derivation import Derivation, algebra, chain_rule, definition
from bplab.symbolic.expressions import (
    Delta,
    Entry,
    Tensor,
    as_range,
    hyperbolic_tangent,
    index,
    partial,
    total,
)
from bplab.symbolic.model import Model
from bplab.symbolic.theorems.theorem import theorem

ELMAN = "Elman (1990), Finding structure in time; Werbos (1990), Backpropagation through time"

t = sympy.Symbol("t")
m = as_range("m")
C = Tensor("C", ())[()]
x = Tensor("x", ("m", "n_x"), t)
h_prev, z, h, delta, grad = (
    Tensor(name, ("m", "n_h"), layer)
    for name, layer in (("h", t - 1), ("z", t), ("h", t), ("delta", t), ("grad_h", t))
)
W, U, b = Tensor("W", ("n_h", "n_x")), Tensor("U", ("n_h", "n_h")), Tensor("b", ("n_h",))
s, r = index("s", m), index("r", m)
i, j, k, q = (index(name, "n_h") for name in "ijkq")
c, p = index("c", "n_x"), index("p", "n_x")

model = (
    Model()
    .define(z[s, j], total(W[j, c] * x[s, c], c) + total(U[j, k] * h_prev[s, k], k) + b[j])
    .define(h[s, j], hyperbolic_tangent(z[s, j]))
    .depend(C, (h[s, j], grad[s, j]))
    .define(delta[s, j], grad[s, j] * (1 - h[s, j] ** 2))
)


def from_cost_to_z(title: str, wrt: Entry) -> Derivation:
    """∂C/∂wrt = Σ_ri δ_ri ∂z_ri/∂wrt, whatever z depends on: the steps all five share."""
    slope = 1 - hyperbolic_tangent(z[r, i]) ** 2
    return (
        Derivation(title, partial(C, wrt), model)
        .step(
            total(grad[r, i] * slope * partial(z[r, i], wrt), r, i),
            chain_rule,
            "through every unit of every sample; the derivative of tanh",
        )
        .step(
            total(grad[r, i] * (1 - h[r, i] ** 2) * partial(z[r, i], wrt), r, i),
            definition(h[r, i]),
            "the output is at hand",
        )
        .step(
            total(delta[r, i] * partial(z[r, i], wrt), r, i),
            definition(delta[r, i]),
            "the error of the pre-activation",
        )
    )


@theorem("rnn-cell-x", title="the gradient of a recurrent cell's input", source=ELMAN)
def input_gradient() -> Derivation:
    """∂C/∂x_sc = Σ_j δ_sj W_jc."""
    return (
        from_cost_to_z("the gradient of a recurrent cell's input", x[s, c])
        .step(
            total(delta[r, i] * total(W[i, p] * Delta(r, s) * Delta(p, c), p), r, i),
            chain_rule,
            "sample $r$ does not depend on sample $s$",
        )
        .step(total(delta[s, i] * W[i, c], i), algebra, "as in a dense layer")
    )


@theorem("rnn-cell-h", title="the gradient of a recurrent cell's state", source=ELMAN)
def state_gradient() -> Derivation:
    """∂C/∂h^(t−1)_sk = Σ_j δ_sj U_jk: what the cell hands back to the step before.

    If C depends on h^(t−1) in other ways too (an output at each step), their gradient is added.
    """
    return (
        from_cost_to_z("the gradient of a recurrent cell's state", h_prev[s, k])
        .step(
            total(delta[r, i] * total(U[i, q] * Delta(r, s) * Delta(q, k), q), r, i),
            chain_rule,
            "sample $r$ does not depend on sample $s$",
        )
        .step(total(delta[s, i] * U[i, k], i), algebra, "the state is an input like any other")
    )


@theorem("rnn-cell-W", title="the gradient of a recurrent cell's input weights", source=ELMAN)
def input_weight_gradient() -> Derivation:
    """∂C/∂W_jc = Σ_s δ_sj x_sc."""
    return (
        from_cost_to_z("the gradient of a recurrent cell's input weights", W[j, c])
        .step(
            total(delta[r, i] * total(x[r, p] * Delta(i, j) * Delta(p, c), p), r, i),
            chain_rule,
            "$W_{ip}$ is $W_{jc}$ only if $i = j$ and $p = c$",
        )
        .step(total(delta[s, j] * x[s, c], s), algebra, "one outer product a sample")
    )


@theorem("rnn-cell-U", title="the gradient of a recurrent cell's state weights", source=ELMAN)
def state_weight_gradient() -> Derivation:
    """∂C/∂U_jk = Σ_s δ_sj h^(t−1)_sk: with the state before the step, not after it."""
    return (
        from_cost_to_z("the gradient of a recurrent cell's state weights", U[j, k])
        .step(
            total(delta[r, i] * total(h_prev[r, q] * Delta(i, j) * Delta(q, k), q), r, i),
            chain_rule,
            "$U_{iq}$ is $U_{jk}$ only if $i = j$ and $q = k$",
        )
        .step(total(delta[s, j] * h_prev[s, k], s), algebra, "one outer product a sample")
    )


@theorem("rnn-cell-b", title="the gradient of a recurrent cell's biases", source=ELMAN)
def bias_gradient() -> Derivation:
    """∂C/∂b_j = Σ_s δ_sj."""
    return (
        from_cost_to_z("the gradient of a recurrent cell's biases", b[j])
        .step(total(delta[r, i] * Delta(i, j), r, i), chain_rule, "unit $i$ has the bias $b_i$")
        .step(total(delta[s, j], s), algebra, "only the terms $i = j$ are left")
    )
