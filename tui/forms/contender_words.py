"""Contenders of the form in words: how each is used, and messages that tell them by their letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from httptui.plans.plan import letter_of
from httptui.safe_text import safe_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from httptui.tui.forms.contender_state import ContenderState

_PLACE = re.compile(r'".*"|“.*”|contender\[(?P<index>\d+)\](?P<value>\.[a-z_]+)?', re.DOTALL)
"""A contender by its place in the plan; or quoted texts, which are repeated as they were typed."""


def way_of(contender: ContenderState) -> str:
    """The engine and the reuse, and an HTTP version or event loop that is not the usual one."""
    parts = [contender.engine, contender.reuse]
    if contender.http != "1.1":
        parts.append(f"HTTP/{contender.http}")
    if contender.loop:
        parts.append(contender.loop)
    return safe_text(" · ".join(parts))


def with_letters(message: str, contenders: Sequence[ContenderState]) -> str:
    """A message in which `contender[2].pool` is told as the form shows it, at first with what it is:
    contender C.pool (httpx · shared).
    """
    named: set[int] = set()

    def told(match: re.Match[str]) -> str:
        if match["index"] is None or int(match["index"]) >= len(contenders):
            return match[0]
        index = int(match["index"])
        name = safe_text(contenders[index].label or "") or way_of(contenders[index])
        what = "" if index in named else f" ({name})"
        named.add(index)
        return f"contender {letter_of(index)}{match['value'] or ''}{what}"

    return _PLACE.sub(told, message)
