"""The base of all widgets: a live view where there is a front end, a picture everywhere else.

Shown in a notebook, a widget gives a picture and, below it, the live view. A front end that runs
the view hides the picture; one that cannot (GitHub, nbconvert, a notebook reopened without its
kernel) shows the picture alone. A notebook that is recorded gets the picture and nothing else.
"""

from __future__ import annotations

import dataclasses
import math
import os
import re
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from IPython.display import display

from bplab.figures import Picture
from bplab.figures.style import GREY, styled

FOLDER = Path(__file__).resolve().parent
IMPORT = re.compile(r'^import\s[^;]*?from\s+"(?P<path>\.[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)

LIVE = "application/vnd.jupyter.widget-view+json"

# JupyterLab keeps a view in the stored notebook and says "model not found" once its kernel is gone.
# So an output between the picture and the view hides whichever of the two has nothing to show.
SWITCH = """<style>
.jp-OutputArea-child:has(.bplab-switch),
.jp-OutputArea-child:has(.bplab-switch) + .jp-OutputArea-child:not(:has(.bplab)),
.jp-OutputArea-child:has(+ .jp-OutputArea-child .bplab-switch):has(+ * + * .bplab) {
  display: none;
}
</style><span class="bplab-switch"></span>"""


def module(name: str) -> str:
    """One ES module made of a file of this folder and all that it imports, as anywidget wants it.

    Files import each other by relative paths, without renaming, and share one scope here; so the
    same files run unchanged in Node, and no bundler is needed.
    """
    parts: dict[Path, str] = {}

    def add(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        for statement in IMPORT.finditer(text):
            needed = (path.parent / statement["path"]).resolve()
            if needed not in parts:
                add(needed)
        parts[path] = EXPORT.sub("", IMPORT.sub("", text))

    add(FOLDER / name)
    return "\n".join(parts.values())


def stylesheet(*names: str) -> str:
    """The style sheet all views share, followed by those named."""
    return "\n".join(
        (FOLDER / name).read_text(encoding="utf-8") for name in ("shared/view.css", *names)
    )


def as_json(value: Any) -> Any:
    """A state as plain dicts, lists and numbers, which is all that a trait may carry.

    Raises: ValueError for NaN or infinity, which JSON does not know.
    """
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {field.name: as_json(getattr(value, field.name)) for field in fields}
    if isinstance(value, dict):
        return {key: as_json(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(entry) for entry in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return as_json(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"the state of a widget must be finite; it holds {value}.")
    return value


@styled()
def captioned(picture: Picture, caption: str) -> Picture:
    """The picture with a line below it that says what it is a picture of."""
    picture.figure.supxlabel(caption, fontsize=8.5, color=GREY)
    return Picture(picture.figure, f"{picture.alt} {caption}")


class View(anywidget.AnyWidget):
    """A widget over a frozen state. A subclass sets `_esm`, `caption`, and `picture`.

    state: what the front end gets to draw, as JSON. The view may change its own copy; the state
    that the widget was made with stays in `start`.
    """

    _css = stylesheet()
    caption = "Run this cell in JupyterLab to make the picture move."

    state = traitlets.Dict().tag(sync=True)

    def __init__(self, start: Any, **traits: Any) -> None:
        super().__init__(state=as_json(start), **traits)
        self.start = start

    def picture(self) -> Picture:
        """The start as a figure with its words."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return repr(captioned(self.picture(), self.caption))

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, Any], dict[str, Any]]:
        return captioned(self.picture(), self.caption)._repr_mimebundle_()

    def _ipython_display_(self) -> None:
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        if os.environ.get("BPLAB_STATIC") == "1":  # tools/record.py sets it
            return
        display({"text/html": SWITCH}, raw=True)
        live = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        display({LIVE: live}, raw=True)
