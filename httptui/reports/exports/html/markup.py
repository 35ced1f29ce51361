"""HTML made of tags, so that text from outside is always text, wherever it stands."""

from __future__ import annotations

import html
from collections.abc import Iterable

from httptui.safe_text import safe_text

LONGEST = 1_000
VOID = frozenset({"meta", "br"})


class Html(str):
    """Markup, which only this module makes; any other string is text and is escaped."""

    __slots__ = ()


Node = Html | str | None
Value = str | float | None


def tag(name: str, /, *children: Node, **attributes: Value) -> Html:
    """An element.  Attributes that are None are left out; `class_` is class, and `stroke_width` stroke-width."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{joined(children)}</{name}>")


def text(words: str, limit: int = LONGEST) -> Html:
    """Words from anywhere, as text on one line: for an element or a quoted attribute."""
    return Html(html.escape(safe_text(words, limit), quote=True))


def lines(words: str, limit: int = LONGEST * 10) -> Html:
    """Text of several lines, each made safe on its own."""
    return Html("\n".join(text(line, limit) for line in words.split("\n")))


def joined(nodes: Iterable[Node], between: str = "") -> Html:
    """Nodes one after the other; of those that are None, nothing."""
    parts = [node if isinstance(node, Html) else text(node) for node in nodes if node is not None]
    return Html(text(between).join(parts))


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return text(value, LONGEST * 100)
    return f"{value:.2f}".rstrip("0").rstrip(".")
