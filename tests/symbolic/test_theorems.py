"""The theorems hold by each method, say what they claim, and refute what is not true."""

import itertools
import re

import pytest
import sympy

from bplab.symbolic import THEOREMS, counterexample, equal, index, total
from bplab.symbolic.scalar import Branch, DerivativeProof, FalseIdentity, same_function, z
from bplab.symbolic.theorems import UnknownTheorem, dense, theorem
from bplab.symbolic.theorems.activations import hyperbolic, logistic, normal_cdf, normal_density

EXPECTED = {
    "BP1", "BP2", "BP3", "BP4", "BP1-matrix", "BP2-matrix", "BP1-batch", "BP2-batch", "BP3-batch",
    "BP4-batch", "depth", "input-gradient", "weight-decay", "sigmoid", "tanh", "relu",
    "leaky_relu", "softplus", "gelu", "softmax", "softmax-cross-entropy", "binary-cross-entropy",
    "quadratic", "batch-norm", "batch-norm-gamma", "batch-norm-beta", "dropout", "rnn-cell-x",
    "rnn-cell-h", "rnn-cell-W", "rnn-cell-U", "rnn-cell-b",
    "conv-forward", "conv-kernel", "conv-bias", "conv-input", "conv-input-rotated",
    "conv-input-dilated", "conv-dense", "conv-dense-input", "conv-dense-kernel", "avg-pool-forward",
    "avg-pool", "avg-pool-blocks", "max-pool", "flatten",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_proved_by_two_methods(name):
    methods = THEOREMS[name].proof.methods
    assert len(methods) >= 2
    assert all(methods.values())
    assert THEOREMS[name].statement
    assert THEOREMS[name].source
    assert THEOREMS[name].proof.latex()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_words_between_formulas_hold_no_mathematics(name):
    """MathJax refuses the whole derivation if a _ or ^ stands in its text outside dollar signs."""
    written = THEOREMS[name].proof.latex()
    texts = re.findall(r"\\text\{((?:\$[^$]*\$|[^${}])*)\}", written)
    assert len(texts) == written.count(r"\text{") > 0
    for text in texts:
        assert not set("_^$\\") & set(re.sub(r"\$[^$]*\$", "", text)), text


def test_no_theorem_is_missing():
    assert set(THEOREMS) == EXPECTED


def test_an_unknown_theorem_is_named_with_its_neighbours():
    with pytest.raises(UnknownTheorem, match=r"BP5.*did you mean BP"):
        THEOREMS["BP5"]


def test_a_theorem_is_registered_once():
    with pytest.raises(ValueError, match="already"):
        theorem("BP1", title="", source="")(lambda: None)


def bp2_mistakes():
    proof = THEOREMS["BP2"].proof
    ell = dense.ell
    j, k = index("j", dense.n(ell + 1)), index("k", dense.n(ell))
    W, delta, z_l = dense.weights(ell + 1), dense.vector("delta", ell + 1), dense.vector("z", ell)
    back = total(W[j, k] * delta[j], j)
    sigma = dense.sigma
    yield "no σ′", proof, back
    yield "σ for σ′", proof, back * sigma(z_l[k])
    yield "minus", proof, -back * sigma.prime(z_l[k])
    yield "doubled", proof, 2 * back * sigma.prime(z_l[k])
    yield "σ′ twice", proof, back * sigma.prime(z_l[k]) ** 2
    yield "sum without W", proof, total(delta[j], j) * sigma.prime(z_l[k])


@pytest.mark.parametrize(
    ("proof", "wrong"), [p[1:] for p in bp2_mistakes()], ids=[p[0] for p in bp2_mistakes()]
)
def test_wrong_forms_of_bp2_are_refuted_at_width_one(proof, wrong):
    _, right = proof.claim
    assert not equal(right, wrong)
    example = counterexample(right, wrong)
    assert set(example.widths.values()) == {1}
    assert example.left != example.right


def test_the_missing_transpose_is_refuted_at_width_two():
    n = sympy.Symbol("n")
    j, k = index("j", n), index("k", n)
    W, delta = (dense.Tensor(name, shape) for name, shape in (("W", (n, n)), ("delta", (n,))))
    example = counterexample(total(W[j, k] * delta[j], j), total(W[k, j] * delta[j], j))
    assert example.widths == {"n": 2}


def test_no_counterexample_to_a_truth():
    _, right = THEOREMS["BP2"].proof.claim
    assert counterexample(right, sympy.expand(right)) is None


def test_softmax_cross_entropy_shows_its_hypothesis():
    proof = THEOREMS["softmax-cross-entropy"].proof
    (hypothesis,) = proof.hypotheses
    assert str(hypothesis.left) == "sum_(y[s, k], k)"
    assert hypothesis.right == 1
    general, special = proof.steps[-2].expr, proof.end
    assert not equal(general, special)
    assert counterexample(general, special) is not None


def test_the_recursion_is_the_gradient_of_a_concrete_deep_net():
    """A 2-3-1-2 net written out and differentiated by SymPy: a third witness for every layer."""
    sizes = (2, 3, 1, 2)
    sigma, cost = sympy.Function("s"), sympy.Function("c")
    W = [sympy.Matrix(n, m, lambda j, k, t=t: sympy.Symbol(f"w{t}{j}{k}"))
         for t, (m, n) in enumerate(itertools.pairwise(sizes))]  # fmt: skip
    zs = [
        sympy.Matrix([sympy.Symbol(f"z{t}{j}") for j in range(n)]) for t, n in enumerate(sizes[1:])
    ]

    def cost_from(layer):
        """C as a function of the pre-activations of one layer."""
        a = zs[layer].applyfunc(sigma)
        for weights in W[layer + 1 :]:
            a = (weights * a).applyfunc(sigma)
        return cost(*a)

    forward = {symbol: value for t in (1, 2) for symbol, value in
               zip(zs[t], W[t] * zs[t - 1].applyfunc(sigma), strict=True)}  # fmt: skip
    prime = [zt.applyfunc(lambda v: sigma(v).diff(v)) for zt in zs]
    delta = sympy.Matrix([cost_from(2).diff(v) for v in zs[2]])
    for layer in (1, 0):
        delta = (W[layer + 1].T * delta).multiply_elementwise(prime[layer])
        direct = sympy.Matrix([cost_from(layer).diff(v) for v in zs[layer]])
        gap = (delta - direct).subs(forward).subs(forward).doit()
        assert sympy.simplify(gap) == sympy.zeros(*gap.shape)


@pytest.mark.parametrize(
    ("function", "wrong"),
    [
        (logistic, z * (1 - z)),
        (logistic, logistic * (1 + logistic)),
        (logistic, logistic),
        (hyperbolic, 1 - hyperbolic),
        (hyperbolic, 1 + hyperbolic**2),
        (z * normal_cdf, normal_cdf),
        (z * normal_cdf, normal_cdf + normal_density),
        (sympy.log(1 + sympy.exp(z)), 1 - logistic),
    ],
)
def test_wrong_derivatives_are_refused(function, wrong):
    assert same_function(sympy.diff(function, z), wrong) == {
        "rational form": False,
        "random evaluation": False,
    }
    with pytest.raises(FalseIdentity, match="for all z"):
        DerivativeProof("wrong", (Branch(function, wrong),))
