"""Sweeps on their board: one that is shown, live or saved, and the screen that sweeps a plan and saves the report."""

from __future__ import annotations

from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from httptui.plan.model import Plan
from httptui.sweeps.report import SweepReport
from httptui.tui.boards.looking import SweepNow, followed, frozen_or_not, live, next_chosen, next_figure
from httptui.tui.boards.sweep_board import SweepBoard
from httptui.tui.control.session import Frames, Start, Status
from httptui.tui.control.sweep import SweepControl, SweepSession, sweep_before
from httptui.tui.keys import Key, key_names
from httptui.tui.panels.board_keys import ALL_SWEEP_KEYS, SWEEP_BINDINGS
from httptui.tui.panels.sweep_view import SweepHeader, SweepView
from httptui.tui.screens.board_screen import BoardScreen, ScreenFace
from httptui.tui.settings import USUAL, Settings
from httptui.tui.toolkit.drawing import from_sizes
from httptui.tui.widgets.key_lines import KeysLine


class ShownSweep(BoardScreen[SweepView]):
    """A sweep on its board; `first` is what is shown first."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "sweep.tcss"]
    VERTICAL_BREAKPOINTS = from_sizes(tiny=0, short=22, tall=26)
    LARGEST = "#sweep-chart"
    KEYS: ClassVar[tuple[Key, ...]] = ()

    def __init__(self, first: SweepView, settings: Settings) -> None:
        super().__init__(SweepBoard(first, Frames(settings.frames_per_second)))

    def compose(self) -> ComposeResult:
        """Make the first line, the board and the keys."""
        with Vertical(id="top"):
            yield SweepHeader(id="sweep-header")
        yield self.board
        yield KeysLine(self.KEYS, id="keys")

    def action_figure(self) -> None:
        """Draw the next figure."""
        self.show(next_figure(self.view))

    def action_log(self) -> None:
        """Switch the figures' scale."""
        self.look(log=not self.view.log)

    def action_axis(self) -> None:
        """Switch the levels' axis."""
        self.look(linear=not self.view.linear)

    def action_blocks(self) -> None:
        """Switch the lines between braille and block characters."""
        self.look(blocks=not self.view.blocks)

    def action_point(self, step: int) -> None:
        """Choose the next contender or the one before; beyond the ends, none."""
        self.show(next_chosen(self.view, step))


class SweepScreen(ShownSweep):
    """A plan with a sweep, which begins at once.

    `start` begins it; `consent` is that of `httptui.run`; reports go into `out`.
    """

    BINDING_GROUP_TITLE = "Sweep"
    BINDINGS: ClassVar[list[BindingType]] = list(SWEEP_BINDINGS)
    KEYS: ClassVar[tuple[Key, ...]] = ALL_SWEEP_KEYS
    ONLY_WHILE_ON: ClassVar[tuple[str, ...]] = ("stop",)

    def __init__(
        self,
        plan: Plan,
        start: Start[SweepSession],
        *,
        consent: frozenset[str] = frozenset(),
        out: Path | None = None,
        settings: Settings = USUAL,
    ) -> None:
        keys = key_names(SWEEP_BINDINGS, settings.keymap)
        super().__init__(SweepView(sweep_before(plan), blocks=settings.blocks, keys=keys), settings)
        self._settings, self._out, self._key_of = settings, out, keys
        self.face = ScreenFace(self, cleared=self._cleared, newer=self._newer, changed=self._changed)
        self.control = SweepControl(plan, start, self.face, consent=consent)
        self._keys_for: Status = "idle"

    def begin(self) -> None:
        """Sweep."""
        self.control.begin()

    @property
    def report(self) -> SweepReport | None:
        """The report of the last sweep; None before any, and while one is on."""
        return self.control.report

    # Drawing what the control has.

    @property
    def _now(self) -> SweepNow:
        control = self.control
        return SweepNow(control.newest, control.status, control.notes, control.verdict)

    def _followed(self) -> SweepView:
        return followed(self.view, self._now)

    def _cleared(self) -> None:
        self.board.now(lambda: live(self.view, self._now))
        self._offer_keys()

    def _newer(self) -> None:
        self.board.soon(self._followed)

    def _changed(self) -> None:
        self.board.now(self._followed)
        self._offer_keys()

    def _offer_keys(self) -> None:
        """Offer what can be done now."""
        if self._keys_for != self.control.status:
            self._keys_for = self.control.status
            self.offer_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to stop only what is on."""
        if action in self.ONLY_WHILE_ON:
            return self.control.status == "running"
        return super().check_action(action, parameters)

    def action_freeze(self) -> None:
        """Hold the picture, or let it go."""
        self.show(frozen_or_not(self.view, self._now))

    # Sweeps.

    def action_run(self) -> None:
        """Sweep again."""
        if self._is_over():
            self.control.begin()

    def action_stop(self) -> None:
        """Drain the sweep."""
        self.control.stop()

    def action_back(self) -> None:
        """Give the screen back to all panels, or go back to the plan."""
        if self.maximized is not None or self._is_over():
            super().action_back()

    def _is_over(self) -> bool:
        if self.control.running:
            self.face.tell(f"The sweep is on; {self._key_of['stop']} stops it.")
        return not self.control.running

    async def action_leave(self) -> None:
        """Stop the sweep, wait for it, and leave."""
        await self.control.leave()

    # Reports.

    async def action_save(self) -> None:
        """Save the report as it stands, and the screen."""
        from httptui.tui.saving import save_report

        report = self.control.report_so_far()
        if report is None:
            self.face.tell("Nothing to save yet.")
        else:
            await self.face.save(partial(save_report, report, self._out), self.control.note)

    def action_compare(self) -> None:
        """Compare the sweep that is over with the last saved one of its plan."""
        from httptui.tui.screens.compare import CompareSweepsScreen
        from httptui.tui.shown_reports import compared_with_last_sweep

        if (report := self.report) is None:
            self.face.tell("Nothing to compare yet; the sweep has to end first.")
            return
        none = f"No earlier sweep of this plan is saved; {self._key_of['save']} saves this one."
        self.face.compare(
            partial(compared_with_last_sweep, report),
            partial(CompareSweepsScreen, settings=self._settings),
            none,
            self._out,
        )
