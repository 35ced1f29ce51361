"""The one place that writes to stderr: complaints, notes, progress; stdout is for data only."""

from __future__ import annotations

import click

from httptui.safe_text import safe_text

LONGEST_LINE = 1_000


def complain(*problems: str) -> None:
    """One line for each problem, marked as ours."""
    for problem in problems:
        note(f"httptui: {problem}")


def note(line: str = "") -> None:
    """One line, made safe for a terminal."""
    click.echo(safe_text(line, LONGEST_LINE), err=True)


def rewrite(line: str) -> None:
    """Put a line in place of the one the cursor is on; an empty line clears it.  Only for a terminal."""
    click.echo(f"\r\x1b[2K{safe_text(line, LONGEST_LINE)}", err=True, nl=False)
