"""Grading on a Dask cluster: chunks of submissions, each graded by a pool of one worker.

Needs the extra `cluster`. A chunk is a task without side effects, so when a machine is lost, Dask
gives its chunks to others, and nothing is lost or doubled.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bplab.grading.assignment import Assignment
from bplab.grading.beside import unpack
from bplab.grading.marks import Marks
from bplab.grading.pool import Pool
from bplab.grading.settings import Settings
from bplab.grading.submissions import Submission

CHUNK = 50
CHUNKS_AHEAD = 3  # for each thread of the cluster: the submissions wait on disk, not in memory
RETRIES = 3


def grade_on_cluster(
    address: str,
    assignment: Assignment,
    settings: Settings,
    submissions: Iterable[Submission],
    beside: dict[str, str],
) -> Iterator[Marks]:
    """The marks of each submission, as they are ready; `beside` are the packed files of the source.

    Raises: ValueError if Dask is not installed; OSError if there is no cluster.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise ValueError(f"--dask needs Dask: pip install 'bplab[cluster]' ({error})") from None
    with Client(address) as client:
        shared = asdict(assignment), settings.to_json(), beside

        def submit(chunk: list[Submission]) -> Any:
            rows = [asdict(submission) for submission in chunk]
            return client.submit(grade_chunk, *shared, rows, pure=False, retries=RETRIES)

        chunks = _chunks(submissions)
        most = CHUNKS_AHEAD * max(1, sum(client.nthreads().values()))
        waiting = as_completed([submit(chunk) for chunk in islice(chunks, most)])
        for future in waiting:
            yield from map(Marks.from_fields, future.result())
            waiting.update([submit(chunk) for chunk in islice(chunks, 1)])


def _chunks(submissions: Iterable[Submission]) -> Iterator[list[Submission]]:
    source = iter(submissions)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def grade_chunk(
    assignment: dict[str, Any],
    settings: dict[str, Any],
    beside: dict[str, str],
    rows: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Grade these submissions; what goes in and comes out is JSON."""
    with TemporaryDirectory(prefix="bplab-source-") as name:
        folder = Path(name)
        unpack(beside, folder)
        return _graded(Assignment(**assignment), Settings(**settings), folder, rows)


def _graded(
    assignment: Assignment, settings: Settings, folder: Path, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    with Pool(assignment, settings, workers=1, folder=folder) as pool:
        return [asdict(marks) for marks in pool.grade(Submission(**row) for row in rows)]
