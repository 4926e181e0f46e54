"""The worker's side of a zygote: starts it, asks it for students, and ends it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from bplab.grading.channel import Channel
from bplab.grading.checker import BUDGET
from bplab.grading.isolation import bubblewrap, paths
from bplab.grading.settings import Settings

KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")
MODULE = ["-m", "bplab.grading.zygote"]
SECONDS_TO_WARM_UP = 120.0
SECONDS_TO_OBEY = 30.0


class ZygoteLost(RuntimeError):
    """The zygote has ended, or does not obey."""


class Students:
    """A warm zygote, from which students' processes come; one at a time."""

    def __init__(self, imports: Iterable[str], settings: Settings) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="bplab-grade-", ignore_cleanup_errors=True)
        home = Path(self.folder.name)
        home.chmod(0o711)
        scratch = home / "scratch"
        scratch.mkdir(0o700)
        config = {
            "imports": list(imports),
            "seconds": BUDGET * settings.seconds,
            "memory": settings.memory * 2**20,
            "scratch": str(scratch),
        }
        self.control, theirs = socket.socketpair()
        wrapper = bubblewrap.command(paths.interpreter_files(), home)
        self.process = subprocess.Popen(
            [
                *wrapper,
                sys.executable,
                "-P",
                *MODULE,
                str(theirs.fileno()),
                json.dumps(config),
            ],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(scratch),
            cwd=scratch,
        )
        theirs.close()
        self._wrapper = ["bubblewrap"] if wrapper else []

    @cached_property
    def layers(self) -> list[str]:
        """The layers of isolation that hold; waits until the zygote is warm. Raises: ZygoteLost."""
        return [*self._wrapper, *json.loads(self._line(SECONDS_TO_WARM_UP))]

    def connect(self) -> Channel:
        """A channel to a fresh student's process; the one before is ended.

        To be called when the zygote is warm, that is, after `layers`. Raises: ZygoteLost.
        """
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self.control, [b"start\n"], [theirs.fileno()])
        except OSError as error:
            raise ZygoteLost("it has ended") from error
        finally:
            theirs.close()
        self._line(SECONDS_TO_OBEY)
        return Channel(ours)

    def stop(self) -> None:
        """End the student's process. Raises: ZygoteLost."""
        try:
            self.control.sendall(b"stop\n")
        except OSError as error:
            raise ZygoteLost("it has ended") from error
        self._line(SECONDS_TO_OBEY)

    def _line(self, seconds: float) -> bytes:
        self.control.settimeout(seconds)
        line = b""
        while not line.endswith(b"\n"):
            try:
                part = self.control.recv(4096)
            except OSError as error:
                raise ZygoteLost("it does not answer") from error
            if not part:
                raise ZygoteLost("it has ended")
            line += part
        return line

    def close(self) -> None:
        """End the zygote and its student."""
        self.control.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()


def _environment(scratch: Path) -> dict[str, str]:
    """What a student's process knows of ours: where Python is, and no secrets."""
    inherited = [str(paths.PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(scratch),
        "NBGRADER_EXECUTION": "autograde",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(inherited),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
