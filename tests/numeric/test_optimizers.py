"""Optimizers: hand numbers, PyTorch, invariants, and a clear error that changes nothing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplab.numeric.optimizers import PIECE, SGD, Adam, Momentum

Array = np.ndarray[Any, Any]
OPTIMIZERS = {"sgd": SGD, "momentum": Momentum, "adam": Adam}


def parameters(dtype: str = "float64") -> dict[str, Array]:
    rng = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {"0.W": (4, 3), "0.b": (4,), "1.W": (1, 4), "1.b": (1,)}
    return {name: rng.standard_normal(shape).astype(dtype) for name, shape in shapes.items()}


def gradients(seed: int, dtype: str = "float64") -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    return {name: rng.standard_normal(p.shape).astype(dtype) for name, p in parameters().items()}


def test_sgd_by_hand() -> None:
    W, b = np.array([[1.0, 2.0]]), np.array([3.0])
    SGD({"W": W, "b": b}, lr=0.1, weight_decay=0.5).step({"W": np.array([[10.0, 0]]), "b": b * 0})
    np.testing.assert_allclose(W, [[1 - 0.1 * (10 + 0.5 * 1), 2 - 0.1 * 0.5 * 2]])
    np.testing.assert_array_equal(b, [3.0])  # a bias does not decay


def test_momentum_by_hand() -> None:
    W = np.array([[0.0]])
    optimizer = Momentum({"W": W}, lr=0.5, momentum=0.5)
    positions = []
    for g in (1.0, 1.0, 0.0):
        optimizer.step({"W": np.array([[g]])})
        positions.append(W.item())
    # v = -0.5, -0.75, -0.375
    assert positions == [-0.5, -1.25, -1.625]


def test_the_first_steps_of_adam_by_hand() -> None:
    W = np.array([[0.0, 0.0]])
    optimizer = Adam({"W": W}, lr=0.1, beta1=0.5, beta2=0.5, epsilon=1e-30)
    optimizer.step({"W": np.array([[3.0, -0.001]])})
    np.testing.assert_allclose(W, [[-0.1, 0.1]])  # whatever the size of g
    optimizer.step({"W": np.array([[0.0, 0.0]])})
    # m = 0.75, v = 2.25; m / (1 - 0.25) = 1, v / (1 - 0.25) = 3
    np.testing.assert_allclose(W[0, 0], -0.1 - 0.1 / np.sqrt(3))


@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_twenty_steps_equal_those_of_torch(kind: str, decay: float) -> None:
    torch = pytest.importorskip("torch")
    ours = parameters()
    theirs = {name: torch.tensor(p, requires_grad=True) for name, p in ours.items()}
    weights = [t for t in theirs.values() if t.ndim == 2]
    biases = [t for t in theirs.values() if t.ndim == 1]
    groups = [{"params": weights, "weight_decay": decay}, {"params": biases}]
    reference = {
        "sgd": lambda: torch.optim.SGD(groups, lr=0.05),
        "momentum": lambda: torch.optim.SGD(groups, lr=0.05, momentum=0.9),
        "adam": lambda: torch.optim.Adam(groups, lr=0.05),
    }[kind]()
    optimizer = OPTIMIZERS[kind](ours, lr=0.05, weight_decay=decay)
    for seed in range(20):
        for name, g in gradients(seed).items():
            theirs[name].grad = torch.tensor(g)
        reference.step()
        optimizer.step(gradients(seed))
    for name, p in ours.items():
        np.testing.assert_allclose(p, theirs[name].detach().numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 7])
def test_an_update_in_pieces_equals_the_plain_one(size: int) -> None:
    rng = np.random.default_rng(size)
    p, g = rng.standard_normal((1, size)), rng.standard_normal((1, size))
    expected = p - 0.1 * g
    SGD({"W": p}, lr=0.1).step({"W": g})
    np.testing.assert_array_equal(p, expected)


def test_arrays_that_are_not_contiguous_are_updated_too() -> None:
    whole = np.ones((4, 6))
    SGD({"W": whole[:, ::2]}, lr=0.5).step({"W": np.ones((3, 4)).T})
    np.testing.assert_array_equal(whole, np.tile([0.5, 1.0], (4, 3)))


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_updates_are_in_place_keep_the_dtype_and_leave_the_gradients(kind: str) -> None:
    live, g = parameters("float32"), gradients(1, "float32")
    before, kept = {k: p.copy() for k, p in live.items()}, {k: a.copy() for k, a in g.items()}
    OPTIMIZERS[kind](live, lr=0.1, weight_decay=0.1).step(g)
    for name, p in live.items():
        assert p.dtype == "float32"
        assert not np.array_equal(p, before[name])
        np.testing.assert_array_equal(g[name], kept[name])


@given(
    kind=st.sampled_from(sorted(OPTIMIZERS)),
    start=st.floats(-10, 10),
    lr=st.floats(1e-3, 0.1),
)
def test_every_optimizer_descends_a_parabola(kind: str, start: float, lr: float) -> None:
    W = np.array([[start]])
    optimizer = OPTIMIZERS[kind]({"W": W}, lr=lr)
    for _ in range(50):
        optimizer.step({"W": W.copy()})
    assert abs(W.item()) <= abs(start) + 1e-12 or abs(W.item()) < 50 * lr


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"1.b": None}, "missing: 1.b; unknown: none"),
        ({"2.W": np.ones(1)}, "missing: none; unknown: 2.W"),
        (
            {"0.W": np.ones((3, 4))},
            r"gradients\['0.W'\] must have the shape .*\(4, 3\); got \(3, 4\)",
        ),
        ({"1.b": 0.5}, r"gradients\['1.b'\] must have the shape"),
        ({"1.b": np.array([np.nan])}, r"gradients\['1.b'\] must be finite.* is nan"),
        ({"1.b": np.array([1])}, r"gradients\['1.b'\] must hold floats .*; got dtype int64"),
        (
            {"1.b": np.array([1j])},
            "its parameter, of dtype float64; got dtype complex128",
        ),
    ],
)
def test_a_bad_gradient_is_named_and_nothing_is_changed(
    kind: str, change: dict[str, Any], message: str
) -> None:
    live = parameters()
    optimizer = OPTIMIZERS[kind](live, lr=0.1)
    bad = {name: g for name, g in (gradients(1) | change).items() if g is not None}
    with pytest.raises((TypeError, ValueError), match=message):
        optimizer.step(bad)
    optimizer.step(gradients(2))

    untouched = parameters()
    OPTIMIZERS[kind](untouched, lr=0.1).step(gradients(2))
    for name, p in live.items():
        np.testing.assert_array_equal(p, untouched[name])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: SGD(p, lr=0), "lr must be > 0; got 0"),
        (lambda p: SGD(p, lr=float("nan")), "lr must be finite and > 0; got nan"),
        (lambda p: SGD(p, lr=float("inf")), "lr must be finite and > 0; got inf"),
        (lambda p: SGD(p, lr=0.1, weight_decay=-1), "weight_decay must be ≥ 0; got -1"),
        (lambda p: Momentum(p, lr=0.1, momentum=1), "momentum must be ≥ 0 and < 1; got 1"),
        (lambda p: Adam(p, beta2=1.0), "beta2 must be ≥ 0 and < 1; got 1"),
        (lambda p: Adam(p, epsilon=0), "epsilon must be > 0; got 0"),
    ],
)
def test_numbers_out_of_range(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(parameters())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD([np.ones(2)], lr=0.1), r"Pass network.parameters\(\)"),
        (lambda: SGD({}, lr=0.1), r"at least one; got \{\}. Pass network.parameters\(\)"),
        (lambda: SGD(parameters(), lr=0.1).step([1]), r"gradients must be a dict .*; got \[1\]"),
        (lambda: SGD({"W": [1.0]}, lr=0.1), r"parameters\['W'\] must be an array of floats"),
        (lambda: SGD({"W": np.ones(2, int)}, lr=0.1), r"parameters\['W'\] must be an array of fl"),
        (lambda: SGD(parameters(), lr="0.1"), "lr must be a number; got '0.1'"),
    ],
)
def test_arguments_of_the_wrong_type(make: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make()


def test_a_parameter_must_be_writeable() -> None:
    W = np.ones((2, 2))
    W.flags.writeable = False
    with pytest.raises(ValueError, match=r"parameters\['W'\] must be writeable"):
        SGD({"W": W}, lr=0.1)
