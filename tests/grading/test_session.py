"""`bplab grade` from the command line: reports, order, repetition, and going on after a kill."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from bplab.cli import main
from bplab.grading import isolation
from bplab.grading.assignment import Assignment, read_assignment
from bplab.grading.marks import Mark, Marks
from bplab.grading.pool import Pool, TooDangerous, WorkerProcess
from bplab.grading.reports.feedback import feedback
from bplab.grading.reports.grades import grades
from bplab.grading.reports.summary import Tally, summary
from bplab.grading.settings import Settings
from bplab.solutions import solve
from tests.grading.notebooks import STUB, assignment, submission
from tests.lessons import LESSONS, read, with_mistakes

CLASS = {
    "ada": submission(),
    "bob": submission(double="def double(x): return x"),
    "eve": submission(mean="def mean(x): return 2.0", last=STUB),
    "=mal": "{",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A graded class of four."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "demo.ipynb").write_text(assignment())
    (folder / "in").mkdir()
    for student, text in CLASS.items():
        (folder / "in" / f"{student}.ipynb").write_text(text)
    done = grade(folder)
    assert done.exit_code == 1, done.output
    assert "3 graded, 1 unreadable" in done.output
    return folder


def grade(folder: Path, *options: str):
    words = ["grade", folder / "demo.ipynb", folder / "in", "-o", folder / "out", "--unsafe"]
    return CliRunner().invoke(
        main, [*map(str, words), "--workers", "1", "--timeout", "5", *options]
    )


def rows(folder: Path) -> list[dict[str, str]]:
    with open(folder / "out" / "grades.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_grades_csv(course):
    table = rows(course)
    assert [row["student"] for row in table] == ["'=mal", "ada", "bob", "eve"]
    assert [row["total"] for row in table] == ["0", "6", "4", "2"]
    assert [row["outcome"] for row in table] == ["unreadable", "graded", "graded", "graded"]
    assert table[2]["test-double"] == "0"
    assert all(float(row["seconds"]) >= 0 for row in table)
    layers = {row["isolation"] for row in table}
    assert len(layers) == 1
    assert layers != {""}


def test_results_are_gradescopes(course):
    content = json.loads((course / "out/results/bob/results.json").read_text())
    assert content["score"] == 4
    assert [(t["name"], t["score"], t["max_score"]) for t in content["tests"]] == [
        ("test-mean", 1, 1), ("test-double", 0, 2), ("test-last", 3, 3),
    ]  # fmt: skip
    assert {t["visibility"] for t in content["tests"]} == {"visible"}


def test_feedback_tells_what_was_visible_and_nothing_of_what_was_hidden(course):
    pages = {path.stem: path.read_text() for path in (course / "out/feedback").glob("*.html")}
    assert set(pages) == {"=mal", "ada", "bob", "eve"}
    assert "assert np.allclose(double(np.array([1.0, 2.0])), [2, 4])" in pages["bob"]
    assert "a hidden test failed" in pages["eve"]
    for place in [*pages.values(), *(p.read_text() for p in course.glob("out/results/*/*.json"))]:
        assert "secret is 15" not in place
        assert "10.0, 20.0" not in place


def test_reports_load_nothing_and_escape_what_students_write(course):
    summary = (course / "out/summary.html").read_text()
    assert summary.count("<svg") == 2
    assert "4 submissions: 3 graded, 1 unreadable" in summary
    assert "test-last: NameError: name &#x27;last&#x27; is not defined" in summary
    for page in (summary, (course / "out/feedback/bob.html").read_text()):
        assert not re.search(r"<script|<link|<img|@import|url\(http|src=", page)


def test_no_text_of_a_student_stops_or_bends_a_report(course):
    text = "=1\ud800\udceb\x00\x1b[1m\u202e<script>$x_{"
    mark = Mark("test-last", 0, 3, "failed", text)
    marks = Marks(text, "needs a human", text, (mark,), notes=(text,), errors={text: text})
    assignment = read_assignment(course / "demo.ipynb")
    tally = Tally()
    tally.add(marks)
    shown = r"=1\ud800\udceb\x00\x1b[1m\u202e"
    table = list(csv.reader(grades(assignment, [marks]).splitlines()))
    assert table[1][0] == f"'{shown}<script>$x_{{"
    for page in (feedback(assignment, marks), summary(assignment, tally)):
        assert page.encode()
        assert f"{shown}&lt;script&gt;$x_{{" in page
        assert "<script" not in page


def test_a_second_run_gives_the_same_marks(course):
    def marks():
        return [{k: v for k, v in row.items() if k != "seconds"} for row in rows(course)]

    before = marks()
    grade(course)
    assert marks() == before


def test_who_is_gone_is_in_no_result_of_a_new_run(course):
    fay = course / "in/fay.ipynb"
    fay.write_text(submission())
    grade(course, "--resume")
    fay.unlink()
    results, page = course / "out/results/fay", course / "out/feedback/fay.html"
    assert (results / "results.json").exists()
    assert page.exists()
    foreign = course / "out/results/mine/results.json"
    foreign.parent.mkdir()
    foreign.write_text("{}")
    grade(course, "--resume")
    assert page.exists()
    grade(course)
    assert not results.exists()
    assert not page.exists()
    assert foreign.exists()
    assert (course / "out/feedback/ada.html").exists()


def test_results_among_the_submissions_are_refused(course):
    words = ["grade", course / "demo.ipynb", course / "in", "-o", course / "in" / "out"]
    done = CliRunner().invoke(main, list(map(str, words)))
    assert (done.exit_code, "give a folder outside it" in done.output) == (2, True)
    assert not (course / "in/out").exists()


def test_resume_grades_only_what_is_new_or_changed(course):
    kept = course / "out/results/ada/results.json"
    times = kept.stat().st_mtime_ns
    (course / "in/bob.ipynb").write_text(submission())
    (course / "in/new.ipynb").write_text(submission())
    broken = course / "out/results/eve/results.json"
    broken.write_text(broken.read_text()[:100])
    try:
        grade(course, "--resume")
        assert [row["total"] for row in rows(course)] == ["0", "6", "6", "2", "6"]
        assert kept.stat().st_mtime_ns == times
    finally:
        (course / "in/bob.ipynb").write_text(CLASS["bob"])
        (course / "in/new.ipynb").unlink()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9")
def test_a_killed_run_goes_on_with_nothing_lost_or_doubled(tmp_path):
    (tmp_path / "demo.ipynb").write_text(assignment())
    (tmp_path / "in").mkdir()
    for number in range(40):
        text = submission(last=STUB) if number % 2 else submission()
        (tmp_path / "in" / f"s{number:02}.ipynb").write_text(text)
    command = [sys.executable, "-c", "from bplab.cli import main; main()", "grade"]
    words = [tmp_path / "demo.ipynb", tmp_path / "in", "-o", tmp_path / "out", "--unsafe"]
    run = subprocess.Popen(
        [*command, *map(str, words), "--workers", "2"], stdout=subprocess.DEVNULL
    )
    results = tmp_path / "out" / "results"
    while len(list(results.glob("*/results.json"))) < 5:
        assert run.poll() is None
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    done = {path: path.stat().st_mtime_ns for path in results.glob("*/results.json")}
    assert 5 <= len(done) < 40
    assert not (tmp_path / "out" / "grades.csv").exists()
    assert grade(tmp_path, "--resume", "--timeout", "30").exit_code == 0
    assert [row["total"] for row in rows(tmp_path)] == ["6", "3"] * 20
    assert {path: path.stat().st_mtime_ns for path in done} == done


@pytest.mark.slow
def test_a_lesson_with_diagnoses(tmp_path):
    lesson = next(path for path in LESSONS if path.name.startswith("04"))
    (tmp_path / "in").mkdir()
    copies = {
        "solved": solve(read(lesson)),
        "empty": read(lesson),
        "wrong": with_mistakes(read(lesson)),
    }
    for name, content in copies.items():
        nbformat.write(content, tmp_path / "in" / f"{name}.ipynb")
    words = ["grade", str(lesson), str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--unsafe"]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert {row["student"]: row["total"] for row in rows(tmp_path)} == {
        "empty": "0", "solved": "10", "wrong": "0",
    }  # fmt: skip
    feedback = (tmp_path / "out/feedback/wrong.html").read_text()
    assert "transpose" in feedback
    stored = json.loads((tmp_path / "out/results/wrong/results.json").read_text())
    assert all(mark["mistake"] for mark in stored["extra_data"]["marks"])
    assert "not attempted" in (tmp_path / "out/feedback/empty.html").read_text()


# refusal


@pytest.mark.parametrize(
    ("layers", "missing"),
    [
        ([], "nothing here shields files and the network from the submissions"),
        (["limits", "seccomp"], "nothing here shields files from the submissions"),
        (["landlock"], "nothing here shields the network from the submissions"),
        (["bubblewrap"], ""),
        (["landlock", "namespaces"], ""),
        (["landlock", "seccomp"], ""),
    ],
)
def test_what_is_missing_for_safety(layers, missing):
    assert isolation.problem(layers) == missing


def test_without_isolation_nothing_is_graded(monkeypatch):
    answer = {"layers": ["limits"], "problem": isolation.problem(["limits"])}
    monkeypatch.setattr(WorkerProcess, "_answer", lambda self: answer)
    with pytest.raises(TooDangerous, match=r"shields files and the network .* --unsafe grades all"):
        Pool(Assignment("demo", {"demo": assignment()}), Settings(), workers=1)


def test_without_fork_nothing_is_graded(monkeypatch):
    monkeypatch.delattr(os, "fork", raising=False)
    with pytest.raises(TooDangerous, match="inside WSL"):
        Pool(Assignment("demo", {"demo": assignment()}), Settings(unsafe=True), workers=1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["missing.ipynb", ".", "-o", "out"], "does not exist"),
        (["demo.ipynb", "empty", "-o", "out"], "holds no submissions"),
        (["bad.ipynb", "in", "-o", "out"], "is not a notebook"),
        (["demo.ipynb", "in"], "Missing option"),
    ],
)
def test_bad_input_is_one_line(words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("empty", "in"):
        os.mkdir(folder)
    Path("in/ada.ipynb").write_text("{}")
    Path("demo.ipynb").write_text(assignment())
    Path("bad.ipynb").write_text("[]")
    done = CliRunner().invoke(main, ["grade", *words])
    assert (done.exit_code, message in done.output) == (2, True), done.output
