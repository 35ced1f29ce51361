"""One contender's throughput over time, in bounded memory."""

from __future__ import annotations

from msgspec import Struct

from httptui.snapshot import Point

LIVE_NS = 1_000_000_000
SHORTEST_TICK_NS = 100_000_000
MOST_TICKS = 512
NS = 1e9


class Tick(Struct):
    """A stretch of the line: when it ended, nanoseconds under load in it, successes in it."""

    end_ns: int
    spent_ns: int
    ok: int


class ThroughputLine:
    """Ticks in the order of time; where they grow too many, two become one."""

    def __init__(self) -> None:
        self._ticks: list[Tick] = []
        self._live: list[Tick] = []

    def add(self, end_ns: int, spent_ns: int, ok: int) -> None:
        """Add a stretch of load."""
        tick = Tick(end_ns, spent_ns, ok)
        self._live = [old for old in self._live if end_ns - old.end_ns < LIVE_NS] + [tick]
        if self._ticks and spent_ns < SHORTEST_TICK_NS:
            # A rate over next to no time would be a spike that nobody saw.
            tick = joined(self._ticks.pop(), tick)
        self._ticks.append(tick)
        if len(self._ticks) == MOST_TICKS:
            pairs = zip(self._ticks[::2], self._ticks[1::2], strict=True)
            self._ticks = [joined(first, second) for first, second in pairs]

    def points(self, origin_ns: int) -> tuple[Point, ...]:
        """The line, with times in seconds from `origin_ns`."""
        return tuple(
            Point((tick.end_ns - origin_ns) / NS, tick.ok * NS / tick.spent_ns) for tick in self._ticks
        )

    def live_rate(self) -> float:
        """Successful requests per second over the last second."""
        spent = sum(tick.spent_ns for tick in self._live)
        return sum(tick.ok for tick in self._live) * NS / spent if spent else 0.0


def joined(first: Tick, second: Tick) -> Tick:
    """Two neighbouring stretches as one."""
    return Tick(second.end_ns, first.spent_ns + second.spent_ns, first.ok + second.ok)
