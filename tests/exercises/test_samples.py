import numpy as np
import pytest

from bplab.exercises import one_hot, probabilities, samples

SHAPES = {"x": ("B", "n"), "W": ("m", "n"), "b": ("m",), "c": ()}


def sizes_of(sample):
    return (*sample["x"].shape, sample["W"].shape[0])


def test_shapes_fit_together():
    for sample in samples(SHAPES):
        assert (sample["x"] @ sample["W"].T + sample["b"]).shape == sizes_of(sample)[::2]
        assert isinstance(sample["c"], float)


def test_sizes_are_distinct_then_one_then_square():
    sizes = [sizes_of(sample) for sample in samples(SHAPES)]
    assert [len(set(size)) for size in sizes[:2]] == [3, 3]
    assert sizes[0] != sizes[1]
    assert [size.index(1) for size in sizes[2:5]] == [0, 1, 2]
    assert sizes[5] == (3, 3, 3)


def test_no_value_is_near_zero_and_both_signs_occur():
    values = np.concatenate([sample["W"].ravel() for sample in samples(SHAPES)])
    assert np.abs(values).min() >= 0.5
    assert (values > 0).any()
    assert (values < 0).any()


def test_seeds():
    first, same, other = samples(SHAPES), samples(SHAPES), samples(SHAPES, seed=1)
    assert np.array_equal(first[0]["x"], same[0]["x"])
    assert not np.array_equal(first[0]["x"], other[0]["x"])


def test_values_and_sizes_can_be_chosen():
    made = samples(
        {"y": ("B", "n"), "a": ("B", "n")},
        make={"y": one_hot, "a": probabilities},
        sizes={"n": 2},
    )
    assert {sample["y"].shape[1] for sample in made} == {2}
    for sample in made:
        assert (sample["y"].sum(axis=1) == 1).all()
        assert ((sample["a"] > 0) & (sample["a"] < 1)).all()


def test_scalars_alone_are_drawn_twice():
    first, second = samples({"z": ()})
    assert first["z"] != second["z"]


@pytest.mark.parametrize("make", [probabilities, one_hot])
def test_makers_use_the_generator_only(rng, make):
    again = np.random.default_rng(0)
    assert np.array_equal(make(rng, (4, 3)), make(again, (4, 3)))
