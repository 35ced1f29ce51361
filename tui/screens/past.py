"""Saved runs and sweeps, each on its board as it was at its end; nothing of them can be changed or run."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from msgspec import structs
from textual.binding import BindingType

from httptui.report.saved import SavedReport, SavedSweep, decoded, read_bytes, read_report
from httptui.results.report import Report
from httptui.sweeps.report import SweepReport
from httptui.tui.control.session import Status, status_at_end
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


def past_run(report: Report) -> View:
    """Return a saved run as it was at its end."""
    shown = shown_report(report)
    return View(snapshot_of_report(shown), _status_of(shown), plan=plan_of(shown))


def past_sweep(report: SweepReport) -> SweepView:
    """Return a saved sweep as it was at its end; PlanError where its points do not lie on its axes."""
    shown = shown_sweep(report)
    return SweepView(snapshot_of_sweep(shown), _status_of(shown), verdict=shown.verdict.sentence)


def past_of(saved: SavedReport | SavedSweep) -> View | SweepView:
    """Read a report's file, and return it as it was at its end; PlanError where the file is no such report."""
    if isinstance(saved, SavedReport):
        return past_run(read_report(saved.path))
    return past_sweep(decoded(read_bytes(saved.path), SweepReport, saved.path))


def _status_of(report: Report | SweepReport) -> Status:
    return status_at_end(invalid=report.verdict.kind == "invalid", complete=report.complete)


def _with_moment(text: str, when: str) -> str:
    return " · ".join(part for part in (text, when) if part)


class PastRunScreen(ShownRun):
    """A saved run; `when` tells when that was."""

    BINDING_GROUP_TITLE = "Saved run"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(PAST_RUN_KEYS))
    KEYS: ClassVar[tuple[Key, ...]] = PAST_RUN_KEYS

    def __init__(self, past: View, when: str = "", *, settings: Settings = USUAL) -> None:
        keys = key_names(RUN_BINDINGS, settings.keymap)
        del keys["settle"]  # A sentence that names it would name what cannot be done here.
        view = replace(
            past,
            snapshot=structs.replace(past.snapshot, title=_with_moment(past.snapshot.title, when)),
            blocks=settings.blocks,
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

    def __init__(self, past: SweepView, when: str = "", *, settings: Settings = USUAL) -> None:
        view = replace(
            past,
            snapshot=structs.replace(past.snapshot, load=_with_moment(past.snapshot.load, when)),
            blocks=settings.blocks,
            keys=key_names(SWEEP_BINDINGS, settings.keymap),
        )
        super().__init__(view, settings)
