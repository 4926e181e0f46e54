"""What a source notebook asks, and the steps of grading a submission against it."""

import pytest

from bplab.grading.assignment import (
    Assignment,
    NotANotebook,
    raw_cells,
    read_assignment,
    read_notebook,
)
from bplab.grading.names import names_of
from bplab.grading.plan import plan
from tests.grading.notebooks import (
    DOUBLE,
    IMPORTS,
    LAST,
    MEAN,
    MEAN_TEST,
    answer,
    assignment,
    cell,
    notebook,
    submission,
    test_cell,
)  # fmt: skip
from tests.lessons import LESSONS, exercises


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name[:2])
def test_a_lesson_is_an_assignment(lesson):
    questions = dict(read_assignment(lesson).questions())
    assert {name: cell.points for name, cell in questions.items()} == {
        f"check-{exercise.id.replace('.', '-')}": exercise.points
        for exercise in exercises(lesson).values()
    }


def test_roles_and_points():
    text = notebook(
        cell("import math"),
        cell("Read this", "prompt", "markdown", locked=True),
        answer("x = 1", "x"),
        test_cell("assert x", "t", 1.5),
        cell("essay", "e", "markdown", grade=True, solution=True, points=2),
        cell("do it", "task", "markdown", task=True, locked=True, points=3),
    )
    found = read_notebook("n", text)
    assert [c.role for c in found.cells] == [
        "plain",
        "locked",
        "solution",
        "test",
        "manual",
        "task",
    ]
    assert [c.points for c in found.questions] == [1.5, 2, 3]


def test_several_notebooks_have_longer_labels(tmp_path):
    for name in ("b", "a"):
        (tmp_path / f"{name}.ipynb").write_text(notebook(test_cell("1", "t", 1)))
    assert [label for label, _ in read_assignment(tmp_path).questions()] == ["a/t", "b/t"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([IMPORTS], "has no cell that gives points"),
        ([test_cell("1", "t", 1), test_cell("2", "t", 1)], "two cells with the grade_id 't'"),
        ([test_cell("1", "t", "many")], "t has no number of points"),
    ],
)
def test_a_bad_source_is_told(cells, message):
    with pytest.raises(ValueError, match=message):
        _ = Assignment("a", {"a": notebook(*cells)}).notebooks


def test_a_source_that_is_no_notebook(tmp_path):
    with pytest.raises(ValueError, match="holds no notebook"):
        read_assignment(tmp_path)
    (tmp_path / "a.ipynb").write_text("[]")
    with pytest.raises(NotANotebook, match="a is not a notebook"):
        read_assignment(tmp_path)


def test_hidden_lines():
    (found,) = read_notebook("n", notebook(test_cell(MEAN_TEST, "t", 1))).cells
    assert [found.is_hidden(line) for line in range(1, 5)] == [False, True, True, True]
    assert found.visible.strip() == MEAN_TEST.splitlines()[0]


def steps(text: str) -> list[str]:
    source = read_notebook("n", assignment())
    return [step.name for step in plan(source, raw_cells(text, "s"))]


def test_the_order_is_the_submissions():
    assert steps(submission()) == [
        "<cell 1>", "<cell mean>", "<cell test-mean>", "<cell double>", "<cell test-double>",
        "<cell last>", "<cell test-last>",
    ]  # fmt: skip


def test_deleted_tests_come_back_where_their_answers_are():
    text = notebook(IMPORTS, answer(MEAN, "mean"), answer(DOUBLE, "double"), answer(LAST, "last"))
    assert steps(text)[-3:] == ["<cell test-mean>", "<cell test-double>", "<cell test-last>"]


def test_a_locked_cell_is_the_sources():
    source = read_notebook(
        "n", notebook(cell("x = 1", "given", locked=True), test_cell("assert x", "t", 1))
    )
    tampered = notebook(cell("x = 2", "given", locked=True))
    assert plan(source, raw_cells(tampered, "s"))[0].source == "x = 1"


def test_the_source_of_a_test_is_never_the_submissions():
    tampered = (
        submission().replace("secret is 15", "easy").replace("assert double", "assert 1 or double")
    )
    source = read_notebook("n", assignment())
    tests = {s.name: s.cell.source for s in plan(source, raw_cells(tampered, "s")) if s.is_test}
    assert tests["<cell test-mean>"] == MEAN_TEST
    assert "assert 1" not in tests["<cell test-double>"]


def needed(*cells) -> list[str]:
    text = notebook(
        *cells,
        answer("def f(x):\n    return np.sum(x) + BASE", "f"),
        test_cell("assert f(1)", "t", 1),
    )
    source = read_notebook("n", text)
    return [step.source for step in plan(source, raw_cells(text, "s")) if step.is_needed][:-1]


def test_cells_that_no_mark_depends_on_are_left_out():
    base, seed = cell("BASE = [1]"), cell("np.random.seed(0)")
    picture = cell("for k in range(3):\n    draw(np.ones(k), f)")
    changed, training = cell("BASE.append(2)"), cell("runs = train(seed=3, seeds=50)")
    assert needed(IMPORTS, base, picture, changed, training, seed) == [
        "import numpy as np", "BASE = [1]", "BASE.append(2)", "np.random.seed(0)",
    ]  # fmt: skip


def test_what_the_student_changed_is_always_run():
    source = read_notebook("n", assignment())
    text = submission().replace("import numpy as np", "import numpy as np, sys")
    assert plan(source, raw_cells(text, "s"))[0].is_needed


def test_a_test_whose_names_the_student_uses_later_is_run_without_its_hidden_part():
    test = "helper = 2\n### BEGIN HIDDEN TESTS\nsecret = 3\n### END HIDDEN TESTS\n"
    cells = (test_cell(test, "t", 1), answer("y = helper", "y"), test_cell("assert y", "u", 1))
    source = read_notebook("n", notebook(*cells))
    first = plan(source, raw_cells(notebook(*cells), "s"))[0]
    assert (first.is_needed, first.source) == (True, "helper = 2\n")


@pytest.mark.parametrize(
    ("source", "binds", "reads"),
    [
        ("import a.b as c, d.e", {"c", "d"}, set()),
        ("x, *y = z", {"x", "y"}, {"z"}),
        ("def f(a):\n    b = g", {"f"}, {"g"}),
        ("class C:\n    x = y", {"C"}, {"y"}),
        ("for i in range(3):\n    total += i", {"i", "total"}, {"range", "i"}),
        ("with open(p) as f: pass", {"f"}, {"open", "p"}),
        ("[q for q in r]", set(), {"q", "r"}),
        ("if (n := 3): pass", {"n"}, set()),
        ("%time x = 1\ny = 2", {"y"}, set()),
        ("def f():\n    global g\n    g = 1", {"f", "g"}, set()),
        ("(", set(), set()),
    ],
)
def test_names_of_a_cell(source, binds, reads):
    found = names_of(source)
    assert (found.binds, found.reads) == (binds, reads)
