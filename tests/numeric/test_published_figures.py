"""The worked figures of Dumoulin & Visin (2016), A guide to convolution arithmetic for deep
learning, chapter 1: one image, convolved and pooled."""

import numpy as np
import pytest

from bplab.numeric import avg_pool2d, conv2d, conv2d_backward, conv2d_loops, max_pool2d

X = np.array(
    [
        [3.0, 3.0, 2.0, 1.0, 0.0],
        [0.0, 0.0, 1.0, 3.0, 1.0],
        [3.0, 1.0, 2.0, 2.0, 3.0],
        [2.0, 0.0, 0.0, 2.0, 2.0],
        [2.0, 0.0, 0.0, 0.0, 1.0],
    ]
).reshape(1, 1, 5, 5)
K = np.array([[0.0, 1.0, 2.0], [2.0, 2.0, 0.0], [0.0, 1.0, 2.0]]).reshape(1, 1, 3, 3)


@pytest.mark.parametrize("layer", [conv2d, conv2d_loops])
@pytest.mark.parametrize(
    ("stride", "padding", "figure"),
    [
        (1, 0, [[12, 12, 17], [10, 17, 19], [9, 6, 14]]),  # figure 1.1
        (2, 1, [[6, 17, 3], [8, 17, 13], [6, 4, 4]]),  # figure 1.2
    ],
)
def test_convolution(layer, stride, padding, figure):
    np.testing.assert_array_equal(layer(X, K, [0.0], stride, padding)[0, 0], figure)


# Figures 1.5 and 1.6: windows of 3 × 3 that overlap, stride 1.
MEANS = [[1.7, 1.7, 1.7], [1.0, 1.2, 1.8], [1.1, 0.8, 1.3]]
LARGEST = [[3, 3, 3], [3, 3, 3], [3, 2, 3]]


def test_pooling():
    np.testing.assert_array_equal(avg_pool2d(X, 3, 1)[0, 0].round(1), MEANS)
    np.testing.assert_array_equal(max_pool2d(X, 3, 1)[0, 0], LARGEST)


def test_the_means_are_a_gradient():
    """For the sum of all outputs, each entry of dK is the sum of the nine pixels that it met."""
    _, dK, db = conv2d_backward(np.ones((1, 1, 3, 3)), X, K)
    np.testing.assert_array_equal((dK[0, 0] / 9).round(1), MEANS)
    np.testing.assert_array_equal(db, [9])
