"""How many connections a plan may have open, and whether the processes of a run may open as many files."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from httptui.plans.plan import concurrency_of, letter_of
from httptui.plans.urls import split_target
from httptui.units import format_count, plural

if TYPE_CHECKING:
    from httptui.plans.plan import Contender, Plan

OTHER_FILES = 64
"""Files of a process that are no connections of a run: its modules, pipes, logs and event loop."""
STREAMS = 100
"""Requests that share one connection of HTTP/2, the fewest a server should allow (RFC 9113, 6.5.2)."""
EMBEDDED_FILES = 65_536
"""Files that the embedded target allows itself, where the system does."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How many files a process may open (`soft`), and to how many it may raise that itself."""

    soft: int
    hard: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """Connections at once in all, and what stands in their way, or the empty text."""

    connections: int
    obstacle: str


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
    in_flight = concurrency_of(plan, contender)
    if contender.reuse != "shared" and not contender.reuse.startswith("every-"):
        return in_flight
    if contender.http == "2":
        return math.ceil(in_flight / STREAMS)
    return min(in_flight, contender.pool) if isinstance(contender.pool, int) else in_flight


def crowd_of(plan: Plan, limits: FileLimits | None) -> Crowd:
    """The connections of a checked plan held against the limits, each contender's lane being one process."""
    each = [most_connections(plan, contender) for contender in plan.contender]
    together = max(each) if plan.schedule.kind == "sequential" else sum(each)
    if limits is None:
        return Crowd(together, "")
    most, index = max((count, -index) for index, count in enumerate(each))
    if most + OTHER_FILES > limits.soft:
        who = f"{letter_of(-index)} needs {plural(most, 'connection')}"
        return Crowd(together, f"{who}, but a process may open {_files(limits.soft)}: raise ulimit -n")
    room = min(limits.hard, EMBEDDED_FILES)
    if together + OTHER_FILES > room and split_target(plan.target.url).embedded:
        needs = f"the embedded target needs {plural(together, 'connection')}"
        return Crowd(together, f"{needs}, but may open {_files(room)}: raise ulimit -Hn")
    return Crowd(together, "")


def _files(count: int) -> str:
    return f"only {format_count(count)} files"
