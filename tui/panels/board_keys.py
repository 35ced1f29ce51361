"""The keys of all boards: a run, a contender's page, a saved run, a sweep and a saved sweep."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.tui.keys import Key, bindings_of, key_names


def _panel_keys(
    place: str, panels: Sequence[tuple[str, str, str]], *, by_title: bool = False
) -> tuple[Key, ...]:
    """Keys that show one panel on the whole screen, from their (key, panel, title)."""
    return tuple(
        Key(
            key,
            f"panel('{panel}')",
            f"{title} alone",
            f"Show {title} on the whole screen",
            f"{place}.panel-{title.lower() if by_title else panel}",
        )
        for key, panel, title in panels
    )


def _run_key(
    keys: str, action: str, name: str, help: str, short: str = "", order: int | None = None, shown: str = ""
) -> Key:
    """A key of a run, named in a keymap after its action."""
    return Key(keys, action, name, help, f"run.{action}", short, order, shown)


HELP = _run_key(
    "question_mark", "help", "help", "Explain the keys, the columns and the terms", "help", 2, "?"
)
MAXIMISE = _run_key(
    "m", "maximise", "maximise", "Show the focused panel on the whole screen, or all panels", "max", 10
)
QUIT = _run_key("q", "leave", "quit", "Stop the run and quit", "quit", 0)

# A run.

RUN_KEYS = (
    _run_key("r", "run", "run", "Run the plan from the start", "run", 0),
    _run_key("s", "stop", "stop", "Stop sending, wait for requests in flight, keep the results", "stop", 1),
    _run_key(
        "plus,equals_sign",
        "more",
        "more load",
        "Raise the requests in flight, or the rate, by one step",
        "more",
        3,
        "+",
    ),
    _run_key(
        "minus", "less", "less load", "Lower the requests in flight, or the rate, by one step", "less", 3, "-"
    ),
    _run_key("space", "pause", "pause", "Pause sending and the clock, or resume", "pause", 2, "space"),
    _run_key("d", "target", "delay", "Change latency, jitter and errors of the embedded target", "delay", 6),
    _run_key(
        "i",
        "settle",
        "settle",
        "Measure one contender at a time, in turns, until the ranking is decided",
        "settle",
        3,
    ),
    _run_key("p", "presets", "presets", "Choose a preset", "presets", 5),
    _run_key("e", "edit", "edit plan", "Edit the target, the load and the contenders", "edit", 4),
    _run_key("w", "save", "save report", "Save JSON, Markdown, HTML and a picture of the screen", "save", 6),
    _run_key("f", "freeze", "freeze", "Freeze the screen while the run goes on, or unfreeze it", "freeze", 7),
    _run_key("u", "swap", "CPU ranking", "Rank by CPU per request first, or by req/s first", "CPU", 9),
    _run_key(
        "l", "log", "log scale", "Switch the throughput between a linear and a logarithmic scale", "log", 8
    ),
    _run_key(
        "v",
        "chart",
        "next chart",
        "Show latencies as histograms, as a heat map, or as percentiles over time",
        "chart",
        7,
    ),
    _run_key("n", "below", "errors", "Show errors and status codes instead of events, or back", "errors", 8),
    MAXIMISE,
    HELP,
    QUIT,
    _run_key(
        "b",
        "blocks",
        "block characters",
        "Draw lines with block characters, for fonts without braille, or back",
    ),
    _run_key("t", "sort", "sort by the next column", "Sort the table by its next column, finally by letter"),
    _run_key("o", "columns", "columns", "Choose the columns of the table"),
    _run_key(
        "y", "copy", "copy verdict", "Copy verdict and ranking as Markdown: to the clipboard, or to a file"
    ),
    _run_key("h", "history", "history", "Saved reports: search, open, compare and delete them"),
    _run_key("c", "compare", "compare", "Compare this run with the last saved one of the same plan"),
    _run_key("x", "code", "code", "Show the Python code of a contender"),
    _run_key("T", "reverse", "sort the other way", "Reverse the order of the table"),
)
"""Keys of a run, by their actions."""

BACK_TO_ALL = _run_key("escape", "back", "Back", "Show all panels again, and the events")
POINT_KEYS = (
    Key(
        "down,j", "point(1)", "Next contender", "Show the details of the next contender", "run.next-contender"
    ),
    Key(
        "up,k",
        "point(-1)",
        "Previous contender",
        "Show the details of the previous contender",
        "run.previous-contender",
    ),
    Key(
        "g",
        "point_to(0)",
        "First contender",
        "Show the details of the first contender",
        "run.first-contender",
    ),
    Key(
        "G", "point_to(-1)", "Last contender", "Show the details of the last contender", "run.last-contender"
    ),
    Key(
        "enter",
        "open",
        "Contender page",
        "Show the chosen contender on a page of its own",
        "run.contender-page",
    ),
)
TIME_KEYS = (
    Key(
        "[,comma,shift+left",
        "travel(-1)",
        "Back in time",
        "Freeze the screen and go back one frame",
        "run.back-in-time",
    ),
    Key(
        "],full_stop,shift+right",
        "travel(1)",
        "Forward in time",
        "Freeze the screen and go forward one frame",
        "run.forth-in-time",
    ),
    Key(
        "<",
        "travel(-10)",
        "Far back in time",
        "Freeze the screen and go back ten frames",
        "run.far-back-in-time",
    ),
    Key(
        ">",
        "travel(10)",
        "Far forward in time",
        "Freeze the screen and go forward ten frames",
        "run.far-forth-in-time",
    ),
    Key(
        "{,home",
        "travel_to('start')",
        "Start of the run",
        "Freeze the screen at the start of the run",
        "run.start-of-the-run",
    ),
    Key(
        "},end",
        "travel_to('end')",
        "Newest frame",
        "Freeze the screen at the newest frame",
        "run.newest-picture",
    ),
)
"""Keys that go back and forth in time; `f` lets the picture go."""

PANEL_KEYS = _panel_keys(
    "run",
    (
        ("1", "contenders", "Contenders"),
        ("2", "throughput", "Throughput"),
        ("3", "latency", "Latency"),
        ("4", "ranking", "Ranking"),
        ("5", "events", "Events"),
        ("6", "heatmap", "Heat map"),
        ("7", "percentiles", "Percentiles"),
        ("8", "errors", "Errors"),
    ),
)
"""A key for each panel, which has the whole screen at one press, folded or not."""

ALL_RUN_KEYS = (*RUN_KEYS, *POINT_KEYS, BACK_TO_ALL, *TIME_KEYS, *PANEL_KEYS)
RUN_BINDINGS = bindings_of(ALL_RUN_KEYS)
USUAL_KEYS = key_names(RUN_BINDINGS)
"""Each action of a run with its key, for sentences, where no keymap gives it another."""

# A contender's page.

SHARED = (
    *("stop", "pause", "more", "less", "target"),
    *("freeze", "save", "copy", "code", "blocks", "help", "leave"),
)
"""Actions that the screen below does for the page, by its own keys, however a user maps them."""

SHARED_KEYS = tuple(
    key._replace(action=f"on_board('{key.action}')") for key in RUN_KEYS if key.action in SHARED
)
PAGE_KEYS = (
    Key("escape,enter,backspace", "back", "back", "Back to all contenders", "page.back", "back", 0, "esc"),
    Key(
        "left,h", "turn(-1)", "previous", "The contender above in the table", "page.previous", "prev", 1, "←"
    ),
    Key("right,l", "turn(1)", "next", "The contender below in the table", "page.next", "next", 1, "→"),
    MAXIMISE._replace(id="page.maximise"),
    *SHARED_KEYS,
    Key("down,j", "scroll(1)", "Down", "Scroll down", "page.down"),
    Key("up,k", "scroll(-1)", "Up", "Scroll up", "page.up"),
    *TIME_KEYS,
)

# A saved run.

LOOKING = ("swap", "log", "below", "maximise", "help", "blocks", "sort", "columns", "reverse")
"""Actions that change how a run is looked at, and nothing of the run."""
NOT_KEPT = ("panel('heatmap')", "panel('percentiles')")
"""Actions about what no report keeps: latencies over time."""

BACK = Key(
    "escape,q",
    "back",
    "back",
    "Back to the previous screen, or first to all panels",
    "past.back",
    "back",
    0,
    "esc",
)
PAST_RUN_KEYS = (
    BACK,
    *(key for key in RUN_KEYS if key.action in LOOKING),
    *POINT_KEYS,
    *(key for key in PANEL_KEYS if key.action not in NOT_KEPT),
)

# A sweep.

SWEEP_KEYS = (
    Key("r", "run", "run again", "Run the sweep again from the start", "sweep.run-again", "again", 5),
    Key(
        "s",
        "stop",
        "stop",
        "Stop sending, wait for requests in flight, keep the results",
        "sweep.stop",
        "stop",
        1,
    ),
    Key(
        "u",
        "figure",
        "next figure",
        "Show req/s, CPU per request, p99, or the wait for the pool",
        "sweep.next-figure",
        "figure",
        2,
    ),
    Key(
        "l",
        "log",
        "log scale",
        "Switch the figures between a linear and a logarithmic scale",
        "sweep.log-scale",
        "log",
        4,
    ),
    Key(
        "a",
        "axis",
        "level axis",
        "Switch the levels between a linear and a logarithmic axis",
        "sweep.level-axis",
        "axis",
        7,
    ),
    Key(
        "w",
        "save",
        "save report",
        "Save JSON, Markdown, HTML and a picture of the screen",
        "sweep.save-report",
        "save",
        3,
    ),
    Key(
        "f",
        "freeze",
        "freeze",
        "Freeze the screen while the sweep goes on, or unfreeze it",
        "sweep.freeze",
        "freeze",
        6,
    ),
    MAXIMISE._replace(id="sweep.maximise", order=6),
    Key(
        "escape",
        "back",
        "back",
        "Show all panels again, or go back to the plan",
        "sweep.back",
        "back",
        1,
        "esc",
    ),
    HELP._replace(keys="question_mark,f1", id="sweep.help"),
    QUIT._replace(id="sweep.quit"),
    Key(
        "c",
        "compare",
        "compare",
        "Compare this sweep with the last saved one of the same plan",
        "sweep.compare",
    ),
    Key(
        "b",
        "blocks",
        "block characters",
        "Draw lines with block characters, for fonts without braille, or back",
        "sweep.block-characters",
    ),
    Key(
        "down,j",
        "point(1)",
        "next contender",
        "Show the next contender: its law, knee and pairs",
        "sweep.next-contender",
        shown="↓",
    ),
    Key(
        "up,k",
        "point(-1)",
        "previous contender",
        "Show the previous contender",
        "sweep.previous-contender",
        shown="↑",
    ),
)
SWEEP_PANEL_KEYS = _panel_keys(
    "sweep",
    (
        ("1", "sweep-chart", "Chart"),
        ("2", "sweep-table", "Table"),
        ("3", "sweep-analysis", "Analysis"),
        ("4", "sweep-events", "Events"),
    ),
    by_title=True,
)
ALL_SWEEP_KEYS = (*SWEEP_KEYS, *SWEEP_PANEL_KEYS)
SWEEP_BINDINGS = bindings_of(ALL_SWEEP_KEYS)

# A saved sweep.

PAST_SWEEP_KEYS = (
    BACK._replace(id="past-sweep.back"),
    *(
        key
        for key in ALL_SWEEP_KEYS
        if key.action in ("figure", "log", "axis", "maximise", "help", "blocks")
        or key.action.startswith(("point(", "panel("))
    ),
)
