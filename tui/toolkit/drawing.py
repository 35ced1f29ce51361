"""Workarounds for how Textual sizes, lays out, covers and exports screens."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.geometry import Region, Size
from textual.layout import ArrangeResult
from textual.layouts.vertical import VerticalLayout
from textual.screen import Screen
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.app import App


Turn = tuple[str, int]
"""A widget's id, and the least rows it keeps when it shrinks; 0 removes it."""


def shrunk_rows(rows: Mapping[str, int], excess: int, order: Sequence[Turn]) -> dict[str, int]:
    """The rows that each widget keeps once `excess` rows are taken, in an order.

    Removing a widget may free more rows than needed; those that shrank before get them back, the last one first.
    """
    left = dict(rows)
    for at, (name, least) in enumerate(order):
        if excess <= 0:
            break
        taken = max(left.get(name, 0) - least, 0)
        if least:
            taken = min(taken, excess)
        left[name] = left.get(name, 0) - taken
        excess -= taken
        for giver in dict.fromkeys(name for name, _ in reversed(order[:at])):
            if excess < 0 and left.get(giver, 0):
                back = min(rows[giver] - left[giver], -excess)
                left[giver] += back
                excess += back
    return {name: left[name] for name in rows}


class ShrinkingLayout(VerticalLayout):
    """A vertical layout that shrinks widgets in a given order until they fit, instead of scrolling.

    Reason: Textual's vertical layout gives each widget what it asks for, down to its least, and scrolls the rest; it
    knows no order in which they shrink.  Unneeded once its layouts take one, as flexbox does (`flex-shrink`).
    """

    def __init__(self, order: Sequence[Turn]) -> None:
        super().__init__()
        self._order = tuple(order)

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Place the children, and shrink them where they end below the parent."""
        placed = super().arrange(parent, children, size, greedy)
        flow = [one for one in placed if not one.overlay and not one.absolute]
        end = max((one.region.bottom + one.margin.bottom for one in flow), default=0)
        if end <= size.height:
            return placed
        rows = {one.widget.id: one.region.height for one in flow if one.widget.id}
        left = shrunk_rows(rows, end - size.height, self._order)
        moved: ArrangeResult = []
        up = 0
        for one in placed:
            if one in flow:
                x, y, width, height = one.region
                stays = left.get(one.widget.id or "", height)
                moved.append(one._replace(region=Region(x, y - up, width, stays)))
                up += height - stays
            else:
                moved.append(one)
        return moved


def is_visible(screen: Screen[Any]) -> bool:
    """True if a screen is the uppermost one, or shines through it.

    Reason: Textual counts the screen right below the uppermost one as visible however opaque that is
    (`App._background_screens`), and paints every change on it.  Unneeded once it looks at the background of the
    uppermost screen, too.
    """
    top = screen.app.screen
    return top is screen or top.styles.background.a < 1


def from_sizes(**least: int) -> list[tuple[int, str]]:
    """Textual's breakpoints: each class from so many columns or rows on."""
    return [(size, f"-{name}") for name, size in least.items()]


def add_width_class(screen: Screen[Any]) -> None:
    """Add the class of its width to a screen that is about to be composed.

    Reason: Textual sets the classes of a screen's breakpoints only after it has drawn the screen for no size, then
    styles and lays it out again.  Unneeded once it sets them before it composes the screen.
    """
    widths = sorted(screen.HORIZONTAL_BREAKPOINTS or ())
    fitting = [name for least, name in widths if least <= screen.app.size.width]
    screen.add_class(*fitting[-1:])


_FONTS = re.compile(r"\s*@font-face\s*\{[^}]*\}")


def picture_of(app: App[Any], title: str = "httptui") -> str:
    """An app's screen as SVG, without web fonts."""
    return without_fonts(app.export_screenshot(title=title))


def without_fonts(svg: str) -> str:
    """Remove web fonts from a picture; a viewer draws it in its own.

    Reason: Textual writes into each picture where a viewer may fetch its fonts.  Unneeded once `export_screenshot`
    can leave them out.
    """
    return _FONTS.sub("", svg)
