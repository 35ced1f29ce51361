"""The keys of a contender's page, told once, as those of the run screen are."""

from __future__ import annotations

from textual.binding import Binding

from tui.panels.keys import Key
from tui.screens.run_keys import TIME_KEYS, id_of

PAGE_KEYS = (
    Key("esc", "back", "back", "back", 0, "Back to all contenders"),
    Key("←", "previous", "prev", "turn(-1)", 1, "The contender above in the table"),
    Key("→", "next", "next", "turn(1)", 1, "The contender below in the table"),
    Key("f", "freeze", "freeze", "freeze", 4, "Hold the picture while the run goes on, or let it go"),
    Key("s", "stop", "stop", "stop", 3, "Send no more, wait for what is in flight, keep the results"),
    Key("m", "maximise", "max", "maximise", 5, "Give the focused panel the whole screen, or give it back"),
    Key("?", "help", "help", "help", 2, "What the keys, columns and words mean"),
    Key("q", "quit", "quit", "leave", 0, "Stop what runs and leave"),
)
BOUND = {"esc": "escape,enter,backspace", "←": "left,h", "→": "right,l", "?": "question_mark"}
"""Where a key is told by another sign, or there are more for the same."""

SCROLL_KEYS = (
    ("down,j", "scroll(1)", "Down", "Scroll down"),
    ("up,k", "scroll(-1)", "Up", "Scroll up"),
)

OWN = ("back", "turn(-1)", "turn(1)")
"""Actions of the page alone; a user who gives another one another key gives it that on the run screen as well."""


def _id_of(key: Key) -> str:
    return f"page.{key.words}" if key.action in OWN else id_of(key.action)


PAGE_BINDINGS = [
    *(
        Binding(
            BOUND.get(key.key, key.key),
            key.action,
            key.words,
            key_display=key.key,
            tooltip=key.help,
            id=_id_of(key),
        )
        for key in PAGE_KEYS
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
