"""The last lines of a form: the keys that are bound right now, and the first keys, told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.events import MouseMove
from textual.strip import Strip
from textual.widget import Widget

from httptui.tui.keys import words_of
from httptui.tui.plots.cells import Row, fit
from httptui.tui.theme import style_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen

GAP = 2

Key = tuple[str, str, str, str]
"""A key as it is bound, as it is shown, what it does in a word and in a sentence."""


def with_room(keys: Sequence[Key], width: int) -> Sequence[Key]:
    """As many keys as stand side by side in so many cells, the last of all, which is the help's, among them."""
    room = width + GAP - sum(map(_width, keys))
    kept = list(keys)
    while room < 0 and len(kept) > 1:
        room += _width(kept.pop(-2))
    return kept if room >= 0 else ()


def _width(key: Key) -> int:
    return len(key[1]) + 1 + len(key[2]) + GAP


class BoundKeys(Widget):
    """One row, drawn anew only when other keys are bound: the toolkit's footer makes new widgets at each focus."""

    DEFAULT_CSS = "BoundKeys { dock: bottom; height: 1; width: 1fr; background: $background; }"

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[Key, ...] = ()

    def on_mount(self) -> None:
        """Hear of every change."""
        self.screen.bindings_updated_signal.subscribe(self, self._bound)
        self._bound(self.screen)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Tell what the key under the mouse does."""
        self.tooltip = event.style.meta.get("help")

    def _bound(self, screen: Screen[object]) -> None:
        keys: dict[str, Key] = {}
        for _, binding, enabled, _ in screen.active_bindings.values():
            if binding.show and enabled and not binding.system:
                shown = self.app.get_key_display(binding)
                told = (binding.key, shown, binding.description, words_of(binding))
                keys.setdefault(binding.action, told)
        if tuple(keys.values()) != self._keys:
            self._keys = tuple(keys.values())
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """As many keys as there is room for, a click on one doing what the key does."""
        _, _, background, foreground = self.colors
        source = style_source(background, foreground)
        segments = [Segment(" ", source(""))]
        for key, shown, words, sentence in with_room(self._keys, self.size.width - 1):
            click = Style(meta={"@click": f"app.simulate_key({key!r})", "help": sentence})
            segments += [
                Segment(shown, source("accent bold") + click),
                Segment(f" {words}", source("dim") + click),
                Segment(" " * GAP, source("")),
            ]
        return Strip(segments).adjust_cell_length(self.size.width, source(""))


class HintLine(Widget):
    """`keys` are pairs of a key and what it does."""

    DEFAULT_CSS = "HintLine { height: 1; width: 1fr; background: $surface; }"

    def __init__(self, keys: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._keys = keys

    def render_line(self, y: int) -> Strip:
        """The line as the terminal gets it."""
        _, _, background, foreground = self.colors
        source = style_source(background, foreground)
        row: Row = ((" New here?  ", "strong"),)
        for number, (key, words) in enumerate(self._keys):
            row = (*row, ("  ·  " if number else "", "axis"), (key, "accent bold"), (f" {words}", ""))
        shown = fit(row if y == 0 else (), self.size.width)
        return Strip([Segment(text, source(key)) for text, key in shown])
