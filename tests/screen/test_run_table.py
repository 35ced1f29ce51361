"""The order and the columns of the table, under keys and mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from driving import Opened, opened
from examples import FLAGS, PLAN, FakeStart, running
from msgspec.structs import replace
from rich.text import Text
from textual.widgets import Static

from httptui.tui.app import HttptuiApp
from httptui.tui.memory import Memory
from httptui.tui.panels.board_keys import USUAL_KEYS
from httptui.tui.panels.columns import AS_USUAL, BY_LETTER, Sorting
from httptui.tui.panels.contenders import ColumnList, ContendersPanel
from httptui.tui.panels.panel import by_key
from httptui.tui.panels.ranking import MEANING, RankingPanel
from httptui.tui.screens.dialogs import ColumnsScreen
from httptui.tui.screens.help import HelpScreen
from httptui.tui.settings import Settings

pytestmark = pytest.mark.pilot


def uneven() -> FakeStart:
    """Runs in which B is the fastest and C the slowest."""
    a, b, c, d = running().contenders
    return FakeStart(replace(running(), contenders=(replace(a, req_per_s=500.0), b, c, d)))


def letters(it: Opened) -> str:
    """The letters of the rows from the top."""
    return "".join(line[1] for line in it.text("contenders").splitlines()[1:] if line.strip())


def sorting(it: Opened) -> Sorting:
    """The order of the table."""
    return it.screen.view.sorting


async def click_heading(it: Opened, title: str) -> None:
    """Click on a heading of the table."""
    x = it.text("contenders").splitlines()[0].index(title) + 1
    await it.pilot.click(ContendersPanel, offset=(x, 1))
    await it.pilot.pause()


async def test_t_goes_through_the_columns_that_are_shown_and_back_to_the_letters() -> None:
    async with opened(uneven()) as it:
        await it.run()
        assert letters(it) == "ABCD"
        await it.pilot.press("t")
        assert (letters(it), sorting(it)) == ("BACD", Sorting("req/s"))
        assert " ▼req/s" in it.text("contenders")
        shown = it.screen.query_one(ContendersPanel).columns
        assert shown == ("req/s", "p50", "p99", "CPU/req", "conns/req", "errors", "limited by")
        seen = []
        for _ in shown[1:]:
            await it.pilot.press("t")
            seen.append(sorting(it).name)
        assert tuple(seen) == shown[1:]
        await it.pilot.press("t")
        assert (letters(it), sorting(it)) == ("ABCD", BY_LETTER)


async def test_capital_t_turns_the_order_round_and_who_did_not_finish_stays_last() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await it.pilot.press("t", "T")
        assert letters(it) == "CABD"
        assert " ▲req/s" in it.text("contenders")
        await it.pilot.press("T")
        assert letters(it) == "BACD"


async def test_a_click_on_a_heading_sorts_and_another_turns_round() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await click_heading(it, "p99")
        assert sorting(it) == Sorting("p99")
        await click_heading(it, "p99")
        assert sorting(it) == Sorting("p99", reverse=True)
        assert letters(it) == "CBAD"
        await click_heading(it, "limited")
        assert sorting(it) == Sorting("limited by")
        await click_heading(it, "contender")
        assert sorting(it) == BY_LETTER


async def test_arrows_follow_the_order_that_is_shown() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await it.pilot.press("t", "down")
        assert it.screen.view.chosen == "B"
        await it.pilot.press("j")
        assert it.screen.view.chosen == "A"
        assert it.text("contenders").splitlines()[2].startswith("▸A")


async def test_a_click_takes_the_row_that_is_shown() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await it.pilot.press("t")
        await it.pilot.click(ContendersPanel, offset=(10, 2))
        await it.pilot.pause()
        assert it.screen.view.chosen == "B"


async def test_what_is_sorted_by_keeps_its_column_where_it_becomes_narrow() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await click_heading(it, "conns/req")
        await it.pilot.resize_terminal(60, 20)
        await it.pilot.pause()
        assert "▲conns/req" in it.text("contenders")
        assert "p99" not in it.text("contenders").splitlines()[0]


async def test_the_order_stays_from_run_to_run() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await it.pilot.press("t")
        await it.finish()
        await it.pilot.press("r")
        await it.until(lambda: len(it.start.sessions) == 2)
        assert sorting(it) == Sorting("req/s")


def listed(it: Opened) -> list[str]:
    """The rows of the list of columns."""
    columns = it.app.screen.query_one(ColumnList)
    return [columns.render_line(y).text for y in range(columns.size.height)]


async def pick(it: Opened, *keys: str) -> None:
    """Open the list of columns, and press keys."""
    await it.pilot.press("o")
    await it.until(lambda: isinstance(it.app.screen, ColumnsScreen))
    await it.pilot.pause()
    await it.pilot.press(*keys)
    await it.pilot.pause()


async def test_o_lists_the_columns_ticked_as_they_are_shown_and_says_where_there_is_no_room() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await pick(it)
        rows = {row[6:18].strip(): row for row in listed(it)}
        assert "[x]" in rows["req/s"]
        assert "no room" not in rows["req/s"]
        assert "[ ]" in rows["live"]
        assert "[x]" in rows["p90"]
        assert rows["p90"].rstrip().endswith("no room")


async def test_the_table_follows_every_tick_and_d_brings_back_the_usual_ones() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await pick(it, "j", "space")
        assert "live" in it.text("contenders")
        assert "[x] live" in "".join(listed(it))
        await it.pilot.press("k", "enter")
        await it.pilot.pause()
        assert "req/s" not in it.text("contenders").splitlines()[0]
        await it.pilot.press("d")
        await it.pilot.pause()
        assert it.screen.view.picked == AS_USUAL
        await it.pilot.press("escape")
        await it.until(lambda: it.app.screen is it.screen)


async def test_a_click_ticks_a_column() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await pick(it)
        at = next(y for y, row in enumerate(listed(it)) if "in flight" in row)
        await it.pilot.click(ColumnList, offset=(10, at + 1))
        await it.pilot.pause()
        assert "in flight" in it.text("contenders")


async def test_the_cursor_stays_in_sight_and_at_the_ends() -> None:
    async with opened(uneven(), size=(60, 20)) as it:
        await it.run()
        await pick(it, "end", "down")
        assert any(row.startswith("▸ ") and "limited by" in row for row in listed(it))
        await it.pilot.press("home", "up")
        await it.pilot.pause()
        assert any(row.startswith("▸ ") and "req/s" in row for row in listed(it))


async def test_picked_columns_stay_from_run_to_run() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await pick(it, "j", "space", "escape")
        await it.finish()
        await it.pilot.press("r")
        await it.until(lambda: len(it.start.sessions) == 2)
        await it.pilot.pause()
        assert "live" in it.text("contenders")


async def remembered(path: Path, settings: Settings, *keys: str) -> tuple[str, ...]:
    """Open the app with a memory, press keys, and tell which columns the table may show."""
    app = HttptuiApp(PLAN, FakeStart(), settings=settings, memory=Memory(path))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        await pilot.pause()
        return app.run_screen.view.columns


async def test_picked_columns_come_back_next_time(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    picked = await remembered(path, Settings(), "o", "j", "space", "k", "space", "escape")
    assert picked[0] == "live"
    assert await remembered(path, Settings()) == picked
    assert (await remembered(path, Settings(), "o", "d", "escape"))[0] == "req/s"
    assert (await remembered(path, Settings()))[0] == "req/s"


async def test_columns_of_the_settings_win_and_nothing_is_remembered_against_them(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    named = Settings(columns=("p99", "ok"))
    assert await remembered(path, named, "o", "space", "escape") == ("req/s", "ok", "p99")
    assert await remembered(path, named) == ("ok", "p99")
    assert len(await remembered(path, Settings())) > 5


def test_remembered_names_that_no_column_has_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"columns_added": ["live", "gone"], "columns_removed": ["ok", "lost"]}')
    picked = Memory(path).kept.picked
    assert (picked.added, picked.removed) == ({"live"}, {"ok"})


async def test_the_help_tells_what_every_column_is() -> None:
    async with opened(uneven()) as it:
        await it.pilot.press("question_mark")
        await it.until(lambda: isinstance(it.app.screen, HelpScreen))
        await it.pilot.pause()
        assert "Columns of the table" in [
            str(title.content) for title in it.app.screen.query(".help-title").results(Static)
        ]


async def test_the_mouse_over_a_heading_is_told_what_the_column_means() -> None:
    async with opened() as it:
        await it.run()
        table = it.screen.query_one(ContendersPanel)
        heading = it.text("contenders").splitlines()[0]
        await it.pilot.hover(table, offset=(heading.index("CPU/req") + 2, 1))
        assert table.tooltip == Text("CPU/req: client CPU per request; ~: rough")
        await it.pilot.hover(table, offset=(3, 2))
        assert table.tooltip is None


async def test_the_mouse_over_the_ranking_is_told_what_a_line_means_and_over_its_border_what_is_flagged() -> (
    None
):
    async with opened() as it:
        await it.run()
        await it.finish()
        it.screen.look(snapshot=replace(it.screen.view.snapshot, flags=FLAGS))
        ranking = it.screen.query_one(RankingPanel)
        await it.pilot.hover(ranking, offset=(5, 1))
        assert ranking.tooltip == Text(MEANING)
        await it.pilot.hover(ranking, offset=(5, ranking.outer_size.height - 1))
        assert str(ranking.tooltip).splitlines() == [
            f"▲ {by_key(flag.sentence, USUAL_KEYS)}" for flag in FLAGS
        ]
