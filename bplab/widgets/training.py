"""The training dashboard: two networks learn the digits side by side, and show their δ's.

The kernel trains, as `runs` and `trainer` say, so it is `bplab.numeric` or the learner's own
gradient that is seen at work; the browser draws. It starts from a recording of the first epochs,
which it plays where no kernel answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bplab.figures import Picture, deltas_by_layer
from bplab.widgets.own import Gradient
from bplab.widgets.runs import (
    LEARNING_RATES,
    MOST_HIDDEN,
    MOST_SEED,
    OWN,
    WIDTH,
    Epoch,
    Row,
    Run,
    rows,
    side_by_side,
)
from bplab.widgets.trainer import MOST_EPOCHS, Trainer, loop
from bplab.widgets.view import View, as_json, module, stylesheet

RECORDED = 10
SIGMOIDS, RELUS = Run("sigmoid", hidden=6), Run("relu", "he", hidden=6)


@dataclass(frozen=True)
class State:
    """The settings of both runs, what is offered instead, and a recording of their first epochs."""

    runs: tuple[Run, Run]
    own: bool
    learning_rates: tuple[float, ...]
    most_hidden: int
    most_seed: int
    width: int
    most_epochs: int
    recorded: tuple[Row, ...]


def state(a: Run, b: Run, *, own: bool = False) -> State:
    """Two runs and their first ten epochs.

    Raises: TypeError for what is no Run; ValueError if a run wants the learner's own gradient and
    there is none.
    """
    for name, run in {"a": a, "b": b}.items():
        if not isinstance(run, Run):
            raise TypeError(f'{name} must be a Run, such as Run("relu", "he"); got {run!r}.')
    if not own and OWN in (a.activation, b.activation):
        raise ValueError(f'activation "{OWN}" needs your function: training_dashboard(gradient=…).')
    return State(
        runs=(a, b),
        own=own,
        learning_rates=LEARNING_RATES,
        most_hidden=MOST_HIDDEN,
        most_seed=MOST_SEED,
        width=WIDTH,
        most_epochs=MOST_EPOCHS,
        recorded=rows((a, b), 1 + RECORDED),
    )


def name(run: Run) -> str:
    layers = "1 hidden layer" if run.hidden == 1 else f"{run.hidden} hidden layers"
    return f"{run.function}, {run.start}, {layers}"


class TrainingDashboard(View):
    """The live view; `training_dashboard` makes one."""

    _esm = module("training.js")
    _css = stylesheet("training.css")
    caption = "Run this cell in JupyterLab to train both networks and to change their settings."

    def __init__(self, start: State, gradient: Gradient | None = None) -> None:
        super().__init__(start)
        self.gradient = gradient
        self.runs: tuple[Run, ...] = start.runs
        self.trainer = Trainer(self._tell)
        self.heard: object = None
        self.on_msg(self._hear)

    def picture(self) -> Picture:
        before = self.start.recorded[0]
        named = zip("AB", self.start.runs, before, strict=True)
        deltas = {
            f"{letter}: {name(run)}": epoch.delta
            for letter, run, epoch in named
            if isinstance(epoch, Epoch)
        }
        return deltas_by_layer(deltas, title="Training dashboard: δ in each layer before training")

    def close(self) -> None:
        if self.trainer.training:  # else leave the loop alone: the interpreter may be shutting down
            loop().call_soon_threadsafe(self.trainer.pause)
        super().close()

    def _hear(self, _: View, content: Mapping[str, Any], buffers: object) -> None:
        """Take the message to the loop: JupyterLab hands it over in a thread of its own."""
        loop().call_soon_threadsafe(self._obey, content)

    def _obey(self, content: Mapping[str, Any]) -> None:
        """Do what the page asks for, and answer at once."""
        self.heard = content.get("id")
        known = len(self.trainer.rows)
        match content.get("ask"):
            case "train":
                self.trainer.train()
            case "step":
                self.trainer.step()
            case "pause":
                self.trainer.pause()
            case "rewind":
                try:
                    self.runs = tuple(Run(**settings) for settings in content["runs"])
                except (TypeError, ValueError) as problem:
                    self.send({"id": self.heard, "problem": str(problem)})
                    return
                known = 0
                self._rewind()
            case "history":
                known = 0
                if not self.trainer.started:
                    self._rewind()
        self._tell(known)

    def _rewind(self) -> None:
        self.trainer.start(side_by_side(self.runs, self.gradient))

    def _tell(self, first: int) -> None:
        self.send(
            {
                "id": self.heard,
                "runs": as_json(self.runs),
                "first": first,
                "rows": as_json(self.trainer.rows[first:]),
                "training": self.trainer.training,
            }
        )


def training_dashboard(
    a: Run = SIGMOIDS, b: Run = RELUS, *, gradient: Gradient | None = None
) -> TrainingDashboard:
    """Train two networks on the digits, side by side, and look into them after each epoch.

    gradient: the learner's gradient(params, x, y), which returns a list like params =
    [W¹, b¹, W², b², …]; Run("own") trains with it. The hidden layers are tanh, the cost is softmax
    with cross-entropy, x is (B, 64), and y (B, 10) one-hot.
    Raises: ValueError or TypeError, as `Run` and `state`, for what is not offered; TypeError for a
    gradient that cannot be called.
    """
    if gradient is not None and not callable(gradient):
        raise TypeError(f"gradient must be a function; got {gradient!r}.")
    return TrainingDashboard(state(a, b, own=gradient is not None), gradient)
