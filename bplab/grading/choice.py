"""Which of the notebooks that a student handed in are graded, and where that is in doubt."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bplab.grading.assignment import Assignment

MOST_TOLD = 3


@dataclass
class Choice:
    """Notebooks by the name that the assignment gives them; `doubts` are for a human."""

    files: dict[str, Path] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def choose(folder: Path, student: str, assignment: Assignment) -> Choice:
    """The notebooks of one student. Raises: ValueError if there are none; OSError."""
    flat, own = folder / f"{student}.ipynb", folder / student
    if os.path.lexists(flat):
        return _flat(flat, own, assignment)
    if own.is_symlink():
        raise ValueError("it is a symbolic link, which is not followed")
    if student.startswith("."):
        raise ValueError("it is hidden: its name begins with a dot")
    if not own.is_dir():
        raise ValueError("it is neither a notebook nor a student's folder")
    return _nested(own, assignment)


def _flat(flat: Path, own: Path, assignment: Assignment) -> Choice:
    """One notebook, which may have any content; a folder beside it should hold no other."""
    if len(assignment.texts) > 1:
        raise ValueError(
            f"one notebook was handed in, but {assignment.name} has {len(assignment.texts)}"
        )
    choice = Choice({next(iter(assignment.texts)): flat})
    if own.is_dir() and not own.is_symlink():
        choice.doubts += _twice(choice, sorted(_notebooks(own)), flat.parent)
    elif os.path.lexists(own):
        choice.doubts.append(f"{own.name} lies beside it, which is no folder, and was not read")
    return choice


def _nested(own: Path, assignment: Assignment) -> Choice:
    candidates = sorted(_notebooks(own), key=lambda path: (len(path.parts), path))
    mine = [path for path in candidates if _belongs(path, own, assignment)]
    choice = _named(mine, own, assignment)
    missing = [f"{name}.ipynb" for name in assignment.texts if name not in choice.files]
    spare = [path for path in mine if path.stem not in assignment.texts]
    if len(assignment.texts) == len(missing) == len(mine) == 1:
        choice.files = {next(iter(assignment.texts)): mine[0]}
        choice.doubts.append(f"no notebook {missing[0]}: {_told(mine, own)} was graded instead")
    elif not choice.files:
        raise ValueError(f"no notebook {missing[0]}{_instead(candidates, mine, own, assignment)}")
    elif missing and spare:
        choice.doubts.append(
            f"no notebook {', '.join(missing)}: {_told(spare, own)} was found and not graded"
        )
    return choice


def _named(mine: list[Path], own: Path, assignment: Assignment) -> Choice:
    """The notebooks that have the right names."""
    choice, others = Choice(), []
    for name in assignment.texts:
        same = [path for path in mine if path.stem == name]
        preferred = [path for path in same if path.parent.name == assignment.name]
        if same:
            choice.files[name], *more = preferred or same
            others += more
    choice.doubts += _twice(choice, others, own.parent)
    return choice


def _twice(choice: Choice, others: list[Path], folder: Path) -> Iterator[str]:
    if others:
        chosen = ", ".join(str(path.relative_to(folder)) for path in choice.files.values())
        left = ", ".join(str(path.relative_to(folder)) for path in others)
        yield f"handed in more than once: {chosen} was graded, {left} was not"


def _belongs(path: Path, own: Path, assignment: Assignment) -> bool:
    """Whether a notebook lies in no other assignment's folder, as far as the source tells."""
    folders = path.relative_to(own).parts[:-1]
    return not assignment.folder or not folders or assignment.folder in folders


def _instead(candidates: list[Path], mine: list[Path], own: Path, assignment: Assignment) -> str:
    """What was found where a notebook was expected."""
    if mine:
        return f": none of {len(mine)} notebooks is named so"
    if candidates:
        return f" in the folder {assignment.folder}: found {_told(candidates, own)}"
    return ": none is there"


def _told(paths: list[Path], own: Path) -> str:
    names = [str(path.relative_to(own)) for path in paths[:MOST_TOLD]]
    return ", ".join([*names, *(["…"] if len(paths) > MOST_TOLD else [])])


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
