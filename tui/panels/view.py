"""What a panel draws: one snapshot, and how the screen looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from httptui.plan.abilities import cautions
from httptui.plan.model import Plan, describe_load
from httptui.plan.sweep import describe_sweep
from httptui.plan.urls import describe_target
from httptui.results.planned import planned_views
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import ContenderView, Event, Level, Snapshot, is_shared
from httptui.tui.panels.columns import AS_USUAL, BY_LETTER, Picked, Sorting, ordered
from httptui.tui.panels.run_keys import USUAL_KEYS

Status = Literal["idle", "running", "stopping", "done", "stopped", "invalid", "failed"]


@dataclass(frozen=True, slots=True)
class View:
    """One frame.  `status` is the session's, which a snapshot cannot know before it starts or after it fails;
    `behind` is how many seconds of the run lie after a frozen one; `plan` is shown before a run; `chosen` is the
    letter of the contender that is looked at; `swapped` puts the second ranking first;
    `picked` tells which columns the table may show, and `sorting` is its order; `keys` has the key of each action of
    the run screen, for the sentences that name one.
    """

    snapshot: Snapshot
    status: Status = "idle"
    frozen: bool = False
    behind: float = 0.0
    log: bool = False
    blocks: bool = False
    plan: Plan | None = None
    chosen: str | None = None
    swapped: bool = False
    picked: Picked = AS_USUAL
    sorting: Sorting = BY_LETTER
    keys: Mapping[str, str] = field(default_factory=lambda: USUAL_KEYS, compare=False)

    @property
    def over(self) -> bool:
        """Whether the run has come to its end."""
        return self.status in ("done", "stopped", "invalid")

    @property
    def is_open(self) -> bool:
        """Whether the load is open, so that response times differ from service times."""
        if self.plan is not None:
            return self.plan.load.kind == "open"
        return any(contender.response_ms is not None for contender in self.snapshot.contenders)

    @property
    def is_shared(self) -> bool:
        """Whether all contenders at once filled the machine, so that CPU per request tells more than req/s."""
        return is_shared(self.snapshot.flags)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that the table may show."""
        return self.picked.names(is_open=self.is_open)

    @property
    def rows(self) -> tuple[ContenderView, ...]:
        """The contenders in the order of the table."""
        return ordered(self.snapshot.contenders, self.sorting)

    def contender(self, letter: str | None) -> ContenderView | None:
        """The contender of a letter, or None."""
        return next((view for view in self.snapshot.contenders if view.id == letter), None)


def status_at_end(*, invalid: bool, complete: bool) -> Status:
    """The status of a run or a sweep that is over, by its verdict and by whether it took all its steps."""
    if invalid:
        return "invalid"
    return "done" if complete else "stopped"


def snapshot_of_plan(plan: Plan) -> Snapshot:
    """The plan as a snapshot of a run that has not begun."""
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
    """The last snapshot with the report's final word: rankings, flags, verdict, limiters, causes, events."""
    finals = {contender.id: contender for contender in report.contenders}
    views = tuple(_final(view, finals.get(view.id)) for view in last.contenders)
    return with_last_word(replace(last, phase="done", contenders=views), report)


def with_last_word(snapshot: Snapshot, report: Report) -> Snapshot:
    """The snapshot with the report's rankings, flags, verdict, warnings and events, and whether what was expected of
    the run was met.
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
    """An event at the run's end for each of its expectations."""
    for result in report.expectations:
        level: Level = "info" if result.met else "error"
        yield Event(report.seconds, f"{result.outcome}: {result.sentence}", level)


def _final(view: ContenderView, final: ReportContender | None) -> ContenderView:
    if final is None:
        return view
    return replace(
        view, state=final.state, limiter=final.limiter, cause=final.cause, req_per_s=final.req_per_s
    )
