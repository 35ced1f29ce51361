"""The schedule is a pure function of plan and seed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from httptui.plan import Contender, Load, Plan, Schedule
from httptui.schedule import Step, blocks_a_round, blocks_of, planned_seconds, schedule_of


def plan_of(lanes: int = 3, *, load: Load | None = None, **schedule: object) -> Plan:
    return Plan(
        contender=tuple(Contender(engine="raw") for _ in range(lanes)),
        load=load or Load(seconds=10),
        schedule=Schedule(**schedule),  # type: ignore[arg-type]
    )


def test_concurrent_puts_all_lanes_in_one_step_cut_into_twenty_blocks() -> None:
    assert schedule_of(plan_of(warmup="1s")) == (
        Step(lanes=(0, 1, 2), seconds=1.0, warmup=True),
        Step(lanes=(0, 1, 2), block=0, cuts=20, seconds=10.0),
    )


def test_interleaved_gives_every_lane_one_turn_in_every_block() -> None:
    steps = schedule_of(plan_of(kind="interleaved", warmup="0", blocks=4))
    for block in range(4):
        turns = [step for step in steps if step.block == block]
        assert sorted(step.lanes for step in turns) == [(0,), (1,), (2,)]
        assert all(step.seconds == 2.5 and step.cuts == 1 for step in turns)


def test_interleaved_order_is_drawn_anew_for_every_block_and_follows_the_seed() -> None:
    first = schedule_of(plan_of(8, kind="interleaved", seed=7))
    orders = {
        tuple(step.lanes[0] for step in first if step.block == block and not step.warmup)
        for block in range(20)
    }
    assert len(orders) > 10
    assert first == schedule_of(plan_of(8, kind="interleaved", seed=7))
    assert first != schedule_of(plan_of(8, kind="interleaved", seed=8))


def test_sequential_keeps_the_order_of_the_plan_and_makes_each_round_one_block() -> None:
    steps = schedule_of(plan_of(2, load=Load(requests=100), kind="sequential", rounds=2, rest=1.5, warmup=1))
    assert steps == (
        Step(lanes=(0,), requests=1, warmup=True),
        Step(lanes=(1,), requests=1, warmup=True),
        Step(lanes=(0,), block=0, requests=100),
        Step(lanes=(1,), block=0, requests=100, rest_after=1.5),
        Step(lanes=(0,), block=1, requests=100),
        Step(lanes=(1,), block=1, requests=100),
    )


def test_a_burst_is_bounded_by_neither_time_nor_a_count() -> None:
    (step,) = schedule_of(plan_of(load=Load(kind="burst", concurrency=512), warmup=0))
    assert (step.seconds, step.requests) == (None, None)


def test_planned_seconds_count_load_and_rests_but_not_the_warm_up() -> None:
    assert planned_seconds(schedule_of(plan_of(rounds=3, rest=1, warmup="5s"))) == 32
    assert planned_seconds(schedule_of(plan_of(load=Load(requests=5)))) is None


def test_no_slice_is_shorter_than_half_a_second_unless_asked_for() -> None:
    assert blocks_a_round(plan_of(load=Load(seconds=3))) == 6
    assert blocks_a_round(plan_of(load=Load(seconds=0.1))) == 1
    assert blocks_a_round(plan_of(load=Load(seconds=1), blocks=10)) == 10


@given(
    lanes=st.integers(1, 26),
    kind=st.sampled_from(["concurrent", "interleaved", "sequential"]),
    rounds=st.integers(1, 5),
    seconds=st.one_of(st.none(), st.floats(0.05, 100)),
    seed=st.integers(0, 2**63 - 1),
)
def test_every_lane_gets_the_same_load_in_every_block(
    lanes: int, kind: str, rounds: int, seconds: float | None, seed: int
) -> None:
    load = Load(requests=10) if seconds is None else Load(seconds=seconds)
    plan = plan_of(lanes, load=load, kind=kind, rounds=rounds, seed=seed)
    steps = [step for step in schedule_of(plan) if not step.warmup]
    for lane in range(lanes):
        own = [step for step in steps if lane in step.lanes]
        filled = [block for step in own for block in range(step.block, step.block + step.cuts)]
        assert filled == list(range(blocks_of(plan)))
        assert sum(step.seconds or 0 for step in own) == sum(
            step.seconds or 0 for step in steps if 0 in step.lanes
        )
        assert all(step.requests == load.requests for step in own)
