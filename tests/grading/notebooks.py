"""Small assignments and submissions for the tests of grading, as JSON texts."""

import json
from typing import Any

FLAGS = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}


def cell(source: str, grade_id: str = "", kind: str = "code", **marks: Any) -> dict[str, Any]:
    """A cell; with a grade_id it carries nbgrader's metadata."""
    metadata = {"nbgrader": FLAGS | {"grade_id": grade_id} | marks} if grade_id else {}
    own = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": metadata, "source": source} | own


def answer(source: str, grade_id: str) -> dict[str, Any]:
    return cell(source, grade_id, solution=True)


def test_cell(source: str, grade_id: str, points: float) -> dict[str, Any]:
    return cell(source, grade_id, grade=True, locked=True, points=points)


test_cell.__test__ = False  # type: ignore[attr-defined]


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


IMPORTS = cell("import numpy as np")
MEAN_TEST = """assert np.allclose(mean(np.array([1.0, 2.0, 3.0])), 2)
### BEGIN HIDDEN TESTS
assert np.allclose(mean(np.array([10.0, 20.0])), 15), "the secret is 15"
### END HIDDEN TESTS"""
DOUBLE_TEST = """assert np.allclose(double(np.array([1.0, 2.0])), [2, 4])
assert double(21) == 42"""
LAST_TEST = """assert last([1, 2, 3]) == 3"""

MEAN = "def mean(x):\n    return np.sum(x) / len(x)"
DOUBLE = "def double(x):\n    return 2 * x"
LAST = "def last(items):\n    return items[-1]"
STUB = "raise NotImplementedError"
POINTS = {"test-mean": 1.0, "test-double": 2.0, "test-last": 3.0}


def assignment() -> str:
    """Three questions of 1, 2 and 3 points, with their solutions."""
    return submission()


def submission(mean: str = MEAN, double: str = DOUBLE, last: str = LAST) -> str:
    """The assignment with these answers."""
    return notebook(
        IMPORTS,
        answer(mean, "mean"),
        test_cell(MEAN_TEST, "test-mean", 1),
        answer(double, "double"),
        test_cell(DOUBLE_TEST, "test-double", 2),
        answer(last, "last"),
        test_cell(LAST_TEST, "test-last", 3),
    )
