"""Every word of every screen can be read in every theme, with the contrast that WCAG asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from driving import opened
from examples import PLAN, FakeStart
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.color import Color
from textual.pilot import Pilot
from textual.screen import Screen
from ways import EMBEDDED, WAYS

from httptui.tui.app import HttptuiApp
from httptui.tui.theme import (
    DARK,
    LINES,
    READABLE,
    STYLES,
    THEME_NAMES,
    THEMES,
    VERY_READABLE,
    contrast,
    palette_on,
    readable,
    style_source,
)

LETTERS = "ABCDEFGH"
XTERM = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
]
XTERM_BRIGHT = [
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
]
TERMINALS = {
    True: TerminalTheme((0, 0, 0), (229, 229, 229), XTERM, XTERM_BRIGHT),
    False: TerminalTheme((255, 255, 255), (0, 0, 0), XTERM, XTERM_BRIGHT),
}
"""The sixteen colours of xterm, on black and on white."""
LEAST_ANSI = 4.0
"""What xterm's magenta on white falls short of READABLE is its own."""


def seen(colour: RichColor | None, terminal: TerminalTheme, *, foreground: bool) -> Color:
    """What a terminal makes of a colour."""
    found = (colour or RichColor.default()).get_truecolor(terminal, foreground=foreground)
    return Color(*found)


def contrast_of(style: Style, terminal: TerminalTheme) -> float:
    """Contrast of a text's own colour to its ground."""
    return contrast(
        seen(style.color, terminal, foreground=True), seen(style.bgcolor, terminal, foreground=False)
    )


def is_text(segment: Segment) -> bool:
    """Whether there is anything to be read, lines and blocks aside."""
    return any(character.isalnum() for character in segment.text)


def grounds(theme_name: str) -> list[tuple[Color, Color]]:
    """Every ground that cells are drawn on, with the colour of the text there."""
    theme = next(theme for theme in THEMES if theme.name == theme_name)
    variables = theme.to_color_system().generate()
    names = ("background", "surface", "panel", "panel-lighten-1")
    found = [variables[name] for name in names if name in variables and variables[name] != "transparent"]
    return [(Color.parse(ground), Color.parse(variables["foreground"])) for ground in found]


@pytest.mark.parametrize("name", THEME_NAMES)
def test_every_style_key_stands_out_from_every_ground(name: str) -> None:
    terminal = TERMINALS["light" not in name]
    for background, foreground in grounds(name):
        least = LEAST_ANSI if name.startswith("ansi") else palette_on(background, foreground).ratio
        style_of = style_source(background, foreground)
        keys = [key for key in (*STYLES, *LETTERS) if key not in LINES]
        low = {
            key: round(contrast_of(style_of(key), terminal), 2)
            for key in keys
            if contrast_of(style_of(key), terminal) < least
        }
        assert not low, background.hex


@pytest.mark.parametrize("name", [name for name in THEME_NAMES if "high-contrast" in name])
def test_high_contrast_asks_for_more(name: str) -> None:
    assert {palette_on(*ground).ratio for ground in grounds(name)} == {VERY_READABLE}


@pytest.mark.parametrize("name", [name for name in THEME_NAMES if not name.startswith("ansi-light")])
def test_eight_contenders_have_eight_colours(name: str) -> None:
    ((background, foreground), *_) = grounds(name)
    style_of = style_source(background, foreground)
    assert len({style_of(letter).color for letter in LETTERS}) == 8


def test_a_badge_is_turned_round_so_that_it_stands_out_without_colours() -> None:
    style = style_source(Color.parse("#121212"), Color.parse("#E4E4E4"))("B badge")
    assert style.reverse
    assert style.color == RichColor.parse(DARK.contender("B").lower())


def test_a_colour_that_cannot_be_read_is_taken_towards_white_or_black() -> None:
    for ground in ("#000000", "#333333", "#BBBBBB", "#FFFFFF"):
        for colour in ("#777777", "#0000FF", "#FFFF00"):
            mixed = readable(Color.parse(colour), Color.parse(ground), READABLE)
            assert contrast(mixed, Color.parse(ground)) >= READABLE


def test_contrast_is_that_of_wcag() -> None:
    black, white, grey = (Color.parse(text) for text in ("#000000", "#FFFFFF", "#767676"))
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.54, abs=0.01)


def unreadable(screen: Screen[Any], theme: str) -> set[tuple[str, str]]:
    """Texts, with their styles, that do not stand out; what a dialog veils is not there to be read."""
    terminal = TERMINALS["light" not in theme]
    least = LEAST_ANSI if theme.startswith("ansi") else READABLE
    strips = screen._compositor.render_strips()
    return {
        (segment.text.strip(), str(segment.style))
        for child in screen.children
        if child.display
        for strip in strips[max(child.region.y, 0) : child.region.bottom]
        for segment in strip.crop(child.region.x, child.region.right)
        if segment.style and is_text(segment) and contrast_of(segment.style, terminal) < least
    }


@pytest.mark.pilot
@pytest.mark.parametrize("way", list(WAYS))
async def test_every_word_of_every_screen_can_be_read_in_every_theme(way: str) -> None:
    async with opened(plan=EMBEDDED) as it:
        await it.run()
        await it.finish()
        await WAYS[way](it)
        await it.until(lambda: type(it.app.screen).__name__ == way)
        low: dict[str, set[tuple[str, str]]] = {}
        for name in THEME_NAMES:
            it.app.theme = name
            await it.pilot.pause()
            low[name] = unreadable(it.app.screen, name)
        assert not {name: texts for name, texts in low.items() if texts}


async def drawn(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait, for ten seconds at most, until the screen is as it should be."""
    async with asyncio.timeout(10):
        while not holds():
            await pilot.pause(0.05)


@pytest.mark.pilot
@pytest.mark.parametrize("name", THEME_NAMES)
async def test_the_palette_and_notices_can_be_read(name: str) -> None:
    app = HttptuiApp(PLAN, FakeStart())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        app.theme = name
        for severity in ("information", "warning", "error"):
            app.notify("What happened", title="Title", severity=severity)
        await drawn(pilot, lambda: "happened" in app.export_screenshot())
        assert not unreadable(app.run_screen, name)
        app.clear_notifications()
        await pilot.press("ctrl+p")
        await drawn(pilot, lambda: app.screen is not app.run_screen)
        assert not unreadable(app.screen, name)
