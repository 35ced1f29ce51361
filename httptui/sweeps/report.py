"""The report a sweep leaves: the JSON of schema `httptui.sweep/1`, from which every other format is made."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec import Struct

from httptui.report.saved import SWEEP_SCHEMA, decoded, read_bytes, schema_of
from httptui.results.report import Recorded, Report
from httptui.results.snapshot import Event
from httptui.sweeps.judging import SweepAnalysis
from httptui.sweeps.points import Axis, SweepContender, SweepPoint


class SweepVerdict(Struct, frozen=True):
    """The verdict of a sweep: "invalid" if it ended because its target failed, "not comparable" if contenders did
    unequal work.
    """

    sentence: str
    kind: Literal["measured", "not comparable", "invalid"] = "measured"


class SweepReport(Recorded, frozen=True, kw_only=True):
    """The result of a sweep; with `complete` false, the state when it was cut short.

    `points` has one entry for every combination of levels and contender; the last axis changes fastest among the
    axes, contenders fastest of all. Entries that were not measured are empty.
    """

    schema: Literal["httptui.sweep/1"] = SWEEP_SCHEMA
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


def read_either(path: Path) -> Report | SweepReport:
    """The report of a run or of a sweep in a JSON file; PlanError names a file that holds neither."""
    data = read_bytes(path)
    if schema_of(data) == SWEEP_SCHEMA:
        return decoded(data, SweepReport, path)
    return decoded(data, Report, path)
