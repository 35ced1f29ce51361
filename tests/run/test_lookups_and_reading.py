"""Real lanes: names looked up against known answers, and how answers are read against the target's counts."""

from __future__ import annotations

from typing import Any

import pytest

from httptui import Contender, Load, Plan, Report, Schedule, Target, run

pytestmark = pytest.mark.slow

REQUESTS = 24
IN_FLIGHT = 4
PYTHONS = (
    "aiohttp",
    "aiosonic",
    "http.client",
    "httpx",
    "httpx-aiohttp",
    "httpx-sync",
    "httpx2",
    "requests",
    "urllib3",
)
OTHERS = ("curl_cffi", "pycurl", "pyreqwest", "raw", "wreq")
CACHING = ("aiohttp", "aiosonic", "httpx-aiohttp")


async def report_of(*contenders: Contender, requests: int = REQUESTS, **target: Any) -> Report:
    plan = Plan(
        target=Target(**target),
        load=Load(concurrency=IN_FLIGHT, requests=requests),
        schedule=Schedule(kind="sequential", warmup=0),
        contender=contenders,
    )
    async for item in run(plan):
        if isinstance(item, Report):
            assert [one.requests.ok for one in item.contenders] == [requests] * len(contenders)
            return item
    raise AssertionError("no report")


async def test_a_client_for_each_request_looks_up_its_name_for_each_and_a_kept_one_for_each_connection() -> (
    None
):
    anew = [Contender(engine=engine, reuse="per-request") for engine in PYTHONS]
    kept = [Contender(engine=engine) for engine in PYTHONS]
    report = await report_of(*anew, *kept, dns_ms=0)
    told = [event.text for event in report.events]
    assert f"A opened {REQUESTS} connections and looked up {REQUESTS} names for {REQUESTS} requests" in told
    for contender in report.contenders:
        if contender.reuse == "per-request":
            assert contender.dns_lookups == contender.connections_opened == REQUESTS, contender.label
        elif contender.engine == "aiohttp":
            assert contender.dns_lookups == 1
        else:
            least = 1 if contender.engine in CACHING else contender.connections_opened
            assert least is not None
            assert contender.connections_opened is not None
            assert least <= (contender.dns_lookups or 0) <= contender.connections_opened, contender.label


async def test_a_cache_that_is_off_and_another_loop_are_counted_alike() -> None:
    report = await report_of(
        Contender(engine="aiohttp", dns_ttl=0),
        Contender(engine="aiohttp", dns_ttl=0, loop="uvloop"),
        Contender(engine="httpx", reuse="per-request", loop="uvloop"),
        Contender(engine="aiohttp", loop="uvloop", dns_ttl=60),
        dns_ms=30,
    )
    plain, on_uvloop, anew, cached = report.contenders
    assert plain.dns_lookups == plain.connections_opened
    assert on_uvloop.dns_lookups == on_uvloop.connections_opened
    assert (anew.dns_lookups, cached.dns_lookups) == (REQUESTS, 1)
    assert anew.latency_ms is not None
    assert anew.latency_ms.p50 >= 30


async def test_clients_with_a_resolver_of_their_own_reach_the_name_and_tell_no_lookups() -> None:
    report = await report_of(*(Contender(engine=engine) for engine in OTHERS), dns_ms=0)
    assert [one.dns_lookups for one in report.contenders] == [None] * len(OTHERS)


async def test_an_address_is_looked_up_by_nobody() -> None:
    report = await report_of(Contender(engine="aiohttp"), Contender(engine="requests"))
    assert [one.dns_lookups for one in report.contenders] == [0, 0]


async def test_bytes_are_those_of_the_bodies_that_were_taken() -> None:
    reads: tuple[Any, ...] = ("bytes", "text", "json", "headers")
    contenders = [Contender(engine=engine, read=read) for engine in ("aiohttp", "requests") for read in reads]
    report = await report_of(*contenders, url="embedded/json/2000")
    assert [one.read for one in report.contenders] == [*reads, *reads]
    taken = [one.bytes for one in report.contenders]
    assert taken == [2000 * REQUESTS] * 3 + [0] + [2000 * REQUESTS] * 3 + [0]
    # A body that came with its headers leaves nothing behind for aiohttp, but requests closes without looking.
    assert report.contenders[7].connections_opened == REQUESTS
