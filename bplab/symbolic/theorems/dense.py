"""BP1–BP4 for every width, activation and cost: one sample, matrix form, minibatch, any depth.

Notation: z^l = W^l a^(l−1) + b^l, a^l = σ(z^l), δ^l = ∂C/∂z^l. The layer l is a symbol, so are the
widths n(l); σ and C are opaque. In the minibatch forms samples are rows, and C is the mean of the
samples' costs.
"""

import sympy

from bplab.symbolic.derivation import Derivation, algebra, chain_rule, definition
from bplab.symbolic.expressions import (
    Delta,
    Entry,
    Tensor,
    activation,
    as_range,
    index,
    layer_width,
    partial,
    total,
)
from bplab.symbolic.induction import Induction
from bplab.symbolic.model import Model
from bplab.symbolic.theorems.theorem import theorem

NIELSEN = "Nielsen (2015), Neural Networks and Deep Learning, ch. 2"

ell, L = sympy.symbols("l L")
lam = sympy.Symbol("lambda")
m = as_range("m")
n = layer_width
sigma = activation("sigma")
C = Tensor("C", ())[()]


def vector(name: str, layer: sympy.Expr) -> Tensor:
    """A vector with one entry per unit of the layer."""
    return Tensor(name, (n(layer),), layer)


def rows(name: str, layer: sympy.Expr) -> Tensor:
    """A minibatch: one row per sample, one column per unit of the layer."""
    return Tensor(name, (m, n(layer)), layer)


def weights(layer: sympy.Expr) -> Tensor:
    """W^l, from layer l−1 to layer l."""
    return Tensor("W", (n(layer), n(layer - 1)), layer)


@theorem("BP1", title="the error at the output", source=f"{NIELSEN}, eq. BP1")
def output_error() -> Derivation:
    """δ^L = ∇_a C ⊙ σ′(z^L)."""
    j, k = index("j", n(L)), index("k", n(L))
    z, a, delta, grad = (vector(name, L) for name in ("z", "a", "delta", "grad_a"))
    model = (
        Model()
        .define(a[j], sigma(z[j]))
        .depend(C, (a[j], grad[j]))
        .define(delta[j], partial(C, z[j]))
    )
    return (
        Derivation("BP1", delta[j], model)
        .step(partial(C, z[j]), definition(delta[j]), "what the error means")
        .step(
            total(grad[k] * partial(a[k], z[j]), k),
            chain_rule,
            "$C$ depends on $z$ through every output activation",
        )
        .step(
            total(grad[k] * sigma.prime(z[k]) * Delta(k, j), k),
            chain_rule,
            "each activation depends on its own $z$ alone",
        )
        .step(grad[j] * sigma.prime(z[j]), algebra, "only the term $k = j$ is left")
    )


@theorem("BP2", title="the error one layer back", source=f"{NIELSEN}, eq. BP2")
def hidden_error() -> Derivation:
    """δ^l = ((W^(l+1))ᵀ δ^(l+1)) ⊙ σ′(z^l), given that δ^(l+1) = ∂C/∂z^(l+1)."""
    j, k, i = index("j", n(ell + 1)), index("k", n(ell)), index("i", n(ell))
    z, a, delta = (vector(name, ell) for name in ("z", "a", "delta"))
    z_next, b, delta_next = (vector(name, ell + 1) for name in ("z", "b", "delta"))
    W = weights(ell + 1)
    model = (
        Model()
        .define(a[k], sigma(z[k]))
        .define(z_next[j], total(W[j, k] * a[k], k) + b[j])
        .depend(C, (z_next[j], delta_next[j]))
        .define(delta[k], partial(C, z[k]))
    )
    return (
        Derivation("BP2", delta[k], model)
        .step(partial(C, z[k]), definition(delta[k]), "what the error means")
        .step(
            total(delta_next[j] * partial(z_next[j], z[k]), j),
            chain_rule,
            "$C$ depends on unit $k$ through the whole next layer",
        )
        .step(
            total(delta_next[j] * partial(total(W[j, i] * sigma(z[i]), i) + b[j], z[k]), j),
            chain_rule,
            "write the next layer out",
        )
        .step(
            total(delta_next[j] * total(W[j, i] * sigma.prime(z[i]) * Delta(i, k), i), j),
            chain_rule,
            "differentiate term by term",
        )
        .step(
            total(delta_next[j] * W[j, k] * sigma.prime(z[k]), j),
            algebra,
            "only the term $i = k$ is left",
        )
        .step(
            total(W[j, k] * delta_next[j], j) * sigma.prime(z[k]),
            algebra,
            "the sum runs down column $k$ of $W$: the transpose",
        )
    )


def parameters_model() -> tuple[Model, Tensor, Tensor, Tensor, Tensor]:
    """One layer as a function of its parameters, with δ = ∂C/∂z given; and W, b, a_prev, δ."""
    j, k = index("j", n(ell)), index("k", n(ell - 1))
    W, b, z, delta, a_prev = (
        weights(ell),
        *(vector(x, ell) for x in ("b", "z", "delta")),
        vector("a", ell - 1),
    )
    model = Model().define(z[j], total(W[j, k] * a_prev[k], k) + b[j]).depend(C, (z[j], delta[j]))
    return model, W, b, a_prev, delta


@theorem("BP3", title="the gradient of the biases", source=f"{NIELSEN}, eq. BP3")
def bias_gradient() -> Derivation:
    """∂C/∂b^l_j = δ^l_j."""
    j, i = index("j", n(ell)), index("i", n(ell))
    model, _, b, _, delta = parameters_model()
    z = vector("z", ell)
    return (
        Derivation("BP3", partial(C, b[j]), model)
        .step(
            total(delta[i] * partial(z[i], b[j]), i),
            chain_rule,
            "$C$ depends on $b$ through the pre-activations of its layer",
        )
        .step(
            total(delta[i] * Delta(i, j), i),
            chain_rule,
            "unit $i$ has the bias $b_i$, and no other",
        )
        .step(delta[j], algebra, "only the term $i = j$ is left")
    )


@theorem("BP4", title="the gradient of the weights", source=f"{NIELSEN}, eq. BP4")
def weight_gradient() -> Derivation:
    """∂C/∂W^l_jk = a^(l−1)_k δ^l_j."""
    j, k = index("j", n(ell)), index("k", n(ell - 1))
    i, p = index("i", n(ell)), index("p", n(ell - 1))
    model, W, _, a_prev, delta = parameters_model()
    z = vector("z", ell)
    return (
        Derivation("BP4", partial(C, W[j, k]), model)
        .step(
            total(delta[i] * partial(z[i], W[j, k]), i),
            chain_rule,
            "$C$ depends on $W$ through the pre-activations of its layer",
        )
        .step(
            total(delta[i] * total(a_prev[p] * Delta(i, j) * Delta(p, k), p), i),
            chain_rule,
            "$W_{ip}$ is $W_{jk}$ only if $i = j$ and $p = k$",
        )
        .step(a_prev[k] * delta[j], algebra, "one term is left: the outer product's entry")
    )


@theorem("BP1-matrix", title="BP1 with Σ′(z)", source=f"{NIELSEN}, problem on eq. 33")
def output_error_matrix() -> Derivation:
    """δ^L = Σ′(z^L) ∇_a C, where Σ′(z) is the diagonal matrix of the σ′(z_j)."""
    j, k = index("j", n(L)), index("k", n(L))
    z, grad = vector("z", L), vector("grad_a", L)
    S = Tensor("Sigma'", (n(L), n(L)), L)
    model = Model().define(S[j, k], Delta(j, k) * sigma.prime(z[j]))
    return (
        Derivation("BP1 in matrix form", total(S[j, k] * grad[k], k), model)
        .step(
            total(Delta(j, k) * sigma.prime(z[j]) * grad[k], k),
            definition(S[j, k]),
            "a diagonal matrix",
        )
        .step(output_error.proof.end, algebra, "which is BP1")
    )


@theorem("BP2-matrix", title="BP2 with Σ′(z)", source=f"{NIELSEN}, problem on eq. 34")
def hidden_error_matrix() -> Derivation:
    """δ^l = Σ′(z^l) (W^(l+1))ᵀ δ^(l+1), where Σ′(z) is the diagonal matrix of the σ′(z_k)."""
    j, k, i = index("j", n(ell + 1)), index("k", n(ell)), index("i", n(ell))
    z, delta_next, W = vector("z", ell), vector("delta", ell + 1), weights(ell + 1)
    S = Tensor("Sigma'", (n(ell), n(ell)), ell)
    model = Model().define(S[k, i], Delta(k, i) * sigma.prime(z[k]))
    return (
        Derivation(
            "BP2 in matrix form", total(S[k, i] * total(W[j, i] * delta_next[j], j), i), model
        )
        .step(
            total(Delta(k, i) * sigma.prime(z[k]) * total(W[j, i] * delta_next[j], j), i),
            definition(S[k, i]),
            "a diagonal matrix",
        )
        .step(hidden_error.proof.end, algebra, "which is BP2")
    )


@theorem("depth", title="BP1 and BP2 give the error in every layer", source=f"{NIELSEN}, ch. 2")
def every_layer() -> Induction:
    """For every depth L and every layer l ≤ L, the δ^l computed by BP1 and BP2 is ∂C/∂z^l."""
    return Induction(base=output_error.proof, step=hidden_error.proof, layer=ell, last=L)


@theorem("BP1-batch", title="BP1 for a minibatch", source=f"{NIELSEN}, ch. 2, fully matrix-based")
def output_error_batch() -> Derivation:
    """δ^L_sj = (1/m) ∂C_s/∂a^L_sj σ′(z^L_sj), as C is the mean of the samples' costs C_s."""
    s, r, j = index("s", m), index("r", m), index("j", n(L))
    z, a, delta, grad = (rows(name, L) for name in ("z", "a", "delta", "grad_a"))
    cost = Tensor("C", (m,))
    model = (
        Model()
        .define(a[s, j], sigma(z[s, j]))
        .depend(cost[s], (a[s, j], grad[s, j]))
        .define(C, total(cost[s], s) / m)
        .define(delta[s, j], partial(C, z[s, j]))
    )
    return (
        Derivation("BP1 for a minibatch", delta[s, j], model)
        .step(partial(C, z[s, j]), definition(delta[s, j]), "what the error means")
        .step(
            total(partial(cost[r], z[s, j]), r) / m, chain_rule, "the cost is a mean over samples"
        )
        .step(partial(cost[s], z[s, j]) / m, chain_rule, "sample $r$ does not depend on sample $s$")
        .step(grad[s, j] * sigma.prime(z[s, j]) / m, chain_rule, "BP1 for sample $s$")
    )


def batch_model() -> tuple[Model, Entry, Tensor, Tensor, Tensor, Tensor]:
    """A layer on a minibatch, with δ_sj = ∂C/∂z_sj (the 1/m inside): and its names."""
    s, j, k = index("s", m), index("j", n(ell)), index("k", n(ell - 1))
    W, b = weights(ell), vector("b", ell)
    z, delta, a_prev = rows("z", ell), rows("delta", ell), rows("a", ell - 1)
    model = (
        Model()
        .define(z[s, j], total(a_prev[s, k] * W[j, k], k) + b[j])
        .depend(C, (z[s, j], delta[s, j]))
    )
    return model, z[s, j], W, b, a_prev, delta


@theorem("BP2-batch", title="BP2 for a minibatch", source=f"{NIELSEN}, ch. 2, fully matrix-based")
def hidden_error_batch() -> Derivation:
    """δ^l_sk = (Σ_j δ^(l+1)_sj W^(l+1)_jk) σ′(z^l_sk): sample by sample, no 1/m any more."""
    s, r = index("s", m), index("r", m)
    j, k = index("j", n(ell + 1)), index("k", n(ell))
    z, a, delta = (rows(name, ell) for name in ("z", "a", "delta"))
    z_next, delta_next = rows("z", ell + 1), rows("delta", ell + 1)
    W, b = weights(ell + 1), vector("b", ell + 1)
    model = (
        Model()
        .define(a[s, k], sigma(z[s, k]))
        .define(z_next[s, j], total(a[s, k] * W[j, k], k) + b[j])
        .depend(C, (z_next[s, j], delta_next[s, j]))
        .define(delta[s, k], partial(C, z[s, k]))
    )
    return (
        Derivation("BP2 for a minibatch", delta[s, k], model)
        .step(partial(C, z[s, k]), definition(delta[s, k]), "what the error means")
        .step(
            total(delta_next[r, j] * partial(z_next[r, j], z[s, k]), r, j),
            chain_rule,
            "through every unit of the next layer, for every sample",
        )
        .step(
            total(delta_next[r, j] * W[j, k] * sigma.prime(z[r, k]) * Delta(r, s), r, j),
            chain_rule,
            "sample $r$ does not depend on sample $s$",
        )
        .step(
            total(delta_next[s, j] * W[j, k], j) * sigma.prime(z[s, k]),
            algebra,
            "BP2 for each row",
        )
    )


@theorem("BP3-batch", title="BP3 for a minibatch", source=f"{NIELSEN}, ch. 2, fully matrix-based")
def bias_gradient_batch() -> Derivation:
    """∂C/∂b^l_j = Σ_s δ^l_sj: one bias serves all samples, so their errors are summed."""
    s, i, j = index("s", m), index("i", n(ell)), index("j", n(ell))
    model, _, _, b, _, delta = batch_model()
    z = rows("z", ell)
    return (
        Derivation("BP3 for a minibatch", partial(C, b[j]), model)
        .step(
            total(delta[s, i] * partial(z[s, i], b[j]), s, i),
            chain_rule,
            "the same bias is used by every sample",
        )
        .step(total(delta[s, i] * Delta(i, j), s, i), chain_rule, "unit $i$ has the bias $b_i$")
        .step(total(delta[s, j], s), algebra, "only the terms $i = j$ are left")
    )


@theorem("BP4-batch", title="BP4 for a minibatch", source=f"{NIELSEN}, ch. 2, fully matrix-based")
def weight_gradient_batch() -> Derivation:
    """∂C/∂W^l_jk = Σ_s δ^l_sj a^(l−1)_sk: a sum of outer products, one a sample."""
    s, i = index("s", m), index("i", n(ell))
    j, k, p = index("j", n(ell)), index("k", n(ell - 1)), index("p", n(ell - 1))
    model, _, W, _, a_prev, delta = batch_model()
    z = rows("z", ell)
    return (
        Derivation("BP4 for a minibatch", partial(C, W[j, k]), model)
        .step(
            total(delta[s, i] * partial(z[s, i], W[j, k]), s, i),
            chain_rule,
            "the same weights are used by every sample",
        )
        .step(
            total(delta[s, i] * total(a_prev[s, p] * Delta(i, j) * Delta(p, k), p), s, i),
            chain_rule,
            "$W_{ip}$ is $W_{jk}$ only if $i = j$ and $p = k$",
        )
        .step(total(delta[s, j] * a_prev[s, k], s), algebra, "one outer product a sample")
    )


@theorem(
    "input-gradient", title="the gradient of a layer's input", source=f"{NIELSEN}, ch. 2, eq. 42–45"
)
def input_gradient_batch() -> Derivation:
    """∂C/∂a^(l−1)_sk = Σ_j δ^l_sj W^l_jk: what a layer hands down, BP2 without σ′."""
    s, r, i = index("s", m), index("r", m), index("i", n(ell))
    k = index("k", n(ell - 1))
    model, _, W, _, a_prev, delta = batch_model()
    z = rows("z", ell)
    return (
        Derivation("the gradient of a layer's input", partial(C, a_prev[s, k]), model)
        .step(
            total(delta[r, i] * partial(z[r, i], a_prev[s, k]), r, i),
            chain_rule,
            "through every unit of the layer",
        )
        .step(
            total(delta[r, i] * W[i, k] * Delta(r, s), r, i),
            chain_rule,
            "sample $r$ does not depend on sample $s$",
        )
        .step(total(delta[s, i] * W[i, k], i), algebra, "only the terms $r = s$ are left")
    )


@theorem(
    "weight-decay",
    title="the gradient of the weights with decay",
    source="Krogh & Hertz (1991), NIPS 4",
)
def weight_decay() -> Derivation:
    """If J = C + (λ/2) Σ W², then ∂J/∂W_jk = ∂C/∂W_jk + λ W_jk; the biases' gradient stays."""
    j, k, i, p = index("j", "n1"), index("k", "n0"), index("i", "n1"), index("p", "n0")
    W, grad, J = Tensor("W", ("n1", "n0")), Tensor("grad_W", ("n1", "n0")), Tensor("J", ())[()]
    model = (
        Model().depend(C, (W[j, k], grad[j, k])).define(J, C + lam / 2 * total(W[j, k] ** 2, j, k))
    )
    return (
        Derivation("weight decay", partial(J, W[j, k]), model)
        .step(
            partial(C, W[j, k]) + lam / 2 * partial(total(W[i, p] ** 2, i, p), W[j, k]),
            chain_rule,
            "the derivative of a sum",
        )
        .step(
            grad[j, k] + lam * total(W[i, p] * Delta(i, j) * Delta(p, k), i, p),
            chain_rule,
            "$W_{ip}$ is $W_{jk}$ only if $i = j$ and $p = k$",
        )
        .step(grad[j, k] + lam * W[j, k], algebra, "one term is left")
    )
