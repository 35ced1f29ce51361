"""The app: one plan and its runs on the run screen, whatever lies over it, and the ways to leave."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key
from textual.screen import Screen
from textual.theme import Theme
from textual.timer import Timer
from textual.worker import WorkerFailed

from httptui.daemon_executor import DaemonExecutor
from httptui.plan.model import Plan
from httptui.tui.control.run import RunSession
from httptui.tui.control.session import Start
from httptui.tui.keys import Action, actions_now
from httptui.tui.memory import Memory
from httptui.tui.screens.run import ColumnsPicked, RunScreen
from httptui.tui.settings import USUAL, Settings
from httptui.tui.theme import DEFAULT_THEME, THEME_NAMES, THEMES
from httptui.tui.toolkit.garbage import collect_rarely
from httptui.tui.toolkit.key_queue import KeyQueueApp
from httptui.tui.toolkit.lost_terminal import (
    STREAMS,
    LastingStream,
    detach,
    is_gone,
    resume,
    terminals_of,
)
from httptui.tui.toolkit.unpublished import forget_themes
from httptui.tui.widgets.key_lines import HintLine

FIRST_KEYS = (("run", "runs the plan"), ("help", "help"), ("command_palette", "everything"))
LOOK_SECONDS = 0.5
"""Interval at which the app checks that its terminal is still there."""


class HttptuiApp(KeyQueueApp):
    """Opens on the run screen with the plan loaded, not yet running.

    `memory` keeps what is to be remembered; without one nothing is, and no hint is shown.
    """

    TITLE = "httptui"
    CSS_PATH: ClassVar[list[str | PurePath]] = [f"screens/{name}" for name in RunScreen.CSS_PATH]
    """Read with the app's own, since what comes with a screen makes the toolkit parse everything a second time."""
    CSS = """
    Screen { color: $foreground; }
    Toast:ansi .toast--title { color: $foreground; }
    """
    BINDING_GROUP_TITLE = "Everywhere"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+p",
            "command_palette",
            "everything",
            show=False,
            priority=True,
            tooltip="Everything that can be done here, by name",
            id="app.palette",
        ),
        Binding(
            "ctrl+q",
            "quit",
            "quit",
            show=False,
            priority=True,
            tooltip="Stop the run and quit",
            id="app.quit",
        ),
    ]

    def __init__(
        self,
        plan: Plan,
        start: Start[RunSession],
        *,
        consent: frozenset[str] = frozenset(),
        out: Path | None = None,
        settings: Settings = USUAL,
        memory: Memory | None = None,
    ) -> None:
        super().__init__()
        self._settings, self._memory = settings, memory
        self._hint_line: HintLine | None = None
        self._terminals: tuple[int, ...] = ()
        self._looking: Timer | None = None
        self._running_loop: asyncio.AbstractEventLoop | None = None
        self.told_to_leave = False
        """Set once a signal has asked this process to end."""
        self.lasting: LastingStream | None = None
        self.fault: Exception | None = None
        """An unforeseen error, which has ended the app."""
        forget_themes(self)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._first_theme()
        self.set_keymap(settings.keymap)
        if settings.reduced_motion:
            self.animation_level = "none"
        self.run_screen = RunScreen(plan, start, consent=consent, out=out, settings=settings)
        if memory is not None and not settings.columns:
            self.run_screen.look(picked=memory.kept.picked)

    def on_mount(self) -> None:
        """Open the run screen, for a newcomer with the first keys told."""
        self.push_screen(self.run_screen)
        if self._memory is not None and self._settings.hints and not self._memory.kept.hinted:
            self.call_after_refresh(self._hint, self._memory)
        self.theme_changed_signal.subscribe(self, self._theme_chosen)
        if not self.is_headless:
            self._leave_when_told()
            self.call_after_refresh(collect_rarely)

    def _first_theme(self) -> str:
        """The theme that the settings name, or that was chosen last, or the usual one."""
        chosen = self._settings.theme or (self._memory.kept.theme if self._memory else None)
        return chosen if chosen in THEME_NAMES else DEFAULT_THEME

    def _theme_chosen(self, theme: Theme) -> None:
        if self._memory is None:
            return
        if self._settings.theme is None:
            self._memory.keep(theme=theme.name)
        elif theme.name != self._settings.theme:
            self.notify(
                f"The settings name {self._settings.theme}, which comes back next time.", markup=False
            )

    @on(ColumnsPicked)
    def _keep_columns(self, message: ColumnsPicked) -> None:
        if self._memory is not None and not self._settings.columns:
            self._memory.keep(picked=message.picked)

    async def _hint(self, memory: Memory) -> None:
        """Tell a newcomer the first keys, once, by what they are bound to."""
        keys: dict[str, str] = {}
        for active in self.run_screen.active_bindings.values():
            keys.setdefault(active.binding.action, self.get_key_display(active.binding))
        told = tuple((keys[action], words) for action, words in FIRST_KEYS if action in keys)
        self._hint_line = HintLine(told)
        await self.run_screen.mount(self._hint_line, before="#keys")
        memory.keep(hinted=True)

    async def on_event(self, event: Event) -> None:
        """Take the hint away at the first key."""
        if isinstance(event, Key) and self._hint_line is not None:
            self._hint_line.remove()
            self._hint_line = None
        await super().on_event(event)

    def _handle_exception(self, error: Exception) -> None:
        if self.fault is None:
            self.fault = error.error if isinstance(error, WorkerFailed) else error  # type: ignore[assignment]
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Leave without the toolkit's traceback, which shows the values of variables, and so secrets."""
        self._close_messages_no_wait()

    def leave_soon(self) -> None:
        """Leave as soon as all has drained; may be called by a signal, whatever is going on, and at any time."""
        self.told_to_leave = True
        if self.lasting is not None:
            self.lasting.ending = True
        with suppress(RuntimeError):  # The loop may not have begun, or be closed.
            self._later(self.run_screen.terminate)

    def _leave_when_told(self) -> None:
        """Take the end of the terminal as a wish to leave: the terminal is restored, and no lane stays."""
        self._running_loop = asyncio.get_running_loop()
        self._running_loop.set_default_executor(DaemonExecutor())
        if self.told_to_leave:
            self.leave_soon()
        if hasattr(signal, "SIGCONT"):
            signal.signal(signal.SIGCONT, lambda _number, _frame: self._later(self._go_on))
        self._terminals = terminals_of(STREAMS)
        if STREAMS[0] in self._terminals:
            self._looking = self.set_interval(LOOK_SECONDS, self._look_for_terminal)

    def _later(self, work: Callable[[], object]) -> None:
        """Do something in the app's own time."""
        if self._running_loop is not None:
            self._running_loop.call_soon_threadsafe(self.call_later, work)

    async def _go_on(self) -> None:
        """Show the screen again after the process was stopped, unless its terminal is gone."""
        await self._look_for_terminal()
        resume(self._driver)
        self.refresh(layout=True)

    async def _look_for_terminal(self) -> None:
        if self._looking is not None and is_gone(STREAMS[0]):
            self._looking.stop()
            self._looking = None
            detach(self._terminals)
            await self.run_screen.terminate()

    async def action_quit(self) -> None:
        """Stop what runs and leave."""
        await self.run_screen.action_leave()

    async def action_help_quit(self) -> None:  # type: ignore[override]
        """Ctrl-C: stop a run, or leave where none is on."""
        await self.run_screen.interrupt()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield every action that a screen binds to a key, by name, and the theme."""
        for action in actions_now(screen):
            if action.own and action.action != "command_palette":
                yield SystemCommand(_title(action), action.help, partial(self._do, action))
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)

    async def _do(self, action: Action) -> None:
        await self.run_action(action.action, action.node)


def _title(action: Action) -> str:
    return f"{action.name[:1].upper()}{action.name[1:]} ({' '.join(action.keys)})"
