"""The keys of a saved run: its own way back, and those of the run screen that only look."""

from __future__ import annotations

from textual.binding import Binding

from httptui.tui.panels.keys import Key
from httptui.tui.panels.run_keys import BOUND, MORE_KEYS, PANEL_KEYS, POINT_KEYS, RUN_KEYS, id_of

LOOKING = ("swap", "log", "below", "maximise", "help", "blocks", "sort", "columns", "reverse")
NOT_KEPT = ("heatmap", "percentiles")
"""Panels of what no report keeps: latencies over time."""

BACK = Key("esc", "back", "back", "back", 0, "Back to the screen below, or first to all panels")
PAST_KEYS = (BACK, *(key for key in RUN_KEYS if key.action in LOOKING))

PAST_BINDINGS = [
    Binding("escape,q", "back", "back", key_display="esc", tooltip=BACK.help, id="past.back"),
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
        if key.action in LOOKING
    ),
    *(
        Binding(keys, action, title, show=False, tooltip=tooltip, id=id_of(title))
        for keys, action, title, tooltip in POINT_KEYS
        if action != "back"
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
        if name not in NOT_KEPT
    ),
]
