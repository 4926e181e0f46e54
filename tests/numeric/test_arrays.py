"""The checks let good arrays through untouched and name what is wrong with the others."""

import re
from fractions import Fraction

import numpy as np
import pytest

from bplab.numeric.arrays import (
    as_finite,
    as_numeric,
    require_finite,
    require_finite_result,
    require_shapes,
)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_a_numeric_array_is_returned_itself(dtype):
    x = np.ones((2, 1), dtype=dtype)
    assert as_finite("x", x) is x


@pytest.mark.parametrize("value", [3, [3], np.array([[3]], dtype=np.uint8)])
def test_integers_become_float64(value):
    assert as_numeric("x", value).dtype == np.float64


def test_object_arrays_of_numbers_pass_unchanged():
    x = np.array([Fraction(1, 3), 2], dtype=object)
    assert as_finite("x", x) is x


def test_subclasses_of_arrays_become_plain_arrays():
    with pytest.warns(PendingDeprecationWarning):
        x = np.matrix([[1.0]])
    assert type(as_numeric("x", x)) is np.ndarray


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("text", TypeError, "x must hold numbers; got dtype <U4."),
        ([True], TypeError, "x must hold numbers; got dtype bool. Use x.astype(float)."),
        (None, TypeError, "x must hold numbers; got None in an object array."),
        (np.array([1, "a"], dtype=object), TypeError, "got 'a' in an object array"),
        (np.array([1, True], dtype=object), TypeError, "got True in an object array"),
        ([[1.0], [1.0, 2.0]], ValueError, "x must be a rectangular array; its rows differ"),
        (np.ones((0, 3)), ValueError, "x must not be empty; got shape (0, 3)."),
        ([[1.0, np.inf]], ValueError, "x must be finite; x[0, 1] is inf."),
        (np.nan, ValueError, "x must be finite; x is nan."),
        ([1.0, complex(0, np.nan)], ValueError, "x must be finite; x[1] is nanj."),
    ],
)
def test_as_finite_says_what_is_wrong(value, error, message):
    with pytest.raises(error, match=re.escape(message)):
        as_finite("x", value)


def test_require_finite_skips_objects():
    require_finite("x", np.array([Fraction(1, 3)], dtype=object))


def test_require_finite_result_blames_the_argument():
    with pytest.raises(ValueError, match=re.escape("W must be finite; W[1] is inf.")):
        require_finite_result("z", np.array([np.nan]), x=np.array([1.0]), W=np.array([1.0, np.inf]))


def test_require_finite_result_reports_overflow():
    message = "z overflowed float32, though every argument is finite."
    with pytest.raises(ValueError, match=re.escape(message)):
        require_finite_result("z", np.array([np.inf], np.float32), x=np.ones(1), W=np.ones(1))


def test_require_shapes_learns_the_sizes():
    x, W, b = np.ones((5, 3)), np.ones((4, 3)), np.ones(4)
    sizes = require_shapes(x=(x, ("B", "n_in")), W=(W, ("n_out", "n_in")), b=(b, ("n_out",)))
    assert sizes == {"B": 5, "n_in": 3, "n_out": 4}


@pytest.mark.parametrize(
    ("shape", "letters", "message"),
    [
        (
            (3, 4),
            ("n_out", "n_in"),
            "y must have shape (n_out, n_in) with n_in = 3, as x has shape (5, 3); "
            "got (3, 4). Is y transposed?",
        ),
        (
            (5, 4),
            ("B", "n_in"),
            "y must have shape (B, n_in) with n_in = 3, as x has shape (5, 3); got (5, 4).",
        ),
        (
            (4, 4),
            ("B", "n_in"),
            "y must have shape (B, n_in) with B = 5, as x has shape (5, 3), "
            "and n_in = 3, as x has shape (5, 3); got (4, 4).",
        ),
        ((4,), ("n_out", "n_in"), "; got (4,)."),
        ((1, 1, 3), ("n_out", "n_in"), "; got (1, 1, 3)."),
        ((), ("n_in",), "y must have shape (n_in,) with n_in = 3, as x has shape (5, 3); got ()."),
        ((3, 1), ("n_in",), "; got (3, 1). Pass y.ravel()."),
        ((4, 1), ("n_in",), "; got (4, 1)."),
        ((5, 2, 2, 3), ("B", "n_in"), "; got (5, 2, 2, 3). Images need a Flatten layer before it."),
        (
            (5, 8, 9, 3),
            ("B", "n_in", "H", "W"),
            "got (5, 8, 9, 3). If the channels are last, pass y.transpose(0, 3, 1, 2).",
        ),
    ],
)
def test_require_shapes_says_what_is_wrong(shape, letters, message):
    with pytest.raises(ValueError, match=re.escape(message) + "$"):
        require_shapes(x=(np.ones((5, 3)), ("B", "n_in")), y=(np.ones(shape), letters))


def test_require_shapes_explains_the_batch_axis():
    message = "x must have shape (B, n); got (3,). For a batch of one sample pass x[np.newaxis]."
    with pytest.raises(ValueError, match=re.escape(message)):
        require_shapes(x=(np.ones(3), ("B", "n")))


def test_a_letter_repeated_in_one_shape_means_a_square():
    with pytest.raises(ValueError, match=re.escape("W must have shape (n, n); got (2, 3).")):
        require_shapes(W=(np.ones((2, 3)), ("n", "n")))


def test_a_letter_that_occurs_twice_is_explained_once():
    h, U = np.zeros((5, 4)), np.zeros((3, 4))
    with pytest.raises(
        ValueError, match=r"^U must have shape \(n, n\) with n = 4, as h has shape \(5, 4\); got"
    ):
        require_shapes(h=(h, ("B", "n")), U=(U, ("n", "n")))
