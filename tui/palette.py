"""Colours of contenders and signals, for each kind of ground they stand on, and how much they must stand out.

The contenders' set is Okabe–Ito's, in an order that keeps neighbours apart, lifted or darkened until each colour can
be read; black, its eighth, is a grey.  Every contender also has its letter, so nothing rests on colour alone.

Sources: M. Okabe, K. Ito, "Color Universal Design" (https://jfly.uni-koeln.de/color/); WCAG 2.2, 1.4.3 and 1.4.6, for
contrast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from textual.color import Color

from httptui.colours import ON_DARK, ON_LIGHT

LETTERS = "ABCDEFGH"
READABLE, VERY_READABLE = 4.5, 7.0
PURE = ((255, 255, 255), (0, 0, 0))
"""White or black text is that of a theme of high contrast."""


@dataclass(frozen=True)
class Palette:
    """Eight colours for contenders, those of the signals, and the ratio to its ground that any text has at least.

    `ansi`: the colours are the terminal's own, of which no mixture can be made.
    """

    contenders: tuple[str, ...]
    signals: Mapping[str, str]
    ratio: float = READABLE
    ansi: bool = False

    def contender(self, letter: str) -> str:
        """The colour of a contender's letter; the set begins again after eight."""
        return self.contenders[(ord(letter[:1] or "A") - ord("A")) % len(self.contenders)]


def _signals(good: str, warn: str, bad: str, accent: str) -> dict[str, str]:
    return {"good": good, "warn": warn, "bad": bad, "accent": accent}


DARK = Palette(
    ON_DARK,
    _signals("#3FB98A", "#E6B450", "#F0705A", "#56B4E9"),
)
LIGHT = Palette(
    ON_LIGHT,
    _signals("#006B49", "#825200", "#B3261E", "#0067A5"),
)
CONTRAST_DARK = Palette(
    ("#7CCBFF", "#FFB627", "#2EE6AE", "#FFA3D1", "#FFF04A", "#FF9566", "#A8C5FF", "#D0D0D0"),
    _signals("#4DF0B0", "#FFD24A", "#FF9C8A", "#7CCBFF"),
    ratio=VERY_READABLE,
)
CONTRAST_LIGHT = Palette(
    ("#004A7C", "#6B3E00", "#00523A", "#7A1F5A", "#4D4A00", "#8A2700", "#28368F", "#404040"),
    _signals("#00523A", "#5E3B00", "#8C1209", "#004A7C"),
    ratio=VERY_READABLE,
)
ANSI_DARK = Palette(
    (
        "ansi_bright_cyan",
        "ansi_yellow",
        "ansi_bright_green",
        "ansi_bright_magenta",
        "ansi_bright_yellow",
        "ansi_bright_red",
        "ansi_cyan",
        "ansi_white",
    ),
    _signals("ansi_bright_green", "ansi_bright_yellow", "ansi_bright_red", "ansi_bright_cyan"),
    ansi=True,
)
ANSI_LIGHT = Palette(
    ("ansi_blue", "ansi_red", "ansi_magenta", "ansi_black"),
    _signals("ansi_blue", "ansi_magenta", "ansi_red", "ansi_blue"),
    ansi=True,
)
"""Only what can be read on white in the usual sets of sixteen: their green, cyan and yellow cannot."""


def palette_on(background: Color, foreground: Color) -> Palette:
    """The palette for text of one colour on a ground of another."""
    if background.ansi is not None or foreground.ansi is not None:
        return ANSI_LIGHT if foreground.ansi == 0 else ANSI_DARK
    high = foreground.rgb in PURE
    if luminance(background) > luminance(foreground):
        return CONTRAST_LIGHT if high else LIGHT
    return CONTRAST_DARK if high else DARK


def luminance(colour: Color) -> float:
    """Relative luminance, 0 to 1, by WCAG."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio of two colours, 1 to 21, by WCAG."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=1024)
def readable(colour: Color, background: Color, ratio: float) -> Color:
    """The colour, taken towards white or black until it stands out from its ground by the ratio."""
    towards = Color(255, 255, 255) if luminance(background) < 0.18 else Color(0, 0, 0)
    steps = (colour.blend(towards, step / 20) for step in range(21))
    return next((mixed for mixed in steps if contrast(mixed, background) >= ratio), towards)
