"""Real lanes: bodies that the plan does not allow are errors of a kind of their own, for every client alike."""

from __future__ import annotations

import pytest

from httptui import Contender, Load, Plan, Policy, Report, Schedule, Target, run
from httptui.engines.registry import list_engines

pytestmark = pytest.mark.slow

REQUESTS = 6


@pytest.mark.parametrize(("largest", "kind"), [(4_095, "too_large"), (4_096, None)])
async def test_every_client_counts_bodies_that_are_too_large(largest: int, kind: str | None) -> None:
    names = [info.name for info in list_engines() if info.installed]
    plan = Plan(
        target=Target(url="embedded/bytes/4096"),
        policy=Policy(max_body=largest),
        load=Load(concurrency=2, requests=REQUESTS),
        schedule=Schedule(kind="sequential", warmup=0, probe=False),
        contender=tuple(Contender(engine=name) for name in names),
    )
    report = None
    async for item in run(plan):
        report = item if isinstance(item, Report) else report
    assert report is not None
    for one in report.contenders:
        assert one.errors == ({kind: REQUESTS} if kind else {}), one.label
        assert one.requests.ok == (0 if kind else REQUESTS), one.label
        assert one.state == "finished", one.cause
