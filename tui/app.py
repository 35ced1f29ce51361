"""The app: one plan, its runs, and a text summary on the normal screen after it closes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key
from textual.screen import Screen
from textual.theme import Theme
from textual.timer import Timer
from textual.worker import WorkerFailed

from httptui.daemon_executor import DaemonExecutor
from httptui.errors import ExitCode
from httptui.plan.model import Plan
from httptui.safe_text import safe_text
from httptui.tui.actions import Action, actions_now
from httptui.tui.keymap import check_keymap
from httptui.tui.memory import Memory, memory_path
from httptui.tui.remembering import remembering
from httptui.tui.screens.run import RunScreen
from httptui.tui.screens.run_looking import ColumnsPicked
from httptui.tui.session import Start
from httptui.tui.settings import USUAL, Settings, load_settings, settings_path
from httptui.tui.signals import taken
from httptui.tui.themes import DEFAULT_THEME, THEME_NAMES, THEMES
from httptui.tui.toolkit.garbage import search_seldom
from httptui.tui.toolkit.keys_in_turn import KeysInTurn
from httptui.tui.toolkit.lost_terminal import (
    STREAMS,
    Lasting,
    is_gone,
    lasting_screen,
    let_go,
    terminals_among,
)
from httptui.tui.widgets.lines import HintLine

if TYPE_CHECKING:
    from httptui import Report, Run, Sweep, SweepReport

FIRST_KEYS = (("run", "runs the plan"), ("help", "help"), ("command_palette", "everything"))
TERMS_WITHOUT_BRAILLE = ("linux", "vt100", "vt220")
LOOK_SECONDS = 0.5
"""How often it is seen to that the terminal is still there."""


class HttptuiApp(KeysInTurn):
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
            tooltip="Stop what runs and leave, from anywhere",
            id="app.quit",
        ),
    ]

    def __init__(
        self,
        plan: Plan,
        start: Start,
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
        """Whether a signal has asked this process to end, at any time."""
        self.lasting: Lasting | None = None
        self.fault: Exception | None = None
        """An error that nobody foresaw, which has ended the app."""
        self._registered_themes.clear()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._first_theme()
        self.set_keymap(settings.keymap)
        if settings.reduced_motion:
            self.animation_level = "none"
        self.run_screen = RunScreen(plan, start, consent=consent, out=out, settings=settings)
        if memory is not None and not settings.columns:
            self.run_screen.begin_with(memory.kept.picked)

    def on_mount(self) -> None:
        """Open the run screen, for a newcomer with the first keys told."""
        self.push_screen(self.run_screen)
        if self._memory is not None and self._settings.hints and not self._memory.kept.hinted:
            self.call_after_refresh(self._hint, self._memory)
        self.theme_changed_signal.subscribe(self, self._theme_chosen)
        if not self.is_headless:
            self._leave_when_told()
            self.call_after_refresh(search_seldom)

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
        self._terminals = terminals_among(STREAMS)
        if STREAMS[0] in self._terminals:
            self._looking = self.set_interval(LOOK_SECONDS, self._look_for_terminal)

    def _later(self, work: Callable[[], object]) -> None:
        """Do something in the app's own time."""
        if self._running_loop is not None:
            self._running_loop.call_soon_threadsafe(self.call_later, work)

    async def _go_on(self) -> None:
        """Show the screen again after the process was stopped.  The toolkit would take up the terminal a second time
        where it had not let it go, and wait for ever for a key from one that is gone.
        """
        await self._look_for_terminal()
        if getattr(self._driver, "_must_signal_resume", False):
            self._driver.resume_application_mode()  # type: ignore[union-attr]
        self.refresh(layout=True)

    async def _look_for_terminal(self) -> None:
        if self._looking is not None and is_gone(STREAMS[0]):
            self._looking.stop()
            self._looking = None
            let_go(self._terminals)
            await self.run_screen.terminate()

    async def action_quit(self) -> None:
        """Stop what runs and leave."""
        await self.run_screen.action_leave()

    async def action_help_quit(self) -> None:  # type: ignore[override]
        """Ctrl-C: stop a run, or leave where none is on."""
        await self.run_screen.interrupt()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """All that can be done on a screen by a key, by name, and the theme."""
        for action in actions_now(screen):
            if action.own and action.action != "command_palette":
                yield SystemCommand(_title(action), action.help, partial(self._do, action))
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)

    async def _do(self, action: Action) -> None:
        await self.run_action(action.action, action.node)


def _title(action: Action) -> str:
    return f"{action.name[:1].upper()}{action.name[1:]} ({' '.join(action.keys)})"


def settings_here(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force on this terminal; SettingsError where they cannot be used."""
    settings = load_settings(environ)
    check_keymap(settings.keymap, safe_text(str(settings_path(environ))))
    return replace(settings, blocks=settings.blocks or environ.get("TERM", "") in TERMS_WITHOUT_BRAILLE)


def run_app(plan: Plan, *, consent: frozenset[str] = frozenset(), out: Path | None = None) -> int:
    """Show the app until the user leaves; print the last report's summary on stdout; return the exit code.

    0; 2 where the settings cannot be used; 3 where the last run missed an expectation; 4 where no contender of it
    finished; 130 where it was interrupted, as `tui.screens.run_control` tells.  Where the app was told to end, or the
    summary is not taken, nobody can ask for the report any more, and it is saved.  Raises the error that ended the
    app, if one did.
    """
    settings = settings_here()
    app = HttptuiApp(
        plan, remembering(_run), consent=consent, out=out, settings=settings, memory=Memory(memory_path())
    )
    app.run_screen.sweep_start = remembering(_sweep)
    with taken(app.leave_soon):
        try:
            with lasting_screen() as app.lasting:
                app.run()
        except BaseException:
            _hand_over(app, out)
            raise
        code = _hand_over(app, out)
        if app.fault is not None:
            raise app.fault
        return code


def _hand_over(app: HttptuiApp, out: Path | None) -> int:
    """Keep the last report where nobody can ask for it any more, print its summary, and give the exit code."""
    from httptui.tui.exit_codes import exit_code_in_app
    from httptui.tui.saving import keep

    screen = app.run_screen
    report = screen.sweep_report or screen.report_so_far()
    if report is None:
        return app.return_code or ExitCode.DONE
    if screen.told_to_end:
        keep(report, out)
    told = app.is_web or _told(_text_of(report), lambda: app.told_to_leave)
    if not told and not screen.told_to_end:
        keep(report, out)
    code = app.return_code or exit_code_in_app(report)
    if code == ExitCode.NOTHING_FINISHED:
        _tell_why_nothing(report)
    return code


def _told(text: str, told_to_leave: Callable[[], bool]) -> bool:
    """Print a text; whether stdout took it, which is not waited for once the app is told to leave, and never long."""
    from httptui.report.store import READER_SECONDS
    from httptui.tui.cli.streams import StdoutError, put

    def give_up(waited: float) -> bool:
        return told_to_leave() or waited > READER_SECONDS

    try:
        put(text.encode(sys.stdout.encoding or "utf-8", errors="replace"), give_up=give_up)
    except StdoutError:
        return False
    return True


def _run(plan: Plan, *, consent: frozenset[str] = frozenset()) -> Run:
    """`httptui.run`, imported when it is asked for: the first picture needs nothing of it."""
    from httptui import run
    from httptui.tui.debugging import mask_secrets_of

    mask_secrets_of(plan)
    return run(plan, consent=consent)


def _sweep(plan: Plan, *, consent: frozenset[str] = frozenset()) -> Sweep:
    from httptui import sweep
    from httptui.tui.debugging import mask_secrets_of

    mask_secrets_of(plan)
    return sweep(plan, consent=consent)


def _text_of(report: Report | SweepReport) -> str:
    from httptui.report.render_text import render_text
    from httptui.sweeps.document import document_of
    from httptui.tui.cli.streams import columns_of

    return render_text(document_of(report), columns_of(sys.stdout))


def _tell_why_nothing(report: Report | SweepReport) -> None:
    """The commonest reason, as a run without a screen tells it; a sweep's own summary has the causes."""
    from httptui.results.report import Report
    from httptui.tui.cli.headless import why_nothing
    from httptui.tui.cli.streams import complain

    if isinstance(report, Report):
        complain(why_nothing(report))
