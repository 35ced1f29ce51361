"""Many URLs, retries and politeness in real lanes: what servers saw is what was planned and counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

import pytest
from msgspec import structs

from httptui import Contender, Load, Plan, Policy, Report, Schedule, Target, run
from httptui.plan.urls import in_order
from httptui.results.report import ReportContender

pytestmark = pytest.mark.slow

WAYS = ("aiohttp", "raw", "requests")
"""An engine of tasks, one that calls back, and one of threads."""


class Recording:
    """A server that answers everything with "ok" and keeps, by User-Agent, each path and when it came."""

    def __init__(self) -> None:
        self.seen: dict[str, list[tuple[float, str]]] = {}
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await self._head(reader):
            line, *fields = head.decode().split("\r\n")
            agent = next(field for field in fields if field.lower().startswith("user-agent: "))[12:]
            self.seen.setdefault(agent, []).append((perf_counter(), line.split()[1]))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    def paths(self) -> list[str]:
        (seen,) = self.seen.values()
        return [path for _, path in seen]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@asynccontextmanager
async def recording() -> AsyncIterator[Recording]:
    recorded = Recording()
    server = await asyncio.start_server(recorded.answer, "127.0.0.1", 0)
    recorded.port = server.sockets[0].getsockname()[1]
    async with server:
        yield recorded


async def conduct(plan: Plan) -> Report:
    *_, report = [item async for item in run(plan)]
    assert isinstance(report, Report)
    return report


def plan_of(*engines: str, target: Target, load: Load, policy: Policy | None = None, warmup: int = 0) -> Plan:
    return Plan(
        target=target,
        policy=policy or Policy(timeout=10),
        load=load,
        schedule=Schedule(kind="sequential", warmup=warmup, seed=7),
        contender=tuple(Contender(engine=name) for name in engines),
    )


def assert_target_counted_every_try(report: Report) -> list[ReportContender]:
    """Planned = ok + error + timeout + cancelled, and the target counted those and the retried ones."""
    for contender, counted in zip(report.contenders, report.environment["target"]["contenders"], strict=True):
        requests = contender.requests
        assert requests.planned == requests.ok + requests.error + requests.timeout + requests.cancelled
        assert requests.planned + requests.retried + contender.warmup_requests == counted["requests"]
    return list(report.contenders)


@pytest.mark.parametrize("order", ["in-order", "shuffle"])
async def test_every_contender_sends_the_same_urls_in_the_same_order(order: str) -> None:
    async with recording() as server:
        urls = tuple(server.url(path) for path in ("/a", "/b?c=d", "/items/{n}", "/e%20f"))
        target = Target(urls=urls, order=order)  # type: ignore[arg-type]
        for engine in WAYS:
            server.seen.clear()
            await conduct(plan_of(engine, target=target, load=Load(concurrency=1, requests=6), warmup=3))
            *warm, last = server.paths()[:3], server.paths()[3:]
            listed = [url.partition(str(server.port))[2] for url in in_order(target, urls, 7)]
            wanted = [listed[number % 4].replace("{n}", str(number)) for number in range(6)]
            assert (warm, last) == ([wanted[:3]], wanted)


@pytest.mark.parametrize("load", [Load(kind="burst", concurrency=6), Load(kind="open", rate=60, seconds=0.1)])
async def test_bursts_and_open_loads_number_their_requests_too(load: Load) -> None:
    async with recording() as server:
        report = await conduct(plan_of("raw", target=Target(url=server.url("/items/{n}")), load=load))
    assert report.contenders[0].requests.ok == 6
    assert sorted(server.paths()) == [f"/items/{number}" for number in range(6)]


async def test_processes_of_one_contender_share_its_numbers() -> None:
    async with recording() as server:
        plan = plan_of("aiohttp", target=Target(url=server.url("/{n}")), load=Load(concurrency=4, requests=9))
        await conduct(structs.replace(plan, contender=(Contender(engine="aiohttp", processes=2),)))
    assert sorted(server.paths()) == [f"/{number}" for number in range(9)]


async def test_what_fails_for_good_is_tried_as_often_as_allowed_and_is_one_error() -> None:
    policy = Policy(retries=2, retry_wait=0.001)
    target = Target(urls=("embedded/status/503", "embedded/status/404", "embedded/bytes/5"))
    report = await conduct(
        plan_of(*WAYS, target=target, policy=policy, load=Load(concurrency=3, requests=30), warmup=3)
    )
    for contender in assert_target_counted_every_try(report):
        requests = contender.requests
        assert (requests.planned, requests.ok, requests.error, requests.retried) == (30, 10, 20, 20)
        assert contender.status == {"503": 10, "404": 10, "200": 10}
        assert contender.warmup_requests == 3 + 2
        assert contender.bytes >= 50


async def test_what_fails_by_chance_is_counted_at_the_target_try_by_try() -> None:
    policy = Policy(retries=10, retry_wait=0.0)
    target = Target(url="embedded/?error_rate=0.4")
    load = Load(concurrency=8, requests=200)
    for contender in assert_target_counted_every_try(
        await conduct(plan_of(*WAYS, "pycurl", target=target, policy=policy, load=load))
    ):
        # Each fails at all of eleven tries with a probability of 0.4¹¹, 1 in 24,000.
        assert contender.requests.ok >= 199
        assert contender.requests.retried > 50


async def test_errors_of_connecting_are_tried_again_and_the_last_one_is_told() -> None:
    async with recording() as server:
        port = server.port
    # With the proxies of the environment allowed, nobody tries the host before the load.
    policy = Policy(retries=1, retry_wait=0.001, trust_env=True)
    target, load = Target(url=f"http://127.0.0.1:{port}/"), Load(concurrency=2, requests=4)
    report = await conduct(plan_of("requests", target=target, policy=policy, load=load))
    (contender,) = report.contenders
    assert contender.errors == {"refused": 4}
    assert (contender.requests.error, contender.requests.retried) == (4, 4)


@pytest.mark.parametrize("engine", WAYS)
async def test_requests_to_each_host_are_as_far_apart_as_wanted(engine: str) -> None:
    async with recording() as first, recording() as second:
        urls = (first.url("/"), second.url("/"), first.url("/again"))
        policy = Policy(per_host_rate=25.0)
        load = Load(concurrency=5, requests=15)
        report = await conduct(plan_of(engine, target=Target(urls=urls), policy=policy, load=load))
    (contender,) = report.contenders
    assert contender.requests.ok == 15
    assert (len(first.paths()), len(second.paths())) == (10, 5)
    assert contender.seconds >= 9 / 25
    latency = contender.latency_ms
    assert latency is not None
    # Waiting for a host is no time of service: ten requests of one host take 360 ms.
    assert latency.p50 < 100
