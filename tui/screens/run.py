"""The run screen: it draws the newest snapshot four times a second, and starts, stops, holds and saves runs.

┌ header ─────────────────────────── what is requested · how far the run is ┐
│ warnings, standing                                                         │
│ verdict, once the run is over                                              │
├ contenders ────────────────────────────────────────────────────────────────┤
│ a row each                                                                 │
├ throughput ────────────────────────┬ latency ──────────────────────────────┤
│ (folded below 100 × 30)            │                                       │
├ ranking ───────────────────────────┼ events ───────────────────────────────┤
│ (below 100 columns: one above the other)                                   │
└ keys ──────────────────────────────────────────────────────────────────────┘
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import ClassVar
from urllib.parse import urlsplit

from msgspec import structs
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import Worker, WorkerCancelled, WorkerError, WorkerFailed

from httptui.errors import ExitCode, HttptuiError, RefusedError
from httptui.plan import Plan
from httptui.report import Report
from httptui.snapshot import Event
from tui.panels.contenders import ContendersPanel
from tui.panels.events import EventsPanel
from tui.panels.header import HeaderLine
from tui.panels.keys import KeysLine
from tui.panels.latency import LatencyPanel
from tui.panels.notices import Notice, VerdictNotice, WarningsNotice
from tui.panels.panel import Panel
from tui.panels.ranking import RankingPanel
from tui.panels.throughput import ThroughputPanel
from tui.panels.view import Status, View, finished_snapshot, snapshot_of_plan
from tui.screens.run_keys import RUN_BINDINGS, RUN_KEYS
from tui.session import Ended, Failed, Session, Start, Taken

FRAME_SECONDS = 0.25
LONG_NOTICE_SECONDS = 12
LEAVE_SECONDS = 5


class RunScreen(Screen[None]):
    """One plan, and its runs.  `start` begins a run; `out` is where reports go; `blocks` spares
    braille characters; `clock` gives seconds.
    """

    CSS_PATH = "run.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (22, "-short"), (30, "-tall")]  # noqa: RUF012
    ALLOW_IN_MAXIMIZED_VIEW = "#top, KeysLine"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = list(RUN_BINDINGS)

    def __init__(
        self,
        plan: Plan,
        start: Start,
        *,
        consent: frozenset[str] = frozenset(),
        out: Path | None = None,
        blocks: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self._plan, self._start, self._consent, self._out, self._clock = plan, start, consent, out, clock
        self._newest = snapshot_of_plan(plan)
        self._status: Status = "idle"
        self._view = View(self._newest, plan=plan, blocks=blocks)
        self._notes: tuple[Event, ...] = ()
        self._session: Session | None = None
        self._worker: Worker[None] | None = None
        self._frame: Timer | None = None
        self._drawn_at = -FRAME_SECONDS
        self._leaving = False
        self.report: Report | None = None

    @property
    def running(self) -> bool:
        """Whether a run is on, draining included."""
        return self._status in ("running", "stopping")

    @property
    def view(self) -> View:
        """The frame that is shown."""
        return self._view

    def compose(self) -> ComposeResult:
        """The panels, from the top."""
        with Vertical(id="top"):
            yield HeaderLine(id="header")
            yield WarningsNotice(id="warnings")
        yield VerdictNotice(id="verdict")
        yield ContendersPanel(id="contenders")
        with Horizontal(id="charts"):
            yield ThroughputPanel(id="throughput")
            yield LatencyPanel(id="latency")
        with Horizontal(id="outcome"):
            yield RankingPanel(id="ranking")
            yield EventsPanel(id="events")
        yield KeysLine(RUN_KEYS, id="keys")

    def on_mount(self) -> None:
        """Show the plan."""
        self._draw()

    def on_resize(self) -> None:
        """Let what is as high as its text find its height again."""
        for notice in self.query(Notice):
            notice.show(self._view)

    def load(self, plan: Plan) -> None:
        """Take another plan, not yet running."""
        self._plan, self.report, self._session, self._notes = plan, None, None, ()
        self._newest, self._status = snapshot_of_plan(plan), "idle"
        self._show(plan=plan)

    # Frames: the newest snapshot wins, at most one is drawn every FRAME_SECONDS.

    @on(Taken)
    def _take(self, message: Taken) -> None:
        self._newest = message.snapshot
        if self._frame is None:
            self._frame = self.set_timer(
                max(self._drawn_at + FRAME_SECONDS - self._clock(), 0.001), self._draw_newest
            )

    def _draw_newest(self) -> None:
        if self._frame is not None:
            self._frame.stop()
            self._frame = None
        if not self._view.frozen:
            self._show()

    def _show(self, plan: Plan | None = None) -> None:
        """Take the newest snapshot, frozen or not, and draw it."""
        self._view = replace(
            self._view, snapshot=self._newest, status=self._status, frozen=False, plan=plan or self._view.plan
        )
        self._draw()

    def _draw(self) -> None:
        self._drawn_at = self._clock()
        snapshot = self._view.snapshot
        merged = sorted((*snapshot.events, *self._notes), key=lambda event: event.seconds)
        view = replace(self._view, snapshot=structs.replace(snapshot, events=tuple(merged)))
        self.set_class(view.status == "idle", "-idle")
        with self.app.batch_update():
            for panel in self.query(Panel):
                panel.show(view)

    def _note(self, *lines: str, error: bool = False) -> None:
        """Put lines among the events, and draw."""
        at = max([self._newest.elapsed, *(event.seconds for event in self._newest.events)])
        self._notes += tuple(Event(at, line, "error" if error else "info") for line in lines)
        self._draw()

    # The run.

    async def _consume(self) -> None:
        """Pass on all that the session gives; runs as a worker and touches no widget."""
        try:
            self._session = session = self._start(self._plan, consent=self._consent)
            if self._status == "stopping":
                session.stop()
            async with aclosing(session):
                async for item in session:
                    self.post_message(Ended(item) if isinstance(item, Report) else Taken(item))
        except HttptuiError as error:
            self.post_message(Failed(error))

    @on(Ended)
    def _end(self, message: Ended) -> None:
        self.report = message.report
        self._newest = finished_snapshot(self._newest, message.report)
        self._status = "done" if message.report.complete else "stopped"
        self._draw_newest()
        if self._leaving:
            self.app.exit(return_code=ExitCode.INTERRUPTED)

    @on(Failed)
    def _fail(self, message: Failed) -> None:
        self._status = "failed"
        self._draw_newest()
        self._note(*str(message.error).splitlines(), error=True)
        host = urlsplit(self._plan.target.url).hostname or ""
        if self._leaving:
            self.app.exit(return_code=message.error.exit_code)
        elif isinstance(message.error, RefusedError) and host not in self._consent:
            self._ask_consent(host, str(message.error))
        else:
            self._tell(str(message.error), "Not run", error=True)

    def _ask_consent(self, host: str, reason: str) -> None:
        from tui.screens.consent import ConsentScreen

        def answered(granted: bool | None) -> None:
            if granted:
                self._consent |= {host}
                self.action_run()

        self.app.push_screen(ConsentScreen(host, reason), answered)

    def _tell(self, text: str, title: str = "", *, error: bool = False) -> None:
        self.notify(
            text,
            title=title,
            severity="error" if error else "information",
            timeout=LONG_NOTICE_SECONDS if error else 5,
            markup=False,
        )

    # What the keys do.

    def action_run(self) -> None:
        """Run the plan."""
        if self.running:
            self._tell("A run is on; s stops it.")
            return
        self.load(self._plan)
        self._status = "running"
        self._draw_newest()
        self._worker = self.run_worker(self._consume(), exclusive=True, group="run")

    def action_stop(self) -> None:
        """Drain the run."""
        if self._status == "running":
            self._status = "stopping"
            if self._session is not None:
                self._session.stop()
            self._draw_newest()

    def action_presets(self) -> None:
        """Choose a plan."""
        if self._is_free():
            from tui.screens.presets import PresetsScreen

            self.app.push_screen(PresetsScreen(), self._chosen)

    def action_edit(self) -> None:
        """Edit the plan."""
        if self._is_free():
            from tui.screens.plan import PlanScreen

            self.app.push_screen(PlanScreen(self._plan), self._chosen)

    def _is_free(self) -> bool:
        if self.running:
            self._tell("A run is on; s stops it, then the plan can be changed.")
        return not self.running

    def _chosen(self, plan: Plan | None) -> None:
        if plan is not None:
            self.load(plan)

    async def action_save(self) -> None:
        """Save the report as it stands, and the screen."""
        from tui.saving import save_report

        report = self.report or (self._session.report_now() if self._session and self.running else None)
        if report is None:
            self._tell("Nothing to save yet; r runs the plan.")
            return
        svg = self.app.export_screenshot(title="httptui")
        try:
            paths = await asyncio.to_thread(save_report, report, svg, self._out)
        except (OSError, HttptuiError) as error:
            self._note(f"not saved: {error}", error=True)
            self._tell(str(error), "Not saved", error=True)
            return
        names = ", ".join(path.name if path is paths[0] else path.suffix for path in paths)
        self._note(f"saved {names}", f"in {paths[0].parent}")
        self._tell(f"{names}\nin {paths[0].parent}", "Saved")

    def action_freeze(self) -> None:
        """Hold the picture, or let it go."""
        if self._view.frozen:
            self._show()
        else:
            self._view = replace(self._view, frozen=True)
            self._draw()

    def action_log(self) -> None:
        """Switch the throughput's scale."""
        self._view = replace(self._view, log=not self._view.log)
        self._draw()

    def action_blocks(self) -> None:
        """Switch the lines between braille and block characters."""
        self._view = replace(self._view, blocks=not self._view.blocks)
        self._draw()

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or give it back."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.maximize(self.focused or self.query_one(ThroughputPanel))

    def action_panel(self, name: str) -> None:
        """Give one panel the whole screen, or give it back."""
        panel = self.query_one(f"#{name}", Panel)
        again = self.maximized is panel
        self.minimize()
        if not again:
            self.maximize(panel)
            panel.focus()

    def action_help(self) -> None:
        """Show the help."""
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    async def action_leave(self) -> None:
        """Stop what runs, wait for it, and leave; asked again, leave without waiting."""
        if self.running and not self._leaving:
            self._leaving = True
            self.action_stop()
            self._tell("Stopping; once more leaves at once.")
            return
        if not self.running or self._worker is None:
            self.app.exit()
            return
        if self._session is not None:
            self.report = self._session.report_now()
        self._worker.cancel()
        with suppress(WorkerCancelled, WorkerError, WorkerFailed, TimeoutError):
            await asyncio.wait_for(self._worker.wait(), LEAVE_SECONDS)
        self.app.exit(return_code=ExitCode.INTERRUPTED)

    async def interrupt(self) -> None:
        """Ctrl-C: stop a run, or leave where none is on or it was asked before."""
        if self._status == "running":
            self.action_stop()
        else:
            self._leaving = self.running
            await self.action_leave()
