"""What an app tells of itself, how its driver is set up, and how both become the contender's frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from httptui.engines.admission import TOKEN_HEADER
from httptui.engines.base import AsyncEngine, Reply, Settings, SyncEngine
from httptui.engines.inside.app import Admitted, AwaitedUpstream, CalledUpstream, Ledger, Order
from httptui.engines.protocol import Frame, Reading, Setup
from httptui.results.snapshot import Latency
from httptui.runs.lane_tally import UpstreamTally
from httptui.runs.lanes import driver_of, frame_of


def frame(**changes: Any) -> Frame:
    counts = dict.fromkeys(
        ("planned", "ok", "error", "timeout", "dropped", "cancelled", "in_flight", "bytes", "cpu_ns"), 0
    )
    rest = {"turn": 1, "block": 0, "warmup": False, "start_ns": 0, "end_ns": 1, "histogram": []}
    maxima = {"latency_sum_ns": 0, "latency_max_ns": 0, "lag_max_ns": 5, "connections": 64}
    return Frame(**(counts | rest | maxima | changes))


def test_a_ledger_tells_each_call_once() -> None:
    ledger = Ledger()
    ledger.answered((200, b"a", "1.1"), 3_000)
    ledger.answered((204, b"", "1.1"), 4_000)
    ledger.answered((503, b"", "1.1"), 5_000)
    ledger.failed(TimeoutError("too late"))
    first, second = ledger.drain(), ledger.drain()
    assert (first.answered, first.failed, first.upstream_ns, first.http) == (2, 2, 7_000, {"1.1": 2})
    assert first.message == "upstream answered with status 503"
    assert (second.answered, second.failed, second.upstream_ns, second.message) == (0, 0, 0, "")


def test_a_turn_begins_without_the_cpu_and_lag_of_the_time_before() -> None:
    ledger = Ledger()
    sum(range(2_000_000))
    ledger.lag_max_ns = 9
    ledger.begin()
    reading = ledger.drain()
    assert reading.lag_max_ns == 0
    sum(range(2_000_000))
    assert reading.cpu_ns < ledger.drain().cpu_ns


class Awaited(AsyncEngine):
    made = 0

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        type(self).made += 1

    async def send(self, request: Any) -> Reply:
        if request == "fail":
            raise ConnectionRefusedError("nobody there")
        return 200, request.encode(), "1.1"


class Called(SyncEngine):
    made = 0

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        type(self).made += 1

    def send(self, request: Any) -> Reply:
        if request == "fail":
            raise ConnectionRefusedError("nobody there")
        return 200, request.encode(), "1.1"


REUSE = [("shared", 1), ("per-worker", 1), ("per-request", 6), ("every-2", 3)]


@pytest.mark.parametrize(("reuse", "made"), REUSE)
async def test_an_awaited_client_is_made_as_its_reuse_says(reuse: str, made: int) -> None:
    Awaited.made, ledger = 0, Ledger()
    upstream = AwaitedUpstream(lambda: Awaited(Settings()), Order(reuse, lambda: "page", ledger))
    await upstream.open()
    assert [await upstream.call() for _ in range(6)] == [(200, b"page", "1.1")] * 6
    await upstream.close()
    assert Awaited.made == made
    assert ledger.drain().answered == 6


@pytest.mark.parametrize(("reuse", "made"), REUSE)
async def test_a_called_client_is_made_as_its_reuse_says(reuse: str, made: int) -> None:
    Called.made, ledger = 0, Ledger()
    upstream = CalledUpstream(lambda: Called(Settings()), Order(reuse, lambda: "page", ledger))
    await upstream.open()
    assert [upstream.call() for _ in range(6)] == [(200, b"page", "1.1")] * 6
    await upstream.close()
    assert Called.made == made
    assert ledger.drain().answered == 6


async def test_a_call_that_fails_is_told_and_raised() -> None:
    ledger = Ledger()
    awaited = AwaitedUpstream(lambda: Awaited(Settings()), Order("per-worker", lambda: "fail", ledger))
    with pytest.raises(ConnectionRefusedError):
        await awaited.call()
    called = CalledUpstream(lambda: Called(Settings()), Order("per-worker", lambda: "fail", ledger))
    with pytest.raises(ConnectionRefusedError):
        called.call()
    reading = ledger.drain()
    assert (reading.answered, reading.failed) == (0, 2)
    assert reading.message == "upstream: ConnectionRefusedError: nobody there"


SETUP = Setup(
    engine="httptui.engines.clients.requests:Requests",
    reuse="per-request",
    loop="asyncio",
    http="1.1",
    pool=1,
    concurrency=20,
    timeout=7.0,
    verify=True,
    ca_file="ca.pem",
    redirects=3,
    retries=2,
    cookies=True,
    trust_env=True,
    method="POST",
    url="http://127.0.0.1:9/",
    headers=[("Authorization", "secret")],
    body="text",
    frame_seconds=0.25,
    inside="fastapi-sync",
)


def test_the_driver_knows_the_route_and_nothing_of_the_upstream_request() -> None:
    driver = driver_of(SETUP, 4321)
    assert driver.url == "http://127.0.0.1:4321/upstream"
    assert (driver.engine, driver.reuse, driver.pool) == ("httptui.engines.clients.raw:Raw", "shared", 20)
    assert (driver.concurrency, driver.timeout) == (20, 7.0)
    assert (driver.inside, driver.method, driver.headers, driver.body) == ("", "GET", [], "")
    assert (driver.redirects, driver.retries, driver.cookies, driver.trust_env) == (0, 0, False, False)


def test_a_frame_of_the_route_carries_what_is_the_apps() -> None:
    reading = Reading(
        cpu_ns=77,
        lag_max_ns=8,
        answered=5,
        failed=1,
        retried=2,
        lookups=3,
        upstream_ns=600,
        http={"2": 5},
        message="upstream: refused",
    )
    made = frame_of(frame(ok=5, error=1, cpu_ns=1, errors={"status": 1}, http={"1.1": 6}), reading)
    assert (made.ok, made.error, made.errors) == (5, 1, {"status": 1})
    assert (made.cpu_ns, made.lag_max_ns, made.connections, made.retried) == (77, 8, None, 2)
    assert made.lookups == 3
    assert (made.upstream_answered, made.upstream_failed, made.upstream_ns) == (5, 1, 600)
    assert (made.http, made.messages) == ({"2": 5}, {"status": "upstream: refused"})
    silent = replace(reading, http={}, message="")
    assert frame_of(frame(http={"1.1": 6}), silent).http == {"1.1": 6}


def test_calls_are_all_counted_and_only_the_load_is_timed() -> None:
    tally = UpstreamTally()
    tally.add(frame(warmup=True, upstream_answered=4, upstream_ns=400_000_000))
    tally.add(frame(upstream_answered=8, upstream_failed=1, upstream_ns=16_000_000))
    tally.add(frame(upstream_answered=2, upstream_ns=4_000_000))
    route = Latency(p50=5, p90=5, p99=5, p99_9=5, max=5, mean=5.0)
    told = tally.view(route, 3, 15)
    assert (told.calls, told.connections, told.requests) == (15, 3, 15)
    assert (told.mean_ms, told.lost_ms) == (2.0, 3.0)
    assert tally.view(None, None, None).lost_ms is None


def test_an_app_that_calls_nobody_loses_all_its_time_itself() -> None:
    tally = UpstreamTally()
    tally.add(frame(ok=3))
    told = tally.view(Latency(p50=4, p90=4, p99=4, p99_9=4, max=4, mean=4.0), 0, 0)
    assert (told.calls, told.mean_ms, told.lost_ms) == (0, None, 4.0)


@pytest.mark.parametrize(
    ("headers", "calls"),
    [
        ([(b"host", b"127.0.0.1:1"), (b"x-httptui-token", b"abc")], 1),
        ([(b"host", b"127.0.0.1:1"), (b"x-httptui-token", b"abd")], 0),
        ([(b"host", b"127.0.0.1:1")], 0),
        ([(b"host", b"rebound.example"), (b"x-httptui-token", b"abc")], 0),
    ],
)
async def test_an_app_answers_its_driver_alone_and_counts_the_others(
    headers: list[tuple[bytes, bytes]], calls: int
) -> None:
    ledger, called, sent = Ledger(), [], []

    async def app(*_: Any) -> None:
        called.append(1)

    async def send(message: Any) -> None:
        sent.append(message.get("status"))

    async def receive() -> Any:
        return {}

    await Admitted(app, "abc", ledger)({"type": "http", "headers": headers}, receive, send)
    assert len(called) == calls
    assert sent == ([] if calls else [403, None])
    assert [ledger.drain().foreign for _ in range(2)] == [1 - calls, 0]


def test_the_driver_has_the_token_of_its_app() -> None:
    driver = driver_of(replace(SETUP, token="abc"), 4321)
    assert driver.headers == [(TOKEN_HEADER, "abc")]
    reading = replace(Ledger().drain(), foreign=3)
    assert frame_of(frame(), reading).foreign == 3
