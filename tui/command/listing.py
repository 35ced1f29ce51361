"""Listings on stdout."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.safe_text import safe_text
from httptui.tui.command.stdout import put_text

LONGEST_LINE = 2_000


def tell(text: str) -> None:
    """Data on stdout, each line made safe for a terminal."""
    put_text("".join(f"{safe_text(line, LONGEST_LINE)}\n" for line in text.splitlines()))


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length as aligned columns, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    return "\n".join(lines)
