"""Runs whose figures are known: a target that hangs, arrivals that are dropped, late answers, and idle lanes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from httptui import Contender, Load, Plan, Policy, Report, Schedule, Target, run
from httptui.errors import ExitCode
from httptui.figures import own_cpu_share
from httptui.tui.exit_codes import exit_code_of

pytestmark = pytest.mark.slow


@asynccontextmanager
async def hanging(every: int) -> AsyncIterator[str]:
    """A server that answers at once, but for one request of so many, which it never answers."""
    count = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                count += 1
                if count % every:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()


async def report_of(plan: Plan) -> Report:
    items = [item async for item in run(plan)]
    report = items[-1]
    assert isinstance(report, Report)
    return report


@pytest.mark.parametrize("engine", ["aiohttp", "raw", "requests"])
async def test_requests_that_hang_are_in_the_percentile_that_a_gate_asks_for(engine: str) -> None:
    async with hanging(every=20) as url:
        report = await report_of(
            Plan(
                target=Target(url=url),
                load=Load(concurrency=8, seconds=3),
                policy=Policy(timeout=0.3),
                schedule=Schedule(warmup=0),
                contender=(Contender(engine=engine),),
                expect=("p99 < 200ms", "p50 < 200ms", "errors == 0"),
            )
        )
    (contender,) = report.contenders
    latency = contender.latency_ms
    assert latency is not None
    assert latency.censored == contender.requests.timeout + contender.requests.cancelled > 0
    assert latency.p99 >= 300
    assert latency.at_most["p99"] is None
    assert contender.lower_bounds is not None
    assert sum(count for _, count in contender.lower_bounds.counts) == latency.censored
    assert [result.met for result in report.expectations] == [False, True, False]
    assert [result.decided for result in report.expectations] == [True, True, True]
    assert exit_code_of(report) == ExitCode.THRESHOLD_MISSED


async def test_a_rate_that_was_served_is_told_as_it_was_however_late_the_last_answers_came() -> None:
    report = await report_of(
        Plan(
            target=Target(url="embedded/delay/800"),
            load=Load(kind="open", rate=300, seconds=2, concurrency=400),
            schedule=Schedule(warmup=0),
            contender=(Contender(engine="raw"),),
        )
    )
    (contender,) = report.contenders
    assert contender.requests.ok == 600
    assert contender.seconds == pytest.approx(2, abs=0.001)
    assert contender.req_per_s == pytest.approx(300, rel=0.01)
    assert contender.offered_per_s == pytest.approx(300, rel=0.01)


async def test_arrivals_that_are_dropped_are_flagged_and_meet_no_gate() -> None:
    report = await report_of(
        Plan(
            target=Target(url="embedded/delay/200"),
            load=Load(kind="open", rate=200, seconds=2, concurrency=4),
            schedule=Schedule(warmup=0),
            contender=(Contender(engine="aiohttp"),),
            expect=("errors == 0", "p50 < 1s", "response_p99 < 10s", "served_per_s > 150"),
        )
    )
    (contender,) = report.contenders
    share = contender.requests.dropped / contender.requests.planned
    assert share > 0.8
    (flag,) = [flag for flag in report.flags if flag.kind == "dropped"]
    assert flag.sentence.startswith("A dropped ")
    assert flag.sentence.endswith(" % of arrivals: not sent, in-flight limit reached")
    assert not any(result.met for result in report.expectations)
    assert all(result.decided for result in report.expectations)
    assert exit_code_of(report) == ExitCode.THRESHOLD_MISSED
    assert contender.offered_per_s == pytest.approx(200, rel=0.01)
    assert contender.req_per_s == pytest.approx(contender.requests.ok / 2, rel=0.01)


async def test_a_gate_on_few_requests_is_not_decided_unless_it_is_missed_all_the_same() -> None:
    report = await report_of(
        Plan(
            target=Target(url="embedded/delay/20"),
            load=Load(concurrency=4, requests=200),
            schedule=Schedule(warmup=0),
            contender=(Contender(engine="aiohttp"),),
            expect=("p99 < 5s", "p99 < 5ms", "p50 < 5s"),
        )
    )
    assert [(result.met, result.decided) for result in report.expectations] == [
        (False, False),
        (False, True),
        (True, True),
    ]
    assert "2 of 200 requests lie beyond" in report.expectations[0].sentence
    assert exit_code_of(report) == ExitCode.THRESHOLD_MISSED


async def test_at_a_low_rate_most_of_the_cpu_is_the_tools_and_is_compared_with_nothing() -> None:
    report = await report_of(
        Plan(
            target=Target(url="embedded"),
            load=Load(kind="open", rate=4, seconds=2, concurrency=4),
            schedule=Schedule(warmup=0),
            contender=(Contender(engine="raw"), Contender(engine="requests")),
        )
    )
    for contender in report.contenders:
        assert own_cpu_share(contender) > 0.10
        assert contender.warmup_requests == 0
    assert report.cpu_ranking == ()
    (flag,) = [flag for flag in report.flags if flag.kind == "own CPU"]
    assert flag.sentence.startswith("CPU per request not compared: at this rate ")


async def test_at_full_speed_hardly_any_of_the_cpu_is_the_tools() -> None:
    report = await report_of(
        Plan(
            target=Target(url="embedded"),
            load=Load(concurrency=8, seconds=1),
            schedule=Schedule(warmup=0),
            contender=(Contender(engine="raw"),),
        )
    )
    (contender,) = report.contenders
    assert contender.own_cpu_us_per_request is not None
    assert 0 < own_cpu_share(contender) < 0.10
