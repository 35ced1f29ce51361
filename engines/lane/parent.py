"""Connection of a lane, app or probe to its parent: a thread reads messages, and the parent's end is its own."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, Generic, NoReturn, TypeVar

from httptui.engines.errors import described_error
from httptui.engines.protocol import GREETING, LENGTH_BYTES, Failed, framed


class Pipe:
    """Two byte streams of framed messages."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self._reader = reader
        self._writer = writer
        self._writing = threading.Lock()

    @classmethod
    def over_stdio(cls) -> Pipe:
        """Use standard input and output for messages, and send the greeting; prints go to standard error."""
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
        """Read the next message's JSON; None once the parent is gone."""
        head = self._reader.read(LENGTH_BYTES)
        if len(head) < LENGTH_BYTES:
            return None
        length = int.from_bytes(head, "big")
        data = self._reader.read(length)
        return data if len(data) == length else None

    def write(self, message: object) -> None:
        """Send one message. Nothing is raised if the parent is gone, which the reader notices."""
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
    """Reads messages in a thread and decodes each with `decode`.

    Reading starts at once, so that the end of the parent is noticed even while a library is imported or a client
    opens.
    """

    def __init__(self, pipe: Pipe, decode: Callable[[bytes], Message]) -> None:
        self._pipe = pipe
        self._decode = decode
        self._heard: queue.SimpleQueue[Message] = queue.SimpleQueue()
        threading.Thread(target=self._hear, name="parent", daemon=True).start()

    def next(self) -> Message:
        """Wait for the next message."""
        return self._heard.get()

    def _hear(self) -> None:
        while (data := self._pipe.read()) is not None:
            self._heard.put(self._decode(data))
        os._exit(0)


def die_with_parent() -> None:
    """Have Linux kill this process when its parent ends; a thread could not while a library holds the GIL."""
    if sys.platform != "linux":
        return
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGKILL)


def failure(stage: str, error: BaseException) -> Failed:
    """Build the lane's last message: the stage at which it failed, and the error."""
    name = type(error).__name__
    return Failed(stage=stage, message=f"{name}: {described_error(error)[1].removeprefix(f'{name}: ')}")


def give_up(pipe: Pipe, stage: str, error: BaseException) -> NoReturn:
    """Report the failure to the parent and exit, even if other threads hang. The traceback goes to standard error,
    which the parent logs if asked to.
    """
    with suppress(Exception):
        traceback.print_exception(error)
        sys.stderr.flush()
    pipe.write(failure(stage, error))
    os._exit(1)
