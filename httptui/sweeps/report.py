"""The report a sweep leaves: the JSON of schema `httptui.sweep/1`, from which every other format is made."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from httptui.reports.reading import SWEEP_SCHEMA
from httptui.snapshot import Event
from httptui.sweeps.analysis import SweepAnalysis
from httptui.sweeps.points import Axis, SweepContender, SweepPoint


class SweepVerdict(Struct, frozen=True):
    """The last word of a sweep: "invalid" where it ended because its target failed, "not comparable" where it would
    compare contenders that did unequal work.
    """

    sentence: str
    kind: Literal["measured", "not comparable", "invalid"] = "measured"


class SweepReport(Struct, frozen=True, kw_only=True):
    """A sweep's whole result, or, with `complete` false, what there was when it was cut short.

    `points` has one for every combination of levels and contender, the last axis changing fastest and contenders
    fastest of all; those that were not measured are empty.
    """

    schema: Literal["httptui.sweep/1"] = SWEEP_SCHEMA
    complete: bool
    started: str
    seconds: float
    plan: dict[str, Any]
    environment: dict[str, Any]
    axes: tuple[Axis, ...]
    contenders: tuple[SweepContender, ...]
    blocks: int
    points: tuple[SweepPoint, ...]
    analysis: SweepAnalysis
    verdict: SweepVerdict
    warnings: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()


    def __repr__(self) -> str:
        return f"<SweepReport: {len(self.points)} points of {self.plan.get('name') or 'a sweep'}>"