"""A table in Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def pipe_table(headings: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> str:
    """Headings, each with its rule such as "--:", and rows, whose cells are escaped already."""
    lines = [[name for name, _ in headings], [rule for _, rule in headings], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
