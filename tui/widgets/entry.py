"""An input of one line, whose placeholder is never cut off, and whose value is shown without what terminals obey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Input

from httptui.safe_text import in_place

if TYPE_CHECKING:
    from collections.abc import Sequence


def fitting(texts: Sequence[str], width: int) -> str:
    """The first of some texts that has room in so many cells, or the empty text."""
    return next((text for text in texts if cell_len(text) <= width), "")


class Entry(Input):
    """An input that is given its placeholder in one way or several, the longest first, of which it shows the first
    that has room, and the last as long as its own width is not known.
    """

    def __init__(
        self,
        value: str = "",
        *placeholders: str,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(value, "".join(placeholders[-1:]), name=name, id=id, classes=classes, compact=True)
        self._placeholders = placeholders

    @property
    def _value(self) -> Text:
        """The value as it is drawn: a terminal must not obey what was pasted."""
        drawn = super()._value
        drawn.plain = in_place(drawn.plain)
        return drawn

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self.placeholder = fitting(self._placeholders, self.content_size.width)
