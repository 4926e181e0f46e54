"""The rulebook holds, and its checks fail when a row is spoilt."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bplab.rulebook import RULES, UnknownRule, verification, verify
from bplab.rulebook.verification import is_rejected, verify_rule
from bplab.symbolic import THEOREMS


@pytest.mark.parametrize("name", RULES)
def test_every_rule_holds_and_every_mistake_is_rejected(name):
    row = verify_rule(RULES[name])
    assert row.ok, row
    assert len(row.methods) >= 2
    assert row.mistakes["total"] >= 4


@pytest.mark.parametrize("name", RULES)
def test_a_row_whose_code_is_wrong_fails_everything_numerical(name):
    rule = RULES[name]
    wrong = next(iter(rule.mistakes.values()))
    row = verify_rule(replace(rule, backward=wrong, sizes=_only_square(rule)))
    assert not row.ok
    assert not row.exact
    assert not row.generated
    assert row.numeric["max_relative_error"] > 1e-3


def _only_square(rule):
    return [dict.fromkeys(rule.sizes[0], 4)]


@pytest.mark.parametrize("name", RULES)
def test_a_tiny_relative_fault_is_found_by_the_exact_check(name):
    rule = RULES[name]

    def almost(*args):
        result = rule.backward(*args)
        if isinstance(result, tuple):
            return tuple(gradient * (1 + 1e-9) for gradient in result)
        return result * (1 + 1e-9)

    assert not verification.exact_report(rule, almost, verification.cases(rule)[0])


def test_what_is_right_does_not_count_as_a_rejected_mistake():
    rule = RULES["BP2"]
    assert not is_rejected(rule, rule.backward)
    assert not is_rejected(rule, lambda delta, W, s: s * (delta @ W))
    row = verify_rule(replace(rule, mistakes={"none": rule.backward}))
    assert row.mistakes == {"rejected": 0, "total": 1}
    assert not row.ok


def test_a_crash_is_not_a_rejection():
    def crash(*args):
        raise ValueError("shapes do not fit")

    assert not is_rejected(RULES["BP4"], crash)


def test_a_row_with_the_theorem_of_another_rule_fails():
    swapped = replace(RULES["sigmoid"], theorem="tanh", read=lambda g, z, w: w * g(z=z))
    assert not verify_rule(swapped).generated


def test_the_report_as_json():
    report = json.loads(verify(["BP2", "gelu"]).to_json())
    assert [row["name"] for row in report["rules"]] == ["BP2", "gelu"]
    first = report["rules"][0]
    assert first["proved"] is True
    assert first["methods"] == {"canonical": True, "cutoff": True}
    assert first["exact"] is True
    assert 0 < first["numeric"]["max_relative_error"] < 1e-12
    assert first["mistakes"] == {"rejected": 6, "total": 6}
    assert 0 < first["seconds"] <= report["seconds"]


def test_an_unknown_rule_is_named_with_its_neighbours():
    with pytest.raises(UnknownRule, match="no rule is called 'BP5'; did you mean BP"):
        verify(["BP5"])


def test_progress_sees_every_rule():
    seen = []

    def progress(rules):
        for rule in rules:
            seen.append(rule.name)
            yield rule

    verify(["BP1", "BP3"], progress=progress)
    assert seen == ["BP1", "BP3"]


def test_every_theorem_belongs_to_a_rule():
    used = [name for rule in RULES.values() for name in (rule.theorem, *rule.forms)]
    assert sorted(used) == sorted(THEOREMS)


def test_a_rule_with_an_unproved_form_fails(monkeypatch):
    methods = {"canonical": True, "cutoff": False}
    monkeypatch.setattr(type(THEOREMS["depth"].proof), "methods", methods)
    row = verify_rule(RULES["BP2"])
    assert row.methods == methods
    assert not row.proved
    assert not row.ok


def test_rules_carry_their_equations():
    assert RULES["BP2"].equation.endswith(r"\sigma'(z^{l}_{sk})")
    assert all(rule.source and rule.shapes and rule.title for rule in RULES.values())


def test_samples_are_the_same_every_time_and_never_zero():
    for rule in RULES.values():
        for first, second in zip(verification.cases(rule), verification.cases(rule), strict=True):
            for a, b in zip(first, second, strict=True):
                np.testing.assert_array_equal(a, b)
                assert np.all(a != 0)
