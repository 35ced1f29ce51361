"""Real apps: every request of a route is one upstream call, and one request at the target."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import sys

import psutil
import pytest
from endings import still_running
from msgspec import structs

from httptui import Contender, Load, Plan, Policy, Report, Schedule, Snapshot, Target, run
from httptui.plan.io import checked_plan
from httptui.presets import load_preset

pytestmark = pytest.mark.slow


def apps() -> list[psutil.Process]:
    """The apps that this process has started."""
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "httptui.engines.inside" in child.cmdline()
    ]


async def report_of(plan: Plan) -> Report:
    async with run(plan) as running:
        async for item in running:
            if isinstance(item, Report):
                return item
    raise AssertionError("the run ended without a report")


async def test_the_preset_runs_and_its_counts_agree_request_for_request() -> None:
    preset = load_preset("fastapi-fanout")
    load = structs.replace(preset.load, concurrency=8, requests=60, seconds=None)
    schedule = Schedule(kind="interleaved", warmup=5)
    plan = checked_plan(
        structs.replace(preset, load=load, schedule=schedule, target=Target(url="embedded/delay/2"))
    )
    report = await report_of(plan)
    counted = report.environment["target"]["contenders"]
    for contender, at_target in zip(report.contenders, counted, strict=True):
        sent = contender.requests.ok + contender.warmup_requests
        calls = 0 if contender.inside == "fastapi-ping" else sent
        assert (contender.state, contender.requests.ok, sent) == ("finished", 60, 65)
        assert contender.upstream is not None
        assert contender.upstream.calls == contender.upstream.requests == at_target["requests"] == calls
        assert contender.upstream.connections == contender.connections_opened == at_target["connections"]
        assert contender.cpu_us_per_request is not None
        assert contender.cpu_us_per_request > 0
        assert {"fastapi", "uvicorn", "uvloop"} <= contender.versions.keys()
        assert contender.latency_ms is not None
        mean = contender.upstream.mean_ms or 0.0
        assert contender.upstream.lost_ms == pytest.approx(contender.latency_ms.mean - mean)
    ping, *callers = report.contenders
    assert ping.upstream is not None
    assert ping.upstream.mean_ms is None
    assert all(one.upstream is not None and (one.upstream.mean_ms or 0) >= 2 for one in callers)
    blocking = callers[2]
    assert (blocking.inside, blocking.connections_opened) == ("fastapi-async-blocking", 1)
    assert apps() == []


async def test_an_upstream_that_fails_makes_the_route_fail_with_its_reason() -> None:
    plan = Plan(
        target=Target(url="embedded/status/503"),
        load=Load(concurrency=2, requests=6),
        schedule=Schedule(warmup=0),
        contender=(
            Contender(engine="aiohttp", inside="fastapi-async"),
            Contender(engine="urllib3", inside="fastapi-sync", reuse="per-request"),
        ),
    )
    report = await report_of(plan)
    for contender in report.contenders:
        assert (contender.requests.ok, contender.requests.error, contender.status) == (0, 6, {"502": 6})
        assert contender.first_messages == {"status": "upstream answered with status 503"}
        assert contender.upstream is not None
        assert contender.upstream.calls == contender.upstream.requests == 6
    assert report.contenders[1].connections_opened == 6


async def test_an_app_that_dies_is_told_while_the_others_go_on() -> None:
    plan = Plan(
        target=Target(url="embedded/delay/5"),
        policy=Policy(timeout=5),
        load=Load(concurrency=2, seconds=1.5),
        schedule=Schedule(warmup=0),
        contender=(
            Contender(engine="requests", inside="fastapi-sync"),
            Contender(engine="raw"),
        ),
    )
    killed = False
    async with run(plan) as running:
        async for item in running:
            if isinstance(item, Snapshot) and not killed and item.contenders[0].requests.ok:
                (app,) = apps()
                os.kill(app.pid, signal.SIGKILL)
                killed = True
            if isinstance(item, Report):
                report = item
    first, second = report.contenders
    assert (first.state, first.cause) == ("dnf", "its app: killed by SIGKILL")
    assert second.state == "finished"
    assert apps() == []


async def test_an_app_leaves_when_its_parent_is_gone() -> None:
    script = """
import asyncio
from httptui import Contender, Load, Plan, Schedule, Snapshot, run

async def main():
    plan = Plan(
        load=Load(concurrency=1, seconds=60), schedule=Schedule(warmup=0),
        contender=(Contender(engine="raw", inside="fastapi-ping"),),
    )
    async for item in run(plan):
        if isinstance(item, Snapshot) and item.contenders[0].requests.ok:
            print("under load", flush=True)

asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"under load\n"
    family = psutil.Process(process.pid).children(recursive=True)
    assert any("httptui.engines.inside" in member.cmdline() for member in family)
    process.kill()
    await process.wait()
    assert still_running(family) == []


def asked_by_another(port: int) -> int:
    """The status that another program gets from an app."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/upstream")
    status = connection.getresponse().status
    connection.close()
    return status


async def test_nobody_else_can_make_an_app_call_its_upstream() -> None:
    plan = Plan(
        target=Target(url="embedded/delay/2", method="DELETE"),
        load=Load(concurrency=2, seconds=1.0),
        schedule=Schedule(warmup=0, probe=False),
        contender=(Contender(engine="aiohttp", inside="fastapi-async"),),
    )
    statuses: list[int] = []
    async with run(plan) as running:
        async for item in running:
            if isinstance(item, Snapshot) and item.phase == "running" and not statuses:
                (app,) = apps()
                (place,) = [one for one in app.net_connections("tcp4") if one.status == psutil.CONN_LISTEN]
                port = place.laddr.port
                statuses = [await asyncio.to_thread(asked_by_another, port) for _ in range(5)]
    assert isinstance(item, Report)
    assert statuses == [403] * 5
    (contender,) = item.contenders
    assert item.environment["target"]["requests"] == contender.requests.ok
    (flag,) = [flag for flag in item.flags if flag.kind == "foreign traffic"]
    assert "the app of A refused 5 requests of others" in flag.sentence


async def test_requests_of_another_program_to_the_target_are_told() -> None:
    plan = Plan(
        target=Target(url="embedded/delay/2"),
        load=Load(concurrency=1, seconds=1.0),
        schedule=Schedule(warmup=0, probe=False),
        contender=(Contender(engine="aiohttp"),),
    )

    def ask(port: int) -> list[int]:
        statuses = []
        for path in [*["/"] * 30, "/stats"]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", path)
            statuses.append(connection.getresponse().status)
            connection.close()
        return statuses

    statuses: list[int] = []
    async with run(plan) as running:
        async for item in running:
            if isinstance(item, Snapshot) and item.phase == "running" and not statuses:
                children = psutil.Process().children(recursive=True)
                (target,) = [child for child in children if "httptui.target" in child.cmdline()]
                (place,) = [one for one in target.net_connections("tcp4") if one.status == psutil.CONN_LISTEN]
                statuses = await asyncio.to_thread(ask, place.laddr.port)
    assert isinstance(item, Report)
    assert statuses == [200] * 30 + [403]
    (flag,) = [flag for flag in item.flags if flag.kind == "foreign traffic"]
    assert "reached the target on the port of A" in flag.sentence
    assert item.environment["target"]["foreign_requests"] == 1
    assert "another program asked the target for its counts, and was refused" in item.warnings
