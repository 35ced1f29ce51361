"""What the run screen says at the end about what the plan expected."""

from __future__ import annotations

from examples import PLAN, running
from msgspec.structs import replace

from httptui.results.report import ExpectationResult, Report
from httptui.results.snapshot import Event, Verdict
from httptui.tui.control.snapshots import finished_snapshot
from httptui.tui.forms.preset_text import preset_detail
from httptui.tui.panels.events import draw_events
from httptui.tui.panels.notices import draw_warnings
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells


def result(text: str, told: str, *, met: bool) -> ExpectationResult:
    return ExpectationResult(text=text, id="A", met=met, actual=None, sentence=f"{text}: A {told}")


REPORT = Report(
    complete=True,
    started="2026-01-02T03:04:05+00:00",
    seconds=12.5,
    plan={},
    environment={},
    contenders=(),
    ranking=(),
    verdict=Verdict("undecided", "Nobody won."),
    expectations=(
        result("A.p99 < 50ms", "has 8.1 ms", met=True),
        result("rank(A) == 1", "has rank 1–2", met=False),
    ),
    warnings=("TLS certificates are not verified",),
    events=(Event(0.5, "warm-up over"),),
)


def lines(cells: Cells) -> list[str]:
    return ["".join(text for text, _ in row).rstrip() for row in cells]


def test_before_a_run_the_plan_tells_what_it_expects() -> None:
    detail = preset_detail(replace(PLAN, expect=("errors == 0", "A.p99 < 50ms")))
    assert [text for name, text in detail.facts if name == "expects"] == ["errors == 0", "A.p99 < 50ms"]


def test_each_expectation_is_an_event_at_the_end_of_the_run() -> None:
    finished = finished_snapshot(running(), REPORT)
    assert lines(draw_events(finished.events, 70)) == [
        "   0.5 s  · warm-up over",
        "  12.5 s  · met: A.p99 < 50ms: A has 8.1 ms",
        "  12.5 s  ✗ missed: rank(A) == 1: A has rank 1–2",
    ]


def test_a_missed_one_stands_among_the_warnings() -> None:
    finished = finished_snapshot(running(), REPORT)
    assert lines(draw_warnings(View(finished, status="done"), 70)) == [
        " ▲ TLS certificates are not verified",
        " ▲ missed: rank(A) == 1: A has rank 1–2",
    ]
