"""Many networks at once: each must be the network that `Sequential` trains alone."""

from typing import Any

import numpy as np
import pytest

from bplab.numeric.losses import quadratic, quadratic_backward
from bplab.numeric.network import Sequential
from bplab.numeric.optimizers import SGD
from bplab.numeric.restarts import Restarts, train_restarts

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0.0, 1.0, 1.0, 0.0])


def descend(network: Sequential, x: Any, y: Any, *, lr: float, steps: int) -> list[float]:
    """Gradient descent, one network alone; the losses before each step and at the end."""
    optimizer, losses = SGD(network.parameters(), lr=lr), []
    for _ in range(steps):
        a = network.forward(x)
        losses.append(quadratic(a, y[:, np.newaxis]))
        optimizer.step(network.backward(quadratic_backward(a, y[:, np.newaxis])))
    return [*losses, quadratic(network.forward(x), y[:, np.newaxis])]


@pytest.mark.parametrize(
    ("hidden", "n_in", "samples"), [(2, 2, 4), (1, 3, 5), (4, 1, 7), (3, 2, 1)]
)
def test_each_network_is_trained_as_if_alone(hidden: int, n_in: int, samples: int) -> None:
    rng = np.random.default_rng(hidden)
    x, y = rng.standard_normal((samples, n_in)), rng.random(samples)
    result = train_restarts(x, y, hidden=hidden, restarts=5, steps=300, lr=2.0, rng=rng)
    for restart in range(5):
        alone = result.initial.network(restart)
        losses = descend(alone, x, y, lr=2.0, steps=300)
        for name, array in result.network(restart).parameters().items():
            np.testing.assert_allclose(array, alone.parameters()[name], rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(
            result.history[:, restart],
            np.array(losses)[result.history_steps],
            rtol=1e-11,
            atol=1e-15,
        )
        assert result.losses[restart] == pytest.approx(losses[-1], rel=1e-11)
        outputs = alone.forward(x)[:, 0]
        np.testing.assert_allclose(result.outputs[:, restart], outputs, atol=1e-11)
        hidden_outputs = alone.layers[1].forward(alone.layers[0].forward(x))
        np.testing.assert_allclose(
            result.hidden_outputs[..., restart].T, hidden_outputs, atol=1e-11
        )


def test_gradient_norms_equal_those_of_each_network() -> None:
    result = train_restarts(X, Y, restarts=3, steps=10, rng=np.random.default_rng(0))
    for restart in range(3):
        network = result.network(restart)
        gradients = network.backward(quadratic_backward(network.forward(X), Y[:, np.newaxis]))
        norm = np.sqrt(sum((g**2).sum() for g in gradients.values()))
        assert result.gradient_norms[restart] == pytest.approx(norm, rel=1e-12)


@pytest.fixture(scope="module")
def xor() -> Restarts:
    return train_restarts(X, Y, restarts=256, steps=10_000, rng=np.random.default_rng(0))


def test_most_but_not_all_restarts_solve_xor(xor: Restarts) -> None:
    assert 0.6 < xor.solved.mean() < 0.85
    np.testing.assert_array_equal(xor.solved, (np.abs(xor.outputs.T - Y) < 0.4).all(axis=1))
    assert (xor.losses[xor.solved] < 0.01).all()
    assert (xor.losses[~xor.solved] > 0.05).all()


def test_the_others_stop_at_the_losses_of_collapsed_samples(xor: Restarts) -> None:
    losses = np.array([loss for loss, _ in xor.plateaus(decimals=3)])
    counts = [count for _, count in xor.plateaus(decimals=3)]
    assert sum(counts) == (~xor.solved).sum()
    assert counts == sorted(counts, reverse=True)
    # k samples that share one output: 1/16 for k = 2, 1/12 for k = 3, 1/8 for k = 4
    distance = np.abs(losses[:, np.newaxis] - [1 / 16, 1 / 12, 1 / 8]).min(axis=1)
    assert distance.max() < 0.005
    assert losses[0] == pytest.approx(1 / 16, abs=0.001)


def test_the_others_are_saturated_and_have_hardly_a_gradient(xor: Restarts) -> None:
    assert (xor.saturation[~xor.solved] >= 0.25).all()
    assert (xor.gradient_norms[~xor.solved] < 1e-3).mean() > 0.9


def test_history_starts_before_the_first_step_and_ends_after_the_last(xor: Restarts) -> None:
    assert (xor.history_steps[0], xor.history_steps[-1]) == (0, 10_000)
    assert xor.history.shape == (101, 256)
    np.testing.assert_array_equal(xor.history[-1], xor.losses)
    first = quadratic(xor.initial.network(7).forward(X), Y[:, np.newaxis])
    assert xor.history[0, 7] == pytest.approx(first, rel=1e-12)


def test_equal_hidden_units_stay_equal_and_never_solve_xor() -> None:
    result = train_restarts(
        X, Y, restarts=32, steps=3_000, lr=2.0, symmetric=True, rng=np.random.default_rng(0)
    )
    assert result.symmetric.all()
    assert not result.solved.any()
    np.testing.assert_array_equal(result.final.W1[0], result.final.W1[1])


def test_drawn_hidden_units_are_not_called_symmetric(xor: Restarts) -> None:
    assert not xor.symmetric[xor.solved].any()


def test_the_same_seed_gives_the_same_networks() -> None:
    first, second = (
        train_restarts(X, Y, restarts=4, steps=50, rng=np.random.default_rng(3)) for _ in range(2)
    )
    np.testing.assert_array_equal(first.losses, second.losses)


def test_scale_is_the_spread_of_the_first_weights() -> None:
    result = train_restarts(X, Y, restarts=2_000, steps=1, scale=3.0, rng=np.random.default_rng(0))
    for array in vars(result.initial).values():
        assert array.std() == pytest.approx(3, rel=0.06)


def test_huge_weights_saturate_without_warnings_or_nan() -> None:
    result = train_restarts(
        X, Y, restarts=16, steps=20, scale=1e5, lr=1e5, rng=np.random.default_rng(0)
    )
    assert np.isfinite(result.losses).all()
    assert (result.saturation > 0.9).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": np.ones(4)}, r"x must have shape \(B, n_in\); got \(4,\)"),
        ({"y": np.ones(3)}, r"y must have shape \(B,\) with B = 4.*got \(3,\)"),
        ({"y": Y * np.nan}, r"y\[0\] is nan"),
        ({"restarts": 0}, "restarts must be a whole number of at least 1; got 0"),
        ({"steps": 0}, "steps must be a whole number of at least 1; got 0"),
        ({"hidden": 0}, "hidden must be a whole number of at least 1; got 0"),
        ({"lr": 0}, "lr must be > 0; got 0"),
        ({"steps": 10.5}, "steps must be a whole number of at least 1; got 10.5"),
        ({"rng": 0}, "rng must be a numpy.random.Generator; got int"),
        ({"scale": -1}, "scale must be ≥ 0; got -1"),
    ],
)
def test_bad_arguments_are_named(changes: dict[str, Any], message: str) -> None:
    right = {"x": X, "y": Y, "rng": np.random.default_rng(0)}
    with pytest.raises((TypeError, ValueError), match=message):
        train_restarts(**(right | changes))
