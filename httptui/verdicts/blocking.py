"""Flags of what forbids any claim: the run's figures stand, but no winner, tie or place is claimed from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from httptui.snapshot import ContenderView, Flag, FlagKind
from httptui.units import format_percent, plural
from httptui.verdicts.failure_flag import FEW
from httptui.verdicts.limiter_facts import failed_share
from httptui.verdicts.machine_load import MachineLoad
from httptui.verdicts.stopping import Look

FOREIGN = 0.10
WHY: dict[FlagKind, str] = {
    "generator-bound": "requests were sent late",
    "short slices": "turns are too short for the slowest contender",
}
"""Why nothing is claimed, for flags that carry no figure of their own there."""


def foreign_load_flag(machine: Sequence[MachineLoad]) -> tuple[Flag, ...]:
    """The flag, where other programs took more than a tenth of the machine's CPU under any contender's load."""
    share = foreign_share(machine)
    if share <= FOREIGN:
        return ()
    told = f"other programs used {format_percent(share)} of this machine's CPU"
    return (Flag("foreign load", f"foreign load: {told}; close them and repeat the run"),)


def foreign_share(machine: Sequence[MachineLoad]) -> float:
    """The largest known share of the machine that other programs took, 0 … 1."""
    return max((load.foreign for load in machine if load.foreign is not None), default=0.0)


def dropped_share(view: ContenderView) -> float:
    """The share of planned requests that were dropped."""
    requests = view.requests
    return requests.dropped / requests.planned if requests.planned else 0.0


def stopped_flag(views: Sequence[ContenderView], look: Look | None) -> tuple[Flag, ...]:
    """The flag of a run that was stopped by hand, whose claims are those of its last planned look."""
    if look is None or not was_stopped(views):
        return ()
    rests = f"claims rest on the first {plural(look.block, 'block')}, its last planned look"
    end = rests if look.block else "before its first planned look, so nothing is claimed"
    return (Flag("stopped by hand", f"stopped by hand: {end}"),)


def was_stopped(views: Sequence[ContenderView]) -> bool:
    """Whether a user ended the run before it was over."""
    return any(view.state == "stopped" for view in views)


def reasons_against(
    flags: Sequence[Flag], views: Sequence[ContenderView], machine: Sequence[MachineLoad], look: Look | None
) -> tuple[str, ...]:
    """Why nothing may be claimed of these contenders, most telling first; empty where claims are free."""
    return tuple(_reasons({flag.kind for flag in flags}, views, machine, look))


def _reasons(
    kinds: set[FlagKind], views: Sequence[ContenderView], machine: Sequence[MachineLoad], look: Look | None
) -> Iterator[str]:
    if "stopped by hand" in kinds and look is not None and not look.block:
        yield "the run was stopped by hand before its first planned look"
    failed = max(views, key=failed_share, default=None)
    if failed is not None and failed_share(failed) > FEW:
        yield f"{format_percent(failed_share(failed))} of the requests of {failed.id} failed"
    dropped = max(views, key=dropped_share, default=None)
    if dropped is not None and dropped_share(dropped) > FEW:
        yield f"{format_percent(dropped_share(dropped))} of the arrivals of {dropped.id} were dropped"
    if "foreign load" in kinds:
        yield f"other programs used {format_percent(foreign_share(machine))} of this machine"
    yield from (why for kind, why in WHY.items() if kind in kinds)
