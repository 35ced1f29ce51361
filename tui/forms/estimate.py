"""What a plan will take, in one line, before it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET, structs

from httptui.plans.plan import concurrency_of, seconds_of, warmup_of
from httptui.plans.schedule import MOST_WARMUP_BLOCKS, blocks_a_round, planned_seconds, steps_of, warmup_steps
from httptui.plans.sweep import describe_sweep
from httptui.sweeps.timing import planned_seconds as planned_seconds_of_sweep
from httptui.units import format_count, plural

if TYPE_CHECKING:
    from httptui.plans.plan import Plan


def estimate(plan: Plan) -> str:
    """Contenders, how hard, and how long or how many: "4 contenders · 64 in flight each · about 12 s"."""
    if plan.sweep:
        time = _duration(planned_seconds_of_sweep(plan))
        return f"{plural(len(plan.contender), 'contender')} · {describe_sweep(plan)} · about {time}"
    schedule = plan.schedule
    number = len(plan.contender)
    parts = [plural(number, "contender"), _how_hard(plan)]
    seconds = seconds_in_all(plan)
    if seconds is not None:
        decided = schedule.until == "decided"
        parts.append(f"at most {_duration(seconds[1])}" if decided else f"about {_span(*seconds)}")
    else:
        in_flight = sum(concurrency_of(plan, contender) for contender in plan.contender)
        a_round = in_flight if plan.load.requests is None else plan.load.requests * number
        parts.append(f"{format_count(a_round * schedule.rounds)} requests in all{_and_warmup(plan)}")
    for count, noun in ((schedule.rounds, "round"), (epochs_of(plan), "epoch")):
        if count > 1:
            parts.append(plural(count, noun))
    return " · ".join(parts)


def seconds_in_all(plan: Plan) -> tuple[float, float] | None:
    """Fewest and most seconds under load, at rest and warming up, or None where a number of requests bounds the run.

    How long a warm-up lasts that is bound by requests, or how long processes take to start, is not foreseen.
    """
    if seconds_of(plan.load) is None:
        return None
    rounds = plan.schedule.rounds
    first, two = _seconds_of_rounds(plan, 1), _seconds_of_rounds(plan, 2)
    counted = first + (rounds - 1) * (two - first)
    least, most = _warmup_seconds(plan)
    return counted + least, counted + most


def epochs_of(plan: Plan) -> int:
    """How often the lanes will be started: no more often than there are blocks."""
    return min(plan.schedule.epochs, blocks_a_round(plan) * plan.schedule.rounds)


def _seconds_of_rounds(plan: Plan, rounds: int) -> float:
    """Seconds of so many rounds; every further round takes as long as the second, so two are enough to know."""
    schedule = structs.replace(plan.schedule, rounds=rounds)
    return planned_seconds(steps_of(structs.replace(plan, schedule=schedule))) or 0.0


def _warmup_seconds(plan: Plan) -> tuple[float, float]:
    """Fewest and most seconds of warm-up, none where it is bound by requests."""
    least = epochs_of(plan) * sum(step.seconds or 0.0 for step in warmup_steps(plan))
    return least, least * (MOST_WARMUP_BLOCKS if warmup_of(plan.schedule.warmup).auto else 1)


def _and_warmup(plan: Plan) -> str:
    """What comes before the requests that are counted: " and 0.5–1.5 s of warm-up"; empty where nothing does."""
    least, most = _warmup_seconds(plan)
    if most:
        return f" and {_span(least, most)} of warm-up"
    return " and warm-up" if warmup_steps(plan) else ""


def _how_hard(plan: Plan) -> str:
    load, each = plan.load, " each" if len(plan.contender) > 1 else ""
    in_flight = sorted({concurrency_of(plan, contender) for contender in plan.contender})
    one_or_range = f"{in_flight[0]}" if len(in_flight) == 1 else f"{in_flight[0]}–{in_flight[-1]}"
    if load.kind == "open":
        rate = max([load.rate or 0.0, *(stage.to for stage in load.stages)])
        shown = f"{rate:g}" if rate < 1_000 else format_count(round(rate))
        return f"{'up to ' if load.stages else ''}{shown} req/s{each}, at most {one_or_range} in flight"
    each = each if len(in_flight) == 1 else ""
    if load.kind == "burst":
        return f"{one_or_range} at once{each}"
    ramped = load.stages and any(contender.concurrency is UNSET for contender in plan.contender)
    return f"{'up to ' if ramped else ''}{one_or_range} in flight{each}"


def _span(least: float, most: float) -> str:
    """A time, or from one to another in the unit of the longer."""
    low, high = _duration(least), _duration(most)
    number, _, unit = low.partition(" ")
    if low == high:
        return high
    return f"{number}–{high}" if high.endswith(f" {unit}") else f"{low} – {high}"


def _duration(seconds: float) -> str:
    if seconds < 119.5:
        return f"{seconds:.3g} s" if seconds < 10 else f"{int(seconds + 0.5)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
