"""Schedule of a run as pure functions of the plan, its seed and the time requests take: steps of lanes under load."""

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
SHORTEST_SLICE_MS = 20
"""The shortest that a plan may ask for; without being asked, none is shorter than `SHORTEST_SLICE_SECONDS`."""
USUAL_SLICE_SECONDS = 0.5
REQUESTS_IN_A_SLICE = 30
FEWEST_IN_A_SLICE = 5
"""Fewest latencies in a slice; in shorter ones, start and end distort the rate (`benchmarks.feed`)."""
TRIMMED_SHARE = 0.15
TRIMMED_LATENCIES, MOST_TRIMMED = 2, 0.40
TAIL_LATENCIES, MOST_TAIL = 1, 0.20
WARMUP_SLICE_SECONDS = 0.5
IDLE_SECONDS, IDLE_TRIM_SECONDS, IDLE_TAIL_SECONDS = 0.4, 0.1, 0.05
"""An idle turn leaves a quarter of a second, with a frame and a heartbeat in it, after its workers begin to wait and
before they leave.
"""
MOST_WARMUP_BLOCKS = 3


class Step(Struct, frozen=True, kw_only=True):
    """Lanes put under load at one moment, until all are done.

    - `block`: number of the first block that the step fills; `cuts`: number of blocks; `position`: place of a lane's
      turn in its block.
    - `seconds` or `requests` bounds the step; with neither, each worker sends one request (a burst). In an `idle`
      step nothing is sent.
    - `trim_seconds`, `tail_seconds`: start and end that belong to no block.
    - `rest_after`: seconds.
    - `probing`: name of a step of the probe after the load. Like a warm-up it is not counted. It runs at `scale`
      times the concurrency, and waits `drain_seconds` for its last answers.
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
        """Numbers of the blocks that the step fills."""
        return range(self.block, self.block + self.cuts)


def steps_of(plan: Plan, typical_seconds: float | None = None) -> tuple[Step, ...]:
    """Return the counted steps of a run, given how long the slowest contender's requests take, once known.

    - `concurrent`: all lanes at once, with the time cut into blocks.
    - `interleaved`: in every block each lane has a turn alone, in an order drawn from the seed.
    - `sequential`: in every round each lane has one turn alone, in the plan's order. A round is one block, because
      turns at different times are not paired.

    In a step bounded by time, start and end belong to no block: the first 15 % of a slice, but at least two
    latencies, in which workers start one by one and queues settle; and the last latency, because the remaining
    requests at the end are faster. Whole rounds, of stages or `sequential`, are counted from end to end.
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
    """Return uncounted steps: lanes together where the load has them together, otherwise one by one.

    An automatic warm-up is cut in two, so that its halves can be compared.
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
    """Return the step in which every lane is idle, which measures its own cost."""
    return Step(
        lanes=tuple(range(len(plan.contender))),
        seconds=IDLE_SECONDS,
        trim_seconds=IDLE_TRIM_SECONDS,
        tail_seconds=IDLE_TAIL_SECONDS,
        warmup=True,
        idle=True,
    )


def blocks_a_round(plan: Plan, typical_seconds: float | None = None) -> int:
    """Return the number of blocks in a round.

    It is the plan's number, or 8 to 20: slices hold 30 consecutive requests, but there are enough blocks to separate
    the contenders if two tie for first place, and no slice is shorter than 0.2 s. Slow targets get fewer blocks, down
    to 6, while a slice would be shorter than five requests.
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
    """Return how many blocks can settle the order of a plan's contenders, two of which may tie for first place."""
    return max(FEWEST_BLOCKS, blocks_to_part(len(plan.contender)))


def slice_seconds(plan: Plan, typical_seconds: float | None = None) -> float | None:
    """Return the seconds of one slice, or None if a number of requests bounds it."""
    seconds = seconds_of(plan.load)
    return None if seconds is None else seconds / blocks_a_round(plan, typical_seconds)


def planned_seconds(steps: tuple[Step, ...]) -> float | None:
    """Return the seconds under load and at rest, or None if a number of requests bounds the load."""
    total = 0.0
    for step in steps:
        if step.seconds is None:
            return None
        total += step.seconds + step.rest_after
    return total


class Ends(NamedTuple):
    """Seconds at the start and at the end of a slice that belong to no block."""

    trim: float = 0.0
    tail: float = 0.0


def ends_of(share: float, latency: float) -> Ends:
    """Return the ends of a slice of `share` seconds, where requests take `latency` seconds."""
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
    """Return whether every contender has a steady pace: the rates of both halves of its warm-up slice differ by at
    most 10 %.

    A contender without a success in one half has no pace to wait for.
    """
    return all(abs(math.log(second / first)) <= WARM for first, second in halves if first > 0 and second > 0)


def share_of(total: int, processes: int, process: int = 0) -> int:
    """Return the share of one process (from 0) when `total` is divided as evenly as possible, larger shares first."""
    return len(range(process, total, processes))
