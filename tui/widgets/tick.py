"""A yes or no in a single row: `[x] verify TLS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Tick(Widget, can_focus=True):
    """A box to tick by space, enter or a click; `Changed` tells the new value."""

    BINDING_GROUP_TITLE = "Box"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "tick", "tick", show=False, id="box.tick")
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tick--box", "tick--label"}
    DEFAULT_CSS = """
    Tick {
        width: auto;
        height: 1;
        .tick--box { color: $foreground; text-style: bold; }
        .tick--label { color: $foreground; }
        &:focus .tick--label { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    value: reactive[bool] = reactive(default=False, init=False)

    @dataclass
    class Changed(Message):
        """The box was ticked or cleared."""

        tick: Tick
        value: bool

        @property
        def control(self) -> Tick:
            return self.tick

    def __init__(self, label: str, *, value: bool, id: str | None = None) -> None:
        super().__init__(id=id)
        self.label = label
        self.set_reactive(Tick.value, value)

    def show(self, *, value: bool) -> None:
        """Show a value without telling anybody."""
        self.set_reactive(Tick.value, value)
        self.refresh()

    def render(self) -> Content:
        """The box and its label."""
        return Content.assemble(
            ("[x]" if self.value else "[ ]", self.get_visual_style("tick--box")),
            " ",
            (self.label, self.get_visual_style("tick--label")),
        )

    def watch_value(self, value: bool) -> None:
        """Tell whoever listens."""
        self.post_message(self.Changed(self, value))

    def action_tick(self) -> None:
        """Tick or clear the box."""
        self.value = not self.value

    def on_click(self) -> None:
        """Tick or clear the box."""
        self.action_tick()
