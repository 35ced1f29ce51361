"""Checks of a plan's load, schedule and processes."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.cores import cores_to_pin
from httptui.plan.model import Contender, Load, Plan, concurrency_of, seconds_of, warmup_of
from httptui.plan.requests import shown
from httptui.plan.schedule import blocks_a_round

SHORTEST_SLICE_MS = 20
MOST_ARRIVALS = 100_000_000
MOST_TURNS = 200_000
"""Limit of blocks times contenders, each of which is kept and reported."""


def load_problems(load: Load) -> Iterator[str]:
    """Yield fields that contradict each other, or have no meaning for this kind of load."""
    if load.kind == "burst":
        for name in ("requests", "seconds"):
            if getattr(load, name) is not None:
                yield f"load.{name}: has no meaning in a burst, which sends load.concurrency requests at once"
    elif load.requests is not None and load.seconds is not None:
        yield "load.seconds: given beside load.requests; keep one of the two"
    if load.kind == "open":
        yield from _open_problems(load)
    else:
        for name in ("rate", "arrivals"):
            if getattr(load, name) != getattr(Load(), name):
                yield f'load.{name}: has no meaning in a {load.kind} load; set load.kind to "open"'
    if load.think and load.kind != "closed":
        yield f"load.think: {load.think:g} has no meaning in a load of kind {load.kind}; only in a closed one"
    if load.stages:
        yield from _stage_problems(load)


def schedule_problems(plan: Plan) -> Iterator[str]:
    """Yield the problems of a schedule that does not fit the load or the machine."""
    schedule = plan.schedule
    try:
        warmup_of(schedule.warmup)
    except ValueError as allowed:
        yield f"schedule.warmup: {shown(schedule.warmup)} is not allowed; {allowed}"
    if schedule.blocks is not None:
        yield from _block_problems(plan, schedule.blocks)
    yield from _turn_problems(plan)
    if schedule.pin and cores_to_pin() is None:
        yield "schedule.pin: true is not possible on this system, which keeps no process on one core; false"
    if schedule.until == "decided" and schedule.kind == "sequential":
        yield 'schedule.until: "decided" needs paired blocks; use schedule.kind "interleaved" or "concurrent"'
    if plan.load.kind == "open" and plan.policy.per_host_rate is not None:
        rate = plan.policy.per_host_rate
        yield f"policy.per_host_rate: {rate:g} has no meaning in an open load, which has load.rate; leave it out"
    if plan.load.stages and schedule.epochs > schedule.rounds:
        yield f"schedule.epochs: {schedule.epochs} would cut the stages short; at most schedule.rounds"


def _turn_problems(plan: Plan) -> Iterator[str]:
    """Yield a problem if the schedule would have too many turns for memory."""
    rounds, blocks, contenders = plan.schedule.rounds, blocks_a_round(plan), len(plan.contender)
    turns = rounds * blocks * contenders
    if turns > MOST_TURNS:
        yield (
            f"schedule.rounds: {rounds} rounds of {blocks} blocks for {contenders} contenders are {turns} turns; "
            f"at most {MOST_TURNS}"
        )


def _open_problems(load: Load) -> Iterator[str]:
    if load.rate is None:
        yield "load.rate: missing; an open load needs its requests per second"
        return
    if load.requests is not None:
        yield "load.requests: has no meaning in an open load, which is bound by seconds or stages"
    highest = max(load.rate, *(stage.to for stage in load.stages)) if load.stages else load.rate
    arrivals = highest * (seconds_of(load) or 0.0)
    if arrivals > MOST_ARRIVALS:
        yield f"load.rate: {arrivals:.3g} requests a round are too many; at most {MOST_ARRIVALS:.0e}"


def _stage_problems(load: Load) -> Iterator[str]:
    if load.kind == "burst":
        yield "load.stages: has no meaning in a burst"
    for name in ("requests", "seconds"):
        if getattr(load, name) is not None:
            yield f"load.{name}: given beside load.stages, which have seconds of their own; keep one of the two"
    if load.kind == "closed":
        for index, stage in enumerate(load.stages):
            if stage.to != round(stage.to) or stage.to > 10_000:
                yield f"load.stages[{index}].to: {stage.to:g} in flight; a whole number, at most 10000"


def _block_problems(plan: Plan, blocks: int) -> Iterator[str]:
    seconds = seconds_of(plan.load)
    if seconds is None:
        bound = "a burst" if plan.load.kind == "burst" else "a number of requests"
        yield f"schedule.blocks: divides a timed load, but this one is bound by {bound}"
    elif plan.load.stages and plan.schedule.kind == "interleaved":
        yield "schedule.blocks: each interleaved turn runs all stages and is one block; leave it out, or add rounds"
    elif (slice_ms := seconds / blocks * 1000) < SHORTEST_SLICE_MS:
        yield (
            f"schedule.blocks: {blocks} blocks in {seconds:g} s give slices of {slice_ms:.3g} ms; "
            f"at least {SHORTEST_SLICE_MS} ms"
        )


MOST_PROCESSES = 128


def share_of(total: int, processes: int, process: int = 0) -> int:
    """Return the share of one process (from 0) when `total` is divided as evenly as possible, larger shares first."""
    return len(range(process, total, processes))


def idle_process_problems(plan: Plan, contender: Contender, path: str) -> Iterator[str]:
    """Yield a problem if there are more processes than requests in flight, so that some would be idle."""
    in_flight = concurrency_of(plan, contender)
    if contender.processes > in_flight:
        yield f"{path}.processes: {contender.processes} for {in_flight} in flight; at most one for each"


def process_problems(plan: Plan) -> Iterator[str]:
    """Yield a problem if all contenders together need more processes than one machine should start."""
    total = sum(contender.processes for contender in plan.contender)
    if total > MOST_PROCESSES:
        yield f"contender: {total} processes in all; at most {MOST_PROCESSES}"
