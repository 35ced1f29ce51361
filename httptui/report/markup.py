"""HTML by type: tags, text that is escaped because it is text, and the colours of contenders."""

from __future__ import annotations

import html
from collections.abc import Iterable

from httptui.colours import ON_DARK, ON_LIGHT
from httptui.ramp import Rgb, lightness, ramp
from httptui.report.cells import id_of
from httptui.results.snapshot import Labelled
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


LIGHT: Rgb = (0xFF, 0xFF, 0xFF)
DARK: Rgb = (0x12, 0x13, 0x15)
"""The page's grounds, as the style sheet has them."""
BLACK_FROM = 0.57
"""From this lightness on black is easier to read on a shade than white."""


def colour_class(contender: Labelled) -> str:
    """The classes that give an element a contender's colour."""
    return colour_of(id_of(contender))


def colour_of(letter: str) -> str:
    """The same by the letter; after eight contenders the colours begin again, which has a class of its own."""
    again, at = divmod(ord(letter[:1] or "A") - ord("A"), len(ON_LIGHT))
    return f"c{at} again" if again else f"c{at}"


def colour_rules() -> str:
    """The style sheet's part that follows from the set, and from the shades of a grid."""
    light = "".join(f".c{at}{{--mark:{colour}}}" for at, colour in enumerate(ON_LIGHT)) + _shades(LIGHT)
    dark = "".join(f".c{at}{{--mark:{colour}}}" for at, colour in enumerate(ON_DARK)) + _shades(DARK)
    return f"{light}\n@media screen and (prefers-color-scheme: dark){{{dark}}}\n"


def _shades(ground: Rgb) -> str:
    """A class for each shade that stands out from the ground, and black or white to write on it."""
    shades = list(enumerate(ramp(ground)))[1:]
    inks = ("#000000" if lightness(shade) >= BLACK_FROM else "#ffffff" for _, shade in shades)
    return "".join(
        f".h{at}{{--shade:#{''.join(f'{part:02x}' for part in shade)};--on-shade:{ink}}}"
        for (at, shade), ink in zip(shades, inks, strict=True)
    )
