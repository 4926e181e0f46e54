"""The data sets are what they say: real digits with their published counts, balanced toy shapes."""

import hashlib
from importlib.resources import files

import numpy as np
import pytest

from bplab.data import digits, gate, moons, spirals, xor
from bplab.numeric.gates import GATE_INPUTS, GATES

CLASS_COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]

SHA256 = "68aea062d35a127749050fa0e52dca09d6569ac08092c925610e0954e172dde2"


@pytest.fixture(scope="module")
def splits():
    parts = digits()
    return [parts.train, parts.validation, parts.test]


def test_digits_are_the_published_set(splits):
    assert sum(len(part.y) for part in splits) == 1797
    assert np.bincount(np.concatenate([part.y for part in splits])).tolist() == CLASS_COUNTS


def test_shipped_bytes_are_those_the_readme_names():
    folder = files("bplab") / "datasets"
    with (folder / "digits.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        rows = np.column_stack([stored["images"].reshape(1797, 64), stored["labels"]])
    assert rows.dtype == np.uint8
    assert hashlib.sha256(rows.tobytes()).hexdigest() == SHA256
    assert SHA256 in (folder / "README.md").read_text(encoding="utf-8")


def test_every_row_keeps_its_label(splits):
    with (files("bplab") / "datasets" / "digits.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        rows = zip(stored["images"], stored["labels"], strict=True)
    labels = {image.tobytes(): label for image, label in rows}
    for part in splits:
        images = (part.images * 16).astype(np.uint8)
        assert [labels[image.tobytes()] for image in images] == part.y.tolist()


def test_digits_are_scaled_float64_rows_and_images(splits):
    for part in splits:
        assert part.x.dtype == np.float64
        assert (part.x.min(), part.x.max()) == (0.0, 1.0)
        assert part.images.shape == (len(part.y), 8, 8)
        assert np.array_equal(part.images[3].ravel(), part.x[3])


def test_first_digit_looks_like_a_zero(splits):
    ink = splits[0].images[0] > 0.2
    assert splits[0].y[0] == 0
    assert not ink[3:5, 3:5].any(), "a zero is hollow"
    assert ink[3:5, 2].all(), "with ink on the left"
    assert ink[3:5, 5].all(), "and on the right"


def test_splits_are_disjoint(splits):
    rows = [{row.tobytes() for row in part.x} for part in splits]
    assert sum(len(part) for part in rows) == 1797, "no image occurs twice"
    assert len(set.union(*rows)) == 1797


def test_splits_are_stratified(splits):
    for part, share in zip(splits, [0.7, 0.1, 0.2], strict=True):
        counts = np.bincount(part.y)
        assert np.abs(counts - share * np.array(CLASS_COUNTS)).max() < 1.5
    assert [len(part.y) for part in splits] == [1250, 183, 364]


def test_digits_are_fresh_each_time():
    digits().train.x[:] = 7
    assert digits().train.x.max() == 1.0


def test_gates():
    x, y = gate("NAND")
    assert np.array_equal(x, GATE_INPUTS)
    assert np.array_equal(y, GATES["NAND"])
    x[0, 0] = 9  # a copy: the shared table stays as it was
    assert GATE_INPUTS[0, 0] == 0
    assert xor()[1].tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("n", [2, 7, 100])
def test_moons_lie_on_their_half_circles(n):
    x, y = moons(n, noise=0.0, rng=np.random.default_rng(0))
    centres = np.where(y[:, np.newaxis] == 0, [0.0, 0.0], [1.0, 0.5])
    np.testing.assert_allclose(np.linalg.norm(x - centres, axis=1), 1.0)
    assert (x[y == 0, 1] >= 0).all()
    assert (x[y == 1, 1] <= 0.5).all()
    assert abs(np.bincount(y, minlength=2) @ [1, -1]) <= 1


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_spirals_turn_as_they_move_out(classes):
    x, y = spirals(60, noise=0.0, rng=np.random.default_rng(0), classes=classes, turns=1.5)
    radius = np.linalg.norm(x, axis=1)
    angle = 2 * np.pi * (1.5 * radius + y / classes)
    np.testing.assert_allclose(
        x, radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], 1)
    )
    assert np.ptp(np.bincount(y, minlength=classes)) <= 1


@pytest.mark.parametrize("shape", [moons, spirals])
def test_toy_shapes_follow_their_generator(shape):
    first = shape(20, noise=0.2, rng=np.random.default_rng(5))
    again = shape(20, noise=0.2, rng=np.random.default_rng(5))
    other = shape(20, noise=0.2, rng=np.random.default_rng(6))
    clean = shape(20, noise=0.0, rng=np.random.default_rng(5))
    assert np.array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])
    assert 0.05 < np.std(first[0] - clean[0]) < 0.4


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda rng: gate("XORR"), r"one of AND, .*got 'XORR'. Did you mean 'XOR'\?"),
        (lambda rng: gate("xnor"), "Did you mean 'XNOR'"),
        (lambda rng: moons(1, noise=0.1, rng=rng), "n must be at least 2.*got 1"),
        (lambda rng: moons(9, noise=-0.1, rng=rng), "noise must be 0 or more; got -0.1"),
        (lambda rng: moons(9, noise=float("nan"), rng=rng), "noise must be 0 or more; got nan"),
        (
            lambda rng: spirals(9, noise=0.1, rng=rng, classes=1),
            "classes must be at least 2; got 1",
        ),
        (lambda rng: spirals(2, noise=0.1, rng=rng, classes=3), "n must be at least 3.*got 2"),
    ],
)
def test_bad_input_is_explained(call, text):
    with pytest.raises(ValueError, match=text):
        call(np.random.default_rng(0))
