"""Choosing a contender, swapping the rankings and settling the order, under keys and mouse."""

from __future__ import annotations

import pytest
from driving import Opened, opened
from examples import PLAN, SHARED, FakeStart, finished, running
from msgspec.structs import replace

from httptui.plan.model import Schedule
from httptui.results.snapshot import ContenderView, Event
from httptui.tui.panels.contenders import ContendersPanel
from httptui.tui.panels.panel import Panel
from httptui.tui.screens.help import key_groups
from httptui.tui.widgets.key_lines import KeysLine

pytestmark = pytest.mark.pilot


def title(it: Opened, panel: str) -> str:
    """What stands in a panel's upper border."""
    return str(it.screen.query_one(f"#{panel}", Panel).border_title)


def keys_shown(it: Opened) -> str:
    """The last line."""
    return it.screen.query_one(KeysLine).render_line(0).text


async def test_while_a_run_is_on_the_slowest_contenders_reason_is_told_unasked() -> None:
    async with opened() as it:
        await it.run()
        assert it.text("reason").startswith(" C  httpx · shared  limited by client CPU: 7.8 ms of CPU")
        assert "one client shared by 64 costs 6.1 times" in " ".join(it.text("reason").split())


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["down"], "A"),
        (["up"], "D"),
        (["down", "down", "down"], "C"),
        (["j", "j", "k"], "A"),
        (["down", "up", "up"], "A"),
    ],
)
async def test_arrows_move_between_contenders_and_stop_at_the_ends(keys: list[str], chosen: str) -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press(*keys)
        assert it.screen.view.chosen == chosen
        assert it.text("contenders").splitlines()["ABCD".index(chosen) + 1].startswith(f"▸{chosen}")


async def test_arrows_move_between_contenders_from_within_the_table_too() -> None:
    async with opened() as it:
        await it.run()
        it.screen.query_one(ContendersPanel).focus()
        await it.pilot.press("down", "down")
        assert it.screen.view.chosen == "B"


async def test_a_chosen_contender_tells_its_reason_its_errors_and_its_connections() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("j")
        assert "64 µs of CPU per request" in it.text("reason")
        await it.pilot.press("j", "j")
        await it.pilot.pause()
        assert "7.8 ms of CPU per request" in it.text("reason")
        assert title(it, "events") == "C · httpx · shared"
        told = it.text("events")
        assert "why" not in told
        assert "no answer within 30 s" in told
        assert "64 opened for 877 requests" in told


async def test_on_the_whole_screen_the_reason_stands_above_the_facts() -> None:
    async with opened(size=(60, 20)) as it:
        await it.run()
        await it.pilot.press("down", "5")
        await it.pilot.pause()
        assert it.text("events").startswith(" why")


async def test_escape_gives_the_events_their_place_back() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("down", "escape")
        assert it.screen.view.chosen is None
        assert title(it, "events") == "Events"


async def test_events_are_at_their_newest_after_a_chosen_contender_had_their_place() -> None:
    many = tuple(Event(float(number), f"event {number}") for number in range(50))
    async with opened(FakeStart(replace(running(), events=many, flags=()))) as it:
        await it.run()
        await it.pilot.press("up", "escape")
        await it.pilot.pause()
        assert "event 49" in it.text("events")


async def test_escape_first_gives_back_the_whole_screen() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("down", "5", "escape")
        assert it.screen.maximized is None
        assert it.screen.view.chosen == "A"


@pytest.mark.parametrize("row", [1, 5])
async def test_a_click_beside_the_rows_chooses_nothing(row: int) -> None:
    three = replace(running(), contenders=running().contenders[:3])
    async with opened(FakeStart(three)) as it:
        await it.run()
        await it.pilot.click(ContendersPanel, offset=(10, row))
        await it.pilot.pause()
        assert it.screen.view.chosen is None


async def test_before_a_run_there_is_nothing_to_choose() -> None:
    async with opened() as it:
        await it.pilot.press("down")
        assert it.screen.view.chosen is None
        assert title(it, "events") == "Plan"


async def test_a_chosen_row_scrolls_into_view() -> None:
    many: tuple[ContenderView, ...] = tuple(
        replace(running().contenders[0], id=letter) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    )
    async with opened(FakeStart(replace(running(), contenders=many)), size=(80, 24)) as it:
        await it.run()
        await it.pilot.press("up")
        await it.pilot.pause()
        assert "▸Z" in it.text("contenders")
        await it.pilot.press(*["up"] * 25)
        await it.pilot.pause()
        assert "▸A" in it.text("contenders")


async def test_both_rankings_stand_where_there_is_room() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.pause()
        rows = [row.split() for row in it.text("ranking").splitlines()]
        assert rows[0] == ["req/s"]
        assert rows[4] == ["CPU", "per", "request"]
        assert len(rows) == 9
        assert title(it, "ranking") == "Ranking · provisional, block 11 of 20"


async def test_u_shows_the_other_ranking_where_there_is_room_for_one() -> None:
    async with opened(size=(80, 24)) as it:
        await it.run()
        assert title(it, "ranking") == "Ranking by req/s · provisional, block 11 of 20"
        assert "4.3×" not in it.text("ranking")
        await it.pilot.press("u")
        assert title(it, "ranking") == "Ranking by CPU per request · provisional, block 11 of 20"
        assert "4.3× [4.2–4.4]" in it.text("ranking")
        await it.pilot.press("u")
        assert "23 % [22–24]" in it.text("ranking")


async def test_on_a_shared_machine_cpu_per_request_leads_and_the_title_says_why() -> None:
    async with opened(FakeStart(replace(running(), flags=(SHARED,))), size=(160, 44)) as it:
        await it.run()
        await it.pilot.pause()
        assert it.text("ranking").startswith(" CPU per request")
        assert title(it, "ranking").endswith(" (all ran at the same time)")


async def test_flags_stand_by_name_at_the_ranking_and_as_sentences_among_the_events() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.pause()
        assert it.screen.query_one("#ranking", Panel).border_subtitle == "▲ 2 flags: drift, steal"
        assert "steal: the host took CPU time for others" in it.text("events")


async def test_i_runs_the_same_plan_in_turns_until_decided_and_r_the_plan_itself_again() -> None:
    async with opened() as it:
        await it.run()
        await it.finish()
        await it.pilot.press("i")
        await it.until(lambda: len(it.start.sessions) == 2)
        settling = it.start.asked[1][0]
        assert (settling.schedule.kind, settling.schedule.until) == ("interleaved", "decided")
        assert replace(settling, schedule=PLAN.schedule) == PLAN
        await it.finish()
        await it.pilot.press("r")
        await it.until(lambda: len(it.start.sessions) == 3)
        assert it.start.asked[2][0] == PLAN


async def test_i_does_not_run_while_a_run_is_on() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("i")
        assert len(it.start.sessions) == 1


async def test_settling_is_offered_in_line_palette_and_help() -> None:
    async with opened() as it:
        assert "i settle" in keys_shown(it)
        assert "Settle (i)" in [command.title for command in it.app.get_system_commands(it.screen)]
        ((_, keys), *_) = key_groups(it.app)[0]
        assert next(words for key, words in keys if key == "i").endswith("until the ranking is decided")


async def test_settling_is_not_offered_for_a_plan_in_turns() -> None:
    plan = replace(PLAN, schedule=Schedule(kind="interleaved"))
    async with opened(FakeStart(), plan) as it:
        assert "settle" not in keys_shown(it)
        assert "Settle (i)" not in [command.title for command in it.app.get_system_commands(it.screen)]
        await it.pilot.press("i")
        assert it.start.sessions == []
        it.screen.load(PLAN)
        assert "i settle" in keys_shown(it)


async def test_the_keys_of_the_screen_are_under_their_own_name_in_the_help() -> None:
    async with opened() as it:
        assert "Run" in [name for name, _ in key_groups(it.app)[0]]


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_a_verdict_that_is_too_long_still_tells_the_reason(size: tuple[int, int]) -> None:
    async with opened(FakeStart(last=finished()), size=size) as it:
        await it.run()
        await it.finish()
        told = " ".join(it.text("verdict").replace("▌", " ").split())
        assert "one client shared by 64 uses 6.1 times" in told
