"""The states of a lesson's views when it has run: all that a page needs of a kernel."""

import os
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import Any

from markupsafe import Markup
from nbclient import NotebookClient
from nbformat import NotebookNode

from bplab.widgets.view import LIVE

SIGN = "bplab.widgets"  # a cell that shows a view imports it
SECONDS = 300
EXPORT = "export default"
NOT_STATE = ("layout", "tabbable", "tooltip")  # traits of every widget, which our views do not read


@dataclass(frozen=True)
class Live:
    """A view without its kernel: its ES module, its style sheet and its traits."""

    module: str
    style: str
    state: dict[str, Any]

    @property
    def script(self) -> Markup:
        """The module with its view as the name `view`: a page from a folder can import nothing."""
        assert self.module.count(EXPORT) == 1
        assert "</script" not in self.module
        return Markup(self.module.replace(EXPORT, "const view ="))


def live_views(notebook: NotebookNode) -> dict[str, list[Live]]:
    """The views that each cell shows, by its id. Runs the notebook as far as the last of them."""
    last = max((i for i, cell in enumerate(notebook.cells) if SIGN in cell.source), default=-1)
    if last < 0:
        return {}
    copy = deepcopy(notebook)
    copy.cells = copy.cells[: last + 1]
    environment = {key: value for key, value in os.environ.items() if key != "BPLAB_STATIC"}
    with TemporaryDirectory() as folder:  # no workspace, so nobody's progress is touched
        client = NotebookClient(copy, timeout=SECONDS, resources={"metadata": {"path": folder}})
        client.execute(env=environment, stdout=DEVNULL, stderr=DEVNULL)
    return {
        cell.id: [
            _without_kernel(client.widget_state[output.data[LIVE]["model_id"]])
            for output in cell.get("outputs", [])
            if LIVE in output.get("data", {})
        ]
        for cell in copy.cells
    }


def _without_kernel(traits: Mapping[str, Any]) -> Live:
    state = {
        name: value
        for name, value in traits.items()
        if not name.startswith("_") and name not in NOT_STATE
    }
    return Live(traits["_esm"], traits["_css"], state)
