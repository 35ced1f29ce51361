"""However many contenders and however long the verdict, the board stays within its screen."""

from __future__ import annotations

import pytest
from driving import opened
from examples import PLAN, FakeStart, finished, running
from msgspec.structs import replace

from httptui.results.snapshot import Snapshot
from httptui.tui.panels.panel import Panel
from httptui.tui.toolkit.drawing import shrunk_rows

ORDER = (("charts", 6), ("table", 5), ("charts", 0), ("table", 3))
WISHED = {"charts": 10, "table": 8, "other": 4}
SIZES = ((200, 50), (160, 44), (120, 40), (100, 30), (80, 24), (60, 20), (45, 15))


@pytest.mark.parametrize(
    ("excess", "charts", "table"),
    [
        (0, 10, 8),
        (-3, 10, 8),
        (3, 7, 8),
        (4, 6, 8),
        (6, 6, 6),
        (7, 6, 5),
        (8, 0, 8),  # The charts went whole, so that the table has back what it gave.
        (11, 0, 7),
        (15, 0, 3),
        (99, 0, 3),
    ],
)
def test_each_gives_in_its_turn_and_has_back_what_one_that_goes_leaves(
    excess: int, charts: int, table: int
) -> None:
    assert shrunk_rows(WISHED, excess, ORDER) == {"charts": charts, "table": table, "other": 4}


def test_who_is_not_there_has_nothing_to_give() -> None:
    assert shrunk_rows({"table": 8}, 2, ORDER) == {"table": 6}


def crowded(snapshot: Snapshot, count: int) -> Snapshot:
    """The snapshot with so many contenders, all of them ranked."""
    views = snapshot.contenders
    letters = [chr(ord("A") + index) for index in range(count)]
    return replace(
        snapshot,
        contenders=tuple(replace(views[index % 3], id=letter) for index, letter in enumerate(letters)),
        ranking=tuple(replace(snapshot.ranking[0], id=letter) for letter in letters),
        cpu_ranking=tuple(replace(snapshot.cpu_ranking[0], id=letter) for letter in letters),
    )


@pytest.mark.pilot
@pytest.mark.parametrize("count", [4, 12])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_verdict_reason_table_and_ranking_are_seen_at_once(size: tuple[int, int], count: int) -> None:
    plan = replace(PLAN, contender=tuple(PLAN.contender[0] for _ in range(count)))
    start = FakeStart(crowded(running(), count), last=crowded(finished(), count))
    async with opened(start, plan=plan, size=size) as it:
        await it.run()
        await it.finish()
        await it.pilot.press("j")
        await it.pilot.pause()
        assert it.screen.max_scroll_y == 0
        for name in ("verdict", "contenders", "reason", "ranking"):
            panel = it.screen.query_one(f"#{name}", Panel)
            assert panel.size.height > 0
            assert panel.region.bottom < size[1]


@pytest.mark.pilot
async def test_histograms_that_have_no_room_are_counted_and_the_key_to_them_named() -> None:
    plan = replace(PLAN, contender=tuple(PLAN.contender[0] for _ in range(12)))
    start = FakeStart(crowded(running(), 12), last=crowded(finished(), 12))
    async with opened(start, plan=plan) as it:
        await it.run()
        await it.finish()
        latency = it.screen.query_one("#latency", Panel)
        assert str(latency.border_subtitle).endswith("3 of 12, 3: all")
        await it.pilot.press("3")
        await it.pilot.pause()
        assert "of 12" not in str(latency.border_subtitle)


@pytest.mark.pilot
@pytest.mark.parametrize("count", [1, 2, 12])
@pytest.mark.parametrize("size", SIZES[:4], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_ranking_and_events_end_in_the_same_row_side_by_side(size: tuple[int, int], count: int) -> None:
    plan = replace(PLAN, contender=tuple(PLAN.contender[0] for _ in range(count)))
    start = FakeStart(crowded(running(), count), last=crowded(finished(), count))
    async with opened(start, plan=plan, size=size) as it:
        await it.run()
        await it.finish()
        ends = {it.screen.query_one(f"#{name}", Panel).region.bottom for name in ("ranking", "events")}
        assert len(ends) == 1
