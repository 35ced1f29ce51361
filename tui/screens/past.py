"""Saved runs and sweeps, each on its board as it was at its end; nothing of them can be changed or run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from msgspec import structs
from textual.binding import BindingType

from httptui.plan.model import Plan
from httptui.report.saved import decoded, read_bytes, read_report
from httptui.results.report import Report
from httptui.results.snapshot import Snapshot
from httptui.sweeps.report import SweepReport, SweepSnapshot
from httptui.tui.control.session import status_at_end
from httptui.tui.keys import Key, bindings_of, key_names
from httptui.tui.panels.board_keys import (
    LOOKING,
    PAST_RUN_KEYS,
    PAST_SWEEP_KEYS,
    RUN_BINDINGS,
    RUN_KEYS,
    SWEEP_BINDINGS,
)
from httptui.tui.panels.columns import Picked
from httptui.tui.panels.sweep_view import SweepView
from httptui.tui.panels.view import View
from httptui.tui.screens.board_screen import PanelScreen
from httptui.tui.screens.run import ShownRun
from httptui.tui.screens.sweep import ShownSweep
from httptui.tui.settings import USUAL, Settings
from httptui.tui.shown_reports import (
    plan_of,
    shown_report,
    shown_sweep,
    snapshot_of_report,
    snapshot_of_sweep,
)

OF_RUNS = frozenset(key.action for key in RUN_KEYS) - {*LOOKING}
"""Actions that a contender's page asks the screen below for, and that a run which is over does not have."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """What is to be shown of a saved run, made once, away from the screen."""

    snapshot: Snapshot
    plan: Plan | None
    complete: bool


def past_run(report: Report) -> PastRun:
    """Return what is to be shown of a report."""
    shown = shown_report(report)
    return PastRun(snapshot_of_report(shown), plan_of(shown), shown.complete)


def past_run_of_file(path: Path) -> PastRun:
    """Return what is to be shown of a report's file; PlanError where it is none."""
    return past_run(read_report(path))


@dataclass(frozen=True, slots=True)
class PastSweep:
    """What is to be shown of a saved sweep, made once, away from the screen."""

    snapshot: SweepSnapshot
    verdict: str
    complete: bool
    invalid: bool


def past_sweep(report: SweepReport) -> PastSweep:
    """Return what is to be shown of a report; PlanError where its points do not lie on its axes."""
    shown = shown_sweep(report)
    return PastSweep(
        snapshot_of_sweep(shown), shown.verdict.sentence, shown.complete, shown.verdict.kind == "invalid"
    )


def past_sweep_of_file(path: Path) -> PastSweep:
    """Return what is to be shown of a file; PlanError where it is no report of a sweep."""
    return past_sweep(decoded(read_bytes(path), SweepReport, path))


def _with_moment(text: str, when: str) -> str:
    return " · ".join(part for part in (text, when) if part)


class PastRunScreen(ShownRun):
    """A saved run; `when` tells when that was."""

    BINDING_GROUP_TITLE = "Saved run"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(PAST_RUN_KEYS))
    KEYS: ClassVar[tuple[Key, ...]] = PAST_RUN_KEYS

    def __init__(self, past: PastRun, when: str = "", *, settings: Settings = USUAL) -> None:
        verdict = past.snapshot.verdict
        keys = key_names(RUN_BINDINGS, settings.keymap)
        del keys["settle"]  # A sentence that names it would name what cannot be done here.
        view = View(
            structs.replace(past.snapshot, title=_with_moment(past.snapshot.title, when)),
            status=status_at_end(
                invalid=verdict is not None and verdict.kind == "invalid", complete=past.complete
            ),
            blocks=settings.blocks,
            plan=past.plan,
            picked=Picked.exactly(settings.columns),
            keys=keys,
        )
        super().__init__(view, settings)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Refuse what runs, changes or saves a run."""
        return False if action in OF_RUNS else super().check_action(action, parameters)

    def action_back(self) -> None:
        """Give the screen back to all panels, or the events their place, or go back to the screen below."""
        if self.maximized is None and self.view.chosen is None:
            PanelScreen.action_back(self)
        else:
            super().action_back()


class PastSweepScreen(ShownSweep):
    """A saved sweep; `when` tells when that was."""

    BINDING_GROUP_TITLE = "Saved sweep"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(PAST_SWEEP_KEYS))
    KEYS: ClassVar[tuple[Key, ...]] = PAST_SWEEP_KEYS

    def __init__(self, past: PastSweep, when: str = "", *, settings: Settings = USUAL) -> None:
        view = SweepView(
            structs.replace(past.snapshot, load=_with_moment(past.snapshot.load, when)),
            status=status_at_end(invalid=past.invalid, complete=past.complete),
            blocks=settings.blocks,
            verdict=past.verdict,
            keys=key_names(SWEEP_BINDINGS, settings.keymap),
        )
        super().__init__(view, settings)
