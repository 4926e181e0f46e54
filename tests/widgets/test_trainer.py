"""The trainer: a task that answers at once, and loses no row when it is paused or started anew."""

import asyncio
import threading
import time

import pytest

from bplab.widgets import trainer as module
from bplab.widgets.trainer import MOST_EPOCHS, Trainer, loop


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(module, "SECONDS_AN_EPOCH", 0)


def numbered(count, *, between=0, pause=0.0):
    """The rows ("0",), ("1",) …, after so many minibatches each."""
    for number in range(count):
        for _ in range(between):
            time.sleep(pause)
            yield None
        yield (str(number),)


def run(scenario):
    """Run scenario(trainer) on the trainers' loop; returns the rows it told of, in order."""
    told = []

    async def main():
        trainer = Trainer(lambda first: told.append((first, len(trainer.rows))))
        await asyncio.wait_for(scenario(trainer), 10)

    asyncio.run_coroutine_threadsafe(main(), loop()).result()
    return told


async def rest(trainer):
    await trainer.task


def names(trainer):
    return [int(row[0]) for row in trainer.rows]


def test_it_starts_with_the_row_before_training():
    async def scenario(trainer):
        assert not trainer.started
        trainer.start(numbered(5))
        await rest(trainer)
        assert trainer.started
        assert names(trainer) == [0]

    assert run(scenario) == [(0, 1)]


def test_each_step_is_one_row_however_fast_they_come():
    async def scenario(trainer):
        trainer.start(numbered(9, between=2))
        trainer.step()
        trainer.step()
        await rest(trainer)
        assert names(trainer) == [0, 1, 2]
        assert not trainer.training

    assert run(scenario) == [(0, 1), (1, 2), (2, 3)]


def test_it_trains_until_the_most_epochs():
    async def scenario(trainer):
        trainer.start(numbered(MOST_EPOCHS + 20))
        trainer.train()
        assert trainer.training
        await rest(trainer)
        assert names(trainer) == list(range(MOST_EPOCHS + 1))
        assert not trainer.training
        trainer.train()
        trainer.step()
        await rest(trainer)
        assert len(trainer.rows) == MOST_EPOCHS + 1
        assert not trainer.training

    run(scenario)


def test_pausing_within_an_epoch_loses_nothing():
    async def scenario(trainer):
        trainer.start(numbered(30, between=5, pause=0.001))
        for _ in range(20):
            trainer.train()
            await asyncio.sleep(0.003)
            trainer.pause()
            assert not trainer.training
            known = len(trainer.rows)
            await rest(trainer)
            assert len(trainer.rows) <= known + 1  # the present minibatch may end an epoch
        trainer.train()
        await rest(trainer)
        assert names(trainer) == list(range(30))

    told = run(scenario)
    assert [first for first, _ in told] == [*range(30), 30]  # at last it tells of the end


def test_pause_answers_while_a_minibatch_hangs():
    hanging = threading.Event()

    def stream():
        yield ("0",)
        hanging.wait(5)
        yield ("1",)
        yield ("2",)

    async def scenario(trainer):
        trainer.start(stream())
        await rest(trainer)
        trainer.train()
        await asyncio.sleep(0.05)
        began = time.perf_counter()
        trainer.pause()
        await asyncio.sleep(0)
        assert time.perf_counter() - began < 0.02
        hanging.set()
        await rest(trainer)
        assert names(trainer) == [0, 1]
        trainer.step()
        await rest(trainer)
        assert names(trainer) == [0, 1, 2]

    run(scenario)


def test_a_new_stream_drops_what_the_old_one_was_about_to_give():
    async def scenario(trainer):
        trainer.start(numbered(9, between=3, pause=0.02))
        trainer.train()
        await asyncio.sleep(0.03)
        trainer.start(iter([("100",), ("101",)]))
        await rest(trainer)
        assert names(trainer) == [100]
        trainer.step()
        await rest(trainer)
        assert names(trainer) == [100, 101]

    run(scenario)


def test_the_end_of_the_stream_ends_the_training():
    async def scenario(trainer):
        trainer.start(numbered(3))
        trainer.train()
        await rest(trainer)
        assert names(trainer) == [0, 1, 2]
        assert not trainer.training
        trainer.step()
        await rest(trainer)
        assert names(trainer) == [0, 1, 2]

    assert run(scenario)[-1] == (3, 3)


def test_the_loop_runs_in_one_thread_that_dies_with_the_kernel():
    async def where():
        return threading.current_thread()

    thread = asyncio.run_coroutine_threadsafe(where(), loop()).result(5)
    assert thread.daemon
    assert thread is not threading.main_thread()
    assert loop() is loop()
