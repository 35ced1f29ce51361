"""What limits a client inside a web application: the loop it blocks, the threads it fills, or the app's CPU."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from httptui.engines.buckets import bucket_of
from httptui.results.judge.limiter import limit_of
from httptui.results.judge.limiter_facts import MachineLoad, reuse_cost_of
from httptui.results.snapshot import ContenderView, Latency, Requests, Upstream

QUIET = MachineLoad(cpu_busy=0.4, target_busy=0.1, cores=2)


def latency(mean: float) -> Latency:
    return Latency(p50=mean, p90=mean, p99=mean, p99_9=mean, max=mean, mean=mean)


def upstream(mean: float | None) -> Upstream:
    return Upstream(calls=850, connections=1, requests=850, mean_ms=mean, lost_ms=None)


def view(key: str, inside: str, *, mean: float, calls: float | None, **changes: Any) -> ContenderView:
    """64 in flight that wait for nothing but their answers, `mean` ms each, at a twelfth of a core."""
    base = ContenderView(
        id=key,
        label=inside,
        engine="requests",
        reuse="shared",
        inside=inside,
        concurrency=64,
        state="finished",
        requests=Requests(planned=850, ok=850),
        seconds=10.0,
        req_per_s=64_000 / mean,
        latency_ms=latency(mean),
        cpu_us_per_request=900.0,
        cpu_share=0.08,
        loop_lag_ms=700.0,
        connections_opened=1,
        upstream=upstream(calls),
        http_version="1.1",
        histogram=((bucket_of(int(mean * 1e6)), 850),),
    )
    return replace(base, **changes)


BLOCKING = view("D", "fastapi-async-blocking", mean=760.0, calls=11.7)
THREADED = view("E", "fastapi-sync", mean=165.0, calls=103.0, connections_opened=40)


def test_a_blocked_event_loop_is_named_with_what_it_waits_for() -> None:
    limiter = limit_of(BLOCKING, [], QUIET)
    assert limiter.kind == "event loop"
    assert limiter.sentence == (
        "event loop: an `async def` route that calls a blocking client serves one request at a time; the event loop "
        "stands still in calls of 11.7 ms for 99 % of the time, while 63 of 64 in flight wait"
    )


def test_one_in_flight_waits_for_nobody_but_the_loop_does() -> None:
    alone = replace(BLOCKING, concurrency=1, req_per_s=80.0, latency_ms=latency(12.5))
    assert limit_of(alone, [], QUIET).sentence.endswith("in calls of 11.7 ms for 94 % of the time")


def test_a_loop_that_is_hardly_held_is_not_blamed() -> None:
    assert limit_of(replace(BLOCKING, req_per_s=8.4), [], QUIET).kind != "event loop"
    awaiting = replace(BLOCKING, inside="fastapi-async", connections_opened=64)
    assert limit_of(awaiting, [], QUIET).kind != "event loop"


def test_a_full_thread_pool_is_named_where_there_are_more_in_flight_than_threads() -> None:
    limiter = limit_of(THREADED, [], QUIET)
    assert limiter.kind == "thread pool"
    assert limiter.sentence == (
        "thread pool: a `def` route runs in one of 40 threads, and all are busy with calls of 103 ms, so 24 of 64 in "
        "flight wait, with the app at 8.0 % of a core"
    )
    assert limit_of(replace(THREADED, concurrency=40), [], QUIET).kind != "thread pool"


def test_threads_that_wait_are_named_on_a_full_machine_too_unless_it_stretches_their_calls() -> None:
    full = replace(QUIET, cpu_busy=1.0)
    first = ((bucket_of(101_000_000), 1), (bucket_of(165_000_000), 849))
    assert limit_of(replace(THREADED, histogram=first), [], full).kind == "thread pool"
    sooner = ((bucket_of(50_000_000), 1), (bucket_of(165_000_000), 849))
    assert limit_of(replace(THREADED, histogram=sooner), [], full).kind == "machine"


def test_fewer_connections_than_in_flight_are_no_small_pool_where_the_route_uses_no_more() -> None:
    calm = replace(THREADED, upstream=upstream(20.0))
    assert limit_of(calm, [], QUIET).kind != "pool"
    starved = replace(calm, connections_opened=4)
    assert limit_of(starved, [], QUIET).kind == "pool"


def test_an_app_that_fills_a_core_is_told_by_its_own_cpu() -> None:
    busy = replace(THREADED, cpu_share=0.97, upstream=upstream(18.0))
    assert limit_of(busy, [], QUIET).sentence == (
        "client CPU: 900 µs of the app's CPU per request, 97 % of a core, GIL-bound (one core)"
    )
    on_loop = replace(busy, inside="fastapi-async")
    assert limit_of(on_loop, [], QUIET).sentence == (
        "client CPU: 900 µs of the app's CPU per request, 97 % of a core"
    )


def test_the_route_that_calls_nobody_is_no_floor_for_those_that_do() -> None:
    ping = view("A", "fastapi-ping", mean=8.0, calls=None)
    alone = view("C", "fastapi-async", mean=165.0, calls=150.0, connections_opened=64)
    for others in ([], [ping]):
        limiter = limit_of(alone, others, QUIET)
        assert limiter.kind == "latency"
        assert limiter.sentence.endswith("with the app at 8.0 % of a core")


def test_clients_inside_and_outside_an_app_are_no_twins() -> None:
    outside = replace(THREADED, id="F", inside=None, reuse="per-worker", cpu_us_per_request=90.0)
    assert reuse_cost_of(THREADED, [outside]) is None
    assert reuse_cost_of(THREADED, [replace(outside, inside="fastapi-sync")]) is not None


@pytest.mark.parametrize("missing", [None, upstream(None)])
def test_an_app_of_which_no_call_is_known_breaks_no_rule(missing: Upstream | None) -> None:
    for one in (BLOCKING, THREADED):
        assert limit_of(replace(one, upstream=missing), [], QUIET).kind not in ("event loop", "thread pool")
