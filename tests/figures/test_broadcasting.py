"""The drawn trap: all pairs are shown, and the ones that were meant are marked."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from bplab.figures.broadcasting import all_pairs

A, Y = np.array([0.1, 0.9, 0.4]), np.array([0.0, 1.0, 1.0])


def test_the_diagonal_and_nothing_else_is_hatched():
    ax = all_pairs(A, Y).figure.axes[0]
    cells = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert len(cells) == 3 + 3 + 9
    assert [cell.get_hatch() is not None for cell in cells[6:]] == list(np.eye(3).ravel() == 1)


def test_the_cells_hold_every_output_minus_every_target():
    texts = [text.get_text() for text in all_pairs(A, Y).figure.axes[0].texts]
    for shown in ("0.1", "−0.9", "0.9", "−0.1", "0.4", "−0.6", "a (3, 1)", "a − y (3, 3)"):
        assert shown in texts


def test_the_words_and_the_digest():
    picture = all_pairs(A, Y)
    assert "a table of 3 by 3 = 9 numbers" in picture.alt
    assert picture.digest != all_pairs(A, 1 - Y).digest


def test_wrong_shapes_are_told():
    with pytest.raises(ValueError, match=r"y must have shape \(n,\) with n = 3"):
        all_pairs(A, Y[:2])
