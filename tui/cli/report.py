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
    """Print the results and the verdict of a saved JSON report, of a run or a sweep; - is stdin."""
    from httptui.report.render_text import render_text
    from httptui.sweeps.document import document_of
    from httptui.sweeps.report import read_either

    tell(render_text(document_of(read_either(file)), columns_of(sys.stdout)))
    if file.suffix == ".json":
        note(f"Run it again: httptui run {shlex.quote(safe_text(str(file)))}")
