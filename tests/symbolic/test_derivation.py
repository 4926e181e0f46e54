import copy
import json

import pytest
import sympy

from bplab.symbolic import (
    THEOREMS,
    Derivation,
    FalseStep,
    Model,
    Reason,
    Tensor,
    activation,
    algebra,
    assuming,
    chain_rule,
    definition,
    derivation_from_json,
    derivation_to_json,
    index,
    partial,
    total,
)
from bplab.symbolic.induction import Induction

x, y, a = (Tensor(name, ("n",)) for name in "xya")
j, k = index("j", "n"), index("k", "n")
sigma = activation("sigma")
model = Model().define(a[j], sigma(x[j]))


def test_a_false_step_raises_and_names_both_lines():
    with pytest.raises(FalseStep, match=r'"no" does not follow by algebra: x\[j\] is not y\[j\]'):
        Derivation("d", x[j]).step(y[j], algebra, "no")


def test_a_reason_allows_only_what_it_names():
    start = Derivation("d", a[j], model)
    assert start.step(sigma(x[j]), definition(a[j]), "put in").end == sigma(x[j])
    for reason in (algebra, chain_rule, definition(a[j])):
        line = Derivation("d", partial(a[j], x[j]), model)
        if reason == chain_rule:
            assert line.step(sigma.prime(x[j]), reason, "differentiate").methods["cutoff"]
        else:
            with pytest.raises(FalseStep):
                line.step(sigma.prime(x[j]), reason, "differentiate")
    with pytest.raises(FalseStep):
        start.step(sigma(x[j]), algebra, "not by algebra alone")


def test_a_definition_inside_a_definition_is_opened_by_both_methods():
    nested = model.define(y[j], 2 * a[j])
    line = Derivation("d", y[j], nested)
    assert line.step(2 * sigma(x[j]), definition(y[j], a[j]), "put both in").end == 2 * sigma(x[j])
    with pytest.raises(FalseStep):
        line.step(2 * sigma(x[j]), definition(y[j]), "put one in")


def test_a_hypothesis_is_used_only_as_often_as_its_cofactor_says():
    line = Derivation("d", x[j] * total(y[k], k))
    by = assuming(total(y[k], k), 1, cofactor=x[j])
    assert line.step(x[j], by, "sum to one").hypotheses[0].right == 1
    with pytest.raises(FalseStep):
        line.step(2 * x[j], by, "sum to two")
    with pytest.raises(FalseStep):
        line.step(x[j], assuming(total(y[k], k), 1), "no cofactor")


def test_a_label_cannot_lie():
    for kind in ("algebra", "chain rule", "anything"):
        with pytest.raises(ValueError, match="must use what it says"):
            Reason(kind, names=(a[j],))
    with pytest.raises(ValueError, match="must use what it says"):
        Reason("definition of")
    with pytest.raises(ValueError, match="must use what it says"):
        Reason("assuming", names=(a[j],))


def test_a_derivation_without_steps_shows_its_start():
    assert "x_{j}" in Derivation("d", x[j]).latex()


def test_a_line_may_not_bring_in_a_new_index():
    with pytest.raises(FalseStep, match="an index that the start has not"):
        Derivation("d", total(x[j], j)).step(x[k], algebra, "pick one")


@pytest.mark.parametrize(
    "name", [n for n, t in THEOREMS.items() if isinstance(t.proof, Derivation)]
)
def test_a_proof_can_be_checked_again_from_json(name):
    proof = THEOREMS[name].proof
    again = derivation_from_json(json.loads(json.dumps(derivation_to_json(proof))))
    assert str(again) == str(proof)
    assert again.claim == proof.claim
    assert again.methods == proof.methods
    assert all(again.methods.values())


def test_a_tampered_proof_is_refused():
    data = derivation_to_json(THEOREMS["BP2"].proof)
    tampered = copy.deepcopy(data)
    tampered["steps"][-1]["expr"] = tampered["steps"][-2]["expr"][:2]
    with pytest.raises((FalseStep, ValueError)):
        derivation_from_json(tampered)
    dropped = copy.deepcopy(data)
    del dropped["steps"][1]
    del dropped["steps"][1]
    assert derivation_from_json(dropped).methods["cutoff"]  # fewer lines, each still true
    dropped["steps"] = dropped["steps"][-1:]
    with pytest.raises(FalseStep):  # from δ to the end by algebra alone
        derivation_from_json(dropped)
    with pytest.raises(ValueError, match="kind must be one of"):
        derivation_from_json({**data, "start": ["code", "import os"]})


def test_rendering_shows_each_line_with_its_reason():
    proof = THEOREMS["BP2"].proof
    assert (
        str(proof).splitlines()[-1].startswith("  = (Σ_j W^(l+1)[j,k]·δ^(l+1)[j])·σ′(z^l[k])    [")
    )
    assert (
        r"\Bigl(\sum_{j} W^{l + 1}_{jk} \delta^{l + 1}_{j}\Bigr) \sigma'(z^{l}_{k})"
        in proof.latex()
    )
    bundle = proof._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/latex"}


def test_an_induction_needs_its_pieces_to_fit():
    base, step = THEOREMS["BP1"].proof, THEOREMS["BP2"].proof
    ell, L = sympy.symbols("l L")
    assert Induction(base, step, ell, L).methods == {"canonical": True, "cutoff": True}
    with pytest.raises(FalseStep, match="the base"):
        Induction(base, step, ell, L + 1)
    with pytest.raises(FalseStep, match="one layer up"):
        Induction(base, step, L, L)
