"""What keeps a student's code from doing harm, in layers, one a file.

The layers that work here are found by trying them in a process that then tries to break out. Each
later process must enter exactly these, or end.
"""

import os
import resource
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bplab.grading.isolation import landlock, limits, namespaces, paths, privileges, seccomp

SCRATCH_BYTES = 64 * 2**20
UNAVAILABLE = (OSError, AttributeError, KeyError)


@dataclass(frozen=True)
class Bounds:
    """What a student's process gets: seconds of processor time, bytes of memory, a folder."""

    seconds: float
    memory: int
    scratch: Path


def enter_house(bounds: Bounds) -> list[str]:
    """Isolate the zygote itself; return the layers that worked."""
    paths.interpreter_files()  # looked up once, before there are children
    active = []
    needed = (Path(__file__), Path(os.__file__), Path(sysconfig.get_path("purelib")))
    if os.geteuid() == 0 and all(map(others_can_read, needed)):
        active += _try("own user", lambda: namespaces.leave_root(bounds.scratch))
    active += _try("namespaces", namespaces.separate)
    return active


def others_can_read(file: Path) -> bool:
    """Whether a user without rights can read this file, or enter this folder."""
    return all(
        path.stat().st_mode & (0o001 if path.is_dir() else 0o004) for path in (file, *file.parents)
    )


def _try(name: str, enter: Callable[[], None]) -> list[str]:
    try:
        enter()
    except UNAVAILABLE:
        return []
    return [name]


def isolate(bounds: Bounds, layers: list[str]) -> None:
    """Enter these layers, in the order in which each still can be entered. Raises: OSError."""
    for name, enter in LAYERS.items():
        if name in layers:
            enter(bounds, layers)


def _scratch(bounds: Bounds, layers: list[str]) -> None:
    namespaces.mount_scratch(bounds.scratch, SCRATCH_BYTES)


def _limits(bounds: Bounds, layers: list[str]) -> None:
    os.chdir(bounds.scratch)
    limits.limit(seconds=bounds.seconds, memory=bounds.memory, may_write="scratch" in layers)


def _privileges(bounds: Bounds, layers: list[str]) -> None:
    privileges.give_up_privileges()


def _landlock(bounds: Bounds, layers: list[str]) -> None:
    landlock.restrict(paths.interpreter_files(), [bounds.scratch, *paths.DEVICES])


def _seccomp(bounds: Bounds, layers: list[str]) -> None:
    seccomp.filter_calls()


LAYERS: dict[str, Callable[[Bounds, list[str]], None]] = {
    "scratch": _scratch,
    "limits": _limits,
    "privileges": _privileges,
    "landlock": _landlock,
    "seccomp": _seccomp,
}


def probe(bounds: Bounds, house: list[str]) -> list[str]:
    """Enter every layer that can be entered, and return those that hold. Ends the old life of this
    process: call it in one made for it."""
    entered: list[str] = []
    for name, enter in LAYERS.items():
        if name != "scratch" or "namespaces" in house:
            entered += _try(name, partial(enter, bounds, entered))
    return [name for name in entered if HOLDS[name](bounds)]


def _refused(action: Callable[[], object]) -> bool:
    try:
        action()
    except OSError:
        return True
    return False


def _fork_and_end() -> None:
    if os.fork() == 0:
        os._exit(0)


def _sees_little() -> bool:
    return _refused(lambda: os.listdir("/")) and _refused(lambda: open("/etc/passwd"))


HOLDS: dict[str, Callable[[Bounds], bool]] = {
    "scratch": lambda b: _size(b.scratch) <= SCRATCH_BYTES,
    "limits": lambda b: resource.getrlimit(resource.RLIMIT_CPU)[1] <= b.seconds + 1,
    "privileges": lambda b: _refused(lambda: namespaces.unshare(namespaces.CLONE_NEWNS)),
    "landlock": lambda b: _sees_little(),
    "seccomp": lambda b: _refused(_fork_and_end),
}


def _size(folder: Path) -> int:
    status = os.statvfs(folder)
    return status.f_blocks * status.f_frsize


def problem(layers: list[str]) -> str:
    """Why these layers are too few to run strangers' code; empty if they are enough."""
    files = {"landlock", "bubblewrap"} & set(layers)
    network = {"namespaces", "seccomp", "bubblewrap"} & set(layers)
    missing = [name for name, found in (("files", files), ("the network", network)) if not found]
    return f"nothing here shields {' and '.join(missing)} from the submissions" if missing else ""
