"""What the students handed in: nbgrader's layout, or one notebook each.

    SUBMISSIONS/student/assignment/notebook.ipynb   or   SUBMISSIONS/student.ipynb

Whatever else lies there is an outcome, never a crash. Links are not followed. Files beside a
notebook in a student's own folder, such as data, go with it.
"""

import os
import stat
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from bplab.grading.assignment import Assignment

LARGEST = 20 * 2**20
LONGEST_NAME = 150  # file systems take 255 bytes
MOST_COMPANIONS = 10 * 2**20
SAFE = " ()+,=@"  # besides letters, digits and _.-~; what is not stays as it is in file names


@dataclass(frozen=True)
class Submission:
    """A student's notebooks, as texts by name; `problem` says why there is nothing to grade.

    `files` are those that lie beside the notebooks, such as data, in base 64. `doubt` is a reason
    for a human to look at it.
    """

    student: str
    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    doubt: str = ""


def file_name(student: str) -> str:
    """A name that every file system takes; different students have different ones.

    >>> file_name("ada"), file_name("../x"), file_name("Zoë")
    ('ada', '%2E.%2Fx', 'Zo%C3%AB')
    """
    quoted = quote(student, safe=SAFE, errors="surrogateescape")
    if len(quoted) > LONGEST_NAME:
        quoted = quoted[:LONGEST_NAME] + "~" + sha256(quoted.encode()).hexdigest()[:16]
    return quoted.replace(".", "%2E", 1) if quoted.startswith(".") else quoted


def find_students(folder: Path) -> list[str]:
    """The students, in order: folders, and notebooks that lie in the folder itself.

    Raises: OSError if the folder cannot be read; ValueError if nothing was handed in.
    """
    entries = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    found = {
        entry.name.removesuffix(".ipynb")
        for entry in entries
        if entry.name.endswith(".ipynb") or Path(entry).is_dir()
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
        files, others = _files(folder, student, assignment)
        texts = {name: _text(path) for name, path in files.items()}
    except ValueError as problem:
        return Submission(student, problem=str(problem))
    except OSError as error:
        return Submission(student, problem=f"it cannot be read: {error.strerror}")
    nested = {path.parent for path in files.values()} - {folder}
    chosen = ", ".join(str(path.relative_to(folder)) for path in files.values())
    left = ", ".join(str(path.relative_to(folder)) for path in others)
    doubt = f"handed in more than once: {chosen} was graded, {left} was not" if others else ""
    return Submission(student, texts, _companions(sorted(nested)), doubt=doubt)


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
                    with suppress(OSError):  # no right to read it
                        found[path.name] = b64encode(path.read_bytes()[:size]).decode()
    return found


def _is_text(name: str) -> bool:
    return name.encode("utf-8", "replace").decode() == name


def _files(
    folder: Path, student: str, assignment: Assignment
) -> tuple[dict[str, Path], list[Path]]:
    """The student's notebooks by the name that the assignment gives them, and others of that name.

    Raises: ValueError.
    """
    wanted = list(assignment.texts)
    flat, own = folder / f"{student}.ipynb", folder / student
    if os.path.lexists(flat):
        if len(wanted) > 1:
            raise ValueError(f"one notebook was handed in, but {assignment.name} has {len(wanted)}")
        is_folder = own.is_dir() and not own.is_symlink()
        return {wanted[0]: flat}, sorted(_notebooks(own)) if is_folder else []
    if own.is_symlink():
        raise ValueError("it is a symbolic link, which is not followed")
    candidates = sorted(_notebooks(own), key=lambda path: (len(path.parts), path))
    found, others = {}, []
    for name in wanted:
        same = [path for path in candidates if path.stem == name]
        preferred = [path for path in same if path.parent.name == assignment.name]
        if same:
            found[name], *more = preferred or same
            others += more
    if not found and len(wanted) == 1 and len(candidates) == 1:
        found = {wanted[0]: candidates[0]}  # renamed, but there is no other
    if not found:
        what = f"none of {len(candidates)} notebooks is named so" if candidates else "none is there"
        raise ValueError(f"no notebook {wanted[0]}.ipynb: {what}")
    return found, others


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
