"""The panels over time and of errors: what each shows of a snapshot, and how one comes to them."""

from __future__ import annotations

from dataclasses import replace as replace_view

import pytest
from driving import opened
from examples import PLAN, FakeStart, finished, in_open_load, running
from msgspec.structs import replace

from httptui.plan.model import Contender, Plan, Schedule
from httptui.results.snapshot import (
    ContenderView,
    Mark,
    Requests,
    Snapshot,
    Stretch,
    with_past,
    without_past,
    without_timelines,
)
from httptui.tui.control.snapshots import snapshot_of_plan
from httptui.tui.panels.errors import ErrorsPanel, draw_errors
from httptui.tui.panels.header import draw_header, time_left
from httptui.tui.panels.latency import (
    HeatmapPanel,
    PercentilesPanel,
    draw_heatmap,
    draw_percentiles,
    draw_throughput,
    in_turns,
    looked_at,
    moments_of,
    single_contender,
)
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import plain, row_width

pytestmark = pytest.mark.pilot

RUNNING = View(running(), "running")
IDLE = View(snapshot_of_plan(PLAN))


@pytest.mark.parametrize("width", [20, 58, 78, 158])
@pytest.mark.parametrize(
    "view", [IDLE, RUNNING, View(finished(), "done", chosen="D")], ids=["idle", "run", "dnf"]
)
def test_every_panel_over_time_is_exactly_as_large_as_its_room(view: View, width: int) -> None:
    drawn = [
        draw_heatmap(view, width, 9),
        draw_heatmap(view, width, 9, dense=True),
        draw_percentiles(view, width, 9),
    ]
    assert {len(cells) for cells in drawn} == {9}
    assert {row_width(row) for cells in (*drawn, draw_errors(view, width)) for row in cells} == {width}


def test_the_heat_map_is_of_the_chosen_contender_or_else_of_the_leader() -> None:
    told = [looked_at(view) for view in (RUNNING, replace_view(RUNNING, chosen="C"), IDLE)]
    assert [contender and contender.id for contender in told] == ["A", "C", None]
    before_ranking = looked_at(View(replace(running(), ranking=()), "running"))
    assert before_ranking is not None
    assert before_ranking.id == "A"
    assert "p50 4.1 ms" in plain(draw_heatmap(RUNNING, 78, 12))
    assert "p50 313 ms" in plain(draw_heatmap(replace_view(RUNNING, chosen="C"), 78, 12))


def test_in_turns_each_lasts_until_the_next_so_that_the_picture_has_no_stripes() -> None:
    timeline = (Stretch(0.0, 1.0, (8, 1)), Stretch(3.0, 4.0, (8, 1)))
    alone, taking_turns = (moments_of(timeline, in_turns=turns) for turns in (False, True))
    assert [(one.start, one.end) for one in alone] == [(0.0, 1.0), (3.0, 4.0)]
    assert [(one.start, one.end) for one in taking_turns] == [(0.0, 3.0), (3.0, 4.0)]
    assert moments_of((), in_turns=True) == []
    view = View(replace(running(), schedule="interleaved"), "running")
    assert in_turns(view)
    assert not in_turns(RUNNING)
    assert "each turn lasts until its next" in HeatmapPanel(id="heatmap").note(view)


def test_one_without_answers_says_so() -> None:
    view = replace_view(RUNNING, chosen="D")
    assert "D has no answers yet" in plain(draw_heatmap(view, 60, 9))
    assert "D has no answers yet" in plain(draw_percentiles(view, 60, 9))


def test_in_an_open_load_response_times_are_shown() -> None:
    view = View(in_open_load(running()), "running")
    assert "p50 8.2 ms" in plain(draw_heatmap(view, 78, 12))
    assert HeatmapPanel(id="heatmap").title(view).startswith("Response time over time")
    assert PercentilesPanel(id="percentiles").title(view).startswith("p99 response time")


def test_percentiles_are_named_and_of_one_contender_or_p99_of_all() -> None:
    every = plain(draw_percentiles(RUNNING, 78, 14))
    assert all(letter in every for letter in "ABC")
    assert "p99" not in every
    one = plain(draw_percentiles(replace_view(RUNNING, chosen="B"), 78, 14))
    rows = [
        next(y for y, row in enumerate(one.splitlines()) if name in row) for name in ("p99", "p90", "p50")
    ]
    assert rows == sorted(rows)
    alone = View(snapshot_of_plan(Plan(contender=(Contender(engine="httpx"),))))
    assert single_contender(alone) == alone.snapshot.contenders[0]
    assert single_contender(RUNNING) is None


def test_what_a_user_changed_is_marked_in_every_chart_over_time() -> None:
    marked = View(replace(running(), marks=(Mark(7.5, "32 in flight"),)), "running")
    for draw in (draw_heatmap, draw_percentiles, draw_throughput):
        rows = [plain(draw(view, 78, 14)).splitlines() for view in (RUNNING, marked)]
        changed = [
            (y, x)
            for y, (old, new) in enumerate(zip(*rows, strict=True))
            for x, pair in enumerate(zip(old, new, strict=True))
            if pair == (" ", "│")
        ]
        assert len(changed) >= 8
        assert len({x for _, x in changed}) == 1


def errors_of(*contenders: ContenderView) -> list[str]:
    """The rows of errors of such contenders."""
    snapshot: Snapshot = replace(running(), contenders=contenders)
    return plain(draw_errors(View(snapshot, "running"), 78)).splitlines()


def test_errors_have_counts_shares_and_their_first_message_and_statuses_follow() -> None:
    rows = [row.split() for row in plain(draw_errors(RUNNING, 100)).splitlines()]
    assert rows[0] == ["kind", "count", "share", "first", "message"]
    assert rows[1] == ["C", "timeout", "12", "1.5", "%", "no", "answer", "within", "30", "s"]
    assert rows[2][:5] == ["C", "reset", "2", "0.2", "%"]
    assert rows[3][:4] == ["D", "dnf", "cannot", "import"]
    assert [row[:2] for row in rows[4:]] == [["A", "200"], ["B", "200"], ["C", "200"]]


def test_the_most_frequent_error_comes_first_and_long_messages_are_wrapped() -> None:
    view = replace(
        running().contenders[0],
        requests=Requests(ok=90, error=10),
        errors={"tls": 3, "dns": 7},
        first_messages={"tls": "word " * 30},
        status={"503": 7, "200": 90},
    )
    rows = errors_of(view)
    assert [row.split()[1] for row in rows if row.startswith(" A")] == ["dns", "tls", "200", "503"]
    assert len([row for row in rows if "word" in row]) > 2


def test_where_all_is_well_it_says_so() -> None:
    assert errors_of(running().contenders[0])[0].strip() == "✓ no errors"
    assert ErrorsPanel(id="errors").title(View(replace(running(), contenders=()))) == "Errors"
    assert ErrorsPanel(id="errors").title(RUNNING) == "Errors · 14"


@pytest.mark.parametrize(
    ("view", "left"),
    [
        (RUNNING, " · 4 s left"),
        (IDLE, ""),
        (View(finished(), "done"), ""),
        (replace_view(RUNNING, frozen=True), ""),
        (View(replace(running(), phase="draining"), "running"), ""),
        (View(replace(running(), total=6.2), "running"), ""),
        (View(replace(running(), total=None, progress=0.5), "running"), " · about 7 s left"),
        (View(replace(running(), total=None, progress=0.01), "running"), ""),
        (View(replace(running(), total=606.2), "running"), " · 10 min left"),
        (View(replace(running(), total=36_006.2), "running"), " · 10 h left"),
        (
            replace_view(RUNNING, plan=replace(PLAN, schedule=Schedule(kind="interleaved", until="decided"))),
            " · at most 4 s left",
        ),
    ],
)
def test_the_time_left_is_told_as_far_as_it_is_known(view: View, left: str) -> None:
    assert time_left(view) == left


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (160, (True, True)),
        (120, (True, True)),
        (90, (False, True)),
        (80, (False, True)),
        (60, (False, False)),
    ],
)
def test_the_load_gives_way_before_the_time_left(width: int, told: tuple[bool, bool]) -> None:
    line = plain((draw_header(RUNNING, width),))
    assert ("64 in flight" in line, "4 s left" in line) == told
    assert "GET http://127.0.0.1:8099/" in line
    assert "● running 6.2/10 s" in line


def test_a_kept_snapshot_takes_its_past_from_a_later_one() -> None:
    early, late = running(3.0), running(6.0)
    lean = without_past(early)
    assert not any(view.timeline for view in lean.contenders)
    assert [len(view.series) for view in lean.contenders] == [1, 1, 1, 0]
    whole = with_past(lean, late)
    assert [len(view.timeline) for view in whole.contenders] == [12, 12, 12, 0]
    assert [view.series for view in whole.contenders] == [view.series for view in early.contenders]
    assert [view.percentiles for view in whole.contenders] == [view.percentiles for view in early.contenders]
    assert with_past(lean, replace(late, contenders=())) == lean


def test_a_sent_snapshot_has_its_lines_and_not_its_timelines() -> None:
    sent = without_timelines(running(3.0))
    assert not any(view.timeline for view in sent.contenders)
    assert [view.series for view in sent.contenders] == [view.series for view in running(3.0).contenders]


def shown(screen_text: list[Panel]) -> list[str]:
    """The ids of the panels that are to be seen."""
    return [str(panel.id) for panel in screen_text if panel.size.height]


async def test_v_goes_through_the_charts_and_n_through_what_is_below() -> None:
    async with opened() as it:
        await it.run()
        seen = []
        for key in ("", "v", "v", "v", "n", "n"):
            await it.pilot.press(*filter(None, [key]))
            await it.pilot.pause()
            seen.append(shown(list(it.screen.query("#charts Panel, #outcome Panel").results(Panel))))
        assert seen == [
            ["throughput", "latency", "ranking", "events"],
            ["throughput", "heatmap", "ranking", "events"],
            ["throughput", "percentiles", "ranking", "events"],
            ["throughput", "latency", "ranking", "events"],
            ["throughput", "latency", "ranking", "errors"],
            ["throughput", "latency", "ranking", "events"],
        ]


async def test_a_panel_that_is_shown_again_has_the_newest_frame_and_a_hidden_one_draws_nothing() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("v", "v", "v")
        await it.pilot.pause()
        heatmap = it.screen.query_one(HeatmapPanel)
        drawn: list[int] = []
        draw = heatmap.draw
        heatmap.draw = lambda view, w, h: (drawn.append(view.snapshot.sequence), draw(view, w, h))[1]  # type: ignore[method-assign]
        await it.finish()
        assert drawn == []
        await it.pilot.press("v")
        await it.pilot.pause()
        assert drawn
        whole = plain(draw_heatmap(it.screen.view, heatmap.size.width, heatmap.size.height))
        assert it.text("heatmap") == whole


async def test_where_charts_are_folded_v_gives_the_next_one_the_whole_screen() -> None:
    async with opened(size=(80, 24)) as it:
        await it.run()
        seen = []
        for _ in range(3):
            await it.pilot.press("v")
            await it.pilot.pause()
            seen.append(it.screen.maximized and it.screen.maximized.id)
        assert seen == ["heatmap", "percentiles", "latency"]
        await it.pilot.press("escape")
        await it.pilot.pause()
        assert it.screen.maximized is None


@pytest.mark.parametrize(("digit", "name"), [("6", "heatmap"), ("7", "percentiles"), ("8", "errors")])
async def test_a_digit_gives_each_the_whole_screen_and_takes_it_back(digit: str, name: str) -> None:
    async with opened(size=(60, 20)) as it:
        await it.run()
        panel = it.screen.query_one(f"#{name}", Panel)
        await it.pilot.press(digit)
        await it.pilot.pause()
        assert it.screen.maximized is panel
        assert panel.outer_size == (60, 18)
        await it.pilot.press(digit)
        await it.pilot.pause()
        assert panel.size.height == 0


async def test_without_colours_the_heat_map_is_of_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened() as it:
        await it.run()
        await it.pilot.press("v")
        await it.pilot.pause()
        assert {"█", "░"} <= set(it.text("heatmap"))
        assert "▀" not in it.text("heatmap")


async def test_going_back_in_time_shows_the_latencies_of_then() -> None:
    many = [replace(running(seconds), sequence=number) for number, seconds in ((1, 2.0), (25, 6.2))]
    async with opened(FakeStart(*many)) as it:
        await it.run()
        await it.pilot.press("v", "[")
        await it.pilot.pause()
        first = it.screen.view.contender("A")
        assert it.screen.view.snapshot.sequence == 1
        assert first is not None
        assert [stretch.end for stretch in first.timeline][-1] == 2.0
