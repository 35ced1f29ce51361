"""A run's judgement follows the plan's own idea of what is equal."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from httptui.plan.model import Contender, Plan, Schedule
from httptui.results.judge.blocks import BlockRecord
from httptui.results.judge.judgement import is_settled, judge
from httptui.results.judge.limiter_facts import MachineLoad
from httptui.results.judge.ranking import looks
from httptui.results.snapshot import ContenderView, Requests

BLOCKS = 20
NEARLY_ALIKE = {"A": 100.0, "B": 99.5}


def plan_of(delta: float, epochs: int = 4) -> Plan:
    schedule = Schedule(kind="interleaved", delta=delta, until="decided", epochs=epochs)
    return Plan(schedule=schedule, contender=(Contender(engine="aiohttp"), Contender(engine="httpx-aiohttp")))


def views() -> list[ContenderView]:
    asked = Requests(planned=1_000, ok=1_000)
    return [
        ContenderView(
            id=key,
            label=key,
            engine=key,
            reuse="shared",
            concurrency=1,
            req_per_s=rate,
            requests=asked,
            seconds=10.0,
        )
        for key, rate in NEARLY_ALIKE.items()
    ]


def records() -> Sequence[BlockRecord]:
    source = random.Random(4)
    return [
        BlockRecord(
            id=key,
            block=block,
            position=0,
            epoch=0,
            ok=rate * source.lognormvariate(0, 0.005),
            seconds=1.0,
        )
        for block in range(BLOCKS)
        for key, rate in NEARLY_ALIKE.items()
    ]


@pytest.mark.parametrize(("delta", "kind"), [(0.002, "undecided"), (0.03, "tie")])
def test_two_are_equal_within_the_delta_of_the_plan(delta: float, kind: str) -> None:
    machine = [MachineLoad(cores=2)] * 2
    judged = judge(
        plan_of(delta),
        views(),
        records(),
        machine,
        look=None,
        slice_seconds=1.0,
        typical_seconds=0.001,
    )
    assert judged.verdict.kind == kind
    assert ("within 3 % of the first" in judged.verdict.sentence) == (kind == "tie")


def test_a_tie_that_processes_could_feign_is_not_claimed_and_what_would_show_it_is_told() -> None:
    verdict = judge(
        plan_of(0.03, epochs=1),
        views(),
        records(),
        [MachineLoad(cores=2)] * 2,
        look=None,
        slice_seconds=1.0,
        typical_seconds=0.001,
    ).verdict
    assert verdict is not None
    assert verdict.sentence == (
        "Undecided: the req/s of A A and B B are within 3 % of the first in 20 blocks, but two processes of one "
        "client may differ by 5.0 %: repeat with --epochs 4, or treat them as equal within 5 % (--delta 0.05)."
    )
    assert not is_settled(plan_of(0.03, epochs=1), views(), records(), looks(BLOCKS)[-1])


@pytest.mark.parametrize(("delta", "settled"), [(0.002, False), (0.03, True)])
def test_a_run_ends_early_where_all_are_equal_within_the_delta_of_the_plan(
    delta: float, settled: bool
) -> None:
    assert is_settled(plan_of(delta), views(), records(), looks(BLOCKS)[-1]) is settled
