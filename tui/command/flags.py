"""From a preset and the flags given over it to one plan, as a pure function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from httptui.errors import PlanError
from httptui.plans.field import Field, fields_of_plan
from httptui.plans.file import plan_from_mapping
from httptui.plans.plan import Plan
from httptui.plans.request_checks import shown
from httptui.plans.urls import EMBEDDED
from httptui.tui.command.body_flags import apply_body, has_body
from httptui.tui.command.contender_flag import contender_of
from httptui.tui.command.durations import TIME, seconds_of_flag
from httptui.tui.command.load_flags import apply_load
from httptui.tui.command.sweep_flags import apply_sweep
from httptui.tui.forms.titles import titled_plan


DESTINATIONS = {"header": "headers", "stage": "stages", "sweep": "sweeps"}
"""Options that may be repeated, and what they are called together."""

OWN = ("engines", "burst", "data_binary", "data_raw")
"""Flags that are no field's own: each sets several, or one in another way."""

APART = ("target.url", "target.urls_file", "target.headers", "target.body", "target.verify", "sweep", "expect")
"""Fields whose flag is put into the plan by a rule of its own; so are all of the load."""

REPEATED = ("headers", "stages", "sweeps", "engines", "expect", "retry_on")


def destination_of(field: Field) -> str:
    """What the value of a field's flag is called."""
    return DESTINATIONS.get(field.option, field.option.replace("-", "_"))


FLAGS = {path: field for path, field in fields_of_plan(Plan).items() if field.flag}
"""The fields that a flag sets, by path."""

NAMES = frozenset({*OWN, *map(destination_of, FLAGS.values())})


class PlanFlags:
    """What may be given over a preset, by the names of the flags; one that is not given is None, or empty where it may
    be repeated, and leaves the preset's own.
    """

    def __init__(self, **given: Any) -> None:
        if unknown := given.keys() - NAMES:
            raise TypeError(f"no flag is called {', '.join(sorted(unknown))}")
        self._given = given

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES:
            raise AttributeError(name)
        return self._given.get(name, () if name in REPEATED else None)


def plan_of_flags(preset: Plan, flags: PlanFlags) -> Plan:
    """The preset with the flags over it, checked; PlanError lists every problem of both.

    `-e` replaces all contenders, with what the preset expects of them; `--expect` adds to that.  Where the flags make
    another plan of it, that has another name, and no description, as one that was edited in the form.
    """
    plan: dict[str, Any] = msgspec.to_builtins(preset)
    problems: list[str] = []
    _apply_target(plan["target"], flags, problems)
    apply_load(plan, flags, problems)
    for path, field in FLAGS.items():
        if path not in APART and not path.startswith("load."):
            _apply(plan, path, field, flags, problems)
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
    apply_body(target, flags, problems)
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


def _apply(plan: dict[str, Any], path: str, field: Field, flags: PlanFlags, problems: list[str]) -> None:
    """Set a field to the value of its flag, where that is given."""
    value = getattr(flags, destination_of(field))
    if field.metavar == TIME:
        value = seconds_of_flag(f"--{field.option}", value, problems)
    if value is None or value == ():
        return
    table, _, name = path.rpartition(".")
    (plan[table] if table else plan)[name] = value


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
