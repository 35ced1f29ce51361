"""A saved sweep, drawn on the board as it was at its end; nothing of it can be changed or run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import ClassVar

from msgspec import structs
from textual.binding import Binding, BindingType

from httptui.report.saved import decoded, read_bytes
from httptui.sweeps.report import SweepReport, SweepSnapshot
from httptui.tui.panels.keys import Key
from httptui.tui.panels.view import status_at_end
from httptui.tui.report_snapshot import shown_sweep, snapshot_of_sweep
from httptui.tui.screens.only_shown import OnlyShown
from httptui.tui.screens.past_run import BACK
from httptui.tui.screens.sweep_board import SweepBoard
from httptui.tui.screens.sweep_keys import SWEEP_BINDINGS, SWEEP_KEYS
from httptui.tui.settings import USUAL, Settings

LOOKING = ("figure", "log", "axis", "maximise", "help", "blocks", "back")
PAST_SWEEP_KEYS = (BACK, *(key for key in SWEEP_KEYS if key.action in LOOKING and key.action != BACK.action))

PAST_SWEEP_BINDINGS = [
    Binding("escape,q", "back", "back", key_display="esc", tooltip=BACK.help, id="past-sweep.back"),
    *(
        binding
        for binding in SWEEP_BINDINGS
        if binding.action != "back"
        and (binding.action in LOOKING or binding.action.startswith(("point(", "panel(")))
    ),
]


OF_SWEEPS = frozenset(key.action for key in SWEEP_KEYS) - {*LOOKING}


@dataclass(frozen=True, slots=True)
class PastSweep:
    """What is to be shown of a saved sweep, made once, away from the screen."""

    snapshot: SweepSnapshot
    verdict: str
    complete: bool
    invalid: bool


def past_sweep(report: SweepReport) -> PastSweep:
    """What is to be shown of a report; PlanError where its points do not lie on its axes."""
    shown = shown_sweep(report)
    return PastSweep(
        snapshot_of_sweep(shown), shown.verdict.sentence, shown.complete, shown.verdict.kind == "invalid"
    )


def past_sweep_of_file(path: Path) -> PastSweep:
    """The same of a file; PlanError where it is no report of a sweep."""
    return past_sweep(decoded(read_bytes(path), SweepReport, path))


class PastSweepScreen(SweepBoard, OnlyShown):
    """The board of a saved sweep; `when` tells when that was."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "sweep.tcss"]
    BINDING_GROUP_TITLE = "Saved sweep"
    BINDINGS: ClassVar[list[BindingType]] = list(PAST_SWEEP_BINDINGS)
    LINE_KEYS: ClassVar[tuple[Key, ...]] = PAST_SWEEP_KEYS

    def __init__(self, past: PastSweep, when: str = "", *, settings: Settings = USUAL) -> None:
        load = " · ".join(part for part in (past.snapshot.load, when) if part)
        super().__init__(structs.replace(past.snapshot, load=load), settings=settings)
        self._status = status_at_end(invalid=past.invalid, complete=past.complete)
        self._verdict = past.verdict

    def on_mount(self) -> None:
        """Draw it."""
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What runs, changes or saves a sweep is not for one that is over."""
        return False if action in OF_SWEEPS else super().check_action(action, parameters)
