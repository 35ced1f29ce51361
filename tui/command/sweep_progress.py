"""Progress of a headless sweep on stderr."""

from __future__ import annotations

from httptui.sweeps.snapshot import SweepSnapshot
from httptui.units import format_rate
from httptui.tui.command.progress import Teller


class SweepProgress(Teller):
    """Tells what is new in each snapshot of a sweep."""

    def __init__(self, *, terminal: bool | None = None) -> None:
        super().__init__(terminal=terminal)
        self._titled = False
        self._visit: tuple[int, tuple[float, ...] | None] | None = None

    def show(self, snapshot: SweepSnapshot) -> None:
        """Tell what happened, then where the sweep stands: elsewhere than on a terminal once a visit."""
        if not self._titled:
            self._titled = True
            self.say(f"{snapshot.target}   {snapshot.load} · about {snapshot.total:.0f} s")
            for one in snapshot.contenders:
                self.say(f"{one.id}  {one.label}")
        self.tell(snapshot.warnings, snapshot.events)
        visit = (snapshot.block, snapshot.levels)
        self.stand(snapshot.progress, sweep_status(snapshot), due=visit != self._visit)
        self._visit = visit


def sweep_status(snapshot: SweepSnapshot) -> str:
    """The sweep in one line: block, levels, who is under load, and time."""
    parts = [f"block {snapshot.block} of {snapshot.blocks}"]
    if snapshot.levels is not None:
        parts += [
            f"{axis.path} {level:g}" for axis, level in zip(snapshot.axes, snapshot.levels, strict=True)
        ]
    if snapshot.contender is not None and snapshot.live_req_per_s:
        parts.append(f"{snapshot.contender} {format_rate(snapshot.live_req_per_s)} req/s")
    parts.append(f"{snapshot.elapsed:.0f}/{snapshot.total:.0f} s")
    return " · ".join(parts)
