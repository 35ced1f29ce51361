"""What a plan will take, in one line, before it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from httptui.plan import concurrency_of, seconds_of, warmup_of

if TYPE_CHECKING:
    from httptui.plan import Plan


def estimate(plan: Plan) -> str:
    """Contenders, requests in flight, and the time or the number of requests: "4 contenders · 64 in flight each
    · about 12 s".
    """
    number = len(plan.contender)
    rounds = plan.schedule.rounds
    parts = [f"{number} contender{'s' if number > 1 else ''}", _in_flight(plan)]
    seconds = seconds_in_all(plan)
    if seconds is not None:
        parts.append(f"about {_duration(seconds)}")
    elif plan.load.kind == "closed" and plan.load.requests is not None:
        parts.append(f"{_grouped(plan.load.requests * number * rounds)} requests in all")
    else:
        total = sum(concurrency_of(plan, contender) for contender in plan.contender)
        parts.append(f"{_grouped(total * rounds)} requests in all")
    if rounds > 1:
        parts.append(f"{rounds} rounds")
    return " · ".join(parts)


def seconds_in_all(plan: Plan) -> float | None:
    """Seconds under load with rests and warm-up, or None where a number of requests bounds the run."""
    seconds = seconds_of(plan.load)
    if seconds is None:
        return None
    schedule = plan.schedule
    turns = 1 if schedule.kind == "concurrent" else len(plan.contender)
    rests = schedule.rest * (schedule.rounds - 1)
    return turns * (seconds * schedule.rounds + warmup_of(schedule.warmup).seconds) + rests


def _in_flight(plan: Plan) -> str:
    each = sorted({concurrency_of(plan, contender) for contender in plan.contender})
    how = "at once" if plan.load.kind == "burst" else "in flight"
    if len(each) == 1:
        return f"{each[0]} {how}{' each' if len(plan.contender) > 1 else ''}"
    return f"{each[0]}–{each[-1]} {how}"


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.3g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")
