"""Honest submissions get what they deserve, whatever their tests do."""

import pytest

from bplab.grading.assignment import Assignment
from bplab.grading.pool import Pool
from bplab.grading.settings import Settings
from tests.grading.conftest import grader, scores
from tests.grading.honest import PAIRS, pairs
from tests.grading.notebooks import (
    DOUBLE,
    IMPORTS,
    STUB,
    answer,
    cell,
    notebook,
    submission,
    test_cell,
)


@pytest.fixture(scope="module")
def grade_pairs():
    settings = Settings(seconds=10, unsafe=True)
    with Pool(Assignment("pairs", {"pairs": pairs()}), settings, workers=1) as pool:
        yield grader(pool)


def test_every_kind_of_solution_passes_its_test(grade_pairs):
    marks = grade_pairs(pairs())
    failed = {mark.question: mark.message for mark in marks.marks if mark.status != "passed"}
    assert failed == {}
    assert marks.outcome == "graded"
    assert marks.points == len(PAIRS) + 1


def test_every_test_can_fail(grade_pairs):
    stubs = [answer("raise NotImplementedError", name) for name in [*PAIRS, "helpers"]]
    assert grade_pairs(notebook(IMPORTS, *stubs)).total == 0


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, (1, 2, 3)),
        ({"mean": STUB}, (0, 2, 3)),
        ({"double": "def double(x): return x"}, (1, 0, 3)),
        ({"mean": "def mean(x): return 2.0"}, (0, 2, 3)),
        ({"double": "import statistics\n" + DOUBLE, "last": STUB}, (1, 2, 0)),
    ],
)
def test_marks_by_question(answers, expected, grade):
    assert tuple(scores(grade(submission(**answers))).values()) == expected


def test_a_hidden_test_says_only_that_it_failed(grade):
    marks = grade(submission(mean="def mean(x): return 2.0")).marks
    assert (marks[0].message, marks[0].hidden) == ("a hidden test failed", True)


def test_a_visible_test_says_what_was_wrong_and_where(grade):
    marks = grade(submission(last="def last(items):\n    return items[7]"))
    assert marks.marks[2].message == (
        "assert last([1, 2, 3]) == 3\nIndexError: list index out of range · line 2"
    )


def test_stderr_fails_a_test_as_with_nbgrader(grade):
    warns = "import warnings\ndef last(items):\n    warnings.warn('old')\n    return items[-1]"
    assert scores(grade(submission(last=warns)))["test-last"] == 0


def test_marks_are_the_same_in_a_second_run(grade):
    random = "def double(x): return 2 * x if np.random.rand() < 0.5 else x"
    assert len({grade(submission(double=random)).total for _ in range(4)}) == 1


def graded_by(test: str, *cells: dict, solution: str = "x = 1") -> tuple[float | None, str]:
    """What a single test of 4 points gives."""
    text = notebook(*cells, answer(solution, "a"), test_cell(test, "t", 4))
    settings = Settings(seconds=5, unsafe=True)
    with Pool(Assignment("one", {"one": text}), settings, workers=1) as pool:
        (mark,) = grader(pool)(text).marks
    return mark.score, mark.message


@pytest.mark.parametrize(
    ("last", "score"),
    [
        ("2.5", 2.5),
        ("0", 0),
        ("4", 4),
        ("True", 4),
        ("'1'", 4),
        ("-1", 4),
        ("1.5;", 4),
        ("None", 4),
    ],
)
def test_a_number_at_the_end_of_a_test_is_the_score(last, score):
    from bplab.grading.checker import partial_score, run_cell

    assert partial_score(run_cell(f"y = 1\n{last}", "<test>", {}), 4)[0] == score


def test_a_number_above_the_points_is_a_fault_of_the_test():
    from bplab.grading.checker import partial_score

    assert partial_score(5, 4) == (0, "the test gave 5 points, which is more than 4")


def test_names_come_from_the_source_and_the_answer_from_the_student():
    given = cell("import numpy as np\nLIMIT = 3\ndef near(a, b):\n    return abs(a - b) < LIMIT")
    assert graded_by("assert near(x, 2) and np.sqrt(4) == 2", given)[0] == 4


def test_a_question_for_a_human_has_no_score():
    text = notebook(
        answer("x = 1", "a"),
        test_cell("assert x == 1", "t", 1),
        cell("YOUR ANSWER HERE", "essay", "markdown", grade=True, solution=True, points=5),
    )
    settings = Settings(seconds=5, unsafe=True)
    with Pool(Assignment("one", {"one": text}), settings, workers=1) as pool:
        empty = grader(pool)(text)
        full = grader(pool)(text.replace("YOUR ANSWER HERE", "Because."))
    assert (empty.outcome, scores(empty)) == ("graded", {"t": 1, "essay": 0})
    assert (full.outcome, scores(full)) == ("needs a human", {"t": 1, "essay": None})
    assert full.reason == "to be marked by hand: essay"


MODULE = """
from bplab.exercises import CodeExercise, Mistake, samples

def last(x):
    return x[-1]

LAST = CodeExercise(
    id="week4.1", title="the last item", reference=last, samples=samples({"x": ("n",)}),
    hints=("a", "b", "c"),
    mistakes=tuple(
        Mistake(name, lambda x, n=n: x[n] if n < len(x) else 0.0, f"This is the {name} item.")
        for n, name in enumerate(("first", "second", "third"))
    ),
)
"""
EXERCISE_TEST = """### BEGIN HIDDEN TESTS
from week4 import LAST
result = LAST.check(last)
assert result.passed, str(result)
### END HIDDEN TESTS"""


def test_an_own_exercise_gives_its_diagnosis_and_no_inputs(tmp_path):
    (tmp_path / "week4.py").write_text(MODULE)
    text = notebook(answer("def last(x): return x[0]", "last"), test_cell(EXERCISE_TEST, "t", 1))
    settings = Settings(seconds=5, unsafe=True)
    assignment = Assignment("own", {"own": text})
    with Pool(assignment, settings, workers=1, folder=tmp_path) as pool:
        (wrong,) = grader(pool)(text).marks
        (right,) = grader(pool)(text.replace("x[0]", "x[len(x) - 1]")).marks
    assert (wrong.score, wrong.mistake) == (0, "first")
    assert wrong.message == "a hidden test failed\nThis is the first item."
    assert (right.score, right.status) == (1, "passed")
