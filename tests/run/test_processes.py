"""Real runs of contenders in two processes: they send what one would send, and the target agrees."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import psutil
import pytest

from httptui import Contender, Load, Plan, Report, Schedule, run
from httptui.plan.model import Stage, Target
from httptui.results.snapshot import Snapshot
from httptui.runs import crew

pytestmark = pytest.mark.slow

PAIR = (
    Contender(engine="raw", processes=2),
    Contender(engine="http.client", reuse="per-worker", processes=2),
)


def plan_of(load: Load, *contenders: Contender, warmup: str | int = 0, **schedule: Any) -> Plan:
    return Plan(
        target=Target(url="embedded/delay/5"),
        load=load,
        schedule=Schedule(warmup=warmup, **schedule),
        contender=contenders or PAIR,
    )


async def report_of(plan: Plan) -> Report:
    async with run(plan) as running:
        async for item in running:
            if isinstance(item, Report):
                return item
    raise AssertionError("the run ended without a report")


@pytest.mark.parametrize(
    ("load", "sent"),
    [
        (Load(concurrency=5, requests=31), 31),
        (Load(concurrency=5, seconds=0.6), None),
        (Load(kind="open", rate=101, seconds=0.6, concurrency=20), 61),
        (Load(kind="burst", concurrency=7), 7),
    ],
    ids=["requests", "seconds", "open", "burst"],
)
async def test_two_processes_send_together_what_one_would(load: Load, sent: int | None) -> None:
    report = await report_of(plan_of(load))
    at_target = report.environment["target"]["contenders"]
    for contender, counted in zip(report.contenders, at_target, strict=True):
        requests = contender.requests
        assert (contender.state, contender.processes) == ("finished", 2)
        assert requests.ok == requests.planned == counted["requests"] > 0
        assert sent is None or requests.ok == sent
        assert sum(count for _, count in contender.histogram.counts) == requests.ok
        assert contender.connections_opened == counted["connections"] <= load.concurrency
        in_slices = sum(piece.ok for piece in contender.slices)
        # The beginning of a timed load, and what ends after it, belong to no block.
        assert (
            in_slices == requests.ok if load.seconds is None else requests.ok / 2 < in_slices <= requests.ok
        )


async def test_a_contender_ends_with_the_first_of_its_processes_that_dies() -> None:
    others = set(psutil.Process().children())
    ended = False
    async with run(plan_of(Load(concurrency=4, seconds=20), PAIR[0])) as running:
        async for item in running:
            if isinstance(item, Snapshot) and item.contenders[0].requests.ok and not ended:
                lanes = [
                    child
                    for child in psutil.Process().children()
                    if child not in others and "httptui.engines.lane" in child.cmdline()
                ]
                assert len(lanes) == 2
                os.kill(lanes[1].pid, signal.SIGKILL)
                ended = True
            if isinstance(item, Report):
                assert item.contenders[0].state == "dnf"
                assert item.contenders[0].cause == "process 2 of 2: killed by SIGKILL"
    assert not any(lane.is_running() and lane.status() != psutil.STATUS_ZOMBIE for lane in lanes)


async def test_pinning_spreads_processes_over_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    pinned: list[tuple[int, int]] = []
    monkeypatch.setattr(crew, "pin", lambda pid, number: pinned.append((pid, number)))
    single = Contender(engine="raw")
    await report_of(plan_of(Load(concurrency=2, requests=2), PAIR[0], single, PAIR[0], pin=True))
    assert sorted(number for _, number in pinned) == [1, 2, 3, 4, 5]
    assert len({pid for pid, _ in pinned}) == 5


async def test_a_pause_and_more_load_reach_every_process() -> None:
    stepped, most = False, 0
    async with run(plan_of(Load(concurrency=4, seconds=1.0), PAIR[0])) as running:
        async for item in running:
            if isinstance(item, Snapshot):
                most = max(most, item.contenders[0].in_flight)
            if isinstance(item, Snapshot) and item.phase == "running" and not stepped:
                stepped = True
                running.pause()
                running.set_load(6)
                await asyncio.sleep(0)
                running.resume()
            if isinstance(item, Report):
                contender = item.contenders[0]
                assert contender.state == "finished"
                assert contender.requests.planned == contender.requests.ok
                assert (contender.connections_opened, most) == (4, 6)


async def test_a_process_without_a_worker_in_the_warm_up_leaves_its_requests_to_the_others() -> None:
    load = Load(concurrency=1, stages=(Stage(seconds=0.3, to=8),))
    report = await report_of(plan_of(load, PAIR[0], warmup=10))
    (contender,) = report.contenders
    assert (contender.state, contender.warmup_requests) == ("finished", 10)
    assert contender.requests.ok == contender.requests.planned > 0
