"""A labelled value of a plan, with what is wrong with it, or to be known of it, in the rows below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from httptui.tui.forms.meanings import meaning_of

if TYPE_CHECKING:
    from textual.app import ComposeResult

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

    def compose(self) -> ComposeResult:
        """The control."""
        yield self.control

    def render(self) -> Content:
        """The label, and the hint at the other end."""
        gap = " " * (self.size.width - len(self.label) - len(self.hint))
        return Content.assemble((self.label, "$text-error" if self._shown else ""), gap, self.hint)

    def show_problem(self, message: str) -> None:
        """Show what is wrong, or nothing; what is shown already is not laid out again."""
        if message == self._shown:
            return
        self._shown = message
        if self._said is None:
            self._said = Static("", classes="field--problem", markup=False)
            self.mount(self._said)
        self._said.update(f"▲ {message}" if message else "")
        self.set_class(bool(message), "-problem")

    def show_note(self, message: str, *, warning: bool = False) -> None:
        """Show what is to be known of the value, which may be right for all that, or nothing."""
        if self._noted is None and message:
            self._noted = Static("", classes="field--note", markup=False)
            self.mount(self._noted)
        if self._noted is not None:
            self._noted.update(message)
            self._noted.set_class(warning, "-warning")
        self.set_class(bool(message), "-noted")
