"""What the terminal is told to colour two pixels of a heat map."""

from __future__ import annotations

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color

from httptui.ramp import ramp

HEAT = "heat"


def heat_style(levels: str, background: Color) -> Style:
    """The style of a cell whose upper and lower half have these levels, as in "3 12"; 0 is the ground."""
    colours = ramp(background.rgb)
    upper, lower = (RichColor.from_rgb(*colours[int(level)]) for level in levels.split())
    return Style(color=upper, bgcolor=lower)
