"""nbgrader, as an instructor runs it."""

import os
import subprocess
import sys
from pathlib import Path


def nbgrader(course: Path, *arguments: str) -> None:
    """Run nbgrader in a course's folder, with no settings file."""
    private = {f"JUPYTER_{name}_DIR": str(course / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    # It calls a script of its own environment by name.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env={**os.environ, **private, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
