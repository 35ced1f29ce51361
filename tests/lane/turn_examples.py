"""Turns to ask, with the clock given by hand."""

from __future__ import annotations

from typing import Any

from httptui.engines.lane.turn import Turn

MS = 1_000_000
START = 1_000 * MS
END_OF_A_SECOND = 2_000 * MS


def turn_of(**changes: Any) -> Turn:
    go = {
        "start_ns": 1_000 * MS,
        "seconds": None,
        "warmup": False,
        "requests": None,
        "burst": False,
        "idle": False,
        "rate": None,
        "poisson": False,
        "seed": 1,
        "stages": [],
        "concurrency": 2,
        "think_seconds": 0.0,
        "spread_seconds": 0.0,
        "scale": 1.0,
        "held_ns": 0,
        "part": 0,
        "parts": 1,
    }
    return Turn(go | changes)
