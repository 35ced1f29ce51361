"""What a sweep looks like at one moment: frozen, complete, and all that a screen or a progress line knows."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from httptui.snapshot import Event
from httptui.sweeps.analysis import SweepAnalysis
from httptui.sweeps.points import Axis, SweepContender, SweepPoint

SweepPhase = Literal["preparing", "warm-up", "running", "draining", "done"]


class SweepSnapshot(Struct, frozen=True, kw_only=True):
    """The sweep as it stands.

    `points` has one for every combination of levels and contender, the last axis changing fastest and contenders
    fastest of all; those not yet measured are empty.  `levels` (in the order of the axes) and `contender` (a letter)
    are under load now, `live_req_per_s` its pace; `block` is from 1.  `elapsed` and `total` are seconds of the whole
    sweep, preparations included: `total` is an estimate that gets better.  `progress` is 0 … 1.
    """

    sequence: int
    title: str
    target: str
    load: str
    phase: SweepPhase
    axes: tuple[Axis, ...]
    contenders: tuple[SweepContender, ...]
    points: tuple[SweepPoint, ...]
    block: int
    blocks: int
    levels: tuple[float, ...] | None = None
    contender: str | None = None
    live_req_per_s: float = 0.0
    elapsed: float
    total: float
    progress: float
    analysis: SweepAnalysis = SweepAnalysis()
    events: tuple[Event, ...] = ()
    warnings: tuple[str, ...] = ()


    def __repr__(self) -> str:
        return f"<SweepSnapshot {self.sequence}: {self.elapsed:.1f} s>"