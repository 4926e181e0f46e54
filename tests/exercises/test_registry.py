import subprocess
import sys

import pytest

import bplab.exercises
from bplab.exercises import UnknownExercise, check, hint, reveal, use

WRONG = {"99.1": lambda d, W, s: d, "99.2": "delta[j]", "99.3": 7, "99.4": "a"}


@pytest.fixture(autouse=True)
def _with_lesson_99(lesson):
    pass


def test_check_finds_the_exercise():
    assert check("99.3", 0.25).passed
    assert check("99.4", "a").status == "failed"


@pytest.mark.parametrize("name", ["99.9", "99", "99.", "99.10"])
def test_an_unknown_id_names_the_nearest(name):
    with pytest.raises(UnknownExercise, match=r"no exercise '99.*nearest are 99\.\d, 99\.\d, 99"):
        check(name, 1)


@pytest.mark.parametrize("name", ["../os.1", "__init__.1", "77.1", ""])
def test_an_unknown_lesson_is_refused(name):
    with pytest.raises(UnknownExercise, match="there is no exercise"):
        check(name, 1)


def test_a_number_is_not_an_id():
    with pytest.raises(ValueError, match=r'text such as "04.2"; got 99.1'):
        check(99.1, 1)


def test_a_lesson_that_cannot_be_imported_says_why(monkeypatch, tmp_path):
    (tmp_path / "lesson_98.py").write_text("import no_such_module")
    monkeypatch.setattr(bplab.exercises, "__path__", [str(tmp_path)])
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        check("98.1", 1)


@pytest.mark.parametrize("name", sorted(WRONG))
@pytest.mark.parametrize("answer", ["wrong", None])
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BPLAB_STRICT", "1"),
        ("NBGRADER_EXECUTION", "autograde"),
        ("NBGRADER_EXECUTION", "validate"),
    ],
)
def test_when_graded_only_a_pass_does_not_raise(monkeypatch, variable, value, answer, name):
    given = answer and WRONG[name]
    text = str(check(name, given))
    monkeypatch.setenv(variable, value)
    with pytest.raises(AssertionError) as caught:
        check(name, given)
    assert str(caught.value) == text
    assert check("99.3", 0.25).passed


@pytest.mark.parametrize(("variable", "value"), [("BPLAB_STRICT", "0"), ("NBGRADER_EXECUTION", "")])
def test_otherwise_nothing_raises(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    assert check("99.3", 7).status == "failed"


def test_hints_step_from_nudge_to_worked_line():
    shown = [str(hint("99.1")) for _ in range(4)]
    assert ["a nudge" in shown[0], "a step" in shown[1]] == [True, True]
    assert shown[2] == shown[3] == "Hint 3 of 3 for 99.1\n\nthe worked line"
    assert "a step" in str(hint("99.1", level=2))


@pytest.mark.parametrize("level", [0, 4, -1, "2", 1.5])
def test_other_levels_are_refused(level):
    with pytest.raises(ValueError, match="level must be a whole number from 1 to 3; got"):
        hint("99.1", level)


def test_reveal_waits_for_a_pass():
    check("99.3", 7)
    assert "pass the check first" in str(reveal("99.3"))
    assert "0.25" not in str(reveal("99.3"))
    check("99.3", 0.25)
    check("99.3", 7)  # a later failure takes nothing away
    assert "0.25" in str(reveal("99.3"))
    assert "pass the check first" in str(reveal("99.4"))


def test_use_goes_on_with_the_answer_or_the_reference(code_exercise, capsys):
    def own(d, W, s):
        return d @ W * s

    assert use("99.1", own) is own
    assert "your own answer is used" in capsys.readouterr().out
    for unfit, why in (
        (WRONG["99.1"], "check (the result should have shape (2, 4), got (2, 3))"),
        (7, "check (a function is expected, got 7)"),
        (None, "check\n"),
    ):
        assert use("99.1", unfit) is code_exercise.reference
        printed = capsys.readouterr().out
        assert "the library's answer is used" in printed
        assert why in printed


def test_use_goes_on_with_another_function_where_one_is_given():
    def own(d, W, s):
        return d @ W * s

    def faster(d, W, s):
        return (d @ W) * s

    assert use("99.1", own, otherwise=faster) is own
    assert use("99.1", WRONG["99.1"], otherwise=faster) is faster


def test_checking_code_does_not_import_sympy():
    code = "import sys, bplab.exercises; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
