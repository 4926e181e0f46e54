"""What a result was made of, as one number: whether it has to be made again."""

import hashlib
import json
from dataclasses import asdict

from bplab import __version__
from bplab.grading.assignment import Assignment
from bplab.grading.settings import Settings
from bplab.grading.submissions import Submission


def digest(assignment: Assignment, submission: Submission, settings: Settings) -> str:
    """Identifies a result: the same parts give the same marks."""
    parts = [__version__, assignment.texts, asdict(submission), settings.to_json()]
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
