"""Colours and letters: the Okabe–Ito set for contenders, and a few greys that are mixed from the screen's own.

Source of the set: M. Okabe, K. Ito, "Color Universal Design" (https://jfly.uni-koeln.de/color/).
Every contender also has its letter, so nothing rests on colour alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

CONTENDER_COLOURS = (
    "#56B4E9",
    "#E69F00",
    "#00B386",
    "#CC79A7",
    "#F0E442",
    "#E8743B",
    "#6A9BE8",
    "#B8B8B8",
)
"""Okabe–Ito, in an order that keeps neighbours apart; green, vermilion and blue are lifted to stand out on black,
and the eighth, which is black there, is a grey.
"""

GREYS = {"": 0.86, "axis": 0.56, "dim": 0.6, "rule": 0.26, "faint": 0.14, "mark": 1.0, "strong": 1.0}
SIGNALS = {"good": "#3FB98A", "warn": "#E6B450", "bad": "#F0705A", "accent": "#56B4E9"}
STYLES = (*GREYS, *SIGNALS)

HTTPTUI_THEME = Theme(
    name="httptui",
    dark=True,
    primary="#56B4E9",
    secondary="#8FA3AD",
    accent="#56B4E9",
    foreground="#E4E4E4",
    background="#121212",
    surface="#1A1A1A",
    panel="#242424",
    success="#3FB98A",
    warning="#E6B450",
    error="#F0705A",
    variables={
        "border": "#56B4E9",
        "border-blurred": "#3A3A3A",
        "footer-key-foreground": "#56B4E9",
        "input-selection-background": "#56B4E9 35%",
    },
)


def colour_of(letter: str) -> str:
    """The colour of a contender's letter, as #RRGGBB; the set begins again after eight."""
    return CONTENDER_COLOURS[(ord(letter[:1] or "A") - ord("A")) % len(CONTENDER_COLOURS)]


def style_source(background: Color, foreground: Color) -> Callable[[str], Style]:
    """A function from style keys (see `tui.plots.cells`) to Rich styles on this background."""
    light = background.brightness > 0.5

    @lru_cache(maxsize=256)
    def style_of(key: str) -> Style:
        word, _, modifier = key.partition(" ")
        if word in GREYS:
            colour = background.blend(foreground, GREYS[word])
        else:
            named = SIGNALS.get(word) or colour_of(word)
            colour = Color.parse(named).darken(0.18) if light else Color.parse(named)
        bold = modifier == "bold" or word == "strong"
        if modifier == "badge":
            return Style(color=background.rich_color, bgcolor=colour.rich_color, bold=True)
        return Style(color=colour.rich_color, bgcolor=background.rich_color, bold=bold or None)

    return style_of
