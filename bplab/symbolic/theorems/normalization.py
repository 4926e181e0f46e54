"""Batch normalization: y = γ x̂ + β with x̂ = (x − μ)/σ, and its gradients for any batch size.

μ_j and σ_j are the mean of column j over the m samples and the root of its variance, divided by m,
plus ε. Both depend on every sample, and so does every y: that is where the three terms come from.
"""

import sympy

from bplab.symbolic.derivation import Derivation, algebra, chain_rule, definition
from bplab.symbolic.expressions import Delta, Tensor, as_range, index, partial, total
from bplab.symbolic.model import Model
from bplab.symbolic.theorems.theorem import theorem

IOFFE = "Ioffe & Szegedy (2015), Batch normalization, sect. 3"

m = as_range("m")
eps = sympy.Symbol("epsilon")
C = Tensor("C", ())[()]
x, x_hat, y, delta = (Tensor(name, ("m", "n")) for name in ("x", "x_hat", "y", "delta"))
mu, v, sigma, root_prime = (Tensor(name, ("n",)) for name in ("mu", "v", "sigma", "root'"))
gamma, beta = Tensor("gamma", ("n",)), Tensor("beta", ("n",))
s, r, i, j = index("s", m), index("r", m), index("i", "n"), index("j", "n")

# Σ_r (x_r − μ)², multiplied out: Σ_r μ² must be written m μ² (guard H1 in docs/proofs.md).
squares = total(x[r, j] ** 2, r) - 2 * mu[j] * total(x[r, j], r) + m * mu[j] ** 2

model = (
    Model()
    .define(mu[j], total(x[s, j], s) / m)
    .define(v[j], squares / m + eps)
    # σ is the root of v: a function of v with the derivative root′ = 1/(2σ).
    .depend(sigma[j], (v[j], root_prime[j]))
    .define(root_prime[j], 1 / (2 * sigma[j]))
    .define(x_hat[s, j], (x[s, j] - mu[j]) / sigma[j])
    .define(y[s, j], gamma[j] * x_hat[s, j] + beta[j])
    .depend(C, (y[s, j], delta[s, j]))
)


@theorem("batch-norm", title="the gradient of batch normalization", source=IOFFE)
def input_gradient() -> Derivation:
    """∂C/∂x_sj = γ_j/(m σ_j) (m δ_sj − Σ_r δ_rj − x̂_sj Σ_r δ_rj x̂_rj), where δ = ∂C/∂y.

    The second term comes through the mean, the third through the variance.
    """
    through_sigma = total(delta[r, j] * x_hat[r, j], r)
    without_sigma = delta[s, j] - total(delta[r, j], r) / m
    return (
        Derivation("batch normalization", partial(C, x[s, j]), model)
        .step(
            total(delta[r, j] * partial(y[r, j], x[s, j]), r),
            chain_rule,
            "every sample of the batch depends on $x_{sj}$",
        )
        .step(
            gamma[j] * total(delta[r, j] * partial(x_hat[r, j], x[s, j]), r),
            chain_rule,
            r"$\gamma$ scales, $\beta$ only shifts",
        )
        .step(
            gamma[j]
            / sigma[j]
            * total(
                delta[r, j]
                * (Delta(r, s) - 1 / m - (x[r, j] - mu[j]) / sigma[j] * partial(sigma[j], x[s, j])),
                r,
            ),
            chain_rule,
            "the quotient rule; the mean's derivative is $1/m$",
        )
        .step(
            gamma[j] / sigma[j] * (without_sigma - through_sigma * partial(sigma[j], x[s, j])),
            definition(x_hat[r, j]),
            "read the normalized value, and multiply out",
        )
        .step(
            gamma[j]
            / sigma[j]
            * (
                without_sigma
                - through_sigma * root_prime[j] * (x[s, j] - total(x[r, j], r) / m) * 2 / m
            ),
            chain_rule,
            r"$\sigma$ is a function of the variance, in which $x_{sj}$ stands squared",
        )
        .step(
            gamma[j]
            / sigma[j]
            * (without_sigma - through_sigma * root_prime[j] * (x[s, j] - mu[j]) * 2 / m),
            definition(mu[j]),
            "read the mean",
        )
        .step(
            gamma[j]
            / sigma[j]
            * (without_sigma - through_sigma * (x[s, j] - mu[j]) / (m * sigma[j])),
            definition(root_prime[j]),
            "the derivative of the root",
        )
        .step(
            gamma[j]
            / (m * sigma[j])
            * (m * delta[s, j] - total(delta[r, j], r) - x_hat[s, j] * through_sigma),
            definition(x_hat[s, j]),
            "read the normalized value once more: three terms",
        )
    )


@theorem("batch-norm-gamma", title="the gradient of batch normalization's scale", source=IOFFE)
def scale_gradient() -> Derivation:
    """∂C/∂γ_j = Σ_s δ_sj x̂_sj, where δ = ∂C/∂y."""
    return (
        Derivation("batch normalization's scale", partial(C, gamma[j]), model)
        .step(
            total(delta[s, i] * partial(y[s, i], gamma[j]), s, i),
            chain_rule,
            "through every output",
        )
        .step(
            total(delta[s, i] * x_hat[s, i] * Delta(i, j), s, i),
            chain_rule,
            r"column $i$ has the scale $\gamma_i$",
        )
        .step(total(delta[s, j] * x_hat[s, j], s), algebra, "only the terms $i = j$ are left")
    )


@theorem("batch-norm-beta", title="the gradient of batch normalization's shift", source=IOFFE)
def shift_gradient() -> Derivation:
    """∂C/∂β_j = Σ_s δ_sj, where δ = ∂C/∂y."""
    return (
        Derivation("batch normalization's shift", partial(C, beta[j]), model)
        .step(
            total(delta[s, i] * partial(y[s, i], beta[j]), s, i),
            chain_rule,
            "through every output",
        )
        .step(
            total(delta[s, i] * Delta(i, j), s, i),
            chain_rule,
            r"column $i$ has the shift $\beta_i$",
        )
        .step(total(delta[s, j], s), algebra, "only the terms $i = j$ are left")
    )
