"""A contender's own page: how it is opened, what it tells, and that it follows the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as replace_view

import pytest
from driving import Opened, opened
from examples import PLAN, FakeStart, finished, histogram, in_open_load, running
from msgspec.structs import replace
from textual.binding import Binding
from textual.widget import Widget

from httptui.plan.model import Contender, Policy
from httptui.tui.keys import bindings_of
from httptui.tui.panels.board_keys import PAGE_KEYS, RUN_BINDINGS, SHARED, SHARED_KEYS
from httptui.tui.panels.contender_page import draw_own_latency, draw_own_title, measured, settings
from httptui.tui.panels.contenders import ContendersPanel
from httptui.tui.panels.latency import draw_percentile_table, percentile_lines
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import plain, row_width
from httptui.tui.plots.histograms import UPRIGHT, Distribution, Mark, plot_marked_histogram
from httptui.tui.screens.run import ContenderScreen
from httptui.tui.widgets.key_lines import KeysLine

CHOSEN = View(running(), "running", chosen="C", plan=PLAN)
LATENCIES = Distribution("A", histogram(10.0, 0.5, 2000, 1))


def page(it: Opened) -> ContenderScreen:
    """The page, which must be open."""
    assert isinstance(it.app.screen, ContenderScreen)
    return it.app.screen


def text(it: Opened, panel: str) -> str:
    """The lines that a panel of the page shows."""
    widget = page(it).query_one(f"#{panel}", Panel)
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


async def open_page(it: Opened, *keys: str) -> None:
    """Run, press keys, and enter."""
    await it.run()
    await it.pilot.press(*keys, "enter")
    await it.until(lambda: isinstance(it.app.screen, ContenderScreen))
    await it.pilot.pause()


# What is told, as pure functions.


@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (2, 9), (3, 3), (9, 4), (30, 5), (60, 8), (116, 13), (250, 40)]
)
@pytest.mark.parametrize(
    "marks", [(), (0.01, 5.0, 10.0, 10.01, 30.0, 9e9), (10.0, float("inf"), float("nan"))]
)
def test_a_marked_histogram_is_exactly_as_large_as_its_room(
    marks: Sequence[float], width: int, height: int
) -> None:
    cells = plot_marked_histogram(
        LATENCIES, [Mark(at, f"p{at:g}", f"{at:g} ms") for at in marks], width, height
    )
    assert [row_width(row) for row in cells] == [width] * height


def test_percentiles_stand_named_above_their_uprights_and_cover_nothing() -> None:
    marks = [Mark(5.0, "p10", "5.0 ms"), Mark(10.0, "p50", "10.0 ms"), Mark(11.0, "p60", "11.0 ms")]
    rows = plain(plot_marked_histogram(LATENCIES, marks, 100, 20)).splitlines()
    for mark in marks:
        (name,) = [row for row in rows if f"{mark.name} {mark.text}" in row]
        start = name.index(mark.name)
        sides = (start - 1, start + len(f"{mark.name} {mark.text}"))
        (at,) = [side for side in sides if side < len(name) and name[side] == UPRIGHT]
        below = rows[rows.index(name) : -1]
        assert [row[at] for row in below] == [UPRIGHT] * len(below)


def test_without_room_for_names_the_uprights_stay() -> None:
    rows = plain(plot_marked_histogram(LATENCIES, [Mark(10.0, "p50", "10.0 ms")], 20, 3)).splitlines()
    assert [UPRIGHT in row for row in rows] == [True, True, False]
    assert "p50" not in "".join(rows)


def test_an_empty_histogram_has_an_axis_and_no_bars() -> None:
    rows = plain(plot_marked_histogram(Distribution("A", ()), (), 60, 8)).splitlines()
    assert "".join(rows[:-1]).strip() == ""
    assert " ms" in rows[-1]


def test_the_percentiles_rise_and_each_tells_how_many_were_slower() -> None:
    contender = replace(running().contenders[0], histogram=histogram(4.1, 0.2, 4000, 7))
    lines = percentile_lines(contender)
    assert [line.name for line in lines] == ["p25", "p50", "p75", "p90", "p95", "p99", "p99.9", "max", "mean"]
    assert [line.slower for line in lines] == [3000, 2000, 1000, 400, 200, 40, 4, None, None]
    assert lines[0].service < lines[1].service < lines[2].service  # type: ignore[operator]
    assert percentile_lines(running().contenders[3]) == ()


def test_the_table_of_percentiles_tells_the_ratio_to_the_median_and_marks_few() -> None:
    rows = plain(draw_percentile_table(CHOSEN, 44)).splitlines()
    assert rows[0].split() == ["time", "×", "p50", "slower"]
    assert rows[2].split() == ["p50", "313", "ms", "1.00", "2", "000"]
    assert rows[7].split() == ["p99.9", "939", "ms", "3.00", "4"]
    marked = [segment for row in draw_percentile_table(CHOSEN, 44) for segment in row if segment[1] == "warn"]
    assert [words.strip() for words, _ in marked] == ["4"]


def test_an_open_load_has_both_times_side_by_side() -> None:
    snapshot = in_open_load(running())
    rows = plain(draw_percentile_table(View(snapshot, "running", chosen="B"), 44)).splitlines()
    assert rows[0].split() == ["service", "response", "slower"]
    assert rows[2].split()[:5] == ["p50", "17.5", "ms", "35.0", "ms"]
    assert rows[1].split()[3] == "–"


@pytest.mark.parametrize("chosen", ["A", "C", "D", "Z", None])
@pytest.mark.parametrize("width", [1, 20, 58, 118])
def test_every_part_of_the_page_is_exactly_as_wide_as_its_room(chosen: str | None, width: int) -> None:
    view = replace_view(CHOSEN, chosen=chosen)
    drawn = [
        draw_own_title(view, width),
        draw_own_latency(view, width, 9),
        draw_percentile_table(view, width, 5),
    ]
    assert {row_width(row) for cells in drawn for row in cells} <= {width}


def test_the_first_lines_tell_whose_page_it_is_its_place_and_why_it_is_no_faster() -> None:
    rows = plain(draw_own_title(CHOSEN, 118)).splitlines()
    assert rows[0].startswith(" C  httpx · shared  ")
    assert rows[0].rstrip().endswith("place 3 by req/s, 3 by CPU · 3 of 4")
    assert "limited by client CPU: 7.8 ms of CPU per request" in rows[1]
    narrow = plain(draw_own_title(CHOSEN, 40)).splitlines()
    assert narrow[0].rstrip().endswith("  3 of 4")
    assert "place" not in narrow[0]


def test_what_was_measured_and_the_errors_with_their_first_messages_are_told() -> None:
    facts = dict(measured(replace(running().contenders[2], bytes=1_550_000)))
    assert facts["state"] == "running · 64 in flight"
    assert facts["req/s"] == "129 · 129 now"
    assert facts["timeout × 12"] == "no answer within 30 s"
    assert facts["CPU"] == "7.8 ms per request · 98 % of a core"
    assert facts["event loop"] == "late by up to 3.4 ms"
    assert facts["bytes"] == "1.55 MB of answers · 250 kB/s"
    assert "latency" not in facts
    assert dict(measured(finished().contenders[0]))["state"] == "finished"


def test_settings_are_told_with_their_defaults() -> None:
    shown = dict(settings(PLAN, PLAN.contender[0]))
    assert shown["engine"].startswith("aiohttp (aiohttp ")
    assert (shown["reuse"], shown["HTTP"], shown["event loop"]) == ("shared", "1.1", "uvloop")
    assert shown["pool"] == "64, as many as in flight"
    assert shown["policy"] == "timeout 30 s"
    threads = dict(settings(PLAN, PLAN.contender[3]))
    assert threads["event loop"] == "none, it runs in threads"


def test_other_settings_and_an_unknown_engine_are_told_as_they_are() -> None:
    policy = Policy(timeout=2.5, redirects=1, retries=2, cookies=True, trust_env=True)
    plan = replace(PLAN, policy=policy, target=replace(PLAN.target, verify=False))
    contender = Contender(engine="nobody", pool="library-defaults", concurrency=8)
    shown = dict(settings(plan, contender))
    assert shown["engine"] == "nobody"
    assert shown["event loop"] == "asyncio"
    assert shown["pool"] == "the library's defaults"
    assert shown["in flight"] == "8 at most"
    assert shown["policy"] == (
        "timeout 2.5 s · 1 redirect · 2 retries after 0.1 s · cookies · proxies of the environment · TLS not verified"
    )


# Under keys and mouse.


@pytest.mark.pilot
async def test_enter_opens_the_page_of_the_chosen_contender_and_escape_goes_back() -> None:
    async with opened() as it:
        await open_page(it, "j", "j")
        assert "httpx-aiohttp · shared" in text(it, "own-title")
        assert "p50 17.5 ms" in text(it, "own-latency")
        assert "p99.9" in text(it, "own-percentiles")
        assert "4k" in text(it, "own-throughput")
        assert "64 opened for" in text(it, "measured")
        assert "httpx-aiohttp" in text(it, "settings")
        await it.pilot.press("escape")
        await it.until(lambda: it.app.screen is it.screen)
        assert it.screen.view.chosen == "B"


@pytest.mark.pilot
async def test_enter_without_a_choice_opens_the_first_rows_page() -> None:
    async with opened() as it:
        await open_page(it, "T")
        assert it.screen.view.chosen == "D"
        assert "did not finish: cannot import requests" in text(it, "own-title")


@pytest.mark.pilot
async def test_a_second_click_on_a_row_opens_its_page() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.click(ContendersPanel, offset=(10, 3))
        await it.pilot.pause()
        assert it.screen.view.chosen == "B"
        await it.pilot.click(ContendersPanel, offset=(10, 3))
        await it.until(lambda: isinstance(it.app.screen, ContenderScreen))


@pytest.mark.pilot
async def test_before_a_run_there_is_no_page() -> None:
    async with opened() as it:
        await it.pilot.press("enter")
        await it.pilot.pause()
        assert it.app.screen is it.screen


@pytest.mark.pilot
@pytest.mark.parametrize(
    ("keys", "chosen"),
    [(["right"], "B"), (["l", "l"], "C"), (["right", "h"], "A"), (["left"], "A"), (["right"] * 9, "D")],
    ids=str,
)
async def test_arrows_go_to_the_neighbours_in_the_table(keys: list[str], chosen: str) -> None:
    async with opened() as it:
        await open_page(it)
        await it.pilot.press(*keys)
        assert it.screen.view.chosen == chosen
        assert text(it, "own-title").startswith(f" {chosen} ")


@pytest.mark.pilot
async def test_neighbours_are_those_of_the_order_that_is_shown() -> None:
    async with opened() as it:
        await open_page(it, "T", "down")
        await it.pilot.press("right")
        assert it.screen.view.chosen == "C"


@pytest.mark.pilot
async def test_it_follows_the_run_while_the_board_below_draws_nothing() -> None:
    async with opened() as it:
        await open_page(it, "j")
        below: list[object] = []
        for panel in it.screen.query(Panel):
            panel.show = below.append  # type: ignore[method-assign]
        it.screen.control.take(replace(running(9.0), sequence=36))
        await it.until(lambda: "9.0/10 s" in text(it, "header"))
        assert "139 599 ok" in text(it, "measured")
        assert below == []


@pytest.mark.pilot
async def test_the_board_has_caught_up_when_one_comes_back() -> None:
    async with opened() as it:
        await open_page(it, "j")
        await it.finish()
        assert "✓ done" in text(it, "header")
        await it.pilot.press("escape")
        await it.until(lambda: it.app.screen is it.screen)
        await it.pilot.pause()
        assert "✓ done" in it.text("header")
        assert "serves this workload best" in it.text("verdict")


@pytest.mark.pilot
async def test_one_can_freeze_go_back_in_time_and_stop_from_the_page() -> None:
    past = [replace(running(number / 4), sequence=number) for number in range(1, 26)]
    async with opened(FakeStart(*past, last=replace(finished(), sequence=26))) as it:
        await open_page(it, "j")
        await it.pilot.press("[", "[")
        assert "FROZEN  at 5.8/10 s · 0.5 s back" in text(it, "header")
        await it.pilot.press("f")
        assert "FROZEN" not in text(it, "header")
        await it.pilot.press("s")
        await it.until(lambda: it.screen.report is not None)
        await it.pilot.pause()
        assert "■ stopped" in text(it, "header")


@pytest.mark.pilot
async def test_q_leaves_from_the_page() -> None:
    async with opened() as it:
        await it.run()
        await it.finish()
        await it.pilot.press("j", "enter", "q")
        await it.until(lambda: not it.app.is_running)


@pytest.mark.pilot
async def test_a_panel_of_the_page_gets_the_whole_screen_and_gives_it_back() -> None:
    async with opened() as it:
        await open_page(it, "j")
        latency = page(it).query_one("#own-latency")
        await it.pilot.press("m")
        await it.pilot.pause()
        assert page(it).maximized is latency
        assert latency.outer_size.width == 120
        await it.pilot.press("escape")
        assert page(it).maximized is None
        assert isinstance(it.app.screen, ContenderScreen)


@pytest.mark.pilot
async def test_what_has_no_room_is_scrolled_to() -> None:
    async with opened(size=(60, 20)) as it:
        await open_page(it, "j")
        scroll = page(it).query_one("#page", Widget)
        before = scroll.scroll_offset.y
        await it.pilot.press("j", "j", "down")
        await it.pilot.pause()
        assert scroll.scroll_offset.y == before + 6
        await it.pilot.press("k", "up", "up", "up")
        await it.pilot.pause()
        assert scroll.scroll_offset.y == 0


@pytest.mark.pilot
async def test_the_keys_of_the_page_stand_in_its_last_line_and_can_be_clicked() -> None:
    async with opened() as it:
        await open_page(it, "j")
        line = page(it).query_one(KeysLine)
        shown = line.render_line(0).text
        assert shown.split()[:2] == ["esc", "back"]
        await it.pilot.click(line, offset=(shown.index("next"), 0))
        await it.pilot.pause()
        assert it.screen.view.chosen == "B"
        await it.pilot.click(line, offset=(shown.index("back"), 0))
        await it.until(lambda: it.app.screen is it.screen)


@pytest.mark.pilot
async def test_what_only_a_run_can_do_is_offered_while_it_is_on() -> None:
    async with opened() as it:
        await open_page(it, "j")
        line = page(it).query_one(KeysLine)
        assert " + more" in line.render_line(0).text
        await it.finish()
        assert "more" not in line.render_line(0).text
        assert "w save report" in line.render_line(0).text


@pytest.mark.pilot
async def test_x_shows_the_code_of_the_pages_contender() -> None:
    async with opened() as it:
        await open_page(it, "j")
        await it.pilot.press("x")
        await it.until(lambda: not isinstance(it.app.screen, ContenderScreen))
        await it.pilot.press("escape")
        await it.until(lambda: isinstance(it.app.screen, ContenderScreen))


def test_a_key_that_is_shared_has_the_same_id_on_both_screens_and_no_two_actions_have_one_key() -> None:
    bound = list(Binding.make_bindings(bindings_of(PAGE_KEYS)))
    own = {binding.key: binding for binding in bound}
    assert len(own) == len(bound)
    run = {binding.key: binding.id for binding in Binding.make_bindings(RUN_BINDINGS)}
    assert len(SHARED_KEYS) == len(SHARED)
    named = [binding for binding in own.values() if str(binding.id).startswith("run.")]
    assert all(run[binding.key] == binding.id for binding in named)


@pytest.mark.pilot
async def test_measured_and_settings_end_in_the_same_row_side_by_side() -> None:
    async with opened(size=(160, 44)) as it:
        await it.run()
        await it.pilot.press("j", "enter")
        await it.pilot.pause()
        measured, settings = (it.app.screen.query_one(f"#{name}") for name in ("measured", "settings"))
        assert measured.region.y == settings.region.y
        assert measured.region.bottom == settings.region.bottom


def test_one_that_waits_for_its_turn_has_no_pace_now() -> None:
    assert dict(measured(replace(running().contenders[2], state="waiting")))["req/s"] == "129"
