"""One contender's throughput over time, in bounded memory."""

from __future__ import annotations

from msgspec import Struct

from httptui.snapshot import Point
from httptui.tallies.stretches import Made, Stretches

LIVE_NS = 1_000_000_000
MOST_TICKS = 512
NS = 1e9


class Tick(Struct):
    """A stretch of the line: when it ended, nanoseconds under load in it, successes in it."""

    end_ns: int
    spent_ns: int
    ok: int


class ThroughputLine:
    """Ticks in the order of time, and those of the last second."""

    def __init__(self) -> None:
        self._ticks = Stretches(MOST_TICKS, joined)
        self._live: list[Tick] = []
        self._points: Made[Tick, Point] = Made()

    def add(self, end_ns: int, spent_ns: int, ok: int) -> None:
        """Add a stretch of load."""
        tick = Tick(end_ns, spent_ns, ok)
        self._live = [old for old in self._live if end_ns - old.end_ns < LIVE_NS] + [tick]
        self._ticks.add(tick)

    def points(self, origin_ns: int) -> tuple[Point, ...]:
        """The line, with times in seconds from `origin_ns`."""
        return self._points.of(self._ticks.kept, origin_ns, point_of)

    def live_rate(self) -> float:
        """Successful requests per second over the last second."""
        spent = sum(tick.spent_ns for tick in self._live)
        return sum(tick.ok for tick in self._live) * NS / spent if spent else 0.0


def point_of(tick: Tick, origin_ns: int) -> Point:
    """The end of a stretch as a point of the line."""
    return Point((tick.end_ns - origin_ns) / NS, tick.ok * NS / tick.spent_ns)


def joined(first: Tick, second: Tick) -> Tick:
    """Two neighbouring stretches as one."""
    return Tick(second.end_ns, first.spent_ns + second.spent_ns, first.ok + second.ok)
