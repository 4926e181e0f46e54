"""The table of all rules, one module a topic, named as in `numeric` and `symbolic/theorems`.

A mistake that divides by m divides by m + 1 here, so that it is one for a batch of one sample too.
"""

from bplab.rulebook.rule import Rule
from bplab.rulebook.rules import (
    activations,
    convolution,
    dense,
    dropout,
    flatten,
    losses,
    normalization,
    pooling,
    recurrent,
)

RULES: dict[str, Rule] = {
    rule.name: rule
    for topic in (
        dense,
        activations,
        losses,
        normalization,
        dropout,
        recurrent,
        convolution,
        pooling,
        flatten,
    )
    for rule in topic.RULES
}
