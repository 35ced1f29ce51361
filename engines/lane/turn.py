"""One turn under load: it tells each worker when to send its next request."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from threading import Lock
from time import perf_counter_ns
from typing import Any

from engines.lane.arrivals import Ramp, arrivals, ramps_of, windows

Pace = Callable[[int], int | None]
"""From now to the planned time of a worker's next request (not in the future: at once), or None: leave."""

FOREVER_NS = 2**63
NS = 1e9


class Turn:
    """The bounds that all workers of a turn share.

    Closed: a worker sends when its last request is done and `think_seconds` have passed, until time or requests are
    used up.  Burst: one request a worker.  Open: idle workers take the arrivals in order and wait for them; an
    arrival at whose time every worker was busy is dropped.
    """

    def __init__(self, go: dict[str, Any]) -> None:
        seconds = go["seconds"]
        self.start_ns: int = go["start_ns"]
        self.deadline_ns = FOREVER_NS if seconds is None else self.start_ns + int(seconds * NS)
        self.dropped = 0
        self.open = go["rate"] is not None
        self._limit = FOREVER_NS if go["requests"] is None else go["requests"]
        self._burst = go["burst"]
        self._think_ns = int(go["think_seconds"] * NS)
        self._tickets = itertools.count()
        self._taking = Lock()
        self._workers_over_time: tuple[Ramp, ...] | None = None
        if self.open:
            ramps = ramps_of(go["rate"], seconds, go["stages"])
            self._arrivals = arrivals(ramps, poisson=go["poisson"], seed=go["seed"])
        elif go["stages"]:
            self._workers_over_time = ramps_of(go["concurrency"], seconds, go["stages"])

    def stop(self) -> None:
        """Let workers finish what is in flight and send no more."""
        self.deadline_ns = 0

    def seconds_left(self) -> float | None:
        """Seconds until workers stop sending, or None where only requests bound the turn."""
        if self.deadline_ns >= FOREVER_NS:
            return None
        return (self.deadline_ns - perf_counter_ns()) / NS

    def pace(self, worker: int) -> Pace:
        """The pace of one worker."""
        if self.open:
            return _Open(self).next
        if self._burst:
            return _Once(self).next
        if self._workers_over_time is not None:
            at_work = [
                (self.start_ns + int(start * NS), self.start_ns + int(end * NS))
                for start, end in windows(self._workers_over_time, worker)
            ]
            return _Ramped(self, at_work, self._think_ns).next
        if self._think_ns:
            return _Ramped(self, [(self.start_ns, self.deadline_ns)], self._think_ns).next
        return self.timed if self._limit == FOREVER_NS else self.closed

    def timed(self, now: int) -> int | None:
        """The pace of a closed load that only time bounds."""
        return now if now < self.deadline_ns else None

    def closed(self, now: int) -> int | None:
        """The pace of a closed load that requests bound, too."""
        return now if now < self.deadline_ns and next(self._tickets) < self._limit else None

    def arrival_after(self, idle_since: int) -> int | None:
        """The next arrival that nobody has taken and that found a worker idle; those before are dropped."""
        with self._taking:
            for seconds in self._arrivals:
                planned = self.start_ns + int(seconds * NS)
                if planned >= self.deadline_ns:
                    return None
                if planned >= idle_since:
                    return planned
                self.dropped += 1
        return None


class _Once:
    """One request, at once."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._sent = False

    def next(self, now: int) -> int | None:
        if self._sent or now >= self._turn.deadline_ns:
            return None
        self._sent = True
        return now


class _Ramped:
    """A closed load with stretches of work, and a time to think before each request but the first."""

    def __init__(self, turn: Turn, at_work: list[tuple[int, int]], think_ns: int) -> None:
        self._turn = turn
        self._at_work = at_work
        self._think_ns = think_ns
        self._thought_ns = 0

    def next(self, now: int) -> int | None:
        planned = now + self._thought_ns
        self._thought_ns = self._think_ns
        while self._at_work and planned >= self._at_work[0][1]:
            self._at_work.pop(0)
        if not self._at_work or self._turn.closed(planned) is None:
            return None
        return max(planned, self._at_work[0][0])


class _Open:
    """A worker of an open load, which was idle before its first arrival, and after that since its last answer."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._before_first = True

    def next(self, now: int) -> int | None:
        idle_since, self._before_first = 0 if self._before_first else now, False
        return self._turn.arrival_after(idle_since)
