"""Foreign text inside Markdown: it stays text, whatever it holds."""

from __future__ import annotations

import re

from httptui.safe_text import safe_text

LONGEST = 1_000

# A bracket matters only where a link's target or label can follow it.
_SPECIAL = re.compile(r"[\\`*_|~]|\](?=[(\[:])")
# Where nothing stands between them, "@name" would call somebody, and "#12" lead to an issue.
_CALLING = re.compile(r"(?<![\w;])[@#](?=[A-Za-z0-9])")
NO_WIDTH = "&#8203;"
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str, limit: int = LONGEST) -> str:
    """The text on one line for a paragraph, list item or table cell: no markup, HTML, link, mention or new cell."""
    plain = re.sub("[&<>]", lambda match: _HTML[match[0]], safe_text(text, limit))
    plain = _CALLING.sub(lambda match: f"{match[0]}{NO_WIDTH}", plain)
    plain = _SPECIAL.sub(lambda match: f"\\{match[0]}", plain)
    # An entity for the colon keeps "http://…" from becoming a link, and one for the dot "www.…".
    plain = plain.replace("://", "&#58;//")
    return re.sub(r"(?i)\b(www)\.", r"\1&#46;", plain)


def code(text: str, limit: int = LONGEST) -> str:
    """The text on one line as code, for a paragraph or list item but not a table."""
    plain = safe_text(text, limit)
    ticks = "`" * (_longest_run(plain) + 1)
    blank = " " if plain[:1] in ("`", "") or plain[-1:] == "`" else ""
    return f"{ticks}{blank}{plain}{blank}{ticks}"


def fenced(text: str, language: str = "") -> str:
    """Lines of text as a block of code, each made safe on its own."""
    lines = [safe_text(line, LONGEST * 10) for line in text.split("\n")]
    fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return "\n".join((f"{fence}{language}", *lines, fence))


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
