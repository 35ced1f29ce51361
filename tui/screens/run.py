"""Runs on their board: one that is shown, live or saved, the page of one of its contenders, and the screen that runs
a plan and saves, copies and compares its report.
"""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from httptui.errors import HttptuiError
from httptui.plan.model import Plan
from httptui.report.store import report_stem
from httptui.results.report import Report
from httptui.tui.boards.board import BELOW, CHARTS, PageBoard, RunBoard
from httptui.tui.boards.looking import (
    Now,
    begun,
    chosen,
    followed,
    frozen_or_not,
    neighbour,
    sorted_as,
    sorted_next,
    travelled,
    travelled_to,
)
from httptui.tui.control.run import STEERING, RunControl, RunSession, can_be_settled, settling
from httptui.tui.control.session import Control, Frames, Start, Status
from httptui.tui.control.snapshots import snapshot_of_plan
from httptui.tui.keys import Key, bindings_of, key_names
from httptui.tui.panels.board_keys import ALL_RUN_KEYS, PAGE_KEYS, RUN_BINDINGS, SHARED
from httptui.tui.panels.columns import Picked
from httptui.tui.panels.contender_page import OwnTitle
from httptui.tui.panels.contenders import HeadingClicked, Pointed
from httptui.tui.panels.header import HeaderLine
from httptui.tui.panels.notices import WarningsNotice
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.screens.board_screen import BoardScreen, ScreenFace
from httptui.tui.settings import USUAL, Settings
from httptui.tui.toolkit.drawing import from_sizes
from httptui.tui.widgets.key_lines import KeysLine

if TYPE_CHECKING:
    from httptui.sweeps.report import SweepReport
    from httptui.tui.control.sweep import SweepSession
    from httptui.tui.screens.sweep import SweepScreen


class ColumnsPicked(Message):
    """Someone has picked the columns of the table."""

    def __init__(self, picked: Picked) -> None:
        super().__init__()
        self.picked = picked


class ShownRun(BoardScreen[View]):
    """A run on its board; `first` is what is shown first."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "run.tcss"]
    VERTICAL_BREAKPOINTS = from_sizes(tiny=0, short=22, tall=30)
    LARGEST = "#throughput"
    KEYS: ClassVar[tuple[Key, ...]] = ()

    board: RunBoard

    def __init__(self, first: View, settings: Settings) -> None:
        frames = Frames(settings.frames_per_second)
        super().__init__(RunBoard(first, frames))
        self.frames = frames

    def compose(self) -> ComposeResult:
        """Make the first line with the warnings, the board and the keys."""
        with Vertical(id="top"):
            yield HeaderLine(id="header")
            yield WarningsNotice(id="warnings")
        yield self.board
        yield KeysLine(self.KEYS, id="keys")

    # Scales.

    def action_log(self) -> None:
        """Switch the throughput's scale."""
        self.look(log=not self.view.log)

    def action_blocks(self) -> None:
        """Switch the lines between braille and block characters."""
        self.look(blocks=not self.view.blocks)

    def action_swap(self) -> None:
        """Put the other ranking first."""
        self.look(swapped=not self.view.swapped)

    # Places that several panels share.

    def action_chart(self) -> None:
        """Show the next chart of latencies."""
        self._show_next(CHARTS)

    def action_below(self) -> None:
        """Show errors in the place of the events, or these again."""
        self._show_next(BELOW)

    def _show_next(self, names: tuple[str, ...]) -> None:
        """Show the next panel of a place; one that has the whole screen, or is folded, gives it to the next."""
        alone = self.maximized is not None and self.maximized.id in names
        shown = str(self.maximized.id) if alone and self.maximized is not None else self.board.shown_of(names)
        folded = not self.query_one(f"#{shown}", Panel).size.height
        coming = names[(names.index(shown) + 1) % len(names)]
        self.board.show_in_place(coming, names)
        if alone or folded:
            self.show_alone(coming)

    # The table.

    def action_sort(self) -> None:
        """Order the rows by the next column that is shown, or by letter again."""
        self.show(sorted_next(self.view, self.board.table.columns))

    def action_reverse(self) -> None:
        """Order the rows the other way round."""
        self.show(sorted_as(self.view, self.view.sorting.name))

    @on(HeadingClicked)
    def _heading_clicked(self, message: HeadingClicked) -> None:
        self.show(sorted_as(self.view, message.name))

    def action_columns(self) -> None:
        """Choose the columns of the table."""
        from httptui.tui.screens.dialogs import ColumnsScreen

        def closed(_: None) -> None:
            self.post_message(ColumnsPicked(self.view.picked))

        self.app.push_screen(ColumnsScreen(self.view, self._pick), closed)

    def _pick(self, picked: Picked) -> tuple[View, tuple[str, ...]]:
        self.look(picked=picked)
        return self.view, self.board.table.columns

    # Contenders.

    def action_point(self, step: int) -> None:
        """Choose the contender so many rows below the chosen one, or the first or last where none is."""
        self._choose(neighbour(self.view, step))

    def action_point_to(self, row: int) -> None:
        """Choose the contender of a row, -1 for the last one."""
        self._choose(self.view.rows[row].id)

    @on(Pointed)
    def _pointed(self, message: Pointed) -> None:
        """Choose by a click, and open the page by one on the chosen row."""
        if message.letter == self.view.chosen:
            self.action_open()
        else:
            self._choose(message.letter)

    def _choose(self, letter: str) -> None:
        if self.view.status == "idle":
            return
        self.show(chosen(self.view, letter))
        letters = [contender.id for contender in self.view.rows]
        self.board.table.reveal(letters.index(letter))

    def action_open(self) -> None:
        """Open the page of the chosen contender, or of the first one."""
        if self.view.status == "idle":
            return
        if self.view.contender(self.view.chosen) is None:
            self._choose(self.view.rows[0].id)
        self.app.push_screen(ContenderScreen(self, self.frames))

    def action_back(self) -> None:
        """Give the screen back to all panels, or else the events their place."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.show(chosen(self.view, None))


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
        """True while a run is on, draining included."""
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
        from httptui.tui.screens.dialogs import TargetDialog

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
        """True once a signal, or the end of the terminal, asked for the end."""
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
        from httptui.tui.saving import copy_text, save_text, why_no_clipboard

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
            stem = f"{report_stem(report)}-verdict"
            path = await asyncio.to_thread(save_text, text, stem, ".md", self._out)
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
        from httptui.tui.screens.compare import CompareScreen
        from httptui.tui.shown_reports import compared_with_last

        if (report := self.report) is None:
            self.face.tell("Nothing to compare yet; a run comes first.")
            return
        none = f"No earlier run of this plan is saved; {self._key_of['save']} saves this one."
        self.face.compare(partial(compared_with_last, report), CompareScreen, none, self._out)


ROWS_A_STEP = 2


class ContenderScreen(BoardScreen[View]):
    """The page of the contender that is chosen on the screen below, which is drawn in the same frames."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "contender.tcss"]
    BINDING_GROUP_TITLE = "Contender page"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(PAGE_KEYS))
    LARGEST = "#own-latency"

    def __init__(self, below: BoardScreen[View], frames: Frames) -> None:
        super().__init__(PageBoard(below.view, frames, id="page"))
        self._below = below

    def compose(self) -> ComposeResult:
        """Make the first lines, the board and the keys."""
        with Vertical(id="top"):
            yield HeaderLine(id="header")
            yield OwnTitle(id="own-title")
        yield self.board
        yield KeysLine(PAGE_KEYS, id="keys")

    def begin(self) -> None:
        """Draw what the screen below would."""
        self._below.draw_on(self.board)

    def action_back(self) -> None:
        """Give the screen back to all panels, or go back to the screen below."""
        alone = self.maximized is not None
        super().action_back()
        if not alone:
            self._below.draw_on(None)

    def action_scroll(self, step: int) -> None:
        """Scroll the page."""
        self.board.scroll_relative(y=step * ROWS_A_STEP, animate=False)

    # What the screen below does for it.

    async def action_turn(self, step: int) -> None:
        """Go to a neighbour in the table."""
        await self._below.run_action(f"point({step})")

    async def action_travel(self, frames: int) -> None:
        """Hold the picture of so many frames later, or earlier where negative."""
        await self._below.run_action(f"travel({frames})")

    async def action_travel_to(self, end: str) -> None:
        """Hold the first picture of the run, or the newest."""
        await self._below.run_action(f"travel_to({end!r})")

    async def action_on_board(self, name: str) -> None:
        """Do what the screen below does."""
        await self._below.run_action(name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the actions of the screen below where it offers them."""
        name = next((name for name in SHARED if action == f"on_board('{name}')"), None)
        if action == "on_board" and parameters:
            name = str(parameters[0])
        return (
            super().check_action(action, parameters) if name is None else self._below.check_action(name, ())
        )
