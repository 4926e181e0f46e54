"""The files that the interpreter and its packages need: all that a student may see."""

import site
import sys
import sysconfig
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2]  # bplab itself
SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/fonts",
    "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts",
)  # fmt: skip
# These may be written to, as well.
DEVICES = tuple(Path("/dev", name) for name in ("null", "zero", "full", "urandom", "random"))


@cache
def interpreter_files() -> tuple[Path, ...]:
    """What a student may read. Folders that merely stand in sys.path are not among it."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    found = [sysconfig.get_path(name) for name in names]
    found += [f"{prefix}/lib" for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)]
    found += [*site.getsitepackages(), site.getusersitepackages(), *SYSTEM]
    return (*map(Path, dict.fromkeys(found)), PACKAGE)
