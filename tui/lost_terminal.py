"""A terminal that is gone although no signal told of it: how that is seen, and how its streams are let go.

Closing the other end of a terminal signals its session's leader only.  Whoever ignores that signal or is no leader is
told from then on that there is something to read, reads nothing, and fails with everything it writes.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

STREAMS = (0, 1, 2)
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
    """Put in the place of a terminal's descriptors a silent input and outputs that lead nowhere.

    A reader that was promised something finds one thing, so that it never waits.  The other end of the silent input
    stays open for as long as the process lives.
    """
    silent, typing = os.pipe()
    os.write(typing, FOCUS_LOST)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in terminals:
        os.dup2(silent if descriptor == STREAMS[0] else nowhere, descriptor)
    os.close(silent)
    os.close(nowhere)


class Lasting:
    """A stream to a terminal that takes what is written to it even after its terminal is gone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write to the terminal while there is one; the characters taken."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Pass on what was written, where there is a terminal to take it."""
        with suppress(OSError):
            self._stream.flush()

    def fileno(self) -> int:
        """The stream's descriptor."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Whether it leads to a terminal."""
        return self._stream.isatty()


@contextmanager
def lasting_screen() -> Iterator[None]:
    """Let the screen be drawn on a stream that never fails: the thread that draws would end, and who waits for it
    would wait for ever.
    """
    drawn_on = sys.__stderr__
    if drawn_on is not None:
        sys.__stderr__ = cast(Any, Lasting(drawn_on))  # type: ignore[misc]
    try:
        yield
    finally:
        sys.__stderr__ = drawn_on  # type: ignore[misc]
