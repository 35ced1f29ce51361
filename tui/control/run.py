"""Control of runs: one plan, its run that is on or was last, that run's past, what changes it while it is on, and the
screen's threads before the load where it has filled the machine.
"""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Iterator
from typing import Protocol

from msgspec.structs import replace

from httptui.errors import TargetError
from httptui.plan.model import Plan
from httptui.plan.schedule import MOST_BLOCKS, blocks_a_round, enough_blocks
from httptui.plan.urls import split_target
from httptui.results.report import Report
from httptui.results.snapshot import Snapshot, is_shared, without_past
from httptui.target.options import Pacing
from httptui.tui.control.session import Control, Face, Frames, Session, Start
from httptui.tui.control.snapshots import SnapshotHistory, finished_snapshot, snapshot_of_plan

LOWEST = 1
SCREEN_THREADS = ("textual-input", "textual-output")
"""Textual's, beside the main thread."""


class Precedence:
    """The screen's threads, before the load or level with it; `wanted` is False where it shall stay level.

    With a fair share among all processes, what takes 5 ms of CPU may take hundreds of milliseconds on a full machine.
    Only there they come first: elsewhere they would hold up a client or the target for as long as a picture takes,
    which shows in the 99.9th percentile.  Linux alone has it, as real-time scheduling in turns (sched(7),
    `SCHED_RR`), and allows it to root, to `CAP_SYS_NICE` and within `RLIMIT_RTPRIO`.  What the app starts does not
    inherit it (`SCHED_RESET_ON_FORK`).
    """

    def __init__(self, *, wanted: bool = True) -> None:
        self._possible = wanted and sys.platform == "linux"
        self._held = False
        self.was_held = False

    def follow(self, snapshot: Snapshot) -> None:
        """Come first from the snapshot on that tells of a full machine."""
        if self._possible and not self._held and is_shared(snapshot.flags):
            self._possible = self._held = self._set(first=True)
            self.was_held |= self._held

    def release(self) -> None:
        """Be level with the load again."""
        if self._held:
            self._held = False
            self._set(first=False)

    def _set(self, *, first: bool) -> bool:
        """Return True if the system let every thread be set; where it did not, all are as they were."""
        if sys.platform != "linux":
            return False
        policy, priority = (os.SCHED_RR, LOWEST) if first else (os.SCHED_OTHER, 0)
        try:
            for thread in _screen_threads():
                os.sched_setscheduler(thread, policy | os.SCHED_RESET_ON_FORK, os.sched_param(priority))
        except OSError:
            if first:
                self._set(first=False)
            return False
        return True


def _screen_threads() -> Iterator[int]:
    """Yield the kernel's numbers of the threads between a key and a picture."""
    for thread in threading.enumerate():
        is_screen = thread is threading.main_thread() or thread.name in SCREEN_THREADS
        if is_screen and thread.native_id is not None:
            yield thread.native_id


STEERING = ("stop", "more", "less", "pause", "target")
"""Actions that change a run while it is on."""


class RunSession(Session[Snapshot, Report], Protocol):
    """Run that is on, with what changes it."""

    @property
    def paused(self) -> bool:
        """True while it is paused, or about to be."""

    def pause(self) -> None:
        """Send nothing until `resume`."""

    def resume(self) -> None:
        """Go on."""

    def step_load(self, direction: int) -> bool:
        """Take one step more of the load, or, with -1, less; False at the end of the scale."""

    @property
    def pacing(self) -> Pacing:
        """Delays and errors that the embedded target adds to each answer."""

    def set_target(self, **changes: float) -> None:
        """Change `latency_ms`, `jitter_ms` or `error_rate` of the embedded target; TargetError says what is wrong."""


class RunControl(Control[Snapshot, Report, RunSession]):
    """A plan and its runs.

    `frames` counts the pictures drawn, which the report tells beside what drawing cost; `precedence` is False where
    the screen shall never come before the load.
    """

    def __init__(
        self,
        plan: Plan,
        start: Start[RunSession],
        face: Face,
        frames: Frames,
        *,
        consent: frozenset[str] = frozenset(),
        precedence: bool = True,
    ) -> None:
        super().__init__(snapshot_of_plan(plan), start, face, consent=consent)
        self.plan = self.running_plan = plan
        self.history = SnapshotHistory()
        self._frames, self._wanted = frames, precedence
        self._precedence = Precedence(wanted=precedence)

    def load(self, plan: Plan) -> None:
        """Take another plan, not yet running."""
        self.plan = plan
        self.clear()

    def clear(self) -> None:
        """Forget the last run, and be as before any."""
        self._forget(self.plan)
        self.face.cleared()

    def begin(self, plan: Plan) -> None:
        """Run a plan, unless a run is on."""
        if self.running:
            return
        self._forget(plan)
        self.status = "running"
        self._precedence = Precedence(wanted=self._wanted)
        self._spawn(plan)

    def _forget(self, plan: Plan) -> None:
        self._clear(snapshot_of_plan(plan), "idle")
        self.running_plan = plan
        self.history.clear()
        self._frames.count = 0

    def _again(self) -> None:
        self.begin(self.running_plan)

    def _receive(self, item: Snapshot | Report) -> None:
        if isinstance(item, Report):
            self.report = self._told(item)
            self.newest = finished_snapshot(self.newest, item)
            self._end(invalid=item.verdict.kind == "invalid", complete=item.complete)
        else:
            self._precedence.follow(item)
            self.take(item)

    def take(self, snapshot: Snapshot) -> None:
        """Take a newer snapshot, and keep it among those that can be gone back to."""
        self.newest = snapshot
        self.history.add(without_past(snapshot))
        self.face.newer()

    def _released(self) -> None:
        self._precedence.release()

    def _told(self, report: Report) -> Report:
        """Return the report with the number of pictures drawn in its run, and whether the screen came first."""
        watching = {
            **report.environment.get("watching", {}),
            "pictures": self._frames.count,
            "precedence": self._precedence.was_held,
        }
        return replace(report, environment={**report.environment, "watching": watching})

    # Steering.

    def can(self, action: str) -> bool:
        """Check that an action of STEERING is possible: only while a run is on, and only our own target changes."""
        if action == "target" and not split_target(self.running_plan.target.all_urls[0]).embedded:
            return False
        return self.status == "running"

    def step(self, direction: int) -> None:
        """Take one step more of the load, or, with -1, less."""
        if self._session is not None and not self._session.step_load(direction):
            self.face.tell(f"That is the {'most' if direction > 0 else 'least'}.")

    def pause(self) -> None:
        """Pause, or go on."""
        if self._session is not None:
            if self._session.paused:
                self._session.resume()
            else:
                self._session.pause()

    @property
    def pacing(self) -> Pacing | None:
        """Delays and errors that the embedded target adds to each answer; None where no run is on."""
        return None if self._session is None else self._session.pacing

    def change_target(self, changes: dict[str, float]) -> None:
        """Change how the embedded target answers."""
        if self._session is None or not self.running:
            return
        try:
            self._session.set_target(**changes)
        except TargetError as error:
            self.face.tell(str(error), "Not changed", error=True)


def can_be_settled(plan: Plan) -> bool:
    """Check that there is anything to compare under fairer conditions."""
    return plan.schedule.kind == "concurrent" and len(plan.contender) > 1


def settling(plan: Plan) -> Plan:
    """Return the plan with interleaved turns until its order is decided, in rounds enough that it can be."""
    # A turn that goes through stages is a block of its own and cannot be divided.
    blocks = None if plan.load.stages else plan.schedule.blocks
    schedule = replace(plan.schedule, kind="interleaved", until="decided", blocks=blocks)
    turns = replace(plan, schedule=schedule)
    each, rounds = blocks_a_round(turns), schedule.rounds
    if each * rounds < enough_blocks(plan):
        rounds = math.ceil(MOST_BLOCKS / each)
    return replace(turns, schedule=replace(schedule, rounds=rounds))
