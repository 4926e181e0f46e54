"""The training loop: its stop rules, what it keeps when it stops, and its helpers."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from bplab.numeric.layers import Activation, Dense
from bplab.numeric.losses import quadratic, softmax_cross_entropy, softmax_cross_entropy_backward
from bplab.numeric.network import Sequential
from bplab.numeric.optimizers import SGD, Adam
from bplab.numeric.training import accuracy, minibatches, train

Array = np.ndarray[Any, Any]


def blobs(samples: int = 60) -> tuple[Array, Array]:
    """Three well separated clouds of points."""
    rng = np.random.default_rng(0)
    labels = np.arange(samples) % 3
    centres = np.array([[3.0, 0.0], [-2.0, 2.0], [-2.0, -2.0]])
    return centres[labels] + 0.5 * rng.standard_normal((samples, 2)), labels


def network(seed: int = 0) -> Sequential:
    rng = np.random.default_rng(seed)
    return Sequential(Dense(2, 8, rng=rng), Activation("tanh"), Dense(8, 3, rng=rng))


def run(net: Sequential, optimizer: Any = None, **changes: Any) -> Any:
    x, y = blobs()
    arguments: dict[str, Any] = {
        "optimizer": optimizer or SGD(net.parameters(), lr=0.1),
        "epochs": 5,
        "batch_size": 16,
        "rng": np.random.default_rng(1),
        "progress": False,
    }
    return train(net, x, y, **(arguments | changes))


def copies(net: Sequential) -> dict[str, Array]:
    return {name: array.copy() for name, array in net.parameters().items()}


class Interrupted(SGD):
    """Raises KeyboardInterrupt at a step, as Ctrl-C would."""

    def __init__(self, parameters: Mapping[str, Array], at: int, lr: float = 0.1) -> None:
        super().__init__(parameters, lr=lr)
        self.left = at

    def step(self, gradients: Mapping[str, Array]) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt
        super().step(gradients)


def test_training_learns_three_clouds() -> None:
    net = network()
    x, y = blobs()
    history = run(net, Adam(net.parameters(), lr=0.03), epochs=30)
    assert (history.stopped, history.epochs) == ("max epochs", 30)
    assert history.losses[-1] < 0.1 * history.initial_loss
    assert accuracy(net.forward(x), y) == 1


def test_training_equals_the_loop_written_out() -> None:
    net, twin = network(), network()
    run(net, epochs=3)
    x, y = blobs()
    optimizer, rng = SGD(twin.parameters(), lr=0.1), np.random.default_rng(1)
    for _ in range(3):
        for x_batch, y_batch in minibatches(x, y, 16, rng):
            logits = twin.forward(x_batch)
            optimizer.step(twin.backward(softmax_cross_entropy_backward(logits, y_batch)))
    for name, array in net.parameters().items():
        np.testing.assert_array_equal(array, twin.parameters()[name])


def test_losses_are_those_of_the_whole_set_after_each_epoch() -> None:
    net, (x, y) = network(), blobs()
    before = softmax_cross_entropy(net.forward(x), y)
    history = run(net, epochs=4, validation=(x[:7], y[:7]))
    assert history.initial_loss == pytest.approx(before, rel=1e-14)
    assert len(history.losses) == len(history.validation_losses) == 4
    assert history.losses[-1] == pytest.approx(softmax_cross_entropy(net.forward(x), y), rel=1e-14)
    assert history.validation_losses[-1] == pytest.approx(
        softmax_cross_entropy(net.forward(x[:7]), y[:7]), rel=1e-14
    )


def test_the_loss_threshold_stops_at_the_first_epoch_below_it() -> None:
    free = run(network(), epochs=20)
    threshold = free.losses[6]
    history = run(network(), epochs=20, loss_threshold=threshold)
    assert history.stopped == "loss threshold"
    assert history.losses == free.losses[:7]
    assert "after epoch 7" in history.reason


def test_divergence_puts_the_best_parameters_back() -> None:
    net = network()
    optimizer = SGD(net.parameters(), lr=0.1)
    run(net, optimizer, epochs=3)
    good = copies(net)
    optimizer.lr = 1e308
    history = run(net, optimizer, epochs=50)
    assert history.stopped == "diverged"
    assert history.reason.startswith("diverged in epoch 1: ")
    assert history.best_epoch == 0
    for name, array in net.parameters().items():
        np.testing.assert_array_equal(array, good[name])


@pytest.mark.parametrize("lr", [1e3, 1e10, 1e100, 1e300])
def test_divergence_of_the_quadratic_cost_leaves_a_network_that_works(lr: float) -> None:
    rng = np.random.default_rng(0)
    net = Sequential(Dense(2, 1, rng=rng))
    x = rng.standard_normal((20, 2))
    y = x.sum(axis=1, keepdims=True)
    history = train(
        net, x, y, loss="quadratic", optimizer=SGD(net.parameters(), lr=lr), epochs=500,
        batch_size=20, rng=rng, progress=False,
    )  # fmt: skip
    assert history.stopped == "diverged"
    assert quadratic(net.forward(x), y) == pytest.approx(history.initial_loss)
    assert np.isfinite(history.losses).all()


def test_an_interrupt_keeps_the_best_epoch_so_far() -> None:
    net, twin = network(), network()
    history = run(net, Interrupted(net.parameters(), at=4 * 3 + 2), epochs=20)  # 4 steps an epoch
    assert (history.stopped, history.epochs, history.best_epoch) == ("interrupted", 3, 3)
    run(twin, epochs=3)
    for name, array in net.parameters().items():
        np.testing.assert_array_equal(array, twin.parameters()[name])


def test_the_best_epoch_is_judged_on_the_validation_set() -> None:
    # Validation labels that are wrong: the better the training, the worse this loss.
    x, y = blobs()
    net = network()
    start = copies(net)
    history = run(net, Interrupted(net.parameters(), at=14), epochs=20, validation=(x, (y + 1) % 3))
    assert history.validation_losses[-1] > history.validation_losses[0]
    assert history.best_epoch == 0
    for name, array in net.parameters().items():
        np.testing.assert_array_equal(array, start[name])


def test_an_interrupt_in_the_first_epoch_keeps_what_was_learnt() -> None:
    net = network()
    start = copies(net)
    history = run(net, Interrupted(net.parameters(), at=3))
    assert (history.stopped, history.epochs) == ("interrupted", 0)
    assert not np.array_equal(net.parameters()["0.W"], start["0.W"])


def test_the_same_seed_trains_the_same_network() -> None:
    assert run(network()) == run(network())


def test_float32_stays_float32() -> None:
    rng = np.random.default_rng(0)
    net = Sequential(Dense(2, 3, rng=rng, dtype="float32"))
    x, y = blobs()
    train(
        net, x.astype("float32"), y, optimizer=SGD(net.parameters(), lr=0.1), epochs=2,
        batch_size=16, rng=rng, progress=False,
    )  # fmt: skip
    assert net.forward(x.astype("float32")).dtype == "float32"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number of at least 1; got 0"),
        ({"batch_size": 2.5}, "batch_size must be a whole number of at least 1; got 2.5"),
        ({"rng": 0}, "rng must be a numpy.random.Generator; got int"),
        ({"optimizer": "SGD"}, "optimizer must be an Optimizer; got 'SGD'"),
        ({"loss_threshold": "a"}, "loss_threshold must be a number; got 'a'"),
        ({"loss": "cross_entropy"}, "loss must be one of .*; got 'cross_entropy'. Did you mean"),
        ({"optimizer": SGD(network(1).parameters(), lr=0.1)}, "this network's parameters"),
        ({"validation": (np.ones((3, 2)), np.ones(2, int))}, "validation y must have one entry"),
        ({"validation": (np.ones((3, 5)), np.ones(3, int))}, r"x must have shape .*got \(3, 5\)"),
    ],
)
def test_bad_arguments_are_named_before_anything_changes(
    changes: dict[str, Any], message: str
) -> None:
    net = network()
    start = copies(net)
    with pytest.raises((TypeError, ValueError), match=message):
        run(net, **changes)
    for name, array in net.parameters().items():
        np.testing.assert_array_equal(array, start[name])


def test_bad_data_is_named_even_in_the_last_batch() -> None:
    x, y = blobs()
    net = network()
    start = copies(net)
    arguments: dict[str, Any] = {
        "optimizer": SGD(net.parameters(), lr=0.1),
        "epochs": 1,
        "batch_size": 16,
        "rng": np.random.default_rng(0),
        "progress": False,
    }
    with pytest.raises(ValueError, match=r"labels 0 … 2.*got 3"):
        train(net, x, np.where(np.arange(60) == 59, 3, y), **arguments)
    with pytest.raises(ValueError, match="is nan"):
        train(net, np.where(np.arange(60)[:, None] == 59, np.nan, x), y, **arguments)
    with pytest.raises(
        ValueError, match=r"y must have one entry .*got shapes \(59,\) and \(60, 2\)"
    ):
        train(net, x, y[:59], **arguments)
    np.testing.assert_array_equal(net.parameters()["0.W"], start["0.W"])


def test_an_error_in_the_first_step_is_not_taken_for_divergence() -> None:
    class Broken(SGD):
        def step(self, gradients: Mapping[str, Array]) -> None:
            raise ValueError("a bug of the learner's")

    net = network()
    with pytest.raises(ValueError, match="a bug of the learner's"):
        run(net, Broken(net.parameters(), lr=0.1))


PROGRAM = """
import numpy as np
from bplab.numeric.layers import Dense
from bplab.numeric.network import Sequential
from bplab.numeric.optimizers import SGD
from bplab.numeric.training import train
rng = np.random.default_rng(0)
net = Sequential(Dense(1, 2, rng=rng))
train(net, np.ones((4, 1)), [0, 1, 0, 1], optimizer=SGD(net.parameters(), lr=0.1), epochs=3,
      batch_size=2, rng=rng, progress={progress})
"""


@pytest.mark.parametrize(
    ("progress", "disable", "shown"),
    [("True", "", True), ("True", "1", False), ("False", "", False)],
)
def test_the_bar_goes_to_stdout_and_can_be_turned_off(
    progress: str, disable: str, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    if disable:
        monkeypatch.setenv("TQDM_DISABLE", disable)
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(progress=progress)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("3/3" in result.stdout or "epoch" in result.stdout) is shown
    assert result.stderr == ""


# Helpers


@pytest.mark.parametrize("batch_size", [1, 3, 4, 10, 99])
def test_minibatches_hold_every_sample_once_and_keep_pairs(batch_size: int) -> None:
    x, y = np.arange(10.0)[:, np.newaxis], np.arange(10)
    batches = list(minibatches(x, y, batch_size, np.random.default_rng(0)))
    assert [len(b) for b, _ in batches[:-1]] == [batch_size] * (len(batches) - 1)
    assert sorted(np.concatenate([labels for _, labels in batches])) == list(range(10))
    for x_batch, y_batch in batches:
        np.testing.assert_array_equal(x_batch[:, 0], y_batch)


def test_minibatches_come_in_random_order() -> None:
    y = np.arange(100)
    rng = np.random.default_rng(0)
    first, second = (next(minibatches(y, y, 100, rng))[1] for _ in range(2))
    assert not np.array_equal(first, y)
    assert not np.array_equal(first, second)


def test_accuracy_by_hand() -> None:
    assert accuracy([[1.0, 2.0, 0.0], [3.0, 0.0, 1.0], [0.0, 0.0, 9.0]], [1, 0, 1]) == 2 / 3
    assert accuracy([[-1.0], [2.0], [3.0], [-4.0]], [0, 1, 0, 0]) == 0.75
    assert accuracy([-1.0, 2.0], [0, 1]) == 1


def test_accuracy_refuses_labels_that_would_broadcast() -> None:
    with pytest.raises(ValueError, match=r"labels must have shape \(B,\).*got \(2, 1\)"):
        accuracy(np.ones((2, 3)), np.ones((2, 1), int))
    with pytest.raises(ValueError, match=r"labels must have shape \(B,\).*got \(3,\)"):
        accuracy(np.ones((2, 3)), np.ones(3, int))
