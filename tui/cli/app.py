"""Bare `httptui`: the app, or the same run without a screen where there is no terminal.

When the app ends, the last report's summary is printed on the normal screen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from httptui.errors import ExitCode
from httptui.plan.model import Plan
from httptui.safe_text import safe_text
from httptui.tui.cli import completion
from httptui.tui.cli.allowing import allow_options, allowed_plan, consent_option, granted
from httptui.tui.toolkit.garbage import collect_rarely_at_start

if TYPE_CHECKING:
    from httptui import Run, Sweep
    from httptui.tui.app import HttptuiApp

WEB_DRIVER = "TEXTUAL_DRIVER"
"""Set by `textual serve`, which shows the app in a browser and leaves it no terminal."""


@click.command(hidden=True)
@click.argument("url", required=False)
@click.option(
    "--preset",
    metavar="NAME|FILE",
    shell_complete=completion.presets,
    help="Open on this preset, plan file or saved report.",
)
@consent_option
@allow_options
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Save reports in this folder.")
def app(
    url: str | None,
    preset: str | None,
    owned: tuple[str, ...],
    allow_build: bool,
    allowed_names: tuple[str, ...],
    out: Path | None,
) -> int:
    """Open the app on the preset demo or another one; URL replaces its target."""
    on_screen = (sys.stdin.isatty() and sys.stderr.isatty()) or WEB_DRIVER in os.environ
    if on_screen:
        collect_rarely_at_start()
    from httptui.tui.cli.plan_flags import PlanFlags

    if url is not None and url.isalpha() and url != "embedded":
        from httptui.tui.cli.main import COMMANDS

        names = [name for name in COMMANDS if name != "app"]
        near = get_close_matches(url, names, n=1)
        guess = f'; did you mean "{near[0]}"?' if near else f"; commands are {', '.join(names)}"
        raise click.UsageError(f'"{safe_text(url, 60)}" is no command and no URL{guess}')
    plan = allowed_plan(preset, PlanFlags(url=url), allowed_names)
    consent = granted(owned, plan, build=allow_build)
    if on_screen:
        return run_app(plan, consent=consent, out=out)
    from httptui.tui.cli.headless import run_headless
    from httptui.tui.cli.outputs import Outputs

    return run_headless(plan, consent=consent, outputs=Outputs(out=out))


def run_app(plan: Plan, *, consent: frozenset[str] = frozenset(), out: Path | None = None) -> int:
    """Show the app until the user leaves; print the last report's summary on stdout; return the exit code.

    0; 2 where the settings cannot be used; 3 where the last run missed an expectation; 4 where no contender of it
    finished; 130 where it was interrupted, as `tui.control.session` tells.  Where the app was told to end, or the
    summary is not taken, nobody can ask for the report any more, and it is saved.  Raises the error that ended the
    app, if one did.
    """
    from httptui.tui.app import HttptuiApp
    from httptui.tui.cli.entry import taken
    from httptui.tui.keymap import settings_here
    from httptui.tui.memory import Memory, memory_path, remembering
    from httptui.tui.toolkit.lost_terminal import lasting_stderr

    settings = settings_here()
    app = HttptuiApp(
        plan, remembering(_run), consent=consent, out=out, settings=settings, memory=Memory(memory_path())
    )
    app.run_screen.sweep_start = remembering(_sweep)
    with taken(app.leave_soon):
        try:
            with lasting_stderr() as app.lasting:
                app.run()
        except BaseException:
            _hand_over(app, out)
            raise
        code = _hand_over(app, out)
        if app.fault is not None:
            raise app.fault
        return code


def _hand_over(app: HttptuiApp, out: Path | None) -> int:
    """Save the last report if nobody can ask for it any more, print its summary, and return the exit code."""
    from httptui.report.render_text import render_text
    from httptui.results.report import Report
    from httptui.sweeps.document import document_of
    from httptui.tui.cli.headless import keep, why_nothing
    from httptui.tui.cli.streams import columns_of, complain
    from httptui.tui.exit_codes import exit_code_in_app

    screen = app.run_screen
    report = screen.sweep_report or screen.report_so_far()
    if report is None:
        return app.return_code or ExitCode.DONE
    if screen.told_to_end:
        keep(report, out)
    text = render_text(document_of(report), columns_of(sys.stdout))
    told = app.is_web or summary_told(text, lambda: app.told_to_leave)
    if not told and not screen.told_to_end:
        keep(report, out)
    code = app.return_code or exit_code_in_app(report)
    if code == ExitCode.NOTHING_FINISHED and isinstance(report, Report):  # A sweep's summary has the causes.
        complain(why_nothing(report))
    return code


def summary_told(text: str, told_to_leave: Callable[[], bool]) -> bool:
    """Print a text and return whether stdout took it; READER_SECONDS are waited, none once the app must leave."""
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
    """Call `httptui.run`, imported only now, as the first picture needs nothing of it."""
    from httptui import run
    from httptui.tui.debugging import mask_secrets_of

    mask_secrets_of(plan)
    return run(plan, consent=consent)


def _sweep(plan: Plan, *, consent: frozenset[str] = frozenset()) -> Sweep:
    from httptui import sweep
    from httptui.tui.debugging import mask_secrets_of

    mask_secrets_of(plan)
    return sweep(plan, consent=consent)
