"""Lists and pages that scroll by arrows, by the keys of vi and by the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import OptionList

if TYPE_CHECKING:
    from textual import events


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


class PointedList(OptionList):
    """The list."""

    def on_click(self, event: events.Click) -> None:
        """Only point where something else was pointed at before."""
        clicked: int | None = event.style.meta.get("option")
        if clicked is not None and clicked != self.highlighted:
            self.highlighted = clicked
            event.prevent_default()
