"""One of a few words, in a single row: `● closed  ○ burst`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

GAP = 2


class Choice(Widget, can_focus=True):
    """A row of options of which one is chosen, by arrow keys or a click; `Changed` tells the new value."""

    BINDING_GROUP_TITLE = "Choice"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "previous", show=False, id="choice.previous"),
        Binding("right,space,l", "step(1)", "next", show=False, id="choice.next"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--chosen", "choice--other"}
    DEFAULT_CSS = """
    Choice {
        width: auto;
        height: 1;
        .choice--chosen { color: $foreground; text-style: bold; }
        .choice--other { color: $text-muted; }
        &:focus .choice--chosen { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    value: reactive[str] = reactive("", init=False)

    @dataclass
    class Changed(Message):
        """Another option was chosen."""

        choice: Choice
        value: str

        @property
        def control(self) -> Choice:
            return self.choice

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        value: str,
        *,
        name: str | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id)
        self.options = tuple(options)
        self.set_reactive(Choice.value, value)

    def show(self, options: Sequence[tuple[str, str]], value: str) -> None:
        """Offer other options, and show one as chosen, without telling anybody."""
        if (tuple(options), value) != (self.options, self.value):
            self.options = tuple(options)
            self.set_reactive(Choice.value, value)
            self.refresh(layout=True)

    def render(self) -> Content:
        """The options in a row, the chosen one marked by more than its colour."""
        parts: list[Content] = []
        for value, label in self.options:
            chosen = value == self.value
            style = self.get_visual_style("choice--chosen" if chosen else "choice--other")
            parts.append(Content.styled(f"{'●' if chosen else '○'} {label}", style))
        return Content(" " * GAP).join(parts)

    def watch_value(self, value: str) -> None:
        """Tell whoever listens."""
        self.post_message(self.Changed(self, value))

    def action_step(self, by: int) -> None:
        """Choose a neighbour, round at the ends."""
        values = [value for value, _ in self.options]
        here = values.index(self.value) if self.value in values else -1
        self.value = values[(here + by) % len(values)]

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        start = 0
        for value, label in self.options:
            end = start + len(label) + 2
            if start <= offset.x < end:
                self.value = value
            start = end + GAP
