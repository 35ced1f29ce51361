"""The run screen under keys, with frozen snapshots in place of a run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from driving import opened
from examples import EVENTS, PLAN, FakeStart, running
from msgspec.structs import replace

from httptui.errors import BuildRefusedError, PlanError, RefusedError
from httptui.plan.model import Target
from httptui.results.snapshot import Event
from httptui.tui.panels.latency import ThroughputPanel
from httptui.tui.panels.panel import Panel
from httptui.tui.screens.dialogs import ConsentScreen
from httptui.tui.widgets.key_lines import KeysLine

pytestmark = pytest.mark.pilot


async def test_it_opens_on_the_plan_and_does_not_run() -> None:
    async with opened() as it:
        assert it.start.sessions == []
        assert "press r to run" in it.text("header")
        assert it.text("contenders").count("ready") == 4


async def test_r_runs_and_the_snapshot_fills_the_panels() -> None:
    async with opened() as it:
        await it.run()
        assert "● running 6.2/10 s" in it.text("header")
        assert "15 511" in it.text("contenders")
        assert "23 % [22–24]" in it.text("ranking")
        assert "20k" in it.text("throughput")
        assert "p50 17.5 ms" in it.text("latency")
        assert "warm-up over" in it.text("events")


async def test_the_end_shows_the_final_ranking_and_the_verdict() -> None:
    async with opened() as it:
        await it.run()
        await it.finish()
        assert "✓ done" in it.text("header")
        assert it.screen.query_one("#ranking", Panel).border_title == "Ranking · final"
        assert "serves this workload best" in it.text("verdict")
        assert "TLS certificates are not verified" in it.text("warnings")
        assert it.session.closed


@pytest.mark.parametrize("size", [(160, 44), (120, 40), (80, 24), (60, 20)])
async def test_every_panel_is_drawn_for_the_room_it_ends_up_with(size: tuple[int, int]) -> None:
    async with opened(size=size) as it:
        await it.run()
        await it.finish()
        shown = [panel for panel in it.screen.query(Panel) if panel.size.height]
        assert len(shown) >= 4
        assert [panel.virtual_size.width for panel in shown] == [
            panel.scrollable_content_region.width for panel in shown
        ]


async def test_only_the_newest_of_many_snapshots_is_drawn() -> None:
    many = [replace(running(seconds), sequence=number) for number, seconds in ((1, 1.0), (2, 2.0), (25, 6.2))]
    async with opened(FakeStart(*many)) as it:
        drawn: list[int] = []
        panel = it.screen.query_one(ThroughputPanel)
        show = panel.show
        panel.show = lambda view: (drawn.append(view.snapshot.sequence), show(view))[1]  # type: ignore[method-assign]
        await it.run()
        assert set(drawn) == {0, 25}


async def test_s_drains_and_the_partial_result_stays() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("s")
        await it.until(lambda: it.screen.report is not None)
        assert it.session.stopped
        assert "■ stopped" in it.text("header")
        assert it.screen.report is not None
        assert not it.screen.report.complete


async def test_freeze_holds_the_picture_until_it_is_let_go() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("f")
        assert "FROZEN" in it.text("header")
        it.screen.control.take(replace(running(9.0), sequence=36))
        await it.finish()
        assert "6.2/10 s" in it.text("header")
        await it.pilot.press("f")
        assert "✓ done · 10.0 s" in it.text("header")
        assert "FROZEN" not in it.text("header")


async def test_l_switches_the_throughput_to_a_log_scale_and_back() -> None:
    async with opened() as it:
        await it.run()
        linear = it.text("throughput")
        await it.pilot.press("l")
        assert "log scale" in str(it.screen.query_one("#throughput", Panel).border_title)
        assert it.text("throughput") != linear
        await it.pilot.press("l")
        assert it.text("throughput") == linear


async def test_b_draws_the_lines_in_blocks_and_back() -> None:
    async with opened() as it:
        await it.run()
        braille = it.text("throughput")
        await it.pilot.press("b")
        assert not any(0x2800 <= ord(char) < 0x2900 for char in it.text("throughput"))
        await it.pilot.press("b")
        assert it.text("throughput") == braille


async def test_another_theme_changes_the_colours_of_what_is_drawn() -> None:
    async with opened() as it:
        await it.run()
        panel = it.screen.query_one("#contenders", Panel)
        dark = panel.render_line(1)
        it.app.theme = "light"
        await it.pilot.pause()
        assert panel.render_line(1).text == dark.text
        assert panel.render_line(1) != dark


async def test_m_gives_the_focused_panel_the_whole_screen_and_takes_it_back() -> None:
    async with opened() as it:
        await it.run()
        latency = it.screen.query_one("#latency", Panel)
        latency.focus()
        await it.pilot.press("m")
        await it.pilot.pause()
        assert it.screen.maximized is latency
        assert latency.outer_size == (120, 38)
        await it.pilot.press("m")
        assert it.screen.maximized is None


async def test_a_folded_panel_is_shown_whole_by_its_number() -> None:
    async with opened(size=(80, 24)) as it:
        await it.run()
        throughput = it.screen.query_one(ThroughputPanel)
        assert throughput.size.height == 0
        await it.pilot.press("2")
        await it.pilot.pause()
        assert throughput.outer_size == (80, 22)
        assert "20k" in it.text("throughput")
        await it.pilot.press("2")
        await it.pilot.pause()
        assert throughput.size.height == 0


@pytest.mark.parametrize(("number", "panel"), [("4", "ranking"), ("5", "events")])
async def test_a_panel_that_is_not_shown_is_shown_whole_by_its_number(number: str, panel: str) -> None:
    async with opened(size=(60, 20)) as it:
        if panel == "events":
            await it.run()
        shown = it.screen.query_one(f"#{panel}", Panel)
        assert shown.size.height == 0
        await it.pilot.press(number)
        await it.pilot.pause()
        assert shown.outer_size == (60, 18)


async def test_it_follows_the_size_of_the_terminal() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.resize_terminal(80, 24)
        await it.pilot.pause()
        assert it.screen.query_one(ThroughputPanel).size.height == 0
        assert "limited by" not in it.text("contenders")
        await it.pilot.resize_terminal(160, 44)
        await it.pilot.pause()
        assert it.screen.query_one(ThroughputPanel).size.height > 8
        assert "limited by" in it.text("contenders")


async def test_w_saves_json_markdown_html_and_the_screen_and_tells_where(tmp_path: Path) -> None:
    async with opened(out=tmp_path) as it:
        await it.run()
        await it.finish()
        await it.pilot.press("w")
        await it.until(lambda: "saved" in it.text("events"))
        stem = "20260102-030405-demo"
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            f"{stem}.html",
            f"{stem}.json",
            f"{stem}.md",
            f"{stem}.svg",
        ]
        assert json.loads((tmp_path / f"{stem}.json").read_text())["complete"] is True
        picture = (tmp_path / f"{stem}.svg").read_text()
        assert picture.startswith("<svg")
        assert not re.search(
            r"url\(\s*[\"']?(?!#)|@import|@font-face|<(?:image|script|link)\b|xlink:href", picture
        )
        assert f"saved {stem}.json, .html, .md," in it.text("events")
        assert f"in {tmp_path}"[:40] in it.text("events")


async def test_a_report_saved_while_running_is_not_complete(tmp_path: Path) -> None:
    async with opened(out=tmp_path) as it:
        await it.run()
        await it.pilot.press("w")
        await it.until(lambda: "saved" in it.text("events"))
        (report,) = tmp_path.glob("*.json")
        assert json.loads(report.read_text())["complete"] is False


async def test_w_before_any_run_saves_nothing(tmp_path: Path) -> None:
    async with opened(out=tmp_path) as it:
        await it.pilot.press("w")
        await it.pilot.pause()
        assert list(tmp_path.iterdir()) == []
        assert [notice.message for notice in it.app._notifications] == [
            "Nothing to save yet; r runs the plan."
        ]


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with opened(out=tmp_path / "file") as it:
        await it.run()
        await it.pilot.press("w")
        await it.until(lambda: "not saved" in it.text("events"))


async def test_an_error_before_load_is_told_line_by_line_and_the_plan_stays() -> None:
    start = FakeStart(error=PlanError("target.url: [bold]nonsense[/bold]", "load.concurrency: 0"))
    async with opened(start) as it:
        await it.pilot.press("r")
        await it.until(lambda: "not run" in it.text("header"))
        assert "target.url: [bold]nonsense[/bold]" in it.text("events")
        assert "load.concurrency: 0" in it.text("events")
        assert not it.screen.running


async def test_a_refused_host_is_asked_for_and_granted_for_the_next_run() -> None:
    plan = replace(PLAN, target=Target(url="https://example.org/"))
    start = FakeStart(error=RefusedError("example.org is a public host"))
    async with opened(start, plan) as it:
        await it.pilot.press("r")
        await it.until(lambda: isinstance(it.app.screen, ConsentScreen))
        start.error = None
        it.app.screen.dismiss(True)
        await it.until(lambda: it.screen.view.snapshot.sequence == 25)
        assert [consent for _, consent in start.asked] == [frozenset(), frozenset({"example.org"})]


async def test_packages_that_would_have_to_be_built_are_asked_for_by_name() -> None:
    packages = ("odd==1", "httpx")
    start = FakeStart(error=BuildRefusedError("A asks for odd==1, httpx", packages))
    async with opened(start) as it:
        await it.pilot.press("r")
        await it.until(lambda: isinstance(it.app.screen, ConsentScreen))
        assert it.app.screen.query_one(".dialog-box").border_title == "May these packages be built?"
        start.error = None
        await it.pilot.press(*"odd==1, httpx", "enter")
        await it.until(lambda: it.screen.view.snapshot.sequence == 25)
        assert [consent for _, consent in start.asked] == [frozenset(), {"build:odd==1", "build:httpx"}]


async def test_a_host_refused_in_spite_of_consent_is_not_asked_for_again() -> None:
    plan = replace(PLAN, target=Target(url="https://example.org/"))
    start = FakeStart(error=RefusedError("never"))
    async with opened(start, plan) as it:
        await it.pilot.press("r")
        await it.until(lambda: isinstance(it.app.screen, ConsentScreen))
        it.app.screen.dismiss(True)
        await it.until(lambda: len(start.asked) == 2 and "not run" in it.text("header"))
        assert it.app.screen is it.screen


async def test_a_second_r_does_not_start_a_second_run() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("r", "e", "p")
        assert len(it.start.sessions) == 1
        assert it.app.screen is it.screen


async def test_a_run_can_be_repeated() -> None:
    async with opened() as it:
        await it.run()
        await it.finish()
        await it.pilot.press("r")
        await it.until(lambda: len(it.start.sessions) == 2)
        assert it.screen.running


async def test_a_click_on_a_key_does_what_the_key_does() -> None:
    async with opened() as it:
        await it.pilot.click(KeysLine, offset=(2, 0))
        await it.until(lambda: len(it.start.sessions) == 1)


async def test_events_keep_to_the_newest_line() -> None:
    many = tuple(Event(float(number), f"event {number}") for number in range(50))
    async with opened(FakeStart(replace(running(), events=many))) as it:
        await it.run()
        await it.pilot.pause()
        assert "event 49" in it.text("events")


async def test_a_long_last_entry_is_shown_from_its_beginning() -> None:
    long = Event(9.0, "first " + "word " * 100 + "last")
    async with opened(FakeStart(replace(running(), events=(*EVENTS, long), flags=())), size=(80, 24)) as it:
        await it.run()
        await it.pilot.pause()
        assert it.text("events").lstrip().startswith("9.0 s  · first")


async def test_every_key_of_the_screen_is_a_command_of_the_palette() -> None:
    async with opened() as it:
        titles = [command.title for command in it.app.get_system_commands(it.screen)]
        assert titles[:3] == ["Run (r)", "Settle (i)", "Presets (p)"]
        assert {
            "Save report (w)",
            "Next contender (↓ j)",
            "Throughput alone (2)",
            "Quit (q)",
            "Theme",
        } <= set(titles)


@pytest.mark.parametrize("key", ["p", "e", "question_mark"])
async def test_the_other_screens_open_and_close(key: str) -> None:
    async with opened() as it:
        await it.pilot.press(key)
        await it.until(lambda: it.app.screen is not it.screen)
        await it.pilot.press("escape")
        await it.until(lambda: it.app.screen is it.screen)
        assert it.screen.view.snapshot.title == "demo"
