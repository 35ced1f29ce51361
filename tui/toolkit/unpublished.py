"""Parts of Textual that have no public name.

Reason: Textual lets an app set a keymap, register themes and bind characters, but not read the keymap in force, leave
out its own themes, or ask how it names a character.  Unneeded once it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.keys import _character_to_key

if TYPE_CHECKING:
    from textual.app import App


def keymap_of(app: App[Any]) -> Mapping[str, str]:
    """Return the user's keymap that is in force."""
    return app._keymap


def forget_themes(app: App[Any]) -> None:
    """Leave out the themes that come with Textual."""
    app._registered_themes.clear()


def key_of(character: str) -> str:
    """Return the name of a character's key: "?" is question_mark."""
    return _character_to_key(character)
