"""The interleaved plan that settles a concurrent run."""

from __future__ import annotations

import pytest

from httptui.plan.io import checked_plan
from httptui.plan.model import Contender, Load, Plan, Schedule, Stage
from httptui.plan.schedule import FEWEST_BLOCKS, blocks_a_round
from httptui.tui.control.run import settling

TWO = (Contender(engine="aiohttp"), Contender(engine="http.client"))


def test_a_timed_plan_stays_the_same_but_for_its_order():
    plan = Plan(load=Load(seconds=10, concurrency=8), schedule=Schedule(seed=7, blocks=12), contender=TWO)
    repeated = settling(plan)
    assert repeated.schedule == Schedule(kind="interleaved", until="decided", seed=7, blocks=12)
    assert (repeated.load, repeated.contender) == (plan.load, plan.contender)


@pytest.mark.parametrize(
    ("load", "schedule"),
    [
        (Load(requests=100), Schedule(rounds=3)),
        (Load(kind="burst"), Schedule()),
        (Load(seconds=0.5), Schedule()),
        (Load(seconds=4), Schedule(blocks=2)),
        (Load(stages=(Stage(seconds=2, to=8),)), Schedule(blocks=4)),
    ],
)
def test_there_are_blocks_enough_to_be_judged(load: Load, schedule: Schedule):
    repeated = checked_plan(settling(Plan(load=load, schedule=schedule, contender=TWO)))
    assert blocks_a_round(repeated) * repeated.schedule.rounds >= FEWEST_BLOCKS


def test_rounds_that_suffice_are_kept():
    plan = Plan(load=Load(requests=100), schedule=Schedule(rounds=30), contender=TWO)
    assert settling(plan).schedule.rounds == 30
