"""Wrong answers as a list of text, in which a wrong program is the right one, altered.

    no W: (delta2 @ W2) → delta2
        W2 is missing in delta1: an error passes back through the weights it came by.
    zeros: W1 = … → W1 = np.zeros((n_hidden, n_in))
        W2 = … → W2 = np.zeros((n_out, n_hidden))
        With zeros all hidden units are the same, too.

A name, what is changed, and the diagnosis. Left of an arrow stands a piece of the right program, in
which … is the rest of the line; right of it stands what a learner made of it.
"""

import functools
import inspect
import linecache
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bplab.exercises.exercise import Mistake

ARROW = "→"


def wrong_texts(text: str) -> tuple[Mistake, ...]:
    """Mistakes whose answer is the text behind the name, such as a formula."""
    return tuple(
        Mistake(name, answer, " ".join(lines)) for name, (answer, *lines) in _entries(text)
    )


def wrong_programs(program: Callable[..., Any], text: str) -> tuple[Mistake, ...]:
    """Mistakes whose answer is the program, altered."""
    mistakes = []
    for name, lines in _entries(text):
        changes = [line for line in lines if ARROW in line]
        diagnosis = " ".join(line for line in lines if line and ARROW not in line)
        mistakes.append(Mistake(name, altered(program, *changes), diagnosis))
    return tuple(mistakes)


def _entries(text: str) -> Iterator[tuple[str, list[str]]]:
    """The name of each entry, with what stands behind it and the lines below it."""
    for entry in re.split(r"\n(?=\S)", text.strip()):
        head, *lines = entry.split("\n")
        name, _, first = head.partition(":")
        yield name, [line.strip() for line in (first, *lines)]


def altered(program: Callable[..., Any], *changes: str) -> Callable[..., Any]:
    """The program with pieces of its source replaced, one after the other, each "right → wrong".

    A line of which nothing is left is dropped. The result has a source, for a lesson to show.
    Raises: ValueError if a piece does not occur exactly once.
    """
    source = _source(program)
    for change in changes:
        right, wrong = map(str.strip, change.split(ARROW))
        found = re.findall(re.escape(right).replace("…", ".*"), source)
        if len(found) != 1:
            raise ValueError(f"{right!r} must occur once in {program.__name__}")
        source = re.sub(r"^ +\n", "", source.replace(found[0], wrong), flags=re.MULTILINE)
    file = f"<{program.__name__}: {'; '.join(changes)}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    names = program.__globals__ | {"np": np}  # what is made of a program may need it first
    exec(compile(source, file, "exec"), names)
    return names[program.__name__]


_source = functools.cache(inspect.getsource)
