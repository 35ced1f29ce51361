"""Inputs that show a secret only while one types in them."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input, TextArea

from httptui.secrets import is_reference, is_secret_name, redacted_url

VEIL = "•"


def veiled_header(line: str) -> str:
    """A line `Name: value` of the same length, its value veiled where the name is a secret's."""
    name, colon, value = line.partition(":")
    if not colon or not is_secret_name(name) or is_reference(value.strip()):
        return line
    return name + colon + "".join(VEIL if character.strip() else character for character in value)


class HeadersArea(TextArea):
    """One header a line; Authorization, cookies and the like are veiled without the focus."""

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn."""
        line = super().get_line(line_index)
        return line if self.has_focus else Text(veiled_header(line.plain), end="", no_wrap=True)

    def on_mount(self) -> None:
        """Begin veiled."""
        self.show_cursor = False

    def on_focus(self) -> None:
        """Lift the veil; lines drawn without a cursor are not drawn again from the cache."""
        self.show_cursor = True

    def on_blur(self) -> None:
        """Veil again."""
        self.show_cursor = False


class UrlInput(Input):
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
