"""What is wrong with a plan's sweep: its axes, its levels, and the plain plans that they make."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, inspect

from httptui.plans.decode import did_you_mean, fields_of, type_of, type_problems
from httptui.plans.load_checks import SHORTEST_SLICE_MS
from httptui.plans.plan import Plan, Schedule
from httptui.plans.request_checks import shown
from httptui.plans.secrets import redacted_url
from httptui.plans.sweep import CONCURRENCY, LATENCY, POOL, blocks_of, grid_of, mapping_at
from httptui.plans.urls import split_target
from httptui.safe_text import safe_text
from httptui.target.options import MAX_DELAY_MS

MOST_POINTS = 500
MOST_BLOCKS = 100
OWN_TABLES = ("schedule", "sweep")
"""Tables of a plan whose numbers are not part of the question: the sweep itself is arranged by them."""
OWN_FIELDS = ("load.seconds",)

Check = Callable[[Plan], Sequence[str]]


def sweep_problems(plan: Plan, check: Check) -> Iterator[str]:
    """Every problem of a plan with a sweep; `check` tells those of a plain plan.

    A level that makes a plan which cannot be run is named by its place: `sweep.concurrency[2]`.
    """
    problems = [*_axis_problems(plan), *_other_field_problems(plan)]
    yield from problems
    if not problems:
        yield from _plain_plan_problems(plan, check)


def numeric_fields(plan: Plan) -> tuple[str, ...]:
    """The paths of all that can be swept: the short names first, then each number in the plan's tables."""
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
    """Two axes that set one field, or an axis that a contender's own field takes no notice of."""
    twins = {CONCURRENCY: "load.concurrency"}
    for short, long in twins.items():
        if short in plan.sweep and long in plan.sweep:
            yield f"sweep.{long}: is the same field as sweep.{short}; keep one of the two"
    for index, contender in enumerate(plan.contender):
        own = f"contender[{index}]"
        if POOL in plan.sweep and f"{own}.pool" in plan.sweep:
            yield f"sweep.{own}.pool: is set by sweep.pool, too; keep one of the two"
        swept = CONCURRENCY in plan.sweep or twins[CONCURRENCY] in plan.sweep
        if swept and contender.concurrency is not UNSET:
            yield f"{own}.concurrency: {contender.concurrency} would stay while the load's is swept; leave it out"
    foreign = [url for url in plan.target.all_urls if not _is_embedded(url)]
    if LATENCY in plan.sweep and foreign:
        where = shown(redacted_url(foreign[0]))
        yield f"sweep.{LATENCY}: {where} is not ours to slow down; only the embedded target is"


def _is_embedded(url: str) -> bool:
    try:
        return split_target(url).embedded
    except ValueError:
        return True


def _other_field_problems(plan: Plan) -> Iterator[str]:
    """Fields that have no meaning where every level is visited for a short time."""
    schedule, usual = plan.schedule, Schedule()
    if schedule.kind != "interleaved":
        yield f'schedule.kind: {shown(schedule.kind)} is not how a sweep compares; "interleaved"'
    for name, instead in (("rounds", "schedule.blocks"), ("epochs", "schedule.blocks"), ("until", "")):
        if getattr(schedule, name) != getattr(usual, name):
            hint = f", which starts the lanes anew for each visit; give {instead}" if instead else ""
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
    """What is wrong with the plans at the levels: once and by its own path what is wrong at all of them."""
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
    """Whether a problem is about a field that the sweep sets."""
    fields = {CONCURRENCY: "load.concurrency", LATENCY: "target.url"}
    where = problem.partition(":")[0]
    if POOL in plan.sweep and where.startswith("contender[") and where.endswith("].pool"):
        return True
    return where in {fields.get(path, path) for path in plan.sweep}


def _examples() -> str:
    return f'{CONCURRENCY}, {LATENCY}, {POOL}, or a path such as "load.rate"'
