"""Values as JSON and buffers: the same value comes back, of an exact type, or none at all."""

import json
from collections import Counter, OrderedDict, defaultdict, deque
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplab.grading.values import MOST_NODES, Decoder, Encoder, Malformed, Unsendable


def refuse(value):
    raise Unsendable("not plain")


def no_tree(tree):
    raise Malformed("not plain")


def sent(value):
    """The value as the other side gets it."""
    encoder = Encoder(refuse)
    tree = json.loads(json.dumps(encoder.encode(value)))
    return Decoder(encoder.buffers, no_tree).decode(tree)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary()
    | st.floats(allow_nan=False) | st.complex_numbers(allow_nan=False),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


@given(plain)
def test_plain_values_come_back(value):
    assert sent(value) == value
    assert type(sent(value)) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        ..., {1, 2}, frozenset({3}), deque([1]), bytearray(b"x"), range(1, 9, 2), slice(None, 3),
        Fraction(1, 3), Counter("aab"), OrderedDict(b=1, a=2), 2**100, -(2**53), float("inf"),
        np.float32(0.1), np.int8(-3), np.bool_(True), np.str_("ab"), {(1, 2): [3]}, "\ud800",
    ],
    ids=repr,
)  # fmt: skip
def test_each_type_comes_back(value):
    assert sent(value) == value
    assert type(sent(value)) is type(value)


@pytest.mark.parametrize(
    "dtype", ["f4", "f8", "i1", "u8", "c16", "?", "U3", "S2", ">f8", "M8[s]", "m8[ns]"]
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0), (2, 3)])
def test_arrays_come_back(dtype, shape):
    array = np.ones(shape).astype("i8").astype(dtype)
    got = sent(array)
    assert (type(got), got.dtype, got.shape) == (np.ndarray, array.dtype, array.shape)
    assert np.array_equal(got, array)


def test_arrays_of_objects_and_views_and_read_only_ones():
    ragged = np.array([[1, 2], "x"], dtype=object)
    assert sent(ragged).tolist() == [[1, 2], "x"]
    assert np.array_equal(
        sent(np.arange(12).reshape(3, 4)[::2, ::-1]), [[3, 2, 1, 0], [11, 10, 9, 8]]
    )
    frozen = np.ones(2)
    frozen.flags.writeable = False
    assert not sent(frozen).flags.writeable
    assert sent(np.ones(2)).flags.writeable


def test_a_random_generator_goes_on_where_it_was():
    rng = np.random.default_rng(1)
    rng.random()
    assert sent(rng).random() == rng.random()
    assert (
        sent(np.random.Generator(np.random.MT19937(1))).random()
        == np.random.Generator(np.random.MT19937(1)).random()
    )


def test_a_default_dict_loses_its_factory():
    got = sent(defaultdict(list, a=[1]))
    assert (got, got.default_factory) == ({"a": [1]}, None)


class Liar(np.ndarray):
    def __eq__(self, other):
        return True


class Sevens(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


def test_a_subclass_arrives_as_what_it_is_made_of():
    assert type(sent(np.ones(2).view(Liar))) is np.ndarray
    assert type(sent(Sevens(3))) is int
    assert sent(Sevens(3)) == 3


def test_what_is_not_plain_cannot_be_sent():
    loop: list = []
    loop.append(loop)
    large = ([0] * (MOST_NODES + 1), range(10**30), 1 << 10**7)
    records = np.zeros(2, dtype=[("a", "i4")])
    for value in (object(), len, loop, np.dtype("f8"), np.matrix([[1]]), [records], *large):
        with pytest.raises(Unsendable):
            sent(value)


@pytest.mark.parametrize(
    "tree",
    [
        ["array", "<f8", [2], 0, True],  # the buffer holds one number
        ["array", "<f8", [-1], 0, True],
        ["array", "<f8", ["1"], 0, True],
        ["array", "<f8", [True], 0, True],
        ["array", "|O", [1], 0, True],
        ["array", "<f8,<f8", [1], 0, True],
        ["array", "|V8", [1], 0, True],
        ["array", "<f8", [1], 5, True],
        ["array", "<f8", [1], -1, True],
        ["array", "<f8", [1], True, True],
        ["array", "<f8"],
        ["scalar", "<f8", 7],
        ["objects", [10**9], []],
        ["dict", [[1]]],
        ["dict", [[["list", []], 1]]],
        ["set", [["list", []]]],
        ["int", "x"],
        ["generator", "os", None],
        ["generator", "PCG64", {}],
        ["namedtuple", "import os", ["a"], [1]],
        ["namedtuple", "P", ["a"], [1, 2]],
        ["unknown"],
        [],
        [3],
        {"a": 1},
        ["list", 3],
        ["range", 1, 2, 0],
        ["range", 0, ["int", "0x10000000000000000"], 1],
        ["int", "1" * 300_000],
    ],
    ids=lambda tree: str(tree)[:60],
)
def test_a_forged_tree_is_refused(tree):
    with pytest.raises(Malformed):
        Decoder([np.ones(1).tobytes()], no_tree).decode(tree)


def test_a_deep_tree_is_refused():
    tree: list = ["list", []]
    for _ in range(500):
        tree = ["list", [tree]]
    with pytest.raises(Malformed, match="too deep"):
        Decoder([], no_tree).decode(tree)
