"""`httptui report`: what is in a saved report."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from httptui.errors import PlanError
from httptui.safe_text import safe_text
from tui.command.listing import tell
from tui.command.stderr import note


@click.group()
def report() -> None:
    """Read saved reports."""


@report.command()
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """The results, ranking and verdict of a report in JSON, as text."""
    import msgspec

    from httptui.reports.exports.text import to_text
    from httptui.reports.report import Report
    from presets.replay import MOST_REPORT_BYTES

    where = safe_text(str(file))
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_REPORT_BYTES + 1)
    except OSError as error:
        raise PlanError(f"{where}: cannot be read: {error.strerror}") from None
    if len(data) > MOST_REPORT_BYTES:
        raise PlanError(f"{where}: longer than {MOST_REPORT_BYTES // 1024 // 1024} MiB")
    try:
        found = msgspec.json.decode(data, type=Report)
    except (msgspec.DecodeError, RecursionError) as error:
        raise PlanError(f"{where}: not a report of httptui: {safe_text(str(error))}") from None
    tell(to_text(found))
    if file.suffix == ".json":
        note(f"Run it once more: httptui run {shlex.quote(where)}")
