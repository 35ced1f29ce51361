"""The user's own keys: every action by its id, the checks of a keymap against them, and the settings with it."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import NamedTuple

from msgspec.structs import replace
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, format_key

from httptui.plan.decode import did_you_mean
from httptui.safe_text import safe_text
from httptui.tui.settings import Settings, SettingsError, load_settings, settings_path
from httptui.tui.toolkit.unpublished import key_of

TERMS_WITHOUT_BRAILLE = ("linux", "vt100", "vt220")
EVERYWHERE = "app"
RESERVED = ("ctrl+c",)
MODIFIERS = ("ctrl", "shift", "alt", "super", "meta", "hyper")
NAMED = {str(key.value) for key in Keys}


def settings_here(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings in force on this terminal; SettingsError where they cannot be used."""
    settings = load_settings(environ)
    check_keymap(settings.keymap, safe_text(str(settings_path(environ))))
    return replace(settings, blocks=settings.blocks or environ.get("TERM", "") in TERMS_WITHOUT_BRAILLE)


class BoundAction(NamedTuple):
    """One action by its id: its default keys, its name, a sentence, and `priority` if it is heard while one types."""

    id: str
    keys: tuple[str, ...]
    name: str
    help: str
    priority: bool


def bound_actions() -> dict[str, BoundAction]:
    """Return every action of the app by its id, whose first word is the screen or widget that it belongs to."""
    found: dict[str, BoundAction] = {}
    for kind in binding_classes():
        for binding in Binding.make_bindings(vars(kind).get("BINDINGS", ())):
            if binding.id is None:
                continue
            known = found.get(binding.id)
            keys = (*(known.keys if known else ()), binding.key)
            found[binding.id] = BoundAction(
                binding.id,
                tuple(dict.fromkeys(keys)),
                (known.name if known else "") or binding.description,
                (known.help if known else "") or binding.tooltip,
                binding.priority,
            )
    return found


def binding_classes() -> list[type[DOMNode]]:
    """Return every class of the app that binds keys."""
    from httptui import tui

    for module in pkgutil.walk_packages(tui.__path__, f"{tui.__name__}."):
        if not module.name.startswith("httptui.tui.cli"):
            import_module(module.name)
    return sorted(set(_ours(DOMNode)), key=lambda kind: (kind.__module__, kind.__name__))


def check_keymap(keymap: Mapping[str, str], where: str) -> None:
    """Raise SettingsError where a keymap names an unknown action or key, or gives two actions the same key; `where`
    begins every problem.
    """
    if problems := keymap_problems(keymap, bound_actions()) if keymap else []:
        raise SettingsError("\n".join(f"{where}: {problem}" for problem in problems))


def keymap_problems(keymap: Mapping[str, str], actions: Mapping[str, BoundAction]) -> list[str]:
    """Return the problems of a keymap, each with its path."""
    problems: list[str] = []
    for name, keys in keymap.items():
        if name not in actions:
            guess = did_you_mean(name, list(actions)) or '; "httptui config keys" lists them'
            problems.append(f"keymap.{safe_text(name, 60)}: there is no such action{guess}")
        else:
            problems += [f"keymap.{name}: {problem}" for problem in _key_problems(keys, actions[name])]
    if problems:
        return problems
    asked = {name: normal_keys(keys) for name, keys in keymap.items()}
    return [*_clashes({name: asked.get(name, actions[name].keys) for name in actions}, asked)]


def normal_keys(keys: str) -> tuple[str, ...]:
    """Split keys joined by commas, and name each as the toolkit does: "?" is question_mark."""
    words = [word.strip() for word in keys.split(",")]
    return tuple(key_of(word) if len(word) == 1 else word for word in words)


def _key_problems(keys: str, action: BoundAction) -> Iterator[str]:
    for key in normal_keys(keys):
        *modifiers, name = key.split("+")
        shown = f'"{safe_text(key, 40)}"'
        if not key:
            yield "a key is empty; name keys such as s, f9 or ctrl+s, joined by commas"
        elif key in RESERVED:
            yield f"{shown} always stops the run, then quits"
        elif any(modifier not in MODIFIERS for modifier in modifiers) or not _is_key(key, name):
            yield f"{shown} is no key{did_you_mean(name, sorted(NAMED))}"
        elif action.priority and len(format_key(key)) == 1 and not modifiers:
            yield f"{shown} could not be typed into a field any more; take a key that writes nothing"


def _is_key(key: str, name: str) -> bool:
    return key in NAMED or name in NAMED or len(name) == 1 or len(format_key(name)) == 1


def _clashes(keys: Mapping[str, tuple[str, ...]], asked: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield a problem for each key of two actions of one place, where a keymap gave it to either."""
    for name, own in asked.items():
        for other, others in keys.items():
            if other == name or not _meet(name, other) or (other in asked and other < name):
                continue
            for key in sorted(set(own) & set(others)):
                yield f'keymap.{name}: "{format_key(key)}" is the key of {other} too; give that another one'


def _meet(one: str, other: str) -> bool:
    """Check that two actions can be bound at the same time: those of one place, and those that are everywhere."""
    places = {one.partition(".")[0], other.partition(".")[0]}
    return len(places) == 1 or EVERYWHERE in places


def _ours(kind: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("httptui.tui.") and "BINDINGS" in vars(below):
            yield below
        yield from _ours(below)
