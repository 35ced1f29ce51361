"""A saved run, drawn on the board as it was at its end; nothing of it can be changed or run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import ClassVar

from msgspec import structs
from textual.binding import Binding, BindingType

from httptui.plan.model import Contender, Plan
from httptui.report.saved import read_report
from httptui.results.report import Report
from httptui.results.snapshot import Snapshot
from httptui.tui.panels.keys import Key
from httptui.tui.panels.run_keys import BOUND, MORE_KEYS, PANEL_KEYS, POINT_KEYS, RUN_KEYS, id_of
from httptui.tui.panels.view import status_at_end
from httptui.tui.report_snapshot import plan_of, shown_report, snapshot_of_report
from httptui.tui.screens.only_shown import OnlyShown
from httptui.tui.screens.run_looking import RunLooking
from httptui.tui.settings import USUAL, Settings

LOOKING = ("swap", "log", "below", "maximise", "help", "blocks", "sort", "columns", "reverse")
NOT_KEPT = ("heatmap", "percentiles")
"""Panels of what no report keeps: latencies over time."""

BACK = Key("esc", "back", "back", "back", 0, "Back to the screen below, or first to all panels")
PAST_KEYS = (BACK, *(key for key in RUN_KEYS if key.action in LOOKING))

PAST_BINDINGS = [
    Binding("escape,q", "back", "back", key_display="esc", tooltip=BACK.help, id="past.back"),
    *(
        Binding(
            BOUND.get(key.key, key.key),
            key.action,
            key.words,
            key_display=key.key,
            show=key in RUN_KEYS,
            tooltip=key.help,
            id=id_of(key.action),
        )
        for key in (*RUN_KEYS, *MORE_KEYS)
        if key.action in LOOKING
    ),
    *(
        Binding(keys, action, title, show=False, tooltip=tooltip, id=id_of(title))
        for keys, action, title, tooltip in POINT_KEYS
        if action != "back"
    ),
    *(
        Binding(
            key,
            f"panel('{name}')",
            f"{title} alone",
            show=False,
            tooltip=f"Give {title} the whole screen",
            id=id_of(f"panel {name}"),
        )
        for key, name, title in PANEL_KEYS
        if name not in NOT_KEPT
    ),
]


NO_PLAN = Plan(contender=(Contender(engine="unknown"),))
"""What the board begins with where a report's plan is not one of ours."""
OF_RUNS = frozenset(key.action for key in (*RUN_KEYS, *MORE_KEYS)) - {*LOOKING}


@dataclass(frozen=True, slots=True)
class PastRun:
    """What is to be shown of a saved run, made once, away from the screen."""

    snapshot: Snapshot
    plan: Plan | None
    complete: bool


def past_run(report: Report) -> PastRun:
    """What is to be shown of a report."""
    shown = shown_report(report)
    return PastRun(snapshot_of_report(shown), plan_of(shown), shown.complete)


def past_run_of_file(path: Path) -> PastRun:
    """The same of a file; PlanError where it is no report."""
    return past_run(read_report(path))


class PastRunScreen(RunLooking, OnlyShown):
    """The board of a saved run; `when` tells when that was."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "run.tcss"]
    BINDING_GROUP_TITLE = "Saved run"
    BINDINGS: ClassVar[list[BindingType]] = list(PAST_BINDINGS)
    LINE_KEYS: ClassVar[tuple[Key, ...]] = PAST_KEYS

    def __init__(self, past: PastRun, when: str = "", *, settings: Settings = USUAL) -> None:
        super().__init__(past.plan or NO_PLAN, settings=settings)
        titled = " · ".join(part for part in (past.snapshot.title, when) if part)
        self._newest = structs.replace(past.snapshot, title=titled)
        verdict = past.snapshot.verdict
        invalid = verdict is not None and verdict.kind == "invalid"
        self._status = status_at_end(invalid=invalid, complete=past.complete)
        keys = {action: key for action, key in self._view.keys.items() if action != "settle"}
        self._view = replace(
            self._view, snapshot=self._newest, status=self._status, plan=past.plan, keys=keys
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What runs, changes or saves a run is not for one that is over."""
        return False if action in OF_RUNS else super().check_action(action, parameters)

    def action_back(self) -> None:
        """Give the screen back to all panels, or the events their place, or go back to the screen below."""
        if self.maximized is None and self._view.chosen is None:
            self.dismiss(None)
        else:
            super().action_back()
