"""Figures of sliding windows: what is marked is what the output depends on."""

import numpy as np
import pytest
from matplotlib.patches import Circle, Rectangle

from bplab.figures.convolution import kernel_window, receptive_field, windows_along

X = np.array([[1, 2, 0, 1, 3], [0, 1, 2, 1, 0], [3, 1, 0, 2, 1], [1, 0, 1, 2, 2.0]])
K = np.array([[1, 2], [3, -1.0]])


def hatched(picture, kind=Rectangle):
    patches = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, kind)]
    return [patch.get_hatch() is not None for patch in patches]


def texts(picture):
    return [text.get_text() for text in picture.figure.axes[0].texts]


def test_the_window_the_kernel_and_one_output_are_marked():
    marks = hatched(kernel_window(X, K, at=(1, 2)))
    image, kernel, output = np.split(np.array(marks), [20, 24])
    assert np.argwhere(image.reshape(4, 5)).tolist() == [[1, 2], [1, 3], [2, 2], [2, 3]]
    assert kernel.all()
    assert np.argwhere(output.reshape(3, 4)).tolist() == [[1, 2]]


def test_the_sum_is_written_out():
    picture = kernel_window(X, K, at=(1, 2))
    assert "z[1, 2] = 1·2 + 2·1 + 3·0 + (−1)·2 = 2" in texts(picture)
    assert "rows 1 to 2 and columns 2 to 3" in picture.alt


def test_stride_and_padding_move_the_window():
    picture = kernel_window(X[:3, :4], K, at=(0, 1), stride=2, padding=1)
    marks = np.array(hatched(picture))[:30].reshape(5, 6)
    assert np.argwhere(marks).tolist() == [[0, 2], [0, 3], [1, 2], [1, 3]]
    assert "z[0, 1] = 1·0 + 2·0 + 3·2 + (−1)·0 = 6" in texts(picture)
    assert "with padding 1" in picture.alt


def test_a_changed_pixel_changes_the_digest():
    changed = X.copy()
    changed[0, 0] = 5
    assert kernel_window(X, K, (0, 0)).digest != kernel_window(changed, K, (0, 0)).digest


def test_an_output_that_is_not_there_is_told():
    with pytest.raises(ValueError, match=r"at must lie in the output of shape \(3, 4\); got"):
        kernel_window(X, K, at=(3, 0))


def test_the_windows_stand_where_the_stride_puts_them():
    picture = windows_along(10, 4, stride=3, padding=1)
    windows = picture.figure.axes[0].patches[12:]
    assert [round(patch.get_x()) for patch in windows] == [0, 3, 6]
    assert hatched(picture)[:12] == [False] * 10 + [True] * 2
    assert "3 of them, starting at 0, 3, 6; in no window: the last 2" in picture.alt


def test_no_pixel_is_said_to_be_lost_when_none_is():
    assert "every place is in one" in windows_along(7, 3, stride=2).alt


def test_a_window_too_large_is_told():
    with pytest.raises(ValueError, match=r"3 \+ 2·0 − 5 = -2 < 0"):
        windows_along(3, 5)


def test_the_receptive_field_grows_by_the_jump_below():
    picture = receptive_field([(3, 1), (2, 2), (3, 1)], size=16)
    pixels = np.array(hatched(picture, Circle))[:16]
    assert np.flatnonzero(pixels).tolist() == list(range(4, 12))
    assert "image: 8 of 16 pixels" in picture.alt


def test_another_stride_gives_another_digest():
    assert receptive_field([(3, 1)], 9).digest != receptive_field([(3, 2)], 9).digest


def test_layers_are_needed():
    with pytest.raises(ValueError, match="at least one pair"):
        receptive_field([], 9)
