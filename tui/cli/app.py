"""Bare `httptui`: the app, or the same run without a screen where there is no terminal."""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from pathlib import Path

import click

from httptui.safe_text import safe_text
from httptui.tui.cli import completing
from httptui.tui.cli.allowing import allow_options, check_variables, consent_option, granted
from httptui.tui.toolkit.garbage import start_without_search

WEB_DRIVER = "TEXTUAL_DRIVER"
"""Set by `textual serve`, which shows the app in a browser and leaves it no terminal."""


@click.command(hidden=True)
@click.argument("url", required=False)
@click.option(
    "--preset",
    metavar="NAME|FILE",
    shell_complete=completing.presets,
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
    """Open the app on the preset demo, or on the one named, with URL as its target where one is given."""
    on_screen = (sys.stdin.isatty() and sys.stderr.isatty()) or WEB_DRIVER in os.environ
    if on_screen:
        start_without_search()
    from httptui.presets import DEFAULT_PRESET, load_preset
    from httptui.tui.cli.plan_flags import PlanFlags, plan_of_flags, replaced_by

    if url is not None and url.isalpha() and url != "embedded":
        from httptui.tui.cli.main import COMMANDS

        names = [name for name in COMMANDS if name != "app"]
        near = get_close_matches(url, names, n=1)
        guess = f'; did you mean "{near[0]}"?' if near else f"; commands are {', '.join(names)}"
        raise click.UsageError(f'"{safe_text(url, 60)}" is no command and no URL{guess}')
    given = PlanFlags(url=url)
    name, replaced = DEFAULT_PRESET if preset is None else preset, replaced_by(given)
    found = load_preset(name, check=False, replaced=replaced)
    plan = plan_of_flags(found, given)
    check_variables(name, found, plan, replaced=replaced, names=allowed_names)
    consent = granted(owned, plan, build=allow_build)
    if on_screen:
        from httptui.tui.app import run_app

        return run_app(plan, consent=consent, out=out)
    from httptui.tui.cli.outputs import Outputs

    if plan.sweep:
        from httptui.tui.cli.sweep_headless import run_sweep

        return run_sweep(plan, consent=consent, outputs=Outputs(out=out))
    from httptui.tui.cli.headless import run_headless

    return run_headless(plan, consent=consent, outputs=Outputs(out=out))
