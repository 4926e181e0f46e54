"""What the students handed in: nbgrader's layout, or one notebook each.

    SUBMISSIONS/student/assignment/notebook.ipynb   or   SUBMISSIONS/student.ipynb

Whatever else lies there is an outcome, never a crash, except hidden files that are no notebooks,
such as .DS_Store: they are ignored. Links are not followed. Files beside a notebook in a student's
own folder, such as data, go with it.
"""

import os
import stat
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from bplab.grading.assignment import Assignment
from bplab.grading.choice import choose

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

    What is neither is listed under its whole name. Raises: OSError if the folder cannot be read;
    ValueError if nothing was handed in.
    """
    entries = [Path(entry) for entry in os.scandir(folder)]
    visible = [path for path in entries if not path.name.startswith(".")]
    if not any(path.name.endswith(".ipynb") or path.is_dir() for path in visible):
        raise ValueError(
            f"{folder} holds no submissions: expected student/assignment/notebook.ipynb, or "
            "student.ipynb"
        )
    hidden = {path.name for path in entries if path.name.startswith(".")}
    students = {path.name.removesuffix(".ipynb") for path in visible}
    return sorted(students | {name for name in hidden if name.endswith(".ipynb")})


def read_submission(folder: Path, student: str, assignment: Assignment) -> Submission:
    """What one student handed in for this assignment."""
    try:
        choice = choose(folder, student, assignment)
        texts = {name: _text(path) for name, path in choice.files.items()}
    except ValueError as problem:
        return Submission(student, problem=str(problem))
    except OSError as error:
        return Submission(student, problem=f"it cannot be read: {error.strerror}")
    nested = {path.parent for path in choice.files.values()} - {folder}
    return Submission(student, texts, companions(sorted(nested)), doubt="; ".join(choice.doubts))


def companions(folders: list[Path]) -> dict[str, str]:
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
