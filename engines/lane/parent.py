"""The parent of a lane, an app or a probe: what it says, heard in a thread of its own, and its end, which is theirs
too.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, Generic, TypeVar

from httptui.engines.protocol import GREETING, LENGTH_BYTES, framed


class Pipe:
    """Two byte streams of framed messages."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self._reader = reader
        self._writer = writer
        self._writing = threading.Lock()

    @classmethod
    def over_stdio(cls) -> Pipe:
        """Take standard input and output for messages, and say so; what a library prints goes to standard error."""
        reader = os.fdopen(os.dup(0), "rb")
        writer = os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        pipe = cls(reader, writer)
        pipe._send(GREETING)
        return pipe

    def read(self) -> bytes | None:
        """The next message's JSON, or None when the parent is gone."""
        head = self._reader.read(LENGTH_BYTES)
        if len(head) < LENGTH_BYTES:
            return None
        length = int.from_bytes(head, "big")
        data = self._reader.read(length)
        return data if len(data) == length else None

    def write(self, message: object) -> None:
        """Send one message; a parent that is gone is found by the reader, not here."""
        self._send(framed(message))

    def _send(self, data: bytes) -> None:
        with self._writing:
            try:
                self._writer.write(data)
                self._writer.flush()
            except (BrokenPipeError, ValueError):
                return


SET_DEATH_SIGNAL = 1
"""`PR_SET_PDEATHSIG` of prctl(2)."""


Message = TypeVar("Message")


class Parent(Generic[Message]):
    """Hears messages from the first moment on, so that a parent that is gone is noticed while a library is imported
    or a client opens; `decode` makes a message of its JSON.
    """

    def __init__(self, pipe: Pipe, decode: Callable[[bytes], Message]) -> None:
        self._pipe = pipe
        self._decode = decode
        self._heard: queue.SimpleQueue[Message] = queue.SimpleQueue()
        threading.Thread(target=self._hear, name="parent", daemon=True).start()

    def next(self) -> Message:
        """The next message, once it is there."""
        return self._heard.get()

    def _hear(self) -> None:
        while (data := self._pipe.read()) is not None:
            self._heard.put(self._decode(data))
        os._exit(0)


def die_with_parent() -> None:
    """Have Linux kill this process when its parent ends: no thread could, while a library holds the GIL."""
    if sys.platform != "linux":
        return
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGKILL)
