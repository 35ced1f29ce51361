"""The table's columns and its order: which are shown at a width, and which row comes first."""

from __future__ import annotations

from dataclasses import replace as replace_view
from itertools import pairwise

import pytest
from examples import in_open_load, running
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from httptui.results.snapshot import ContenderView, Requests
from httptui.tui.panels.columns import (
    AS_USUAL,
    BY_LETTER,
    BY_NAME,
    CLOSED,
    COLUMNS,
    OPEN,
    Picked,
    Sorting,
    fitting_columns,
    marker,
    next_sorting,
    ordered,
    ranked,
    sorted_by,
)
from httptui.tui.panels.contenders import draw_contenders, layout_of
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import plain

RUNNING = View(running(), "running")
NAMES = st.sampled_from([column.name for column in COLUMNS])
SORTINGS = st.builds(Sorting, st.none() | NAMES, st.booleans())
LAST = 3
"""Where the contender that did not finish stands."""


def letters(view: View) -> str:
    """The letters from the top."""
    return "".join(contender.id for contender in view.rows)


def heading(view: View, width: int) -> list[str]:
    """What stands above the columns, from the left."""
    return plain(draw_contenders(view, width)).splitlines()[0].replace("▲", " ").replace("▼", " ").split("  ")


def with_figures(figures: list[float | None]) -> tuple[ContenderView, ...]:
    """Contenders with these CPU times per request."""
    return tuple(
        replace(RUNNING.snapshot.contenders[0], id=chr(ord("A") + index), cpu_us_per_request=figure)
        for index, figure in enumerate(figures)
    )


def test_every_column_has_a_name_of_its_own_and_room_for_its_heading() -> None:
    assert len(BY_NAME) == len(COLUMNS)
    for column in COLUMNS:
        assert len(column.title(is_open=False)) <= column.width
        assert len(column.title(is_open=True)) <= column.width + 2


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_contender_of_which_nothing_is_known_has_a_sign_in_every_column_or_a_count(column) -> None:  # type: ignore[no-untyped-def]
    fresh = ContenderView(id="A", label="a", engine="a", reuse="shared", concurrency=1)
    assert column.text(fresh) in ("–", "0", "starting")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("live", "129"),
        ("in flight", "64"),
        ("p90", "470 ms"),
        ("p99.9", "~939 ms"),
        ("mean", "344 ms"),
        ("CPU", "98 %"),
        ("loop lag", "3.4 ms"),
        ("conns", "64"),
        ("timeouts", "12"),
        ("errors", "14"),
        ("HTTP", "1.1"),
        ("state", "running"),
        ("limited by", "client CPU"),
        ("resp p99", "~1.69 s"),
        ("late p99", "2.4 ms"),
        ("dropped", "14"),
        ("bytes/s", "2.5M"),
    ],
)
def test_every_figure_is_told_in_its_own_units(name: str, text: str) -> None:
    contender = replace(in_open_load(running()).contenders[2], bytes=15_500_000)
    assert BY_NAME[name].text(contender) == text


@given(
    picked=st.sets(NAMES, min_size=1), room=st.integers(0, 300), is_open=st.booleans(), sort=st.none() | NAMES
)
def test_what_is_shown_fits_is_in_order_and_nothing_more_telling_was_left_out(
    picked: set[str], room: int, is_open: bool, sort: str | None
) -> None:
    ranking = ranked(picked, sort, is_open=is_open)
    assert {column.name for column in ranking} == picked
    shown = fitting_columns(ranking, room, 2)
    assert sum(column.width + 2 for column in shown) <= room
    assert [COLUMNS.index(a) < COLUMNS.index(b) for a, b in pairwise(shown)] == [True] * max(
        len(shown) - 1, 0
    )
    if shown:
        assert ranking[0] in shown
        if sort in picked:
            assert BY_NAME[sort] in shown


def test_a_wider_table_shows_no_less() -> None:
    for names, is_open in ((CLOSED, False), (OPEN, True)):
        ranking = ranked(names, is_open=is_open)
        counts = [len(fitting_columns(ranking, room, 2)) for room in range(200)]
        assert counts == sorted(counts)
        assert counts[-1] == len(names)


def test_a_column_that_was_asked_for_gives_way_after_the_usual_ones() -> None:
    asked = replace_view(RUNNING, picked=Picked(added=frozenset({"p99.9"})))
    assert "p99.9" not in heading(RUNNING, 78)
    assert [title.strip() for title in heading(asked, 56) if title.strip()] == ["contender", "req/s", "p99.9"]


def test_only_what_was_picked_is_shown() -> None:
    others = frozenset({*CLOSED} - {"max", "ok"})
    view = replace_view(RUNNING, picked=Picked(removed=others))
    assert [title.strip() for title in heading(view, 158) if title.strip()] == ["contender", "ok", "max"]


def test_every_cell_of_the_heading_belongs_to_the_column_below_it() -> None:
    layout = layout_of(RUNNING, 118)
    top, first, *_ = plain(draw_contenders(RUNNING, 118)).splitlines()
    for name in ("req/s", "p50", "p99", "CPU/req", "errors"):
        end = top.index(f" {name} ") + len(name)
        assert [layout.column_at(end - at) for at in range(len(name))] == [name] * len(name)
    assert layout.column_at(first.index("15 511")) == "req/s"
    assert layout.column_at(top.index("limited by")) == "limited by"
    assert layout.column_at(0) is None
    assert layout.column_at(20) is None
    assert layout.column_at(117) is None


def test_the_best_figures_come_first_and_the_other_way_round_the_worst() -> None:
    assert letters(replace_view(RUNNING, sorting=Sorting("req/s"))) == "ABCD"
    assert letters(replace_view(RUNNING, sorting=Sorting("req/s", reverse=True))) == "CBAD"
    assert letters(replace_view(RUNNING, sorting=Sorting("p99"))) == "ABCD"
    assert letters(replace_view(RUNNING, sorting=Sorting("p99", reverse=True))) == "CBAD"
    assert letters(replace_view(RUNNING, sorting=Sorting(None, reverse=True))) == "DCBA"


@given(
    figures=st.lists(st.none() | st.floats(0, 1e9), min_size=1, max_size=26),
    reverse=st.booleans(),
)
def test_sorting_keeps_everyone_keeps_equals_in_place_and_puts_the_unknown_last(
    figures: list[float | None], reverse: bool
) -> None:
    contenders = with_figures(figures)
    rows = ordered(contenders, Sorting("CPU/req", reverse))
    assert sorted(row.id for row in rows) == [contender.id for contender in contenders]
    known = [row.cpu_us_per_request for row in rows if row.cpu_us_per_request is not None]
    assert known == sorted(known, reverse=reverse)
    assert [row.cpu_us_per_request for row in rows[len(known) :]] == [None] * (len(rows) - len(known))
    for above, below in pairwise(rows):
        if above.cpu_us_per_request == below.cpu_us_per_request:
            assert above.id < below.id


@given(sorting=SORTINGS)
def test_any_column_orders_all_rows_and_who_did_not_finish_comes_last(sorting: Sorting) -> None:
    rows = ordered(RUNNING.snapshot.contenders, sorting)
    assert sorted(row.id for row in rows) == list("ABCD")
    if sorting.name is not None:
        assert rows[LAST].state == "dnf"


def test_a_contender_without_an_answer_has_no_rate_to_be_sorted_by() -> None:
    silent = replace(running().contenders[0], requests=Requests())
    rows = ordered((silent, running().contenders[1]), Sorting("req/s", reverse=True))
    assert [row.id for row in rows] == ["B", "A"]


def test_the_next_column_and_after_the_last_the_letters() -> None:
    shown = ["req/s", "p99"]
    steps = [BY_LETTER]
    for _ in range(3):
        steps.append(next_sorting(steps[-1], shown))
    assert steps == [BY_LETTER, Sorting("req/s"), Sorting("p99"), BY_LETTER]
    assert next_sorting(Sorting("gone"), shown) == Sorting("req/s")


@given(sorting=SORTINGS, name=st.none() | NAMES)
def test_a_column_asked_for_twice_is_turned_round(sorting: Sorting, name: str | None) -> None:
    once = sorted_by(sorting, name)
    assert once.name == name
    assert sorted_by(once, name) == once._replace(reverse=not once.reverse)


def test_a_sign_at_the_heading_tells_by_what_and_which_way() -> None:
    assert marker(Sorting("req/s"), "req/s") == "▼"
    assert marker(Sorting("p99"), "p99") == "▲"
    assert marker(Sorting("p99", reverse=True), "p99") == "▼"
    assert marker(Sorting("p99"), "p50") == ""
    assert marker(BY_LETTER, None) == ""
    assert marker(Sorting(None, reverse=True), None) == "▼"
    for width in (58, 78, 118):
        top = plain(draw_contenders(replace_view(RUNNING, sorting=Sorting("p99")), width)).splitlines()[0]
        assert " ▲p99 " in top


@given(names=st.lists(NAMES, max_size=40), is_open=st.booleans())
def test_ticking_a_column_twice_changes_nothing_and_one_always_stays(names: list[str], is_open: bool) -> None:
    picked = AS_USUAL
    for name in names:
        before = picked.names(is_open=is_open)
        picked = picked.toggled(name, is_open=is_open)
        after = picked.names(is_open=is_open)
        assert set(before) ^ set(after) == ({name} if before != (name,) else set())
        assert [COLUMNS.index(BY_NAME[shown]) for shown in after] == sorted(
            COLUMNS.index(BY_NAME[shown]) for shown in after
        )
        assert (
            picked.toggled(name, is_open=is_open).toggled(name, is_open=is_open).names(is_open=is_open)
            == after
        )


def test_what_was_picked_under_one_load_is_picked_under_another() -> None:
    picked = (
        AS_USUAL.toggled("p99.9", is_open=False)
        .toggled("errors", is_open=False)
        .toggled("p90", is_open=False)
    )
    assert set(picked.names(is_open=True)) == {*OPEN, "p99.9"} - {"errors"}
    assert set(picked.names(is_open=False)) == {*CLOSED, "p99.9"} - {"errors", "p90"}
