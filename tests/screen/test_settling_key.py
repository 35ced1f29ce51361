"""The plan of the run that settles an order."""

from __future__ import annotations

import pytest
from examples import PLAN
from msgspec.structs import replace

from httptui.plan.model import Load, Schedule, Stage
from httptui.plan.schedule import steps_of
from httptui.tui.control.run import can_be_settled, settling


def test_only_contenders_that_shared_the_machine_can_be_settled() -> None:
    assert can_be_settled(PLAN)
    assert not can_be_settled(replace(PLAN, schedule=Schedule(kind="sequential")))
    assert not can_be_settled(replace(PLAN, contender=PLAN.contender[:1]))


def test_all_but_the_order_of_turns_stays() -> None:
    plan = settling(replace(PLAN, schedule=Schedule(seed=7, warmup="1s", pin=True)))
    assert plan.schedule == Schedule(kind="interleaved", until="decided", seed=7, warmup="1s", pin=True)
    assert replace(plan, schedule=PLAN.schedule) == PLAN


@pytest.mark.parametrize(
    "load",
    [
        Load(requests=100),
        Load(kind="burst"),
        Load(seconds=0.5),
        Load(kind="open", rate=10.0, stages=(Stage(seconds=1, to=20),)),
    ],
    ids=["requests", "burst", "short", "stages"],
)
def test_a_load_too_small_for_a_decision_is_repeated_until_it_has_blocks_enough(load: Load) -> None:
    plan = settling(replace(PLAN, load=load))
    assert len({step.block for step in steps_of(plan)}) == 20
