"""The code of each contender: to read, to copy and to save as a script."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Static

from httptui.errors import HttptuiError
from httptui.plan.model import Plan, letter_of
from httptui.report.store import file_stem
from httptui.tui.control.snapshots import snapshot_of_plan
from httptui.tui.keys import keys_of
from httptui.tui.panels.code import CodePanel, code_of, index_of
from httptui.tui.panels.view import View
from httptui.tui.saving import why_no_clipboard
from httptui.tui.screens.board_screen import PanelScreen
from httptui.tui.settings import USUAL, Settings
from httptui.tui.widgets.key_lines import BoundKeys

if TYPE_CHECKING:
    from textual.app import ComposeResult


class CodeScreen(PanelScreen):
    """Begins with the contender of a letter; `out` is where files go, the reports folder if None."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "code.tcss"]
    BINDING_GROUP_TITLE = "Code"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right,l",
            "step(1)",
            "next",
            key_display="→",
            priority=True,
            tooltip="The next contender",
            id="code.next",
        ),
        Binding(
            "left,h",
            "step(-1)",
            "previous",
            key_display="←",
            priority=True,
            tooltip="The contender before",
            id="code.previous",
        ),
        Binding("y", "copy", "copy", tooltip="Copy the script to the clipboard", id="code.copy"),
        Binding("w", "save", "save", tooltip="Save the script beside the reports", id="code.save"),
        Binding("f1,question_mark", "help", "help", key_display="?", id="code.help"),
        Binding("escape,q,x", "back", "back", key_display="esc", id="code.back"),
    ]

    def __init__(
        self,
        plan: Plan,
        letter: str | None = None,
        out: Path | None = None,
        *,
        settings: Settings = USUAL,
    ) -> None:
        super().__init__()
        self._plan, self._out, self._settings = plan, out, settings
        self._view = View(snapshot_of_plan(plan), plan=plan, chosen=letter or letter_of(0))

    def compose(self) -> ComposeResult:
        """A line, the code, the keys."""
        yield Static("httptui  code · what a user of the library would write", id="code-title", markup=False)
        yield CodePanel(id="code")
        yield BoundKeys()

    def on_mount(self) -> None:
        """Show the contender."""
        self._show()
        self.query_one(CodePanel).focus()

    def action_step(self, by: int) -> None:
        """Show a neighbour; after the last comes the first."""
        index = (index_of(self._view) + by) % len(self._plan.contender)
        self._view = View(self._view.snapshot, plan=self._plan, chosen=letter_of(index))
        self._show()
        self.query_one(CodePanel).scroll_home(animate=False)

    async def action_copy(self) -> None:
        """Give the script to the terminal's clipboard, or to a file where the settings say so."""
        if self._settings.clipboard == "file":
            await self.action_save()
            return
        script = self._script()
        if script is not None:
            self.app.copy_to_clipboard(script)
            doubt = why_no_clipboard(os.environ)
            told = (
                f"{doubt}; {keys_of(self.app, CodeScreen)['save']} saves it as a file"
                if doubt
                else f"{len(script.splitlines())} lines"
            )
            self.notify(told, title="Copied", markup=False)

    async def action_save(self) -> None:
        """Write the script to a file and tell where it is."""
        from httptui.tui.saving import save_text

        script = self._script()
        if script is None:
            return
        stem = file_stem(datetime.now(UTC).isoformat(), f"{self._plan.name}-{self._view.chosen}")
        try:
            path = await asyncio.to_thread(save_text, script, stem, ".py", self._out)
        except (OSError, HttptuiError) as error:
            self.notify(str(error), title="Not saved", severity="error", markup=False)
            return
        self.notify(str(path), title="Saved", markup=False)

    def _show(self) -> None:
        self.query_one(CodePanel).show(self._view)

    def _script(self) -> str | None:
        script = code_of(self._view)
        if script is None:
            self.notify("This contender has no script.", severity="warning", markup=False)
        return script
