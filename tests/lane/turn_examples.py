"""Turns to ask, with the clock given by hand."""

from __future__ import annotations

from typing import Any

from httptui.engines.lane.turn import Turn
from httptui.engines.protocol import Go

MS = 1_000_000
START = 1_000 * MS
END_OF_A_SECOND = 2_000 * MS


def turn_of(**changes: Any) -> Turn:
    """A turn of two workers that begins at START and has no end, but for the changes."""
    fields: dict[str, Any] = {
        "turn": 0,
        "block": 0,
        "warmup": False,
        "start_ns": START,
        "seed": 1,
        "concurrency": 2,
        "drain_seconds": 0.0,
    }
    return Turn(Go(**(fields | changes)))
