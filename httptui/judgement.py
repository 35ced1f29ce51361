"""What a run says so far, or in the end: rankings, flags and verdict, from what its lanes have done."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from httptui.blocks import BlockRecord
from httptui.limiter import MachineLoad
from httptui.plan import Plan
from httptui.ranking import rank
from httptui.snapshot import ContenderView, CpuRank, Flag, Rank, Verdict
from httptui.verdict import verdict_of


class Judgement(Struct, frozen=True):
    """Empty before any load."""

    ranking: tuple[Rank, ...] = ()
    cpu_ranking: tuple[CpuRank, ...] = ()
    flags: tuple[Flag, ...] = ()
    verdict: Verdict | None = None
    settled: bool = False


def judge(
    plan: Plan,
    views: Sequence[ContenderView],
    records: Sequence[BlockRecord],
    machine: Sequence[MachineLoad],
    slice_seconds: float | None,
    typical_seconds: float | None,
) -> Judgement:
    """Judge a run from its contenders, their finished blocks, and how busy the machine was under each of them.

    `slice_seconds` is how long a slice lasts, `typical_seconds` how long a request of the slowest contender takes.
    """
    rates = {
        view.id: {record.block: record.req_per_s for record in records if record.id == view.id}
        for view in views
    }
    ranking = rank([(view.id, view.req_per_s) for view in views if view.requests.planned], rates)
    leader = ranking[0].id if ranking else views[0].id
    load = next(load for view, load in zip(views, machine, strict=True) if view.id == leader)
    verdict = verdict_of(ranking, views, rates, schedule=plan.schedule.kind, machine=load)
    return Judgement(ranking, (), (), verdict)
