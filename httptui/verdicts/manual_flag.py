"""The flag of a run whose load or target a user changed on the way."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.snapshot import Flag, Mark
from httptui.units import listed

MOST_TOLD = 3


def manual_flag(changes: Sequence[Mark]) -> tuple[Flag, ...]:
    """The flag, where anything was changed: the figures are then those of several loads together."""
    if not changes:
        return ()
    told = [f"{change.text} at {change.seconds:.1f} s" for change in changes[:MOST_TOLD]]
    if len(changes) > MOST_TOLD:
        told.append(f"{len(changes) - MOST_TOLD} more")
    return (
        Flag(
            "changed by hand",
            f"changed by hand: {listed(told)}, so the figures mix several loads and rank the contenders under none "
            "of them",
        ),
    )
