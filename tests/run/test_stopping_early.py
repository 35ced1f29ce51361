"""A run that is stopped before it is under load ends at once, with a report that says so."""

from __future__ import annotations

import asyncio

import pytest

from httptui import Contender, Load, Plan, Report, Target, run
from httptui.runs import conductor


async def forever(*_: object, **__: object) -> object:
    await asyncio.Event().wait()
    raise AssertionError


async def report_of_a_run_stopped_at_once(plan: Plan) -> Report:
    running = run(plan)
    asyncio.get_running_loop().call_later(0.05, running.stop)
    async with running:
        return [item async for item in running if isinstance(item, Report)][-1]


@pytest.mark.parametrize("phase", ["check_plan", "TargetAccess.open"])
async def test_a_phase_that_hangs_is_left(phase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{conductor.__name__}.{phase}", forever)
    plan = Plan(
        target=Target(url="http://127.0.0.1:9/"), load=Load(seconds=30), contender=(Contender(engine="raw"),)
    )
    report = await report_of_a_run_stopped_at_once(plan)
    assert not report.complete
    assert [one.state for one in report.contenders] == ["stopped"]
    assert report.verdict.sentence == "Nothing was put under load."


async def test_what_a_phase_raises_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> tuple[str, ...]:
        raise OSError("refused")

    monkeypatch.setattr(conductor, "check_plan", refuse)
    with pytest.raises(OSError, match="refused"):
        await report_of_a_run_stopped_at_once(Plan(contender=(Contender(engine="raw"),)))
