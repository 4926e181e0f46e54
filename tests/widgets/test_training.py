"""The training dashboard: what the page asks for and is told, and the words it shows."""

import json
import math
import queue
import re

import numpy as np
import pytest

from bplab.widgets.runs import Run, rows
from bplab.widgets.training import RECORDED, state, training_dashboard
from bplab.widgets.view import as_json
from tests.javascript import call, calls

WORDS, CHARTS = "training_words.js", "training_charts.js"
SMALL = Run("tanh", hidden=1), Run("relu", "he", hidden=1, seed=1)


class Page:
    """Stands for the page: it asks, and hears."""

    def __init__(self, widget):
        self.widget, self.heard = widget, queue.Queue()
        widget.send = self.heard.put
        self.ids = iter(range(1, 1000))

    def ask(self, asked, **more):
        self.id = next(self.ids)
        self.widget._handle_custom_msg({"id": self.id, "ask": asked, **more}, [])

    def hear(self, until):
        """The messages up to the first for which `until` holds."""
        found = [self.heard.get(timeout=10)]
        while not until(found[-1]):
            found.append(self.heard.get(timeout=10))
        return found

    def history(self):
        """What is known when nothing is on its way any more."""
        self.ask("history")
        return self.hear(lambda m: m["id"] == self.id and m.get("first") == 0)[-1]["rows"]


def has_row(number):
    return lambda message: message["first"] + len(message["rows"]) > number


@pytest.fixture
def page():
    page = Page(training_dashboard(*SMALL))
    yield page
    page.widget.close()


def test_the_page_gets_the_runs_and_a_recording_of_them():
    widget = training_dashboard(*SMALL)
    assert json.loads(json.dumps(widget.state)) == widget.state
    assert widget.state["recorded"] == as_json(rows(SMALL, RECORDED + 1))
    assert [run["activation"] for run in widget.state["runs"]] == ["tanh", "relu"]


def test_the_kernel_trains_what_the_recording_says(page):
    page.ask("history")
    page.hear(has_row(0))
    for epoch in (1, 2):
        page.ask("step")
        page.hear(has_row(epoch))
    page.ask("train")
    assert any(message["training"] for message in page.hear(has_row(5)))
    page.ask("pause")
    answer = page.hear(lambda m: m["id"] == page.id)[-1]
    assert answer["training"] is False
    known = page.history()
    assert known[: RECORDED + 1] == page.widget.state["recorded"][: len(known)]


def test_other_settings_start_anew(page):
    page.ask("history")
    page.hear(has_row(0))
    page.ask("train")
    page.hear(has_row(2))
    runs = as_json([SMALL[0], Run("sigmoid", "normal", hidden=2)])
    page.ask("rewind", runs=runs)
    answer = page.hear(lambda m: m["id"] == page.id)[0]
    assert (answer["first"], answer["training"], answer["runs"]) == (0, False, runs)
    first = answer["rows"] or page.hear(has_row(0))[-1]["rows"]
    assert first[0] == as_json(rows((SMALL[0], Run("sigmoid", "normal", hidden=2)), 1)[0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": None}, "seed must be a whole number"),
        ({"lr": 7}, "lr must be one of"),
        ({"colour": 1}, "colour"),
    ],
)
def test_settings_that_do_not_exist_are_answered_in_words(page, change, words):
    page.ask("rewind", runs=[{**as_json(SMALL[0]), **change}, as_json(SMALL[1])])
    answer = page.hear(lambda m: m["id"] == page.id)[-1]
    assert words in answer["problem"]
    page.ask("history")
    page.hear(has_row(0))  # it still works


def test_two_dashboards_train_side_by_side():
    one, two = Page(training_dashboard(*SMALL)), Page(training_dashboard(*reversed(SMALL)))
    for page in (one, two):
        page.ask("history")
        page.hear(has_row(0))
        page.ask("train")
    for page in (one, two):
        page.hear(has_row(2))
        page.ask("pause")
        page.hear(lambda m, page=page: m["id"] == page.id)
        known = page.history()
        assert known == page.widget.state["recorded"][: len(known)]


def test_closing_stops_the_training(page):
    page.ask("history")
    page.hear(has_row(0))
    page.ask("train")
    page.hear(has_row(1))
    page.widget.close()
    page.history()
    assert page.widget.trainer.training is False


def test_the_learners_gradient_is_wanted_where_there_is_none():
    with pytest.raises(ValueError, match=r'activation "own" needs your function: '):
        state(Run("own"), Run())
    with pytest.raises(TypeError, match=r'a must be a Run, such as Run\("relu", "he"\); got 5'):
        training_dashboard(5)
    with pytest.raises(TypeError, match="gradient must be a function; got 5"):
        training_dashboard(gradient=5)


def test_a_gradient_that_fails_does_not_keep_the_dashboard_from_opening():
    def gradient(params, x, y):
        raise KeyError("oops")

    page = Page(training_dashboard(Run("own", hidden=1), SMALL[1], gradient=gradient))
    page.ask("history")
    page.hear(has_row(0))
    page.ask("step")
    (mine, theirs) = page.hear(has_row(1))[-1]["rows"][-1]
    assert mine["words"].startswith("stopped in epoch 1. Your function raised KeyError: 'oops'")
    assert theirs["loss"] > 0


def test_without_a_front_end_it_is_a_picture_of_the_deltas():
    said = repr(training_dashboard())
    assert re.match(
        "Training dashboard: δ in each layer before training: A: sigmoid, xavier, 6 ", said
    )
    assert "Run this cell in JupyterLab to train both networks" in said


# the words of the page


def entry(loss=0.5, accuracy=0.9, delta=(1e-3, 1e-3, 1e-3), saturated=(0.1, 0.2)):
    return {"loss": loss, "accuracy": accuracy, "delta": list(delta), "saturated": list(saturated)}


END = {"words": "diverged in epoch 2: z overflowed float64."}


@pytest.mark.parametrize(
    ("given", "epoch", "words"),
    [
        (entry(), 3, ""),
        (entry(delta=(0, 0, 1e-3)), 3, "no δ reaches the hidden layers"),
        (entry(loss=40.0), 3, "worse than guessing, which costs log 10 = 2.303"),
        (entry(loss=40.0), 0, ""),  # before training nothing was too long
        (entry(delta=(1.5e-7, 1e-5, 1e-3)), 0, "δ in layer 1 is 0.00015 times that in layer 3"),
        (entry(loss=2.3), 3, "no better than guessing"),
        (entry(loss=2.3), 0, ""),
        (END, 3, ""),
    ],
)
def test_what_stands_out_is_said(given, epoch, words):
    found = call(WORDS, "remark", given, epoch)
    assert found.startswith(words)
    assert bool(found) == bool(words)


def test_an_account_of_an_epoch_holds_both_runs():
    known = [[entry(), entry()], [entry(0.25), entry(2.3)], [END, entry(2.3)], [None, entry(2.2)]]
    said = calls(WORDS, "account", [(known, at) for at in range(4)])
    assert said[0].startswith(
        "Before training. A: loss 0.5, 90 % of the validation digits right. B: "
    )
    assert said[1].startswith("Epoch 1. A: loss 0.25, ")
    assert "B: loss 2.3, 90 % of the validation digits right; no better than guessing" in said[1]
    for text in said[2:]:
        assert "A: diverged in epoch 2: z overflowed float64. B: loss 2" in text


def test_an_end_is_announced_once():
    assert call(WORDS, "endings", [END, entry()]) == [f"Run A {END['words']}"]
    assert call(WORDS, "endings", [None, entry()]) == []


def test_guessing_costs_log_10():
    loss = rows((Run("tanh", "zeros"),), 1)[0][0].loss
    assert loss == pytest.approx(math.log(10))


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([0.5, 2.3], ["10¹", "10⁻¹"]),
        ([1.5e-7, 2e-3, 0], ["10⁻²", "10⁻⁷"]),
        ([1e-30, 1e-3], ["10⁻²", "10⁻¹⁷"]),  # what is smaller counts as nothing
        ([], ["10¹", "10⁻¹"]),
    ],
)
def test_the_axis_covers_the_values_in_whole_decades(values, ends):
    first, last = (-1, 1) if ends[0] == "10¹" else (-4, -2)
    ticks = call(CHARTS, "decades", values, first, last)["ticks"]
    assert [ticks[0][1], ticks[-1][1]] == ends
    assert np.all(np.diff([tick for tick, _ in ticks]) < 0)
