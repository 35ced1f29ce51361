"""The flags that say how hard: what each sets in a plan's load, and what of the preset it takes the place of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from httptui.plans.request_checks import shown
from httptui.tui.command.durations import seconds_of_flag, seconds_of_text

if TYPE_CHECKING:
    from httptui.tui.command.flags import PlanFlags

OWN_OF_A_KIND: dict[str, Any] = {
    "requests": None,
    "rate": None,
    "arrivals": "constant",
    "think": 0.0,
    "stages": [],
}
STAGE = "TIME:LEVEL such as 10s:100"


def apply_load(plan: dict[str, Any], flags: PlanFlags, problems: list[str]) -> None:
    """Put the flags over the load of a plan in plain values, and add what is wrong with them to `problems`.

    `--rate` makes the load open and `--burst` a burst, without what has no meaning there.  `-n`, `-d` and `--stage`
    take each other's place; the preset's blocks go with the time that they divide.
    """
    load: dict[str, Any] = plan["load"]
    kind = _kind(load["kind"], flags, problems)
    if kind != load["kind"]:
        load |= OWN_OF_A_KIND | {"kind": kind}
        load["seconds"] = None if kind == "burst" else load["seconds"]
    if flags.requests is not None or flags.duration is not None or flags.stages:
        load["requests"] = flags.requests
        load["seconds"] = seconds_of_flag("-d", flags.duration, problems)
        load["stages"] = [stage for text in flags.stages if (stage := _stage(text, problems)) is not None]
    if flags.blocks is None and (flags.requests is not None or flags.stages or kind == "burst"):
        plan["schedule"]["blocks"] = None
    given = {
        "concurrency": flags.concurrency if flags.burst is None else flags.burst,
        "rate": flags.rate,
        "arrivals": flags.arrivals,
        "think": seconds_of_flag("--think", flags.think, problems),
    }
    load |= {name: value for name, value in given.items() if value is not None}


def _kind(kind: str, flags: PlanFlags, problems: list[str]) -> str:
    if flags.burst is not None and flags.rate is not None:
        problems.append("--burst: given beside --rate, which makes an open load; keep one of the two")
    if flags.burst is not None and flags.concurrency is not None:
        problems.append("--burst: is itself the number of requests at once; leave -c out")
    if flags.rate is not None:
        return "open"
    return kind if flags.burst is None else "burst"


def _stage(text: str, problems: list[str]) -> dict[str, float] | None:
    time, colon, level = text.rpartition(":")
    try:
        if colon:
            return {"seconds": seconds_of_text(time), "to": float(level)}
    except ValueError:
        pass
    problems.append(f"--stage: {shown(text)} is not allowed; {STAGE}")
    return None
