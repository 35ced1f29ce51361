"""How each worker of a turn is told when to send, one class for each kind of load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from httptui.engines.lane.turn import Turn

FOREVER_NS = 2**63
NS = 1e9


class Pace(Protocol):
    """When a worker is to send; until `free_ns` it need not ask, but may send its next request at any time."""

    free_ns: int

    def __call__(self, now: int) -> int | None:
        """When to send the next request: now or before (then it must), or later (then it asks again at that time, or
        as soon as the turn has changed), or None: leave.
        """
        ...


class Closed:
    """A worker that sends as soon as it is asked, until `free_ns`; then it looks how things stand.  Its first request
    comes so many seconds after the turn's start.
    """

    def __init__(self, turn: Turn, worker: int, first_seconds: float = 0.0) -> None:
        self._turn = turn
        self._worker = worker
        self._first_ns = int(first_seconds * NS)
        self.free_ns = 0

    def __call__(self, now: int) -> int | None:
        if now < self.free_ns:
            return now
        with self._turn.changing:
            stretch = self._turn.stretch(self._worker, now)
            if stretch is None:
                return None
            begin, end = stretch
            begin = max(begin, self._turn.start_ns + self._first_ns)
            self.free_ns = end if begin <= now else 0
        return max(begin, now)


class Counted:
    """A worker of a closed load that requests bound, too: it takes a ticket for each."""

    free_ns = 0

    def __init__(self, turn: Turn, timed: Closed) -> None:
        self._turn = turn
        self._timed = timed

    def __call__(self, now: int) -> int | None:
        planned = self._timed(now)
        if planned is None or planned > now or next(self._turn.tickets) < self._turn.limit:
            return planned
        self._turn.use_up()
        return None


class Once:
    """One request, at once."""

    free_ns = 0

    def __init__(self, turn: Turn, worker: int) -> None:
        self._turn = turn
        self._worker = worker
        self._sent = False

    def __call__(self, now: int) -> int | None:
        with self._turn.changing:
            stretch = self._turn.stretch(self._worker, now)
        if stretch is None or self._sent or self._worker >= self._turn.workers:
            return None
        self._sent = stretch[0] <= now
        return now if self._sent else stretch[0]


class Thinking:
    """A worker of a closed load with a time to think before each request but the first."""

    free_ns = 0

    def __init__(self, turn: Turn, worker: int, think_ns: int) -> None:
        self._turn = turn
        self._worker = worker
        self._think_ns = think_ns
        self._thought_ns = 0
        self._due_ns: int | None = None

    def __call__(self, now: int) -> int | None:
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

    free_ns = 0

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._idle_since: int | None = 0
        self._taken: float | None = None

    def __call__(self, now: int) -> int | None:
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


class Dry:
    """A worker of an open load that waits for its arrivals and lets them pass: what pacing costs by itself."""

    free_ns = 0

    def __init__(self, waiting: Open) -> None:
        self._waiting = waiting

    def __call__(self, now: int) -> int | None:
        planned = self._waiting(now)
        while planned is not None and planned <= now:
            planned = self._waiting(now)
        return planned
