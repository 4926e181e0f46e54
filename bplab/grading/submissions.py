"""What the students handed in: nbgrader's layout, or one notebook each.

    SUBMISSIONS/student/assignment/notebook.ipynb   or   SUBMISSIONS/student.ipynb

Whatever else lies there is an outcome, never a crash. Links are not followed. Files beside a
notebook in a student's own folder, such as data, go with it.
"""

import os
import stat
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from bplab.grading.assignment import Assignment

LARGEST = 20 * 2**20
MOST_COMPANIONS = 10 * 2**20
SAFE = " ()+,=@"  # besides letters, digits and _.-~; what is not stays as it is in file names


@dataclass(frozen=True)
class Submission:
    """A student's notebooks, as texts by name; `problem` says why there is nothing to grade.

    `files` are those that lie beside the notebooks, such as data, in base 64.
    """

    student: str
    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def file_name(self) -> str:
        """The student's name as a file name that no other student has."""
        return file_name(self.student)


def file_name(student: str) -> str:
    """A name that every file system takes; different students have different ones.

    >>> file_name("ada"), file_name("../x"), file_name("Zoë")
    ('ada', '%2E.%2Fx', 'Zo%C3%AB')
    """
    quoted = quote(student, safe=SAFE, errors="surrogateescape")
    return quoted.replace(".", "%2E", 1) if quoted.startswith(".") else quoted


def find_students(folder: Path) -> list[str]:
    """The students, in order: folders, and notebooks that lie in the folder itself.

    Raises: OSError if the folder cannot be read; ValueError if nothing was handed in.
    """
    entries = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    found = {
        entry.name.removesuffix(".ipynb")
        for entry in entries
        if entry.name.endswith(".ipynb") or entry.is_dir(follow_symlinks=True)
    }
    if not found:
        raise ValueError(
            f"{folder} holds no submissions: expected student/assignment/notebook.ipynb, or "
            "student.ipynb"
        )
    return sorted(found)


def read_submission(folder: Path, student: str, assignment: Assignment) -> Submission:
    """What one student handed in for this assignment."""
    try:
        files = _files(folder, student, assignment)
        texts = {name: _text(path) for name, path in files.items()}
    except ValueError as problem:
        return Submission(student, problem=str(problem))
    except OSError as error:
        return Submission(student, problem=f"it cannot be read: {error.strerror}")
    nested = {path.parent for path in files.values()} - {folder}
    return Submission(student, texts, _companions(sorted(nested)))


def _companions(folders: list[Path]) -> dict[str, str]:
    """The files beside the notebooks, by name, as far as there is room; notebooks are none."""
    found, room = {}, MOST_COMPANIONS
    for folder in folders:
        for path in sorted(folder.iterdir()):
            plain = path.is_file() and not path.is_symlink()
            if plain and not path.name.startswith(".") and path.suffix != ".ipynb":
                size = path.stat().st_size
                if size <= room and _is_text(path.name):
                    room -= size
                    found[path.name] = b64encode(path.read_bytes()[:size]).decode()
    return found


def _is_text(name: str) -> bool:
    return name.encode("utf-8", "replace").decode() == name


def _files(folder: Path, student: str, assignment: Assignment) -> dict[str, Path]:
    """The student's notebooks by the name that the assignment gives them. Raises: ValueError."""
    wanted = list(assignment.texts)
    flat = folder / f"{student}.ipynb"
    if os.path.lexists(flat):
        if len(wanted) > 1:
            raise ValueError(f"one notebook was handed in, but {assignment.name} has {len(wanted)}")
        return {wanted[0]: flat}
    if (folder / student).is_symlink():
        raise ValueError("it is a symbolic link, which is not followed")
    candidates = sorted(_notebooks(folder / student), key=lambda path: (len(path.parts), path))
    found = {}
    for name in wanted:
        same = [path for path in candidates if path.stem == name]
        preferred = [path for path in same if path.parent.name == assignment.name]
        if same:
            found[name] = (preferred or same)[0]
    if not found and len(wanted) == 1 and len(candidates) == 1:
        found = {wanted[0]: candidates[0]}  # renamed, but there is no other
    if not found:
        what = f"none of {len(candidates)} notebooks is named so" if candidates else "none is there"
        raise ValueError(f"no notebook {wanted[0]}.ipynb: {what}")
    return found


def _notebooks(folder: Path) -> Iterator[Path]:
    """The notebooks below a student's folder, at most two folders deep; checkpoints are none."""
    for entry in os.scandir(folder):
        if entry.name.startswith("."):
            continue
        if entry.name.endswith(".ipynb"):
            yield Path(entry.path)
        elif (
            entry.is_dir(follow_symlinks=False)
            and len(Path(entry.path).parts) < len(folder.parts) + 3
        ):
            yield from _notebooks(Path(entry.path))


def _text(path: Path) -> str:
    """The file's text. Raises: ValueError if it is no file of a sensible size; OSError."""
    if path.is_symlink():
        raise ValueError("it is a symbolic link, which is not followed")
    if not path.is_file():
        raise ValueError("it is no regular file")
    # Whoever may write here could exchange the file now: look again at what was opened.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is no regular file")
        if status.st_size > LARGEST:
            raise ValueError(
                f"it is too large: {status.st_size >> 20} MiB, at most {LARGEST >> 20}"
            )
        content = file.read(LARGEST + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
