"""Length-prefixed JSON messages between a lane and its parent."""

from __future__ import annotations

import codecs
import json
import os
import threading
from typing import Any, BinaryIO

LENGTH_BYTES = 4
ESCAPING = "httptui.escaping"


def encoded(message: dict[str, Any]) -> bytes:
    r"""A message as JSON in UTF-8, whatever texts and objects a library has put into it.

    A lone surrogate, which readers of JSON refuse, is written as the text of its escape: "\udcff" in six letters.
    """
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), default=_text_of)
    return text.encode("utf-8", ESCAPING)


def _text_of(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    return f"a {type(value).__name__}"


def _escape(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    lone = error.object[error.start : error.end]
    return "".join(f"\\\\u{ord(character):04x}" for character in lone), error.end


codecs.register_error(ESCAPING, _escape)


class Pipe:
    """Two byte streams; each message is a 4-byte big-endian length and that many bytes of JSON."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self._reader = reader
        self._writer = writer
        self._writing = threading.Lock()

    @classmethod
    def over_stdio(cls) -> Pipe:
        """Take standard input and output for messages; what a library prints goes to standard error."""
        reader = os.fdopen(os.dup(0), "rb")
        writer = os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        return cls(reader, writer)

    def read(self) -> dict[str, Any] | None:
        """The next message, or None when the parent is gone."""
        head = self._reader.read(LENGTH_BYTES)
        if len(head) < LENGTH_BYTES:
            return None
        length = int.from_bytes(head, "big")
        data = self._reader.read(length)
        if len(data) < length:
            return None
        message: dict[str, Any] = json.loads(data)
        return message

    def write(self, message: dict[str, Any]) -> None:
        """Send one message; a parent that is gone is found by the reader, not here."""
        data = encoded(message)
        with self._writing:
            try:
                self._writer.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
                self._writer.flush()
            except (BrokenPipeError, ValueError):
                return
