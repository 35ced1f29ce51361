"""`httptui report`: what is in a saved report."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from httptui.safe_text import safe_text
from tui.command.compare_command import compare
from tui.command.export_command import export
from tui.command.listing import tell
from tui.command.stderr import note


@click.group()
def report() -> None:
    """Read saved reports."""


report.add_command(compare)
report.add_command(export)


@report.command()
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """The results, ranking and verdict of a report in JSON, as text."""
    from httptui.reports.exports.text import to_text
    from httptui.reports.reading import read_report

    tell(to_text(read_report(file)))
    if file.suffix == ".json":
        note(f"Run it once more: httptui run {shlex.quote(safe_text(str(file)))}")
