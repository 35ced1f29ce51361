"""The keys of the sweep's screen, told once: bindings, the last line, the palette and the help are made of these."""

from __future__ import annotations

from textual.binding import Binding

from httptui.tui.panels.keys import Key

SWEEP_KEYS = (
    Key("r", "run again", "again", "run", 5, "Sweep once more from the start"),
    Key("s", "stop", "stop", "stop", 1, "Send no more, wait for what is in flight, keep the results"),
    Key(
        "u",
        "next figure",
        "figure",
        "figure",
        2,
        "Draw req/s, CPU per request, p99, or the wait for the pool",
    ),
    Key("l", "log scale", "log", "log", 4, "Switch the figures between a linear and a logarithmic scale"),
    Key("a", "level axis", "axis", "axis", 7, "Switch the levels between a linear and a logarithmic axis"),
    Key("w", "save report", "save", "save", 3, "Save JSON, Markdown, HTML and a picture of the screen"),
    Key("f", "freeze", "freeze", "freeze", 6, "Hold the picture while the sweep goes on, or let it go"),
    Key("m", "maximise", "max", "maximise", 6, "Give the focused panel the whole screen, or give it back"),
    Key("esc", "back", "back", "back", 1, "Give the screen back to all panels, or go back to the plan"),
    Key("?", "help", "help", "help", 2, "What the keys, columns and words mean"),
    Key("q", "quit", "quit", "leave", 0, "Stop what runs and leave"),
)

MORE_KEYS = (
    Key(
        "c",
        "compare",
        "compare",
        "compare",
        12,
        "Compare this sweep with the last saved one of the same plan",
    ),
    Key(
        "b",
        "block characters",
        "blocks",
        "blocks",
        11,
        "Draw lines in blocks, for a font without braille, or back",
    ),
    Key("↓", "next contender", "next", "point(1)", 9, "Look at the next contender: its law, knee and pairs"),
    Key("↑", "previous contender", "previous", "point(-1)", 9, "Look at the contender before"),
)
"""Keys that the last line has no room for."""

PANEL_KEYS = (
    ("1", "sweep-chart", "Chart"),
    ("2", "sweep-table", "Table"),
    ("3", "sweep-analysis", "Analysis"),
    ("4", "sweep-events", "Events"),
)
"""Key, widget id and name of each panel that has the whole screen at one press, folded or not."""

BOUND = {"?": "question_mark,f1", "esc": "escape", "↓": "down,j", "↑": "up,k"}
"""Where a key is told by another sign than it is bound by."""


def id_of(name: str) -> str:
    """The id by which a user's keymap knows an action: "sweep.next-contender"."""
    return f"sweep.{name.lower().replace(' ', '-')}"


SWEEP_BINDINGS = [
    *(
        Binding(
            BOUND.get(key.key, key.key),
            key.action,
            key.words,
            key_display=key.key,
            show=key in SWEEP_KEYS,
            tooltip=key.help,
            id=id_of(key.words),
        )
        for key in (*SWEEP_KEYS, *MORE_KEYS)
    ),
    *(
        Binding(
            key,
            f"panel('{name}')",
            f"{title} alone",
            show=False,
            tooltip=f"Give {title} the whole screen",
            id=id_of(f"panel {title}"),
        )
        for key, name, title in PANEL_KEYS
    ),
]
