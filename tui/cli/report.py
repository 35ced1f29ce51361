"""`httptui report`: what is in a saved report."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from httptui.safe_text import safe_text
from httptui.tui.cli.compare import compare
from httptui.tui.cli.export import export
from httptui.tui.cli.streams import columns_of, note, tell


@click.group()
def report() -> None:
    """Read saved reports."""


report.add_command(compare)
report.add_command(export)


@report.command()
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """The results and the verdict of a report in JSON, of a run or of a sweep, as text; - is stdin."""
    from httptui.report.text import to_text
    from httptui.sweeps.report import SweepReport, read_either
    from httptui.sweeps.texts import to_text as sweep_to_text

    found = read_either(file)
    width = columns_of(sys.stdout)
    tell(sweep_to_text(found, width) if isinstance(found, SweepReport) else to_text(found, width))
    if file.suffix == ".json":
        note(f"Run it once more: httptui run {shlex.quote(safe_text(str(file)))}")
