"""Detection of a terminal that is gone without a signal, and streams that survive it.

Closing the other end of a terminal signals its session's leader only.  For a process that ignores that signal or is
no leader, such a terminal is always readable but empty, and every write fails.  A terminal that is still there but
reads nothing blocks its writers forever.

Reason: Textual's driver reads such a terminal in a busy loop, its writing thread ends with the first error, and the
app waits forever for that thread.  Unneeded once the driver ends the app when its terminal is gone.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

from httptui.report.store import can_take, opened_anew

if TYPE_CHECKING:
    from textual.driver import Driver

STREAMS = (0, 1, 2)
SLICE_SECONDS = 0.1
FOCUS_LOST = b"\x1b[O"
"""The bytes that a terminal types when it loses the focus: true of one that is gone, and no key."""


def terminals_of(descriptors: Sequence[int]) -> tuple[int, ...]:
    """The descriptors that are terminals."""
    return tuple(descriptor for descriptor in descriptors if os.isatty(descriptor))


def is_gone(terminal: int) -> bool:
    """True if the other end of a terminal is closed; False where the system cannot tell."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(terminal, 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))


def detach(terminals: Sequence[int]) -> None:
    """Replace a terminal's descriptors by an input that always has something for any reader, and by null outputs."""
    silent, typing = os.pipe()
    os.set_blocking(typing, False)
    os.write(typing, FOCUS_LOST)
    threading.Thread(target=_type, args=(typing,), name="no-terminal", daemon=True).start()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in terminals:
        os.dup2(silent if descriptor == STREAMS[0] else nowhere, descriptor)
    os.close(silent)
    os.close(nowhere)


def resume(driver: Driver | None) -> None:
    """Resume the terminal after the process was stopped, if it was suspended then: otherwise Textual would resume it
    a second time, and wait forever for a key from one that is gone.
    """
    if driver is not None and getattr(driver, "_must_signal_resume", False):
        driver.resume_application_mode()


def _type(typing: int) -> None:
    """Type for as long as the process lives, so that every reader finds something."""
    while True:
        time.sleep(SLICE_SECONDS)
        with suppress(OSError):
            os.write(typing, FOCUS_LOST)


class LastingStream:
    """A stream to a terminal whose writes never fail, even after the terminal is gone, and, once the process is
    `ending`, never block.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._own = _opened_anew(stream)
        self.ending = False

    def write(self, text: str) -> int:
        """Write to the terminal while there is one, and return the number of characters."""
        with suppress(OSError):
            if self._own is None:
                self._stream.write(text)
            else:
                self._write(self._own, text.encode(self._stream.encoding or "utf-8", errors="replace"))
        return len(text)

    def flush(self) -> None:
        """Flush the stream, if its terminal is still there."""
        with suppress(OSError):
            self._stream.flush()

    def close(self) -> None:
        """Close the descriptor that was opened."""
        if self._own is not None:
            os.close(self._own)
            self._own = None

    def _write(self, handle: int, data: bytes) -> None:
        while data:
            try:
                if can_take(handle, SLICE_SECONDS):
                    data = data[os.write(handle, data) :]
                    continue
            except BlockingIOError:
                time.sleep(SLICE_SECONDS / 10)
            if self.ending:
                return

    def fileno(self) -> int:
        """The stream's descriptor."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """True if it leads to a terminal."""
        return self._stream.isatty()


def _opened_anew(stream: TextIO) -> int | None:
    """The stream's terminal, opened once more so that writing to it never blocks; None where that is impossible."""
    try:
        return opened_anew(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return None


@contextmanager
def lasting_stderr() -> Iterator[LastingStream | None]:
    """Draw the screen on a stream that never fails: an error would end the drawing thread, which the app awaits."""
    drawn_on = sys.__stderr__
    if drawn_on is None:
        yield None
        return
    lasting = LastingStream(drawn_on)
    sys.__stderr__ = cast(Any, lasting)  # type: ignore[misc]
    try:
        yield lasting
    finally:
        sys.__stderr__ = drawn_on  # type: ignore[misc]
        lasting.close()
