"""The learner's folder: lessons are copied into it; what the learner wrote is never touched.

A manifest in the workspace remembers the hash of each lesson as it was last handed out. A file that
still has this hash is unchanged and may be replaced by a newer lesson; any other file is the
learner's, and the newer lesson is put beside it.
"""

import errno
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MANIFEST = Path(".bplab", "manifest.json")
DEFAULT_PORT = 8888


class Outcome(NamedTuple):
    """What happened to one lesson file: copied, updated, restored, current, kept or beside."""

    name: str
    action: str
    path: Path


def lessons_source() -> Path:
    """The folder the lessons are copied from.

    Raises: FileNotFoundError if this installation has no lessons.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "_lessons", package.parent / "lessons"):  # a wheel, a checkout
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"this installation of bplab has no lessons: {package / '_lessons'} is missing; "
        "install bplab again"
    )


def find_workspace(folder: Path) -> Path | None:
    """The workspace that this folder is, or is in."""
    for candidate in (folder, *folder.parents):
        if os.path.isfile(candidate / MANIFEST):  # pathlib's is_file raises without permission
            return candidate
    return None


def lesson_files(source: Path) -> Iterator[Path]:
    """The lesson files below `source`, as relative paths in order; hidden files are not lessons."""
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if path.is_file() and not any(part.startswith((".", "__")) for part in relative.parts):
            yield relative


def fill(workspace: Path, source: Path, version: str) -> list[Outcome]:
    """Bring the lessons in `source` into `workspace`, and tell what happened to each.

    Raises: ValueError if the workspace is the folder the lessons come from; OSError if it cannot be
    written.
    """
    if workspace.resolve() == source.resolve():
        raise ValueError(
            f"the workspace must be another folder than {source}, where the lessons come from; "
            "give another DIR"
        )
    make_folder(workspace)
    manifest = read_manifest(workspace)
    outcomes = []
    try:
        for relative in lesson_files(source):
            outcomes.append(hand_out(relative, workspace, source, version, manifest))
            manifest[relative.as_posix()] = digest(source / relative)
    finally:  # an interrupted copy keeps a true manifest of what is there
        write(workspace / MANIFEST, json.dumps(manifest, indent=1).encode())
    return outcomes


def hand_out(
    relative: Path, workspace: Path, source: Path, version: str, manifest: dict[str, str]
) -> Outcome:
    """Copy one lesson, unless that would touch the learner's work."""
    name = relative.as_posix()
    target, new = workspace / relative, source / relative
    handed_out = manifest.get(name)
    if not target.exists():
        action = "restored" if handed_out else "copied"
    elif digest(target) == digest(new):
        return Outcome(name, "current", target)
    elif digest(target) == handed_out:
        action = "updated"
    elif digest(new) == handed_out:
        return Outcome(name, "kept", target)
    else:
        action, target = "beside", beside(target, new, version)
    write(target, new.read_bytes())
    return Outcome(name, action, target)


def beside(target: Path, new: Path, version: str) -> Path:
    """Where a newer lesson goes when `target` is the learner's: 04_x.new-0.2.0.ipynb, or -2, -3…"""
    stem = f"{target.stem}.new-{version}"
    candidate, number = target.with_name(stem + target.suffix), 1
    while candidate.exists() and digest(candidate) != digest(new):
        number += 1
        candidate = target.with_name(f"{stem}-{number}{target.suffix}")
    return candidate


def read_manifest(workspace: Path) -> dict[str, str]:
    """The hashes of the lessons as handed out.

    An unreadable manifest counts as empty: then every file that differs is the learner's.
    """
    try:
        manifest = json.loads((workspace / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is, at any moment, either the old one or the whole new one."""
    make_folder(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise OSError(f"cannot write {path}: {error.strerror}; give another DIR") from error
    finally:
        part.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OSError(f"DIR must be a folder, but {folder} is a file; give another DIR") from None
    except OSError as error:
        raise OSError(
            f"cannot make the folder {folder}: {error.strerror}; give another DIR"
        ) from error


def port_problem(port: int) -> str | None:
    """Why JupyterLab cannot listen on this port of the local machine, or None if it can."""
    for family, kind, protocol, _, address in socket.getaddrinfo(
        "localhost", port, type=socket.SOCK_STREAM
    ):
        try:
            with socket.socket(family, kind, protocol) as probe:
                if os.name == "posix":  # as the server does: a port just closed is free
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"port {port} is in use"
            if error.errno == errno.EACCES:
                return f"port {port} may not be used by this account"
            # another errno: this machine has no such address family, so nothing listens there
    return None
