"""The one place that writes to stderr: complaints, notes, progress; stdout is for data only.

A stderr that is closed, full, gone or not read costs what should have been told, and nothing else.
"""

from __future__ import annotations

import os
import sys
from time import monotonic

import click

from httptui.reports.special_files import can_take, write_to
from httptui.safe_text import safe_text

LONGEST_LINE = 1_000
PATIENCE_SECONDS = 5.0
"""How long all lines together wait for a stderr that nobody reads."""


class _Stderr:
    """Whether anything could not be told, and how much patience is left."""

    def __init__(self) -> None:
        self.untold = False
        self.patience = PATIENCE_SECONDS

    def put(self, text: str, *, passing: bool) -> None:
        """Write, or leave it; what is `passing` waits for nobody, and is not missed."""
        try:
            handle = _descriptor()
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
        """Write within so many seconds; whether any was written.  TimeoutError where only a part was."""
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
    """Whether every line that was not merely passing could be written."""
    return not _STDERR.untold


def _descriptor() -> int | None:
    try:
        return sys.stderr.fileno() if os.name == "posix" else None
    except (AttributeError, OSError, ValueError):
        return None
