"""What is found to be wrong with an answer, be it a mistake an exercise lists or a general one."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What is wrong: a name by which progress counts it, and words for the learner."""

    name: str
    diagnosis: str


on_failure: Callable[[Exception], None] | None = None
"""Called with what a search for a finding raised; the project's own tests raise it again."""


def guarded(search: Callable[[], Finding | None]) -> Finding | None:
    """What the search finds; None if it fails, so that a check never ends in a traceback."""
    try:
        return search()
    except Exception as error:
        if on_failure:
            on_failure(error)
        return None


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
