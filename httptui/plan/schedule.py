"""Who is under load when: pure functions of the plan, its seed and how long requests take."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from msgspec import Struct, structs

from httptui.plan.model import Plan, seconds_of, warmup_of
from httptui.statistics import FEWEST_FOR_95, blocks_to_part

FEWEST_BLOCKS = 8
MOST_BLOCKS = 20
SHORTEST_SLICE_SECONDS = 0.2
USUAL_SLICE_SECONDS = 0.5
REQUESTS_IN_A_SLICE = 30
FEWEST_IN_A_SLICE = 5
"""Latencies that a slice lasts at the least: below, its start and its end show in the rate (`benchmarks.feed`)."""
TRIMMED_SHARE = 0.15
TRIMMED_LATENCIES, MOST_TRIMMED = 2, 0.40
TAIL_LATENCIES, MOST_TAIL = 1, 0.20
WARMUP_SLICE_SECONDS = 0.5
IDLE_SECONDS, IDLE_TRIM_SECONDS, IDLE_TAIL_SECONDS = 0.4, 0.1, 0.05
"""An idle turn: a quarter of a second, with a frame and a beat in it, after its workers have begun to wait and before
they leave.
"""
MOST_WARMUP_BLOCKS = 3


class Step(Struct, frozen=True, kw_only=True):
    """Lanes put under load at one moment, and until all are done.

    `block` is the number of the first block that the step fills, and `cuts` the number of blocks; `position` is that
    of a lane's turn in its block.  `seconds` or `requests` bounds the step; with neither, each worker sends one
    request (a burst), and in an `idle` step none sends any.  The first `trim_seconds` and the last `tail_seconds`
    belong to no block.  `rest_after` is in seconds.  `probing` names a step of the probe after the load, which is not
    counted, as a warm-up is not: at `scale` times the concurrency, with `drain_seconds` for its last answers.
    """

    lanes: tuple[int, ...]
    block: int = 0
    cuts: int = 1
    position: int = 0
    epoch: int = 0
    seed: int = 0
    seconds: float | None = None
    requests: int | None = None
    warmup: bool = False
    idle: bool = False
    trim_seconds: float = 0.0
    tail_seconds: float = 0.0
    rest_after: float = 0.0
    probing: Literal["", "beside", "half"] = ""
    scale: float = 1.0
    drain_seconds: float | None = None

    @property
    def blocks(self) -> range:
        """The numbers of the blocks that the step fills."""
        return range(self.block, self.block + self.cuts)


def steps_of(plan: Plan, typical_seconds: float | None = None) -> tuple[Step, ...]:
    """The counted steps of a run, given how long the slowest contender's requests take, once that is known.

    `concurrent`: all lanes at once, the time cut into blocks.  `interleaved`: in every block each lane has a turn
    alone, in an order drawn anew from the seed.  `sequential`: in every round each lane has one turn alone, in the
    plan's order; a round is one block, because what happens at different times makes no pair.

    Where time bounds a step, its start and its end belong to no block: the first 15 % of a slice, but at least two
    latencies, in which workers begin one after the other and queues find their length, and the last latency, since
    requests that are left alone at the end are faster than those before.  Whole rounds, of stages or `sequential`,
    are counted from end to end.
    """
    per_round = blocks_a_round(plan, typical_seconds)
    latency = typical_seconds or 0.0
    blocks = per_round * plan.schedule.rounds
    draw = random.Random(plan.schedule.seed)
    steps: list[Step] = []
    for first in range(0, blocks, per_round):
        steps.extend(_round(plan, first, per_round, blocks, draw, latency))
        if first + per_round < blocks:
            rest = max(plan.schedule.rest, steps[-1].rest_after)
            steps[-1] = structs.replace(steps[-1], rest_after=rest)
    return tuple(steps)


def warmup_steps(plan: Plan, block: int = 0) -> tuple[Step, ...]:
    """Steps that are not counted: together where the load is, one by one where it is not.

    An automatic warm-up is cut in two, so that one half can be held against the other.
    """
    warmup = warmup_of(plan.schedule.warmup)
    seconds = WARMUP_SLICE_SECONDS if warmup.auto else warmup.seconds
    if not seconds and not warmup.requests:
        return ()
    lanes = tuple(range(len(plan.contender)))
    together = [lanes] if plan.schedule.kind == "concurrent" else [(lane,) for lane in lanes]
    return tuple(
        Step(
            lanes=group,
            block=2 * block,
            cuts=2 if warmup.auto else 1,
            seed=plan.schedule.seed,
            seconds=seconds or None,
            requests=warmup.requests or None,
            warmup=True,
        )
        for group in together
    )


def idle_step(plan: Plan) -> Step:
    """The step in which every lane is idle, so that what it costs by itself is known."""
    return Step(
        lanes=tuple(range(len(plan.contender))),
        seconds=IDLE_SECONDS,
        trim_seconds=IDLE_TRIM_SECONDS,
        tail_seconds=IDLE_TAIL_SECONDS,
        warmup=True,
        idle=True,
    )


def blocks_a_round(plan: Plan, typical_seconds: float | None = None) -> int:
    """Into how many blocks a round's time is divided.

    As the plan says; or 8 to 20, so that a slice is long enough for 30 requests one after the other, but so many as
    can part the contenders where two of them tie for the first place, and never shorter than 0.2 s.  Slow targets get
    fewer, down to 6, while a slice is shorter than five requests.
    """
    seconds = seconds_of(plan.load)
    whole = plan.schedule.kind == "sequential" or (plan.load.stages and plan.schedule.kind == "interleaved")
    if seconds is None or whole:
        return 1
    if plan.schedule.blocks is not None:
        return plan.schedule.blocks
    wanted, enough = USUAL_SLICE_SECONDS, enough_blocks(plan)
    if typical_seconds:
        wanted = max(SHORTEST_SLICE_SECONDS, REQUESTS_IN_A_SLICE * typical_seconds)
        fitting = int(seconds / (FEWEST_IN_A_SLICE * typical_seconds) + 1e-9)
        enough = min(enough, max(fitting, FEWEST_FOR_95))
    possible = max(1, int(seconds / SHORTEST_SLICE_SECONDS + 1e-9))
    return min(max(int(seconds / wanted + 1e-9), enough), MOST_BLOCKS, possible)


def enough_blocks(plan: Plan) -> int:
    """How many blocks can settle the order of a plan's contenders, two of which may tie for the first place."""
    return max(FEWEST_BLOCKS, blocks_to_part(len(plan.contender)))


def slice_seconds(plan: Plan, typical_seconds: float | None = None) -> float | None:
    """How long one slice lasts, or None where a number of requests bounds it."""
    seconds = seconds_of(plan.load)
    return None if seconds is None else seconds / blocks_a_round(plan, typical_seconds)


def planned_seconds(steps: tuple[Step, ...]) -> float | None:
    """Seconds under load and at rest, or None where a number of requests bounds the load."""
    total = 0.0
    for step in steps:
        if step.seconds is None:
            return None
        total += step.seconds + step.rest_after
    return total


class Ends(NamedTuple):
    """How many seconds of a slice's start and of its end belong to no block."""

    trim: float = 0.0
    tail: float = 0.0


def ends_of(share: float, latency: float) -> Ends:
    """The ends of a slice of so many seconds, where requests take `latency` seconds."""
    return Ends(
        trim=min(max(share * TRIMMED_SHARE, TRIMMED_LATENCIES * latency), share * MOST_TRIMMED),
        tail=min(TAIL_LATENCIES * latency, share * MOST_TAIL),
    )


def _round(
    plan: Plan, first: int, per_round: int, blocks: int, draw: random.Random, latency: float
) -> Iterator[Step]:
    epochs = min(plan.schedule.epochs, blocks)
    seconds, lanes = seconds_of(plan.load), tuple(range(len(plan.contender)))
    share = None if seconds is None else seconds / per_round
    numbers = range(first, first + per_round)
    whole = plan.load.stages or plan.schedule.kind == "sequential"
    ends = Ends() if whole or share is None else ends_of(share, latency)
    if plan.schedule.kind == "concurrent":
        for epoch in range(epochs):
            own = [number for number in numbers if number * epochs // blocks == epoch]
            if own:
                yield Step(
                    lanes=lanes,
                    block=own[0],
                    cuts=len(own),
                    epoch=epoch,
                    seed=plan.schedule.seed + own[0],
                    seconds=None if share is None else share * len(own),
                    requests=plan.load.requests,
                    trim_seconds=ends.trim,
                    tail_seconds=ends.tail,
                )
        return
    interleaved = plan.schedule.kind == "interleaved"
    for number in numbers:
        for position, lane in enumerate(draw.sample(lanes, len(lanes)) if interleaved else lanes):
            yield Step(
                lanes=(lane,),
                block=number,
                position=position,
                epoch=number * epochs // blocks,
                seed=plan.schedule.seed + number,
                seconds=share,
                requests=plan.load.requests,
                rest_after=plan.schedule.cooldown if interleaved else 0.0,
                trim_seconds=ends.trim,
                tail_seconds=ends.tail,
            )


WARM = 0.10


def is_warm(halves: Iterable[tuple[float, float]]) -> bool:
    """Whether no contender changes its pace any more: its requests per second in the first and the second half of its
    warm-up slice lie within 10 % of each other.  One without any success in a half has no pace to wait for.
    """
    return all(abs(math.log(second / first)) <= WARM for first, second in halves if first > 0 and second > 0)
