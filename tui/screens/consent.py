"""Consent: load to a host that is not one's own machine starts only once its name has been typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from httptui.safe_text import safe_text

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ConsentScreen(ModalScreen[bool]):
    """`host` has to be typed to confirm, `reason` says why; gives back True, or False where it is refused."""

    CSS_PATH = "consent.tcss"
    BINDING_GROUP_TITLE = "Consent"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "refuse", "refuse", id="consent.refuse"),
    ]

    def __init__(self, host: str, reason: str) -> None:
        super().__init__()
        self._host = host
        self._reason = reason

    def compose(self) -> ComposeResult:
        """Why, what to type, and where."""
        host = safe_text(self._host, 260)
        with Vertical(id="consent-box") as box:
            box.border_title = "Is this host yours to load?"
            yield Static(safe_text(self._reason, 600), id="consent-reason", markup=False)
            yield Static(
                "A load test can take a service down. Send it only to a host you answer for.", markup=False
            )
            yield Static("To go on, type the name of the host:", classes="consent-ask", markup=False)
            yield Static(host, id="consent-host", markup=False)
            yield Input(placeholder="host name", id="consent-name", compact=True)
            yield Static("", id="consent-said", markup=False)
            with Horizontal(id="consent-buttons"):
                yield Button("Start the load", id="consent-yes", compact=True, disabled=True)
                yield Button("Refuse (esc)", id="consent-no", compact=True)

    def on_mount(self) -> None:
        """Begin where one has to type."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#consent-yes", Button).disabled = not self._agrees()
        self.query_one("#consent-said", Static).update("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#consent-yes")
    def _confirm(self) -> None:
        if self._agrees():
            self.dismiss(True)  # noqa: FBT003
        else:
            self.query_one("#consent-said", Static).update(
                "That is not the name of the host; nothing was sent."
            )

    @on(Button.Pressed, "#consent-no")
    def action_refuse(self) -> None:
        """Send nothing."""
        self.dismiss(False)  # noqa: FBT003

    def _agrees(self) -> bool:
        typed = self.query_one(Input).value.strip().lower()
        return bool(typed) and typed == self._host.lower()
