"""bubblewrap, where it is installed, around the whole zygote: a root folder of its own.

What is not bound does not exist inside; it holds even where the kernel has no Landlock.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

PROGRAM = "bwrap"


def command(readable: Iterable[Path], writable: Path) -> list[str]:
    """What to put before a command; empty if bubblewrap is not here or does not work."""
    program = shutil.which(PROGRAM)
    if program is None:
        return []
    words = [program, "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent"]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    prefixes = {Path(sys.prefix), Path(sys.base_prefix)}
    programs = [prefix / name for prefix in sorted(prefixes) for name in ("bin", "pyvenv.cfg")]
    wanted = {place for path in (*programs, *readable) for place in (path, path.resolve())}
    for path in sorted(wanted):
        if wanted.isdisjoint(path.parents):  # else it is there already
            words += ["--ro-bind-try", str(path), str(path)]
    words += ["--bind", str(writable), str(writable), "--chdir", str(writable), "--"]
    try:
        python = [sys.executable, "-c", "import json"]
        works = subprocess.run([*words, *python], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        works = False
    return words if works else []
