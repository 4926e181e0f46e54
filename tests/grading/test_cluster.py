"""Grading on a real Dask cluster on this machine, also when one of its workers is killed."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from bplab.cli import main
from tests.grading.notebooks import STUB, assignment, submission

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.slow
STUDENTS = 160  # more than two chunks


class Cluster:
    """`dask scheduler` and two `dask worker`s; `logs` is where they tell what they do."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.processes: list[subprocess.Popen[bytes]] = []
        log = self.start("scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")
        self.address = waited_for(log, r"(tcp://127\.0\.0\.1:\d+)")
        for number in range(2):
            options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", f"w{number}")
            log = self.start("worker", self.address, *options)
            waited_for(log, r"Registered to: +(\S+)")

    def start(self, *words: str) -> Path:
        log = self.logs / f"{len(self.processes)}.log"
        with open(log, "wb") as output:
            command = [sys.executable, "-m", "dask", *words]
            self.processes.append(subprocess.Popen(command, stdout=output, stderr=output))
        return log

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def waited_for(log: Path, pattern: str) -> str:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        if found := re.search(pattern, log.read_text()):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def wait_until_both_have_a_chunk(cluster: Cluster) -> None:
    ends = time.monotonic() + 60
    with distributed.Client(cluster.address) as client:
        while time.monotonic() < ends:
            if all(client.processing().values()):
                return
            time.sleep(0.05)
    raise AssertionError("a worker was never given a chunk")


@pytest.fixture
def cluster(tmp_path):
    (tmp_path / "logs").mkdir()
    cluster = Cluster(tmp_path / "logs")
    yield cluster
    cluster.stop()


def test_a_killed_worker_loses_nothing(cluster, tmp_path):
    (tmp_path / "demo.ipynb").write_text(assignment())
    (tmp_path / "in").mkdir()
    for number in range(STUDENTS):
        text = submission(last=STUB) if number % 2 else submission()
        (tmp_path / "in" / f"s{number:03}.ipynb").write_text(text)
    words = [
        "grade",
        str(tmp_path / "demo.ipynb"),
        str(tmp_path / "in"),
        "-o",
        str(tmp_path / "out"),
    ]
    code = "from bplab.cli import main; main()"
    options = ["--dask", cluster.address, "--unsafe"]
    run = subprocess.Popen([sys.executable, "-c", code, *words, *options])
    wait_until_both_have_a_chunk(cluster)
    assert run.poll() is None
    cluster.processes[-1].send_signal(signal.SIGKILL)
    assert run.wait(300) == 0
    with open(tmp_path / "out" / "grades.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["student"] for row in table] == [f"s{number:03}" for number in range(STUDENTS)]
    assert [row["total"] for row in table] == ["6", "3"] * (STUDENTS // 2)
    assert {row["outcome"] for row in table} == {"graded"}


def test_no_cluster_there_is_one_line(tmp_path):
    (tmp_path / "demo.ipynb").write_text(assignment())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ada.ipynb").write_text(submission())
    words = [str(tmp_path / "demo.ipynb"), str(tmp_path / "in"), "-o", str(tmp_path / "out")]
    os.environ["DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"] = "1s"
    done = CliRunner().invoke(main, ["grade", *words, "--dask", "tcp://127.0.0.1:9"])
    assert (done.exit_code, done.output.count("Error:")) == (2, 1)
