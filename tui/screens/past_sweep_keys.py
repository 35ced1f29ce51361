"""The keys of a saved sweep: its own way back, and those of the sweep's screen that only look."""

from __future__ import annotations

from textual.binding import Binding

from httptui.tui.screens.past_run_keys import BACK
from httptui.tui.screens.sweep_keys import SWEEP_BINDINGS, SWEEP_KEYS

LOOKING = ("figure", "log", "axis", "maximise", "help", "blocks", "back")
PAST_SWEEP_KEYS = (BACK, *(key for key in SWEEP_KEYS if key.action in LOOKING and key.action != BACK.action))

PAST_SWEEP_BINDINGS = [
    Binding("escape,q", "back", "back", key_display="esc", tooltip=BACK.help, id="past-sweep.back"),
    *(
        binding
        for binding in SWEEP_BINDINGS
        if binding.action != "back"
        and (binding.action in LOOKING or binding.action.startswith(("point(", "panel(")))
    ),
]
