"""A labelled value of a plan, with what is wrong with it in the row below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.widgets import Label, Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget


class Field(Vertical):
    """`path` is the value's path in a plan; `hint` stands muted behind the control (a unit, or what is allowed)."""

    DEFAULT_CSS = """
    Field {
        height: auto;
        width: 1fr;
        & > Horizontal { height: auto; }
        .field--label { width: 11; color: $text-muted; }
        .field--hint { width: auto; color: $text-muted; padding-left: 1; }
        .field--problem { display: none; height: auto; padding-left: 11; color: $text-error; }
        &.-problem .field--problem { display: block; }
        &.-problem .field--label { color: $text-error; }
    }
    """

    def __init__(self, path: str, label: str, *controls: Widget, hint: str = "", classes: str = "") -> None:
        super().__init__(classes=classes)
        self.path = path
        self.label = label
        self.controls = controls
        self.hint = hint
        self._shown = ""

    def compose(self) -> ComposeResult:
        """Label, control and hint in a row, the problem below."""
        with Horizontal():
            yield Label(self.label, classes="field--label", markup=False)
            yield from self.controls
            if self.hint:
                yield Label(self.hint, classes="field--hint", markup=False)
        yield Static("", classes="field--problem", markup=False)

    def show_problem(self, message: str) -> None:
        """Show what is wrong, or nothing; what is shown already is not laid out again."""
        if message == self._shown:
            return
        self._shown = message
        self.query_one(".field--problem", Static).update(f"▲ {message}" if message else "")
        self.set_class(bool(message), "-problem")
