"""Inputs that show a secret only while one types in them."""

from __future__ import annotations

from rich.text import Text
from textual.actions import SkipAction
from textual.widgets import TextArea

from httptui.plans.secrets import is_reference, is_secret_header, redacted_url, secret_spans
from httptui.safe_text import in_place
from httptui.tui.widgets.entry import Entry

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
    """A text whose own last change can be taken back, and after that the form's; it is drawn without what terminals
    obey.
    """

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
        """The text with every secret in it veiled, of the same length and lines: all of it, unless said otherwise."""
        return _veil_over(text)

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


class UrlInput(Entry):
    """A URL that holds a password or a token is veiled without the focus."""

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
