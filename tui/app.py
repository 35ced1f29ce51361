"""The app: one plan, its runs, and a text summary on the normal screen after it closes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.screen import Screen

from httptui.errors import ExitCode
from httptui.plans.plan import Plan
from httptui.reports.report import Report
from tui.screens.run import RunScreen
from tui.screens.run_keys import MORE_KEYS, PANEL_KEYS, POINT_KEYS, RUN_KEYS
from tui.session import Start
from tui.themes import DEFAULT_THEME, THEMES

TERMS_WITHOUT_BRAILLE = ("linux", "vt100", "vt220")


class HttptuiApp(App[None]):
    """Opens on the run screen with the plan loaded, not yet running."""

    TITLE = "httptui"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING: ClassVar[str] = "ctrl+p"
    CSS = "Screen { color: $foreground; }"

    def __init__(
        self,
        plan: Plan,
        start: Start,
        *,
        consent: frozenset[str] = frozenset(),
        out: Path | None = None,
        blocks: bool = False,
    ) -> None:
        super().__init__()
        self._registered_themes.clear()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DEFAULT_THEME
        self.run_screen = RunScreen(plan, start, consent=consent, out=out, blocks=blocks)

    def on_mount(self) -> None:
        """Open the run screen."""
        self.push_screen(self.run_screen)
        if not self.is_headless:
            self._leave_when_told()

    def _leave_when_told(self) -> None:
        """Take a signal to end as a wish to leave, so that the terminal is restored and no lane stays."""
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError):
            for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
                loop.add_signal_handler(number, self.call_later, self.run_screen.terminate)

    async def action_quit(self) -> None:
        """Stop what runs and leave."""
        await self.run_screen.action_leave()

    async def action_help_quit(self) -> None:  # type: ignore[override]
        """Ctrl-C: stop a run, or leave where none is on."""
        await self.run_screen.interrupt()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every key of the run screen by name, and the theme."""
        if screen is self.run_screen:
            for key in (*RUN_KEYS, *MORE_KEYS):
                if not screen.check_action(key.action, ()):
                    continue
                command = partial(screen.run_action, key.action)
                yield SystemCommand(f"{key.words.capitalize()} ({key.key})", key.help, command)
            for keys, action, title, words in POINT_KEYS:
                yield SystemCommand(f"{title} ({keys})", words, partial(screen.run_action, action))
            for digit, name, title in PANEL_KEYS:
                command = partial(screen.run_action, f"panel('{name}')")
                yield SystemCommand(
                    f"{title} ({digit})", "Give it the whole screen, or give it back", command
                )
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)


def exit_code_of(report: Report | None) -> ExitCode:
    """What the last run's report means for the process: nothing finished, or all is well."""
    if report is None or not report.complete:
        return ExitCode.DONE
    finished = any(contender.state == "finished" for contender in report.contenders)
    return ExitCode.DONE if finished else ExitCode.NOTHING_FINISHED


def run_app(plan: Plan, *, consent: frozenset[str] = frozenset(), out: Path | None = None) -> int:
    """Show the app until the user leaves; print the last report's summary on stdout; return the exit code.

    0; 4 where no contender of the last run finished; 130 where that run was interrupted, as
    `tui.screens.run_control` tells.
    """
    from httptui import run

    blocks = os.environ.get("TERM", "") in TERMS_WITHOUT_BRAILLE
    app = HttptuiApp(plan, run, consent=consent, out=out, blocks=blocks)
    app.run()
    report = app.run_screen.report
    if report is not None:
        from httptui.reports.exports.text import to_text

        sys.stdout.write(to_text(report))
    return app.return_code or exit_code_of(report)
