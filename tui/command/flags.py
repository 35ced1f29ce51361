"""From a preset and the flags given over it to one plan, as a pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from httptui.errors import PlanError
from httptui.plans.file import plan_from_mapping
from httptui.plans.plan import Plan
from httptui.plans.request_checks import shown
from httptui.plans.urls import EMBEDDED
from httptui.tui.command.body_flags import apply_body, has_body
from httptui.tui.command.contender_flag import contender_of
from httptui.tui.command.durations import seconds_of_flag
from httptui.tui.command.load_flags import apply_load
from httptui.tui.command.sweep_flags import apply_sweep
from httptui.tui.forms.titles import titled_plan


@dataclass(frozen=True, kw_only=True)
class PlanFlags:
    """What may be given over a preset; None and empty leave the preset's own."""

    url: str | None = None
    urls: str | None = None
    order: str | None = None
    engines: tuple[str, ...] = ()
    concurrency: int | None = None
    burst: int | None = None
    rate: float | None = None
    arrivals: str | None = None
    think: str | None = None
    requests: int | None = None
    duration: str | None = None
    stages: tuple[str, ...] = ()
    schedule: str | None = None
    seed: int | None = None
    warmup: str | None = None
    blocks: int | None = None
    rounds: int | None = None
    rest: str | None = None
    cooldown: str | None = None
    epochs: int | None = None
    until: str | None = None
    delta: float | None = None
    compare: str | None = None
    pin: bool | None = None
    probe: bool | None = None
    method: str | None = None
    headers: tuple[str, ...] = ()
    data: str | None = None
    data_binary: str | None = None
    data_raw: str | None = None
    insecure: bool = False
    ca_file: str | None = None
    timeout: str | None = None
    retries: int | None = None
    per_host_rate: float | None = None
    max_body: int | None = None
    expect: tuple[str, ...] = ()
    sweeps: tuple[str, ...] = ()


def plan_of_flags(preset: Plan, flags: PlanFlags) -> Plan:
    """The preset with the flags over it, checked; PlanError lists every problem of both.

    `-e` replaces all contenders, with what the preset expects of them; `--expect` adds to that.  Where the flags make
    another plan of it, that has another name, and no description, as one that was edited in the form.
    """
    plan: dict[str, Any] = msgspec.to_builtins(preset)
    problems: list[str] = []
    _apply_target(plan["target"], flags, problems)
    apply_load(plan, flags, problems)
    _apply_schedule(plan["schedule"], flags, problems)
    _set(plan, "compare", flags.compare)
    _set(plan["policy"], "timeout", seconds_of_flag("--timeout", flags.timeout, problems))
    _set(plan["policy"], "retries", flags.retries)
    _set(plan["policy"], "per_host_rate", flags.per_host_rate)
    _set(plan["policy"], "max_body", flags.max_body)
    apply_sweep(plan, flags, problems)
    if flags.engines:
        plan["contender"] = _contenders(flags.engines, problems)
        plan["expect"] = ()
    plan["expect"] = (*plan["expect"], *flags.expect)
    return titled_plan(_checked(plan, problems), preset)


def replaced_by(flags: PlanFlags) -> frozenset[str]:
    """The paths of what the flags replace, so that what a file says there does not matter."""
    urls = flags.url if flags.urls is None else flags.urls
    paths = {
        "contender": flags.engines,
        "target.url": urls,
        "target.urls": urls,
        "target.body": flags if has_body(flags) else None,
        "target.body_base64": flags if has_body(flags) else None,
    }
    headers = {f"target.headers.{flag.partition(':')[0].lower()}" for flag in flags.headers}
    return frozenset(headers | {path for path, value in paths.items() if value not in (None, ())})


def _checked(plan: dict[str, Any], problems: list[str]) -> Plan:
    try:
        checked = plan_from_mapping(plan)
    except PlanError as error:
        raise PlanError(*problems, *(error.problems if plan["contender"] else ())) from None
    if problems:
        raise PlanError(*problems)
    return checked


def _apply_target(target: dict[str, Any], flags: PlanFlags, problems: list[str]) -> None:
    _apply_urls(target, flags, problems)
    _set(target, "method", flags.method)
    apply_body(target, flags, problems)
    _set(target, "ca_file", flags.ca_file)
    if flags.insecure:
        target["verify"] = False
    given: dict[str, str] = {}
    for number, flag in enumerate(flags.headers, start=1):
        name, colon, value = flag.partition(":")
        if not colon:
            problems.append(f'-H: header {number} has no colon; "Name: value"')
        elif name.lower() in {other.lower() for other in given}:
            problems.append(f"-H: {shown(name)} is given twice")
        else:
            given[name] = value.strip(" \t")
    lowered = {name.lower() for name in given}
    kept = {name: value for name, value in target["headers"].items() if name.lower() not in lowered}
    target["headers"] = kept | given


def _apply_urls(target: dict[str, Any], flags: PlanFlags, problems: list[str]) -> None:
    """One URL takes the place of several, and the other way round."""
    if flags.url is not None and flags.urls is not None:
        problems.append("--urls: given beside --url; keep one of the two")
    elif flags.url == "":
        problems.append('--url: "" is empty; http://…, https://… or embedded[/path]')
    elif flags.urls == "":
        problems.append('--urls: "" is empty; the name of a file with a URL on each line')
    elif flags.url is not None or flags.urls is not None:
        target |= {"url": flags.url or EMBEDDED, "urls": (), "urls_file": flags.urls}
    _set(target, "order", flags.order)


def _apply_schedule(schedule: dict[str, Any], flags: PlanFlags, problems: list[str]) -> None:
    for name in ("seed", "warmup", "blocks", "rounds", "epochs", "until", "delta", "pin", "probe"):
        _set(schedule, name, getattr(flags, name))
    _set(schedule, "kind", flags.schedule)
    _set(schedule, "rest", seconds_of_flag("--rest", flags.rest, problems))
    _set(schedule, "cooldown", seconds_of_flag("--cooldown", flags.cooldown, problems))


def _contenders(engines: tuple[str, ...], problems: list[str]) -> list[dict[str, Any]]:
    return [fields for flag in engines if (fields := _collected(contender_of, flag, problems)) is not None]


def _collected(
    parse: Callable[[str], dict[str, Any]], text: str, problems: list[str]
) -> dict[str, Any] | None:
    try:
        return parse(text)
    except PlanError as error:
        problems += error.problems
        return None


def _set(table: dict[str, Any], name: str, value: object) -> None:
    if value is not None:
        table[name] = value
