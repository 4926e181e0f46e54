"""Proofs for every width: tensors with typed indices, checked derivations, the theorems.

Start with `theorems/dense.py`, which reads like the chapter of a book. What a proof here means, and
what it trusts, stands in `docs/proofs.md`.
"""

from bplab.symbolic.codegen import Generated, to_numpy
from bplab.symbolic.counterexamples import Counterexample, counterexample
from bplab.symbolic.derivation import (
    Derivation,
    FalseStep,
    Reason,
    algebra,
    assuming,
    chain_rule,
    definition,
)
from bplab.symbolic.equality import MethodsDisagree, Verdict, equal
from bplab.symbolic.expressions import (
    Delta,
    GuardError,
    Index,
    Tensor,
    activation,
    index,
    partial,
    total,
)
from bplab.symbolic.lattice import Grid, Same, position, size
from bplab.symbolic.model import Model
from bplab.symbolic.parsing import FormulaError, parse
from bplab.symbolic.rendering import latex, plain
from bplab.symbolic.serialization import derivation_from_json, derivation_to_json
from bplab.symbolic.theorems import THEOREMS, Theorem, theorem

__all__ = [
    "THEOREMS",
    "Counterexample",
    "Delta",
    "Derivation",
    "FalseStep",
    "FormulaError",
    "Generated",
    "Grid",
    "GuardError",
    "Index",
    "MethodsDisagree",
    "Model",
    "Reason",
    "Same",
    "Tensor",
    "Theorem",
    "Verdict",
    "activation",
    "algebra",
    "assuming",
    "chain_rule",
    "counterexample",
    "definition",
    "derivation_from_json",
    "derivation_to_json",
    "equal",
    "index",
    "latex",
    "parse",
    "partial",
    "plain",
    "position",
    "size",
    "theorem",
    "to_numpy",
    "total",
]
