"""Sentences in lines, in which no number is parted from its thousands or its unit."""

from __future__ import annotations

import re
import textwrap

TIED = re.compile(r"(?<=\d) (?=\d{3}(?!\d)|%|(?:µs|ms|s|min|h|B|kB|MB|GB|req/s)(?!\w))")
TIE = "\N{NO-BREAK SPACE}"


def wrapped(text: str, width: int, most: int | None = None) -> list[str]:
    """The text in lines of at most `width` cells, or of 8 where that is less; cut with an ellipsis after `most`."""
    tied = TIED.sub(TIE, text)
    lines = textwrap.wrap(tied, max(width, 8), break_on_hyphens=False, max_lines=most, placeholder=" …")
    return [line.replace(TIE, " ") for line in lines]
