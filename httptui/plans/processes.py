"""How a contender's load is divided among its processes, and what is wrong with such a division."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.plans.plan import Contender, Plan, concurrency_of

MOST_PROCESSES = 128


def share_of(total: int, processes: int, process: int = 0) -> int:
    """The share of the process of a number (from 0), of a total divided as evenly as can be, larger shares first."""
    return len(range(process, total, processes))


def too_many_processes(plan: Plan, contender: Contender, path: str) -> Iterator[str]:
    """More processes than requests in flight, of which some would have nothing to do."""
    in_flight = concurrency_of(plan, contender)
    if contender.processes > in_flight:
        yield f"{path}.processes: {contender.processes} for {in_flight} in flight; at most one for each"


def crowd_problems(plan: Plan) -> Iterator[str]:
    """More processes of all contenders than a machine should be asked to start."""
    total = sum(contender.processes for contender in plan.contender)
    if total > MOST_PROCESSES:
        yield f"contender: {total} processes in all; at most {MOST_PROCESSES}"
