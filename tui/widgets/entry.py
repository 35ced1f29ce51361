"""Inputs whose placeholder is never cut off, and whose text is shown without control characters or secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.actions import SkipAction
from textual.message import Message
from textual.widgets import Input, TextArea

from httptui.plan.secrets import is_reference, is_secret_header, redacted_url, secret_spans
from httptui.safe_text import in_place
from httptui.tui.forms.curl import is_curl
from httptui.tui.forms.shell_words import is_another_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events


def fitting(texts: Sequence[str], width: int) -> str:
    """The first of some texts that has room in so many cells, or the empty text."""
    return next((text for text in texts if cell_len(text) <= width), "")


class Entry(Input):
    """An input that is given its placeholder in one way or several, the longest first, of which it shows the first
    that has room, and the last as long as its own width is not known.
    """

    def __init__(
        self,
        value: str = "",
        *placeholders: str,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(value, "".join(placeholders[-1:]), name=name, id=id, classes=classes, compact=True)
        self._placeholders = placeholders

    @property
    def _value(self) -> Text:
        """The value as it is drawn: a terminal must not obey what was pasted."""
        drawn = super()._value
        drawn.plain = in_place(drawn.plain)
        return drawn

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self.placeholder = fitting(self._placeholders, self.content_size.width)


VEIL = "•"


def veiled_header(line: str) -> str:
    """A line `Name: value` of the same length, its value veiled where it is a secret."""
    name, colon, value = line.partition(":")
    if not colon:
        return veiled_body(line)
    if is_secret_header(name, value.strip()):
        return name + colon + _veil_over(value)
    return name + colon + (value if is_reference(value.strip()) else veiled_body(value))


def veiled_body(text: str) -> str:
    """A form or JSON text of the same length and lines, the values of secret-looking names veiled."""
    pieces: list[str] = []
    at = 0
    for start, end in secret_spans(text):
        pieces += [text[at:start], _veil_over(text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])


def _veil_over(text: str) -> str:
    return "".join(VEIL if character.strip() else character for character in text)


class Area(TextArea):
    """A text of several lines, drawn without control characters; undo goes on with the form's changes."""

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn, each character in its place."""
        line = super().get_line(line_index)
        line.plain = in_place(line.plain)
        return line

    def action_undo(self) -> None:
        """Take back what was typed here, or leave the key to the form."""
        before = self.text
        super().action_undo()
        if self.text == before:
            raise SkipAction


class VeiledArea(Area):
    """A text that is veiled without the focus."""

    _veiled: tuple[str, list[str]] = ("", [""])

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn."""
        line = super().get_line(line_index)
        if self.has_focus:
            return line
        text = "\n".join(self.document.lines)
        if self._veiled[0] != text:
            self._veiled = (text, self.veil(text).split("\n"))
        return Text(in_place(self._veiled[1][line_index]), end="", no_wrap=True)

    def veil(self, text: str) -> str:
        """The text of the same length and lines with every secret veiled."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Begin veiled."""
        self.show_cursor = False

    def on_focus(self) -> None:
        """Lift the veil; lines drawn without a cursor are not drawn again from the cache."""
        self.show_cursor = True

    def on_blur(self) -> None:
        """Veil again."""
        self.show_cursor = False


class HeadersArea(VeiledArea):
    """One header a line; Authorization, cookies and the like are veiled."""

    def veil(self, text: str) -> str:
        """The headers without what is secret."""
        return "\n".join(veiled_header(line) for line in text.split("\n"))


class BodyArea(VeiledArea):
    """A body; passwords, tokens and the like in a form or in JSON are veiled."""

    def veil(self, text: str) -> str:
        """The body without what is secret."""
        return veiled_body(text)


class UrlsArea(VeiledArea):
    """One URL a line; those that hold a password or a token are veiled."""

    def veil(self, text: str) -> str:
        """The URLs without those that hold a secret."""
        return "\n".join(
            _veil_over(line) if redacted_url(line) != line else line for line in text.split("\n")
        )


class TargetUrl(Entry):
    """A URL, veiled without the focus if it holds a password or a token.

    A curl command that is pasted or entered is reported by `Commanded` and not put into it, and other text of several
    lines is refused.
    """

    @dataclass
    class Commanded(Message):
        """A curl command was pasted, or typed and entered."""

        text: str

    class Refused(Message):
        """The pasted text is neither a URL nor a curl command: several lines, or the command of another tool."""

    def on_mount(self) -> None:
        """Begin veiled."""
        self._veil()

    def on_focus(self) -> None:
        """Lift the veil."""
        self.password = False

    def on_blur(self) -> None:
        """Veil again."""
        self._veil()

    def _veil(self) -> None:
        self.password = redacted_url(self.value) != self.value

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
