"""Checks every rule: proof, generated code, complex step, exact arithmetic, planted mistakes."""

import difflib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bplab import exact, gradients
from bplab.rulebook.rule import Arrays, Rule
from bplab.rulebook.rules import RULES
from bplab.symbolic import THEOREMS, to_numpy

TOLERANCE = 1e-12


class UnknownRule(ValueError):
    """A name that is not in `RULES`."""


@dataclass(frozen=True)
class RuleReport:
    """What `verify` found about one rule."""

    name: str
    proved: bool
    methods: dict[str, bool]
    generated: bool
    numeric: dict[str, float]
    exact: bool
    mistakes: dict[str, int]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return (
            self.proved
            and self.generated
            and self.numeric["max_relative_error"] <= TOLERANCE
            and self.exact
            and self.mistakes["rejected"] == self.mistakes["total"]
        )


@dataclass(frozen=True)
class Report:
    """What `verify` found."""

    rows: tuple[RuleReport, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every rule passed everything."""
        return all(row.ok for row in self.rows)

    def to_json(self) -> str:
        """The report as JSON text."""
        rows = [asdict(row) for row in self.rows]
        return json.dumps({"rules": rows, "seconds": self.seconds}, indent=2, ensure_ascii=False)


def verify(
    names: Sequence[str] = (),
    *,
    progress: Callable[[Sequence[Rule]], Iterable[Rule]] = lambda rules: rules,
) -> Report:
    """Prove, compute and check the named rules, or all of them.

    progress wraps the rules as they are worked through, as `tqdm` does.
    Raises: UnknownRule with the nearest names.

    >>> report = verify(["sigmoid"])
    >>> report.ok, report.rows[0].mistakes
    (True, {'rejected': 7, 'total': 7})
    """
    start = time.perf_counter()
    rules = [_find(name) for name in names] or list(RULES.values())
    rows = tuple(verify_rule(rule) for rule in progress(rules))
    return Report(rows, time.perf_counter() - start)


def _find(name: str) -> Rule:
    if name not in RULES:
        near = difflib.get_close_matches(name, RULES, n=3, cutoff=0.4) or list(RULES)
        raise UnknownRule(f"no rule is called {name!r}; did you mean {', '.join(near)}?")
    return RULES[name]


def verify_rule(rule: Rule) -> RuleReport:
    """Everything that is checked about one rule."""
    start = time.perf_counter()
    proofs = [THEOREMS[name].proof for name in (rule.theorem, *rule.forms)]
    methods: dict[str, bool] = {}
    for name, holds in (verdict for proof in proofs for verdict in proof.methods.items()):
        methods[name] = methods.get(name, True) and holds
    generated = to_numpy(proofs[0])
    rejected = sum(is_rejected(rule, wrong) for wrong in rule.mistakes.values())
    reports = [gradient_report(rule, rule.backward, case) for case in cases(rule)]
    return RuleReport(
        name=rule.name,
        proved=all(methods.values()),
        methods=methods,
        generated=all(agrees_with_generated(rule, generated, case) for case in cases(rule)),
        numeric={"max_relative_error": max(report.max_relative_error for report in reports)},
        exact=all(exact_report(rule, rule.backward, case) for case in cases(rule)),
        mistakes={"rejected": rejected, "total": len(rule.mistakes)},
        seconds=time.perf_counter() - start,
    )


def cases(rule: Rule) -> list[Arrays]:
    """The rule's samples, always the same."""
    return [
        rule.sample(np.random.default_rng(seed), sizes) for seed, sizes in enumerate(rule.sizes)
    ]


def gradient_report(rule: Rule, backward: Callable[..., Any], case: Arrays) -> Any:
    """The complex step's verdict on `backward`."""
    p, *consts = case
    gradient = rule.gradient(backward)
    return gradients.check(lambda p: rule.cost(p, *consts), lambda p: gradient(p, *consts), p)


def exact_report(rule: Rule, backward: Callable[..., Any], case: Arrays) -> Any:
    """The exact check's verdict on `backward`."""
    p, *consts = case
    return exact.check(rule.cost, rule.gradient(backward), p, consts)


def agrees_with_generated(rule: Rule, generated: Any, case: Arrays) -> bool:
    """Whether the hand-written code is the code generated from the proof."""
    names = rule.names(*case)
    got, expected = rule.call(rule.backward, **names), rule.read(generated, **names)
    return got.shape == expected.shape and np.allclose(got, expected, rtol=TOLERANCE, atol=0.0)


def is_rejected(rule: Rule, wrong: Callable[..., Any]) -> bool:
    """Whether each check finds the mistake on some case; a crash elsewhere does not count."""
    return all(
        any(not _report_or_crash(judge, rule, wrong, case) for case in cases(rule))
        for judge in (gradient_report, exact_report)
    )


def _report_or_crash(judge: Any, rule: Rule, wrong: Callable[..., Any], case: Arrays) -> bool:
    try:
        return bool(judge(rule, wrong, case))
    except ValueError:
        return True  # shapes that do not fit: NumPy found it, not the check
