"""The classes of a screen's size, given before it is first drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.screen import Screen


def sized_at_once(screen: Screen[Any]) -> None:
    """Give a screen that is about to be composed the class of its width.

    The toolkit does so once it is drawn as it is for no width, and styles and lays out all of it anew.
    """
    widths = sorted(screen.HORIZONTAL_BREAKPOINTS or ())
    fitting = [name for least, name in widths if least <= screen.app.size.width]
    screen.add_class(*fitting[-1:])
