"""The flags that name files for a report, declared once: for a run, and for a report that was saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--html", metavar="FILE", help="Write the report as one HTML page; - is stdout."),
    click.option("--markdown", metavar="FILE", help="Write the report as Markdown; - is stdout."),
    click.option("--csv", metavar="FILE", help="Write a row for each contender as CSV; - is stdout."),
    click.option("--bmf", metavar="FILE", help="Write the figures in Bencher's format; - is stdout."),
)


def format_options(command: Command) -> Command:
    """Add a flag for each form in which a report is one file, other than JSON."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
