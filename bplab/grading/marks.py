"""What one student got: marks, written as a `results.json` in Gradescope's format.

The file is also the store: what it says of marks is all there is, so that an interrupted run can be
resumed from these files alone.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["passed", "partial", "failed", "by hand"]
Outcome = Literal["graded", "needs a human", "unreadable"]
GRADED: Outcome = "graded"
NEEDS_HUMAN: Outcome = "needs a human"
UNREADABLE: Outcome = "unreadable"


@dataclass(frozen=True)
class Mark:
    """What one question got. `score` is None if a human has to mark it.

    `message` may be shown to the student: a hidden test says only that it is one. `mistake` names
    the known mistake that was made. `strange` says what could not be sent or compared between the
    processes, so that the mark may be wrong; it is for the instructor alone.
    """

    question: str
    score: float | None
    points: float
    status: Status
    message: str = ""
    exercise: str = ""
    mistake: str = ""
    hidden: bool = False
    strange: str = ""

    @property
    def got(self) -> float:
        return self.score or 0.0


@dataclass(frozen=True)
class Marks:
    """All that one student got, and how: the seconds, the layers of isolation, what it was made of.

    `notes` are for the instructor. `digest` identifies the submission, assignment and settings.
    """

    student: str
    outcome: Outcome
    reason: str
    marks: tuple[Mark, ...]
    seconds: float = 0.0
    isolation: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    digest: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def full_reason(self) -> str:
        """The reason with what only the instructor is told."""
        strange = [f"{mark.question}: {mark.strange}" for mark in self.marks if mark.strange]
        return "; ".join(filter(None, [self.reason, *strange]))

    @property
    def total(self) -> float:
        return sum(mark.got for mark in self.marks)

    @property
    def points(self) -> float:
        return sum(mark.points for mark in self.marks)

    def to_results(self) -> dict[str, Any]:
        """The content of results.json."""
        own = asdict(self)
        return {
            "score": self.total,
            "execution_time": round(self.seconds, 3),
            "visibility": "visible",
            "output": self.reason,
            "tests": [_test(mark) for mark in self.marks],
            "extra_data": own,
        }

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> "Marks":
        """The marks whose fields, as JSON, these are. Raises: KeyError or TypeError."""
        own = dict(fields)
        own["marks"] = tuple(Mark(**mark) for mark in own["marks"])
        own |= {"isolation": tuple(own["isolation"]), "notes": tuple(own["notes"])}
        return cls(**own)


def _test(mark: Mark) -> dict[str, Any]:
    return {
        "name": mark.question,
        "score": mark.got,
        "max_score": mark.points,
        "status": "passed" if mark.status == "passed" else "failed",
        "output": mark.message,
        "visibility": "visible",
    }
