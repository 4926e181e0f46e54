"""What is found to be wrong with an answer, be it a mistake an exercise lists or a general one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What is wrong: a name by which progress counts it, and words for the learner."""

    name: str
    diagnosis: str


def both(first: Finding, second: Finding) -> Finding:
    """Two findings, of which the second holds once the first is repaired; both are clauses."""
    return Finding(
        f"{first.name} + {second.name}",
        f"two things: {first.diagnosis}; and when that is repaired, {second.diagnosis}",
    )


def sentence(clause: str) -> str:
    """The clause with a capital and a full stop.

    >>> sentence("the sign is wrong")
    'The sign is wrong.'
    """
    closed = clause.endswith((".", "?", "!"))
    return clause[:1].upper() + clause[1:] + ("" if closed else ".")
