"""Grading as root and as an ordinary user, with bubblewrap and without, whoever runs the tests.

The attacks run once more in each of these ways, in a process of their own.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bplab.grading.isolation import others_can_read

NOBODY = 65534
ROOT = Path(__file__).parents[2]
ATTACKS = "reached or scratch or left_behind or fork or disk or 3 or killing or forged"
LAYERS = """
from bplab.grading.settings import Settings
from bplab.grading.students import Students
students = Students([], Settings())
print(*students.layers, sep=",", end="")
students.close()
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0 or shutil.which("setpriv") is None,
        reason="only root on Linux can become another user, with the program setpriv",
    ),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for everybody, which pytest's own are not."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.fixture
def python(folder) -> Path:
    """Our Python, or the system's, with our packages, if every user may run it."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = Path(sysconfig.get_path("purelib"))
    candidates = (Path(sys.executable).resolve(), Path("/usr/bin") / version)
    found = [path for path in candidates if path.exists() and others_can_read(path)]
    if not found or not others_can_read(packages) or not others_can_read(ROOT):
        pytest.skip("nobody but root can read Python, its packages or these tests")
    (folder / "bin").mkdir()
    (folder / "bin/python").symlink_to(found[0])
    (folder / "pyvenv.cfg").write_text(f"home = {found[0].parent}\n")
    (folder / "lib" / version).mkdir(parents=True)
    (folder / "lib" / version / "site-packages").symlink_to(packages)
    return folder / "bin/python"


@pytest.mark.parametrize("wrapped", [True, False], ids=["bubblewrap", "no bubblewrap"])
@pytest.mark.parametrize("user", [0, NOBODY], ids=["root", "ordinary user"])
def test_attacks_fail(user, wrapped, python, folder):
    for name in ("setpriv", "ps", *(["bwrap"] if wrapped else [])):
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        (folder / "bin" / name).symlink_to(path)

    def run(*words: str) -> str:
        """What Python says if it is run so by this user."""
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", str(python)]
        done = subprocess.run(
            [*become, *words],
            cwd=ROOT,
            env=os.environ | {"PATH": str(folder / "bin"), "HOME": str(folder)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    layers = set(run("-c", LAYERS).split(","))
    if missing := {"namespaces", "landlock", "seccomp"} - layers:
        pytest.skip(f"no {missing} here")
    # Inside bubblewrap root has no right left to become another user.
    wanted = {"bubblewrap"} if wrapped else {"own user"} if user == 0 else set()
    assert layers & {"own user", "bubblewrap"} == wanted
    run("-m", "pytest", "tests/grading/test_attacks.py", "-k", ATTACKS, "-p", "no:cacheprovider")
