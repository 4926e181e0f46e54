"""`bplab doctor`: is everything here that the lessons need, and if not, what to do.

Each check returns one `Finding`; the versions asked for come from the package's own metadata.
"""

import platform
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from bplab.workspace import DEFAULT_PORT, lesson_files, lessons_source, port_problem

PORTS_TRIED = 50  # as many as JupyterLab tries


class Finding(NamedTuple):
    """One line of the report; `remedy` says what to do and is empty when all is well."""

    subject: str
    detail: str
    remedy: str = ""

    @property
    def ok(self) -> bool:
        return not self.remedy


def examine(workspace: Path) -> list[Finding]:
    """All checks, in the order in which their faults should be repaired."""
    return [
        *versions(),
        kernel(),
        lessons(),
        writable(workspace),
        port(),
    ]


def versions() -> list[Finding]:
    """Python and each dependency against the bounds in the package metadata."""
    try:
        about = metadata.metadata("bplab")
    except metadata.PackageNotFoundError:
        remedy = "install it: pip install -e . in the checkout"
        return [Finding("bplab", "not installed in this Python", remedy)]
    requirements = map(Requirement, about.get_all("Requires-Dist") or [])
    return [
        python(SpecifierSet(about["Requires-Python"])),
        *(
            dependency(requirement)
            for requirement in requirements
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        ),
    ]


def python(wanted: SpecifierSet) -> Finding:
    here = platform.python_version()
    remedy = "" if wanted.contains(here, prereleases=True) else f"use Python {wanted}"
    return Finding("Python", f"{here}, {sys.executable}", remedy)


def dependency(requirement: Requirement) -> Finding:
    remedy = f'pip install "{requirement.name}{requirement.specifier}"'
    try:
        here = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return Finding(requirement.name, "missing", remedy)
    if requirement.specifier.contains(here, prereleases=True):
        return Finding(requirement.name, here)
    return Finding(requirement.name, f"{here}, but {requirement.specifier} is needed", remedy)


def kernel() -> Finding:
    """The lessons ask for the kernel `python3`; it must start this Python and no other."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    remedy = f'"{sys.executable}" -m ipykernel install --sys-prefix'
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding("kernel", "no kernel named python3", remedy)
    program = spec.argv[0]
    # Jupyter replaces a bare "python" by the Python it runs in.
    if Path(program).name == program or Path(program) == Path(sys.executable):
        return Finding("kernel", f"python3, {spec.resource_dir}")
    return Finding("kernel", f"python3 starts another Python: {program}", remedy)


def lessons() -> Finding:
    try:
        source = lessons_source()
    except FileNotFoundError as error:
        return Finding("lessons", str(error), "install bplab again")
    notebooks = [path for path in lesson_files(source) if path.suffix == ".ipynb"]
    remedy = "" if notebooks else "install bplab again"
    return Finding("lessons", f"{len(notebooks)} notebooks in {source}", remedy)


def writable(workspace: Path) -> Finding:
    """Can the workspace, or the folder it would be made in, be written?"""
    folder = workspace.absolute()
    while not folder.exists():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("workspace", str(workspace.absolute()))
    except OSError as error:
        return Finding("workspace", f"cannot write {folder}: {error.strerror}", "give another DIR")


def port() -> Finding:
    """JupyterLab takes the next free port by itself, so only a lack of any is wrong."""
    for number in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        if port_problem(number) is None:
            return Finding("port", f"{number} is free")
    detail = f"none from {DEFAULT_PORT} to {DEFAULT_PORT + PORTS_TRIED - 1} is free"
    return Finding("port", detail, "stop other Jupyter servers, or give bplab lab --port N")
