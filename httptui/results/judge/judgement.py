"""Judgement of a run, at any moment or at its end: rankings, flags and verdict from the results of its lanes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from httptui.figures import compared_cpu_us
from httptui.plan.model import Plan
from httptui.results.judge.blocks import BlockRecord, Margins, costs_of, largest_body, margins_of, rates_of
from httptui.results.judge.flags import (
    failure_flag,
    flags_of,
    foreign_load_flag,
    foreign_traffic_flag,
    manual_flag,
    protocol_flags,
    reasons_against,
    stopped_flag,
    was_stopped,
)
from httptui.results.judge.limiter_facts import MachineLoad
from httptui.results.judge.ranking import Look, looks, rank, rank_cpu, settled
from httptui.results.judge.verdict import verdict_of
from httptui.results.judge.work import Work, unequal_flag, unequal_work
from httptui.results.snapshot import ContenderView, CpuRank, Flag, Mark, Rank, Verdict
from httptui.statistics import ALPHA


class Judgement(Struct, frozen=True):
    """Conclusions so far; empty before any load."""

    ranking: tuple[Rank, ...] = ()
    cpu_ranking: tuple[CpuRank, ...] = ()
    flags: tuple[Flag, ...] = ()
    verdict: Verdict | None = None


def judge(
    plan: Plan,
    views: Sequence[ContenderView],
    records: Sequence[BlockRecord],
    machine: Sequence[MachineLoad],
    *,
    look: Look | None,
    slice_seconds: float | None,
    typical_seconds: float | None,
    changes: Sequence[Mark] = (),
    work: Mapping[str, Work] | None = None,
) -> Judgement:
    """Judge a run from its contenders, their finished blocks, and the CPU use while each was under load.

    - `look`: the last look of a run that lasts until its order is settled or that was stopped by hand; it limits the
      claims.
    - `work`: what each contender did beyond its view, as far as known.
    - `slice_seconds`: length of a slice; `typical_seconds`: time of a request of the slowest contender.
    - `changes`: changes of the load or the target by the user during the run.
    """
    loads = {view.id: load for view, load in zip(views, machine, strict=True)}
    successful = [view for view in views if view.requests.ok and view.state != "dnf"]
    unequal, as_is = unequal_work(plan, successful, work or {}), plan.compare == "as-is"
    apart = {} if as_is else {one.id: one for one in unequal}
    compared = [view for view in successful if view.id not in apart]
    margins = _margins_of(plan, views)
    of_run = (
        *manual_flag(changes),
        *stopped_flag(views, look),
        *failure_flag(views),
        *foreign_load_flag([loads[view.id] for view in compared]),
        *protocol_flags(plan, views, slice_seconds, typical_seconds),
        *unequal_flag(unequal, as_is=as_is),
        *foreign_traffic_flag(plan, views, work or {}),
    )
    against = reasons_against(of_run, compared, [loads[view.id] for view in compared], look)
    alpha = 0.0 if against else ALPHA if look is None else look.alpha
    if look is not None and was_stopped(views):
        # Stopping at a favourable moment must not profit from the blocks after the last planned look.
        records = [record for record in records if record.block < look.block]
    rates, costs = rates_of(records), costs_of(records)
    ranking = rank(_rates(views), rates, alpha=alpha, margin=margins.rate, apart=apart)
    leader = ranking[0].id if ranking else views[0].id
    ids = [place.id for place in ranking if place.req_per_s > 0 and place.id not in apart]
    flags = (*of_run, *flags_of(records, ids, schedule=plan.schedule.kind, machine=loads[leader]))
    verdict = verdict_of(
        ranking,
        views,
        rates,
        schedule=plan.schedule.kind,
        machine=loads[leader],
        costs=costs,
        flags=flags,
        alpha=alpha,
        delta=plan.schedule.delta,
        margins=margins,
        epochs=plan.schedule.epochs,
        unequal=tuple(apart.values()),
        against=against,
    )
    ids_costs = [(view.id, compared_cpu_us(view)) for view in successful]
    cpu_ranking = rank_cpu(ids_costs, costs, alpha=alpha, margin=margins.cpu, apart=apart)
    return Judgement(ranking, cpu_ranking, flags, verdict)


def look_after(blocks: int, blocks_max: int) -> Look:
    """Return the last look due after so many blocks; before the first, one that allows no claim."""
    due = [look for look in looks(blocks_max) if look.block <= blocks]
    return due[-1] if due else Look(0, 0.0)


def is_settled(
    plan: Plan, views: Sequence[ContenderView], records: Sequence[BlockRecord], look: Look
) -> bool:
    """Return whether the whole order is settled by the blocks of a look."""
    seen = [record for record in records if record.block < look.block]
    margin, delta = _margins_of(plan, views).rate, plan.schedule.delta
    return look.block > 0 and settled(_rates(views), rates_of(seen), look, delta=delta, margin=margin)


def _margins_of(plan: Plan, views: Sequence[ContenderView]) -> Margins:
    return margins_of(plan.schedule.kind, plan.schedule.epochs, largest_body(views))


def _rates(views: Sequence[ContenderView]) -> list[tuple[str, float]]:
    """Return the rates to rank, without contenders that died: their rate depends on how long they lived."""
    return [(view.id, view.req_per_s) for view in views if view.requests.planned and view.state != "dnf"]
