"""The variables that the tests see: the source's own, or the student's from afar.

Which of the two a name means is read from the source: the last cell before the test that binds it
decides. Cells of the source are run here when a test first needs them, and only then. So `np` is
the checker's NumPy, whatever the student has made of it.
"""

import ast
import builtins
import contextlib
from collections.abc import Iterator
from typing import Any

from bplab.grading.assignment import Cell, Notebook
from bplab.grading.magics import plain_python
from bplab.grading.names import names_of
from bplab.grading.remote import Remote, RemoteClass, RemoteObject
from bplab.grading.student import notebook_names
from bplab.grading.values import Unsendable

BEFORE = -1  # the position of what was there before the first cell


class Namespace(dict[str, Any]):
    """The globals of the tests of one notebook.

    `enter` says which test comes next. Names that the assignment shares with the student can be
    deleted and set by a test, as when it asks whether one function uses another.
    """

    def __init__(self, notebook: Notebook, remote: Remote) -> None:
        super().__init__(__name__="__main__", __builtins__=builtins, **notebook_names())
        self.notebook = notebook
        self.remote = remote
        self.bound_at = dict.fromkeys(self, BEFORE)
        self.fetched: set[str] = set()
        self.ran: set[int] = set()
        self.position = BEFORE
        self._is_ours = False  # while a cell of the source runs here, as it did at the student's

    def connect(self, remote: Remote) -> None:
        """Go on with another process of the student's, and forget what belonged to the old one."""
        old, self.remote = self.remote, remote
        for name, value in list(self.items()):
            if isinstance(value, RemoteObject | RemoteClass) or id(value) in old.handles:
                self._forget(name)

    def enter(self, cell: Cell) -> None:
        """Go to a test: what the student or the source has bound since is looked up anew."""
        self.position = self.notebook.cells.index(cell)
        for name in list(self):
            last = self._last_binding(name)
            if name in self.fetched or last > self.bound_at.get(name, BEFORE):
                self._forget(name)

    def _forget(self, name: str) -> None:
        super().pop(name, None)
        self.bound_at.pop(name, None)
        self.fetched.discard(name)

    def _bindings(self, name: str) -> Iterator[int]:
        """The positions of the cells of the source that bind the name, tests excepted."""
        for position, cell in enumerate(self.notebook.cells):
            if cell.is_code and cell.role != "test" and name in names_of(cell.source).binds:
                yield position

    def _last_binding(self, name: str) -> int:
        return max((p for p in self._bindings(name) if p < self.position), default=BEFORE)

    def __missing__(self, name: str) -> Any:
        position = self._last_binding(name)
        if position == BEFORE and hasattr(builtins, name):
            raise KeyError(name)
        if position != BEFORE and self._run_here(position, name):
            return self[name]
        value = self.remote.get(name, declared=name in self.notebook.classes)
        super().__setitem__(name, value)
        self.bound_at[name] = self.position
        self.fetched.add(name)
        return value

    def _run_here(self, position: int, name: str) -> bool:
        """Run a cell of the source, or what it imports; tell whether that bound the name."""
        cell = self.notebook.cells[position]
        tree = ast.parse(plain_python(cell.source))
        if cell.role in ("solution", "manual"):
            tree.body = [
                node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
            ]
        elif position in self.ran:
            return False
        else:
            self.ran.add(position)
        here, self.position, self._is_ours = self.position, position, True
        try:
            # What it did not bind is missing then, as in a kernel that goes on after an error.
            with contextlib.suppress(Exception):
                exec(compile(tree, f"<source {cell.name}>", "exec"), self)
        finally:
            self.position, self._is_ours = here, False
        return name in self

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self.bound_at[name] = self.position
        self.fetched.discard(name)
        # What a test imports is not the student's to call.
        imported = names_of(self.notebook.cells[self.position].source).imports
        is_shared = any(True for _ in self._bindings(name)) and name not in imported
        if is_shared and not self._is_ours:
            with contextlib.suppress(Unsendable):  # the student's code cannot use it then
                self.remote.bind(name, value)

    def __delitem__(self, name: str) -> None:
        if not self._is_ours:
            self.remote.unbind(name)
        self._forget(name)
