"""Test set-up for the whole repository: a steady environment, and canonical lessons only.

nbval replays each lesson and compares what it shows; but a notebook stored without outputs would
pass it whatever its code does. So each lesson has one more test, which reads the stored file.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.record import ENVIRONMENT, problems

# For the kernels that nbval starts; and two BLAS threads collapse on a busy machine.
os.environ.update(ENVIRONMENT)


class StoredNotebook(pytest.File):
    """A lesson as it is stored."""

    def collect(self) -> Iterator[pytest.Item]:
        yield Canonical.from_parent(self, name="canonical")


class Canonical(pytest.Item):
    """Fails if the stored notebook is unrun or not as tools/record.py writes it."""

    def runtest(self) -> None:
        found = problems(self.path.read_text(encoding="utf-8"))
        if found:
            remedy = f"re-record it: python tools/record.py {self.path}"
            pytest.fail("\n".join([*found, remedy]), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.path.name}::canonical"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> StoredNotebook | None:
    if file_path.suffix == ".ipynb":
        return StoredNotebook.from_parent(parent, path=file_path)
    return None
