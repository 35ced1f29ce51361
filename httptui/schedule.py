"""Who is under load when: a pure function of the plan and its seed."""

from __future__ import annotations

import random
from itertools import chain

from msgspec import Struct, structs

from httptui.plan import Plan, seconds_of, warmup_of

USUAL_BLOCKS = 20
SHORTEST_SLICE_SECONDS = 0.5
GAP_SECONDS = 0.03


class Step(Struct, frozen=True, kw_only=True):
    """Lanes put under load at one moment, and until all are done.

    `block` is the number of the first block that the step fills, and `cuts` the number of blocks.  `seconds` or
    `requests` bounds it; with neither, each worker sends one request (a burst).  `rest_after` is in seconds.
    """

    lanes: tuple[int, ...]
    block: int = 0
    cuts: int = 1
    seconds: float | None = None
    requests: int | None = None
    warmup: bool = False
    rest_after: float = 0.0


def schedule_of(plan: Plan) -> tuple[Step, ...]:
    """The steps of a run: warm-up first, then every round.

    `concurrent`: one step a round, all lanes in it, its time cut into blocks.  `interleaved`: in every block each
    lane has a turn alone, in an order drawn anew from the seed.  `sequential`: in every round each lane has one turn
    alone, in the plan's order; a round is one block, because blocks of different moments are no pairs.
    """
    lanes = tuple(range(len(plan.contender)))
    seconds = seconds_of(plan.load)
    blocks = blocks_a_round(plan)
    steps = [*_warmup(plan, lanes)]
    draw = random.Random(plan.schedule.seed)
    for round_number in range(plan.schedule.rounds):
        first = round_number * blocks
        if plan.schedule.kind == "concurrent":
            steps.append(
                Step(lanes=lanes, block=first, cuts=blocks, seconds=seconds, requests=plan.load.requests)
            )
        else:
            share = None if seconds is None else seconds / blocks
            for block in range(first, first + blocks):
                order = draw.sample(lanes, len(lanes)) if plan.schedule.kind == "interleaved" else lanes
                steps.extend(
                    Step(
                        lanes=(lane,),
                        block=block,
                        seconds=share,
                        requests=plan.load.requests,
                        rest_after=GAP_SECONDS if plan.schedule.kind == "interleaved" else 0.0,
                    )
                    for lane in order
                )
        if round_number < plan.schedule.rounds - 1:
            steps[-1] = _resting(steps[-1], plan.schedule.rest)
    return tuple(steps)


def blocks_a_round(plan: Plan) -> int:
    """Into how many blocks a round's time is divided: as the plan says, or 20 and no slice under 0.5 s."""
    seconds = seconds_of(plan.load)
    if seconds is None or plan.schedule.kind == "sequential":
        return 1
    if plan.schedule.blocks is not None:
        return plan.schedule.blocks
    return max(1, min(USUAL_BLOCKS, int(seconds / SHORTEST_SLICE_SECONDS)))


def blocks_of(plan: Plan) -> int:
    """Blocks of the whole run."""
    return blocks_a_round(plan) * plan.schedule.rounds


def planned_seconds(steps: tuple[Step, ...]) -> float | None:
    """Seconds under load and at rest after the warm-up, or None where a number of requests bounds the load."""
    counted = [step for step in steps if not step.warmup]
    times = [step.seconds for step in counted]
    if None in times:
        return None
    return sum(chain((time for time in times if time is not None), (step.rest_after for step in counted)))


def _warmup(plan: Plan, lanes: tuple[int, ...]) -> list[Step]:
    """The steps that are not counted: all at once where the run is, one by one where it is not."""
    warmup = warmup_of(plan.schedule.warmup)
    if not warmup.seconds and not warmup.requests:
        return []
    together = [lanes] if plan.schedule.kind == "concurrent" else [(lane,) for lane in lanes]
    return [
        Step(lanes=group, seconds=warmup.seconds or None, requests=warmup.requests or None, warmup=True)
        for group in together
    ]


def _resting(step: Step, rest: float) -> Step:
    return structs.replace(step, rest_after=max(rest, step.rest_after))
