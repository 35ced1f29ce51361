"""The status line of the plan form: its problems, or an estimate of time, connections and file limits."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import UNSET, structs

from httptui.engines.files import OTHER_FILES
from httptui.plan.model import concurrency_of, letter_of, seconds_of, warmup_of
from httptui.plan.schedule import (
    MOST_WARMUP_BLOCKS,
    blocks_a_round,
    planned_seconds,
    share_of,
    steps_of,
    warmup_steps,
)
from httptui.plan.sweep import describe_sweep, plan_at, planned_sweep_seconds
from httptui.plan.urls import split_target
from httptui.safe_text import safe_text
from httptui.units import format_count, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from httptui.plan.model import Contender, Plan
    from httptui.tui.forms.mapping import Checked, Problem


def estimate(plan: Plan) -> str:
    """Contenders, how hard, and how long or how many: "4 contenders · 64 in flight each · about 12 s"."""
    if plan.sweep:
        time = _duration(planned_sweep_seconds(plan))
        return f"{plural(len(plan.contender), 'contender')} · {describe_sweep(plan)} · about {time}"
    schedule = plan.schedule
    number = len(plan.contender)
    parts = [plural(number, "contender"), _how_hard(plan)]
    seconds = seconds_in_all(plan)
    if seconds is not None:
        decided = schedule.until == "decided"
        parts.append(f"at most {_duration(seconds[1])}" if decided else f"about {_span(*seconds)}")
    else:
        in_flight = sum(concurrency_of(plan, contender) for contender in plan.contender)
        a_round = in_flight if plan.load.requests is None else plan.load.requests * number
        parts.append(f"{format_count(a_round * schedule.rounds)} requests in all{_and_warmup(plan)}")
    for count, noun in ((schedule.rounds, "round"), (epochs_of(plan), "epoch")):
        if count > 1:
            parts.append(plural(count, noun))
    return " · ".join(parts)


def seconds_in_all(plan: Plan) -> tuple[float, float] | None:
    """Fewest and most seconds under load, at rest and warming up, or None where a number of requests bounds the run.

    How long a warm-up lasts that is bound by requests, or how long processes take to start, is not foreseen.
    """
    if seconds_of(plan.load) is None:
        return None
    rounds = plan.schedule.rounds
    first, two = _seconds_of_rounds(plan, 1), _seconds_of_rounds(plan, 2)
    counted = first + (rounds - 1) * (two - first)
    least, most = _warmup_seconds(plan)
    return counted + least, counted + most


def epochs_of(plan: Plan) -> int:
    """Count the starts of the lanes: no more than there are blocks."""
    return min(plan.schedule.epochs, blocks_a_round(plan) * plan.schedule.rounds)


def _seconds_of_rounds(plan: Plan, rounds: int) -> float:
    """Seconds of so many rounds; every further round takes as long as the second, so two are enough to know."""
    schedule = structs.replace(plan.schedule, rounds=rounds)
    return planned_seconds(steps_of(structs.replace(plan, schedule=schedule))) or 0.0


def _warmup_seconds(plan: Plan) -> tuple[float, float]:
    """Fewest and most seconds of warm-up, none where it is bound by requests."""
    least = epochs_of(plan) * sum(step.seconds or 0.0 for step in warmup_steps(plan))
    return least, least * (MOST_WARMUP_BLOCKS if warmup_of(plan.schedule.warmup).auto else 1)


def _and_warmup(plan: Plan) -> str:
    """Describe the warm-up, as " and 0.5–1.5 s of warm-up"; empty if there is none."""
    least, most = _warmup_seconds(plan)
    if most:
        return f" and {_span(least, most)} of warm-up"
    return " and warm-up" if warmup_steps(plan) else ""


def _how_hard(plan: Plan) -> str:
    load, each = plan.load, " each" if len(plan.contender) > 1 else ""
    in_flight = sorted({concurrency_of(plan, contender) for contender in plan.contender})
    one_or_range = f"{in_flight[0]}" if len(in_flight) == 1 else f"{in_flight[0]}–{in_flight[-1]}"
    if load.kind == "open":
        rate = max([load.rate or 0.0, *(stage.to for stage in load.stages)])
        shown = f"{rate:g}" if rate < 1_000 else format_count(round(rate))
        return f"{'up to ' if load.stages else ''}{shown} req/s{each}, at most {one_or_range} in flight"
    each = each if len(in_flight) == 1 else ""
    if load.kind == "burst":
        return f"{one_or_range} at once{each}"
    ramped = load.stages and any(contender.concurrency is UNSET for contender in plan.contender)
    return f"{'up to ' if ramped else ''}{one_or_range} in flight{each}"


def _span(least: float, most: float) -> str:
    """A time, or from one to another in the unit of the longer."""
    low, high = _duration(least), _duration(most)
    number, _, unit = low.partition(" ")
    if low == high:
        return high
    return f"{number}–{high}" if high.endswith(f" {unit}") else f"{low} – {high}"


def _duration(seconds: float) -> str:
    if seconds < 119.5:
        return f"{seconds:.3g} s" if seconds < 10 else f"{int(seconds + 0.5)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


STREAMS = 100
"""Requests that share one connection of HTTP/2, the fewest a server should allow (RFC 9113, 6.5.2)."""
EMBEDDED_FILES = 65_536
"""Files that the embedded target allows itself, where the system does."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """The number of files that a process may open (`soft`), and to which it may raise that itself (`hard`)."""

    soft: int
    hard: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """Connections at once in all, what stands in their way, or the empty text, and the number of files to which a
    lane raises its limit, 0 where it need not.
    """

    connections: int
    obstacle: str
    raised: int = 0


def file_limits() -> FileLimits | None:
    """The limits of this process, which lanes inherit; None where the system has none."""
    if sys.platform == "win32":
        return None
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = resource.RLIM_INFINITY
    return FileLimits(*(sys.maxsize if limit == endless else limit for limit in (soft, hard)))


def most_connections(plan: Plan, contender: Contender) -> int:
    """The connections that one contender may have open at once."""
    return sum(connections_of(plan, contender, process) for process in range(contender.processes))


def connections_of(plan: Plan, contender: Contender, process: int = 0) -> int:
    """The connections that one of its processes may have open at once; none of the others has more than the first."""
    in_flight = share_of(concurrency_of(plan, contender), contender.processes, process)
    if contender.reuse != "shared" and not contender.reuse.startswith("every-"):
        return in_flight
    if contender.http == "2":
        return math.ceil(in_flight / STREAMS)
    return min(in_flight, contender.pool) if isinstance(contender.pool, int) else in_flight


def crowd_of(plan: Plan, limits: FileLimits | None) -> Crowd:
    """The connections of a checked plan held against the limits of each process."""
    each = [most_connections(plan, contender) for contender in plan.contender]
    together = max(each) if plan.schedule.kind == "sequential" else sum(each)
    if limits is None:
        return Crowd(together, "")
    most, place = max((connections_of(plan, one), -index) for index, one in enumerate(plan.contender))
    needed = most + OTHER_FILES
    if needed > limits.hard:
        whose = " in each process" if plan.contender[-place].processes > 1 else ""
        who = f"{letter_of(-place)} needs {plural(most, 'connection')}{whose}"
        return Crowd(together, f"{who}, but a process may open {_files(limits.hard)}: raise ulimit -Hn")
    room = min(limits.hard, EMBEDDED_FILES)
    if together + OTHER_FILES > room and split_target(plan.target.all_urls[0]).embedded:
        needs = f"the embedded target needs {plural(together, 'connection')}"
        return Crowd(together, f"{needs}, but may open {_files(room)}: raise ulimit -Hn")
    return Crowd(together, "", needed if needed > limits.soft else 0)


def _files(count: int) -> str:
    return f"only {format_count(count)} files"


CONTENDER = re.compile(r"contender\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Status:
    """The line and how it is meant: `good`, `warning` or `problem`."""

    words: str
    kind: str


def status_of(checked: Checked, limits: FileLimits | None) -> Status:
    """The problems of a form, or its estimate and whether its connections fit."""
    if checked.plan is None:
        return Status(problem_line(checked.problems), "problem")
    crowd = crowd_of(_at_most(checked.plan), limits)
    foreseen = estimate(checked.plan)
    if crowd.obstacle:
        return Status(f"▲ {crowd.obstacle} · {foreseen}", "warning")
    fits = "" if limits is None else ", OK"
    if crowd.raised:
        fits = f", raises the limit of open files to {format_count(crowd.raised)}"
    return Status(f"{foreseen} · {plural(crowd.connections, 'connection')}{fits}", "good")


def _at_most(plan: Plan) -> Plan:
    """The plan itself, or that of a sweep's highest levels."""
    return plan_at(plan, [max(levels) for levels in plan.sweep.values()]) if plan.sweep else plan


def problem_line(problems: Sequence[Problem]) -> str:
    """The first problem, where it is, and how many there are; of contenders by their letter."""
    first = problems[0]
    count = f"{len(problems)} problems · " if len(problems) > 1 else ""
    where = safe_text(first.path)
    if match := CONTENDER.match(first.path):
        where = f"contender {letter_of(int(match[1]))}{first.path[match.end() :]}"
    return f"▲ {count}{where}: {first.message}" if where else f"▲ {count}{first.message}"


def words_of_contender(problems: Sequence[Problem], index: int) -> dict[str, str]:
    """Return the problems of a contender by the name of the value."""
    own = [problem for problem in problems if problem.field == f"contender[{index}]"]
    return {
        name: "; ".join(problem.words for problem in own if problem.attribute == name)
        for name in dict.fromkeys(problem.attribute for problem in own)
    }


def words_for(problems: Sequence[Problem], field: str) -> str:
    """Return the problems of one field as one text."""
    return "; ".join(problem.words for problem in problems if problem.field == field)
