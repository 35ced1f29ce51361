"""Progress of a headless run on stderr: one rewritten line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys

from httptui.results.snapshot import ContenderView, Event, Snapshot
from httptui.sweeps.report import SweepSnapshot
from httptui.tui.cli.streams import note, rewrite
from httptui.units import format_rate

BAR_CELLS = 20
LINES_A_RUN = 60


def bar(progress: float, cells: int = BAR_CELLS) -> str:
    """Draw a bar for a progress of 0 … 1."""
    full = round(min(max(progress, 0.0), 1.0) * cells)
    return "━" * full + "╌" * (cells - full)


def status(snapshot: Snapshot | SweepSnapshot) -> str:
    """Describe the state in one line: phase or place, time, and rates."""
    if isinstance(snapshot, SweepSnapshot):
        return _sweep_status(snapshot)
    total = "" if snapshot.total is None else f"/{snapshot.total:g}"
    invalid = snapshot.verdict is not None and snapshot.verdict.kind == "invalid"
    parts = [f"{'invalid' if invalid else snapshot.phase} {snapshot.elapsed:.1f}{total} s"]
    if snapshot.blocks > 1:
        parts.append(f"block {snapshot.block} of {snapshot.blocks}")
    parts += [f"{view.id} {_rate(view)}" for view in snapshot.contenders]
    return " · ".join(parts)


def _rate(view: ContenderView) -> str:
    if view.state in ("dnf", "stopped", "starting", "warm-up"):
        return view.state
    live = view.live_req_per_s if view.state == "running" else view.req_per_s
    return f"{format_rate(live)} req/s" if live else view.state


def _sweep_status(snapshot: SweepSnapshot) -> str:
    parts = [f"block {snapshot.block} of {snapshot.blocks}"]
    if snapshot.levels is not None:
        parts += [
            f"{axis.path} {level:g}" for axis, level in zip(snapshot.axes, snapshot.levels, strict=True)
        ]
    if snapshot.contender is not None and snapshot.live_req_per_s:
        parts.append(f"{snapshot.contender} {format_rate(snapshot.live_req_per_s)} req/s")
    parts.append(f"{snapshot.elapsed:.0f}/{snapshot.total:.0f} s")
    return " · ".join(parts)


class Progress:
    """Tells what is new in each snapshot of a run or a sweep; each fact is told once."""

    def __init__(self, *, terminal: bool | None = None) -> None:
        self._terminal = sys.stderr.isatty() if terminal is None else terminal
        self._told: set[Event | str] = set()
        self._stage: object = None
        self._next_line = 0.0

    def show(self, snapshot: Snapshot | SweepSnapshot) -> None:
        """Tell what happened since the last snapshot, then the state: outside a terminal only once in a while."""
        is_first, due = self._stage is None, self._due(snapshot)
        if is_first:
            self.say(f"{snapshot.target}   {snapshot.load} · {_extent(snapshot)}")
            for one in snapshot.contenders:
                self.say(f"{one.id}  {one.label}")
        for warning in snapshot.warnings:
            self._once(warning, f"warning: {warning}")
        for event in snapshot.events:
            self._once(event, f"{event.seconds:6.1f} s  {event.text}")
        self._show_state(snapshot.progress, status(snapshot), due=due)

    def say(self, line: str) -> None:
        """Write one line that stays."""
        self.end()
        note(line)

    def end(self) -> None:
        """Leave the cursor on an empty line."""
        if self._terminal:
            rewrite("")

    def _due(self, snapshot: Snapshot | SweepSnapshot) -> bool:
        """Check that a plain line is due: at each phase of a run and LINES_A_RUN times, at each visit of a sweep."""
        if isinstance(snapshot, SweepSnapshot):
            stage: object = (snapshot.block, snapshot.levels)
            due = stage != self._stage
        else:
            stage = snapshot.phase
            due = stage != self._stage or snapshot.elapsed >= self._next_line
            if due:
                self._next_line = snapshot.elapsed + max(1.0, (snapshot.total or 0.0) / LINES_A_RUN)
        self._stage = stage
        return due

    def _show_state(self, progress: float, status: str, *, due: bool) -> None:
        if self._terminal:
            columns = shutil.get_terminal_size().columns
            line = f"{bar(progress)} {progress:4.0%}  {status}"
            rewrite(line if len(line) < columns else line[: max(columns - 2, 0)] + "…")
        elif due:
            note(f"{progress:4.0%}  {status}", passing=True)

    def _once(self, fact: Event | str, line: str) -> None:
        if fact not in self._told:
            self._told.add(fact)
            self.say(line)


def _extent(snapshot: Snapshot | SweepSnapshot) -> str:
    if isinstance(snapshot, SweepSnapshot):
        return f"about {snapshot.total:.0f} s"
    return snapshot.schedule
