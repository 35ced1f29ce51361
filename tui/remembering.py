"""Plans that are run are remembered, so that they can be run again another day."""

from __future__ import annotations

from contextlib import suppress

from httptui.plans.plan import Plan
from presets.recent import remember
from tui.session import Session, Start


def remembering(start: Start) -> Start:
    """The same way to begin a run, which keeps the plan among the recent ones first, where that can be."""

    def begin(plan: Plan, *, consent: frozenset[str] = frozenset()) -> Session:
        with suppress(OSError):
            remember(plan)
        return start(plan, consent=consent)

    return begin
