"""The panels of a sweep as cells: exact at every width, and what they say of many contenders and of failures."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sweep_examples import GRID, KNEE, LATENCY, grid_rate, knee_rate, latency_rate, snapshot
from test_plots import assert_exact

from httptui.plan.model import Contender
from httptui.sweeps.report import SweepContender
from httptui.tui.control.sweep import sweep_before
from httptui.tui.panels.sweep_panels import draw_sweep_analysis, draw_sweep_chart, draw_sweep_table
from httptui.tui.panels.sweep_view import (
    SweepView,
    draw_sweep_header,
    draw_sweep_notices,
    short_names,
    visits_done,
)
from httptui.tui.plots.cells import plain, row_width

KEYS = {"figure": "u"}
VIEWS = [
    SweepView(snapshot(KNEE, knee_rate), status="running", keys=KEYS),
    SweepView(snapshot(LATENCY, latency_rate, 6), status="done", verdict="A; B; C", chosen="B", keys=KEYS),
    SweepView(snapshot(GRID, grid_rate), status="stopping", keys=KEYS),
    SweepView(sweep_before(KNEE), status="running", keys=KEYS),
]


@pytest.mark.parametrize("view", VIEWS, ids=["knee", "latency", "grid", "before"])
@pytest.mark.parametrize("width", [1, 7, 20, 59, 60, 80, 99, 120, 200])
def test_every_row_is_as_wide_as_was_asked_for(view: SweepView, width: int) -> None:
    assert row_width(draw_sweep_header(view, width)) == width
    for cells in (
        draw_sweep_table(view, width),
        draw_sweep_analysis(view, width),
        draw_sweep_notices(view, width),
    ):
        assert {row_width(row) for row in cells} <= {width}
    if not view.is_grid:
        assert_exact(draw_sweep_chart(view, width, 14), width, 14)


def test_the_table_tells_intervals_as_fully_as_there_is_room_for() -> None:
    view = SweepView(snapshot(KNEE, knee_rate, 6), status="done", keys=KEYS)
    assert "[" in plain(draw_sweep_table(view, 120))
    assert "±" in plain(draw_sweep_table(view, 74))
    narrow = plain(draw_sweep_table(view, 50))
    assert "±" not in narrow
    assert "[" not in narrow


def test_contenders_that_have_no_room_are_counted() -> None:
    assert "+2" in plain(draw_sweep_table(VIEWS[0], 32)).splitlines()[0]


def test_failures_are_marked() -> None:
    whole = snapshot(KNEE, knee_rate)
    first, *rest = whole.points
    view = SweepView(replace(whole, points=(replace(first, failed=3), *rest)), keys=KEYS)
    assert "✗" in plain(draw_sweep_table(view, 80)).splitlines()[1]


def test_the_levels_of_a_block_are_counted_when_every_contender_has_had_them() -> None:
    assert visits_done(VIEWS[0]) == (4, 9)
    assert visits_done(VIEWS[3])[1] == 9


def test_names_are_short_only_where_they_tell_contenders_apart() -> None:
    assert short_names(VIEWS[0]) == {"A": "aiohttp", "B": "httpx-aiohttp", "C": "httpx"}
    twins = replace(
        KNEE, contender=(Contender(engine="httpx"), Contender(engine="httpx", reuse="per-worker"))
    )
    assert short_names(SweepView(sweep_before(twins))) == {"A": "httpx · shared", "B": "httpx · per-worker"}


def test_a_contender_that_was_lost_is_told_with_its_cause() -> None:
    whole = snapshot(GRID, grid_rate)
    lost = SweepContender(id="B", label="httpx", engine="httpx", reuse="shared", cause="cannot import httpx")
    view = SweepView(replace(whole, contenders=(whole.contenders[0], lost)), keys=KEYS)
    assert "cannot import httpx" in plain(draw_sweep_analysis(view, 60))


def test_no_number_of_the_last_word_is_torn_apart() -> None:
    view = SweepView(VIEWS[0].snapshot, status="done", verdict="with 4 880 req/s and 4 880 req/s")
    for width in range(14, 40):
        lines = plain(draw_sweep_notices(view, width, 9)).splitlines()
        assert not any(line.rstrip().endswith(" 4") for line in lines)


def test_names_are_whole_where_there_is_room_though_nothing_is_measured_yet() -> None:
    before = SweepView(sweep_before(KNEE), status="running", keys=KEYS)
    assert "httpx-aiohttp" in plain(draw_sweep_table(before, 90))
    assert "httpx-aiohttp" not in plain(draw_sweep_table(before, 50))
