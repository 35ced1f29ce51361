"""The URL's field, which also takes a whole curl command, however many lines it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from httptui.tui.forms.curl import is_curl
from httptui.tui.forms.pasted import is_another_command
from httptui.tui.widgets.veiled import UrlInput

if TYPE_CHECKING:
    from textual import events


class TargetUrl(UrlInput):
    """An input of one line; a command that is pasted or entered is told by `Commanded` and is not put into it, and
    other text of several lines is refused.
    """

    @dataclass
    class Commanded(Message):
        """A curl command was pasted, or typed and entered."""

        text: str

    class Refused(Message):
        """What was pasted is no URL and no curl command: several lines, or the command of another tool."""

    def _on_paste(self, event: events.Paste) -> None:
        text = event.text.strip()
        if is_curl(text) or is_another_command(text) or len(text.splitlines()) > 1:
            event.prevent_default()
            event.stop()
            self.post_message(self.Commanded(text) if is_curl(text) else self.Refused())
        else:
            event.text = text

    def action_paste(self) -> None:
        """Paste what was cut or copied in the app."""
        text = self.app.clipboard
        if is_curl(text):
            self.post_message(self.Commanded(text))
        else:
            super().action_paste()

    async def action_submit(self) -> None:
        """Take a command that was typed, or leave the field."""
        if is_curl(self.value):
            self.post_message(self.Commanded(self.value))
        else:
            await super().action_submit()
