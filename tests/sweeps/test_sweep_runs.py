"""Real sweeps against the real target: what the report says is what the target counted."""

from __future__ import annotations

import os

import psutil
import pytest
from msgspec.structs import replace
from swept_plans import plan_of

from httptui import Load, Plan, Schedule, Sweep, SweepReport, SweepSnapshot, Target, sweep
from httptui.errors import NothingFinishedError
from httptui.presets import load_preset

pytestmark = pytest.mark.slow

SHORT = Schedule(kind="interleaved", blocks=1, warmup="20", cooldown=0)


async def conduct(plan: Plan) -> tuple[list[SweepSnapshot], SweepReport]:
    items = [item async for item in sweep(plan)]
    report = items.pop()
    assert isinstance(report, SweepReport)
    return [item for item in items if isinstance(item, SweepSnapshot)], report


def assert_counts_agree(report: SweepReport) -> None:
    """What was sent at all levels is what the target counted of each contender."""
    counted = report.environment["target"]["contenders"]
    for contender, target in zip(report.contenders, counted, strict=True):
        turns = [turn for point in report.points if point.contender == contender.id for turn in point.slices]
        assert turns
        assert target["requests"] == sum(turn.ok + turn.failed + turn.warmup_requests for turn in turns)
        assert target["connections"] == sum(turn.connections or 0 for turn in turns)


def leftovers() -> list[str]:
    """Command lines of processes that this one still has."""
    return [" ".join(child.cmdline()) for child in psutil.Process(os.getpid()).children(recursive=True)]


async def test_two_levels_of_two_contenders_are_what_the_target_counted():
    plan = plan_of({"concurrency": (2.0, 4.0)}, "aiohttp", "raw", load=Load(requests=50), schedule=SHORT)
    snapshots, report = await conduct(plan)
    assert report.complete
    assert_counts_agree(report)
    assert [(point.ok, point.failed) for point in report.points] == [(50, 0)] * 4
    assert [point.connections for point in report.points] == [2, 2, 4, 4]
    assert {snapshot.levels for snapshot in snapshots} == {(2.0,), (4.0,), None}
    assert (snapshots[-1].phase, snapshots[-1].progress) == ("done", 1.0)
    assert leftovers() == []


async def test_a_sweep_that_is_stopped_leaves_a_partial_report_and_no_process():
    plan = plan_of({"concurrency": (1.0, 2.0)}, "raw", load=Load(seconds=60), schedule=SHORT)
    report: SweepReport | None = None
    async with sweep(plan) as sweeping:
        async for item in sweeping:
            if isinstance(item, SweepReport):
                report = item
            elif item.phase == "running":
                sweeping.stop()
    assert report is not None
    assert not report.complete
    assert {point.slices for point in report.points} == {()}
    assert leftovers() == []


async def test_a_sweep_that_is_left_leaves_no_process():
    plan = plan_of({"concurrency": (1.0, 2.0)}, "raw", load=Load(seconds=60), schedule=SHORT)
    async with sweep(plan) as sweeping:
        assert isinstance(sweeping, Sweep)
        async for item in sweeping:
            if isinstance(item, SweepSnapshot) and item.phase == "running":
                break
    assert leftovers() == []


async def test_a_target_that_is_not_there_is_told_before_any_load():
    plan = plan_of({"concurrency": (1.0,)}, "raw", target=Target(url="http://127.0.0.1:9/"), schedule=SHORT)
    with pytest.raises(NothingFinishedError, match="cannot reach"):
        await conduct(plan)


@pytest.mark.parametrize("name", ["knee", "pool-grid", "scraper-latency"])
async def test_a_preset_runs_at_a_level_of_its_own(name: str):
    plan = load_preset(name)
    lowest = {path: levels[:1] for path, levels in plan.sweep.items()}
    _, report = await conduct(
        replace(plan, sweep=lowest, load=replace(plan.load, seconds=0.1), schedule=SHORT)
    )
    assert report.complete
    assert_counts_agree(report)
