"""Snapshots of a run that no session gives: of a plan before its run, and of a run with its report's final word."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from httptui.plan.abilities import cautions
from httptui.plan.model import Plan, describe_load
from httptui.plan.sweep import describe_sweep
from httptui.plan.urls import describe_target
from httptui.results.planned import planned_views
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import ContenderView, Event, Level, Snapshot


def snapshot_of_plan(plan: Plan) -> Snapshot:
    """Return the plan as a snapshot of a run that has not begun."""
    return Snapshot(
        sequence=0,
        title=plan.name,
        target=describe_target(plan.target),
        load=describe_sweep(plan) if plan.sweep else describe_load(plan.load),
        schedule=plan.schedule.kind,
        phase="preparing",
        elapsed=0.0,
        total=None,
        progress=0.0,
        block=0,
        blocks=0,
        contenders=tuple(replace(view, state="ready") for view in planned_views(plan)),
        warnings=cautions(plan),
    )


def finished_snapshot(last: Snapshot, report: Report) -> Snapshot:
    """Return the last snapshot with the report's final word: rankings, flags, verdict, limiters, causes, events."""
    finals = {contender.id: contender for contender in report.contenders}
    views = tuple(_final(view, finals.get(view.id)) for view in last.contenders)
    return with_last_word(replace(last, phase="done", contenders=views), report)


def with_last_word(snapshot: Snapshot, report: Report) -> Snapshot:
    """Return the snapshot with the report's rankings, flags, verdict, warnings and events, and whether what was
    expected of the run was met.
    """
    return replace(
        snapshot,
        ranking=report.ranking,
        cpu_ranking=report.cpu_ranking,
        flags=report.flags,
        verdict=report.verdict,
        warnings=(*report.warnings, *_missed(report)),
        events=(*report.events, *_expected(report)),
    )


def _missed(report: Report) -> Iterator[str]:
    return (f"{result.outcome}: {result.sentence}" for result in report.expectations if not result.met)


def _expected(report: Report) -> Iterator[Event]:
    """Yield an event at the run's end for each of its expectations."""
    for result in report.expectations:
        level: Level = "info" if result.met else "error"
        yield Event(report.seconds, f"{result.outcome}: {result.sentence}", level)


def _final(view: ContenderView, final: ReportContender | None) -> ContenderView:
    if final is None:
        return view
    return replace(
        view, state=final.state, limiter=final.limiter, cause=final.cause, req_per_s=final.req_per_s
    )
