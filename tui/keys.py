"""A key, declared once: binding, last line, palette, help and the keymap's id are all made of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from textual.binding import Binding


class Key(NamedTuple):
    """What is pressed (several keys joined by commas), the action, its name, a sentence, and its id in a keymap.

    `short` is its name in the last line where there is little room, `order` its turn to give way there (0: last);
    without an order it is not in that line.  `shown` is how the key is shown where it is bound by another name.
    """

    keys: str
    action: str
    name: str
    help: str
    id: str
    short: str = ""
    order: int | None = None
    shown: str = ""

    @property
    def sign(self) -> str:
        """The key as the last line shows it."""
        return self.shown or self.keys

    @property
    def binding(self) -> Binding:
        """The key as Textual binds it."""
        return Binding(
            self.keys,
            self.action,
            self.name,
            key_display=self.shown or (self.keys if len(self.keys) == 1 else None),
            show=self.order is not None,
            tooltip=self.help,
            id=self.id,
        )


def bindings_of(keys: Iterable[Key]) -> list[Binding]:
    """Bind keys, in their order."""
    return [key.binding for key in keys]


def in_line(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Return the keys that the last line shows where there is room."""
    return tuple(key for key in keys if key.order is not None)
