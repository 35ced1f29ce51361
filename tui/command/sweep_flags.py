"""The flag that makes a sweep of a plan, and what of the plan it takes the place of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from httptui.plans.request_checks import shown
from httptui.tui.forms.sweep_text import axis_of

if TYPE_CHECKING:
    from httptui.tui.command.flags import PlanFlags

LEVELS = "FIELD=LEVELS such as concurrency=1,2,4"
INSTEAD: dict[str, Any] = {"blocks": None, "rounds": 1, "epochs": 1, "until": "done", "kind": "interleaved"}


def apply_sweep(plan: dict[str, Any], flags: PlanFlags, problems: list[str]) -> None:
    """Put the sweep of the flags in place of the plan's, and add what is wrong with it to `problems`.

    A plan that had none gets a sweep's schedule and usual time, where the flags name no other, and expects nothing.
    """
    if not flags.sweeps:
        return
    had_one = bool(plan["sweep"])
    plan["sweep"] = _sweep(flags.sweeps, problems)
    if had_one:
        return
    for name, value in INSTEAD.items():
        if getattr(flags, "schedule" if name == "kind" else name) is None:
            plan["schedule"][name] = value
    if flags.duration is None:
        plan["load"]["seconds"] = None
    plan["expect"] = ()


def _sweep(texts: tuple[str, ...], problems: list[str]) -> dict[str, list[float]]:
    sweep: dict[str, list[float]] = {}
    for text in texts:
        try:
            path, levels = axis_of(text)
        except ValueError:
            problems.append(f"--sweep: {shown(text)} is not allowed; {LEVELS}")
            continue
        if path in sweep:
            problems.append(f"--sweep: {shown(path)} is given twice")
        sweep[path] = levels
    return sweep
