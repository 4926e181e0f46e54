"""Each relation is planted and must be found; where none holds, nothing may be said."""

import warnings

import numpy as np
import pytest

from bplab.exercises.diagnosis.cases import Case
from bplab.exercises.diagnosis.relations import by_one_factor, plain_relation, relation
from bplab.exercises.diagnosis.scaling import proportional

SHAPES = [(4, 3), (2, 5), (3, 3), (5, 1)]


def planted(change, *, shapes=SHAPES, make=None):
    """Cases in which got is what `change` makes of expected and the arguments."""
    cases = []
    for seed, shape in enumerate(shapes):
        rng = np.random.default_rng(seed)
        expected = rng.normal(size=shape) if make is None else make(rng, shape)
        given = {
            "x": rng.uniform(0.2, 0.9, shape),
            "y": rng.normal(size=(*shape, 2)),
            "u": rng.uniform(0.5, 2),
        }
        cases.append(Case(np.asarray(change(expected, given)), expected, given))
    return cases


def first_column(wrong):
    def change(e, g):
        result = e.copy()
        result[:, 0] = wrong
        return result

    return change


def where_x_is_small(e, g):
    g["x"][0, 0] = 0.0
    return np.where(g["x"] == 0, e + 1, e)


def in_row_0(e, g):
    result = e.copy()
    result[1:] += np.cos(np.arange(result[1:].size)).reshape(result[1:].shape)
    return result


PLANTED = [
    ("opposite sign", lambda e, g: -e, "the opposite sign"),
    ("factor 2", lambda e, g: 2 * e, "2 times too large"),
    ("factor 1/3", lambda e, g: e / 3, "3 times too small"),
    ("factor -2", lambda e, g: -2 * e, "−2 times what is expected"),
    ("factor 1.7", lambda e, g: 1.7 * e, "1.7 times what is expected"),
    ("factor len(x)", lambda e, g: e * len(e), "len(x) times too large"),
    ("factor 1/len(x)", lambda e, g: e / len(e), "len(x) times too small"),
    ("factor 1/√len(x)", lambda e, g: e / np.sqrt(len(e)), "√len(x) times too small"),
    ("factor 1/x.shape[1]", lambda e, g: e / e.shape[1], "x.shape[1] times too small"),
    ("n − 1 for len(x)", lambda e, g: e * len(e) / (len(e) - 1), "divide by n, not by n − 1"),
    ("n + 1 for len(x)", lambda e, g: e * len(e) / (len(e) + 1), "divide by n, not by n + 1"),
    ("lacks x", lambda e, g: e / g["x"], "lacks the factor x"),
    ("times x", lambda e, g: e * g["x"], "has a factor x too many"),
    ("lacks 1 − x", lambda e, g: e / (1 - g["x"]), "lacks the factor 1 − x"),
    ("lacks x·(1 − x)", lambda e, g: e / g["x"] / (1 - g["x"]), "lacks the factor x·(1 − x)"),
    ("times 1 − x²", lambda e, g: e * (1 - g["x"] ** 2), "has a factor 1 − x² too many"),
    ("lacks u", lambda e, g: e / g["u"], "lacks the factor u"),
    ("all zeros", lambda e, g: 0 * e, "0 in every entry"),
    ("x unchanged", lambda e, g: g["x"], "is x, unchanged"),
    ("absolute value", lambda e, g: abs(e), "the absolute value"),
    ("squared", lambda e, g: e**2, "the square of"),
    ("reciprocal", lambda e, g: 1 / e, "1 over what is expected"),
    ("one minus it", lambda e, g: 1 - e, "1 minus what is expected"),
    ("clipped", lambda e, g: np.maximum(e, 0), "0 wherever a negative number is expected"),
    ("off by 1", lambda e, g: e + 1, "too large by 1 in every entry"),
    ("off by 0.5", lambda e, g: e - 0.5, "too small by 0.5 in every entry"),
    ("lacks + x", lambda e, g: e - g["x"], "lacks the term + x"),
    ("lacks − x", lambda e, g: e + g["x"], "lacks the term − x"),
    ("lacks + 2·x", lambda e, g: e - 2 * g["x"], "has that term the wrong sign?"),
    ("lacks + u·x", lambda e, g: e - g["u"] * g["x"], "lacks the term + u·x"),
    ("transposed", lambda e, g: e.T, "is transposed"),
    (
        "summed over axis 0",
        lambda e, g: e.sum(axis=0),
        "the right one summed over axis 0: leave that out",
    ),
    ("summed over axis 1", lambda e, g: e.sum(axis=1, keepdims=True), "with the axis kept"),
    ("averaged over axis 1", lambda e, g: e.mean(axis=1), "averaged over axis 1"),
    ("summed over everything", lambda e, g: e.sum(), "summed over all entries"),
    ("largest entry", lambda e, g: e.max(), "the largest entry only"),
    ("first row", lambda e, g: e[0], "the first row only"),
    ("last row", lambda e, g: e[-1], "the last row only"),
    ("axes of size 1", lambda e, g: e[:, None], "an axis of size 1"),
    ("rows reversed", lambda e, g: e[::-1], "in reverse order"),
    ("rotated by 180°", lambda e, g: e[::-1, ::-1], "rotated by 180°"),
    ("rows shifted down", lambda e, g: np.roll(e, 1, axis=0), "shifted down by one"),
    ("wrong in column 0", first_column(7.0), "right except in column 0"),
    ("right in row 0 only", in_row_0, "right in row 0 only"),
    ("wrong where x is 0", where_x_is_small, "right except where x is 0"),
    ("nearly right", lambda e, g: e * (1 + 1e-6 * g["x"]), "rounded, in float32"),
    ("opposite sign + lacks x", lambda e, g: -e / g["x"], "two things"),
    ("transposed + opposite sign", lambda e, g: -e.T, "transposed; and"),
]


@pytest.mark.parametrize(("name", "change", "words"), PLANTED, ids=[row[0] for row in PLANTED])
def test_a_planted_relation_is_found(name, change, words):
    found = relation(planted(change), "it")
    assert found.name == name
    assert words in found.diagnosis


def test_two_factors_are_found_in_either_order():
    found = relation(planted(lambda e, g: e / g["x"] / len(e)), "it")
    assert sorted(found.name.split(" + ")) == ["factor 1/len(x)", "lacks x"]


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("keepdims", [False, True])
def test_a_sum_that_is_missing_is_found(axis, keepdims):
    cases = planted(lambda e, g: e)
    cases = [
        Case(case.got, case.got.sum(axis=axis, keepdims=keepdims), case.given) for case in cases
    ]
    assert relation(cases, "it").name == f"not summed over axis {axis}"


def test_a_running_sum_is_found():
    cases = [
        Case(c.got.cumsum(axis=0), c.got.sum(axis=0), c.given) for c in planted(lambda e, g: e)
    ]
    assert relation(cases, "it").diagnosis == "the last row of it is it: return that row"


@pytest.mark.parametrize(
    "change",
    [
        lambda e, g: np.sin(3 * e) + g["x"] ** 3,
        lambda e, g: np.sort(e.ravel()).reshape(e.shape) + e,
        lambda e, g: e @ np.ones((e.shape[1], 7)) ** 0.3,
    ],
)
def test_where_nothing_simple_holds_nothing_is_said(change):
    assert relation(planted(change), "it") is None


@pytest.mark.parametrize("change", [row[1] for row in PLANTED])
@pytest.mark.parametrize("broken", [0, 2])
def test_one_sample_in_which_it_does_not_hold_is_enough(change, broken):
    cases = planted(change)
    odd = cases[broken]
    noise = np.sin(1 + np.arange(odd.got.size)).reshape(odd.got.shape)
    cases[broken] = Case(odd.got + noise, odd.expected, odd.given)
    assert relation(cases, "it") is None


def test_a_factor_of_its_own_for_each_sample_or_row():
    def by_sample(e, g):
        return e * np.exp(e.sum())

    def by_row(e, g):
        return e * np.exp(e.sum(axis=1, keepdims=True))

    assert proportional(planted(by_sample), "it").name == "a factor for each sample"
    assert proportional(planted(by_row), "it").name == "a factor for each row"
    assert proportional(planted(lambda e, g: e + g["x"]), "it") is None


def test_a_factor_for_each_sample_is_no_statement_about_single_numbers():
    cases = planted(lambda e, g: e * np.exp(e), shapes=[(), (), ()])
    assert relation(cases, "it") is None


def test_labels_and_their_opposites():
    cases = planted(lambda e, g: 2 * e - 1, make=lambda rng, shape: 1.0 * (rng.random(shape) > 0.5))
    assert plain_relation(cases, "it").name == "−1 for 0"


def test_of_a_list_only_the_first_is_right():
    given = {}
    one, two = np.array([1.0, 2.0]), np.array([[0.3, 0.1]])
    cases = [Case(one, one, given), Case(np.cos(two), two, given)]
    assert relation(cases, "dWs").diagnosis == "only the first array in dWs is right"


def test_zeros_and_no_entries_fit_to_no_view():
    one = Case(np.array(0.0), np.zeros(3), {})
    assert relation([one], "it") is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert relation([Case(np.zeros((0, 2)), np.ones(2), {})], "it") is None


def test_what_a_loop_left_too_early_has_not_computed():
    expected = np.arange(1.0, 9).reshape(1, 2, 2, 2)
    got = expected.copy()
    got[..., 1] = 0
    assert relation([Case(got, expected, {})], "it").name == "left at zero"


def test_an_odd_factor_of_another_mistake_is_chance():
    one = np.array([1.0, 2.0, 3.0])
    assert by_one_factor([Case(6.61119 * one, one, {})], "it") is None
    assert by_one_factor([Case(3 * one, one, {})], "it").name == "factor 3"
