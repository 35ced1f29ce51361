"""A page that scrolls by arrows, by the keys of vi and by the wheel."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll


class Page(VerticalScroll):
    """Text that is longer than its place."""

    BINDING_GROUP_TITLE = "Page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "down", show=False, id="scroll.down"),
        Binding("up,k", "scroll_up", "up", show=False, id="scroll.up"),
        Binding("home,g", "scroll_home", "to the top", show=False, id="scroll.top"),
        Binding("end,G", "scroll_end", "to the end", show=False, id="scroll.end"),
    ]

    def turn(self, by: int) -> None:
        """Go so many pages on, with two lines of the last one still there."""
        self.scroll_relative(y=by * max(self.size.height - 2, 1), animate=False)
