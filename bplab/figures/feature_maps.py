"""Images beside what a layer makes of them, and a layer's weights as one matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.colors import TwoSlopeNorm

from bplab.figures.picture import Picture
from bplab.figures.style import BLUE_TO_ORANGE, bare, sheet, styled
from bplab.numeric.arrays import Array, as_finite, require_shapes


@styled()
def feature_maps(
    images: npt.ArrayLike,
    maps: npt.ArrayLike,
    names: Sequence[str],
    *,
    title: str = "Images and their feature maps",
) -> Picture:
    """A row for each image: the image, then its map by each kernel; + and − mark strong entries.

    Shapes: images (N, H, W), maps (N, F, h, w), one name for each of the F kernels.
    """
    images, maps = as_finite("images", images), as_finite("maps", maps)
    require_shapes(images=(images, ("N", "H", "W")), maps=(maps, ("N", "F", "h", "w")))
    if len(names) != maps.shape[1]:
        raise ValueError(f"names must hold {maps.shape[1]}, one a kernel; got {len(names)}")
    rows, columns = len(images), 1 + len(names)
    figure = sheet(1.55 * columns + 0.3, 1.5 * rows + 0.8)
    axes = figure.subplots(rows, columns, squeeze=False)
    largest = float(np.abs(maps).max()) or 1.0
    for row, image, found in zip(axes, images, maps, strict=True):
        bare(row[0]).imshow(image, cmap="gray_r", interpolation="nearest")
        for ax, feature in zip(row[1:], found, strict=True):
            bare(ax).imshow(feature, cmap=BLUE_TO_ORANGE, norm=TwoSlopeNorm(0, -largest, largest))
            for r, c in np.argwhere(np.abs(feature) > largest / 2):
                ax.text(c, r, "+" if feature[r, c] > 0 else "−", ha="center", va="center")
    for ax, name in zip(axes[0], ["image", *names], strict=True):
        ax.set_title(name)
    figure.suptitle(title)
    shares = ", ".join(
        f"{name} {np.mean(found > largest / 2):.0%} strongly positive and "
        f"{np.mean(found < -largest / 2):.0%} strongly negative"
        for name, found in zip(names, np.moveaxis(maps, 1, 0), strict=True)
    )
    return Picture(
        figure,
        f"{title}: {rows} images, each followed by {len(names)} maps. Orange with + is far above "
        f"0, blue with − far below. Entries over all images: {shares}.",
    )


@styled()
def kernel_matrix(T: npt.ArrayLike, *, title: str) -> Picture:
    """The matrix of a convolution: its nonzero entries written out, + in orange, − in blue.

    Shapes: T (n_out, n_in).
    """
    T = as_finite("T", T)
    require_shapes(T=(T, ("n_out", "n_in")))
    largest = float(np.abs(T).max()) or 1.0
    figure = sheet(0.33 * T.shape[1] + 1.2, 0.33 * len(T) + 1.3)
    ax = figure.subplots()
    ax.imshow(T, cmap=BLUE_TO_ORANGE, norm=TwoSlopeNorm(0, -largest, largest))
    for r, c in np.argwhere(T):
        ax.text(c, r, _entry(T[r, c]), ha="center", va="center", fontsize=8)
    ax.set(
        xticks=range(0, T.shape[1], 4),
        yticks=range(0, len(T), 4),
        xlabel="pixel of the image, flattened",
        ylabel="output, flattened",
        title=title,
    )
    count = int(np.count_nonzero(T))
    return Picture(
        figure,
        f"{title}: a matrix of {len(T)} by {T.shape[1]}, in which {count} of {T.size} entries are "
        f"not 0. They lie on slanted lines that hold one value each, out of {_values(T)}.",
    )


def _entry(value: float) -> str:
    return f"{value:.2g}".replace("-", "−")


def _values(T: Array) -> str:
    return ", ".join(_entry(value) for value in np.unique(T[T != 0]))
