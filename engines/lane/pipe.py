"""A lane's end of the pipe to its parent."""

from __future__ import annotations

import os
import threading
from typing import BinaryIO

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
