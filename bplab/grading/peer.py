"""Asking the other process, and answering it: what both ends of a channel do.

While one side waits for a reply the other may ask back, as when a student's function calls a
function that it was given. Each request carries a number drawn at random, and only a reply with
this number counts: a reply that was forged in advance is noticed.
"""

import secrets
from abc import ABC, abstractmethod
from typing import Any

from bplab.grading.channel import Channel
from bplab.grading.values import Decoder, Encoder, Malformed, Tree

DEEPEST = 40  # requests within requests


class Peer(ABC):
    """One side; subclasses say what they answer and how they write what is not plain.

    `statement` is the number of the statement that the other side began last, as it told.
    """

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.statement = 0
        self._depth = 0

    def ask(self, request: dict[str, Any], encoder: Encoder) -> tuple[dict[str, Any], Decoder]:
        """The reply to a request, after answering all that is asked meanwhile.

        Raises: Gone; Late; Malformed.
        """
        number = secrets.token_hex(8)
        self.channel.send({"ask": request, "number": number}, encoder.buffers)
        while True:
            message, buffers = self.channel.receive()
            if not isinstance(message, dict):
                raise Malformed("a message is an object")
            if isinstance(message.get("ask"), dict):
                self.respond(message, buffers)
            elif type(message.get("at")) is int:
                self.statement = message["at"]
            elif message.get("number") == number and isinstance(message.get("reply"), dict):
                return message["reply"], self.decoder(buffers)
            else:
                raise Malformed("a reply that was not asked for")

    def tell(self, statement: int) -> None:
        """Say which statement begins now."""
        self.channel.send({"at": statement})

    def respond(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        """Answer one request."""
        if self._depth >= DEEPEST:
            raise Malformed(f"more than {DEEPEST} calls within each other")
        self._depth += 1
        try:
            reply, encoder = self.answer(message["ask"], self.decoder(buffers))
        finally:
            self._depth -= 1
        self.channel.send({"reply": reply, "number": message.get("number")}, encoder.buffers)

    @abstractmethod
    def answer(self, request: dict[str, Any], decoder: Decoder) -> tuple[dict[str, Any], Encoder]:
        """The reply to a request of the other side."""

    def encoder(self) -> Encoder:
        return Encoder(self.write)

    def decoder(self, buffers: list[bytes]) -> Decoder:
        return Decoder(buffers, self.read)

    @abstractmethod
    def write(self, value: Any) -> Tree:
        """The tree of a value that is not plain, or Unsendable."""

    @abstractmethod
    def read(self, tree: Tree) -> Any:
        """The value of a tree that is not plain, or Malformed."""
