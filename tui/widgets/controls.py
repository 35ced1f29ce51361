"""Controls of the plan form: labelled values, choices and ticks, the one for each field, and the load's drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from httptui.plan.texts import TRUE
from httptui.tui.forms.shape import HEIGHT, Shape, draw_shape
from httptui.tui.forms.words import meaning_of
from httptui.tui.theme import strip_of
from httptui.tui.widgets.entry import Area, BodyArea, Entry, HeadersArea, TargetUrl, UrlsArea

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult

    from httptui.plan.typed import TypedField
    from httptui.tui.plots.cells import Cells


LABEL_WIDTH = 11


class Field(Widget):
    """`path` is the value's path in a plan; `hint`, such as a unit, stands muted behind the control.

    Label and hint are drawn by the field itself, to the left and right of its control: a form has many of them.
    """

    DEFAULT_CSS = """
    Field {
        layout: vertical;
        height: auto;
        width: 1fr;
        color: $text-muted;
        .field--problem, .field--note { display: none; height: auto; padding-left: 12; }
        .field--problem { color: $text-error; }
        .field--note { color: $text-success; }
        .field--note.-warning { color: $text-warning; }
        &.-problem .field--problem, &.-noted .field--note { display: block; }
    }
    """

    def __init__(self, path: str, label: str, control: Widget, *, hint: str = "", classes: str = "") -> None:
        super().__init__(classes=classes)
        self.path = path
        self.label = label
        self.hint = hint
        self.control = control
        control.styles.margin = (0, len(hint) + 1 if hint else 0, 0, LABEL_WIDTH)
        self._shown = ""
        self._said: Static | None = None
        self._noted: Static | None = None
        self.tooltip = Text(meaning_of(path))

    @property
    def wrong(self) -> bool:
        """True while a problem is shown."""
        return bool(self._shown)

    def compose(self) -> ComposeResult:
        """The control."""
        yield self.control

    def render(self) -> Content:
        """The label, and the hint at the other end."""
        gap = " " * (self.size.width - len(self.label) - len(self.hint))
        return Content.assemble((self.label, "$text-error" if self._shown else ""), gap, self.hint)

    def show_problem(self, message: str) -> None:
        """Show a problem, or none; one that is shown already is not laid out again."""
        if message == self._shown:
            return
        self._shown = message
        if self._said is None:
            self._said = Static("", classes="field--problem", markup=False)
            self.mount(self._said)
        self._said.update(f"▲ {message}" if message else "")
        self.set_class(bool(message), "-problem")

    def show_note(self, message: str, *, warning: bool = False) -> None:
        """Show a remark on a value that may be right for all that, or none."""
        if self._noted is None and message:
            self._noted = Static("", classes="field--note", markup=False)
            self.mount(self._noted)
        if self._noted is not None:
            self._noted.update(message)
            self._noted.set_class(warning, "-warning")
        self.set_class(bool(message), "-noted")


GAP = 2


class Choice(Widget, can_focus=True):
    """A row of options of which one is chosen, by arrow keys or a click; `Changed` reports the new value."""

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
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.options = tuple(options)
        self.set_reactive(Choice.value, value)

    def show(self, options: Sequence[tuple[str, str]], value: str) -> None:
        """Offer other options, and show one as chosen, without a message."""
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
        """Report the new value."""
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


class Tick(Widget, can_focus=True):
    """A box to tick by space, enter or a click; `Changed` reports the new value."""

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

    def __init__(
        self,
        label: str,
        *,
        value: bool,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.label = label
        self.set_reactive(Tick.value, value)

    def show(self, *, value: bool) -> None:
        """Show a value without a message."""
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
        """Report the new value."""
        self.post_message(self.Changed(self, value))

    def action_tick(self) -> None:
        """Tick or clear the box."""
        self.value = not self.value

    def on_click(self) -> None:
        """Tick or clear the box."""
        self.action_tick()


AREAS: Mapping[str, type[Area]] = {
    "target.urls": UrlsArea,
    "target.headers": HeadersArea,
    "target.body": BodyArea,
}
"""Texts of several lines that may contain secrets, each veiled in its own way."""
ENTRIES: Mapping[str, type[Entry]] = {"target.url": TargetUrl}
YES = "yes"


def control_for(
    typed: TypedField,
    text: str,
    *,
    name: str | None = None,
    id: str | None = None,
    classes: str | None = None,
) -> Widget:
    """Return the control for a field, with its text."""
    match typed.codec.kind:
        case "box":
            words = dict(typed.field.names).get("true", YES)
            return Tick(words, value=text == TRUE, name=name, id=id, classes=classes)
        case "choice":
            return Choice(typed.options, text, name=name, id=id, classes=classes)
        case "lines":
            area = AREAS.get(typed.path, Area)(
                text,
                name=name,
                id=id,
                classes=classes,
                compact=True,
                placeholder=typed.placeholders[0],
                highlight_cursor_line=False,
            )
            area.match_cursor_bracket = False
            return area
        case "line":
            entry = ENTRIES.get(typed.path, Entry)
            return entry(text, *typed.placeholders, name=name, id=id, classes=classes)


def field_for(typed: TypedField, control: Widget, *, classes: str = "") -> Field:
    """Return the control with its label before it and its unit behind it."""
    return Field(typed.path, typed.field.label, control, hint=typed.field.unit, classes=classes)


def show_text(control: Widget, text: str) -> None:
    """Show a text in a control without a message; a control that shows it already is left alone, with its cursor."""
    if isinstance(control, Input) and control.value != text:
        with control.prevent(Input.Changed):
            control.value = text
    elif isinstance(control, TextArea) and control.text != text:
        control.text = text
    elif isinstance(control, Choice):
        control.show(control.options, text)
    elif isinstance(control, Tick):
        control.show(value=text == TRUE)


class LoadShape(Widget):
    """The drawing of a load, updated when its shape or the width changes."""

    DEFAULT_CSS = f"LoadShape {{ height: {HEIGHT}; width: 1fr; }}"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._shape: Shape | None = None
        self._cells: Cells = ()
        self._drawn_for: tuple[Shape | None, int] | None = None

    def show(self, shape: Shape | None) -> None:
        """Show a shape, or that there is none."""
        if shape != self._shape:
            self._shape = shape
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row as the terminal gets it."""
        width = self.size.width
        if self._drawn_for != (self._shape, width):
            self._drawn_for = (self._shape, width)
            self._cells = draw_shape(self._shape, width)
        return strip_of(self, self._cells[y] if y < len(self._cells) else ())
