"""From what was typed to a checked plan: one mapping, one validation, every problem by path."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from httptui.errors import PlanError
from httptui.plan.io import plan_from_mapping
from httptui.plan.secrets import MASK
from httptui.presets.replay import masked_fields
from httptui.safe_text import safe_text
from httptui.tui.forms.texts import (
    headers_of,
    is_not,
    lines_of,
    names_of,
    number_text,
    real_number,
    requirements_of,
    stages_of,
    whole_number,
)
from httptui.tui.forms.words import with_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from httptui.plan.model import Plan
    from httptui.tui.forms.state import ContenderState, FormState

AXIS = "a field and its levels, such as concurrency = 1, 2, 4"


def axis_of(text: str) -> tuple[str, list[float]]:
    """A field's path and its levels; ValueError says what is wrong.  A comma at the end is passed over."""
    path, equals, levels = (part.strip() for part in text.rpartition("="))
    if not equals or not re.fullmatch(r"[^\s=:]+", path):
        raise ValueError(is_not(text.strip(), AXIS))
    try:
        return path, [_level(level.strip()) for level in levels.removesuffix(",").split(",")]
    except ValueError as problem:
        raise ValueError(f"{path}: {problem}") from None


def sweep_text(sweep: Mapping[str, Sequence[float]]) -> str:
    """A plan's sweep in one line."""
    axes = (f"{path} = {', '.join(map(number_text, levels))}" for path, levels in sweep.items())
    return "; ".join(axes)


def _level(text: str) -> float:
    """A number as typed, finite or not: the check of plans names a level that cannot be."""
    try:
        return float(text)
    except ValueError:
        raise ValueError(is_not(text, "a number")) from None


def sweep_of(text: str) -> tuple[dict[str, list[float]], tuple[str, ...]]:
    """The sweep of a text, and what is wrong with those of its parts that cannot be read.

    Parts are on lines of their own or parted by semicolons; a blank one is passed over.
    """
    sweep: dict[str, list[float]] = {}
    problems: list[str] = []
    for part in filter(str.strip, re.split(r"[;\n]", text)):
        try:
            path, levels = axis_of(part)
        except ValueError as problem:
            problems.append(str(problem))
            continue
        if path in sweep:
            problems.append(f"“{path[:40]}” is given twice")
        sweep[path] = levels
    return sweep, tuple(problems)


_PATH = re.compile(r"(?P<path>[a-z_]+(?:\[\d+\])?(?:\.[^\s:]+)*): (?P<message>.+)", re.DOTALL)
_FIELD = re.compile(r"contender\[\d+\]|[a-z_]+(?:\.[a-z_]+)?")
_ONE_OF_MANY = re.compile(r"(?P<list>load\.stages|expect|target\.urls)\[(?P<index>\d+)\]")
_SWEPT = re.compile(r"sweep\.(?P<axis>.+?)(?:\[(?P<level>\d+)\])?")
BYTES = "target.body_base64"
MASKED = f"holds {MASK} in place of a secret, which is kept nowhere; give it anew"

_NOUNS = {"load.stages": "stage", "expect": "line", "target.urls": "URL"}


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
        return "sweep" if named.startswith("sweep.") else named

    @property
    def attribute(self) -> str:
        """What of a contender it is about: `requires` for any package."""
        return self.path.rpartition(".")[2].partition("[")[0]

    @property
    def words(self) -> str:
        """What its field says: the message, and which stage, line or level is meant."""
        if match := _ONE_OF_MANY.match(self.path):
            return f"{_NOUNS[match['list']]} {int(match['index']) + 1}: {self.message}"
        if match := _SWEPT.fullmatch(self.path):
            level = f", level {int(match['level']) + 1}" if match["level"] else ""
            return f"{match['axis']}{level}: {self.message}"
        return self.message


@dataclass(frozen=True, slots=True)
class Checked:
    """A form's plan, or None and why not."""

    plan: Plan | None
    problems: tuple[Problem, ...] = ()


def check(state: FormState) -> Checked:
    """Build the plan of a form through the one validation of plans."""
    mapping, problems = mapping_of(state)
    if state.source == "urls_file":
        problems += tuple(_file_problems(mapping["target"]))
    plan: Plan | None = None
    try:
        plan = plan_from_mapping(mapping)
    except PlanError as error:
        named = {problem.path for problem in problems}
        found = (_at_source(problem_of(line), state) for line in error.problems)
        problems += tuple(problem for problem in found if problem.path not in named)
    else:
        problems += tuple(_at_source(Problem(path, MASKED), state) for path, _ in masked_fields(plan))
    told = (replace(one, message=with_letters(one.message, state.contenders)) for one in problems)
    return Checked(None if problems else plan, tuple(told))


def problem_of(line: str) -> Problem:
    """A line such as `load.seconds: must be …` taken apart."""
    match = _PATH.fullmatch(line)
    return Problem(match["path"], match["message"]) if match else Problem("", line)


def _file_problems(target: dict[str, Any]) -> Iterator[Problem]:
    """Whether a file of URLs is one that ends; any other is not read, as that might wait for ever."""
    path = target.get("urls_file", "")
    try:
        endless = bool(path) and Path(path).exists() and not Path(path).is_file()
    except (OSError, ValueError):
        return
    if endless:
        del target["urls_file"]
        yield Problem("target.urls_file", f"“{safe_text(path, 40)}” is not a file")


def _at_source(problem: Problem, state: FormState) -> Problem:
    """A problem of a URL that was read from a file is the file's."""
    if state.source == "urls_file" and problem.field == "target.urls":
        return Problem("target.urls_file", problem.words)
    return problem


def mapping_of(state: FormState) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """A plan as plain dicts and lists, and the texts that could not be read; those values are left out."""
    take = _Reader()
    mapping: dict[str, Any] = {
        "name": state.name,
        "description": state.description,
        "expect": [] if state.sweeping else lines_of(state.expect),
        "compare": state.compare,
        "target": take.target(state),
        "policy": take.policy(state),
        "load": take.load(state),
        "schedule": take.schedule(state),
        "sweep": take.all_of("sweep", *sweep_of(state.sweep)),
        "contender": [take.contender(index, one) for index, one in enumerate(state.contenders)],
    }
    for path, value in state.kept:
        part, _, name = path.rpartition(".")
        if path == BYTES and state.body:  # What is typed takes the place of bytes that no field shows.
            continue
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

    def all_of(self, path: str, read: Any, problems: tuple[str, ...]) -> Any:
        """What could be read of a text of several parts; what is wrong with the others is gathered."""
        self.problems += [Problem(path, message) for message in problems]
        return read

    def target(self, state: FormState) -> dict[str, Any]:
        """The one URL, the list or the file that was chosen, and the request."""
        target: dict[str, Any] = {
            "method": state.method,
            "headers": self.all_of("target.headers", *headers_of(state.headers)),
            "body": state.body,
            "verify": state.verify,
            "ca_file": state.ca_file or None,
            "order": state.order,
        }
        if state.source == "urls":
            self.into(target, "target.urls", state.urls, _urls)
        elif state.source == "urls_file":
            self.into(target, "target.urls_file", state.urls_file, _file_name)
        else:
            target["url"] = state.url
        self.optional(target, "target.dns_ms", state.dns_ms, real_number)
        return target

    def policy(self, state: FormState) -> dict[str, Any]:
        policy: dict[str, Any] = {
            "cookies": state.cookies,
            "trust_env": state.trust_env,
            "retry_on": names_of(state.retry_on),
        }
        self.into(policy, "policy.timeout", state.timeout, real_number)
        self.into(policy, "policy.redirects", state.redirects, whole_number)
        self.into(policy, "policy.retries", state.retries, whole_number)
        self.into(policy, "policy.retry_wait", state.retry_wait, real_number)
        self.optional(policy, "policy.per_host_rate", state.per_host_rate, real_number)
        self.into(policy, "policy.max_body", state.max_body, whole_number)
        return policy

    def load(self, state: FormState) -> dict[str, Any]:
        """What counts for this kind of load; what is typed elsewhere stays in the form only."""
        load: dict[str, Any] = {"kind": state.load}
        self.into(load, "load.concurrency", state.concurrency, whole_number)
        if state.bound_now == "seconds":
            self.optional(load, "load.seconds", state.seconds, real_number)
        elif state.bound_now == "requests":
            self.into(load, "load.requests", state.requests, whole_number)
        elif state.bound_now == "stages":
            load["stages"] = self.all_of("load.stages", *stages_of(state.stages))
        if state.load == "open":
            load["arrivals"] = state.arrivals
            self.optional(load, "load.rate", state.rate, real_number)
        elif state.load == "closed":
            self.into(load, "load.think", state.think, real_number)
        return load

    def schedule(self, state: FormState) -> dict[str, Any]:
        """How a sweep is visited is not chosen, so that what is typed of it stays in the form only."""
        schedule: dict[str, Any] = {"kind": state.schedule_now, "warmup": state.warmup, "pin": state.pin}
        if not state.sweeping:
            schedule |= {"until": state.until, "probe": state.probe}
            self.into(schedule, "schedule.rounds", state.rounds, whole_number)
            self.into(schedule, "schedule.epochs", state.epochs, whole_number)
        self.optional(schedule, "schedule.blocks", state.blocks, whole_number)
        self.into(schedule, "schedule.rest", state.rest, real_number)
        self.into(schedule, "schedule.cooldown", state.cooldown, real_number)
        self.into(schedule, "schedule.seed", state.seed, whole_number)
        self.into(schedule, "schedule.delta", state.delta, real_number)
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
            "read": state.read,
            "python": state.python.strip(),
            "requires": requirements_of(state.requires),
        }
        path = f"contender[{index}]"
        self.optional(mapping, f"{path}.concurrency", state.concurrency, whole_number)
        self.optional(mapping, f"{path}.processes", state.processes, whole_number)
        self.optional(mapping, f"{path}.dns_ttl", state.dns_ttl, real_number)
        mapping |= {name: text for name, text in (("loop", state.loop), ("inside", state.inside)) if text}
        if state.label is not None:
            mapping["label"] = state.label
        return mapping | dict(state.kept)


def _urls(text: str) -> list[str]:
    if urls := lines_of(text):
        return urls
    raise ValueError("is empty; give a URL on each line")


def _file_name(text: str) -> str:
    if text.strip():
        return text
    raise ValueError("is empty; give the name of a file with a URL on each line")
