"""Keys: each declared once, from which binding, last line, palette and help are made, and the actions that a
screen binds right now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.binding import Binding, BindingsMap
from textual.keys import format_key

from httptui.tui.toolkit.unpublished import keymap_of

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.screen import Screen


class Key(NamedTuple):
    """Keys to press (joined by commas), the action, its name, a sentence, and its id in a keymap.

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


SPELT = {"enter": "enter"}
"""Keys that a sentence names otherwise than the toolkit."""


class Action(NamedTuple):
    """One action of a node: its keys in force as they are shown, its name, a sentence, and whose it is.

    `own`: a class of ours binds it, and not one of the toolkit's below it.
    """

    node: DOMNode
    action: str
    keys: tuple[str, ...]
    name: str
    help: str
    group: str
    own: bool


def actions_now(screen: Screen[Any]) -> list[Action]:
    """Return the actions that a screen binds right now, with those of the focused widget."""
    bound = screen.active_bindings.values()
    return _joined(
        screen.app,
        ((active.node, active.binding) for active in bound if active.enabled and active.node.is_attached),
    )


def actions_with_focus(screen: Screen[Any]) -> list[Action]:
    """Return the actions that the widgets of a screen bind once focused, one widget of each kind."""
    kinds = {type(node): node for node in screen.query("*")}
    ours = ((kind, node) for kind, node in kinds.items() if _is_ours(kind))
    bound = ((node, binding) for kind, node in ours for binding in rebound(screen.app, kind.BINDINGS))
    return _joined(screen.app, bound)


def rebound(app: App[Any], bindings: Iterable[Any]) -> Iterator[Binding]:
    """Yield bindings with the keys that the user's keymap gives them."""
    table = BindingsMap(bindings)
    table.apply_keymap(dict(keymap_of(app)))
    for found in table.key_to_bindings.values():
        yield from dict.fromkeys(found)


def key_names(bindings: Iterable[Any], keymap: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return each action of some bindings with its first key as a sentence names it, by a user's keymap."""
    table = BindingsMap(bindings)
    table.apply_keymap(dict(keymap or {}))
    names: dict[str, str] = {}
    for bound in table.key_to_bindings.values():
        for binding in bound:
            names.setdefault(
                binding.action, binding.key_display or SPELT.get(binding.key) or format_key(binding.key)
            )
    return names


def keys_of(app: App[Any], *kinds: type[DOMNode]) -> dict[str, str]:
    """Return the same for the bindings of some classes of widgets, by an app's keymap."""
    return key_names((binding for kind in kinds for binding in kind.BINDINGS), keymap_of(app))


def words_of(binding: Binding) -> str:
    """Return the sentence on a key, or, without one, its name."""
    return binding.tooltip or binding.description


def _joined(app: App[Any], bound: Iterable[tuple[DOMNode, Binding]]) -> list[Action]:
    """Return one action for all keys that a node has for it."""
    found: dict[tuple[type, str], Action] = {}
    for node, binding in bound:
        if binding.system or not binding.description:
            continue
        kind = type(node)
        if (at := (kind, binding.action)) not in found:
            own = _is_ours(kind) and _declares(kind, binding)
            title = (kind.BINDING_GROUP_TITLE if own else "") or kind.__name__
            found[at] = Action(node, binding.action, (), binding.description, words_of(binding), title, own)
        keys = (*found[at].keys, app.get_key_display(binding))
        found[at] = found[at]._replace(keys=tuple(dict.fromkeys(keys)))
    return list(found.values())


def _is_ours(kind: type) -> bool:
    return not kind.__module__.startswith("textual.")


def _declares(kind: type[DOMNode], binding: Binding) -> bool:
    """Check that one of our classes binds a key, and not only the toolkit's class below it."""
    ours = [base for base in kind.__mro__ if _is_ours(base)]
    own = [bound for base in ours for bound in Binding.make_bindings(vars(base).get("BINDINGS", ()))]
    return any(bound.action == binding.action for bound in own)
