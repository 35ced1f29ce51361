"""From a style key of `httptui.tui.plots.cells` to what the terminal is told, on the ground of any theme."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color

from httptui.ramp import ramp
from httptui.tui.palette import LETTERS, Palette, palette_on, readable

GREYS = {"": 0.86, "axis": 0.56, "dim": 0.6, "rule": 0.26, "faint": 0.14, "mark": 1.0, "strong": 1.0}
SIGNALS = ("good", "warn", "bad", "accent")
STYLES = (*GREYS, *SIGNALS)
HEAT = "heat"
LINES = ("rule", "faint")
"""Keys that no text has: they may stay behind what can be read."""


def badge_of(letter: str) -> str:
    """The style of a contender's letter as a badge, for content of the toolkit's widgets."""
    return f"bold reverse $contender-{LETTERS[(ord(letter[:1] or 'A') - ord('A')) % len(LETTERS)].lower()}"


def style_source(background: Color, foreground: Color) -> Callable[[str], Style]:
    """A function from style keys (see `httptui.tui.plots.cells`) to Rich styles on this background."""
    palette = palette_on(background, foreground)
    mixed = _of_the_terminal if palette.ansi else _mixed

    @lru_cache(maxsize=256)
    def style_of(key: str) -> Style:
        word, _, modifier = key.partition(" ")
        if word == HEAT:
            return _heat(modifier, background)
        bold = modifier in ("bold", "badge") or word == "strong"
        plain = mixed(word, palette, background, foreground)
        return plain + Style(bold=bold or None, reverse=modifier == "badge" or None)

    return style_of


def _mixed(word: str, palette: Palette, background: Color, foreground: Color) -> Style:
    if word in GREYS:
        colour = background.blend(foreground, GREYS[word])
    else:
        colour = Color.parse(palette.signals.get(word) or palette.contender(word))
    if word not in LINES:
        colour = readable(colour, background, palette.ratio)
    return Style(color=colour.rich_color, bgcolor=background.rich_color)


def _of_the_terminal(word: str, palette: Palette, background: Color, foreground: Color) -> Style:
    """Greys that cannot be mixed are the text's own colour, dimmed by the terminal."""
    ground = Style(bgcolor=background.rich_color)
    if word in GREYS:
        dim = GREYS[word] < GREYS[""]
        return ground + Style(color=foreground.rich_color, dim=dim or None)
    colour = Color.parse(palette.signals.get(word) or palette.contender(word))
    return ground + Style(color=colour.rich_color)


def _heat(levels: str, background: Color) -> Style:
    """The style of a heat map's cell whose upper and lower half have these levels, as in "3 12"; 0 is the ground."""
    colours = ramp(background.rgb)
    upper, lower = (RichColor.from_rgb(*colours[int(level)]) for level in levels.split())
    return Style(color=upper, bgcolor=lower)
