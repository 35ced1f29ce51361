"""How the embedded target answers, changed while a run is on: added latency, jitter and errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, NamedTuple
from urllib.parse import parse_qs, urlsplit

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from httptui.target.options import MAX_DELAY_MS, Pacing

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Setting(NamedTuple):
    """One value: its name in a pacing, its label, what it means, and the most that it may be."""

    name: str
    label: str
    hint: str
    most: float


SETTINGS = (
    Setting("latency_ms", "latency", "ms added to every answer", MAX_DELAY_MS),
    Setting("jitter_ms", "jitter", "ms more or less, at random", MAX_DELAY_MS),
    Setting("error_rate", "errors", "share of 503s, 0 … 1", 1.0),
)


class TargetDialog(ModalScreen[None]):
    """`pacing` is what there is now; `change` is called with what was changed by name, if anything was.

    What the query of `url` sets goes before it, and is told.
    """

    CSS_PATH = "target_dialog.tcss"
    BINDING_GROUP_TITLE = "Target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "cancel", id="target.cancel"),
        Binding("down", "app.focus_next", "next field", show=False, id="target.next"),
        Binding("up", "app.focus_previous", "field above", show=False, id="target.previous"),
    ]

    def __init__(self, pacing: Pacing, url: str, change: Callable[[dict[str, float]], None]) -> None:
        super().__init__()
        self._pacing = pacing
        self._fixed = parse_qs(urlsplit(url).query).keys() & {setting.name for setting in SETTINGS}
        self._change = change

    def compose(self) -> ComposeResult:
        """A row for each value."""
        with Vertical(id="target-box") as box:
            box.border_title = "The embedded target, from now on"
            for setting in SETTINGS:
                with Horizontal(classes="target-row"):
                    yield Static(setting.label, classes="target-label", markup=False)
                    yield Input(
                        f"{getattr(self._pacing, setting.name):g}",
                        id=f"target-{setting.name}",
                        compact=True,
                        select_on_focus=True,
                    )
                    fixed = setting.name in self._fixed
                    hint = "set by the URL, which goes first" if fixed else setting.hint
                    yield Static(hint, classes="target-hint", markup=False)
            yield Static("", id="target-said", markup=False)
            with Horizontal(id="target-buttons"):
                yield Button("Change (enter)", id="target-yes", compact=True)
                yield Button("Cancel (esc)", id="target-no", compact=True)

    def on_mount(self) -> None:
        """Begin with the latency."""
        self.query_one("#target-latency_ms", Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#target-said", Static).update("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#target-yes")
    def _confirm(self) -> None:
        """Change what is another number now, or tell what cannot be used."""
        changes: dict[str, float] = {}
        for setting in SETTINGS:
            field = self.query_one(f"#target-{setting.name}", Input)
            value = number_of(field.value)
            if value is None or not 0 <= value <= setting.most:
                self.query_one("#target-said", Static).update(
                    f"▲ {setting.label}: {field.value.strip() or 'nothing'} is not allowed; a number, "
                    f"0 … {setting.most:g}"
                )
                field.focus()
                return
            if value != getattr(self._pacing, setting.name):
                changes[setting.name] = value
        if changes:
            self._change(changes)
        self.dismiss(None)

    @on(Button.Pressed, "#target-no")
    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)


def number_of(text: str) -> float | None:
    """A finite number as typed, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
