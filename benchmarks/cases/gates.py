"""Expectations and figures: percentiles with unanswered requests, drops, few samples, rates, CPU at low rates."""

from __future__ import annotations

from benchmarks.cases.checks import (
    RIGHT,
    Case,
    Finding,
    Told,
    claims_nothing,
    costs_the_same,
    doubts,
    exits,
    figure,
    left_open,
    met,
    missed,
    says,
)
from benchmarks.services import Service

ONE = "-e {odd:Same},label=one --warmup 300ms"
TWO = "-e {odd:Same},label=plain -e {odd:Marked},label=odd"
DROPPING = f"{ONE} --rate 1000 -c 4 -d 3s"
RAW_AT_MOST_US = 200.0


def idle_cpu_is_not_the_clients(told: Told) -> Finding:
    """Check that `raw` at 3 requests per second costs tens of microseconds, without the lane's own milliseconds, or
    that the report says so.
    """
    cost = told.contender("A")["cpu_us_per_request"]
    if cost is None:
        return Finding("unknown", "CPU per request is not told")
    if cost <= RAW_AT_MOST_US:
        return RIGHT
    flags = " ".join(flag["sentence"] for flag in (told.report or {}).get("flags", ()))
    if "CPU" in flags and ("idle" in flags or "own" in flags):
        return RIGHT
    return Finding("wrong", f"raw is told to cost {cost:.0f} µs a request")


def drops_are_told(told: Told) -> Finding:
    """Check that drops are counted: at least half of the arrivals."""
    requests = told.contender("A")["requests"]
    if requests["dropped"] < 0.5 * requests["planned"]:
        return Finding("wrong", f"{requests['dropped']} dropped of {requests['planned']}")
    return RIGHT


CASES = (
    Case(
        "5 % hang until the timeout, p99 < 50ms",
        f"{ONE} -c 16 -d 4s --timeout 1s --expect 'p99 < 50ms'",
        (missed(), exits(3)),
        Service(latency_ms=4, hang=0.05),
    ),
    Case(
        "5 % hang, in turns, p99 < 50ms for both",
        f"{TWO} -c 16 -d 3s --timeout 500ms --schedule interleaved --warmup 300ms --expect 'p99 < 50ms'",
        (missed(), exits(3)),
        Service(latency_ms=4, hang=0.05),
    ),
    Case(
        "2 % hang, p90 < 50ms",
        f"{ONE} -c 32 -d 3s --timeout 500ms --expect 'p90 < 50ms'",
        (met(), exits(0)),
        Service(latency_ms=4, hang=0.02),
    ),
    Case(
        "15 % hang, p90 < 50ms",
        f"{ONE} -c 32 -d 3s --timeout 500ms --expect 'p90 < 50ms'",
        (missed(), exits(3)),
        Service(latency_ms=4, hang=0.15),
    ),
    Case(
        "80 % of arrivals dropped, errors == 0",
        f"{DROPPING} --expect 'errors == 0'",
        (missed(), exits(3), drops_are_told, doubts("drop|not sent", "drops")),
        Service(latency_ms=20),
    ),
    Case(
        "80 % of arrivals dropped, p99 < 100ms",
        f"{DROPPING} --expect 'p99 < 100ms'",
        (missed(), exits(3)),
        Service(latency_ms=20),
    ),
    Case(
        "80 % of arrivals dropped, error_rate < 0.01",
        f"{DROPPING} --expect 'error_rate < 0.01'",
        (missed(), exits(3)),
        Service(latency_ms=20),
    ),
    Case(
        "200 requests, p99 < 50ms",
        f"{ONE} -c 4 -n 200 --expect 'p99 < 50ms'",
        (left_open(),),
        Service(latency_ms=4),
    ),
    Case(
        "1,000 requests, p99.9 < 50ms",
        f"{ONE} -c 4 -n 1000 --expect 'p99.9 < 50ms'",
        (left_open(),),
        Service(latency_ms=4),
    ),
    Case(
        "30 requests, p50 < 50ms",
        f"{ONE} -c 1 -n 30 --expect 'p50 < 50ms'",
        (left_open(),),
        Service(latency_ms=4),
    ),
    Case(
        "6,000 requests, p99 < 50ms",
        f"{ONE} -c 16 -n 6000 --expect 'p99 < 50ms'",
        (met(), exits(0)),
        Service(latency_ms=4),
    ),
    Case(
        "3 % take 200 ms, p99 < 150ms",
        f"{ONE} -c 32 -n 6000 --expect 'p99 < 150ms'",
        (missed(), exits(3)),
        Service(latency_ms=4, slow_ms=200, slow_share=0.03),
    ),
    Case(
        "3 % take 200 ms, p99 < 300ms",
        f"{ONE} -c 32 -n 6000 --expect 'p99 < 300ms'",
        (met(), exits(0)),
        Service(latency_ms=4, slow_ms=200, slow_share=0.03),
    ),
    Case(
        "5 % answered 500, error_rate < 0.01",
        f"{ONE} -c 8 -d 2s --expect 'error_rate < 0.01'",
        (missed(), exits(3)),
        Service(latency_ms=4, fail=0.05),
    ),
    Case(
        "5 % answered 500, errors == 0",
        f"{ONE} -c 8 -d 2s --expect 'errors == 0'",
        (missed(), exits(3), doubts("fail", "failures")),
        Service(latency_ms=4, fail=0.05),
    ),
    Case(
        "1 % time out, errors == 0",
        f"{ONE} -c 16 -d 2s --timeout 300ms --expect 'errors == 0'",
        (missed(), exits(3)),
        Service(latency_ms=4, hang=0.01),
    ),
    Case(
        "all hang, p50 < 1s",
        f"{ONE} -c 4 -d 3s --timeout 500ms --warmup 0 --expect 'p50 < 1s'",
        (missed(),),
        Service(hang=1.0),
    ),
    Case(
        "300/s, one in a hundred takes 1 s: 300",
        f"{ONE} --rate 300 -c 200 -d 3s",
        (figure("A", "req_per_s", 291, 309),),
        Service(latency_ms=20, slow_ms=1_000, slow_share=0.01),
    ),
    Case(
        "300/s, each takes 1 s: 300",
        f"{ONE} --rate 300 -c 400 -d 3s",
        (figure("A", "req_per_s", 291, 309),),
        Service(latency_ms=1_000),
    ),
    Case(
        "100/s Poisson, 200 ms each: 100",
        f"{ONE} --rate 100 --arrivals poisson -c 100 -d 4s",
        (figure("A", "req_per_s", 70, 130),),
        Service(latency_ms=200),
    ),
    Case(
        "4 in flight of 20 ms: under 200 req/s",
        f"{ONE} -c 4 -d 2s",
        (figure("A", "req_per_s", 120, 201),),
        Service(latency_ms=20),
    ),
    Case(
        "4 in flight of 500 ms: 8 req/s",
        f"{ONE} -c 4 -d 4s --warmup 0",
        (figure("A", "req_per_s", 7.2, 8.2),),
        Service(latency_ms=500),
    ),
    Case(
        "raw at 3 req/s",
        "-e raw -c 1 -d 4s --warmup 0",
        (idle_cpu_is_not_the_clients,),
        Service(latency_ms=300),
    ),
    Case(
        "raw against itself at 3 req/s",
        "-e raw,label=one -e raw,label=two -c 1 -d 4s --schedule interleaved --warmup 0",
        (costs_the_same(), idle_cpu_is_not_the_clients),
        Service(latency_ms=300),
    ),
    Case(
        "an open load of which one drops most",
        "-e {odd:Same},label=plain -e {odd:Sleeping},label=sleeps --rate 400 -c 4 -d 2s --schedule interleaved "
        "--warmup 300ms",
        (claims_nothing("not comparable", "invalid", "winner"), doubts("drop|not sent", "drops")),
        Service(latency_ms=7),
    ),
    Case(
        "an open load of 300/s at which a service of 100/s drops",
        f"{ONE} --rate 300 -c 20 -d 3s --expect 'errors == 0'",
        (missed(), exits(3), says("drop|not sent", "drops")),
        Service(rate=100, rate_by="delay"),
    ),
)
