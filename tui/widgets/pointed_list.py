"""A list in which the first click points, and a second one, or enter, chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import OptionList

if TYPE_CHECKING:
    from textual import events


class PointedList(OptionList):
    """The list."""

    def on_click(self, event: events.Click) -> None:
        """Only point where something else was pointed at before."""
        clicked: int | None = event.style.meta.get("option")
        if clicked is not None and clicked != self.highlighted:
            self.highlighted = clicked
            event.prevent_default()
