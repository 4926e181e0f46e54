"""Figures of the handwritten digits: the images with their answers, and the confusion matrix."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import PowerNorm

from bplab.figures.picture import Picture
from bplab.figures.style import INK, ORANGE, bare, sheet, styled
from bplab.numeric.arrays import Array, as_finite, require_shapes

COLUMNS = 10


@styled()
def digits_grid(
    images: Array,
    labels: Array,
    predictions: Array | None = None,
    *,
    title: str = "Handwritten digits",
) -> Picture:
    """The images, each under its label; with predictions, under ✓ or ✗ and what it was taken for.

    Shapes: images (N, height, width), labels (N,), predictions (N,).
    """
    images, labels = as_finite("images", images), np.asarray(labels)
    said = labels if predictions is None else np.asarray(predictions)
    require_shapes(
        images=(images, ("N", "height", "width")),
        labels=(labels, ("N",)),
        predictions=(said, ("N",)),
    )
    rows = -(-len(images) // COLUMNS)
    figure = sheet(8.4, 0.5 + 1.12 * rows)
    axes = figure.subplots(rows, COLUMNS, squeeze=False)
    for ax in axes.flat:
        bare(ax)
    for ax, image, label, answer in zip(axes.flat, images, labels, said, strict=False):
        ax.imshow(image, cmap="gray_r", interpolation="nearest")
        right = answer == label
        verdict = f"✓ {label}" if right else f"✗ {answer}, is {label}"
        caption = f"{label}" if predictions is None else verdict
        ax.set_title(caption, fontsize=10, color=INK if right else ORANGE, pad=3)
    figure.suptitle(title)
    words = ", ".join(map(str, labels))
    if predictions is not None:
        words += f"; taken for {', '.join(map(str, said))}"
    return Picture(figure, f"{title}: {len(images)} images of {words}.")


@styled()
def confusion(
    labels: Array, predictions: Array, *, classes: int = 10, title: str = "Confusion matrix"
) -> Picture:
    """How often each class (row) was taken for which (column).

    Shapes: labels (N,), predictions (N,), integers 0 … classes − 1.
    Raises: ValueError if a label is out of that range.
    """
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    require_shapes(labels=(labels, ("N",)), predictions=(predictions, ("N",)))
    _require_classes("labels", labels, classes)
    _require_classes("predictions", predictions, classes)
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    right = int(np.trace(counts))
    figure = sheet(5.8, 5.4)
    ax = figure.subplots()
    # The root lets single mistakes show beside a diagonal of dozens.
    ax.imshow(counts, cmap="Blues", norm=PowerNorm(0.5, vmin=0, vmax=4 * counts.max()))
    for row, column in np.argwhere(counts):
        mistake = row != column
        ax.text(
            column,
            row,
            str(counts[row, column]),
            ha="center",
            va="center",
            color=ORANGE if mistake else INK,
            fontweight="bold" if mistake else "normal",
        )
    ax.set(xticks=range(classes), yticks=range(classes), xlabel="predicted", ylabel="true")
    share = f"{right} of {len(labels)} right ({right / len(labels):.1%})"
    ax.set_title(f"{title}: {share}")
    worst = np.where(np.eye(classes, dtype=bool), 0, counts)
    true, taken = np.unravel_index(np.argmax(worst), worst.shape)
    times = "once" if worst.max() == 1 else f"{worst.max()} times"
    most = f"; most often, {times}, {true} was taken for {taken}" if worst.any() else ""
    return Picture(figure, f"{title}: {share}{most}.")


def _require_classes(name: str, values: Array, classes: int) -> None:
    wrong = values[~np.isin(values, np.arange(classes))]
    if len(wrong):
        raise ValueError(f"{name} must be integers 0 … {classes - 1}; got {wrong[0]}")
