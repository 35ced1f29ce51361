"""The flags that name files for a report, one for each form in which it is one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from httptui.report.formats import FORMATS

Command = TypeVar("Command", bound=Callable[..., Any])


def format_options(kind: str, names: Iterable[str] = tuple(FORMATS)) -> Callable[[Command], Command]:
    """Add a flag for each of the forms, in which a report or another `kind` of result is written."""
    options = [
        click.option(f"--{name}", metavar="FILE", help=FORMATS[name].flag.format(kind=kind)) for name in names
    ]

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add
