"""Asking whether a saved report is to be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from httptui.safe_text import safe_text

if TYPE_CHECKING:
    from textual.app import ComposeResult


class DeleteReportScreen(ModalScreen[bool]):
    """Names the file; gives back True where it is to be deleted."""

    CSS_PATH = "delete_report.tcss"
    BINDING_GROUP_TITLE = "Delete a report"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "delete", "delete", tooltip="Delete the file for good", id="delete.yes"),
        Binding("escape,q,n", "keep", "keep", key_display="esc", tooltip="Delete nothing", id="delete.no"),
    ]

    def __init__(self, name: str, folder: str) -> None:
        super().__init__()
        self._file, self._folder = name, folder

    def compose(self) -> ComposeResult:
        """The file, and both answers."""
        with Vertical(id="delete-box") as box:
            box.border_title = "Delete this report for good?"
            yield Static(safe_text(self._file), id="delete-name", markup=False)
            yield Static(f"in {safe_text(self._folder)}", id="delete-folder", markup=False)
            yield Static("Its Markdown, HTML and picture, where there are any, stay.", markup=False)
            with Horizontal(id="delete-buttons"):
                yield Button("Delete (y)", id="delete-yes", compact=True)
                yield Button("Keep (esc)", id="delete-no", compact=True)

    def on_mount(self) -> None:
        """Begin where enter does no harm."""
        self.query_one("#delete-no").focus()

    @on(Button.Pressed, "#delete-yes")
    def action_delete(self) -> None:
        """Delete it."""
        self.dismiss(True)  # noqa: FBT003

    @on(Button.Pressed, "#delete-no")
    def action_keep(self) -> None:
        """Delete nothing."""
        self.dismiss(False)  # noqa: FBT003
