"""Live views and saved reports share their fields, so that one becomes the other by name alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct, structs

from httptui.plan.secrets import Redactor
from httptui.presets import load_preset
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import ContenderResult, ContenderView, Snapshot, as_kind
from httptui.runs.tally import Tally
from httptui.sweeps.report import SweepReport, SweepSnapshot, read_either
from httptui.tui.control.snapshots import snapshot_of_plan
from httptui.tui.shown_reports import snapshot_of_report, snapshot_of_sweep

OTHERWISE = {"histogram", "lower_bounds", "limiter", "verdict", "contenders"}
"""Fields that both kinds have in forms of their own: a conversion gives them by itself."""


@pytest.mark.parametrize(
    ("live", "saved"),
    [(ContenderView, ReportContender), (Snapshot, Report), (SweepSnapshot, SweepReport)],
)
def test_what_is_called_alike_is_of_one_type(live: type[Struct], saved: type[Struct]) -> None:
    lives, saveds = ({field.name: field.type for field in structs.fields(kind)} for kind in (live, saved))
    both = lives.keys() & saveds.keys()
    assert both
    assert {name for name in both if lives[name] != saveds[name]} <= OTHERWISE


def test_a_conversion_takes_what_both_have_and_what_is_given() -> None:
    view = ContenderView(
        id="A", label="a", engine="x", reuse="shared", concurrency=3, in_flight=2, seconds=1.5
    )
    again = as_kind(ContenderView, view, label="b")
    assert again == structs.replace(view, label="b")
    with pytest.raises(TypeError):
        as_kind(ReportContender, view)


@pytest.mark.parametrize("name", ["fastapi-fanout", "http2", "leapcell-fair", "knee", "pool-grid"])
def test_a_saved_report_is_shown_with_all_that_views_have(project: Path, name: str) -> None:
    report = read_either(project / "docs" / "results" / f"{name}.json")
    shown = snapshot_of_sweep(report) if isinstance(report, SweepReport) else snapshot_of_report(report)
    assert len(shown.contenders) == len(report.contenders)
    for view, contender in zip(shown.contenders, report.contenders, strict=True):
        shared = (
            ContenderResult.__struct_fields__ if isinstance(view, ContenderView) else ("label", "versions")
        )
        assert [getattr(view, each) for each in shared] == [getattr(contender, each) for each in shared]


@pytest.mark.parametrize("name", ["fastapi-fanout", "http2"])
def test_contenders_look_the_same_before_a_run_and_at_its_start(name: str) -> None:
    plan = load_preset(name)
    tally = Tally(plan, redactor=Redactor.for_plan(plan, {}), began_ns=0)
    started = [
        structs.replace(view, state="ready", pool=None, upstream=None)
        for view in tally.snapshot(0).contenders
    ]
    assert list(snapshot_of_plan(plan).contenders) == started
    assert [view.http_requested for view in started] == [one.http for one in plan.contender]
