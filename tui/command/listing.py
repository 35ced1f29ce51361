"""Listings on stdout."""

from __future__ import annotations

from collections.abc import Sequence

import click

from httptui.safe_text import safe_text

LONGEST_LINE = 2_000


def tell(text: str) -> None:
    """Data on stdout, each line made safe for a terminal."""
    for line in text.splitlines():
        click.echo(safe_text(line, LONGEST_LINE))


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length as aligned columns, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    return "\n".join(lines)
