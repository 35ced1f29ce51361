"""Limiter found by a short probe after the load: the effect of half the load, and of a bystander beside it.

At half the concurrency, a contender that waits for each answer halves its req/s; one that queues somewhere keeps them
and halves its latency. A bystander, which sends one bare request at a time on its own connection, shows where the
wait is: if it waits as long, the wait is outside the client. If the two disagree, the limiter is unknown.
"""

from __future__ import annotations

import math
import statistics

from msgspec import Struct

from httptui.results.histogram import percentile_ns
from httptui.results.judge.limiter_facts import (
    CLIENT_IDLE,
    MOST_FAILURES,
    Facts,
    named_limiter,
    opened,
    opens_many_connections,
    sent,
)
from httptui.results.snapshot import Limiter, LimiterKind
from httptui.units import format_count, format_ms, format_percent, plural

FEWEST_ANSWERS, FEWEST_OF_BYSTANDER = 5, 3
QUANTILES = (10, 25, 50, 75, 90)
QUEUES, WAITS = 0.65, 0.85
"""Latency at half the concurrency relative to full: up to the first it queues, from the second on it waits."""
AS_LONG, MUCH_FASTER = 0.7, 0.5
"""A bystander's latency as a share of the contender's."""
QUEUE_ALONE = 2.5
"""Ratio of the bystander's latency beside the load to that alone, from which the load queues at the target."""
UNMOVED = 1.7
"""The same ratio, up to which the target is not the cause of its wait."""
LEAST_GAP_MS = 1.0
OTHERWISE = 1.6
"""Most that latencies beside the bystander may exceed those under the load; beyond that it was another load."""
CORE_WAIT = 0.15
"""Share of the time waiting for a core, from which a client's requests may queue for it."""
CPU_TIMES = 1.5
"""A wait inside the client exceeds the CPU time of all requests in flight by this factor."""
LOOP_HELD_MS = 15.0
FEWER = 0.9
MANY_A_REQUEST = 0.5
MOSTLY_SET_UP, ALL_BUT_SET_UP = 0.3, 0.7
STARVED, STARVED_MS, SEVERAL_UNANSWERED = 0.1, 300.0, 2
FEWEST_REFUSED = 5
REFUSED_KINDS = ("refused", "disconnected", "connect_timeout")

OPEN_KINDS: tuple[LimiterKind, ...] = ("pool", "connection set-up", "target", "latency", "machine", "unknown")
"""Limiters that signals alone leave open."""


class Sample(Struct, frozen=True, kw_only=True):
    """Some uncounted requests: answered, failed by kind, and unanswered at the end.

    `histogram` is of the answered ones; `lag_ms` is the greatest event-loop lag, None for threads.
    """

    ok: int = 0
    failed: dict[str, int] = {}
    unanswered: int = 0
    histogram: tuple[tuple[int, int], ...] = ()
    lag_ms: float | None = None

    @property
    def failures(self) -> int:
        """Number of failures."""
        return sum(self.failed.values())

    @property
    def sent(self) -> int:
        """Number of requests."""
        return self.ok + self.failures + self.unanswered

    def ms(self, percentile: float) -> float:
        """Return a percentile in milliseconds; there must be an answer."""
        return percentile_ns(self.histogram, percentile) / 1e6


class Probe(Struct, frozen=True, kw_only=True):
    """Results of a probe.

    - `beside`: the contender at full concurrency while the bystander sent; `half`: at `half_in_flight`.
    - `bystander`: during the load; `alone`: without any load.
    - `connections`: open connections of the client, as the system counts them.
    - `set_up_ms`: time to open a connection, if measured; `reopened`: the bystander too had to reconnect each time.
    - `alike`: the bystander does the same work; false if the client may follow redirects, retry or use a proxy.
    - `few_allowed`: the plan lets the client have fewer connections than requests in flight.
    - `core_wait`: share of the time that the client waited for a core.
    """

    beside: Sample | None = None
    half: Sample | None = None
    half_in_flight: int = 0
    bystander: Sample | None = None
    alone: Sample | None = None
    connections: int | None = None
    set_up_ms: float | None = None
    reopened: bool = False
    alike: bool = True
    few_allowed: bool = False
    core_wait: float | None = None


def latency_ratio(sample: Sample, reference: Sample) -> float:
    """Return how many times longer the sample's answers took than the reference's, as the median over five quantiles.

    A pause of the target does not move it, unlike a ratio of means, nor do answers of two speeds, unlike one of
    medians.
    """
    logs = [math.log(sample.ms(at) / reference.ms(at)) for at in QUANTILES if reference.ms(at)]
    return math.exp(statistics.median(logs)) if logs else 1.0


def probed_limit(facts: Facts, probe: Probe) -> Limiter | None:
    """Return the limiter that the probe shows, "unknown" if its parts disagree, or None if it shows nothing."""
    loaded = probe.beside or probe.half
    if loaded is None:
        return None
    if limit := _connection_limit(facts, probe, loaded) or _set_up(facts, probe):
        return limit
    if silent := _silent(facts, loaded):
        return _unclear(silent)
    failed = loaded.failures > MOST_FAILURES * loaded.sent
    if failed or facts.share >= CLIENT_IDLE or loaded.ok < FEWEST_ANSWERS:
        return None
    return _by_waiting(facts, probe, loaded)


def _by_waiting(facts: Facts, probe: Probe, loaded: Sample) -> Limiter | None:
    """Find where requests in flight wait, from the bystander, and what for, from half the load."""
    if probe.bystander is None or probe.bystander.ok < FEWEST_OF_BYSTANDER:
        return None
    half, moved = _half(facts, probe), _moved(probe)
    told = _told(facts, probe, loaded, half)
    if few := _few_connections(facts, probe):
        starved = probe.core_wait is not None and probe.core_wait > CORE_WAIT
        if (starved or facts.machine.full) and not probe.few_allowed:
            return _unclear(told)
        return _behind_connections(probe, moved, f"{few}; {told}")
    if probe.beside is not None and not _as_before(facts, probe.beside):
        return _unclear(f"latencies were others than under the load; {told}")
    queues = half is not None and half <= QUEUES
    waits = half >= WAITS if half is not None else moved is not None and moved <= UNMOVED
    share = latency_ratio(probe.bystander, loaded)
    starved = probe.core_wait is not None and probe.core_wait > CORE_WAIT
    if starved and facts.machine.full and not facts.waits_far:
        return _unclear(told)
    if share >= AS_LONG and waits and (moved is None or moved < QUEUE_ALONE):
        return named_limiter(
            "latency", f"each of {facts.view.concurrency} in flight waits for its answer; {told}"
        )
    if probe.core_wait is not None and probe.core_wait > CORE_WAIT:
        return _unclear(
            f"{facts.client} waited {format_percent(probe.core_wait)} of the time for a core; {told}"
        )
    if queues and (share >= AS_LONG or (moved is not None and moved >= QUEUE_ALONE)):
        return named_limiter("target", f"it, or the way to it, serves no more; {told}")
    if share > MUCH_FASTER or (moved is not None and moved > UNMOVED):
        return _unclear(told)
    return _inside_client(facts, probe, loaded, told)


def _few_connections(facts: Facts, probe: Probe) -> str:
    """Describe that there are fewer connections than requests in flight, so that some wait in the client; or ""."""
    view, count = facts.view, probe.connections or facts.view.connections_opened
    if not count or count >= FEWER * view.concurrency or view.http_version != "1.1":
        return ""
    if opens_many_connections(view):
        return ""
    return f"{plural(count, 'connection')} {'was' if count == 1 else 'were'} open for {view.concurrency} in flight"


def _behind_connections(probe: Probe, moved: float | None, told: str) -> Limiter:
    """Return the limiter of requests that wait for a connection; more help only if the target has capacity."""
    if moved is None or UNMOVED < moved < QUEUE_ALONE:
        return _unclear(told)
    if moved >= QUEUE_ALONE:
        return named_limiter("target", f"it, or the way to it, serves no more; {told}")
    if probe.few_allowed:
        return named_limiter("pool", told)
    return named_limiter("client", f"requests wait inside it; {told}")


def _as_before(facts: Facts, beside: Sample) -> bool:
    """Return whether requests took about as long as under the counted load, so that the target did not pause."""
    counted = Sample(ok=facts.view.requests.ok, histogram=facts.view.histogram)
    return 1 / OTHERWISE <= latency_ratio(beside, counted) <= OTHERWISE if counted.histogram else True


def _inside_client(facts: Facts, probe: Probe, loaded: Sample, told: str) -> Limiter:
    """Return the limiter if a bystander is answered much faster: the client itself delays its requests."""
    assert probe.bystander is not None
    view = facts.view
    gap = loaded.ms(50) - probe.bystander.ms(50)
    # All requests in flight may wait for each other's CPU time in their client's single loop.
    busy_ms = CPU_TIMES * view.concurrency * (view.cpu_us_per_request or 0.0) / 1000
    if loaded.ms(10) <= probe.bystander.ms(90) or gap < max(LEAST_GAP_MS, busy_ms) or facts.machine.full:
        return _unclear(told)
    if view.http_version != "1.1" or not probe.alike or opens_many_connections(view):
        return _unclear(told)
    if loaded.lag_ms is not None and loaded.lag_ms >= LOOP_HELD_MS:
        return named_limiter(
            "event loop", f"the client repeatedly blocks it for {format_ms(loaded.lag_ms)}; {told}"
        )
    return named_limiter("client", f"requests wait inside it; {told}")


def _connection_limit(facts: Facts, probe: Probe, loaded: Sample) -> Limiter | None:
    """Return the limiter if new connections get no answer or are closed, while others are answered all the time."""
    beside, alone = probe.bystander, probe.alone
    if beside is None or beside.ok or not loaded.ok:
        return None
    view = facts.view
    held = alone is not None and not alone.ok
    starved = loaded.unanswered >= max(STARVED * view.concurrency, 1) and loaded.ms(90) < STARVED_MS
    if starved and beside.unanswered >= (1 if held else SEVERAL_UNANSWERED):
        return named_limiter(
            "connection limit",
            f"{format_count(loaded.unanswered)} of {view.concurrency} requests in flight got no answer at all, while "
            f"others were answered after {format_ms(loaded.ms(50))}, and a bare request on a new connection got none",
        )
    refused = sum(count for kind, count in beside.failed.items() if kind in REFUSED_KINDS)
    own = sum(count for kind, count in loaded.failed.items() if kind in REFUSED_KINDS)
    if own > MOST_FAILURES * loaded.sent and refused >= FEWEST_REFUSED:
        return named_limiter(
            "connection limit",
            f"the target closes connections beyond those it serves: {format_percent(own / loaded.sent)} of the "
            f"requests failed so, and all {format_count(refused)} bare requests on new ones beside the load",
        )
    return None


def _silent(facts: Facts, loaded: Sample) -> str:
    """Describe that some requests in flight waited in vain while others were answered soon; or "".

    The silent ones limit the contender. Nothing shows whether connections, a lock or lost requests cause it.
    """
    view = facts.view
    silent = max(loaded.unanswered, view.requests.timeout)
    if silent < max(STARVED * view.concurrency, 1) or not loaded.ok or loaded.ms(90) >= STARVED_MS:
        return ""
    soon = format_ms(loaded.ms(50))
    return f"{plural(silent, 'request')} got no answer at all, while others were answered after {soon}"


def _set_up(facts: Facts, probe: Probe) -> Limiter | None:
    """Return the limiter if nearly every request opens a connection and spends most of its time on that."""
    view, alone = facts.view, probe.alone
    connections = view.connections_opened or 0
    if probe.set_up_ms is None or alone is None or not alone.ok or connections < MANY_A_REQUEST * sent(view):
        return None
    request_ms = alone.ms(50)
    kept = max(request_ms - probe.set_up_ms, 0.0) if probe.reopened else request_ms
    share = probe.set_up_ms / (probe.set_up_ms + kept)
    if share < (MOSTLY_SET_UP if facts.idle else ALL_BUT_SET_UP):
        return None
    return named_limiter(
        "connection set-up",
        f"{opened(view)}; opening one takes {format_ms(probe.set_up_ms)} without any load, "
        f"{format_percent(share)} of a request",
    )


def _half(facts: Facts, probe: Probe) -> float | None:
    """Return latency at half the concurrency as a share of that at full concurrency, or None."""
    if (
        probe.half is None
        or probe.half.ok < FEWEST_ANSWERS
        or probe.half.failures > MOST_FAILURES * probe.half.sent
    ):
        return None
    full = probe.beside or Sample(ok=facts.view.requests.ok, histogram=facts.view.histogram)
    return latency_ratio(probe.half, full) if full.histogram else None


def _moved(probe: Probe) -> float | None:
    """Return the ratio of the bystander's latency beside the load to that alone, or None."""
    if probe.bystander is None or probe.alone is None or not probe.alone.ok:
        return None
    if probe.bystander.ok and probe.bystander.ms(50) < probe.alone.ms(50) + LEAST_GAP_MS / 4:
        return 1.0
    return latency_ratio(probe.bystander, probe.alone)


def _told(facts: Facts, probe: Probe, loaded: Sample, half: float | None) -> str:
    """Describe the observed changes in clauses."""
    assert probe.bystander is not None
    told = []
    if half is not None and probe.half is not None:
        rate = probe.half_in_flight / facts.view.concurrency / half
        kept = (
            "stayed the same"
            if half <= QUEUES
            else "fell in proportion"
            if half >= WAITS
            else f"fell to {format_percent(rate)}"
        )
        full = probe.beside or Sample(ok=1, histogram=facts.view.histogram)
        told.append(
            f"with {probe.half_in_flight} in flight instead of {facts.view.concurrency} req/s {kept} and the median "
            f"went from {format_ms(full.ms(50))} to {format_ms(probe.half.ms(50))}"
        )
    alone = (
        f", {format_ms(probe.alone.ms(50))} without it" if probe.alone is not None and probe.alone.ok else ""
    )
    told.append(
        f"a bare request beside the load took {format_ms(probe.bystander.ms(50))}{alone}, the {facts.client}'s own "
        f"{format_ms(loaded.ms(50))}, at {facts.core}"
    )
    return "; ".join(told)


def _unclear(told: str) -> Limiter:
    return named_limiter("unknown", f"the probe is inconclusive: {told}")
