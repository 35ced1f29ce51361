"""Snapshots that no session gives: of a plan before its run, of a run with its report's final word, and past ones,
kept for going back in time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from msgspec import msgpack
from msgspec.structs import replace

from httptui.plan.abilities import cautions
from httptui.plan.model import Plan, describe_load
from httptui.plan.sweep import describe_sweep
from httptui.plan.urls import describe_target
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import ContenderView, Event, Level, Snapshot, planned_views


def snapshot_of_plan(plan: Plan) -> Snapshot:
    """Return the plan as a snapshot of a run that has not begun."""
    return Snapshot(
        sequence=0,
        title=plan.name,
        target=describe_target(plan.target),
        load=describe_sweep(plan) if plan.sweep else describe_load(plan.load),
        schedule=plan.schedule.kind,
        phase="preparing",
        elapsed=0.0,
        total=None,
        progress=0.0,
        block=0,
        blocks=0,
        contenders=tuple(replace(view, state="ready") for view in planned_views(plan)),
        warnings=cautions(plan),
    )


def finished_snapshot(last: Snapshot, report: Report) -> Snapshot:
    """Return the last snapshot with the report's final word: rankings, flags, verdict, limiters, causes, events."""
    finals = {contender.id: contender for contender in report.contenders}
    views = tuple(_final(view, finals.get(view.id)) for view in last.contenders)
    return with_last_word(replace(last, phase="done", contenders=views), report)


def with_last_word(snapshot: Snapshot, report: Report) -> Snapshot:
    """Return the snapshot with the report's rankings, flags, verdict, warnings and events, and whether what was
    expected of the run was met.
    """
    return replace(
        snapshot,
        ranking=report.ranking,
        cpu_ranking=report.cpu_ranking,
        flags=report.flags,
        verdict=report.verdict,
        warnings=(*report.warnings, *_missed(report)),
        events=(*report.events, *_expected(report)),
    )


def _missed(report: Report) -> Iterator[str]:
    return (f"{result.outcome}: {result.sentence}" for result in report.expectations if not result.met)


def _expected(report: Report) -> Iterator[Event]:
    """Yield an event at the run's end for each of its expectations."""
    for result in report.expectations:
        level: Level = "info" if result.met else "error"
        yield Event(report.seconds, f"{result.outcome}: {result.sentence}", level)


def _final(view: ContenderView, final: ReportContender | None) -> ContenderView:
    if final is None:
        return view
    return replace(
        view, state=final.state, limiter=final.limiter, cause=final.cause, req_per_s=final.req_per_s
    )


MOST_FRAMES = 300
MOST_BYTES = 6 * 1024 * 1024
"""The app grows by this and nearly as much again, for the holes that pictures leave between kept frames, and then by
nothing more.  Compressed, frames would be half as large and take four times as long.
"""


class SnapshotHistory:
    """Snapshots by rising sequence number: at most `most_frames`, and `most_bytes` when packed, but at least one.

    They are packed, for a histogram has many entries, but not compressed, which would take as long again, and lie
    equally far apart: where they grow too many or too large, every other one is dropped, and from then on only every
    other new one is kept.
    """

    def __init__(self, most_frames: int = MOST_FRAMES, most_bytes: int = MOST_BYTES) -> None:
        self._most_frames, self._most_bytes = most_frames, most_bytes
        self._pack, self._unpack = msgpack.Encoder(), msgpack.Decoder(Snapshot)
        self.clear()

    def clear(self) -> None:
        """Forget all of it, for another run."""
        self._sequences: list[int] = []
        self._frames: list[bytes] = []
        self._bytes = 0
        self._stride = 1
        self._offered = 0

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def bytes(self) -> int:
        """Size of all kept frames together."""
        return self._bytes

    def add(self, snapshot: Snapshot) -> None:
        """Keep a snapshot, if its turn has come; its sequence number must be higher than that of any before it."""
        self._offered += 1
        if (self._offered - 1) % self._stride:
            return
        packed = self._pack.encode(snapshot)
        self._sequences.append(snapshot.sequence)
        self._frames.append(packed)
        self._bytes += len(packed)
        while len(self) > 1 and (len(self) > self._most_frames or self._bytes > self._most_bytes):
            self._thin()

    def first(self) -> Snapshot | None:
        """The earliest one; None where none is kept."""
        return self._at(0) if self._frames else None

    def before(self, sequence: int, frames: int = 1) -> Snapshot | None:
        """The one so many frames before a sequence number, or the first; None where none is kept before it."""
        place = bisect_left(self._sequences, sequence)
        return self._at(max(place - frames, 0)) if place else None

    def after(self, sequence: int, frames: int = 1) -> Snapshot | None:
        """The one so many frames after a sequence number; None beyond the last one kept."""
        place = bisect_right(self._sequences, sequence) + frames - 1
        return self._at(place) if place < len(self) else None

    def _at(self, place: int) -> Snapshot:
        return self._unpack.decode(self._frames[place])

    def _thin(self) -> None:
        self._sequences, self._frames = self._sequences[::2], self._frames[::2]
        self._bytes = sum(map(len, self._frames))
        self._stride *= 2
