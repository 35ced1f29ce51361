"""From what was typed to a checked plan: one mapping, one validation, every problem by path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from httptui.errors import PlanError
from httptui.plans.file import plan_from_mapping
from httptui.plans.secrets import MASK
from httptui.plans.urls import EMBEDDED
from presets.replay import masked_fields
from tui.forms.state import URL_LISTS
from tui.forms.texts import headers_of, real_number, stages_of, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from httptui.plans.plan import Plan
    from tui.forms.state import ContenderState, FormState

_PATH = re.compile(r"(?P<path>[a-z_]+(?:\[\d+\])?(?:\.[^\s:]+)*): (?P<message>.+)", re.DOTALL)
_FIELD = re.compile(r"contender\[\d+\]|[a-z_]+(?:\.[a-z_]+)?")
_ONE_OF_MANY = re.compile(r"(?P<list>load\.stages|expect)\[(?P<index>\d+)\]")
MASKED = f"holds {MASK} in place of a secret, which is kept nowhere; give it anew"

_NOUNS = {"load.stages": "stage", "expect": "line"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `path` is empty where no value can be named."""

    path: str
    message: str

    @property
    def field(self) -> str:
        """The field that shows it: `target.headers` for any header, `contender[2]` for all of a contender."""
        match = _FIELD.match(self.path)
        named = match[0] if match else ""
        return "target.url" if named in URL_LISTS else named

    @property
    def words(self) -> str:
        """What its field says: the message, and which stage or line is meant."""
        match = _ONE_OF_MANY.match(self.path)
        return f"{_NOUNS[match['list']]} {int(match['index']) + 1}: {self.message}" if match else self.message


@dataclass(frozen=True, slots=True)
class Checked:
    """A form's plan, or None and why not."""

    plan: Plan | None
    problems: tuple[Problem, ...] = ()


def check(state: FormState) -> Checked:
    """Build the plan of a form through the one validation of plans."""
    mapping, problems = mapping_of(state)
    plan: Plan | None = None
    try:
        plan = plan_from_mapping(mapping)
    except PlanError as error:
        named = {problem.path for problem in problems}
        found = (problem_of(line) for line in error.problems)
        problems += tuple(problem for problem in found if problem.path not in named)
    else:
        problems += tuple(Problem(path, MASKED) for path, _ in masked_fields(plan))
    return Checked(None if problems else plan, problems)


def problem_of(line: str) -> Problem:
    """A line such as `load.seconds: must be …` taken apart."""
    match = _PATH.fullmatch(line)
    return Problem(match["path"], match["message"]) if match else Problem("", line)


def mapping_of(state: FormState) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """A plan as plain dicts and lists, and the texts that could not be read; those values are left out."""
    take = _Reader()
    headers, header_problems = headers_of(state.headers)
    take.problems += [Problem("target.headers", message) for message in header_problems]
    policy: dict[str, Any] = {"cookies": state.cookies, "trust_env": state.trust_env}
    take.into(policy, "policy.timeout", state.timeout, real_number)
    take.into(policy, "policy.redirects", state.redirects, whole_number)
    take.into(policy, "policy.retries", state.retries, whole_number)
    mapping: dict[str, Any] = {
        "name": state.name,
        "description": state.description,
        "expect": [line.strip() for line in state.expect.split("\n") if line.strip()],
        "target": {
            "url": state.url or (EMBEDDED if state.listed_urls else ""),
            "method": state.method,
            "headers": headers,
            "body": state.body,
            "verify": state.verify,
            "ca_file": state.ca_file or None,
        },
        "policy": policy,
        "load": take.load(state),
        "schedule": take.schedule(state),
        "contender": [take.contender(index, one) for index, one in enumerate(state.contenders)],
    }
    for path, value in state.kept:
        if state.url and path in URL_LISTS:
            continue
        part, _, name = path.rpartition(".")
        (mapping[part] if part else mapping)[name] = value
    return mapping, tuple(take.problems)


class _Reader:
    """Reads texts into a mapping and gathers those that cannot be read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def into(self, mapping: dict[str, Any], path: str, text: str, read: Callable[[str], Any]) -> None:
        try:
            mapping[path.rpartition(".")[2]] = read(text)
        except ValueError as problem:
            self.problems.append(Problem(path, str(problem)))

    def optional(self, mapping: dict[str, Any], path: str, text: str, read: Callable[[str], Any]) -> None:
        if text.strip():
            self.into(mapping, path, text, read)

    def load(self, state: FormState) -> dict[str, Any]:
        """What counts for this kind of load; what is typed elsewhere stays in the form only."""
        load: dict[str, Any] = {"kind": state.load}
        self.into(load, "load.concurrency", state.concurrency, whole_number)
        if state.bound_now == "seconds":
            self.optional(load, "load.seconds", state.seconds, real_number)
        elif state.bound_now == "requests":
            self.into(load, "load.requests", state.requests, whole_number)
        elif state.bound_now == "stages":
            load["stages"], problems = stages_of(state.stages)
            self.problems += [Problem("load.stages", message) for message in problems]
        if state.load == "open":
            load["arrivals"] = state.arrivals
            self.optional(load, "load.rate", state.rate, real_number)
        elif state.load == "closed":
            self.into(load, "load.think", state.think, real_number)
        return load

    def schedule(self, state: FormState) -> dict[str, Any]:
        schedule: dict[str, Any] = {
            "kind": state.schedule,
            "warmup": state.warmup,
            "until": state.until,
            "pin": state.pin,
        }
        self.into(schedule, "schedule.rounds", state.rounds, whole_number)
        self.optional(schedule, "schedule.blocks", state.blocks, whole_number)
        self.into(schedule, "schedule.rest", state.rest, real_number)
        self.into(schedule, "schedule.cooldown", state.cooldown, real_number)
        self.into(schedule, "schedule.seed", state.seed, whole_number)
        self.into(schedule, "schedule.epochs", state.epochs, whole_number)
        return schedule

    def contender(self, index: int, state: ContenderState) -> dict[str, Any]:
        pool = state.pool.strip()
        mapping: dict[str, Any] = {
            "engine": state.engine,
            "reuse": state.reuse,
            "http": state.http,
            "pool": int(pool)
            if pool.isascii() and pool.isdigit() and len(pool) < 12
            else pool or "concurrency",
        }
        self.optional(mapping, f"contender[{index}].concurrency", state.concurrency, whole_number)
        if state.loop:
            mapping["loop"] = state.loop
        if state.label is not None:
            mapping["label"] = state.label
        return mapping | dict(state.kept)
