"""Runs on the digits: the numbers of plain NumPy, and words where a run ends."""

import re
import time
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest

from bplab.data import digits
from bplab.numeric import initializers, minibatches, softmax, softmax_cross_entropy
from bplab.widgets.runs import CLASSES, Ended, Epoch, Run, epochs, rows, side_by_side
from tests.lessons import LESSONS, read

HOT = Run("relu", "he", lr=10, hidden=6)


def first(run, count, gradient=None):
    """The first epochs, or ends, of a run."""
    return list(islice(filter(None, epochs(run, gradient)), count))


def parameters(run, initializer):
    rng = np.random.default_rng(run.seed)
    widths = [64, *[32] * run.hidden, 10]
    return [
        [initializer(rng, n_in, n_out, np.float64), np.zeros(n_out)]
        for n_in, n_out in pairwise(widths)
    ]


def passes(layers, x, y):
    """Logits, and δ and (dW, db) of each layer, for tanh: BP1 to BP4 written out."""
    a = [x]
    for W, b in layers[:-1]:
        a.append(np.tanh(a[-1] @ W.T + b))
    logits = a[-1] @ layers[-1][0].T + layers[-1][1]
    delta = (softmax(logits) - np.eye(10)[y]) / len(x)
    deltas, grads = [], []
    for i in reversed(range(len(layers))):
        deltas.insert(0, delta)
        grads.insert(0, (delta.T @ a[i], delta.sum(axis=0)))
        delta = (delta @ layers[i][0]) * (1 - a[i] ** 2)
    return logits, a, deltas, grads


def test_an_epoch_is_what_plain_numpy_gives():
    run, data = Run("tanh", "lecun", lr=0.3, hidden=3, seed=4), digits()
    layers = parameters(run, initializers.lecun_normal)
    rng = np.random.default_rng(run.seed)
    for epoch, found in enumerate(first(run, 3)):
        if epoch:
            for x, y in minibatches(data.train.x, data.train.y, 50, rng):
                *_, grads = passes(layers, x, y)
                for layer, (dW, db) in zip(layers, grads, strict=True):
                    layer[0] -= run.lr * dW
                    layer[1] -= run.lr * db
        _, a, deltas, _ = passes(layers, data.train.x[:200], data.train.y[:200])
        shares = [np.mean(np.abs(hidden) > 0.9) for hidden in a[1:]]
        np.testing.assert_allclose(found.delta, [np.abs(d).mean() for d in deltas], rtol=1e-9)
        np.testing.assert_allclose(found.saturated, shares)
        logits, *_ = passes(layers, data.train.x, data.train.y)
        assert found.loss == pytest.approx(softmax_cross_entropy(logits, data.train.y))
        logits, *_ = passes(layers, data.validation.x, data.validation.y)
        assert found.accuracy == np.mean(logits.argmax(axis=1) == data.validation.y)


def test_two_streams_of_one_run_are_equal_and_seeds_count():
    run = Run(seed=1)
    assert first(run, 2) == first(run, 2)
    assert first(run, 1) != first(Run(seed=2), 1)


def test_deep_sigmoids_starve_and_relus_do_not():
    (starved,), (fed,) = first(Run("sigmoid", hidden=6), 1), first(Run("relu", "he", hidden=6), 1)
    assert starved.delta[0] < 1e-3 * starved.delta[-1]
    assert fed.delta[0] > 0.1 * fed.delta[-1]


def test_a_saturated_sigmoid_is_close_to_0_or_1():
    run = Run("sigmoid", "normal", hidden=2)
    x, shares = digits().train.x[:200], []
    for W, _ in parameters(run, initializers.normal)[:-1]:
        x = 1 / (1 + np.exp(-(x @ W.T)))
        shares.append(np.mean((x < 0.05) | (x > 0.95)))
    assert shares[0] > 0.3
    np.testing.assert_allclose(first(run, 1)[0].saturated, shares)


def test_a_relu_counts_as_saturated_where_it_is_off():
    run = Run("relu", "he", hidden=1)
    ((W, _), _) = parameters(run, initializers.he_normal)
    off = np.mean(digits().train.x[:200] @ W.T <= 0)
    np.testing.assert_allclose(first(run, 1)[0].saturated, [off])


def test_from_zeros_no_error_comes_back():
    for epoch in first(Run("tanh", "zeros"), 2):
        assert epoch.delta[:2] == (0, 0)
        assert epoch.delta[2] > 0


def test_a_run_that_diverges_says_when_and_the_other_goes_on():
    found = rows((HOT, Run("tanh")), 3)
    (_, first_b), (end, _), (none, last_b) = found
    assert re.match("diverged in epoch 1: z overflowed float64", end.words)
    assert none is None
    assert last_b.loss < first_b.loss


def test_when_all_have_ended_there_are_no_more_rows():
    assert len(list(islice(filter(None, side_by_side((HOT, HOT))), 5))) == 2


def test_the_stream_gives_way_after_each_minibatch():
    found = list(islice(epochs(Run()), 27))
    assert [entry is None for entry in found] == [False, *[True] * 25, False]


# the learner's gradient


def right(params, x, y):
    layers = list(zip(params[0::2], params[1::2], strict=True))
    *_, grads = passes(layers, x, y.argmax(axis=1))
    return [g for pair in grads for g in pair]


def test_a_right_gradient_trains_as_the_library_does():
    own, library = first(Run("own"), 3, right), first(Run("tanh"), 3)
    for mine, theirs in zip(own, library, strict=True):
        assert mine.loss == pytest.approx(theirs.loss, rel=1e-9)
        np.testing.assert_allclose(mine.delta, theirs.delta, rtol=1e-6)


def test_the_learners_gradient_gets_a_batch_and_one_hot_targets():
    seen = []

    def gradient(params, x, y):
        seen.append(([p.shape for p in params], x.shape, y.shape, y.sum(axis=1)))
        return right(params, x, y)

    first(Run("own", hidden=1), 2, gradient)
    shapes, x, y, sums = seen[0]
    assert (shapes, x, y) == ([(32, 64), (32,), (10, 32), (10,)], (50, 64), (50, CLASSES))
    assert set(sums) == {1}


def raises(params, x, y):
    return x @ params[0]


def endless(params, x, y):
    while True:
        time.sleep(0.01)


def stub(params, x, y):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        (raises, r"^stopped in epoch 1\. Your function raised ValueError: matmul"),
        (stub, r"Your function is not written yet"),
        (endless, r"took too long: it still ran after 0\.2 s and was stopped"),
        (lambda params, x, y: None, r"must return the list \[dW1, db1, dW2, db2, dW3, db3\]"),
        (lambda params, x, y: [p.T for p in params], r"dW1 must have the shape of W1, \(32, 64\)"),
        (lambda params, x, y: [p * np.nan for p in params], "dW1 holds NaN or infinity"),
    ],
)
def test_a_gradient_that_fails_ends_its_run_in_words(gradient, words, monkeypatch):
    monkeypatch.setattr("bplab.widgets.runs.SECONDS", 0.2)
    before, end = first(Run("own"), 3, gradient)
    assert isinstance(before, Epoch)
    assert isinstance(end, Ended)
    assert re.search(words, end.words)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"activation": "step"}, "activation must be one of sigmoid, tanh, relu, own; got 'step'"),
        ({"start": "one"}, "start must be one of zeros, normal, lecun, xavier, he; got 'one'"),
        ({"lr": np.nan}, r"lr must be one of 0\.003, 0\.01, .*; got nan"),
        ({"lr": np.inf}, "got inf"),
        ({"hidden": 0}, "hidden must be a whole number from 1 to 8; got 0"),
        ({"hidden": (32, 32)}, r"hidden must be a whole number .* got \(32, 32\)"),
        ({"hidden": 2.0}, "hidden must be a whole number"),
        ({"hidden": True}, "hidden must be a whole number from 1 to 8; got True"),
        ({"seed": None}, "seed must be a whole number from 0 to 999; got None"),
    ],
)
def test_settings_that_are_not_offered_are_refused_in_words(settings, words):
    with pytest.raises((TypeError, ValueError), match=words):
        Run(**settings)


# What lessons 05 and 07 say of them


def words(lesson):
    (path,) = (path for path in LESSONS if path.name.startswith(lesson))
    return next(cell.source for cell in read(path).cells if cell.id == "dashboard-words")


def after(count, *runs):
    """The last of so many epochs of each run."""
    return rows(runs, 1 + count)[-1]


@pytest.mark.slow
def test_lesson_05_says_what_the_seed_and_the_step_do():
    one, two = after(15, Run("tanh", "lecun", seed=1), Run("tanh", "lecun", seed=2))
    text = words("05")
    assert "a loss of about 0.16 and are right on 95 of 100 digits" in text
    for epoch in (one, two):
        assert epoch.loss == pytest.approx(0.16, abs=0.01)
        assert epoch.accuracy == pytest.approx(0.95, abs=0.01)
    fast, far = after(15, *(Run("tanh", "lecun", lr=lr, seed=2) for lr in (1, 3)))
    assert fast.loss < two.loss
    (early,) = after(1, Run("tanh", "lecun", lr=3, seed=2))
    assert "throws the loss to about 40" in text
    assert early.loss == pytest.approx(40, rel=0.1)
    assert far.loss > 20
    assert min(far.saturated) > 0.95


@pytest.mark.slow
def test_lesson_07_says_what_one_change_gives():
    deep = Run("sigmoid", hidden=6)
    changes = [{"hidden": 1}, {"start": "normal"}, {"start": "he"}, {"activation": "tanh"},
               {"activation": "relu"}]  # fmt: skip
    found = after(20, *(replace(deep, **change) for change in changes))
    assert f"| {' | '.join(f'{epoch.accuracy:.2f}' for epoch in found)} |" in words("07")
    (first,) = after(0, deep)
    assert "some 6000 times smaller" in words("07")
    assert first.delta[-1] / first.delta[0] == pytest.approx(6000, rel=0.05)
    assert all(
        epoch.accuracy < 0.2 for epoch in after(20, *(replace(deep, lr=lr) for lr in (1, 3, 10)))
    )
