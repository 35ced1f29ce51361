"""Plans that are run are remembered, so that they can be run again another day."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

from httptui.plan.model import Plan
from httptui.presets.recent import remember
from httptui.tui.control.session import Start

Session = TypeVar("Session")


def remembering(start: Start[Session]) -> Start[Session]:
    """The same way to begin, which keeps the plan among the recent ones first, where that can be."""

    def begin(plan: Plan, *, consent: frozenset[str] = frozenset()) -> Session:
        with suppress(OSError):
            remember(plan)
        return start(plan, consent=consent)

    return begin
