"""A value that cannot be sent or compared between the processes is for a human, not just wrong."""

import json

import pytest

from bplab.grading.assignment import Assignment
from bplab.grading.marks import Marks
from bplab.grading.pool import Pool
from bplab.grading.reports.feedback import feedback
from bplab.grading.reports.grades import grades
from bplab.grading.settings import Settings
from tests.grading.conftest import grader
from tests.grading.notebooks import IMPORTS, answer, cell, notebook, submission, test_cell

PAIRS = {  # a right answer, its test, and what is told
    "date": ("def f(): return date(2024, 2, 29)", "assert f() == date(2024, 2, 29)", "date"),
    "decimal": ("def f(): return Decimal('0.1')", "assert f() < 1", "Decimal"),
    "path": ("def f(): return Path('a') / 'b'", "assert isinstance(f(), Path)", "PosixPath"),
    "argument": ("def f(day): return day.year", "assert f(date(2024, 1, 1)) == 2024", "a date"),
    "variable": ("f = date(2024, 2, 29)", "assert f == date(2024, 2, 29)", "date"),
    "records": ("def f(): return np.zeros(1, 'i4,i4')", "assert f()['f0'] == 0", "an array of"),
    "matrix": ("def f(): return np.matrix([[2]])", "assert f() == 2", "a matrix"),
    "polynomial": (
        "def f(): return np.poly1d([1, 2])",
        "assert f() == np.poly1d([1, 2])",
        "poly1d",
    ),
    "type": ("def f(): return Decimal", "assert f() is Decimal", "Decimal"),
    "nested": ("def f(): return [date(2024, 1, 1)]", "assert f() == [date(2024, 1, 1)]", "date"),
    "hidden": (
        "def f(x): return type(f'saw{x}', (), {'__eq__': lambda *how: True})()",
        "### BEGIN HIDDEN TESTS\nassert f(4711) == 1\n### END HIDDEN TESTS",
        "saw4711",
    ),
}
HONEST = {  # a wrong answer, and its test
    "generator": ("def f():\n    yield 3", "assert list(f()) == [4]"),
    "number": ("def f(): return 3", "assert f() == 4"),
    "array": ("def f(): return np.ones(3)", "assert np.allclose(f(), 2)"),
    "stub": ("def f(): raise NotImplementedError", "assert f() == 4"),
    "class": ("class f:\n    def __eq__(self, other): return False", "assert f() == f()"),
}
HEAD = "from datetime import date\nfrom decimal import Decimal\nfrom pathlib import Path"


def one_of(pairs: dict) -> str:
    cells = [IMPORTS, cell(HEAD)]
    for name, (solution, test, *_) in pairs.items():
        cells += [answer(solution, name), test_cell(test, f"test-{name}", 1)]
    return notebook(*cells)


@pytest.fixture(scope="module")
def source() -> Assignment:
    return Assignment("demo", {"demo": one_of(PAIRS | HONEST)})


@pytest.fixture(scope="module")
def marks(source) -> Marks:
    with Pool(source, Settings(seconds=5, unsafe=True), workers=1) as pool:
        return grader(pool)(source.texts["demo"])


@pytest.mark.parametrize("name", PAIRS)
def test_the_question_and_the_type_are_told(name, marks):
    (mark,) = [mark for mark in marks.marks if mark.question == f"test-{name}"]
    assert mark.status == "failed"
    assert PAIRS[name][2] in mark.strange
    assert f"test-{name}" in marks.reason


@pytest.mark.parametrize("name", HONEST)
def test_what_is_only_wrong_is_not(name, marks):
    (mark,) = [mark for mark in marks.marks if mark.question == f"test-{name}"]
    assert (mark.status, mark.strange) == ("failed", "")


def test_it_is_for_a_human_and_only_the_instructor_is_told_the_type(source, marks):
    assert marks.outcome == "needs a human"
    assert "saw4711" in grades(source, [marks])
    told = marks.to_results()
    del told["extra_data"]
    for page in (feedback(source, marks), json.dumps(told)):
        assert "4711" not in page
        assert "test-hidden" in page


def test_who_passes_is_not_doubted(grade):
    extra = "import datetime\ntoday = datetime.date.today()"
    assert grade(submission(last=f"{extra}\ndef last(items): return items[-1]")).outcome == "graded"
