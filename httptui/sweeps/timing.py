"""How long a sweep takes: an estimate from the plan, which each visit that is over makes better."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.plan.model import Plan, warmup_of
from httptui.plan.sweep import USUAL_WARMUP, Visit, blocks_of, grid_of, latency_of, slice_seconds_of

START_SECONDS = 1.0
"""What starting the target and the lanes, and ending them, takes on an ordinary machine."""
BOUND_BY_REQUESTS_SECONDS = 1.0
"""What is assumed of a turn whose requests bound it, until one is over."""


def planned_seconds(plan: Plan) -> float:
    """Seconds that a sweep takes by its plan alone: every block has one visit to all of its levels."""
    return blocks_of(plan) * sum(planned_visit(plan, levels) for levels in grid_of(plan))


def planned_visit(plan: Plan, levels: Sequence[float]) -> float:
    """Seconds of one visit by the plan alone: starts, warm-ups, turns, and the answers that come after their end."""
    usual = plan.schedule.warmup == "auto"
    warmup = warmup_of(USUAL_WARMUP if usual else plan.schedule.warmup).seconds
    turn = slice_seconds_of(plan, levels)
    latency = latency_of(plan, levels) / 1000
    each = (
        warmup + (BOUND_BY_REQUESTS_SECONDS if turn is None else turn) + 2 * latency + plan.schedule.cooldown
    )
    return START_SECONDS + len(plan.contender) * each


class Timing:
    """Keeps how long visits took: those to come take as long as the last one to their levels, or, where there was
    none, as long as planned times by how much the others missed their plan.  All times in seconds since the start.
    """

    def __init__(self, plan: Plan, visits: Sequence[Visit]) -> None:
        self.began = 0.0
        self._visits = visits
        self._planned = {levels: planned_visit(plan, levels) for levels in grid_of(plan)}
        self._took: dict[tuple[float, ...], float] = {}
        self._done = 0

    def begin(self, now: float) -> None:
        """A visit begins."""
        self.began = now

    def end(self, visit: Visit, now: float) -> None:
        """It is over."""
        self._took[visit.levels] = now - self.began
        self._done += 1

    def total(self, now: float) -> float:
        """Seconds that the whole sweep will have taken, as far as is known now."""
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
