"""The keys of the run screen, told once: bindings, the last line, the palette and the help are all made of these."""

from __future__ import annotations

from textual.binding import Binding

from httptui.tui.actions import key_names
from httptui.tui.panels.keys import Key

RUN_KEYS = (
    Key("r", "run", "run", "run", 0, "Run the plan from the start"),
    Key("s", "stop", "stop", "stop", 1, "Send no more, wait for what is in flight, keep the results"),
    Key("+", "more load", "more", "more", 3, "One step more in flight of each contender, or of the rate"),
    Key("-", "less load", "less", "less", 3, "One step less in flight of each contender, or of the rate"),
    Key("space", "pause", "pause", "pause", 2, "Send nothing and let the clock stand still, or go on"),
    Key("d", "delay", "delay", "target", 6, "Change latency, jitter and errors of the embedded target"),
    Key(
        "i",
        "settle",
        "settle",
        "settle",
        3,
        "Run the plan in turns, one contender at a time, until the order is decided",
    ),
    Key("p", "presets", "presets", "presets", 5, "Choose a ready plan"),
    Key("e", "edit plan", "edit", "edit", 4, "Edit the target, the load and the contenders"),
    Key("w", "save report", "save", "save", 6, "Save JSON, Markdown, HTML and a picture of the screen"),
    Key("f", "freeze", "freeze", "freeze", 7, "Hold the picture while the run goes on, or let it go"),
    Key("u", "CPU ranking", "CPU", "swap", 9, "Rank by CPU per request first, or by req/s first"),
    Key("l", "log scale", "log", "log", 8, "Switch the throughput between a linear and a logarithmic scale"),
    Key(
        "v",
        "next chart",
        "chart",
        "chart",
        7,
        "Latencies as histograms, as a heat map over time, as percentiles over time",
    ),
    Key(
        "n",
        "errors",
        "errors",
        "below",
        8,
        "Show errors and status codes in the place of the events, or back",
    ),
    Key("m", "maximise", "max", "maximise", 10, "Give the focused panel the whole screen, or give it back"),
    Key("?", "help", "help", "help", 2, "What the keys, columns and words mean"),
    Key("q", "quit", "quit", "leave", 0, "Stop what runs and leave"),
)

MORE_KEYS = (
    Key(
        "b",
        "block characters",
        "blocks",
        "blocks",
        11,
        "Draw lines in blocks, for a font without braille, or back",
    ),
    Key(
        "t",
        "sort by the next column",
        "sort",
        "sort",
        12,
        "Order the table by its next column, or by letter again",
    ),
    Key("o", "columns", "columns", "columns", 11, "Choose the columns of the table"),
    Key(
        "y",
        "copy verdict",
        "copy",
        "copy",
        9,
        "Copy verdict and ranking as Markdown: to the clipboard, or to a file",
    ),
    Key("h", "history", "history", "history", 12, "Saved reports: search, open, compare and delete them"),
    Key(
        "c",
        "compare",
        "compare",
        "compare",
        12,
        "Compare this run with the last saved one of the same plan",
    ),
    Key("x", "code", "code", "code", 10, "Show the Python that does what a contender does"),
    Key("T", "sort the other way", "turn", "reverse", 13, "Turn the order of the table round"),
)
"""Keys that the last line has no room for."""

PANEL_KEYS = (
    ("1", "contenders", "Contenders"),
    ("2", "throughput", "Throughput"),
    ("3", "latency", "Latency"),
    ("4", "ranking", "Ranking"),
    ("5", "events", "Events"),
    ("6", "heatmap", "Heat map"),
    ("7", "percentiles", "Percentiles"),
    ("8", "errors", "Errors"),
)
"""Key, widget id and name of each panel that has the whole screen at one press, folded or not."""

POINT_KEYS = (
    ("down,j", "point(1)", "Next contender", "Show all that is known of the next contender"),
    ("up,k", "point(-1)", "Previous contender", "Show all that is known of the contender above"),
    ("g", "point_to(0)", "First contender", "Show all that is known of the first contender"),
    ("G", "point_to(-1)", "Last contender", "Show all that is known of the last contender"),
    ("enter", "open", "Contender page", "All that is known of the chosen contender, on a page of its own"),
    ("escape", "back", "Back", "Give the screen back to all panels, and the events their place"),
)
"""Keys, action, name and sentence of what moves between contenders."""

TIME_KEYS = (
    ("[,comma,shift+left", "travel(-1)", "Back in time", "Hold the picture and go a frame back"),
    ("],full_stop,shift+right", "travel(1)", "Forth in time", "Hold the picture and go a frame forth"),
    ("<", "travel(-10)", "Far back in time", "Hold the picture and go ten frames back"),
    (">", "travel(10)", "Far forth in time", "Hold the picture and go ten frames forth"),
    ("{,home", "travel_to('start')", "Start of the run", "Hold the picture with which the run began"),
    ("},end", "travel_to('end')", "Newest picture", "Hold the newest picture of the run"),
)
"""Keys, action, name and sentence of what goes back and forth in time; `f` lets the picture go."""


def id_of(name: str) -> str:
    """The id by which a user's keymap knows an action: "run.next-contender"."""
    return f"run.{name.lower().replace(' ', '-')}"


BOUND = {"?": "question_mark", "+": "plus,equals_sign", "-": "minus"}
"""Where a key is told by another sign than it is bound by."""

RUN_BINDINGS = [
    *(
        Binding(
            BOUND.get(key.key, key.key),
            key.action,
            key.words,
            key_display=key.key,
            show=key in RUN_KEYS,
            tooltip=key.help,
            id=id_of(key.action),
        )
        for key in (*RUN_KEYS, *MORE_KEYS)
    ),
    *(
        Binding(keys, action, title, show=False, tooltip=tooltip, id=id_of(title))
        for keys, action, title, tooltip in (*POINT_KEYS, *TIME_KEYS)
    ),
    *(
        Binding(
            key,
            f"panel('{name}')",
            f"{title} alone",
            show=False,
            tooltip=f"Give {title} the whole screen",
            id=id_of(f"panel {name}"),
        )
        for key, name, title in PANEL_KEYS
    ),
]

USUAL_KEYS = key_names(RUN_BINDINGS)
"""Each action with its key, for sentences, where no keymap gives it another."""
