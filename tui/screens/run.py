"""The run screen: one plan and its runs, on a board."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from httptui.errors import HttptuiError
from httptui.plan.model import Plan
from httptui.results.report import Report
from httptui.tui.actions import key_names
from httptui.tui.boards.looking import Now, begun, followed, frozen_or_not, travelled, travelled_to
from httptui.tui.control.run import STEERING, RunControl, RunSession
from httptui.tui.control.session import Control, Start, Status
from httptui.tui.control.snapshots import snapshot_of_plan
from httptui.tui.keys import Key
from httptui.tui.panels.board_keys import ALL_RUN_KEYS, RUN_BINDINGS
from httptui.tui.panels.columns import Picked
from httptui.tui.panels.view import View
from httptui.tui.screens.face import ScreenFace
from httptui.tui.screens.shown_run import ShownRun
from httptui.tui.settings import USUAL, Settings
from httptui.tui.settling import can_be_settled, settling

if TYPE_CHECKING:
    from httptui.sweeps.report import SweepReport
    from httptui.tui.control.sweep import SweepSession
    from httptui.tui.screens.sweep import SweepScreen

ONLY_WITHOUT_A_RUN = frozenset({"run", "settle", "presets", "edit"})


class RunScreen(ShownRun):
    """One plan and its runs, or, on a screen of their own above this one, its sweeps.

    `start` begins a run, and `sweep_start` a sweep, `httptui.sweep` if None; `consent` is that of `httptui.run`;
    reports go into `out`.
    """

    BINDING_GROUP_TITLE = "Run"
    BINDINGS: ClassVar[list[BindingType]] = list(RUN_BINDINGS)
    KEYS: ClassVar[tuple[Key, ...]] = ALL_RUN_KEYS
    ONLY_WHILE_ON: ClassVar[tuple[str, ...]] = STEERING

    def __init__(
        self,
        plan: Plan,
        start: Start[RunSession],
        *,
        consent: frozenset[str] = frozenset(),
        out: Path | None = None,
        settings: Settings = USUAL,
    ) -> None:
        keys = key_names(RUN_BINDINGS, settings.keymap)
        first = View(
            snapshot_of_plan(plan),
            plan=plan,
            blocks=settings.blocks,
            picked=Picked.exactly(settings.columns),
            keys=keys,
        )
        super().__init__(first, settings)
        self._settings, self._out, self._key_of = settings, out, keys
        self.face = ScreenFace(self, cleared=self._cleared, newer=self._newer, changed=self._changed)
        self.control = RunControl(
            plan, start, self.face, self.frames, consent=consent, precedence=settings.precedence
        )
        self._keys_for: Status = "idle"
        self.sweep_start: Start[SweepSession] | None = None
        self.sweep_screen: SweepScreen | None = None

    def begin_with(self, picked: Picked) -> None:
        """Show these columns, before anything is drawn."""
        self.look(picked=picked)

    @property
    def report(self) -> Report | None:
        """The report of the last run; None before any, and while one is on."""
        return self.control.report

    @property
    def sweep_report(self) -> SweepReport | None:
        """The report of the last sweep, unless a run or another plan followed it."""
        return self.sweep_screen.control.report if self.sweep_screen is not None else None

    @property
    def running(self) -> bool:
        """Whether a run is on, draining included."""
        return self.control.running

    def load(self, plan: Plan) -> None:
        """Take another plan, not yet running."""
        self.control.load(plan)

    # Drawing what the control has.

    @property
    def _now(self) -> Now:
        control = self.control
        return Now(control.newest, control.status, control.notes, control.running_plan)

    def _followed(self) -> View:
        return followed(self.view, self._now)

    def _cleared(self) -> None:
        self.sweep_screen = None
        self._drawn_on.now(lambda: begun(self.view, self._now))
        self._offer_keys_of(self.control.status)

    def _newer(self) -> None:
        self._drawn_on.soon(self._followed)

    def _changed(self) -> None:
        self._drawn_on.now(self._followed)
        if self._keys_for != self.control.status:
            self._offer_keys_of(self.control.status)

    def _offer_keys_of(self, status: Status) -> None:
        """Offer what can be done now; while a run is on, what steers it in the place of what begins one."""
        self._keys_for = status
        self.offer_keys(ONLY_WITHOUT_A_RUN if self.running else frozenset())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to settle where all contenders are under load at once, unless the last run was invalid, and to steer
        while a run is on.
        """
        if action == "settle":
            return can_be_settled(self.control.plan) and self.view.status != "invalid"
        if action in STEERING:
            return self.control.can(action)
        return super().check_action(action, parameters)

    # Time.

    def action_freeze(self) -> None:
        """Hold the picture, or let it go."""
        self.show(frozen_or_not(self.view, self._now))

    def action_travel(self, frames: int) -> None:
        """Hold the picture of so many frames later, or earlier where negative."""
        self.show(travelled(self.view, self._now, self.control.history, frames))

    def action_travel_to(self, end: str) -> None:
        """Hold the first picture of the run, or the newest: `end` is start or end."""
        self.show(travelled_to(self.view, self._now, self.control.history, end))

    # Runs.

    def action_run(self) -> None:
        """Run the plan, or sweep it."""
        plan = self.control.plan
        if plan.sweep and not self.running:
            self._sweep(plan)
        else:
            self._begin(plan)

    def action_settle(self) -> None:
        """Run the plan in turns until its order is decided."""
        self._begin(settling(self.control.plan))

    def _begin(self, plan: Plan) -> None:
        if self.running:
            self.face.tell(f"A run is on; {self._key_of['stop']} stops it.")
        else:
            self.control.begin(plan)

    def _sweep(self, plan: Plan) -> None:
        from httptui import sweep
        from httptui.tui.screens.sweep import SweepScreen

        self.control.clear()
        self.sweep_screen = SweepScreen(
            plan,
            self.sweep_start or sweep,
            consent=self.control.consent,
            out=self._out,
            settings=self._settings,
        )
        self.app.push_screen(self.sweep_screen)

    def action_stop(self) -> None:
        """Drain the run."""
        self.control.stop()

    def action_more(self) -> None:
        """Take one step more of the load."""
        self.control.step(1)

    def action_less(self) -> None:
        """Take one step less of the load."""
        self.control.step(-1)

    def action_pause(self) -> None:
        """Pause, or go on."""
        self.control.pause()

    def action_target(self) -> None:
        """Ask how the target is to answer."""
        from httptui.tui.screens.target_dialog import TargetDialog

        if (pacing := self.control.pacing) is not None:
            url = self.control.running_plan.target.all_urls[0]
            self.app.push_screen(TargetDialog(pacing, url, self.control.change_target))

    # Leaving; who leaves ends a sweep as a run.

    @property
    def _in_charge(self) -> Control[Any, Any, Any]:
        """Control of the sweep while its screen lies over this one, else of the run."""
        above = self.sweep_screen
        return above.control if above is not None and above in self.app.screen_stack else self.control

    @property
    def told_to_end(self) -> bool:
        """Whether a signal, or the end of the terminal, asked for the end."""
        sweep = self.sweep_screen
        return self.control.told_to_end or (sweep is not None and sweep.control.told_to_end)

    def report_so_far(self) -> Report | None:
        """Return the report of the last run, or of the one that is on as it stands; None before any."""
        return self.control.report_so_far()

    def _take_over(self) -> Control[Any, Any, Any]:
        """Take over from a sweep that was left for the plan whether it was interrupted; return who is in charge."""
        if self._in_charge is self.control and self.sweep_screen is not None:
            self.control.interrupted = self.sweep_screen.control.interrupted
        return self._in_charge

    async def action_leave(self) -> None:
        """Stop the sweep or run that is on, wait for it, and leave."""
        await self._take_over().leave()

    async def interrupt(self) -> None:
        """Stop the sweep or run that is on, or leave."""
        await self._take_over().interrupt()

    async def terminate(self) -> None:
        """Leave as soon as all has drained."""
        await self._take_over().terminate()

    # Plans.

    def action_presets(self) -> None:
        """Choose a plan."""
        if self._is_free():
            from httptui.tui.screens.presets import PresetsScreen

            self.app.push_screen(PresetsScreen(), self._chosen)

    def action_edit(self) -> None:
        """Edit the plan."""
        if self._is_free():
            from httptui.tui.screens.plan import PlanScreen

            self.app.push_screen(PlanScreen(self.control.plan), self._chosen)

    def _is_free(self) -> bool:
        if self.running:
            self.face.tell(f"A run is on; {self._key_of['stop']} stops it, then the plan can be changed.")
        return not self.running

    def _chosen(self, plan: Plan | None) -> None:
        if plan is not None:
            self.load(plan)

    def action_code(self) -> None:
        """Show the code of the chosen contender, or of the first."""
        from httptui.tui.screens.code import CodeScreen

        self.app.push_screen(
            CodeScreen(self.control.plan, self.view.chosen, self._out, settings=self._settings)
        )

    # Reports.

    async def action_save(self) -> None:
        """Save the report as it stands, and the screen."""
        from httptui.tui.saving import save_report

        report = self.report_so_far()
        if report is None:
            self.face.tell(f"Nothing to save yet; {self._key_of['run']} runs the plan.")
        else:
            await self.face.save(partial(save_report, report, self._out), self.control.note)

    async def action_copy(self) -> None:
        """Copy verdict and ranking as Markdown, and into a file where the terminal may not pass it on."""
        from httptui.tui.clipboard import copy_text, save_copy, why_no_clipboard

        report = self.report_so_far()
        if report is None:
            self.face.tell("Nothing to copy yet; a run comes first.")
            return
        text, to_file = copy_text(report), self._settings.clipboard == "file"
        doubt = "" if to_file else why_no_clipboard(os.environ)
        if not to_file:
            self.app.copy_to_clipboard(text)
        if not to_file and not doubt:
            self.face.tell("Verdict and ranking, as Markdown.", "Copied")
            return
        try:
            path = await asyncio.to_thread(save_copy, report, text, self._out)
        except (OSError, HttptuiError) as error:
            self.face.tell(str(error), "Not copied", error=True)
            return
        told = f"{doubt}; a copy is in\n{path}" if doubt else str(path)
        self.face.tell(told, "Copied" if doubt else "Written", long=True)

    def action_history(self) -> None:
        """Show the saved reports."""
        from httptui.tui.screens.history import HistoryScreen

        self.app.push_screen(HistoryScreen(self._out, settings=self._settings))

    def action_compare(self) -> None:
        """Compare the run that is over with the last saved one of its plan."""
        from httptui.tui.comparisons import compared_with_last
        from httptui.tui.screens.compare import CompareScreen

        if (report := self.report) is None:
            self.face.tell("Nothing to compare yet; a run comes first.")
            return
        none = f"No earlier run of this plan is saved; {self._key_of['save']} saves this one."
        self.face.compare(lambda folder: compared_with_last(report, folder), CompareScreen, none, self._out)
