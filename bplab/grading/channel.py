"""Messages over a socket: a JSON header, then raw buffers, within limits and a deadline.

A frame is the length of the header (4 bytes), the header `{"message": …, "sizes": […]}`, and the
buffers of these sizes. The other side is not trusted: lengths are looked at before memory is given.
"""

import json
import socket
import struct
import time
from collections.abc import Iterable
from typing import Any

from bplab.grading.values import MOST_BYTES, Malformed

LENGTH = struct.Struct("!I")
LONGEST_HEADER = 16 * 2**20
CHUNK = 2**20


class Gone(ConnectionError):
    """The other process has ended."""


class Late(TimeoutError):
    """The other process did not answer in time."""


class Channel:
    """One end of a connection; `deadline` (of time.monotonic) holds for all that is received."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.deadline: float | None = None

    def send(self, message: Any, buffers: Iterable[bytes] = ()) -> None:
        """Raises: Gone; Late."""
        parts = list(buffers)
        header = json.dumps({"message": message, "sizes": [len(part) for part in parts]}).encode()
        try:
            self._limit()
            self.socket.sendall(b"".join([LENGTH.pack(len(header)), header, *parts]))
        except TimeoutError:
            raise Late from None
        except OSError as error:
            raise Gone from error

    def receive(self) -> tuple[Any, list[bytes]]:
        """The next message and its buffers.

        Raises: Gone; Late; Malformed.
        """
        (length,) = LENGTH.unpack(self._read(LENGTH.size))
        if length > LONGEST_HEADER:
            raise Malformed("a header of too many bytes")
        try:
            header = json.loads(self._read(length))
            message, sizes = header["message"], header["sizes"]
            fits = all(type(size) is int and size >= 0 for size in sizes)
            if not fits or sum(sizes) > MOST_BYTES:
                raise Malformed("buffers of impossible sizes")
        except Malformed:
            raise
        except (ValueError, TypeError, KeyError, RecursionError, MemoryError) as error:
            raise Malformed(f"no header of a message: {type(error).__name__}") from error
        return message, [self._read(size) for size in sizes]

    def _read(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            try:
                self._limit()
                part = self.socket.recv(min(CHUNK, count - len(parts)))
            except TimeoutError:
                raise Late from None
            except OSError as error:
                raise Gone from error
            if not part:
                raise Gone
            parts += part
        return bytes(parts)

    def _limit(self) -> None:
        if self.deadline is not None:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise Late
            self.socket.settimeout(left)
        else:
            self.socket.settimeout(None)
