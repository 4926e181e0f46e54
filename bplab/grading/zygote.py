"""A warm process that forks one student a submission, so that nobody waits for imports.

It is started by `students`, never sees a test, and is isolated itself. Over its control socket it
takes one line a command: `start`, which comes with the student's end of a channel, and `stop`,
which kills the student and all that it left behind. Run as
`python -m bplab.grading.zygote FD JSON`.
"""

import contextlib
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from bplab.grading import isolation
from bplab.grading.channel import Channel
from bplab.grading.isolation import namespaces
from bplab.grading.isolation.system import prctl
from bplab.grading.student import Student
from bplab.grading.warmth import warm_up

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


class Zygote:
    """Forks students, one at a time, and ends them."""

    def __init__(self, control: socket.socket, config: dict[str, Any]) -> None:
        self.control = control
        self.bounds = isolation.Bounds(config["seconds"], config["memory"], Path(config["scratch"]))
        self.outer = self.inner = 0
        with contextlib.suppress(*isolation.UNAVAILABLE):
            prctl(PR_SET_CHILD_SUBREAPER, 1)
        self.house = isolation.enter_house(self.bounds)
        warm_up(config["imports"])
        self.layers = self._probed()

    def _probed(self) -> list[str]:
        """The layers that hold in a child."""
        reader, writer = os.pipe()
        self._fork(
            lambda: os.write(writer, json.dumps(isolation.probe(self.bounds, self.house)).encode())
        )
        os.close(writer)
        with open(reader, "rb") as pipe:
            found = json.loads(pipe.read() or b"[]")
        self.stop()
        return found

    def serve(self) -> None:
        """Obey until the worker goes away."""
        self.control.sendall(json.dumps([*self.house, *self.layers]).encode() + b"\n")
        while True:
            command, descriptors, _, _ = socket.recv_fds(self.control, 16, 1)
            if command == b"start\n":
                connection = socket.socket(fileno=descriptors[0])
                self.stop()
                self._fork(lambda connection=connection: self._become_student(connection))
                connection.close()
            else:
                self.stop()
            if not command:
                return
            self.control.sendall(b"done\n")

    def _become_student(self, connection: socket.socket) -> None:
        self.control.close()
        isolation.isolate(self.bounds, self.layers)
        Student(Channel(connection)).serve()

    def _fork(self, live: Any) -> None:
        """Start a process group, and in it the first process of a new process namespace."""
        reader, writer = os.pipe()
        self.outer = os.fork()
        if self.outer == 0:
            try:
                os.close(reader)
                self._start(live, writer)
            finally:
                os._exit(1)
        os.close(writer)
        with open(reader, "rb") as pipe:
            self.inner = int(pipe.read() or b"0")

    def _start(self, live: Any, writer: int) -> None:
        os.setsid()
        if "namespaces" in self.house:
            namespaces.separate_processes()
            inner = os.fork()
            if inner:
                os.write(writer, str(inner).encode())
                os.close(writer)
                os.waitpid(inner, 0)
                return
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        else:
            os.write(writer, str(os.getpid()).encode())
        os.close(writer)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        live()

    def stop(self) -> None:
        """Kill the student, its process group and whatever else it started."""
        if not self.outer:
            return
        for kill, target in ((os.kill, self.inner), (os.killpg, self.outer), (os.kill, self.outer)):
            with contextlib.suppress(OSError):
                if target:
                    kill(target, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.outer, 0)
        self.outer = self.inner = 0
        self._end_orphans()

    def _end_orphans(self) -> None:
        """Kill what was left behind: as the subreaper we are its parent now."""
        mine = Path(f"/proc/self/task/{os.getpid()}/children")
        with contextlib.suppress(OSError):
            while children := mine.read_text().split():
                for child in children:
                    os.kill(int(child), signal.SIGKILL)
                    os.waitpid(int(child), 0)


def main() -> None:
    descriptor, config = sys.argv[1:]
    control = socket.socket(fileno=int(descriptor))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command; we end with it
    zygote = Zygote(control, json.loads(config))
    zygote.serve()


if __name__ == "__main__":
    main()
