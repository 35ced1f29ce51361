"""Duration of a sweep: an estimate from the plan, refined by each finished visit."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.plan.model import Plan, warmup_of
from httptui.plan.sweep import USUAL_WARMUP, Visit, blocks_of, grid_of, latency_of, slice_seconds_of

START_SECONDS = 1.0
"""Seconds to start and end the target and the lanes on an ordinary machine."""
BOUND_BY_REQUESTS_SECONDS = 1.0
"""Assumed seconds of a turn bounded by requests, until one is over."""


def planned_seconds(plan: Plan) -> float:
    """Return the seconds of a sweep by its plan alone: every block visits all levels once."""
    return blocks_of(plan) * sum(planned_visit(plan, levels) for levels in grid_of(plan))


def planned_visit(plan: Plan, levels: Sequence[float]) -> float:
    """Return the seconds of one visit by its plan alone: starts, warm-ups, turns, and answers after their end."""
    usual = plan.schedule.warmup == "auto"
    warmup = warmup_of(USUAL_WARMUP if usual else plan.schedule.warmup).seconds
    turn = slice_seconds_of(plan, levels)
    latency = latency_of(plan, levels) / 1000
    each = (
        warmup + (BOUND_BY_REQUESTS_SECONDS if turn is None else turn) + 2 * latency + plan.schedule.cooldown
    )
    return START_SECONDS + len(plan.contender) * each


class Timing:
    """Estimate of the remaining time; all times are seconds since the start.

    A coming visit takes as long as the last one to its levels, or as planned, scaled by how much the finished ones
    exceeded their plan.
    """

    def __init__(self, plan: Plan, visits: Sequence[Visit]) -> None:
        self.began = 0.0
        self._visits = visits
        self._planned = {levels: planned_visit(plan, levels) for levels in grid_of(plan)}
        self._took: dict[tuple[float, ...], float] = {}
        self._done = 0

    def begin(self, now: float) -> None:
        """Begin a visit."""
        self.began = now

    def end(self, visit: Visit, now: float) -> None:
        """End a visit."""
        self._took[visit.levels] = now - self.began
        self._done += 1

    def total(self, now: float) -> float:
        """Estimate the seconds of the whole sweep."""
        missed = (
            sum(self._took.values()) / sum(self._planned[levels] for levels in self._took)
            if self._took
            else 1.0
        )
        left = [
            self._took.get(visit.levels, self._planned[visit.levels] * missed)
            for visit in self._visits[self._done :]
        ]
        if not left:
            return now
        return self.began + max(now - self.began, left[0]) + sum(left[1:])
