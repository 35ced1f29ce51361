"""The last line of a board: the screen's keys, as many and as fully as there is room for; each can be clicked."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.events import MouseMove
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from httptui.tui.keys import Key, in_line
from httptui.tui.theme import style_source


def chosen_keys(keys: Sequence[Key], width: int) -> list[tuple[Key, str]]:
    """Return the keys to show and how each is called: in words, in short, or the least needed ones not at all."""
    kept = list(keys)
    while kept:
        for texts in ([key.name for key in kept], [key.short for key in kept]):
            if (
                1 + sum(len(key.sign) + len(text) + 3 for key, text in zip(kept, texts, strict=True))
                <= width + 2
            ):
                return list(zip(kept, texts, strict=True))
        kept.remove(max(kept, key=lambda key: key.order or 0))
    return []


class KeysLine(Widget):
    """The line; a click does what the key does, and the mouse over it tells more."""

    def __init__(self, keys: Sequence[Key], *, id: str) -> None:
        super().__init__(id=id)
        self._keys = in_line(keys)
        self._left_out: frozenset[str] = frozenset()

    def leave_out(self, actions: frozenset[str]) -> None:
        """Show the keys of all actions but these."""
        self._left_out = actions
        self.refresh()

    def on_mount(self) -> None:
        """Show the keys that the user's keymap gives, and hear of every change."""
        self.screen.bindings_updated_signal.subscribe(self, self._bound)
        self._bound(self.screen)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Tell what the key under the mouse does."""
        self.tooltip = event.style.meta.get("help")

    def render_line(self, y: int) -> Strip:
        """Draw the line as the terminal gets it."""
        width = self.size.width
        if y:
            return Strip.blank(width)
        _, _, background, foreground = self.colors
        source = style_source(background, foreground)
        segments = [Segment(" ", source(""))]
        usable = [
            key
            for key in self._keys
            if key.action not in self._left_out and self.screen.check_action(key.action, ())
        ]
        for key, text in chosen_keys(usable, width):
            click = Style(meta={"@click": f"screen.{key.action}", "help": key.help})
            segments += [
                Segment(key.sign, source("accent bold") + click),
                Segment(f" {text}", source("dim") + click),
                Segment("  ", source("")),
            ]
        return Strip(segments).adjust_cell_length(width, source(""))

    def _bound(self, screen: Screen[object]) -> None:
        shown: dict[str, str] = {}
        for active in screen.active_bindings.values():
            shown.setdefault(active.binding.action, self.app.get_key_display(active.binding))
        keys = tuple(key._replace(shown=shown.get(key.action, key.sign)) for key in self._keys)
        if keys != self._keys:
            self._keys = keys
            self.refresh()
