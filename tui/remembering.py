"""Plans that are run are remembered, so that they can be run again another day."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol, TypeVar

from httptui.plan.model import Plan
from httptui.presets.recent import remember

Session = TypeVar("Session", covariant=True)


class Start(Protocol[Session]):
    """Begins a run or a sweep."""

    def __call__(self, plan: Plan, *, consent: frozenset[str] = frozenset()) -> Session: ...


def remembering(start: Start[Session]) -> Start[Session]:
    """The same way to begin, which keeps the plan among the recent ones first, where that can be."""

    def begin(plan: Plan, *, consent: frozenset[str] = frozenset()) -> Session:
        with suppress(OSError):
            remember(plan)
        return start(plan, consent=consent)

    return begin
