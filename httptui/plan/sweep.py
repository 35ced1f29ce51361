"""Sweep of a plan: axes, levels, the plain plan of one short visit to each, and their checks, as pure functions."""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, inspect

from httptui.plan.decode import did_you_mean, fields_of, type_of, type_problems
from httptui.plan.model import Plan, Schedule, seconds_of, warmup_of
from httptui.plan.requests import shown
from httptui.plan.schedule import SHORTEST_SLICE_MS
from httptui.plan.secrets import redacted_url
from httptui.plan.urls import REMEMBERED, valid_target
from httptui.safe_text import safe_text
from httptui.target.options import MAX_DELAY_MS
from httptui.units import listed, plural

ORDER = "interleaved"
"""The order of a schedule that compares at each level."""
USUAL_BLOCKS = 6
USUAL_SLICE_SECONDS = 0.5
USUAL_WARMUP = "200ms"
FEWEST_LATENCIES, SECONDS_AFAR = 6, 1.5
"""A turn with injected latency lasts at least so many latencies and so many seconds: at its start all requests of a
slow client queue for its CPU, which in less time would outweigh the difference being measured.
"""
SECONDS_IN_FLIGHT = 0.016
"""A turn of a closed load lasts at least so long for each request in flight, twice the time that a client of 125
req/s needs for it: before every worker has sent a request and been answered, the load does not have that concurrency.
"""
START_SECONDS = 1.0
"""Seconds to start and end the target and the lanes on an ordinary machine."""
BOUND_BY_REQUESTS_SECONDS = 1.0
"""Assumed seconds of a turn bounded by requests, until one is over."""
CONCURRENCY, LATENCY, POOL = "concurrency", "latency_ms", "pool"
LOAD_CONCURRENCY = "load.concurrency"
"""The whole path of `CONCURRENCY`."""

_STEP = re.compile(r"(?P<name>[a-z_]+)(?:\[(?P<index>\d+)\])?")


class Visit(NamedTuple):
    """One level of each axis in one block, at which all contenders have a short turn, one after another.

    `turn` is the visit's place in its block, from 0; `levels` are in the order of the axes.
    """

    block: int
    turn: int
    levels: tuple[float, ...]
    seed: int


def blocks_of(plan: Plan) -> int:
    """Return how often every level is visited."""
    return plan.schedule.blocks or USUAL_BLOCKS


def slice_seconds_of(plan: Plan, levels: Sequence[float] = ()) -> float | None:
    """Return the seconds of one contender's turn at some levels, or None if a number of requests bounds it."""
    if seconds_of(plan.load) is None:
        return None
    seconds = USUAL_SLICE_SECONDS if plan.load.seconds is None else plan.load.seconds / blocks_of(plan)
    in_flight = SECONDS_IN_FLIGHT * in_flight_of(plan, levels) if plan.load.kind == "closed" else 0.0
    latency = latency_of(plan, levels) / 1000
    afar = max(SECONDS_AFAR, FEWEST_LATENCIES * latency) if latency else 0.0
    return max(seconds, afar, in_flight)


def in_flight_of(plan: Plan, levels: Sequence[float]) -> float:
    """Return the most requests in flight of any contender at some levels."""
    swept = dict(zip(plan.sweep, levels, strict=False))
    own = [contender.concurrency for contender in plan.contender if contender.concurrency is not UNSET]
    set_here = [level for path, level in swept.items() if path.rpartition(".")[2] == CONCURRENCY]
    shared = [] if {CONCURRENCY, LOAD_CONCURRENCY} & swept.keys() else [plan.load.concurrency]
    return max([*own, *set_here, *shared])


def latency_of(plan: Plan, levels: Sequence[float]) -> float:
    """Return the milliseconds of latency that the sweep itself injects at some levels."""
    return dict(zip(plan.sweep, levels, strict=False)).get(LATENCY, 0.0)


def grid_of(plan: Plan) -> tuple[tuple[float, ...], ...]:
    """Return every combination of the axes' levels, the last axis changing fastest."""
    return tuple(itertools.product(*plan.sweep.values()))


def visits_of(plan: Plan) -> tuple[Visit, ...]:
    """Return the visits as randomised complete blocks: each block has every combination once, in an order drawn from
    the seed.

    A visit's own seed determines the order of its contenders, and the arrivals of an open load.
    """
    draw, grid = random.Random(plan.schedule.seed), grid_of(plan)
    return tuple(
        Visit(block, turn, levels, draw.getrandbits(32))
        for block in range(blocks_of(plan))
        for turn, levels in enumerate(draw.sample(grid, len(grid)))
    )


def planned_sweep_seconds(plan: Plan) -> float:
    """Return the seconds of a sweep by its plan alone: every block visits all levels once."""
    return blocks_of(plan) * sum(planned_visit_seconds(plan, levels) for levels in grid_of(plan))


def planned_visit_seconds(plan: Plan, levels: Sequence[float]) -> float:
    """Return the seconds of one visit by its plan alone: starts, warm-ups, turns, and answers after their end."""
    usual = plan.schedule.warmup == "auto"
    warmup = warmup_of(USUAL_WARMUP if usual else plan.schedule.warmup).seconds
    turn = slice_seconds_of(plan, levels)
    latency = latency_of(plan, levels) / 1000
    each = (
        warmup + (BOUND_BY_REQUESTS_SECONDS if turn is None else turn) + 2 * latency + plan.schedule.cooldown
    )
    return START_SECONDS + len(plan.contender) * each


def plan_at(plan: Plan, levels: Sequence[float], seed: int = 1) -> Plan:
    """Return the plain plan of one visit to a checked plan's levels: one short interleaved turn per contender."""
    return msgspec.convert(mapping_at(plan, levels, seed), Plan)


def mapping_at(plan: Plan, levels: Sequence[float], seed: int = 1) -> dict[str, Any]:
    """Return `plan_at` as plain values, with levels that are not checked yet."""
    data: dict[str, Any] = msgspec.to_builtins(plan)
    seconds = slice_seconds_of(plan, levels)
    warmup = USUAL_WARMUP if plan.schedule.warmup == "auto" else plan.schedule.warmup
    data["sweep"] = {}
    data["load"]["seconds"] = seconds
    # The levels of a sweep already show the answer that a probe would give.
    data["schedule"] |= {
        "blocks": None if seconds is None else 1,
        "seed": seed,
        "warmup": warmup,
        "probe": False,
    }
    for path, level in zip(plan.sweep, levels, strict=True):
        _put(data, path, int(level) if level == int(level) else level)
    return data


def _put(data: dict[str, Any], path: str, level: float) -> None:
    if path == LATENCY:
        target = data["target"]
        if target["urls"]:
            target["urls"] = [with_latency(url, level) for url in target["urls"]]
        else:
            target["url"] = with_latency(target["url"], level)
    elif path == POOL:
        for contender in data["contender"]:
            contender["pool"] = level
    elif path == CONCURRENCY:
        data["load"]["concurrency"] = level
    else:
        *steps, last = path.split(".")
        table = data
        for step in steps:
            if match := _STEP.fullmatch(step):
                found = table[match["name"]]
                table = found if match["index"] is None else found[int(match["index"])]
        table[last] = level


@lru_cache(maxsize=REMEMBERED)
def with_latency(url: str, latency_ms: float) -> str:
    """Return the URL of the embedded target with another `latency_ms` in its query.

    Cached, because every other level is visited at each latency.
    """
    base, _, query = url.partition("?")
    others = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != LATENCY]
    return f"{base}?{'&'.join([*others, f'{LATENCY}={latency_ms:.9g}'])}"


def describe_sweep(plan: Plan) -> str:
    """Describe the sweep in a few words: "sweep of concurrency 1 … 256 · 9 levels · 6 blocks"."""
    return describe_grid(plan.sweep, blocks_of(plan))


def describe_grid(axes: Mapping[str, Sequence[float]], blocks: int) -> str:
    """Describe axes and blocks in the same way."""
    levels = math.prod(map(len, axes.values()))
    return f"sweep of {describe_axes(axes)} · {plural(levels, 'level')} · {plural(blocks, 'block')}"


def describe_axes(axes: Mapping[str, Sequence[float]]) -> str:
    """Describe axes by the range of their levels, at least one each: "pool 2 … 100 and concurrency 1 … 256"."""
    return listed([f"{path} {_range(levels)}" for path, levels in axes.items()])


def _range(levels: Sequence[float]) -> str:
    return " … ".join(f"{level:g}" for level in dict.fromkeys((min(levels), max(levels))))


MOST_POINTS = 500
MOST_BLOCKS = 100
OWN_TABLES = ("schedule", "sweep")
"""Tables of a plan that arrange the sweep itself, so their numbers cannot be swept."""
OWN_FIELDS = ("load.seconds",)

Check = Callable[[Plan], Sequence[str]]


def sweep_problems(plan: Plan, check: Check) -> Iterator[str]:
    """Yield every problem of a plan with a sweep; `check` returns those of a plain plan.

    A level that leads to an invalid plan is named by its place: `sweep.concurrency[2]`.
    """
    problems = [*_axis_problems(plan), *_other_field_problems(plan)]
    yield from problems
    if not problems:
        yield from _plain_plan_problems(plan, check)


def numeric_fields(plan: Plan) -> tuple[str, ...]:
    """Return the paths of everything that can be swept: the short names, then each number in the plan's tables."""
    return (CONCURRENCY, LATENCY, POOL, *_numbers_in(Plan, plan, ""))


def _numbers_in(kind: type, value: object, path: str) -> Iterator[str]:
    for name, field in fields_of(kind).items():
        where = f"{path}{name}"
        if where in OWN_TABLES or where in OWN_FIELDS:
            continue
        found = type_of(field.type)
        own = getattr(value, field.name)
        if isinstance(found, inspect.StructType):
            yield from _numbers_in(found.cls, own, f"{where}.")
        elif isinstance(found, inspect.VarTupleType) and isinstance(found.item_type, inspect.StructType):
            for index, item in enumerate(own):
                yield from _numbers_in(found.item_type.cls, item, f"{where}[{index}].")
        elif _is_number(found):
            yield where


def _is_number(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(_is_number(part) for part in kind.types)
    if isinstance(kind, inspect.Metadata):
        return _is_number(kind.type)
    return isinstance(kind, (inspect.IntType, inspect.FloatType))


def _axis_problems(plan: Plan) -> Iterator[str]:
    known = numeric_fields(plan)
    for path, levels in plan.sweep.items():
        where = f"sweep.{shown(path, 60).strip(chr(34))}"
        if path.partition(".")[0] in OWN_TABLES or path in OWN_FIELDS:
            yield f"{where}: is what the sweep itself is arranged by, and cannot be swept; {_examples()}"
        elif path not in known:
            yield f"{where}: is no numeric field of the plan{did_you_mean(path, list(known)) or f'; {_examples()}'}"
        for index, level in enumerate(levels):
            if not math.isfinite(level):
                yield f"{where}[{index}]: {level} is not allowed; a finite number"
            elif path == LATENCY and not 0 <= level <= MAX_DELAY_MS:
                yield f"{where}[{index}]: {level:g} is not allowed; milliseconds from 0 to {MAX_DELAY_MS:g}"
            elif level in levels[:index]:
                yield f"{where}[{index}]: {level:g} is given twice"
    yield from _clashes(plan)
    points = len(grid_of(plan)) * len(plan.contender)
    if points > MOST_POINTS:
        yield f"sweep: {points} points, which are levels × contenders; at most {MOST_POINTS}"


def _clashes(plan: Plan) -> Iterator[str]:
    """Yield pairs of axes that set one field, and axes that a contender's own field overrides."""
    swept = plan.sweep.keys() & {CONCURRENCY, LOAD_CONCURRENCY}
    if len(swept) == 2:
        yield f"sweep.{LOAD_CONCURRENCY}: is the same field as sweep.{CONCURRENCY}; keep one of the two"
    for index, contender in enumerate(plan.contender):
        own = f"contender[{index}]"
        if POOL in plan.sweep and f"{own}.pool" in plan.sweep:
            yield f"sweep.{own}.pool: is set by sweep.pool, too; keep one of the two"
        if swept and contender.concurrency is not UNSET:
            yield f"{own}.concurrency: {contender.concurrency} would stay while the load's is swept; leave it out"
    targets = ((url, valid_target(url)) for url in plan.target.all_urls)
    foreign = [url for url, target in targets if target is not None and not target.embedded]
    if LATENCY in plan.sweep and foreign:
        where = shown(redacted_url(foreign[0]))
        yield f"sweep.{LATENCY}: {where} is not ours to slow down; only the embedded target is"


def _other_field_problems(plan: Plan) -> Iterator[str]:
    """Yield fields that have no meaning when every level is visited for a short time."""
    schedule, usual = plan.schedule, Schedule()
    if schedule.kind != ORDER:
        yield f'schedule.kind: {shown(schedule.kind)} is not how a sweep compares; "{ORDER}"'
    for name, instead in (("rounds", "schedule.blocks"), ("epochs", "schedule.blocks"), ("until", "")):
        if getattr(schedule, name) != getattr(usual, name):
            hint = f", which restarts the lanes for each visit; give {instead}" if instead else ""
            yield f"schedule.{name}: has no meaning in a sweep{hint}".rstrip()
    if schedule.blocks is not None and schedule.blocks > MOST_BLOCKS:
        yield f"schedule.blocks: {schedule.blocks} visits of every level are too many; at most {MOST_BLOCKS}"
    if plan.load.stages:
        yield "load.stages: have no meaning in a sweep, which visits every level for a short time"
    if plan.expect:
        yield "expect: has no meaning in a sweep, which ranks nobody; leave it out"
    seconds = plan.load.seconds
    if seconds is not None and (turn_ms := seconds / blocks_of(plan) * 1000) < SHORTEST_SLICE_MS:
        yield (
            f"load.seconds: {seconds:g} s for all blocks give turns of {turn_ms:.3g} ms; "
            f"at least {SHORTEST_SLICE_MS} ms"
        )


def _plain_plan_problems(plan: Plan, check: Check) -> Iterator[str]:
    """Yield the problems of the plans at the levels; one that all levels share appears once, by its own path."""
    found = {levels: _problems_at(plan, levels, check) for levels in grid_of(plan)}
    general = [
        problem
        for problem in next(iter(found.values()))
        if not _is_swept(plan, problem) and all(problem in problems for problems in found.values())
    ]
    yield from general
    told: set[str] = set(general)
    for axis, (path, axis_levels) in enumerate(plan.sweep.items()):
        for index, level in enumerate(axis_levels):
            at_level = [problems for levels, problems in found.items() if levels[axis] == level]
            for problem in at_level[0]:
                if problem not in general and all(problem in problems for problems in at_level):
                    told.add(problem)
                    yield f"sweep.{path}[{index}]: {level:g} cannot be run: {problem}"
    for levels, problems in found.items():
        for problem in problems:
            if problem not in told:
                told.add(problem)
                where = ", ".join(f"{path} {level:g}" for path, level in zip(plan.sweep, levels, strict=True))
                yield f"sweep: {where} cannot be run: {problem}"


def _problems_at(plan: Plan, levels: tuple[float, ...], check: Check) -> tuple[str, ...]:
    data: dict[str, Any] = mapping_at(plan, levels)
    try:
        visit = msgspec.convert(data, Plan)
    except msgspec.ValidationError as error:
        return type_problems(data) or (f"plan: {safe_text(str(error))}",)
    return tuple(check(visit))


def _is_swept(plan: Plan, problem: str) -> bool:
    """Return whether a problem is about a field that the sweep sets."""
    fields = {CONCURRENCY: LOAD_CONCURRENCY, LATENCY: "target.url"}
    where = problem.partition(":")[0]
    if POOL in plan.sweep and where.startswith("contender[") and where.endswith("].pool"):
        return True
    return where in {fields.get(path, path) for path in plan.sweep}


def _examples() -> str:
    return f'{CONCURRENCY}, {LATENCY}, {POOL}, or a path such as "load.rate"'
