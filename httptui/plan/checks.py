"""Semantic validation of a decoded plan. Collects all problems, each with its field path.

The target's own checks are in `requests`, those of a contender's engine in `abilities`.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from msgspec import UNSET

from httptui.cores import cores_to_pin
from httptui.engines.registry import EngineInfo, engine_info
from httptui.plan.abilities import (
    ability_problems,
    dns_problems,
    environment_of,
    environment_problems,
    environment_with,
    reading_problems,
)
from httptui.plan.expectations import expectation_problems
from httptui.plan.model import Contender, Load, Plan, concurrency_of, seconds_of, warmup_of
from httptui.plan.requests import RETRIED_FAMILIES, RETRIED_KINDS, shown, target_problems
from httptui.plan.schedule import SHORTEST_SLICE_MS, blocks_a_round
from httptui.plan.sweep import sweep_problems
from httptui.plan.urls import valid_target
from httptui.safe_text import safe_text
from httptui.units import listed

MOST_IN_FLIGHT = 20_000
MOST_THREADS = 2_000
MOST_CA_BYTES = 16 * 1024 * 1024


def check_plan(plan: Plan, look_up: Callable[[str], EngineInfo] = engine_info) -> tuple[str, ...]:
    """Return all problems of a plan, each as "path: what is wrong; what is allowed"; empty if it can be run.

    `look_up` finds an engine by name or raises LookupError. The checks look at this machine (installed engines, CA
    file, uvloop), never at the network.
    """
    if plan.sweep:
        known = cache(look_up)
        return tuple(sweep_problems(plan, lambda plain: check_plan(plain, known)))
    problems = [
        *_text_problems(plan),
        *target_problems(plan.target),
        *retry_problems(plan),
        *_ca_problems(plan),
        *dns_problems(plan),
        *load_problems(plan.load),
        *schedule_problems(plan),
    ]
    for index, contender in enumerate(plan.contender):
        problems += _contender_problems(plan, contender, f"contender[{index}]", look_up)
    problems += _in_flight_problems(plan)
    problems += process_problems(plan)
    problems += expectation_problems(plan)
    return tuple(problems)


def _text_problems(plan: Plan) -> Iterator[str]:
    if safe_text(plan.name) != plan.name:
        yield f"name: {shown(plan.name)} must be one line without control or invisible characters"
    if any(safe_text(line, 2_000) != line for line in plan.description.split("\n")):
        yield "description: must have no control or invisible characters"


def _ca_problems(plan: Plan) -> Iterator[str]:
    ca_file = plan.target.ca_file
    if ca_file is None:
        return
    try:
        found: os.stat_result | None = Path(ca_file).stat()
    except (OSError, ValueError):
        found = None
    if found is None or not stat.S_ISREG(found.st_mode):
        yield f"target.ca_file: {shown(ca_file, 120)} is not a file"
    elif found.st_size > MOST_CA_BYTES:
        yield f"target.ca_file: {shown(ca_file, 120)} is longer than {MOST_CA_BYTES // 1024 // 1024} MiB"
    elif "https" in _schemes_of(plan) and (why := _no_authorities(ca_file, found.st_size, found.st_mtime_ns)):
        yield f"target.ca_file: {shown(ca_file, 120)} {why}"


@lru_cache(maxsize=16)
def _no_authorities(ca_file: str, _size: int, _changed_ns: int) -> str:
    """Return why a CA file cannot be used, or "".

    Cached until the file changes: a bundle takes tens of milliseconds to read, and the plan form asks at every
    keystroke.
    """
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=ca_file)
    except ssl.SSLError:
        return "is no file of certificates in PEM"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""


def _contender_problems(
    plan: Plan, contender: Contender, path: str, look_up: Callable[[str], EngineInfo]
) -> Iterator[str]:
    if contender.label is not UNSET and safe_text(contender.label) != contender.label:
        yield f"{path}.label: {shown(contender.label)} must be one line without control or invisible characters"
    if contender.http == "2" and "http" in _schemes_of(plan):
        yield f'{path}.http: "2" needs an https:// target; over http:// only "1.1" is spoken here'
    if contender.loop == "uvloop" and not environment_of(contender, look_up).is_own and (why := _no_uvloop()):
        yield f'{path}.loop: "uvloop" {why}; use "asyncio"'
    yield from idle_process_problems(plan, contender, path)
    try:
        info = look_up(contender.engine)
    except LookupError as error:
        yield f"{path}.engine: {safe_text(str(error.args[0] if error.args else error), 500)}"
        return
    except (OSError, ValueError, RuntimeError) as error:
        yield f"{path}.engine: {shown(contender.engine)} cannot be read: {safe_text(str(error))}"
        return
    yield from _engine_problems(plan, contender, path, info)


def _engine_problems(plan: Plan, contender: Contender, path: str, info: EngineInfo) -> Iterator[str]:
    name = shown(contender.engine)
    yield from environment_problems(info, path)
    if not info.installed and not environment_with(contender, info).is_own:
        yield f"{path}.engine: {name} is not installed; {info.install_hint}".removesuffix("; ")
    if contender.http not in info.http_versions:
        allowed = ", ".join(f'"{version}"' for version in info.http_versions)
        yield f"{path}.http: {name} does not speak HTTP/{contender.http}; {allowed}"
    if info.mode == "sync":
        if contender.loop is not UNSET:
            yield f"{path}.loop: {name} runs in threads and has no event loop; leave it out"
        threads = concurrency_of(plan, contender)
        if threads > MOST_THREADS:
            yield f"{path}.concurrency: {threads} threads for {name}; at most {MOST_THREADS}"
    yield from ability_problems(plan, info, path)
    yield from inside_problems(contender, path, info)
    yield from reading_problems(plan, contender, path, info)
    for policy in ("redirects", "cookies", "trust_env"):
        if getattr(plan.policy, policy) and policy not in info.abilities:
            yield f"policy.{policy}: {path} cannot follow it, as {name} has no such ability; turn it off"


PACKAGES = ("fastapi", "uvicorn", "httptools", "uvloop")
"""Packages that an app needs besides its client."""
DRIVER = "raw"
MODES: Mapping[str, tuple[str, ...]] = {
    "async": ("fastapi-async",),
    "sync": ("fastapi-async-blocking", "fastapi-sync"),
}
CALLS = {
    "fastapi-async": "awaits an async client",
    "fastapi-async-blocking": "calls a sync client in the event loop",
    "fastapi-sync": "calls a sync client in a thread",
}


def inside_problems(
    contender: Contender,
    path: str,
    info: EngineInfo,
    find: Callable[[str], object] = find_spec,
) -> Iterator[str]:
    """Yield the problems of placing a contender inside an app; `find` finds a package by name, or returns None."""
    inside = contender.inside
    if inside is UNSET:
        return
    name = f'"{inside}"'
    if inside == "fastapi-ping":
        if contender.engine != DRIVER:
            yield f'{path}.inside: {name} calls no client, so its engine is "{DRIVER}", not {shown(contender.engine)}'
    elif inside not in MODES[info.mode]:
        fitting = " or ".join(f'"{one}"' for one in MODES[info.mode])
        yield f"{path}.inside: {name} {CALLS[inside]}, and {shown(contender.engine)} is {info.mode}; {fitting}"
    own = environment_with(contender, info).is_own
    missing = [package for package in PACKAGES if not own and find(package) is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        yield (
            f"{path}.inside: {name} needs {listed(missing)}, which {verb} not installed; "
            "pip install 'httptui[fastapi]'"
        )
    if contender.loop is not UNSET and info.mode == "async":
        yield f"{path}.loop: an app runs on uvloop whatever its client; leave it out"
    if contender.processes > 1:
        yield f"{path}.processes: {contender.processes} for a client inside an app, which is one process; 1"


def _in_flight_problems(plan: Plan) -> Iterator[str]:
    each = [concurrency_of(plan, contender) for contender in plan.contender]
    total = sum(each) if plan.schedule.kind == "concurrent" else max(each)
    if total > MOST_IN_FLIGHT:
        yield f"load.concurrency: {total} requests in flight in all; at most {MOST_IN_FLIGHT}"


def _schemes_of(plan: Plan) -> set[str]:
    """Return the schemes of all URLs, or an empty set if one is invalid."""
    targets = list(map(valid_target, plan.target.all_urls))
    return set() if None in targets else {target.scheme for target in targets if target is not None}


def _no_uvloop() -> str | None:
    if sys.platform == "win32":
        return "does not exist on Windows"
    return None if find_spec("uvloop") else "is not installed"


def retry_problems(plan: Plan) -> Iterator[str]:
    """Yield the problems of a plan's retry rules."""
    policy = plan.policy
    for index, name in enumerate(policy.retry_on):
        if name not in RETRIED_FAMILIES and name not in RETRIED_KINDS and not _is_failure(name):
            allowed = ", ".join((*RETRIED_FAMILIES, *RETRIED_KINDS))
            yield f"policy.retry_on[{index}]: {shown(name)} is not allowed; {allowed}, or a status from 400 to 599"
    if (
        policy.retries
        and find_spec("tenacity") is None
        and not all(environment_of(one).is_own for one in plan.contender)
    ):
        yield (
            f"policy.retries: {policy.retries} needs tenacity, which is not installed; "
            "pip install 'httptui[retries]', or 0"
        )


def _is_failure(name: str) -> bool:
    return len(name) == 3 and name.isascii() and name.isdigit() and "400" <= name <= "599"


MOST_ARRIVALS = 100_000_000
MOST_TURNS = 200_000
"""Limit of blocks times contenders, each of which is kept and reported."""


def load_problems(load: Load) -> Iterator[str]:
    """Yield fields that contradict each other, or have no meaning for this kind of load."""
    if load.kind == "burst":
        for name in ("requests", "seconds"):
            if getattr(load, name) is not None:
                yield f"load.{name}: has no meaning in a burst, which sends load.concurrency requests at once"
    elif load.requests is not None and load.seconds is not None:
        yield "load.seconds: given beside load.requests; keep one of the two"
    if load.kind == "open":
        yield from _open_problems(load)
    else:
        for name in ("rate", "arrivals"):
            if getattr(load, name) != getattr(Load(), name):
                yield f'load.{name}: has no meaning in a {load.kind} load; set load.kind to "open"'
    if load.think and load.kind != "closed":
        yield f"load.think: {load.think:g} has no meaning in a load of kind {load.kind}; only in a closed one"
    if load.stages:
        yield from _stage_problems(load)


def schedule_problems(plan: Plan) -> Iterator[str]:
    """Yield the problems of a schedule that does not fit the load or the machine."""
    schedule = plan.schedule
    try:
        warmup_of(schedule.warmup)
    except ValueError as allowed:
        yield f"schedule.warmup: {shown(schedule.warmup)} is not allowed; {allowed}"
    if schedule.blocks is not None:
        yield from _block_problems(plan, schedule.blocks)
    yield from _turn_problems(plan)
    if schedule.pin and cores_to_pin() is None:
        yield "schedule.pin: true is not possible on this system, which keeps no process on one core; false"
    if schedule.until == "decided" and schedule.kind == "sequential":
        yield 'schedule.until: "decided" needs paired blocks; use schedule.kind "interleaved" or "concurrent"'
    if plan.load.kind == "open" and plan.policy.per_host_rate is not None:
        rate = plan.policy.per_host_rate
        yield f"policy.per_host_rate: {rate:g} has no meaning in an open load, which has load.rate; leave it out"
    if plan.load.stages and schedule.epochs > schedule.rounds:
        yield f"schedule.epochs: {schedule.epochs} would cut the stages short; at most schedule.rounds"


def _turn_problems(plan: Plan) -> Iterator[str]:
    """Yield a problem if the schedule would have too many turns for memory."""
    rounds, blocks, contenders = plan.schedule.rounds, blocks_a_round(plan), len(plan.contender)
    turns = rounds * blocks * contenders
    if turns > MOST_TURNS:
        yield (
            f"schedule.rounds: {rounds} rounds of {blocks} blocks for {contenders} contenders are {turns} turns; "
            f"at most {MOST_TURNS}"
        )


def _open_problems(load: Load) -> Iterator[str]:
    if load.rate is None:
        yield "load.rate: missing; an open load needs its requests per second"
        return
    if load.requests is not None:
        yield "load.requests: has no meaning in an open load, which is bound by seconds or stages"
    highest = max(load.rate, *(stage.to for stage in load.stages)) if load.stages else load.rate
    arrivals = highest * (seconds_of(load) or 0.0)
    if arrivals > MOST_ARRIVALS:
        yield f"load.rate: {arrivals:.3g} requests a round are too many; at most {MOST_ARRIVALS:.0e}"


def _stage_problems(load: Load) -> Iterator[str]:
    if load.kind == "burst":
        yield "load.stages: has no meaning in a burst"
    for name in ("requests", "seconds"):
        if getattr(load, name) is not None:
            yield f"load.{name}: given beside load.stages, which have seconds of their own; keep one of the two"
    if load.kind == "closed":
        for index, stage in enumerate(load.stages):
            if stage.to != round(stage.to) or stage.to > 10_000:
                yield f"load.stages[{index}].to: {stage.to:g} in flight; a whole number, at most 10000"


def _block_problems(plan: Plan, blocks: int) -> Iterator[str]:
    seconds = seconds_of(plan.load)
    if seconds is None:
        bound = "a burst" if plan.load.kind == "burst" else "a number of requests"
        yield f"schedule.blocks: divides a timed load, but this one is bound by {bound}"
    elif plan.load.stages and plan.schedule.kind == "interleaved":
        yield "schedule.blocks: each interleaved turn runs all stages and is one block; leave it out, or add rounds"
    elif (slice_ms := seconds / blocks * 1000) < SHORTEST_SLICE_MS:
        yield (
            f"schedule.blocks: {blocks} blocks in {seconds:g} s give slices of {slice_ms:.3g} ms; "
            f"at least {SHORTEST_SLICE_MS} ms"
        )


MOST_PROCESSES = 128


def idle_process_problems(plan: Plan, contender: Contender, path: str) -> Iterator[str]:
    """Yield a problem if there are more processes than requests in flight, so that some would be idle."""
    in_flight = concurrency_of(plan, contender)
    if contender.processes > in_flight:
        yield f"{path}.processes: {contender.processes} for {in_flight} in flight; at most one for each"


def process_problems(plan: Plan) -> Iterator[str]:
    """Yield a problem if all contenders together need more processes than one machine should start."""
    total = sum(contender.processes for contender in plan.contender)
    if total > MOST_PROCESSES:
        yield f"contender: {total} processes in all; at most {MOST_PROCESSES}"
