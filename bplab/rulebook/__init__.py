"""The rulebook: one row per rule of backpropagation, and `verify`, which checks every row.

`verify` proves a rule's theorem by its methods, generates NumPy from the proof and compares it with
the hand-written code, checks that code with the complex step and with exact arithmetic, and demands
that both checks reject every known mistake. Tables in the lessons are made from these rows.
"""

from bplab.rulebook.rule import Rule
from bplab.rulebook.rules import RULES
from bplab.rulebook.verification import Report, RuleReport, UnknownRule, verify

__all__ = ["RULES", "Report", "Rule", "RuleReport", "UnknownRule", "verify"]
