"""Colours: of contenders and signals for each kind of ground, the app's themes made of them, and the Rich style of
each style key of `httptui.tui.plots.cells`.

The contenders' set is Okabe–Ito's, in an order that keeps neighbours apart, lifted or darkened until each colour can
be read; black, its eighth, is a grey.  Every contender also has its letter, so nothing rests on colour alone.

Sources: M. Okabe, K. Ito, "Color Universal Design" (https://jfly.uni-koeln.de/color/); WCAG 2.2, 1.4.3 and 1.4.6, for
contrast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.theme import BUILTIN_THEMES, Theme

from httptui.colours import ON_DARK, ON_LIGHT, ramp

if TYPE_CHECKING:
    from textual.widget import Widget

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


DARK = Palette(ON_DARK, _signals("#3FB98A", "#E6B450", "#F0705A", "#56B4E9"))
LIGHT = Palette(ON_LIGHT, _signals("#006B49", "#825200", "#B3261E", "#0067A5"))
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
    """Return the palette for text of one colour on a ground of another."""
    if background.ansi is not None or foreground.ansi is not None:
        return ANSI_LIGHT if foreground.ansi == 0 else ANSI_DARK
    high = foreground.rgb in PURE
    if luminance(background) > luminance(foreground):
        return CONTRAST_LIGHT if high else LIGHT
    return CONTRAST_DARK if high else DARK


def luminance(colour: Color) -> float:
    """Return the relative luminance, 0 to 1, by WCAG."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours, 1 to 21, by WCAG."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=1024)
def readable(colour: Color, background: Color, ratio: float) -> Color:
    """Return the colour, taken towards white or black until it stands out from its ground by the ratio."""
    towards = Color(255, 255, 255) if luminance(background) < 0.18 else Color(0, 0, 0)
    steps = (colour.blend(towards, step / 20) for step in range(21))
    return next((mixed for mixed in steps if contrast(mixed, background) >= ratio), towards)


GREYS = {"": 0.86, "axis": 0.56, "dim": 0.6, "rule": 0.26, "faint": 0.14, "mark": 1.0, "strong": 1.0}
SIGNALS = ("good", "warn", "bad", "accent")
STYLES = (*GREYS, *SIGNALS)
HEAT = "heat"
LINES = ("rule", "faint")
"""Keys that no text has: they may stay behind what can be read."""


def badge_of(letter: str) -> str:
    """Return the style of a contender's letter as a badge, for content of the toolkit's widgets."""
    return f"bold reverse $contender-{LETTERS[(ord(letter[:1] or 'A') - ord('A')) % len(LETTERS)].lower()}"


def style_source(background: Color, foreground: Color) -> Callable[[str], Style]:
    """Return a function from style keys (see `httptui.tui.plots.cells`) to Rich styles on this background."""
    palette = palette_on(background, foreground)

    @lru_cache(maxsize=256)
    def style_of(key: str) -> Style:
        word, _, modifier = key.partition(" ")
        if word == HEAT:
            return _heat(modifier, background)
        bold = modifier in ("bold", "badge") or word == "strong"
        plain = _style(word, palette, background, foreground)
        return plain + Style(bold=bold or None, reverse=modifier == "badge" or None)

    return style_of


def strip_of(widget: Widget, row: Iterable[tuple[str, str]]) -> Strip:
    """A row of cells as one line of a widget, in its colours and of its width."""
    _, _, background, foreground = widget.colors
    style_of = style_source(background, foreground)
    line = Strip([Segment(text, style_of(key)) for text, key in row])
    return line.adjust_cell_length(widget.size.width, style_of(""))


def _style(word: str, palette: Palette, background: Color, foreground: Color) -> Style:
    ground = Style(bgcolor=background.rich_color)
    if (
        palette.ansi and word in GREYS
    ):  # What cannot be mixed is the text's own colour, dimmed by the terminal.
        dim = GREYS[word] < GREYS[""]
        return ground + Style(color=foreground.rich_color, dim=dim or None)
    if word in GREYS:
        colour = background.blend(foreground, GREYS[word])
    else:
        colour = Color.parse(palette.signals.get(word) or palette.contender(word))
    if not palette.ansi and word not in LINES:
        colour = readable(colour, background, palette.ratio)
    return ground + Style(color=colour.rich_color)


def _heat(levels: str, background: Color) -> Style:
    """Return the style of a heat map's cell by the levels of its upper and lower half, as in "3 12"; 0 is ground."""
    colours = ramp(background.rgb)
    upper, lower = (RichColor.from_rgb(*colours[int(level)]) for level in levels.split())
    return Style(color=upper, bgcolor=lower)


DEFAULT_THEME = "dark"


def _theme(
    name: str,
    palette: Palette,
    *,
    dark: bool,
    foreground: str,
    grounds: tuple[str, str, str],
    secondary: str,
    blurred: str,
) -> Theme:
    """Make a theme of mixed colours; `grounds` are those of the screen, of its edges, and of fields to type in."""
    background, surface, panel = grounds
    own = {
        "border-blurred": blurred,
        "input-selection-background": f"{palette.signals['accent']} 25%",
        "text-muted": _quiet(palette, grounds, foreground, dark=dark),
    }
    return Theme(
        name=name,
        dark=dark,
        secondary=secondary,
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        variables={**_variables(palette, background), **own},
        **_signal_colours(palette),
    )


def _ansi(name: str, palette: Palette, *, dark: bool, foreground: str) -> Theme:
    """Make a theme of the terminal's colours; what it leaves open is as in the toolkit's own of that name."""
    ink = "ansi_black" if dark else "ansi_bright_white"
    accent = palette.signals["accent"]
    own = {
        "border-blurred": "ansi_bright_black",
        "input-selection-foreground": ink,
        "input-selection-background": accent,
    }
    return Theme(
        name=name,
        ansi=True,
        dark=dark,
        secondary=accent,
        foreground=foreground,
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={**BUILTIN_THEMES[name].variables, **_variables(palette, ink), **own},
        **_signal_colours(palette),
    )


def _signal_colours(palette: Palette) -> dict[str, Any]:
    """Return the arguments of a theme that are signals."""
    signals = palette.signals
    return {
        "primary": signals["accent"],
        "accent": signals["accent"],
        "success": signals["good"],
        "warning": signals["warn"],
        "error": signals["bad"],
    }


def _variables(palette: Palette, ink: str) -> dict[str, str]:
    """Return the variables of a theme that a palette gives; `ink` is the text on its accent."""
    accent = palette.signals["accent"]
    return {
        "border": accent,
        "footer-key-foreground": accent,
        "block-cursor-background": accent,
        "block-cursor-foreground": ink,
        "button-color-foreground": ink,
        **{f"contender-{letter.lower()}": palette.contender(letter) for letter in LETTERS},
    }


def _quiet(palette: Palette, grounds: tuple[str, str, str], foreground: str, *, dark: bool) -> str:
    """Mix text that steps back and can still be read on each of the grounds, and on a panel that is typed in."""
    background, *others = (Color.parse(ground) for ground in grounds)
    quiet = background.blend(Color.parse(foreground), 0.6)
    typed_in = others[-1].lighten(0.1) if dark else others[-1].darken(0.05)
    for ground in (background, *others, typed_in):
        quiet = readable(quiet, ground, palette.ratio)
    return quiet.hex


THEMES = (
    _theme(
        "dark",
        DARK,
        dark=True,
        foreground="#E4E4E4",
        grounds=("#121212", "#1A1A1A", "#242424"),
        secondary="#8FA3AD",
        blurred="#3A3A3A",
    ),
    _theme(
        "light",
        LIGHT,
        dark=False,
        foreground="#1F1F1F",
        grounds=("#FAFAF8", "#F0F0ED", "#E6E6E2"),
        secondary="#4A5B63",
        blurred="#C4C4BF",
    ),
    _theme(
        "high-contrast-dark",
        CONTRAST_DARK,
        dark=True,
        foreground="#FFFFFF",
        grounds=("#000000", "#000000", "#101010"),
        secondary="#D0D0D0",
        blurred="#9A9A9A",
    ),
    _theme(
        "high-contrast-light",
        CONTRAST_LIGHT,
        dark=False,
        foreground="#000000",
        grounds=("#FFFFFF", "#FFFFFF", "#F4F4F4"),
        secondary="#303030",
        blurred="#5A5A5A",
    ),
    _ansi("ansi-dark", ANSI_DARK, dark=True, foreground="ansi_default"),
    _ansi("ansi-light", ANSI_LIGHT, dark=False, foreground="ansi_black"),
)
THEME_NAMES = tuple(theme.name for theme in THEMES)
