"""The flags applied to a preset, which makes a checked plan."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from httptui.engines.files import TooLongError, read_file
from httptui.errors import PlanError
from httptui.plan.decode import did_you_mean, is_list, kinds_of
from httptui.plan.field import Field
from httptui.plan.io import plan_from_mapping
from httptui.plan.model import MOST_BODY_BYTES, Plan
from httptui.plan.requests import number_problem, shown
from httptui.plan.secrets import is_reference
from httptui.plan.sweep import ORDER
from httptui.plan.texts import axis_of
from httptui.plan.titles import titled_plan
from httptui.plan.urls import EMBEDDED
from httptui.safe_text import safe_text
from httptui.tui.cli.plan_options import (
    FLAGS,
    KEYS,
    NAMES,
    REPEATED,
    TIME,
    destination_of,
    seconds_of_flag,
    seconds_of_text,
)

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
    in_flight = flags.concurrency if flags.burst is None else flags.burst
    if in_flight is not None:
        load["concurrency"] = in_flight


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


LEVELS = "FIELD=LEVELS such as concurrency=1,2,4"
INSTEAD: dict[str, Any] = {"blocks": None, "rounds": 1, "epochs": 1, "until": "done", "kind": ORDER}


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


_ENGINE = re.compile(r"(?P<engine>.*\.py:[^:]*|[^:]*)(?::(?P<reuse>.*))?", re.DOTALL)
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_REAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def contender_of(flag: str) -> dict[str, Any]:
    """Parse `-e` into the fields of a contender, unchecked; PlanError where that is impossible."""
    head, *pairs = flag.split(",")
    match = _ENGINE.fullmatch(head)
    assert match is not None
    fields: dict[str, Any] = {name: text for name, text in match.groupdict().items() if text is not None}
    problems = []
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if key not in KEYS:
            guess = did_you_mean(key, list(KEYS)) or f"; {', '.join(KEYS)}"
            problems.append(f"-e {shown(flag)}: unknown key {shown(key)}{guess}")
        elif not equals:
            problems.append(f"-e {shown(flag)}: {key} has no value; {key}=…")
        elif is_list(f"contender.{key}"):
            fields[key] = [*fields.get(key, ()), value]
        elif key in fields:
            problems.append(f"-e {shown(flag)}: {key} is given twice")
        else:
            fields[key] = _typed(key, value)
    if problems:
        raise PlanError(*problems)
    return fields


def _typed(key: str, value: str) -> str | float:
    """The value of a key as its field's type has it; one that fits none is left for the check to refuse."""
    kinds = {type(kind) for kind in kinds_of(f"contender.{key}")}
    if inspect.BoolType in kinds and value in ("true", "false"):
        return value == "true"
    if inspect.FloatType in kinds and _REAL.fullmatch(value):
        return float(value)
    return int(value) if inspect.IntType in kinds and _WHOLE.fullmatch(value) else value


BODY_FLAGS = {"data": "--data", "data_binary": "--data-binary", "data_raw": "--data-raw"}
STDIN = "-"


def has_body(flags: PlanFlags) -> bool:
    """Check for a flag that gives the body."""
    return any(getattr(flags, name) is not None for name in BODY_FLAGS)


def apply_body(target: dict[str, Any], flags: PlanFlags, problems: list[str]) -> None:
    """Put the body of the one flag that gives it into a plan's target.

    `--data` leaves out line ends and NUL of a file, as curl does, and `--data-binary` leaves out nothing.
    """
    given = {name: value for name in BODY_FLAGS if (value := getattr(flags, name)) is not None}
    if not given:
        return
    name, value = next(iter(given.items()))
    if len(given) > 1:
        problems.append(f"{' and '.join(BODY_FLAGS[one] for one in given)}: given together; keep one of them")
    elif name == "data_raw" or not value.startswith("@"):
        target |= {"body": value, "body_base64": ""}
    elif (data := _read(BODY_FLAGS[name], value[1:], problems)) is not None:
        target |= body_fields(data if name == "data_binary" else data.translate(None, b"\r\n\0"))


def body_fields(data: bytes) -> dict[str, str]:
    """The fields of a plan's target that hold these bytes as they are: text where they are that and no more."""
    kept = {"body": "", "body_base64": base64.b64encode(data).decode("ascii")}
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return kept
    return kept if is_reference(text) or number_problem(text) else {"body": text, "body_base64": ""}


def _read(flag: str, name: str, problems: list[str]) -> bytes | None:
    where = "standard input" if name == STDIN else safe_text(name, 120)
    try:
        data = (
            sys.stdin.buffer.read(MOST_BODY_BYTES + 1)
            if name == STDIN
            else read_file(Path(name), MOST_BODY_BYTES)
        )
    except TooLongError as error:
        problems.append(f"{flag}: {where} is {error.strerror}, which is the most that a body may have")
    except OSError as error:
        problems.append(f"{flag}: {where} cannot be read: {error.strerror}")
    else:
        if len(data) <= MOST_BODY_BYTES:
            return data
        longest = f"longer than {MOST_BODY_BYTES // 1024 // 1024} MiB"
        problems.append(f"{flag}: {where} is {longest}, which is the most that a body may have")
    return None


APART = (
    "target.url",
    "target.urls_file",
    "target.headers",
    "target.body",
    "target.verify",
    "load.concurrency",
    "load.requests",
    "load.seconds",
    "load.stages",
    "sweep",
    "expect",
)
"""Fields whose flag is put into the plan by a rule of its own."""


class PlanFlags:
    """The values of the flags that change a preset, by name.

    A flag that is not given is None, or empty if it may be repeated, and leaves the preset's value.
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
        if path not in APART:
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
    contenders = []
    for flag in engines:
        try:
            contenders.append(contender_of(flag))
        except PlanError as error:
            problems += error.problems
    return contenders
