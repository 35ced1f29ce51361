"""The schedule is a pure function of plan, seed and how long requests take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.plan.model import Contender, Load, Plan, Schedule, Stage
from httptui.plan.schedule import Step, blocks_a_round, planned_seconds, steps_of, warmup_steps


def plan_of(lanes: int = 3, *, load: Load | None = None, **schedule: object) -> Plan:
    return Plan(
        contender=tuple(Contender(engine="raw") for _ in range(lanes)),
        load=load or Load(seconds=10),
        schedule=Schedule(**schedule),  # type: ignore[arg-type]
    )


def test_concurrent_puts_all_lanes_in_one_step_cut_into_blocks() -> None:
    step = Step(lanes=(0, 1, 2), block=0, cuts=20, seed=4, seconds=10.0, trim_seconds=0.075)
    assert steps_of(plan_of(seed=4)) == (step,)


def test_interleaved_gives_every_lane_one_turn_in_every_block_and_trims_it() -> None:
    steps = steps_of(plan_of(kind="interleaved", blocks=4, cooldown=0.1))
    for block in range(4):
        turns = [step for step in steps if step.block == block]
        assert sorted(step.lanes for step in turns) == [(0,), (1,), (2,)]
        assert [step.position for step in turns] == [0, 1, 2]
        assert {(step.seconds, step.cuts, step.trim_seconds, step.rest_after) for step in turns} == {
            (2.5, 1, 0.375, 0.1)
        }
        assert len({step.seed for step in turns}) == 1


def test_slow_answers_have_two_latencies_before_the_block_and_one_after_it_while_most_of_the_slice_is_left() -> (
    None
):
    for kind in ("interleaved", "concurrent"):
        for latency, trim, tail in ((0.1, 0.375, 0.1), (0.3, 0.6, 0.3), (0.5, 1.0, 0.5), (3.0, 1.0, 0.5)):
            for step in steps_of(plan_of(kind=kind, blocks=4), latency):
                assert (step.trim_seconds, step.tail_seconds) == pytest.approx((trim, tail))


def test_a_sequential_turn_is_counted_from_end_to_end() -> None:
    steps = steps_of(plan_of(kind="sequential", rounds=2), 0.3)
    assert [(step.seconds, step.trim_seconds, step.tail_seconds) for step in steps] == [(10.0, 0.0, 0.0)] * 6


def test_interleaved_order_is_drawn_anew_for_every_block_and_follows_the_seed() -> None:
    first = steps_of(plan_of(8, kind="interleaved", seed=7))
    orders = {tuple(step.lanes[0] for step in first if step.block == block) for block in range(20)}
    assert len(orders) > 10
    assert first == steps_of(plan_of(8, kind="interleaved", seed=7))
    assert first != steps_of(plan_of(8, kind="interleaved", seed=8))


def test_sequential_keeps_the_order_of_the_plan_and_makes_each_round_one_block() -> None:
    steps = steps_of(plan_of(2, load=Load(requests=100), kind="sequential", rounds=2, rest=1.5, seed=0))
    assert [(step.lanes, step.block, step.requests, step.rest_after) for step in steps] == [
        ((0,), 0, 100, 0.0),
        ((1,), 0, 100, 1.5),
        ((0,), 1, 100, 0.0),
        ((1,), 1, 100, 0.0),
    ]


def test_a_burst_is_bounded_by_neither_time_nor_a_count() -> None:
    (step,) = steps_of(plan_of(load=Load(kind="burst", concurrency=512)))
    assert (step.seconds, step.requests) == (None, None)


def test_planned_seconds_count_load_and_rests() -> None:
    assert planned_seconds(steps_of(plan_of(rounds=3, rest=1))) == 32
    assert planned_seconds(steps_of(plan_of(load=Load(requests=5)))) is None


@pytest.mark.parametrize(
    ("seconds", "typical", "blocks"),
    [
        (10, None, 20),
        (10, 0.004, 20),
        (2, 0.001, 10),
        (10, 0.03, 11),
        (10, 0.3, 6),
        (20, 0.3, 9),
        (5, 0.3, 6),
        (1, 0.3, 5),
        (0.1, None, 1),
        (600, 0.001, 20),
    ],
)
def test_slices_are_long_enough_for_thirty_requests_where_blocks_that_can_part_allow_it(
    seconds: float, typical: float | None, blocks: int
) -> None:
    assert blocks_a_round(plan_of(load=Load(seconds=seconds)), typical) == blocks


def test_the_plan_may_say_how_many_blocks() -> None:
    assert blocks_a_round(plan_of(blocks=3), 0.001) == 3


def test_stages_are_never_cut_in_an_interleaved_run() -> None:
    load = Load(concurrency=1, stages=(Stage(seconds=5, to=10), Stage(seconds=5, to=10)))
    steps = steps_of(plan_of(2, load=load, kind="interleaved", rounds=2))
    assert [step.seconds for step in steps] == [10, 10, 10, 10]
    assert [step.trim_seconds for step in steps] == [0, 0, 0, 0]


def test_epochs_share_the_blocks_evenly_and_in_order() -> None:
    for kind in ("concurrent", "interleaved"):
        steps = steps_of(plan_of(kind=kind, epochs=3, blocks=9))
        epochs = {block: step.epoch for step in steps for block in step.blocks}
        assert [epochs[block] for block in range(9)] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert len(steps_of(plan_of(epochs=3, blocks=9))) == 3


def test_warm_up_is_together_where_the_load_is_and_cut_in_two_where_it_decides_itself() -> None:
    (together,) = warmup_steps(plan_of(warmup="auto"), block=1)
    assert (together.lanes, together.blocks, together.warmup) == ((0, 1, 2), range(2, 4), True)
    apart = warmup_steps(plan_of(kind="interleaved", warmup=7))
    assert [(step.lanes, step.requests, step.seconds, step.cuts) for step in apart] == [
        ((0,), 7, None, 1),
        ((1,), 7, None, 1),
        ((2,), 7, None, 1),
    ]
    assert warmup_steps(plan_of(warmup="0")) == ()


@given(
    lanes=st.integers(1, 26),
    kind=st.sampled_from(["concurrent", "interleaved", "sequential"]),
    rounds=st.integers(1, 5),
    epochs=st.integers(1, 5),
    seconds=st.one_of(st.none(), st.floats(0.05, 100)),
    typical=st.one_of(st.none(), st.floats(1e-5, 10)),
    seed=st.integers(0, 2**63 - 1),
)
def test_every_lane_gets_the_same_load_in_every_block(
    lanes: int,
    kind: str,
    rounds: int,
    epochs: int,
    seconds: float | None,
    typical: float | None,
    seed: int,
) -> None:
    load = Load(requests=10) if seconds is None else Load(seconds=seconds)
    plan = plan_of(lanes, load=load, kind=kind, rounds=rounds, seed=seed, epochs=epochs)
    steps = steps_of(plan, typical)
    for lane in range(lanes):
        own = [step for step in steps if lane in step.lanes]
        filled = [block for step in own for block in step.blocks]
        assert filled == list(range(rounds * blocks_a_round(plan, typical)))
        assert sum(step.seconds or 0 for step in own) == pytest.approx(rounds * (seconds or 0))
        assert all(step.requests == load.requests for step in own)
        assert [step.epoch for step in own] == sorted(step.epoch for step in own)
