"""A terminal that is gone although no signal told of it: how that is seen, and how its streams are let go.

Closing the other end of a terminal signals its session's leader only.  Whoever ignores that signal or is no leader is
told from then on that there is something to read, reads nothing, and fails with everything it writes.  One that is
still there but takes nothing would hold up whoever writes to it for ever.

Reason: Textual's driver reads such a terminal in a busy loop, its writing thread ends with the first error, and
whoever waits for that thread waits for ever.  Unneeded once the driver ends the app when its terminal is gone.
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
"""What a terminal types when it loses the focus: true of one that is gone, and no key."""


def terminals_among(descriptors: Sequence[int]) -> tuple[int, ...]:
    """Those that are terminals."""
    return tuple(descriptor for descriptor in descriptors if os.isatty(descriptor))


def is_gone(terminal: int) -> bool:
    """Whether the other end of a terminal is closed; never, where the system cannot tell."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(terminal, 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))


def let_go(terminals: Sequence[int]) -> None:
    """Put in the place of a terminal's descriptors an input that never keeps a reader waiting, however many there
    are, and outputs that lead nowhere.
    """
    silent, typing = os.pipe()
    os.set_blocking(typing, False)
    os.write(typing, FOCUS_LOST)
    threading.Thread(target=_type, args=(typing,), name="no-terminal", daemon=True).start()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in terminals:
        os.dup2(silent if descriptor == STREAMS[0] else nowhere, descriptor)
    os.close(silent)
    os.close(nowhere)


def go_on(driver: Driver | None) -> None:
    """Take up the terminal again after the process was stopped, if it was let go then: Textual would take it up a
    second time where it was not, and wait for ever for a key from one that is gone.
    """
    if driver is not None and getattr(driver, "_must_signal_resume", False):
        driver.resume_application_mode()


def _type(typing: int) -> None:
    """Go on typing for as long as the process lives, so that whoever was promised something finds it."""
    while True:
        time.sleep(SLICE_SECONDS)
        with suppress(OSError):
            os.write(typing, FOCUS_LOST)


class Lasting:
    """A stream to a terminal that takes what is written to it even after its terminal is gone, and, once the process
    is `ending`, where the terminal takes nothing.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._own = _opened_anew(stream)
        self.ending = False

    def write(self, text: str) -> int:
        """Write to the terminal while there is one; the characters taken."""
        with suppress(OSError):
            if self._own is None:
                self._stream.write(text)
            else:
                self._write(self._own, text.encode(self._stream.encoding or "utf-8", errors="replace"))
        return len(text)

    def flush(self) -> None:
        """Pass on what was written, where there is a terminal to take it."""
        with suppress(OSError):
            self._stream.flush()

    def close(self) -> None:
        """Give back what was opened."""
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
        """Whether it leads to a terminal."""
        return self._stream.isatty()


def _opened_anew(stream: TextIO) -> int | None:
    """The stream's terminal, opened once more so that writing to it never blocks; None where that is impossible."""
    try:
        return opened_anew(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return None


@contextmanager
def lasting_screen() -> Iterator[Lasting | None]:
    """Let the screen be drawn on a stream that never fails: the thread that draws would end, and who waits for it
    would wait for ever.
    """
    drawn_on = sys.__stderr__
    if drawn_on is None:
        yield None
        return
    lasting = Lasting(drawn_on)
    sys.__stderr__ = cast(Any, lasting)  # type: ignore[misc]
    try:
        yield lasting
    finally:
        sys.__stderr__ = drawn_on  # type: ignore[misc]
        lasting.close()
