"""The last line of a screen: the keys that can be pressed now; and the first keys, shown to newcomers once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.events import MouseMove
from textual.strip import Strip
from textual.widget import Widget

from httptui.tui.keys import Key, in_line, words_of
from httptui.tui.plots.cells import Row, fit
from httptui.tui.theme import strip_of, style_source

if TYPE_CHECKING:
    from textual.screen import Screen


GAP = 2

BoundKey = tuple[str, str, str, str]
"""A key as it is bound, as it is shown, what it does in a word and in a sentence."""


def with_room(keys: Sequence[BoundKey], width: int) -> Sequence[BoundKey]:
    """The keys that fit into so many cells, among them the last one, which is the help's."""
    room = width + GAP - sum(map(_width, keys))
    kept = list(keys)
    while room < 0 and len(kept) > 1:
        room += _width(kept.pop(-2))
    return kept if room >= 0 else ()


def _width(key: BoundKey) -> int:
    return len(key[1]) + 1 + len(key[2]) + GAP


class KeyRow(Widget):
    """One row of keys; a click on one does what the key does, and the mouse over it shows what that is."""

    def on_mount(self) -> None:
        """Follow every change of the keys in force."""
        self.screen.bindings_updated_signal.subscribe(self, self._bound)
        self._bound(self.screen)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Explain the key under the mouse."""
        self.tooltip = event.style.meta.get("help")

    def _bound(self, screen: Screen[object]) -> None:
        """Take the keys that are in force."""
        raise NotImplementedError

    def strip_of_keys(self, keys: Iterable[tuple[str, str, str, str]]) -> Strip:
        """The row of keys, each with its sign, a word, the action of a click, and a sentence."""
        _, _, background, foreground = self.colors
        source = style_source(background, foreground)
        segments = [Segment(" ", source(""))]
        for sign, word, action, sentence in keys:
            click = Style(meta={"@click": action, "help": sentence})
            segments += [
                Segment(sign, source("accent bold") + click),
                Segment(f" {word}", source("dim") + click),
                Segment(" " * GAP, source("")),
            ]
        return Strip(segments).adjust_cell_length(self.size.width, source(""))


class BoundKeys(KeyRow):
    """The keys that are bound now; unlike the toolkit's footer, it makes no new widgets at each focus."""

    DEFAULT_CSS = "BoundKeys { dock: bottom; height: 1; width: 1fr; background: $background; }"

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[BoundKey, ...] = ()

    def _bound(self, screen: Screen[object]) -> None:
        keys: dict[str, BoundKey] = {}
        for _, binding, enabled, _ in screen.active_bindings.values():
            if binding.show and enabled and not binding.system:
                shown = self.app.get_key_display(binding)
                told = (binding.key, shown, binding.description, words_of(binding))
                keys.setdefault(binding.action, told)
        if tuple(keys.values()) != self._keys:
            self._keys = tuple(keys.values())
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw as many keys as fit."""
        return self.strip_of_keys(
            (shown, word, f"app.simulate_key({key!r})", sentence)
            for key, shown, word, sentence in with_room(self._keys, self.size.width - 1)
        )


class HintLine(Widget):
    """Hints for a first start: pairs of a key and what it does."""

    DEFAULT_CSS = "HintLine { height: 1; width: 1fr; background: $surface; }"

    def __init__(self, keys: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._keys = keys

    def render_line(self, y: int) -> Strip:
        """The line as the terminal gets it."""
        row: Row = ((" New here?  ", "strong"),)
        for number, (key, words) in enumerate(self._keys):
            row = (*row, ("  ·  " if number else "", "axis"), (key, "accent bold"), (f" {words}", ""))
        return strip_of(self, fit(row if y == 0 else (), self.size.width))


def chosen_keys(keys: Sequence[Key], width: int) -> list[tuple[Key, str]]:
    """Return the keys to show, with their names, or all their short names, without the least needed ones."""
    kept = list(keys)
    while kept:
        for texts in ([key.name for key in kept], [key.short for key in kept]):
            named = list(zip(kept, texts, strict=True))
            if sum(len(key.sign) + 1 + len(text) + GAP for key, text in named) <= width - 1 + GAP:
                return named
        kept.remove(max(kept, key=lambda key: key.order or 0))
    return []


class KeysLine(KeyRow):
    """The keys of a board, as the user's keymap gives them."""

    def __init__(self, keys: Sequence[Key], *, id: str) -> None:
        super().__init__(id=id)
        self._keys = in_line(keys)
        self._left_out: frozenset[str] = frozenset()

    def leave_out(self, actions: frozenset[str]) -> None:
        """Show the keys of all actions but these."""
        self._left_out = actions
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line as the terminal gets it."""
        if y:
            return Strip.blank(self.size.width)
        usable = [
            key
            for key in self._keys
            if key.action not in self._left_out and self.screen.check_action(key.action, ())
        ]
        return self.strip_of_keys(
            (key.sign, text, f"screen.{key.action}", key.help)
            for key, text in chosen_keys(usable, self.size.width)
        )

    def _bound(self, screen: Screen[object]) -> None:
        shown: dict[str, str] = {}
        for active in screen.active_bindings.values():
            shown.setdefault(active.binding.action, self.app.get_key_display(active.binding))
        keys = tuple(key._replace(shown=shown.get(key.action, key.sign)) for key in self._keys)
        if keys != self._keys:
            self._keys = keys
            self.refresh()
