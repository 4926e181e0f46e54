"""Activations and their derivatives, as functions of the pre-activation z."""

from sympy import Integer, Rational, erf, exp, log, pi, sqrt

from bplab.symbolic.scalar import Branch, DerivativeProof, z
from bplab.symbolic.theorems.theorem import theorem

logistic = 1 / (1 + exp(-z))
hyperbolic = (exp(z) - exp(-z)) / (exp(z) + exp(-z))
normal_cdf = (1 + erf(z / sqrt(2))) / 2
normal_density = exp(-(z**2) / 2) / sqrt(2 * pi)
slope = Rational(1, 100)


@theorem("sigmoid", title="the derivative of the sigmoid", source="Rumelhart et al. (1986)")
def sigmoid() -> DerivativeProof:
    """σ′(z) = σ(z) (1 − σ(z)), where σ(z) = 1/(1 + e^(−z))."""
    return DerivativeProof("sigmoid", (Branch(logistic, logistic * (1 - logistic)),))


@theorem("tanh", title="the derivative of tanh", source="LeCun et al. (1998), Efficient BackProp")
def tanh() -> DerivativeProof:
    """tanh′(z) = 1 − tanh²(z)."""
    return DerivativeProof("tanh", (Branch(hyperbolic, 1 - hyperbolic**2),))


@theorem("relu", title="the derivative of ReLU", source="Nair & Hinton (2010)")
def relu() -> DerivativeProof:
    """relu′(z) is 1 for z > 0 and 0 for z < 0; at the kink the course takes 0."""
    return DerivativeProof(
        "relu", (Branch(z, Integer(1), "z > 0"), Branch(Integer(0), Integer(0), "z < 0"))
    )


@theorem("leaky_relu", title="the derivative of leaky ReLU", source="Maas et al. (2013)")
def leaky_relu() -> DerivativeProof:
    """leaky_relu′(z) is 1 for z > 0 and the slope (here 1/100) for z < 0."""
    return DerivativeProof(
        "leaky_relu", (Branch(z, Integer(1), "z > 0"), Branch(slope * z, slope, "z < 0"))
    )


@theorem("softplus", title="the derivative of softplus", source="Dugas et al. (2001)")
def softplus() -> DerivativeProof:
    """softplus′(z) = σ(z), where softplus(z) = log(1 + e^z)."""
    return DerivativeProof("softplus", (Branch(log(1 + exp(z)), logistic),))


@theorem("gelu", title="the derivative of GELU", source="Hendrycks & Gimpel (2016)")
def gelu() -> DerivativeProof:
    """gelu′(z) = Φ(z) + z φ(z), where gelu(z) = z Φ(z), with the normal distribution's Φ and φ."""
    return DerivativeProof("gelu", (Branch(z * normal_cdf, normal_cdf + z * normal_density),))
