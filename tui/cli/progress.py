"""Progress of a headless run on stderr: one rewritten line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from httptui.results.snapshot import ContenderView, Event, Snapshot
from httptui.sweeps.report import SweepSnapshot
from httptui.tui.cli.streams import note, rewrite
from httptui.units import format_rate

BAR_CELLS = 20
LINES_A_RUN = 60


def bar(progress: float, cells: int = BAR_CELLS) -> str:
    """A bar of so many cells for 0 … 1."""
    full = round(min(max(progress, 0.0), 1.0) * cells)
    return "━" * full + "╌" * (cells - full)


def status(snapshot: Snapshot) -> str:
    """The run in one line: phase, time, and each contender's rate."""
    total = "" if snapshot.total is None else f"/{snapshot.total:g}"
    invalid = snapshot.verdict is not None and snapshot.verdict.kind == "invalid"
    parts = [f"{'invalid' if invalid else snapshot.phase} {snapshot.elapsed:.1f}{total} s"]
    if snapshot.blocks > 1:
        parts.append(f"block {snapshot.block} of {snapshot.blocks}")
    parts += [f"{view.id} {_rate(view)}" for view in snapshot.contenders]
    return " · ".join(parts)


class Teller:
    """One rewritten line on a terminal, plain lines elsewhere, and facts that are told once."""

    def __init__(self, *, terminal: bool | None = None) -> None:
        self._terminal = sys.stderr.isatty() if terminal is None else terminal
        self._told: set[Event | str] = set()

    def say(self, line: str) -> None:
        """One line that stays."""
        if self._terminal:
            rewrite("")
        note(line)

    def end(self) -> None:
        """Leave the cursor on an empty line."""
        if self._terminal:
            rewrite("")

    def tell(self, warnings: Sequence[str], events: Sequence[Event]) -> None:
        """Tell what is new of these."""
        for warning in warnings:
            self._once(warning, f"warning: {warning}")
        for event in events:
            self._once(event, f"{event.seconds:6.1f} s  {event.text}")

    def stand(self, progress: float, status: str, *, due: bool) -> None:
        """Tell where things stand: on a terminal at any time, elsewhere where it is due."""
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


class Progress(Teller):
    """Tells what is new in each snapshot of a run."""

    def __init__(self, *, terminal: bool | None = None) -> None:
        super().__init__(terminal=terminal)
        self._phase = ""
        self._next_line = 0.0
        self._titled = False

    def show(self, snapshot: Snapshot) -> None:
        """Tell what happened, then where the run stands."""
        if not self._titled:
            self._titled = True
            self.say(f"{snapshot.target}   {snapshot.load} · {snapshot.schedule}")
            for view in snapshot.contenders:
                self.say(f"{view.id}  {view.label}")
        self.tell(snapshot.warnings, snapshot.events)
        due = snapshot.phase != self._phase or snapshot.elapsed >= self._next_line
        if due:
            self._phase = snapshot.phase
            self._next_line = snapshot.elapsed + max(1.0, (snapshot.total or 0.0) / LINES_A_RUN)
        self.stand(snapshot.progress, status(snapshot), due=due)


def _rate(view: ContenderView) -> str:
    if view.state in ("dnf", "stopped", "starting", "warm-up"):
        return view.state
    live = view.live_req_per_s if view.state == "running" else view.req_per_s
    return f"{format_rate(live)} req/s" if live else view.state


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
