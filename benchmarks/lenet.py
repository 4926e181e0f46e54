"""A LeNet-like network on the handwritten digits: the time of an epoch, and what it learns."""

import contextlib
from collections.abc import Iterator

import numpy as np

from benchmarks.measure import Work, interleaved
from benchmarks.results import Result
from bplab.data import digits
from bplab.numeric.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from bplab.numeric.losses import softmax_cross_entropy_backward
from bplab.numeric.network import Sequential
from bplab.numeric.optimizers import Adam
from bplab.numeric.training import accuracy, minibatches, train

BATCH = 32
# (learning rate, epochs), one after the other
SCHEDULE = ((0.003, 20), (0.0005, 10))


def epoch(quick: bool) -> Iterator[Result]:
    """One pass over the training set: forward, backward, Adam."""
    for dtype in ("float32", "float64"):
        times = interleaved(_epochs(dtype), rounds=3 if quick else 9, seconds=0)
        yield Result(f"LeNet-like, digits, epoch, {dtype}: bplab", times["bplab"], "s")
        if "torch" in times:
            ratio = times["bplab"] / times["torch"]
            yield Result(f"LeNet-like, digits, epoch, {dtype}: bplab / torch", ratio, "×", 0.7)


def error(quick: bool) -> Iterator[Result]:
    """The share of test images it gets wrong, as a mean over seeds."""
    data, errors = digits(), []
    train_x, test_x = (
        split.images[:, np.newaxis].astype("float32") for split in (data.train, data.test)
    )
    seeds = range(1 if quick else 3)
    for seed in seeds:
        network = _network(seed, "float32")
        for lr, epochs in SCHEDULE:
            train(
                network,
                train_x,
                data.train.y,
                optimizer=Adam(network.parameters(), lr=lr),
                epochs=epochs,
                batch_size=BATCH,
                rng=np.random.default_rng(seed),
                progress=False,
            )
        errors.append(1 - accuracy(network.forward(test_x), data.test.y))
    name = f"LeNet-like, digits, test errors (mean of {len(seeds)})"
    yield Result(name, 100 * float(np.mean(errors)), "%", 2.0)


def _network(seed: int, dtype: str) -> Sequential:
    rng = np.random.default_rng(seed)
    return Sequential(
        Conv2D(1, 16, 3, padding=1, rng=rng, dtype=dtype),
        Activation("relu"),
        MaxPool2D(2),
        Conv2D(16, 32, 3, padding=1, rng=rng, dtype=dtype),
        Activation("relu"),
        MaxPool2D(2),
        Flatten(),
        Dense(128, 64, rng=rng, dtype=dtype),
        Activation("relu"),
        Dropout(0.3, rng=rng),
        Dense(64, 10, rng=rng, dtype=dtype),
    )


def _epochs(dtype: str) -> dict[str, Work]:
    data = digits().train
    x, labels = data.images[:, np.newaxis].astype(dtype), data.y
    network = _network(0, dtype)
    optimizer = Adam(network.parameters())
    rng = np.random.default_rng(0)

    def bplab() -> None:
        for x_batch, y_batch in minibatches(x, labels, BATCH, rng):
            logits = network.forward(x_batch)
            optimizer.step(network.backward(softmax_cross_entropy_backward(logits, y_batch)))

    works: dict[str, Work] = {"bplab": bplab}
    with contextlib.suppress(ModuleNotFoundError):
        works["torch"] = _torch(x, labels)
    return works


def _torch(x: np.ndarray, labels: np.ndarray) -> Work:
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(labels)
    network = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(64, 10),
    ).to(inputs.dtype)
    optimizer = torch.optim.Adam(network.parameters())
    cost = nn.CrossEntropyLoss()

    def epoch() -> None:
        order = torch.randperm(len(inputs))
        for chosen in order.split(BATCH):
            optimizer.zero_grad()
            cost(network(inputs[chosen]), targets[chosen]).backward()
            optimizer.step()

    return epoch
