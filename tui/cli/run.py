"""`httptui run`: a plan without a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from httptui.errors import PlanError
from httptui.report.formats import FORMATS
from httptui.tui.cli import completion
from httptui.tui.cli.allowing import allow_options, allowed_plan, consent_option, granted
from httptui.tui.cli.plan_options import PlanCommand, plan_options
from httptui.tui.cli.report import format_options

EXAMPLES = """\b
Examples:
  httptui run -e aiohttp -e httpx:per-worker --url http://127.0.0.1:8000/items -c 64 -d 10s
  httptui run --rate 200 --arrivals poisson --expect 'p99 < 50ms' --json report.json
  httptui run --sweep concurrency=1,4,16,64 -e aiohttp -e requests --html sweep.html"""


@click.command(cls=PlanCommand, epilog=EXAMPLES)
@click.argument("preset", required=False, metavar="[NAME|FILE|REPORT]", shell_complete=completion.presets)
@plan_options
@consent_option
@allow_options
@click.option(
    "--settle",
    is_flag=True,
    help="After a concurrent run, measure one contender at a time to settle the order.",
)
@format_options("report")
@click.option(
    "--hgrm",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write each contender's HdrHistogram percentiles.",
)
@click.option("--stream", is_flag=True, help="Write JSON lines to stdout: every snapshot, then the report.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Save the report in this folder.")
def run(
    preset: str | None,
    owned: tuple[str, ...],
    allow_build: bool,
    allowed_names: tuple[str, ...],
    settle: bool,
    hgrm: Path | None,
    stream: bool,
    out: Path | None,
    **flags: Any,
) -> int:
    """Run a preset, a plan file or flags, or repeat a saved report, without a screen.

    Flags override the preset (default: demo); -e replaces all its contenders. FILE contains a slash or ends in .toml
    or .json. REPORT is a report saved as JSON; its plan and seed are used again. --sweep, or the sweep of a plan,
    runs every level of one or two numbers in turn. Progress and results go to stderr; stdout is for data only.
    """
    from httptui.plan.requests import shown_url
    from httptui.tui.cli.headless import run_headless
    from httptui.tui.cli.outputs import Outputs
    from httptui.tui.cli.plan_flags import PlanFlags

    if preset and "://" in preset:
        raise PlanError(f"{shown_url(preset)} is a URL, no preset and no file; give it with --url")
    files = {name: flags.pop(name) for name in FORMATS}
    outputs = Outputs(hgrm=hgrm, stream=stream, out=out, **files)
    plan = allowed_plan(preset, PlanFlags(**flags), allowed_names)
    consent = granted(owned, plan, build=allow_build)
    return run_headless(plan, consent=consent, outputs=outputs, settle=settle)
