"""How many connections a plan may have open, and whether the processes of a run may open as many files."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from httptui.engines.files import OTHER_FILES
from httptui.plans.plan import concurrency_of, letter_of
from httptui.plans.processes import share_of
from httptui.plans.urls import split_target
from httptui.units import format_count, plural

if TYPE_CHECKING:
    from httptui.plans.plan import Contender, Plan

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
