"""Limits of the operating system: processor time, memory, files, processes, and no core dumps."""

import contextlib
import resource
from pathlib import Path

OPEN_FILES = 64
PROCESSES = 64
LARGEST_FILE = 64 * 2**20


def limit(*, seconds: float, memory: int, may_write: bool) -> None:
    """Limit this process and its children; `memory` bytes come on top of what is in use now.

    Without a scratch folder of limited size no file may grow: many small ones would fill a disk.
    Raises: OSError.
    """
    wanted = {
        "RLIMIT_CPU": int(seconds) + 1,
        "RLIMIT_AS": address_space() + memory,
        "RLIMIT_FSIZE": LARGEST_FILE if may_write else 0,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_NPROC": PROCESSES,
        "RLIMIT_CORE": 0,
    }
    for name, value in wanted.items():
        kind = getattr(resource, name, None)
        if kind is not None:
            _, hard = resource.getrlimit(kind)
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            # Not every system can limit the address space.
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (most, most))


def address_space() -> int:
    """Bytes of address space that this process has now; 0 where that is not told."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()
