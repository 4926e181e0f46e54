"""Several workers on this machine: submissions go in, and marks come out when they are ready."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bplab.grading import marks
from bplab.grading.assignment import Assignment
from bplab.grading.digest import digest
from bplab.grading.marks import Marks
from bplab.grading.settings import Settings
from bplab.grading.submissions import Submission

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "PYTHONHASHSEED": "0",
}


class TooDangerous(ValueError):
    """There is not enough isolation here to run the submissions."""


class WorkerProcess:
    """A worker, and a conversation with it in lines of JSON."""

    def __init__(self, assignment: Assignment, settings: Settings, folder: Path | None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bplab.grading.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ENVIRONMENT},
            text=True,
            encoding="utf-8",
        )
        first = {
            "assignment": asdict(assignment),
            "settings": settings.to_json(),
            "folder": str(folder.resolve()) if folder else "",
        }
        self._send(first)

    def layers(self) -> list[str]:
        """The isolation that it found, when it is warm; to be asked once, at first.

        Raises: TooDangerous; OSError if the worker has ended.
        """
        found = self._answer()
        if found["problem"]:
            raise TooDangerous(
                f"{found['problem']}; on Linux with user namespaces or Landlock it would be, "
                "and --unsafe grades all the same, with your rights"
            )
        return found["layers"]

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Raises: OSError if the worker has ended."""
        self._send(request)
        return self._answer()

    def _send(self, request: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        print(json.dumps(request), file=self.process.stdin, flush=True)

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise ConnectionError("a worker has ended; start again with --resume")
        return json.loads(line)

    def close(self) -> None:
        """End the worker; it ends its zygote."""
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                try:
                    stream.close()
                except OSError:
                    continue
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Pool:
    """Grades submissions with `workers` processes. Use it in a `with` block.

    Raises: TooDangerous if the isolation is not enough and the settings do not allow that.
    """

    def __init__(
        self,
        assignment: Assignment,
        settings: Settings,
        *,
        workers: int,
        folder: Path | None = None,
    ) -> None:
        self.assignment, self.settings, self.folder = assignment, settings, folder
        if not hasattr(os, "fork"):
            raise TooDangerous("grading needs Linux or macOS; on Windows use it inside WSL")
        self.workers = [self._worker() for _ in range(workers)]
        try:
            for worker in self.workers:
                self.layers = worker.layers()  # the same for all
        except (OSError, ValueError):
            self._close()
            raise

    def _worker(self) -> WorkerProcess:
        return WorkerProcess(self.assignment, self.settings, self.folder)

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def _close(self) -> None:
        for worker in self.workers:
            worker.close()

    def grade(self, submissions: Iterable[Submission]) -> Iterator[Marks]:
        """The marks of each submission, as they are ready."""
        source = iter(submissions)
        lock = threading.Lock()
        done: queue.Queue[Marks | BaseException | None] = queue.Queue()

        def work(number: int) -> None:
            try:
                while True:
                    with lock:
                        submission = next(source, None)
                    if submission is None:
                        break
                    done.put(self._grade(number, submission))
            except BaseException as error:
                done.put(error)
            done.put(None)

        threads = [
            threading.Thread(target=work, args=(number,), daemon=True)
            for number in range(len(self.workers))
        ]
        for thread in threads:
            thread.start()
        running = len(threads)
        while running:
            result = done.get()
            if isinstance(result, BaseException):
                raise result
            if result is None:
                running -= 1
            else:
                yield result

    def _grade(self, number: int, submission: Submission) -> Marks:
        """One submission with this worker, or with a new one if it has ended."""
        for _ in range(2):
            try:
                return Marks.from_fields(self.workers[number].ask(asdict(submission)))
            except (OSError, ValueError):
                self.workers[number].close()
                self.workers[number] = self._worker()
                self.workers[number].layers()
        reason = "the worker ended twice while it graded this"
        return Marks(
            submission.student,
            marks.NEEDS_HUMAN,
            reason,
            tuple(
                marks.Mark(label, 0, cell.points, "failed", reason)
                for label, cell in self.assignment.questions()
            ),
            digest=digest(self.assignment, submission, self.settings),
        )
