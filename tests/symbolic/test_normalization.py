"""Batch normalization's three terms are all needed, and no step of the proof can leave one out."""

from dataclasses import replace

import pytest
import sympy

from bplab.symbolic import (
    THEOREMS,
    FalseStep,
    chain_rule,
    counterexample,
    definition,
    equal,
    latex,
    plain,
)
from bplab.symbolic.cutoff import WrittenOut
from bplab.symbolic.expressions import Delta, total
from bplab.symbolic.theorems.normalization import (
    delta,
    eps,
    gamma,
    j,
    m,
    mu,
    r,
    root_prime,
    s,
    sigma,
    v,
    x,
    x_hat,
)

PROOF = THEOREMS["batch-norm"].proof
SUM = total(delta[r, j], r)
PRODUCTS = total(delta[r, j] * x_hat[r, j], r)
SCALE = gamma[j] / (m * sigma[j])


def test_the_three_terms():
    three = m * delta[s, j] - SUM - x_hat[s, j] * PRODUCTS
    assert equal(PROOF.claim[1], SCALE * three)


# What is forgotten, and the smallest batch in which that shows.
MISTAKES = {
    "mean": (SCALE * (m * delta[s, j] - x_hat[s, j] * PRODUCTS), 1),
    "variance": (SCALE * (m * delta[s, j] - SUM), 2),
    "mean and variance": (gamma[j] / sigma[j] * delta[s, j], 1),
    "hat of x": (SCALE * (m * delta[s, j] - SUM - x[s, j] * total(delta[r, j] * x[r, j], r)), 1),
    "1/m": (PROOF.end * m, 2),
    "1/σ": (PROOF.end * sigma[j], 2),
}


@pytest.mark.parametrize(("wrong", "size"), MISTAKES.values(), ids=MISTAKES)
def test_wrong_forms_are_refuted_by_the_smallest_batch(wrong, size):
    assert not equal(PROOF.end, wrong)
    # x̂ and μ are opened, so that the values are those of a batch; ε makes up for any σ.
    opened = frozenset({x_hat, mu})
    example = counterexample(PROOF.end, wrong, PROOF.model, opened=opened)
    assert example.widths["m"] == size
    assert example.left != example.right


def test_the_gradient_of_one_sample_is_zero_but_not_without_the_mean():
    example = counterexample(
        PROOF.end, MISTAKES["mean"][0], PROOF.model, opened=frozenset({x_hat, mu})
    )
    assert str(example) == (
        "with m = 1, n = 1; j = 0, s = 0; 1/sigma[0] = 1, delta[0,0] = 1, gamma[0] = 1: "
        "left 0, right 1"
    )


def start_of_proof(steps):
    return replace(PROOF, steps=PROOF.steps[:steps])


@pytest.mark.parametrize(
    "wrong",
    [
        total(delta[r, j] * Delta(r, s), r) / sigma[j],
        total(delta[r, j] * (Delta(r, s) - 1 / m), r) / sigma[j],
    ],
    ids=["μ and σ as constants", "σ as a constant"],
)
def test_the_quotient_rule_cannot_forget_what_depends_on_x(wrong):
    with pytest.raises(FalseStep, match="does not follow by chain rule"):
        start_of_proof(2).step(gamma[j] * wrong, chain_rule, "forget")


def test_the_root_must_have_its_own_derivative():
    before = start_of_proof(6)
    without_half = before.end.xreplace({root_prime[j]: 1 / sigma[j]})
    with pytest.raises(FalseStep, match="does not follow by definition of root′"):
        before.step(without_half, definition(root_prime[j]), "forget the ½")


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_variance_is_the_mean_of_squared_deviations(size):
    """Its definition is multiplied out, as the guards demand; here it is written out."""
    written = WrittenOut({m: size, j.range: 1}, PROOF.model, opened=frozenset({mu}))
    got = written.write(PROOF.model.definitions[v].value, {j: 0}, differentiate=False)
    column = [written.symbol(x[s, j], {s: row, j: 0}) for row in range(size)]
    mean = sum(column) / sympy.Integer(size)
    variance = sum((value - mean) ** 2 for value in column) / size
    assert sympy.expand(got.subs(m, size) - variance - eps) == 0


def test_it_reads_as_in_the_books():
    proof = THEOREMS["batch-norm-gamma"].proof
    assert latex(proof.end) == r"\sum_{s} \delta_{sj} \hat{x}_{sj}"
    assert plain(proof.end) == "Σ_s δ[s,j]·x̂[s,j]"
