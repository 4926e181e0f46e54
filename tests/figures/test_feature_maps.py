"""Feature maps and the matrix of a convolution: what is written on them is what they hold."""

import numpy as np
import pytest

from bplab.figures.feature_maps import feature_maps, kernel_matrix

IMAGES = np.arange(32.0).reshape(2, 4, 4)
MAPS = np.array([[[[4.0, 1.0], [-3.0, 0.0]]], [[[0.0, -2.0], [2.5, 1.9]]]])


def signs(picture):
    return [[text.get_text() for text in ax.texts] for ax in picture.figure.axes]


def test_strong_entries_carry_their_sign():
    assert signs(feature_maps(IMAGES, MAPS, ["edge"])) == [[], ["+", "−"], [], ["+"]]


def test_the_words_tell_how_many_are_strong():
    alt = feature_maps(IMAGES, MAPS, ["edge"]).alt
    assert "edge 25% strongly positive and 12% strongly negative" in alt


def test_another_map_gives_another_digest():
    one, other = (feature_maps(IMAGES, maps, ["edge"]).digest for maps in (MAPS, MAPS[::-1]))
    assert one != other


def test_maps_of_zeros_can_be_drawn():
    assert "0% strongly positive" in feature_maps(IMAGES, 0 * MAPS, ["nothing"]).alt


def test_each_kernel_needs_a_name():
    with pytest.raises(ValueError, match="names must hold 1, one a kernel; got 2"):
        feature_maps(IMAGES, MAPS, ["one", "two"])


def test_the_matrix_shows_its_nonzero_entries_and_no_others():
    T = np.array([[1, -2, 0.0], [0, 1, -2]])
    picture = kernel_matrix(T, title="T")
    assert signs(picture) == [["1", "−2", "1", "−2"]]
    assert "2 by 3, in which 4 of 6 entries are not 0" in picture.alt
    assert picture.digest != kernel_matrix(2 * T, title="T").digest
