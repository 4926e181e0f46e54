"""Training in the background, as an asyncio task that gives way after every minibatch.

The task runs on a loop in a thread of its own. On the kernel's loop a cell that runs would hold it
up, and with it every answer to Pause; and each minibatch is computed in one more thread, so that
the loop can answer even while a learner's function hangs.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import cache

from bplab.widgets.runs import Row

MOST_EPOCHS = 60
SECONDS_AN_EPOCH = 0.12  # so slow that an eye can follow

Stream = Iterator[Row | None]
END: Row = ()


@cache
def loop() -> asyncio.AbstractEventLoop:
    """The loop of all trainers."""
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="bplab trainers", daemon=True).start()
    return made


class Trainer:
    """Draws rows from a stream for as long as it is asked to; `tell` hears of every change.

    tell(first): the rows from this one on are new, or the training was paused or has ended.
    Everything is called on the loop: so there are no locks.
    """

    def __init__(self, tell: Callable[[int], None]) -> None:
        self.tell = tell
        self.stream: Stream = iter(())
        self.rows: list[Row] = []
        self.wanted = 0  # so many rows
        self.training = False
        self.task: asyncio.Task[None] | None = None

    @property
    def started(self) -> bool:
        return self.wanted > 0

    def start(self, stream: Stream) -> None:
        """Begin again with another stream, and stop at its first row."""
        self.stream, self.rows, self.wanted, self.training = stream, [], 0, False
        self._want(1)

    def train(self) -> None:
        self.training = True
        self._want(1 + MOST_EPOCHS)

    def step(self) -> None:
        """One epoch more."""
        self._want(1 + (len(self.rows) if self.training else self.wanted))
        self.training = False

    def pause(self) -> None:
        """Stop after the present minibatch; the stream waits there."""
        self.training = False
        self.wanted = len(self.rows)

    def _want(self, count: int) -> None:
        self.wanted = min(count, 1 + MOST_EPOCHS)
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._draw())

    async def _draw(self) -> None:
        while len(self.rows) < self.wanted:
            stream = self.stream
            try:
                row = await asyncio.to_thread(next, stream, END)
            except RuntimeError:  # Python is shutting down, and starts no more threads
                return
            if stream is not self.stream or row is None:
                continue
            if row is END:
                self.wanted = len(self.rows)
                break
            self.rows.append(row)
            self.wanted = max(self.wanted, len(self.rows))  # it was paused, and this came yet
            self.training = self.training and len(self.rows) < self.wanted
            self.tell(len(self.rows) - 1)
            if self.training:
                await asyncio.sleep(SECONDS_AN_EPOCH)
        if self.training:  # the stream is at its end
            self.training = False
            self.tell(len(self.rows))
