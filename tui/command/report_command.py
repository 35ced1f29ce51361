"""`httptui report`: what is in a saved report."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from httptui.safe_text import safe_text
from httptui.tui.command.compare_command import compare
from httptui.tui.command.export_command import export
from httptui.tui.command.listing import tell
from httptui.tui.command.stderr import note
from httptui.tui.command.width import columns_of


@click.group()
def report() -> None:
    """Read saved reports."""


report.add_command(compare)
report.add_command(export)


@report.command()
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """The results and the verdict of a report in JSON, of a run or of a sweep, as text; - is stdin."""
    from httptui.reports.exports.text import to_text
    from httptui.sweeps.exports.text import to_text as sweep_to_text
    from httptui.sweeps.reading import read_either
    from httptui.sweeps.report import SweepReport

    found = read_either(file)
    width = columns_of(sys.stdout)
    tell(sweep_to_text(found, width) if isinstance(found, SweepReport) else to_text(found, width))
    if file.suffix == ".json":
        note(f"Run it once more: httptui run {shlex.quote(safe_text(str(file)))}")
