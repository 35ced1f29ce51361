"""Choosing the table's columns: a dialog over the board, whose table follows every tick."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from httptui.tui.panels.column_list import ColumnList, Ticked
from httptui.tui.panels.columns import AS_USUAL, Picked
from httptui.tui.panels.view import View
from httptui.tui.toolkit.first_size import from_sizes

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ColumnsScreen(ModalScreen[None]):
    """`pick` shows the table with other columns, and gives back the view of it and the names there is room for."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "columns.tcss"]
    VERTICAL_BREAKPOINTS = from_sizes(short=0, tall=30)
    BINDING_GROUP_TITLE = "Columns"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,o", "close", "back", key_display="esc", id="columns.back"),
        Binding(
            "d",
            "usual",
            "the usual ones",
            tooltip="Show the columns that are shown unasked",
            id="columns.usual",
        ),
    ]

    def __init__(self, view: View, pick: Callable[[Picked], tuple[View, Collection[str]]]) -> None:
        super().__init__()
        self._view, self._pick_in_table = view, pick

    def compose(self) -> ComposeResult:
        """The list."""
        yield ColumnList(id="columns")

    def on_mount(self) -> None:
        """Begin with what the table shows."""
        self._pick(self._view.picked)
        self.query_one(ColumnList).focus()

    @on(Ticked)
    def _ticked(self, message: Ticked) -> None:
        self._pick(self._view.picked.toggled(message.name, is_open=self._view.is_open))

    def action_usual(self) -> None:
        """Show what is shown unasked."""
        self._pick(AS_USUAL)

    def action_close(self) -> None:
        """Back to the board."""
        self.dismiss(None)

    def _pick(self, picked: Picked) -> None:
        columns = self.query_one(ColumnList)
        self._view, columns.shown = self._pick_in_table(picked)
        columns.show(self._view)
