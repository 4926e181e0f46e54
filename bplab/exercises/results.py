"""What a check says: a `CheckResult`, and a `Note` for hints and solutions.

Both show themselves: as plain text, as HTML that survives JupyterLab's sanitiser (words and signs,
no colours, no scripts), and a result also as JSON that tests and graders read.
"""

from dataclasses import asdict, dataclass
from html import escape
from typing import Any, Literal

Status = Literal["not attempted", "passed", "failed"]
JSON_TYPE = "application/vnd.bplab.check+json"
SIGNS: dict[Status, str] = {"not attempted": "○", "passed": "✓", "failed": "✗"}


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    `diagnosis` says what is probably wrong, `mistake` names the known mistake it is, `details` are
    labelled facts (called, got, expected, …), `data` is the longer record, folded in HTML.
    """

    exercise: str
    title: str
    status: Status
    message: str
    points: float
    diagnosis: str = ""
    mistake: str = ""
    details: tuple[tuple[str, str], ...] = ()
    data: str = ""
    next_step: str = ""

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    def __bool__(self) -> bool:
        """So that `assert check(…)` cannot pass by accident."""
        return self.passed

    @property
    def score(self) -> float:
        """All points for a pass, else none."""
        return self.points if self.passed else 0

    @property
    def headline(self) -> str:
        return f"{SIGNS[self.status]} {self.exercise} {self.title}: {self.message}"

    def __str__(self) -> str:
        lines = [self.headline]
        if self.diagnosis:
            lines.append(f"  {self.diagnosis}")
        lines += [f"  {line}" for line in self._facts()]
        if self.next_step:
            lines.append(f"  Next: {self.next_step}")
        return "\n".join(lines)

    __repr__ = __str__

    def _facts(self) -> list[str]:
        """The details as lines, the labels in a column of their own."""
        width = max((len(label) for label, _ in self.details), default=0)
        return [
            f"{label if n == 0 else '':<{width}}  {line}"
            for label, text in self.details
            for n, line in enumerate(text.split("\n"))
        ]

    def _html(self) -> str:
        parts = [f"<p><strong>{escape(self.headline)}</strong></p>"]
        if self.diagnosis:
            parts.append(f"<p>{escape(self.diagnosis)}</p>")
        if self.details:
            # Not a table: JupyterLab sets the text in tables flush right.
            parts.append(f"<pre>{escape(chr(10).join(self._facts()))}</pre>")
        if self.data:
            parts.append(_folded("The whole call", self.data))
        if self.next_step:
            parts.append(f"<p>Next: {escape(self.next_step)}</p>")
        return f"<div>{''.join(parts)}</div>"

    def to_json(self) -> dict[str, Any]:
        """Everything as plain JSON values."""
        return {
            **asdict(self),
            "details": [{"label": label, "text": text} for label, text in self.details],
            "score": self.score,
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": str(self), "text/html": self._html(), JSON_TYPE: self.to_json()}


@dataclass(frozen=True)
class Note:
    """A hint or a solution: a headline, and text or code below it."""

    headline: str
    body: str = ""
    code: str = ""

    def __str__(self) -> str:
        return "\n\n".join(part for part in (self.headline, self.body, self.code) if part)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        html = f"<p><strong>{escape(self.headline)}</strong></p>"
        if self.body:
            html += f"<p>{escape(self.body)}</p>"
        if self.code:
            html += f"<pre><code>{escape(self.code)}</code></pre>"
        return {"text/plain": str(self), "text/html": f"<div>{html}</div>"}


def _folded(summary: str, text: str) -> str:
    body = f"<pre>{escape(text)}</pre>"
    return f"<details><summary>{escape(summary)}</summary>{body}</details>"
