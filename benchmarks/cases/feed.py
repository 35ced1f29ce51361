"""Inputs of the statistics: slow, uneven and rare answers, equal contenders and truly different ones."""

from __future__ import annotations

from benchmarks.cases.checks import (
    ODD,
    Case,
    Check,
    claims_nothing,
    costs_the_same,
    doubts,
    equal,
    exits,
    figure,
    ratio,
    unranked,
    wins,
)
from benchmarks.services import Service

TWO = "-e {odd:Same},label=plain -e {odd:Marked},label=odd"
IN_TURNS = "--schedule interleaved --warmup 500ms"
RESTARTED = f"{IN_TURNS} --epochs 3"
"""Lanes are started three times, because no tie can be shown by processes that were started once."""

AT_ONCE = "--schedule concurrent --warmup 500ms"


def apart(fast_ms: float, slow_ms: float) -> Service:
    """Build a service that answers the odd client more slowly."""
    return Service(latency_ms=fast_ms, where=((ODD, Service(latency_ms=slow_ms)),))


def pair(fast_ms: float, slow_ms: float, in_flight: int, seconds: float, how: str = IN_TURNS) -> Case:
    """Build a case of two latencies: the faster one must win, with their ratio, or nothing is claimed."""
    within = slow_ms / fast_ms - 1 <= 0.03
    return Case(
        f"{fast_ms:g} against {slow_ms:g} ms, {in_flight} in flight, {how.split()[1]}",
        f"{TWO} -c {in_flight} -d {seconds:g}s {how}",
        (wins("A", also=("tie",) if within else ()), ratio("A", "B")),
        apart(fast_ms, slow_ms),
    )


def same(
    name: str, service: Service, in_flight: int, seconds: float = 3, how: str = RESTARTED, *more: Check
) -> Case:
    """Build a case of one client twice at one service."""
    return Case(
        f"equal: {name}, {in_flight} in flight, {how.split()[1]}{', restarted' if how == RESTARTED else ''}",
        f"{TWO} -c {in_flight} -d {seconds:g}s {how}",
        (equal(), costs_the_same(), *more),
        service,
    )


CASES = (
    pair(300, 312, 4, 30),
    pair(300, 312, 4, 40, AT_ONCE),
    pair(100, 106.6, 4, 4),
    pair(20, 22, 4, 3),
    pair(50, 52, 16, 8),
    pair(200, 220, 8, 18),
    pair(5, 6, 8, 3),
    pair(350, 357, 2, 40, AT_ONCE),
    pair(20, 30, 1, 3),
    pair(100, 150, 32, 12),
    pair(20, 60, 16, 2, AT_ONCE),
    same("20 ms", Service(latency_ms=20), 4),
    same("50 ms", Service(latency_ms=50), 16),
    same("100 ms", Service(latency_ms=100), 4, 10),
    same("100 ms", Service(latency_ms=100), 64, 10),
    same("200 ms", Service(latency_ms=200), 8, 18),
    same("350 ms", Service(latency_ms=350), 4, 32),
    same("350 ms", Service(latency_ms=350), 1, 9, IN_TURNS),
    same("50 ms", Service(latency_ms=50), 16, 3, IN_TURNS),
    same("100 ms", Service(latency_ms=100), 16, 4, AT_ONCE),
    same("no latency", Service(), 16),
    same("two speeds, 2 and 60 ms", Service(latency_ms=2, slow_ms=60, slow_share=0.1), 8, 3),
    same("20 ms, 15 ms more or less", Service(latency_ms=20, jitter_ms=15), 8),
    same("pauses of 200 ms each second", Service(latency_ms=2, pause_ms=200), 8, 3),
    same("pauses of 200 ms each second", Service(latency_ms=2, pause_ms=200), 8, 4, AT_ONCE),
    same("a worker of 5 ms", Service(workers=1, latency_ms=5), 8),
    same("a rate of 200/s by delay", Service(rate=200, rate_by="delay"), 8),
    same("bodies in pieces", Service(body_bytes=20_000, pieces=5, piece_ms=5), 8),
    same("bodies of 200 kB", Service(body_bytes=200_000), 4),
    same("a connection for each answer", Service(keep_alive=1, latency_ms=2), 8),
    Case(
        "equal: constant and jittered with one mean",
        f"{TWO} -c 8 -d 3s {RESTARTED}",
        (equal(),),
        Service(latency_ms=40, where=((ODD, Service(latency_ms=40, jitter_ms=20)),)),
    ),
    Case(
        "equal: until decided",
        f"{TWO} -c 8 -d 3s --schedule interleaved --warmup 500ms --until decided",
        (equal(),),
        Service(latency_ms=10),
    ),
    Case(
        "equal: one after the other",
        f"{TWO} -c 8 -d 2s --schedule sequential --warmup 500ms",
        (equal(),),
        Service(latency_ms=3),
    ),
    Case(
        "equal: a number of requests",
        f"{TWO} -c 8 -n 400 --schedule interleaved --rounds 6 --warmup 500ms",
        (equal(),),
        Service(latency_ms=10),
    ),
    Case(
        "equal: one request in many a slice",
        f"{TWO} -c 1 -d 4s --schedule interleaved --blocks 8 --warmup 0",
        (equal(),),
        Service(latency_ms=150, jitter_ms=140),
    ),
    Case(
        "a pair that ties and a third, 50 % slower",
        "-e {odd:Same},label=one -e {odd:Same},label=two -e {odd:Marked},label=slow -c 8 -d 2.5s "
        "--schedule interleaved --warmup 500ms",
        (equal(also=("capped", "undecided")),),
        apart(20, 30),
    ),
    Case(
        "two speeds against their mean",
        f"{TWO} -c 8 -d 4s {RESTARTED}",
        (equal(),),
        Service(latency_ms=13, where=((ODD, Service(latency_ms=5, slow_ms=85, slow_share=0.1)),)),
    ),
    Case(
        "5 of 20 blocks without an answer",
        f"{TWO} -c 4 -d 5s {AT_ONCE} --timeout 1s --blocks 20",
        (wins("A", also=("not comparable", "invalid")),),
        Service(latency_ms=5, where=((ODD, Service(latency_ms=5, mute_after_s=2, mute_for_s=1.25)),)),
    ),
    Case(
        "a client that stalls for a second",
        f"{TWO} -c 4 -d 4s {IN_TURNS} --timeout 500ms --blocks 20",
        (wins("A", also=("not comparable", "invalid")),),
        Service(latency_ms=5, where=((ODD, Service(latency_ms=5, mute_after_s=3, mute_for_s=2)),)),
    ),
    Case(
        "a client that sleeps 5 ms on a target of 5 ms",
        "-e {odd:Same},label=plain -e {odd:Sleeping},label=sleeps -c 4 -d 3s --schedule interleaved",
        (wins("A"),),
        Service(latency_ms=5),
    ),
    Case(
        "slices of 22 ms on a target of 20 ms",
        f"{TWO} -c 4 -d 1s --blocks 45 --schedule interleaved --warmup 300ms",
        (equal(also=("undecided",)), doubts("short", "short slices")),
        Service(latency_ms=20),
    ),
    Case(
        "other programs on every core",
        f"{TWO} -c 8 -d 2.5s {IN_TURNS}",
        (equal(also=("undecided",)), doubts("other programs|foreign|busy|machine|load", "foreign load")),
        Service(latency_ms=5),
        burning=True,
    ),
    Case(
        "12 % apart, other programs on every core",
        f"{TWO} -c 8 -d 2.5s {IN_TURNS}",
        (claims_nothing("undecided"), doubts("other programs|foreign|busy|machine|load", "foreign load")),
        apart(50, 56),
        burning=True,
    ),
    Case(
        "stopped by hand: equal",
        f"{TWO} -c 8 -d 20s {IN_TURNS}",
        (claims_nothing("undecided"), exits(130)),
        Service(latency_ms=10),
        stop_after=6,
    ),
    Case(
        "stopped by hand: 30 % apart",
        f"{TWO} -c 8 -d 20s {IN_TURNS}",
        (claims_nothing("undecided"), exits(130)),
        apart(20, 26),
        stop_after=6,
    ),
    Case(
        "a contender that dies is in no ranking",
        "-e {odd:Same},label=one -e {odd:Same},label=two -e {odd:Dying},label=dies -c 4 -d 3s "
        "--schedule concurrent --warmup 0",
        (equal(also=("capped", "undecided")), unranked("C")),
        Service(latency_ms=5),
    ),
    Case(
        "an open load that both keep",
        f"{TWO} --rate 200 -c 50 -d 2s {IN_TURNS}",
        (equal(), figure("A", "req_per_s", 194, 206), figure("B", "req_per_s", 194, 206)),
        Service(latency_ms=20),
    ),
)
