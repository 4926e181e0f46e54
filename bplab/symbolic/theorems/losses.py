"""Costs and their gradients: quadratic, softmax with cross-entropy, sigmoid with cross-entropy.

The per-sample cost is summed over outputs; the cost is the mean over the m samples of a minibatch.
"""

from bplab.symbolic.derivation import Derivation, algebra, assuming, chain_rule, definition
from bplab.symbolic.expressions import (
    Delta,
    Tensor,
    as_range,
    exponential,
    index,
    logarithm,
    partial,
    reciprocal,
    sigmoid,
    softplus,
    total,
)
from bplab.symbolic.model import Model
from bplab.symbolic.theorems.theorem import theorem

BRIDLE = "Bridle (1990), Probabilistic interpretation of feedforward network outputs"
BISHOP = "Bishop (2006), Pattern Recognition and Machine Learning, sec. 4.3"

m = as_range("m")
C = Tensor("C", ())[()]
S = Tensor("S", ("m",))
z, a, y = (Tensor(name, ("m", "n")) for name in "zay")
s, r = index("s", m), index("r", m)
i, j, k = (index(name, "n") for name in "ijk")


@theorem("quadratic", title="the quadratic cost", source="Rumelhart, Hinton & Williams (1986)")
def quadratic() -> Derivation:
    """If C is the mean over samples of ½‖a − y‖², then ∂C/∂a_sj = (a_sj − y_sj)/m."""
    model = Model().define(C, total((a[s, j] - y[s, j]) ** 2, s, j) / (2 * m))
    return (
        Derivation("quadratic cost", partial(C, a[s, j]), model)
        .step(
            total((a[r, i] - y[r, i]) * Delta(r, s) * Delta(i, j), r, i) / m,
            chain_rule,
            "the 2 of the square cancels the ½",
        )
        .step((a[s, j] - y[s, j]) / m, algebra, "one term is left")
    )


def softmax_model() -> Model:
    """a_sj = e^(z_sj) / S_s with S_s = Σ_k e^(z_sk)."""
    return (
        Model()
        .define(S[s], total(exponential(z[s, k]), k))
        .define(a[s, j], exponential(z[s, j]) * reciprocal(S[s]))
    )


@theorem("softmax", title="the softmax Jacobian", source=f"{BRIDLE}; {BISHOP}")
def softmax() -> Derivation:
    """If a = softmax(z), then ∂a_sj/∂z_si = a_sj (1[i = j] − a_si): it is symmetric."""
    e = exponential
    return (
        Derivation("softmax", partial(a[s, j], z[s, i]), softmax_model())
        .step(
            reciprocal(S[s]) * e(z[s, j]) * Delta(i, j)
            - e(z[s, j]) * reciprocal(S[s]) ** 2 * partial(S[s], z[s, i]),
            chain_rule,
            "the quotient rule, with $S$ named",
        )
        .step(
            reciprocal(S[s]) * e(z[s, j]) * Delta(i, j)
            - e(z[s, j]) * reciprocal(S[s]) ** 2 * e(z[s, i]),
            chain_rule,
            "one summand of $S$ depends on $z_{si}$",
        )
        .step(
            a[s, j] * (Delta(i, j) - a[s, i]), definition(a[s, j]), "read the quotients as outputs"
        )
    )


@theorem("softmax-cross-entropy", title="softmax with cross-entropy", source=f"{BRIDLE}; {BISHOP}")
def softmax_cross_entropy() -> Derivation:
    """If C is the mean of −Σ_j y_j log a_j and Σ_j y_j = 1, then ∂C/∂z_sj = (a_sj − y_sj)/m.

    Without the hypothesis the result is ((Σ_k y_sk) a_sj − y_sj)/m.
    """
    log_a = z[s, k] - logarithm(S[s])
    model = softmax_model().define(C, -total(y[s, k] * log_a, s, k) / m)
    log_gradient = Delta(k, j) - reciprocal(S[s]) * exponential(z[s, j])
    return (
        Derivation("softmax with cross-entropy", partial(C, z[s, j]), model)
        .step(
            -total(y[s, k] * partial(log_a, z[s, j]), k) / m,
            chain_rule,
            r"$\log a_k = z_k - \log S$, and sample $r$ does not depend on sample $s$",
        )
        .step(
            -total(y[s, k] * log_gradient, k) / m,
            chain_rule,
            "the derivative of the logarithm is $1/S$",
        )
        .step(
            -total(y[s, k] * (Delta(k, j) - a[s, j]), k) / m,
            definition(a[s, j]),
            "read the quotient as an output",
        )
        .step(
            (total(y[s, k], k) * a[s, j] - y[s, j]) / m,
            algebra,
            "the sum of the targets appears",
        )
        .step(
            (a[s, j] - y[s, j]) / m,
            assuming(total(y[s, k], k), 1, cofactor=a[s, j] / m),
            "only if the targets sum to one",
        )
    )


@theorem("binary-cross-entropy", title="sigmoid with binary cross-entropy", source=BISHOP)
def binary_cross_entropy() -> Derivation:
    """If C is the mean of Σ_j softplus(z_j) − y_j z_j, then ∂C/∂z_sj = (σ(z_sj) − y_sj)/m.

    softplus(z) − y z is −y log σ(z) − (1 − y) log(1 − σ(z)), written with the logit z.
    """
    model = Model().define(C, total(softplus(z[s, j]) - y[s, j] * z[s, j], s, j) / m)
    gradient = sigmoid(z[r, i]) - y[r, i]
    return (
        Derivation("sigmoid with binary cross-entropy", partial(C, z[s, j]), model)
        .step(
            total(gradient * Delta(r, s) * Delta(i, j), r, i) / m,
            chain_rule,
            "the derivative of softplus is the sigmoid",
        )
        .step((sigmoid(z[s, j]) - y[s, j]) / m, algebra, "one term is left")
    )
