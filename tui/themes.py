"""The themes of the app: dark, light, both with high contrast, and both of the terminal's own sixteen colours."""

from __future__ import annotations

from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from httptui.tui.palette import (
    ANSI_DARK,
    ANSI_LIGHT,
    CONTRAST_DARK,
    CONTRAST_LIGHT,
    DARK,
    LETTERS,
    LIGHT,
    Palette,
    readable,
)

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
    """A theme of colours of our own; `grounds` are the screen's, that of its edges, and that of what is typed in."""
    background, surface, panel = grounds
    signals = palette.signals
    return Theme(
        name=name,
        dark=dark,
        primary=signals["accent"],
        secondary=secondary,
        accent=signals["accent"],
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        success=signals["good"],
        warning=signals["warn"],
        error=signals["bad"],
        variables={
            "border": signals["accent"],
            "border-blurred": blurred,
            "footer-key-foreground": signals["accent"],
            "input-selection-background": f"{signals['accent']} 25%",
            "block-cursor-background": signals["accent"],
            "block-cursor-foreground": background,
            "button-color-foreground": background,
            "text-muted": _quiet(palette, grounds, foreground, dark=dark),
            **_contenders(palette),
        },
    )


def _ansi(name: str, palette: Palette, *, dark: bool, foreground: str) -> Theme:
    """A theme of the terminal's colours; what it leaves open is as the toolkit's own of that kind has it."""
    usual = BUILTIN_THEMES[name].variables
    ink = "ansi_black" if dark else "ansi_bright_white"
    signals = palette.signals
    return Theme(
        name=name,
        ansi=True,
        dark=dark,
        primary=signals["accent"],
        secondary=signals["accent"],
        accent=signals["accent"],
        foreground=foreground,
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        success=signals["good"],
        warning=signals["warn"],
        error=signals["bad"],
        variables={
            **usual,
            "border": signals["accent"],
            "border-blurred": "ansi_bright_black",
            "footer-key-foreground": signals["accent"],
            "block-cursor-foreground": ink,
            "block-cursor-background": signals["accent"],
            "button-color-foreground": ink,
            "input-selection-foreground": ink,
            "input-selection-background": signals["accent"],
            **_contenders(palette),
        },
    )


def _quiet(palette: Palette, grounds: tuple[str, str, str], foreground: str, *, dark: bool) -> str:
    """Text that steps back and can still be read on each of the grounds, and on a panel that is typed in."""
    background, *others = (Color.parse(ground) for ground in grounds)
    quiet = background.blend(Color.parse(foreground), 0.6)
    typed_in = others[-1].lighten(0.1) if dark else others[-1].darken(0.05)
    for ground in (background, *others, typed_in):
        quiet = readable(quiet, ground, palette.ratio)
    return quiet.hex


def _contenders(palette: Palette) -> dict[str, str]:
    return {f"contender-{letter.lower()}": palette.contender(letter) for letter in LETTERS}


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
