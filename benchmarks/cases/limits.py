"""Limiters where they are part of a verdict; `benchmarks.limiter` has many more cases."""

from __future__ import annotations

from benchmarks.cases.checks import RIGHT, Case, Check, Finding, Told, equal, limited, wins
from benchmarks.services import Service

LOAD = "-d 2s --warmup 300ms"
TURNS = "--schedule interleaved"


def never_capped(told: Told) -> Finding:
    """Check that an idle target is not said to set the pace."""
    return Finding("wrong", "an idle target is told to set the pace") if told.verdict == "capped" else RIGHT


def alone(
    name: str, kinds: tuple[str, ...], service: Service, in_flight: int = 16, who: str = "aiohttp"
) -> Case:
    """Build a case of one contender with its limiters."""
    return Case(name, f"-e {who} -c {in_flight} {LOAD}", (limited("A", *kinds),), service)


def both(*kinds: str) -> tuple[Check, ...]:
    """Return checks of the same limiter for two contenders."""
    return limited("A", *kinds), limited("B", *kinds)


def shares_at_least(letter: str, held_ms: float) -> Check:
    """A contender that loses does so by no more than its own CPU time explains.

    On a pooled connection, the answer that the service holds is followed by the client's work for the next request,
    for which the one thread may have to finish that of the other connection first: at most twice its CPU per request.
    """

    def check(told: Told) -> Finding:
        if told.verdict != "winner" or told.report is None:
            return RIGHT
        place = next(place for place in told.report["ranking"] if place["id"] == letter)
        if place["ratio_high"] is None:
            return Finding("unknown", "no interval")
        own_ms = 2 * told.contender(letter)["cpu_us_per_request"] / 1_000
        least = held_ms / (held_ms + own_ms)
        if place["ratio_high"] >= least:
            return RIGHT
        return Finding("wrong", f"{letter} has at least {least:.3f}, told at most {place['ratio_high']:.3f}")

    return check


CASES = (
    alone("a pool of 2 for 32 in flight, aiohttp", ("pool",), Service(latency_ms=20), 32, "aiohttp,pool=2"),
    alone("a pool of 2 for 32 in flight, httpx", ("pool",), Service(latency_ms=20), 32, "httpx,pool=2"),
    Case(
        "pools of 2, aiohttp beside httpx",
        f"-e aiohttp,pool=2 -e httpx,pool=2 -c 10 {LOAD} {TURNS}",
        # httpx's own time, 0.7 ms on a quick host and 2 ms on a slow one, lies between two requests of a connection.
        (wins("A", also=("tie", "capped")), shares_at_least("B", 20), *both("pool")),
        Service(latency_ms=20),
    ),
    Case(
        "raw and aiohttp on an idle target of 20 ms",
        f"-e raw -e aiohttp -c 16 {LOAD} {TURNS}",
        (never_capped, wins("A", also=("tie",)), *both("latency")),
        Service(latency_ms=20),
    ),
    Case(
        "raw and aiohttp on an idle target of 100 ms",
        f"-e raw -e aiohttp -c 32 {LOAD} {TURNS}",
        (never_capped, wins("A", also=("tie",)), *both("latency")),
        Service(latency_ms=100),
    ),
    alone("a client that sleeps 5 ms", ("client",), Service(), 4, "{odd:Sleeping}"),
    alone("a client that sleeps 5 ms after answers", ("client",), Service(), 4, "{odd:SleepingAfter}"),
    alone("a client that sends one at a time", ("client",), Service(latency_ms=5), 16, "{odd:Serial}"),
    alone("a client that burns 1 ms", ("client CPU",), Service(latency_ms=1), 16, "{odd:Blocking}"),
    alone(
        "two speeds: 90 % 2 ms, 10 % 60 ms", ("latency",), Service(latency_ms=2, slow_ms=60, slow_share=0.1)
    ),
    alone("a constant 100 ms", ("latency",), Service(latency_ms=100)),
    alone("15 ms of jitter around 20 ms", ("latency",), Service(latency_ms=20, jitter_ms=15)),
    alone("a slow body", ("latency",), Service(body_bytes=20_000, pieces=5, piece_ms=10)),
    alone("one worker of 5 ms", ("target",), Service(workers=1, latency_ms=5)),
    alone("one worker that computes 2 ms", ("target",), Service(cpu_ms=2)),
    alone("a lock of 4 workers", ("target",), Service(workers=4, latency_ms=10)),
    alone("200 a second by delay", ("rate limit", "target"), Service(rate=200, rate_by="delay")),
    alone(
        "8 connections for 32 in flight",
        ("connection limit", "target"),
        Service(connections=8, latency_ms=20),
        32,
    ),
    alone("a connection for each answer", ("connection set-up",), Service(keep_alive=1, tls=True)),
    Case(
        "think time of 50 ms",
        f"-e aiohttp -c 8 --think 50ms {LOAD}",
        (limited("A", "think time"),),
        Service(latency_ms=2),
    ),
    Case(
        "think time of 50 ms, in turns",
        f"-e aiohttp -e httpx -c 8 --think 50ms {LOAD} {TURNS}",
        (equal(also=("capped", "winner")), *both("think time")),
        Service(latency_ms=2),
    ),
    Case(
        "a rate of 100/s that is kept",
        f"-e aiohttp --rate 100 -c 20 {LOAD}",
        (limited("A", "rate"),),
        Service(latency_ms=5),
    ),
    Case(
        "a target of no latency, one client",
        f"-e http.client -c 8 {LOAD}",
        (limited("A", "client CPU"),),
        Service(),
    ),
    alone("30 % answered 429 at once", ("rate limit", "target"), Service(rate=700, latency_ms=20), 20),
)
