"""Closed loads with known rates, simulated event by event, and credited to a block as a lane does it."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence

from httptui.engines.lane.recorder import NO_BLOCK, Credits
from httptui.runs.setup import FRAME_SECONDS

NS = 1_000_000_000
LATE_SECONDS = 0.002

Life = tuple[float, float]
"""Start and end of a request, in seconds from the start of the slice."""

Draw = Callable[[random.Random], float]
Play = Callable[[random.Random, Sequence[float], float], list[Life]]
"""Return the lives of a closed load whose workers start at given moments and stop sending after so many seconds."""


def waiting(latency: Draw) -> Play:
    """Simulate requests that take their latency whatever else is in flight, as with a slow, idle target."""

    def play(source: random.Random, starts: Sequence[float], seconds: float) -> list[Life]:
        lives: list[Life] = []
        for begun in starts:
            while begun < seconds:
                ended = begun + latency(source)
                lives.append((begun, ended))
                begun = ended
        return lives

    return play


def sharing(demand: Draw) -> Play:
    """Simulate requests that share one processor evenly, as those of a client limited by its CPU."""

    def play(source: random.Random, starts: Sequence[float], seconds: float) -> list[Life]:
        lives: list[Life] = []
        arriving = [(begun, begun) for begun in starts]
        heapq.heapify(arriving)
        active: list[tuple[float, float]] = []
        now = virtual = 0.0
        while arriving or active:
            done = now + (active[0][0] - virtual) * len(active) if active else float("inf")
            if arriving and arriving[0][0] <= done:
                arrived, begun = heapq.heappop(arriving)
                virtual += (arrived - now) / len(active) if active else 0.0
                now = arrived
                heapq.heappush(active, (virtual + demand(source), begun))
                continue
            virtual, begun = heapq.heappop(active)
            now = done
            lives.append((begun, now))
            if now < seconds:
                heapq.heappush(arriving, (now, now))
        return lives

    return play


def queueing(demand: Draw, servers: int = 1) -> Play:
    """Simulate requests that are served in order of arrival by a target with so many workers."""

    def play(source: random.Random, starts: Sequence[float], seconds: float) -> list[Life]:
        lives: list[Life] = []
        arriving = sorted(starts)
        free = [0.0] * servers
        while arriving:
            begun = heapq.heappop(arriving)
            ended = max(begun, heapq.heappop(free)) + demand(source)
            heapq.heappush(free, ended)
            lives.append((begun, ended))
            if ended < seconds:
                heapq.heappush(arriving, ended)
        return lives

    return play


def steady(seconds: float) -> Draw:
    """Draw always the same time."""
    return lambda _source: seconds


def jittered(seconds: float, spread: float = 0.2) -> Draw:
    """Draw times with normal jitter about a mean."""
    return lambda source: max(source.gauss(seconds, spread * seconds), seconds * 0.2)


def exponential(seconds: float) -> Draw:
    """Draw memoryless times with this mean."""
    return lambda source: source.expovariate(1 / seconds)


def credited(
    source: random.Random, lives: Sequence[Life], seconds: float, trim: float
) -> tuple[float, float]:
    """Return the credit of a slice's requests to its block, and the block's length, cut into frames as by a lane."""
    cuts, at = [0.0], trim if trim else FRAME_SECONDS
    while at < seconds - FRAME_SECONDS / 4:
        cuts.append(at + source.random() * LATE_SECONDS)
        at += FRAME_SECONDS
    cuts.append(seconds + source.random() * LATE_SECONDS)
    ordered = sorted((round(ended * NS), round((ended - begun) * NS)) for begun, ended in lives)
    edges = [round(cut * NS) for cut in cuts]
    last = max([edges[-1] + 1, *(ended + 1 for ended, _ in ordered[-1:])])
    ledger, worth, first = Credits(), 0.0, 0
    for number, (start, end) in enumerate(zip(edges, [*edges[1:], last], strict=True)):
        upto = first
        while upto < len(ordered) and ordered[upto][0] < end:
            upto += 1
        block = NO_BLOCK if (trim and number == 0) or number == len(edges) - 1 else 0
        ledger.enter(block, start)
        own = ordered[first:upto]
        ends, spans = [ended for ended, _ in own], [life for _, life in own]
        worth += ledger.give(ends, spans, start_ns=start, end_ns=end).get(0, 0.0)
        first = upto
    return worth, (edges[-1] - edges[1 if trim else 0]) / NS
