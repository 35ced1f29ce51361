"""Open load, stages, think time and epochs with real lanes: every planned request is accounted for."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from httptui import Contender, Load, Plan, Report, Schedule, Target, run
from httptui.engines.lane.turn import Arrivals, ramps_of
from httptui.plan.model import Stage
from httptui.results.report import ReportContender

pytestmark = pytest.mark.slow


async def report_of(load: Load, *engines: str, url: str = "embedded", **schedule: object) -> Report:
    plan = Plan(
        target=Target(url=url),
        load=load,
        schedule=Schedule(**({"warmup": 0} | schedule)),  # type: ignore[arg-type]
        contender=tuple(Contender(engine=engine) for engine in engines),
    )
    items = [item async for item in run(plan)]
    report = items[-1]
    assert isinstance(report, Report)
    return report


def assert_accounted_for(contender: ReportContender) -> None:
    requests = contender.requests
    assert requests.planned == (
        requests.ok + requests.error + requests.timeout + requests.dropped + requests.cancelled
    )


@pytest.mark.parametrize("kind", ["constant", "poisson"])
async def test_an_open_load_plans_the_same_arrivals_for_every_contender(kind: str) -> None:
    load = Load(kind="open", rate=100, seconds=2, arrivals=kind, concurrency=200)  # type: ignore[arg-type]
    report = await report_of(load, "aiohttp", "requests", "raw", seed=5)
    wanted = len(list(Arrivals(ramps_of(100, 2, []), poisson=kind == "poisson", seed=5)))
    for contender, counted in zip(report.contenders, report.environment["target"]["contenders"], strict=True):
        assert contender.requests.planned == wanted
        assert_accounted_for(contender)
        assert contender.requests.ok + contender.requests.dropped == wanted
        assert counted["requests"] == contender.requests.ok
        assert contender.response_ms is not None
        assert contender.latency_ms is not None
        assert contender.response_ms.mean >= contender.latency_ms.mean
        assert contender.response_histogram is not None
        assert sum(count for _, count in contender.response_histogram.counts) == contender.requests.ok


async def test_what_finds_the_most_in_flight_is_dropped_and_never_sent() -> None:
    load = Load(kind="open", rate=100, seconds=1, concurrency=2)
    report = await report_of(load, "aiohttp", "requests", url="embedded/delay/200")
    for contender, counted in zip(report.contenders, report.environment["target"]["contenders"], strict=True):
        assert_accounted_for(contender)
        assert contender.requests.planned == 100
        assert 4 <= contender.requests.ok <= 10
        assert contender.requests.dropped == 100 - contender.requests.ok
        assert counted["requests"] == contender.requests.ok


async def test_a_generator_that_was_stopped_shows_in_response_time_not_in_service_time() -> None:
    plan = Plan(
        target=Target(url="embedded"),
        load=Load(kind="open", rate=200, seconds=3, concurrency=400),
        schedule=Schedule(warmup=0),
        contender=(Contender(engine="raw"),),
    )
    report, stopped = None, False
    async for item in run(plan):
        if isinstance(item, Report):
            report = item
        elif not stopped and item.contenders[0].requests.ok > 50:
            (lane,) = [
                child for child in psutil.Process().children() if "httptui.engines.lane" in child.cmdline()
            ]
            os.kill(lane.pid, signal.SIGSTOP)
            await _half_a_second()
            os.kill(lane.pid, signal.SIGCONT)
            stopped = True
    assert report is not None
    (contender,) = report.contenders
    assert contender.requests.ok == 600
    assert contender.response_ms is not None
    assert contender.latency_ms is not None
    assert contender.late_p99_ms is not None
    assert contender.response_ms.max >= 450
    # A sixth of all were due in the half second, so a tenth of all waited for two fifths of it and more.
    assert contender.response_ms.p90 >= 150
    assert sum(count for value, count in contender.histogram.counts if value >= 150e6) <= 6
    assert contender.late_p99_ms > 300


async def test_a_stalled_target_shows_in_the_response_time_of_all_that_waited_for_it() -> None:
    plan = Plan(
        target=Target(url="embedded"),
        load=Load(kind="open", rate=200, seconds=4, concurrency=800),
        schedule=Schedule(warmup=0),
        contender=(Contender(engine="raw"),),
    )
    report, stalled = None, False
    async for item in run(plan):
        if isinstance(item, Report):
            report = item
        elif not stalled and item.contenders[0].requests.ok > 50:
            (target,) = [
                child for child in psutil.Process().children() if "httptui.target" in child.cmdline()
            ]
            os.kill(target.pid, signal.SIGSTOP)
            await _half_a_second()
            os.kill(target.pid, signal.SIGCONT)
            stalled = True
    assert report is not None
    (contender,) = report.contenders
    assert contender.requests.ok == 800
    assert contender.response_ms is not None
    assert contender.response_ms.p99 == pytest.approx(500 - 0.01 * 4_000, rel=0.1)


async def test_stages_raise_the_rate() -> None:
    load = Load(
        kind="open", rate=10, stages=(Stage(seconds=1, to=10), Stage(seconds=2, to=100)), concurrency=50
    )
    report = await report_of(load, "aiohttp")
    assert report.contenders[0].requests.planned == 120


async def test_stages_raise_the_concurrency_of_a_closed_load() -> None:
    load = Load(concurrency=1, stages=(Stage(seconds=1.5, to=8),))
    report = await report_of(load, "aiohttp", "requests", url="embedded/delay/50")
    for contender in report.contenders:
        assert contender.concurrency == 8
        assert contender.connections_opened == 8
        assert_accounted_for(contender)


async def test_thinking_workers_pause_between_requests() -> None:
    report = await report_of(Load(concurrency=2, seconds=1, think=0.3), "aiohttp", "requests")
    for contender in report.contenders:
        assert contender.requests.ok == 8


async def test_every_epoch_starts_the_lanes_anew_and_all_connections_are_counted() -> None:
    load = Load(concurrency=2, requests=10)
    report = await report_of(load, "aiohttp", "urllib3", rounds=3, epochs=3, warmup=2)
    for contender, counted in zip(report.contenders, report.environment["target"]["contenders"], strict=True):
        assert [part.epoch for part in contender.slices] == [0, 1, 2]
        assert contender.requests.ok == 30
        assert contender.warmup_requests == 6
        assert contender.connections_opened == counted["connections"] == 6


async def test_pinned_lanes_stay_on_one_core() -> None:
    plan = Plan(
        load=Load(concurrency=2, seconds=0.5),
        schedule=Schedule(warmup=0, pin=True),
        contender=(Contender(engine="raw"),),
    )
    seen = set()
    async for item in run(plan):
        if not isinstance(item, Report) and item.phase == "running":
            for child in psutil.Process().children():
                seen.add((len(child.cpu_affinity()), "httptui.engines.lane" in child.cmdline()))
    assert {(1, True), (1, False)} <= seen


async def _half_a_second() -> None:
    """The stop is the thing under test, so this is the one place where time has to pass."""
    import asyncio

    await asyncio.sleep(0.5)
