"""Calling a learner's own gradient: whatever it does is put into words."""

import numpy as np
import pytest

from bplab.widgets.own import UnusableGradient, own_gradients

PARAMS = [np.ones((2, 3)), np.zeros(2)]


class Unprintable(Exception):
    def __str__(self):
        raise TypeError


class Unreadable:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError


def gives(value):
    return lambda params, x, y: value


def raises(error):
    def gradient(params, x, y):
        raise error

    return gradient


def changes(params, x, y):
    params[0] += 1
    return params


def called(gradient):
    return own_gradients(gradient, PARAMS, np.ones((1, 3)), np.ones((1, 2)), seconds=5)


def test_the_gradients_come_as_floats_with_what_was_changed():
    dW, db = [[1, 2, 3], [4, 5, 6]], [7, 8]
    found, changed = called(gives((dW, db)))
    assert [array.dtype for array in found] == [float, float]
    assert [array.tolist() for array in found] == [dW, db]
    assert changed == ()
    assert called(changes)[1] == ("params",)
    assert PARAMS[0].tolist() == np.ones((2, 3)).tolist()


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        (gives([PARAMS[0] * 1j, PARAMS[1]]), "dW1 must be .* real numbers; .* dtype complex128"),
        (gives([PARAMS[0], [True, False]]), "db1 must be .* real numbers; .* gave an array of dty"),
        (gives([PARAMS[0], ["1", "2"]]), "db1 must be an array of real numbers"),
        (gives([PARAMS[0], [10**400] * 2]), "db1 must be an array of real numbers; .*object"),
        (gives([PARAMS[0], [[1], [1, 2]]]), "db1 must be an array of real numbers; .* gave list"),
        (gives([Unreadable(), PARAMS[1]]), "dW1 must be .*; your function gave Unreadable"),
        (gives([PARAMS[0], PARAMS[0]]), r"db1 must have the shape of b1, \(2,\); .* gave \(2, 3\)"),
        (gives([PARAMS[0], [np.nan, 0]]), "db1 holds NaN or infinity"),
        (raises(Unprintable()), r"raised Unprintable: \(an error that cannot be shown\)"),
        (raises(KeyboardInterrupt()), "Your function raised KeyboardInterrupt"),
        (raises(GeneratorExit()), "Your function raised GeneratorExit"),
        (raises(SystemExit(3)), "Your function raised SystemExit: 3"),
    ],
)
def test_what_cannot_be_used_is_said_in_words(gradient, words):
    with pytest.raises(UnusableGradient, match=words):
        called(gradient)
