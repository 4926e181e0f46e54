"""A figure together with its words, and the digest by which tests notice that it changed.

A notebook shows the PNG; a screen reader, a terminal and nbval read the text, which ends with the
first digits of the digest. PNG bytes differ between matplotlib versions, the digest does not.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Transform

from bplab.figures.style import styled

SCREEN_DPI = 96
RENDERED_DPI = 144  # half as many pixels again as shown, so that text stays sharp on most screens


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """A matplotlib figure and its text alternative. Shows itself as PNG; `repr` is the text."""

    figure: Figure
    alt: str

    @property
    def digest(self) -> str:
        return artist_digest(self.figure)

    @styled()
    def png(self) -> bytes:
        """The figure as PNG bytes, the same on every call: no date, no software version inside."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=RENDERED_DPI, metadata={"Software": None})
        # The layout is settled now; a second pass would shift it by fractions of a pixel.
        self.figure.set_layout_engine("none")
        return buffer.getvalue()

    def __repr__(self) -> str:
        return f"{self.alt} [figure {self.digest[:12]}]"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, object], dict[str, object]]:
        width, height = (int(inches * SCREEN_DPI) for inches in self.figure.get_size_inches())
        data: dict[str, object] = {"text/plain": repr(self), "image/png": self.png()}
        return data, {"image/png": {"alt": self.alt, "width": width, "height": height}}


def artist_digest(figure: Figure) -> str:
    """SHA-256 over what the figure shows: lines, points, patches, images, texts and axis limits.

    Positions count in ten-thousandths of their axes, so last-digit noise does not change the
    digest and a difference that an eye can see does. Contours are left out: they follow from the
    image they are drawn on.
    """
    parts = [part for ax in figure.axes for part in _describe_axes(ax)]
    parts += [text.get_text() for text in figure.texts]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _describe_axes(ax: Axes) -> Iterator[str]:
    for name, (low, high) in {"x": ax.get_xlim(), "y": ax.get_ylim()}.items():
        span = abs(high - low)
        scale = ax.get_xscale() if name == "x" else ax.get_yscale()
        yield f"axis {name} {scale} {_cells([low / span, high / span, np.log10(span)])}"
    for text in [ax.title, ax.xaxis.label, ax.yaxis.label, *_legend_texts(ax)]:
        yield f"words {text.get_text()}"
    for text in ax.texts:
        if isinstance(text, Annotation):  # it hangs on a data point; drawing moves its own position
            where = _in_axes(ax, text, [text.xy], ax.transData)
        else:
            where = _in_axes(ax, text, [text.get_position()])
        yield f"text {text.get_text()} {where}"
    for line in ax.lines:
        sign = f"{_colour(line.get_color())} {line.get_linestyle()} {line.get_marker()}"
        yield f"line {sign} {_in_axes(ax, line, line.get_xydata())}"
    for patch in ax.patches:
        sign = f"{_colour(patch.get_facecolor())} {patch.get_hatch()}"
        shape = patch.get_patch_transform().transform(patch.get_path().vertices)
        yield f"patch {sign} {_in_axes(ax, patch, shape, patch.get_data_transform())}"
    for image in ax.images:
        pixels = image.norm(np.asarray(image.get_array()))
        yield f"image {_cells(np.asarray(pixels), steps=1000)}"
    for collection in ax.collections:
        colours = [_colour(colour) for colour in collection.get_facecolor()]
        if isinstance(collection, PathCollection):
            offsets = np.asarray(collection.get_offsets())
            where = _in_axes(ax, collection, offsets, collection.get_offset_transform())
            yield f"points {colours} {where}"
        elif isinstance(collection, LineCollection):
            for segment in collection.get_segments():
                yield f"segment {_in_axes(ax, collection, segment)}"


def _colour(colour: Any) -> str:
    return to_hex(to_rgba(colour), keep_alpha=True)


def _legend_texts(ax: Axes) -> list[Text]:
    legend = ax.get_legend()
    return legend.get_texts() if legend else []


def _in_axes(
    ax: Axes, artist: Artist, xy: npt.ArrayLike, transform: Transform | None = None
) -> str:
    to_axes = (transform or artist.get_transform()) - ax.transAxes
    return _cells(to_axes.transform(np.asarray(xy, dtype=float)))


def _cells(values: npt.ArrayLike, steps: int = 10_000) -> str:
    # The odd offset keeps round numbers, which figures are full of, away from the cells' edges.
    cells = np.floor(np.nan_to_num(np.asarray(values, dtype=float)) * steps + 0.3183)
    return " ".join(str(int(cell)) for cell in cells.ravel())
