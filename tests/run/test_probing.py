"""The probe after the load: what it sends is counted nowhere but among the requests that are not counted."""

from __future__ import annotations

import pytest
from msgspec import structs

from httptui import Contender, Load, Plan, Report, Schedule, Snapshot, Target, run
from httptui.plan.model import Policy, Stage
from httptui.results.report import ReportContender
from httptui.results.snapshot import ContenderView, Latency
from httptui.runs.consent import Consented
from httptui.runs.probing import may_probe, turns_of
from httptui.target.process import EmbeddedTarget

POOL = Contender(engine="aiohttp", pool=2)
PLAN = Plan(
    target=Target(url="embedded/delay/20"),
    load=Load(concurrency=16, seconds=2.0),
    schedule=Schedule(kind="interleaved", warmup="100ms"),
    contender=(POOL, Contender(engine="raw")),
)


async def conduct(plan: Plan) -> tuple[list[Snapshot], Report]:
    items = [item async for item in run(plan)]
    report = items.pop()
    assert isinstance(report, Report)
    return [item for item in items if isinstance(item, Snapshot)], report


def sent(contender: ReportContender) -> int:
    requests = contender.requests
    return requests.ok + requests.error + requests.timeout + requests.cancelled + contender.warmup_requests


def told(report: Report) -> list[str]:
    return [event.text for event in report.events if event.text.startswith("probed")]


@pytest.mark.slow
async def test_a_pool_is_told_from_latency_and_the_targets_counts_agree() -> None:
    snapshots, report = await conduct(PLAN)
    pool, raw = report.contenders
    assert pool.limiter.kind == "pool", pool.limiter.sentence
    assert "2 connections were open for 16 in flight; with 8 in flight instead of 16" in pool.limiter.sentence
    assert "a bare request beside the load took" in pool.limiter.sentence
    assert raw.limiter.kind in ("latency", "machine", "unknown")
    assert any(snapshot.phase == "probing" for snapshot in snapshots)
    assert report.complete
    assert len(told(report)) == 1
    assert told(report)[0].startswith("probed what limits A")
    for contender, counted in zip(report.contenders, report.environment["target"]["contenders"], strict=True):
        assert counted["requests"] == sent(contender)
        assert counted["connections"] == contender.connections_opened
        assert contender.warmup_requests > 10
        assert contender.requests.planned == contender.requests.ok


@pytest.mark.slow
async def test_a_target_that_the_run_did_not_start_has_seen_what_the_report_says() -> None:
    target = await EmbeddedTarget.start()
    try:
        elsewhere = structs.replace(
            PLAN,
            target=Target(url=f"{target.base_url()}/delay/20"),
            schedule=Schedule(kind="concurrent", warmup="100ms"),
        )
        _, report = await conduct(elsewhere)
        counted = (await target.stats()).requests
    finally:
        await target.stop()
    assert counted == sum(map(sent, report.contenders))
    assert len(told(report)) == 1


@pytest.mark.slow
async def test_a_run_without_a_probe_sends_nothing_after_its_load() -> None:
    plan = structs.replace(PLAN, schedule=structs.replace(PLAN.schedule, probe=False))
    snapshots, report = await conduct(plan)
    assert not told(report)
    assert all(snapshot.phase != "probing" for snapshot in snapshots)


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True),
        ({"load": Load(concurrency=16, requests=100)}, False),
        ({"load": Load(kind="burst", concurrency=16)}, False),
        ({"load": Load(kind="open", rate=5)}, False),
        ({"load": Load(stages=(Stage(seconds=2, to=8),))}, False),
        ({"policy": Policy(per_host_rate=5)}, False),
        ({"schedule": Schedule(probe=False)}, False),
    ],
)
def test_only_a_timed_load_of_one_level_is_probed(changes: dict[str, object], may: bool) -> None:
    assert may_probe(structs.replace(PLAN, **changes)) == may


@pytest.mark.parametrize(
    ("seconds", "mean_ms", "beside", "alone"),
    [
        (1.0, 20.0, None, None),
        (2.0, 5.0, 0.12, 0.08),
        (2.0, 200.0, 0.16, 0.08),
        (60.0, 5.0, 0.12, 0.12),
        (60.0, 2_000.0, 0.4, 0.2),
    ],
)
def test_a_probe_takes_a_fifth_of_the_load_and_a_second_at_the_most(
    seconds: float, mean_ms: float, beside: float | None, alone: float | None
) -> None:
    times = Latency(p50=mean_ms, p90=mean_ms, p99=mean_ms, p99_9=mean_ms, max=mean_ms, mean=mean_ms)
    turns = turns_of(
        ContenderView(
            id="A", label="a", engine="a", reuse="shared", concurrency=8, seconds=seconds, latency_ms=times
        )
    )
    if beside is None:
        assert turns is None
        return
    assert turns is not None
    assert (turns.beside, turns.alone) == pytest.approx((beside, alone))
    assert 2 * turns.beside + turns.alone <= min(seconds / 5, 1.0) + 1e-9


def test_load_is_added_only_nearby() -> None:
    here, office, far = ("127.0.0.1",), ("10.0.0.3",), ("10.0.0.3", "93.184.216.34")
    assert Consented().near
    assert Consented(pins={"here": here, "office": office}).near
    assert not Consented(pins={"here": here, "far": far}).near
