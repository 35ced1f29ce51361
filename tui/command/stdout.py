"""The one place that writes to stdout, which may be closed, full, or left by its reader."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from httptui.errors import HttptuiError
from httptui.reports.special_files import CHUNK, GiveUp, can_take, never, unblocked, write_to


class StdoutError(HttptuiError):
    """Stdout takes no more; `by_reader` where its reader closed it."""

    def __init__(self, error: OSError) -> None:
        self.by_reader = isinstance(error, BrokenPipeError)
        super().__init__(
            "stdout was closed by its reader" if self.by_reader else f"stdout: {error.strerror or error}"
        )


def put(data: bytes, *, give_up: GiveUp = never) -> None:
    """Write all of it, waiting for the reader until `give_up`; StdoutError where it cannot be written."""
    try:
        handle = _descriptor()
        if handle is None:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            write_to(handle, data, give_up=give_up)
    except OSError as error:
        _lead_nowhere()
        raise StdoutError(error) from None


def put_text(text: str) -> None:
    """Write text; characters that stdout's encoding lacks become question marks.  A reader that has gone has had
    enough, which is no error; StdoutError for anything else.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        put(text.encode(encoding, errors="replace"))
    except StdoutError as error:
        if not error.by_reader:
            raise


class Stream:
    """Lines on stdout that never hold up who writes them: one is left out while its reader is behind."""

    def __init__(self) -> None:
        self._rest = b""
        self._broken: StdoutError | None = None

    def offer(self, line: bytes) -> None:
        """Write a line if the reader has taken what came before; StdoutError where stdout takes no more."""
        if self._broken is not None:
            raise self._broken
        handle = _descriptor()
        if handle is None:
            put(line)
            return
        self._rest = self._rest or line
        try:
            with unblocked(handle) as own, suppress(BlockingIOError):
                while self._rest and can_take(own, 0):
                    written = os.write(own, self._rest[:CHUNK])
                    self._rest = self._rest[written:]
        except OSError as error:
            _lead_nowhere()
            self._broken = StdoutError(error)
            raise self._broken from None

    def end(self, line: bytes, *, give_up: GiveUp = never) -> None:
        """Write the last line, after the rest of the one before it."""
        if self._broken is not None:
            raise self._broken
        rest, self._rest = self._rest, b""
        put(rest + line, give_up=give_up)


def _descriptor() -> int | None:
    """The descriptor of stdout, with what was written to it before on its way; None where it has none."""
    try:
        handle = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    sys.stdout.flush()
    return handle


def _lead_nowhere() -> None:
    """Let what is still buffered, and all that follows, go nowhere, so that the interpreter's last flush is quiet."""
    with suppress(AttributeError, OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
