"""How each worker of a turn is told when to send, one class for each kind of load."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engines.lane.turn import Turn

FOREVER_NS = 2**63
NS = 1e9
Pace = Callable[[int], int | None]
"""From now to when a worker is to send its next request: now or before (then it must), or later (then it asks again
at that time, or as soon as the turn has changed), or None: leave.
"""


class Closed:
    """A worker that sends as soon as it is asked, until `until_ns`; then it looks how things stand."""

    def __init__(self, turn: Turn, worker: int) -> None:
        self._turn = turn
        self._worker = worker
        self._tickets = turn.tickets
        self._limit = turn.limit
        self.until_ns = 0

    def timed(self, now: int) -> int | None:
        """The pace where only time bounds the load."""
        return now if now < self.until_ns else self._looked(now, self.timed)

    def counted(self, now: int) -> int | None:
        """The pace where requests bound it, too."""
        if now >= self.until_ns:
            return self._looked(now, self.counted)
        if next(self._tickets) < self._limit:
            return now
        self._turn.use_up()
        return None

    def _looked(self, now: int, then: Pace) -> int | None:
        with self._turn.changing:
            stretch = self._turn.stretch(self._worker, now)
            if stretch is None:
                return None
            begin, self.until_ns = stretch
        if begin > now:
            self.until_ns = 0
            return begin
        return then(now)


class Once:
    """One request, at once."""

    def __init__(self, turn: Turn, worker: int) -> None:
        self._turn = turn
        self._worker = worker
        self._sent = False

    def next(self, now: int) -> int | None:
        with self._turn.changing:
            stretch = self._turn.stretch(self._worker, now)
        if stretch is None or self._sent or self._worker >= self._turn.workers:
            return None
        self._sent = stretch[0] <= now
        return now if self._sent else stretch[0]


class Thinking:
    """A worker of a closed load with a time to think before each request but the first."""

    def __init__(self, turn: Turn, worker: int, think_ns: int) -> None:
        self._turn = turn
        self._worker = worker
        self._think_ns = think_ns
        self._thought_ns = 0
        self._due_ns: int | None = None

    def next(self, now: int) -> int | None:
        due = self._due_ns = now + self._thought_ns if self._due_ns is None else self._due_ns
        self._thought_ns = self._think_ns
        with self._turn.changing:
            stretch = self._turn.stretch(self._worker, max(now, due))
        if stretch is None:
            return None
        planned = max(due, stretch[0])
        if planned > now:
            return planned
        self._due_ns = None
        if next(self._turn.tickets) < self._turn.limit:
            return planned
        self._turn.use_up()
        return None


class Open:
    """A worker of an open load, which was idle before its first arrival, and after that since its last answer."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._idle_since: int | None = 0
        self._taken: float | None = None

    def next(self, now: int) -> int | None:
        turn = self._turn
        with turn.changing:
            load = turn.load_ns(now)
            if self._idle_since is None:
                self._idle_since = load
            if turn.over:
                return None
            if self._taken is None:
                self._taken = turn.arrival_after(self._idle_since, load)
            if self._taken is None and turn.ended(now):
                return None
            if turn.held(now):
                return FOREVER_NS
            if self._taken is None:
                return turn.deadline_ns
            planned = turn.start_ns + int(self._taken * NS)
            if planned <= now:
                self._taken = self._idle_since = None
            return planned

    def give_back(self, after: float) -> None:
        """Leave to whoever asks first an arrival that has been planned anew."""
        if self._taken is not None and self._taken > after:
            self._taken = None
