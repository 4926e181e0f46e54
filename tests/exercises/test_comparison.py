import numpy as np
import pytest

from bplab.exercises.comparison import compare, describe

EIGHT = np.arange(1.0, 9.0)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, 1.0),
        (True, 1),
        (np.int64(2), 2),
        (np.array(2), 2),
        (2**5000, 2**5000),
        (np.asmatrix(EIGHT), np.asmatrix(EIGHT)),
        (np.float64(2), 2.0),
        (np.array(2.0), 2.0),
        ("a", "a"),
        (None, None),
        (np.array([1, 0]), np.array([True, False])),
        (np.array([1.0, 0.0]), np.array([1, 0])),
        ([EIGHT], (EIGHT,)),
        ({"W": EIGHT, "b": 1.0}, {"b": 1.0, "W": EIGHT}),
        (np.array([np.nan, 1]), np.array([np.nan, 1])),
        (EIGHT * (1 + 1e-10), EIGHT),
        (np.array([1e-12, 1.0]), np.array([0.0, 1.0])),
        (np.zeros(2), np.zeros(2)),
    ],
)
def test_equal(got, expected):
    assert compare(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (2, 1.0, "has wrong values"),
        (2.0, 2, "should be a whole number, got the float 2"),
        (np.float64(3), 2, "has wrong values"),
        (2**5000, 1.0, "a whole number too large for a float"),
        (np.asmatrix(EIGHT), EIGHT[None], "should be a plain array, got a matrix"),
        (np.asmatrix([[1.0]]), 1.0, "one number, got an array of shape (1, 1)"),
        (None, 1.0, "the result is None"),
        ("1", 1.0, "should be a number, got a str"),
        (EIGHT, 1.0, "one number, got an array of shape (8,)"),
        (float("inf"), 1.0, "the result is inf"),
        (None, EIGHT, "the result is None"),
        (1.0, EIGHT, "an array of shape (8,), got a float"),
        (EIGHT[:, None], EIGHT, "shape (8,), got (8, 1)"),
        (EIGHT * (1 + 1e-8), EIGHT, "wrong values in 8 of 8 places"),
        (np.where(EIGHT == 1, np.inf, EIGHT), EIGHT, "has inf at [0]"),
        (EIGHT.astype(object), EIGHT, "should have dtype float64, got object"),
        (np.zeros(2) + 1e-6, np.zeros(2), "wrong values"),
        (EIGHT, {"W": EIGHT}, "should be a dict with the keys ['W'], got an array"),
        ({"w": EIGHT}, {"W": EIGHT}, "should have the keys ['W'], got ['w']"),
        ({"W": -EIGHT}, {"W": EIGHT}, "the result['W'] has wrong values"),
        ((EIGHT, -EIGHT), (EIGHT, EIGHT), "item 2 of 2 has wrong values"),
        ("a", "b", "should be 'b', got 'a'"),
        (0, None, "should be None, got 0"),
    ],
)
def test_different(got, expected, words):
    assert words in compare(got, expected).message


def test_the_first_place_is_shown_with_enough_digits():
    got = EIGHT.copy()
    got[3] += 1e-7
    assert compare(got, EIGHT).place == "at [3] got 4.0000001, expected 4"


def test_what_cannot_be_compared_is_an_error():
    with pytest.raises(TypeError, match="cannot compare with a set"):
        compare({1}, {1})


def test_float32_is_compared_with_its_own_precision():
    single = EIGHT.astype(np.float32)
    assert compare(single * np.float32(1.00001), single) is None
    assert compare(single * np.float32(1.001), single) is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2 / 3, "0.666667"),
        (np.float32(2 / 3), "0.666667"),
        ([1, "a"], "list of 2:\n1\n'a'"),
        ({"b": 1.5}, "b: 1.5"),
        ({"W": EIGHT, "b": 1.5}, f"W: float64 array of shape {EIGHT.shape}\nb: 1.5"),
        ({}, "an empty dict"),
        pytest.param(2**50000, "an int of 50001 bits", id="huge"),
        (np.array([True]), "bool array of shape (1,)\n[ True]"),
    ],
)
def test_describe(value, text):
    assert describe(value) == text


def test_arrays_of_many_axes_have_no_empty_lines():
    assert "\n\n" in np.array2string(np.zeros((2, 2, 2, 2)))
    assert "\n\n" not in describe(np.zeros((2, 2, 2, 2)))
    assert describe(np.zeros((9, 9, 9, 9))).count("\n") < 20


def test_the_entries_of_a_dict_are_compared_in_the_order_of_the_expected_ones():
    expected = {"W": EIGHT, "b": np.ones(3), "c": 1.0}
    assert compare({"c": 1.0, "b": np.ones(3), "W": EIGHT}, expected) is None
    for got, entry in (
        ({"c": 2.0, "b": np.zeros(3)} | {"W": EIGHT}, "b"),
        ({"W": EIGHT, "b": np.zeros(3)}, "b"),
        ({"W": -EIGHT}, "W"),
    ):
        fault = compare(got, expected)
        assert fault.entry == entry
        assert f"the result['{entry}'] has wrong values" in fault.message
    for got in ({"W": EIGHT, "c": 2.0}, {**expected, "d": 1.0}, {}):
        assert "should have the keys ['W', 'b', 'c']" in compare(got, expected).message


def test_long_arrays_are_cut():
    assert "..." in describe(np.zeros((100, 100)))
    assert len(describe(np.zeros((100, 100)))) < 200
    assert len(describe(np.zeros((2, 100, 100)).tolist())) < 500
