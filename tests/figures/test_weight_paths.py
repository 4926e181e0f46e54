"""The paths of shared weights: the sums that are written are those of the layer."""

import re

import numpy as np
import pytest

from bplab.figures.weight_paths import weight_paths
from bplab.numeric import conv2d_backward


def claim(picture, which):
    return next(
        text.get_text() for text in picture.figure.axes[which].texts if " = " in text.get_text()
    )


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pixel"),
    [(5, 3, 1, 2), (5, 3, 1, 0), (7, 3, 2, 4), (7, 3, 2, 3), (8, 3, 2, 7), (6, 2, 3, 2)],
)
def test_the_backward_sum_is_the_gradient_of_the_pixel(size, kernel, stride, pixel):
    rng = np.random.default_rng(0)
    count = (size - kernel) // stride + 1
    delta, K = rng.standard_normal(count), rng.standard_normal(kernel)
    dx, _, _ = conv2d_backward(
        delta.reshape(1, 1, 1, -1), np.zeros((1, 1, 1, size)), K.reshape(1, 1, 1, -1), stride
    )
    written = claim(weight_paths(size, kernel, pixel=pixel, stride=stride), 1)
    products = re.findall(r"\\delta_(\d)\\,K_(\d)", written)
    assert sum(delta[int(i)] * K[int(u)] for i, u in products) == pytest.approx(dx[0, 0, 0, pixel])


def test_the_forward_sum_is_the_window_of_the_output_in_the_middle():
    assert (
        claim(weight_paths(7, 3, pixel=0, stride=2), 0) == r"$z_1 = K_0\,x_2 + K_1\,x_3 + K_2\,x_4$"
    )


def test_the_words_say_the_same():
    alt = weight_paths(5, 3, pixel=2).alt
    assert "pixel 1 with weight 0, pixel 2 with weight 1, pixel 3 with weight 2" in alt
    assert "output 0 with weight 2, output 1 with weight 1, output 2 with weight 0" in alt
    assert "pixel 7 hears of no output" in weight_paths(8, 3, pixel=7, stride=2).alt


def test_another_pixel_gives_another_digest():
    one, other = (weight_paths(5, 3, pixel=pixel).digest for pixel in (1, 2))
    assert one != other


@pytest.mark.parametrize("pixel", [-1, 5])
def test_there_must_be_such_a_pixel(pixel):
    with pytest.raises(ValueError, match=f"one of the 5 in the row, from 0 on; got {pixel}"):
        weight_paths(5, 3, pixel=pixel)
