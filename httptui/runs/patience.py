"""How long the steps of a run wait for their last answers: all of them together not much longer than one request may
take, so that a run ends in time though its target hangs.
"""

from __future__ import annotations

from collections.abc import Sequence

from httptui.lanes.setup import GRACE_SECONDS
from httptui.plans.plan import Plan
from httptui.plans.retries import longest_request
from httptui.plans.schedule import Step
from httptui.tallies.lane_tally import LaneTally

SPARE_SECONDS = 2.0
USUAL_SECONDS, USUAL_LATENCIES = 0.5, 5.0
"""What a step may wait that has seen answers, whatever the others have waited: this, and so many of its latencies."""


class Patience:
    """What a run may still wait.  Steps whose answers come as they usually do take nothing of it; contenders that
    take turns, and have had no answer yet, share it evenly, so that one that hangs leaves something to the others.
    """

    def __init__(self, plan: Plan, lanes: Sequence[LaneTally]) -> None:
        self._lanes = lanes
        self._longest = longest_request(plan.policy) + GRACE_SECONDS
        self._left = self._longest + SPARE_SECONDS
        self._untried = set(range(len(lanes)))

    def drain_of(self, step: Step) -> float:
        """For how many seconds after its end a step may wait for its last answers."""
        longest = self._longest if step.drain_seconds is None else min(step.drain_seconds, self._longest)
        usual = self._usual(step)
        left = self._left
        if not usual:
            others = self._untried.difference(step.lanes)
            left /= 1 + len(others) / len(step.lanes)
        return min(longest, (usual or 0.0) + left)

    def note(self, step: Step, seconds: float) -> None:
        """Keep for how many seconds after its end a step has waited; nothing of one that sends nothing."""
        if step.idle:
            return
        self._untried.difference_update(step.lanes)
        self._left = max(self._left - max(seconds - (self._usual(step) or 0.0), 0.0), 0.0)

    def _usual(self, step: Step) -> float | None:
        """How long a step waits as a rule, or None where any of its lanes has had no answer yet."""
        typical = [self._lanes[index].median_seconds for index in step.lanes]
        known = [seconds for seconds in typical if seconds is not None]
        return USUAL_SECONDS + USUAL_LATENCIES * max(known) if len(known) == len(typical) else None
