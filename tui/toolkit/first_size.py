"""The classes of a screen's size, set before it is first drawn.

Reason: Textual gives a screen the classes of its breakpoints once it is drawn as it is for no size, and styles and
lays out all of it anew.  Unneeded once it sets them before it composes the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.screen import Screen


def from_sizes(**least: int) -> list[tuple[int, str]]:
    """The classes that a screen has from so many columns or rows on, as the toolkit takes them."""
    return [(size, f"-{name}") for name, size in least.items()]


def sized_at_once(screen: Screen[Any]) -> None:
    """Give a screen that is about to be composed the class of its width."""
    widths = sorted(screen.HORIZONTAL_BREAKPOINTS or ())
    fitting = [name for least, name in widths if least <= screen.app.size.width]
    screen.add_class(*fitting[-1:])
