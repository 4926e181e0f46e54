"""The training loop: forward, loss, backward, step, for minibatch after minibatch.

The loop is short and meant to be read; everything around it decides when to stop and makes sure
that nothing learnt is lost when training diverges or is interrupted.
"""

import difflib
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from bplab.numeric.arrays import (
    Array,
    as_numeric,
    require_generator,
    require_number,
    require_shapes,
    require_whole,
)
from bplab.numeric.losses import LOSSES, LossPair
from bplab.numeric.network import Sequential
from bplab.numeric.optimizers import Optimizer


@dataclass(frozen=True)
class History:
    """What happened in training.

    losses[e] is the loss on the whole training set after epoch e + 1, initial_loss that before all.
    stopped is "max epochs", "loss threshold", "diverged" or "interrupted"; reason says it in full.
    best_epoch is the one with the least loss (on the validation set, if there is one), 0 before
    training. After "diverged", or "interrupted" once an epoch is complete, the network has its
    parameters, else the last ones.
    """

    initial_loss: float
    losses: tuple[float, ...]
    validation_losses: tuple[float, ...] = field(repr=False)
    stopped: str
    reason: str
    best_epoch: int

    @property
    def epochs(self) -> int:
        """The number of complete epochs."""
        return len(self.losses)


def train(
    network: Sequential,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    loss: str = "softmax_cross_entropy",
    optimizer: Optimizer,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    loss_threshold: float | None = None,
    validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    progress: bool = True,
) -> History:
    """Train the network in place, and tell how it went.

    Stops after `epochs`, or when the loss on the training set is at most loss_threshold. If a value
    is no longer finite, or on Ctrl-C, the best parameters so far are put back and the history is
    returned; Ctrl-C within the first epoch leaves them as they are.
    Losses are measured as in use, not as in training, and the network is left so: see
    `Sequential.eval`.
    Shapes: x (B, …), y as the loss wants it; loss is a key of LOSSES.
    Raises: ValueError or TypeError for arguments that do not fit, before anything is changed.

    >>> from bplab.numeric.layers import Dense
    >>> from bplab.numeric.optimizers import SGD
    >>> rng = np.random.default_rng(0)
    >>> network = Sequential(Dense(1, 2, rng=rng))
    >>> history = train(network, [[-1.0], [1.0]], [0, 1], epochs=100, batch_size=2, rng=rng,
    ...                 optimizer=SGD(network.parameters(), lr=1.0), loss_threshold=0.1,
    ...                 progress=False)
    >>> history.stopped, history.losses[-1] <= 0.1
    ('loss threshold', True)
    """
    _require_live(optimizer, network)
    require_whole("epochs", epochs, least=1)
    require_whole("batch_size", batch_size, least=1)
    require_generator(rng)
    if loss_threshold is not None:
        require_number("loss_threshold", loss_threshold)
    cost, cost_backward = _loss(loss)
    x, y = _samples(("x", "y"), x, y)
    if validation is not None:
        validation = _samples(("validation x", "validation y"), *validation)
    # This first look at the loss also checks the data: later errors can only come from training.
    record = _Record(network, cost, (x, y), validation, batch_size)
    steps = 0

    with np.errstate(over="ignore", invalid="ignore"), _bar(epochs, progress) as bar:
        try:
            for _ in bar:
                network.train()
                for x_batch, y_batch in minibatches(x, y, batch_size, rng):
                    outputs = network.forward(x_batch)
                    gradients = network.backward(cost_backward(outputs, y_batch))
                    optimizer.step(gradients)
                    steps += 1
                record.add_epoch()
                bar.set_postfix(loss=f"{record.losses[-1]:.4g}")
                if loss_threshold is not None and record.losses[-1] <= loss_threshold:
                    reason = f"the loss is at most {loss_threshold:g} after epoch {record.epochs}"
                    return record.history("loss threshold", reason)
        except KeyboardInterrupt:
            if record.epochs:
                record.restore_best()
            return record.history("interrupted", f"interrupted in epoch {record.epochs + 1}")
        except ValueError as error:
            if not steps:
                raise
            record.restore_best()
            return record.history("diverged", f"diverged in epoch {record.epochs + 1}: {error}")
        finally:
            network.eval()
    return record.history("max epochs", f"all {epochs} epochs are done")


def minibatches(
    x: Array, y: Array, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Every sample once, in random order, in batches of batch_size; the last may be smaller.

    Shapes: x (B, …) and y (B, …); yields pairs of the same kind.

    >>> rng = np.random.default_rng(0)
    >>> x = np.arange(5)
    >>> sorted(len(x_batch) for x_batch, _ in minibatches(x, x, batch_size=2, rng=rng))
    [1, 2, 2]
    """
    order = rng.permutation(len(x))
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        yield x[chosen], y[chosen]


def accuracy(logits: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """The share of samples whose largest logit is that of their label.

    A single logit per sample stands for classes 0 and 1: it predicts 1 where it is positive.
    Shapes: logits (B, n), or (B, 1) or (B,) for two classes; labels (B,).
    Range: [0, 1].
    Raises: ValueError for wrong shapes or an empty batch; TypeError if not numeric.

    >>> accuracy([[2.0, 1.0], [0.0, 3.0]], labels=[0, 0])
    0.5
    """
    logits, labels = as_numeric("logits", logits), np.asarray(labels)
    if logits.ndim == 1:
        logits = logits[:, np.newaxis]
    require_shapes(logits=(logits, ("B", "n")), labels=(labels, ("B",)))
    predicted = logits.argmax(axis=1) if logits.shape[1] > 1 else logits[:, 0] > 0
    return float(np.mean(predicted == labels))


class _Record:
    """The losses of a training run, and a copy of the parameters that did best."""

    def __init__(
        self,
        network: Sequential,
        cost: Callable[[npt.ArrayLike, npt.ArrayLike], float],
        training: tuple[Array, Array],
        validation: tuple[Array, Array] | None,
        batch_size: int,
    ) -> None:
        self.network = network
        self.cost = cost
        self.training = training
        self.validation = validation
        self.batch_size = batch_size
        self.losses: list[float] = []
        self.validation_losses: list[float] = []
        self.initial_loss = self._mean_loss(*training)
        self._keep(self._mean_loss(*validation) if validation else self.initial_loss)

    @property
    def epochs(self) -> int:
        return len(self.losses)

    def add_epoch(self) -> None:
        """Measure the losses, and keep the parameters if they are the best so far."""
        loss = self._mean_loss(*self.training)
        validation_loss = self._mean_loss(*self.validation) if self.validation else None
        self.losses.append(loss)
        if validation_loss is not None:
            self.validation_losses.append(validation_loss)
        judged = loss if validation_loss is None else validation_loss
        if judged < self.best_loss:
            self._keep(judged)

    def restore_best(self) -> None:
        for name, array in self.network.state().items():
            array[...] = self.best[name]

    def history(self, stopped: str, reason: str) -> History:
        return History(
            initial_loss=self.initial_loss,
            losses=tuple(self.losses),
            validation_losses=tuple(self.validation_losses),
            stopped=stopped,
            reason=reason,
            best_epoch=self.best_epoch,
        )

    def _keep(self, loss: float) -> None:
        self.best = {name: array.copy() for name, array in self.network.state().items()}
        self.best_loss = loss
        self.best_epoch = self.epochs

    def _mean_loss(self, x: Array, y: Array) -> float:
        self.network.eval()
        # In batches, as the activations of a whole data set may not fit in memory.
        total = 0.0
        for start in range(0, len(x), self.batch_size):
            batch = slice(start, start + self.batch_size)
            total += len(x[batch]) * self.cost(self.network.forward(x[batch]), y[batch])
        if not math.isfinite(total):
            raise ValueError(f"the loss is {total}")
        return total / len(x)


def _bar(epochs: int, progress: bool) -> tqdm:
    # tqdm's own switch, the variable TQDM_DISABLE, counts only where `disable` is not given.
    if not progress:
        return tqdm(range(epochs), disable=True)
    return tqdm(range(epochs), unit="epoch", leave=False, file=sys.stdout)


def _samples(names: tuple[str, str], x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    x, y = as_numeric(names[0], x), np.asarray(y)
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise ValueError(
            f"{names[1]} must have one entry or row for each of the B rows of {names[0]}; "
            f"got shapes {y.shape} and {x.shape}."
        )
    return x, y


def _loss(name: str) -> LossPair:
    if name not in LOSSES:
        near = difflib.get_close_matches(str(name), LOSSES, n=1, cutoff=0.4)
        suggestion = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"loss must be one of {', '.join(LOSSES)}; got {name!r}.{suggestion}")
    return LOSSES[name]


def _require_live(optimizer: Optimizer, network: Sequential) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"optimizer must be an Optimizer; got {optimizer!r}. "
            "Make one with, for example, SGD(network.parameters(), lr=0.1)."
        )
    live = network.parameters()
    if optimizer.parameters.keys() != live.keys() or any(
        optimizer.parameters[name] is not array for name, array in live.items()
    ):
        raise ValueError(
            "optimizer must hold this network's parameters; it holds other arrays. "
            "Make it with, for example, SGD(network.parameters(), lr=0.1)."
        )
