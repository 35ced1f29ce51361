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
from typing import Generic, TypeVar

from httptui.engines.lane.pipe import Pipe

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
