"""One turn under load: it tells each worker when to send, and can be changed while it runs.

A changing rate or concurrency is a series of linear ramps, each from the value before to that of its stage. Arrival
times of an open load, and the number of workers of a closed load over time, follow from them as pure functions, in
seconds under load since the turn's start.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from threading import Lock
from time import perf_counter_ns
from typing import Protocol

from httptui.engines.protocol import Go


@dataclass(frozen=True, slots=True)
class Ramp:
    """A value that changes linearly from `low` at `start` to `high` at `end`."""

    start: float
    end: float
    low: float
    high: float

    def scaled(self, factor: float) -> Ramp:
        """Return the ramp with every value multiplied by `factor`."""
        return Ramp(self.start, self.end, self.low * factor, self.high * factor)

    def split(self, at: float) -> tuple[Ramp, Ramp]:
        """Split the ramp at a time inside it."""
        middle = self.low + (self.high - self.low) * (at - self.start) / (self.end - self.start)
        return Ramp(self.start, at, self.low, middle), Ramp(at, self.end, middle, self.high)

    @property
    def area(self) -> float:
        """The integral of the value over the ramp."""
        return (self.low + self.high) / 2 * (self.end - self.start)

    def time_of_area(self, area: float) -> float:
        """Return when the integral from the ramp's start reaches `area`, at most the ramp's end."""
        if area <= 0:
            return self.start
        slope = (self.high - self.low) / (self.end - self.start)
        root = math.sqrt(max(self.low * self.low + 2 * slope * area, 0.0))
        return min(self.start + 2 * area / (self.low + root), self.end)


def ramps_of(first: float, seconds: float, stages: Sequence[tuple[float, float]]) -> tuple[Ramp, ...]:
    """Build the ramps of stages given as (seconds, value at their end); without stages, one constant ramp."""
    if not stages:
        return (Ramp(0.0, seconds, first, first),)
    ramps: list[Ramp] = []
    start, value = 0.0, first
    for length, reached in stages:
        ramps.append(Ramp(start, start + length, value, reached))
        start, value = start + length, reached
    return tuple(ramps)


class Arrivals:
    """Iterator over the planned times of requests, in order, for a rate in requests per second.

    Constant arrivals: the n-th (from 0) when the integral of the rate reaches n. Poisson arrivals: when it reaches
    the sum of n + 1 exponential times of mean 1 (time change of a unit process; Ross, Introduction to Probability
    Models, ch. 5). The same seed gives the same times. With several `parts`, each takes every `parts`-th time from
    its `part` (from 0) on.
    """

    def __init__(
        self, ramps: Sequence[Ramp], *, poisson: bool, seed: int, part: int = 0, parts: int = 1
    ) -> None:
        self._ramps = tuple(ramps)
        self._ramp = 0
        self._passed = 0.0
        areas = _unit_arrivals(random.Random(seed)) if poisson else map(float, count())
        self._areas = islice(areas, part, None, parts)
        self._again: deque[float] = deque()
        self._given: deque[tuple[float, float]] = deque()

    def __iter__(self) -> Iterator[float]:
        return self

    def __next__(self) -> float:
        wanted = self._again.popleft() if self._again else next(self._areas)
        while self._ramp < len(self._ramps):
            ramp = self._ramps[self._ramp]
            if wanted < self._passed + ramp.area:
                time = ramp.time_of_area(wanted - self._passed)
                self._given.append((time, wanted))
                return time
            self._passed += ramp.area
            self._ramp += 1
        self._again.appendleft(wanted)
        raise StopIteration

    def forget(self, until: float) -> None:
        """Drop the issued times up to `until`, which no change of rate can take back."""
        while self._given and self._given[0][0] <= until:
            self._given.popleft()

    def scale(self, factor: float, at: float) -> None:
        """Multiply the rate by `factor` from `at` on, and take back the times issued after it."""
        back = [wanted for time, wanted in self._given if time > at]
        self._given = deque(entry for entry in self._given if entry[0] <= at)
        self._again.extendleft(reversed(back))
        self._ramps = scaled_after(self._ramps, factor, at)
        self._ramp, self._passed = 0, 0.0


def spread_starts(workers: int, seconds: float, seed: int) -> list[float]:
    """Draw the start of each worker, in seconds: one at random in each of `workers` equal parts of a span."""
    draw = random.Random(seed)
    return [(part + draw.random()) / workers * seconds for part in draw.sample(range(workers), workers)]


def scaled_after(ramps: Sequence[Ramp], factor: float, at: float) -> tuple[Ramp, ...]:
    """Multiply every value after a time by `factor`."""
    changed: list[Ramp] = []
    for ramp in ramps:
        if ramp.start < at < ramp.end:
            before, after = ramp.split(at)
            changed += [before, after.scaled(factor)]
        else:
            changed.append(ramp.scaled(factor) if ramp.start >= at else ramp)
    return tuple(changed)


def windows(ramps: Sequence[Ramp], worker: int) -> Iterator[tuple[float, float]]:
    """Yield the periods in which a worker (from 0) is active, if the number of workers is the value, rounded."""
    threshold = worker + 0.5
    begun: float | None = None
    for ramp in ramps:
        crossing = _crossing(ramp, threshold)
        if begun is None and ramp.low >= threshold:
            begun = ramp.start
        if begun is None and ramp.high >= threshold:
            begun = crossing
        elif begun is not None and ramp.high < threshold:
            yield begun, crossing
            begun = None
    if begun is not None:
        yield begun, ramps[-1].end


def _crossing(ramp: Ramp, threshold: float) -> float:
    if ramp.high == ramp.low:
        return ramp.start
    share = (threshold - ramp.low) / (ramp.high - ramp.low)
    return ramp.start + min(max(share, 0.0), 1.0) * (ramp.end - ramp.start)


def _unit_arrivals(draw: random.Random) -> Iterator[float]:
    reached = 0.0
    while True:
        reached += draw.expovariate(1.0)
        yield reached


FOREVER_NS = 2**63
NS = 1e9


class Pace(Protocol):
    """Schedule of one worker.

    Until `free_ns` the worker may send its next request at any time without asking. A change of the turn sets
    `free_ns` to 0, so that a busy worker learns of it by the one comparison that each request costs.
    """

    free_ns: int

    def __call__(self, now: int) -> int | None:
        """Return when to send: ≤ now sends at once; > now asks again then or on a change; None stops the worker."""
        ...


class Closed:
    """Pace of a closed load: send at once until `free_ns`, then check the turn again.

    The first request comes `first_seconds` after the turn's start.
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
    """Pace of a closed load that is also bounded by requests: each request takes a ticket."""

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
    """Pace of a burst: one request, at once."""

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
    """Pace of a closed load with think time before each request but the first."""

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
    """Pace of an open load. The worker counts as idle before its first arrival, and later since its last answer."""

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
        """Release an arrival that a change has planned again, for whichever worker asks first."""
        if self._taken is not None and self._taken > after:
            self._taken = None


class Dry:
    """Pace of an open load that waits for its arrivals and lets them pass unsent, to measure the cost of pacing."""

    free_ns = 0

    def __init__(self, waiting: Open) -> None:
        self._waiting = waiting

    def __call__(self, now: int) -> int | None:
        planned = self._waiting(now)
        while planned is not None and planned <= now:
            planned = self._waiting(now)
        return planned


AGES_SECONDS = 1e9
AGES_NS = 2**62


class Turn:
    """Bounds and state that all workers of a turn share.

    - Closed: a worker sends when its last request is done and `think_seconds` have passed, until time or requests are
      used up; the first requests are spread over `spread_seconds`.
    - Burst: one request per worker.
    - Open: idle workers take the arrivals in order and wait for each; an arrival that finds every worker busy is
      dropped. In an idle turn arrivals pass unsent.

    Where several processes share a turn, this one takes its `part`: every `parts`-th worker, request and arrival.
    Requests are shared only by processes that have a worker.

    `scale` multiplies the plan's concurrency or rate. On hold nothing is sent and the load clock stands still: it is
    the system-wide monotonic clock minus all time on hold, of which `held_ns` came before the turn; `begin_ns` and
    `end_ns` are on that clock. After a change, from any thread, the functions in `listeners` are called.
    """

    def __init__(self, go: Go) -> None:
        seconds = go.seconds
        self.start_ns: int = go.start_ns
        self.deadline_ns = FOREVER_NS if seconds is None else self.start_ns + int(seconds * NS)
        self.begin_ns = self.start_ns - go.held_ns
        self.end_ns = self.deadline_ns - go.held_ns
        self.dropped = 0
        self.open = go.rate is not None
        self.listeners: list[Callable[[], None]] = []
        self.changing = Lock()
        self.part: int = go.part
        self.parts: int = go.parts
        self.tickets = itertools.count()
        self.stopped = False
        self.warmup: bool = go.warmup
        self._burst = go.burst
        self._idle = go.idle
        self._starts = spread_starts(go.concurrency, go.spread_seconds, go.seed) if go.spread_seconds else []
        self.think_ns = int(go.think_seconds * NS)
        self.held_ns: int = go.held_ns
        self._hold_ns = FOREVER_NS
        self._scale: float = go.scale
        self._closed: list[Closed] = []
        self._waiting: list[Open] = []
        first = go.concurrency if go.rate is None else go.rate
        self._planned = ramps_of(first, AGES_SECONDS if seconds is None else seconds, go.stages)
        self._ramps = self._scaled()
        self._most = self._share_of(go.concurrency)
        self.limit = FOREVER_NS if go.requests is None else self._requests_of(go.requests)
        self.over = self.limit == 0
        self._arrivals = (
            Arrivals(self._ramps, poisson=go.poisson, seed=go.seed, part=self.part, parts=self.parts)
            if self.open
            else None
        )

    @property
    def workers(self) -> int:
        """The most workers that the turn needs."""
        return self._most if self.open else self._share_of(self._workers_of_all)

    @property
    def until_ns(self) -> int | None:
        """End of the load on the load clock; None where only requests bound it."""
        return None if self.end_ns >= AGES_NS else self.end_ns

    @property
    def on_hold(self) -> bool:
        """True while nothing is sent until further notice."""
        return self._hold_ns < FOREVER_NS

    def held(self, now: int) -> bool:
        """Return whether the hold forbids sending at a time."""
        return now >= self._hold_ns

    def ended(self, now: int) -> bool:
        """Return whether the time under load is used up at a time."""
        return min(now, self._hold_ns) >= self.deadline_ns

    def load_ns(self, now: int) -> int:
        """Convert a time to the load clock."""
        return min(now, self._hold_ns) - self.held_ns

    def seconds_left(self) -> float | None:
        """Return the seconds under load until workers stop sending, or None where only requests bound the turn."""
        if self.deadline_ns >= FOREVER_NS:
            return None
        return (self.deadline_ns - min(perf_counter_ns(), self._hold_ns)) / NS

    def stop(self) -> None:
        """Send nothing more, and let workers finish their requests in flight; waiting workers may stop."""
        with self.changing:
            self.over = self.stopped = True
            self.end_ns = min(self.end_ns, self.load_ns(perf_counter_ns()))
            self._forget_stretches()
        self._notify()

    def use_up(self) -> None:
        """Note that every request of the turn has its worker; workers that wait for another may stop."""
        with self.changing:
            if self.over:
                return
            self.over = True
            self._forget_stretches()
        self._notify()

    def hold(self, at_ns: int) -> None:
        """Send nothing from `at_ns` on, and stop the load clock there."""
        with self.changing:
            if self.on_hold:
                return
            self._hold_ns = at_ns
            self._forget_stretches()
        self._notify()

    def resume(self, at_ns: int) -> None:
        """Continue where the hold began; everything still planned moves back by its length."""
        with self.changing:
            if not self.on_hold:
                return
            gap = at_ns - self._hold_ns
            self._hold_ns = FOREVER_NS
            self.held_ns += gap
            self.start_ns += gap
            if self.deadline_ns < FOREVER_NS:
                self.deadline_ns += gap
            self._forget_stretches()
        self._notify()

    def change(self, scale: float, at_ns: int) -> None:
        """Set the factor on the plan's load: on concurrency at once, on the rate from `at_ns` on, not in the past."""
        with self.changing:
            factor, self._scale = scale / self._scale, scale
            self._ramps = self._scaled()
            if self._arrivals is not None:
                at = (self.load_ns(at_ns) - self.begin_ns) / NS
                self._arrivals.scale(factor, at)
                for worker in self._waiting:
                    worker.give_back(at)
            self._forget_stretches()
        self._notify()

    def pace(self, worker: int) -> Pace:
        """Return the pace of one worker."""
        if self._burst:
            return Once(self, worker)
        if self.think_ns and not self.open:
            return Thinking(self, worker, self.think_ns)
        with self.changing:
            if self.open:
                waiting = Open(self)
                self._waiting.append(waiting)
                return Dry(waiting) if self._idle else waiting
            number = self.part + worker * self.parts
            closed = Closed(self, worker, self._starts[number] if number < len(self._starts) else 0.0)
            self._closed.append(closed)
            return closed if self.limit == FOREVER_NS else Counted(self, closed)

    def stretch(self, worker: int, now: int) -> tuple[int, int] | None:
        """Return from when until when a worker of a closed load is next active, now included, or None if none is any
        more.

        A worker beyond the present concurrency waits for the end, since the load may be raised again. The caller
        holds `changing`.
        """
        if self.over or self.ended(now):
            return None
        if self.held(now):
            return FOREVER_NS, FOREVER_NS
        for first, last in windows(self._ramps, self.part + worker * self.parts):
            end = min(self.start_ns + int(last * NS), self.deadline_ns, self._hold_ns)
            if now < end:
                return self.start_ns + int(first * NS), end
        return self.deadline_ns, self.deadline_ns

    def arrival_after(self, idle_since: int, now: int) -> float | None:
        """Return the next untaken arrival that found a worker idle, in seconds from the turn's start; drop those
        before.

        Both arguments are times of the load clock. The caller holds `changing`.
        """
        assert self._arrivals is not None
        self._arrivals.forget((now - self.begin_ns) / NS)
        for seconds in self._arrivals:
            if self.begin_ns + int(seconds * NS) >= idle_since:
                return seconds
            self.dropped += 1
        return None

    @property
    def _workers_of_all(self) -> int:
        """The most workers that a closed or burst load needs, in all parts together."""
        return max(int(max(ramp.low, ramp.high) + 0.5) for ramp in self._ramps)

    def _requests_of(self, total: int) -> int:
        """Return this part's share of the requests, which only the parts with a worker divide among themselves."""
        return len(range(self.part, total, min(self.parts, self._workers_of_all))) if self.workers else 0

    def _share_of(self, total: int) -> int:
        """Return this part's share of so many workers or requests."""
        return len(range(self.part, total, self.parts))

    def _scaled(self) -> tuple[Ramp, ...]:
        return tuple(ramp.scaled(self._scale) for ramp in self._planned)

    def _forget_stretches(self) -> None:
        """Make every worker of a closed load ask again how long it may continue."""
        for worker in self._closed:
            worker.free_ns = 0

    def _notify(self) -> None:
        for listener in self.listeners:
            listener()
