"""What lies beside the source goes along to the machines of a cluster."""

from dataclasses import asdict

import pytest

from bplab.grading import beside
from bplab.grading.assignment import Assignment
from bplab.grading.beside import pack, unpack
from bplab.grading.cluster import grade_chunk
from bplab.grading.marks import Marks
from bplab.grading.session import Session
from bplab.grading.settings import Settings
from bplab.grading.submissions import Submission
from tests.grading.notebooks import answer, notebook, test_cell

TEST = "from week4 import LAST\nassert last([1, 2]) == LAST == int(open('data/n.txt').read())"
TEXT = notebook(answer("def last(items): return items[-1]", "last"), test_cell(TEST, "t", 1))


@pytest.fixture
def source(tmp_path):
    """A source's folder with a module, data, and what is not to be sent."""
    folder = tmp_path / "source"
    for name in ("data", "in", "out", ".git", "__pycache__"):
        (folder / name).mkdir(parents=True)
        (folder / name / "n.txt").write_text("2")
    (folder / "week4.py").write_text("LAST = 2")
    (folder / "demo.ipynb").write_text(TEXT)
    (folder / "link").symlink_to(folder / "week4.py")
    return folder


def test_a_module_and_data_are_there_in_another_working_folder(source, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    rows = [asdict(Submission("ada", {"demo": TEXT}))]
    settings = Settings(unsafe=True).to_json()
    (marks,) = grade_chunk(asdict(Assignment("demo", {"demo": TEXT})), settings, pack(source), rows)
    assert [mark["score"] for mark in marks["marks"]] == [1], marks


def test_what_is_packed_comes_back(source, tmp_path):
    packed = pack(source, [source / "in", source / "out"])
    assert set(packed) == {"data/n.txt", "week4.py"}
    unpack(packed, tmp_path / "copy")
    assert (tmp_path / "copy/week4.py").read_text() == "LAST = 2"
    assert (tmp_path / "copy/data/n.txt").read_text() == "2"


def test_too_much_beside_the_source_is_told(source, monkeypatch):
    monkeypatch.setattr(beside, "MOST", 2**20)
    (source / "large.bin").write_bytes(bytes(2**20))
    with pytest.raises(
        ValueError, match=r"larger than the 1 MiB .*: move SOURCE and what it needs"
    ):
        pack(source)


def test_a_session_sends_it_along(source, monkeypatch):
    def grade(address, assignment, settings, submissions, beside):
        sent.append((address, set(beside)))
        rows = [asdict(submission) for submission in submissions]
        return map(
            Marks.from_fields, grade_chunk(asdict(assignment), settings.to_json(), beside, rows)
        )

    sent: list = []
    monkeypatch.setattr("bplab.grading.session.grade_on_cluster", grade)
    (source / "in/ada.ipynb").write_text(TEXT)
    settings = Settings(unsafe=True)
    session = Session(Assignment("demo", {"demo": TEXT}), source / "in", source / "out", settings)
    session.run(workers=1, resume=False, dask="there", folder=source, progress=lambda x, total: x)
    assert sent == [("there", {"data/n.txt", "week4.py"})]
    assert "ada,1,1,1,graded" in (source / "out/grades.csv").read_text()
