"""What Ctrl-C, SIGTERM and the end of the terminal do to a run or a sweep without a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from httptui.reports.special_files import READER_SECONDS, GiveUp
from httptui.tui.command.progress import Teller
from httptui.tui.signals import taken


class Stoppable(Protocol):
    """What an interrupt needs of a run or a sweep."""

    def stop(self) -> None:
        """Send no more, drain, and end with a report."""


class Interrupts:
    """The first drains what is on and keeps its report; the second keeps the report as it stands, and leaves at once.

    Where nothing is on any more and results are being written, they are only counted: whoever waits for a reader
    gives it up, as `impatience` tells.
    """

    def __init__(self) -> None:
        self.count = 0
        self._session: Stoppable | None = None
        self._progress: Teller | None = None
        self._keep: Callable[[], object] = lambda: None
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()

    @contextmanager
    def caught(self) -> Iterator[Interrupts]:
        """Take the signals over for a while."""
        with taken(self._received):
            yield self

    @contextmanager
    def stopping(
        self, session: Stoppable, progress: Teller, keep: Callable[[], object] = lambda: None
    ) -> Iterator[None]:
        """Stop this session where they come; `keep` saves its report as it stands."""
        self._session, self._progress, self._keep = session, progress, keep
        try:
            yield
        finally:
            self._session = None

    def impatience(self) -> GiveUp:
        """When to give up a reader of what is written from now on: where another one comes, and READER_SECONDS after
        its turn began where one came before.
        """
        before = self.count
        return lambda waited: self.count > before or (before > 0 and waited > READER_SECONDS)

    def _received(self) -> None:
        self.count += 1
        with suppress(RuntimeError):  # The loop may be closed already.
            self._loop.call_soon_threadsafe(self._act, self.count)

    def _act(self, number: int) -> None:
        if self._session is None or self._progress is None:
            return
        if number == 1:
            self._progress.say("stopping, and keeping what there is; Ctrl-C again leaves at once")
            self._session.stop()
        elif self._task is not None:
            self._session = None
            try:
                self._keep()
            finally:
                self._task.cancel()
