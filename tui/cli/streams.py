"""Writing to stdout, which is for data only, and to stderr, for complaints, notes and progress.

A stderr that is closed, full, gone or not read costs its messages and nothing else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import IO, Any

import click

from httptui.errors import HttptuiError
from httptui.report.store import CHUNK, GiveUp, can_take, never, unblocked, write_to
from httptui.safe_text import safe_text


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
        handle = _descriptor_of_stdout()
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
    """Lines on stdout that never block: a line is left out while the reader is behind."""

    def __init__(self) -> None:
        self._rest = b""
        self._broken: StdoutError | None = None

    def offer(self, line: bytes) -> None:
        """Write a line if the reader has taken what came before; StdoutError where stdout takes no more."""
        if self._broken is not None:
            raise self._broken
        handle = _descriptor_of_stdout()
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


def _descriptor_of_stdout() -> int | None:
    """The descriptor of stdout, with what was written to it before on its way; None where it has none."""
    try:
        handle = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    sys.stdout.flush()
    return handle


def _lead_nowhere() -> None:
    """Discard what is buffered and all that follows, so that the interpreter's last flush is quiet."""
    with suppress(AttributeError, OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


LONGEST_LINE = 1_000
PATIENCE_SECONDS = 5.0
"""The longest wait of all lines together for a stderr that nobody reads."""


class _Stderr:
    """The state of stderr: anything not told so far, and the patience left for a slow reader."""

    def __init__(self) -> None:
        self.untold = False
        self.patience = PATIENCE_SECONDS

    def put(self, text: str, *, passing: bool) -> None:
        """Write, or leave it; what is `passing` waits for nobody, and is not missed."""
        try:
            handle = _descriptor_of_stderr()
            if handle is None:
                click.echo(text, err=True, nl=False)
                return
            data = text.encode(sys.stderr.encoding or "utf-8", errors="backslashreplace")
            if self._written(handle, data, 0.0 if passing else self.patience):
                return
        except (OSError, ValueError):
            pass
        self.untold = self.untold or not passing

    def _written(self, handle: int, data: bytes, seconds: float) -> bool:
        """Write within so many seconds; return True if anything was written. TimeoutError if only a part was."""
        began = monotonic()
        try:
            ready = can_take(handle, seconds)
            if ready:
                write_to(handle, data, give_up=lambda waited: waited > seconds, began=began)
            return ready
        finally:
            self.patience = max(self.patience - (monotonic() - began), 0.0)


_STDERR = _Stderr()


def complain(*problems: str) -> None:
    """One line for each problem, marked as ours."""
    for problem in problems:
        note(f"httptui: {problem}")


def note(line: str = "", *, passing: bool = False) -> None:
    """One line, made safe for a terminal; one that is `passing` is left out while stderr is not read."""
    _STDERR.put(f"{safe_text(line, LONGEST_LINE)}\n", passing=passing)


def rewrite(line: str) -> None:
    """Put a line in place of the one the cursor is on; an empty line clears it.  Only for a terminal."""
    _STDERR.put(f"\r\x1b[2K{safe_text(line, LONGEST_LINE)}", passing=True)


def all_told() -> bool:
    """Check that every line that was not merely passing was written."""
    return not _STDERR.untold


def _descriptor_of_stderr() -> int | None:
    try:
        return sys.stderr.fileno() if os.name == "posix" else None
    except (AttributeError, OSError, ValueError):
        return None


USUAL, NARROWEST = 80, 40


def columns_of(stream: IO[Any]) -> int:
    """The columns of the terminal that a stream writes to, 40 or more; 80 where it is none, or does not know."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return USUAL
    return max(columns, NARROWEST) if columns else USUAL


LONGEST_LISTED = 2_000


def tell(text: str) -> None:
    """Data on stdout, each line made safe for a terminal."""
    put_text("".join(f"{safe_text(line, LONGEST_LISTED)}\n" for line in text.splitlines()))


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length as aligned columns, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    return "\n".join(lines)
