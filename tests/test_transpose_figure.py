"""The figure beside BP2: which arrows and which entries of W are marked."""

import numpy as np
from matplotlib.patches import Rectangle

from bplab.figures.transpose import rows_and_columns


def marked_cells(ax):
    """Which entries of the drawn matrix are hatched, rows from the top."""
    cells = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    columns = np.unique([cell.get_x() for cell in cells])
    rows = np.unique([-cell.get_y() for cell in cells])
    places = [
        (np.searchsorted(rows, -c.get_y()), np.searchsorted(columns, c.get_x())) for c in cells
    ]
    return {(int(j), int(k)) for (j, k), c in zip(places, cells, strict=True) if c.get_hatch()}


def test_forward_marks_a_row_and_backward_a_column():
    forward, backward = rows_and_columns().figure.axes
    assert marked_cells(forward) == {(1, 0), (1, 1)}
    assert marked_cells(backward) == {(0, 0), (1, 0), (2, 0)}


def test_it_is_the_same_each_time_and_has_words():
    picture = rows_and_columns()
    assert picture.digest == rows_and_columns().digest
    assert "the second row of W" in picture.alt
    assert "the first column of W" in picture.alt
    assert len(picture.png()) < 200_000
