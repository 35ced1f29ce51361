"""The keys of a contender's page: its own, and those of the run screen that mean the same here."""

from __future__ import annotations

from textual.binding import Binding

from httptui.tui.panels.keys import Key
from httptui.tui.panels.run_keys import MORE_KEYS, RUN_KEYS, TIME_KEYS, id_of

SHARED = (
    *("stop", "pause", "more", "less", "target"),
    *("freeze", "save", "copy", "code", "blocks", "help", "leave"),
)
"""Actions of the run screen that it does for the page, whose keys are those of the run screen, however a user maps
them.
"""

OWN_KEYS = (
    Key("esc", "back", "back", "back", 0, "Back to all contenders"),
    Key("←", "previous", "prev", "turn(-1)", 1, "The contender above in the table"),
    Key("→", "next", "next", "turn(1)", 1, "The contender below in the table"),
    Key("m", "maximise", "max", "maximise", 10, "Give the focused panel the whole screen, or give it back"),
)
BOUND = {"esc": "escape,enter,backspace", "←": "left,h", "→": "right,l"}
"""Where more than one key does the same."""

SCROLL_KEYS = (
    ("down,j", "scroll(1)", "Down", "Scroll down"),
    ("up,k", "scroll(-1)", "Up", "Scroll up"),
)


def delegated(key: Key) -> Key:
    """A key of the run screen, as the page has it."""
    return key._replace(action=f"on_board('{key.action}')")


SHARED_KEYS = tuple(key for key in (*RUN_KEYS, *MORE_KEYS) if key.action in SHARED)
PAGE_KEYS = (*OWN_KEYS, *(delegated(key) for key in SHARED_KEYS if key not in MORE_KEYS))

PAGE_BINDINGS = [
    *(
        Binding(
            BOUND.get(key.key, key.key),
            key.action,
            key.words,
            key_display=key.key,
            tooltip=key.help,
            id=f"page.{key.words}",
        )
        for key in OWN_KEYS
    ),
    *(
        Binding(
            key.key,
            delegated(key).action,
            key.words,
            key_display=key.key,
            show=key not in MORE_KEYS,
            tooltip=key.help,
            id=id_of(key.action),
        )
        for key in SHARED_KEYS
    ),
    *(
        Binding(keys, action, title, show=False, tooltip=tooltip, id=f"page.{title.lower()}")
        for keys, action, title, tooltip in SCROLL_KEYS
    ),
    *(
        Binding(keys, action, title, show=False, tooltip=tooltip, id=id_of(title))
        for keys, action, title, tooltip in TIME_KEYS
    ),
]
