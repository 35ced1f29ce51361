"""The matrix: what a tick adds, what unticking keeps, and what is drawn where."""

from __future__ import annotations

import pytest
from form_examples import ENGINES, PLAN, engine
from hypothesis import given
from hypothesis import strategies as st

from httptui.tui.forms.combinations import (
    COLUMNS,
    MOST_CONTENDERS,
    Column,
    add,
    column_of,
    duplicate,
    move,
    remove,
    rows_of,
    ticked,
    toggle,
    why_not,
)
from httptui.tui.forms.state import FormState, changed, contender_state, state_of, with_override
from httptui.tui.plots.cells import row_width
from httptui.tui.widgets.matrix import HEADER_ROWS, Matrix, draw_matrix, grid_for, words_of_cell

STATE = state_of(PLAN)
TICKS = st.lists(
    st.tuples(st.sampled_from(["aiohttp", "httpx", "requests"]), st.sampled_from(COLUMNS)), max_size=40
)


def after(ticks: list[tuple[str, Column]], state: FormState = STATE) -> FormState:
    for name, column in ticks:
        state = toggle(state, name, column)
    return state


@given(TICKS)
def test_ticks_never_exceed_the_letters_and_each_cell_is_on_or_off(ticks: list[tuple[str, Column]]) -> None:
    state = after(ticks)
    assert len(state.contenders) <= MOST_CONTENDERS
    assert sum(len(ticked(state, info.name, column)) for info in ENGINES for column in COLUMNS) == len(
        state.contenders
    )


@given(TICKS, st.sampled_from(COLUMNS))
def test_ticking_twice_gives_the_same_contenders(ticks: list[tuple[str, Column]], column: Column) -> None:
    state = after(ticks)
    again = after([("aiohttp", column), ("aiohttp", column)], state)
    key = repr
    if len(state.contenders) < MOST_CONTENDERS:
        assert sorted(again.contenders, key=key) == sorted(state.contenders, key=key)


def test_a_tick_makes_the_contender_of_its_cell() -> None:
    state = toggle(STATE, "httpx", Column("every-N", "2", "uvloop"), every="7")
    assert state.contenders[-1] == contender_state("httpx", reuse="every-7", http="2", loop="uvloop")
    assert column_of(state.contenders[-1]) == Column("every-N", "2", "uvloop")


@pytest.mark.parametrize(("loop", "named"), [("uvloop", ""), ("asyncio", "asyncio")])
def test_a_tick_for_the_ceiling_names_only_the_loop_that_it_would_not_take_by_itself(
    loop: str, named: str
) -> None:
    state = toggle(STATE, "raw", Column("shared", "1.1", loop))
    assert state.contenders[-1] == contender_state("raw", **({"loop": named} if named else {}))
    assert column_of(state.contenders[-1]) == Column("shared", "1.1", loop)


def test_overrides_come_back_when_a_cell_is_ticked_again() -> None:
    typed = with_override(STATE, 1, "label", "mine")
    cell = column_of(typed.contenders[1])
    without = toggle(typed, "httpx", cell)
    assert "httpx" not in {one["engine"] for one in without.contenders}
    assert toggle(without, "httpx", cell).contenders[-1]["label"] == "mine"


def test_a_full_list_refuses_more_and_loses_nothing() -> None:
    full = STATE
    for number in range(40):
        full = add(full, contender_state("aiohttp", pool=str(number + 1)))
    assert len(full.contenders) == MOST_CONTENDERS
    assert toggle(full, "httpx", Column("per-worker", "2", "uvloop")) is full
    assert duplicate(full, 0) is full


def test_a_duplicate_stands_beside_its_original_without_the_label() -> None:
    state = duplicate(STATE, 1)
    assert state.contenders[2] == changed(STATE.contenders[1], "label", "")
    assert [one["engine"] for one in state.contenders] == ["aiohttp", "httpx", "httpx", "requests"]


def test_moving_reorders_and_stops_at_the_ends() -> None:
    assert [one["engine"] for one in move(STATE, 0, 1).contenders] == ["httpx", "aiohttp", "requests"]
    assert move(STATE, 0, -1) is STATE
    assert move(STATE, 2, 1) is STATE


def test_a_removed_contender_is_remembered() -> None:
    state = remove(STATE, 0)
    assert state.removed == (STATE.contenders[0],)
    assert state.contenders == STATE.contenders[1:]


@pytest.mark.parametrize(
    ("name", "column", "words"),
    [
        ("aiohttp", Column("shared", "1.1", "uvloop"), ""),
        ("aiohttp", Column("shared", "2", "asyncio"), "aiohttp does not speak HTTP/2"),
        ("requests", Column("shared", "1.1", "uvloop"), "requests runs in threads and has no event loop"),
        ("niquests", Column("shared", "1.1", "asyncio"), "niquests is not installed: pip install niquests"),
    ],
)
def test_a_cell_says_why_it_cannot_be_ticked(name: str, column: Column, words: str) -> None:
    assert why_not(next(info for info in ENGINES if info.name == name), column) == words


def test_rows_are_installed_then_named_by_the_plan_then_missing() -> None:
    rows = rows_of(ENGINES, [engine("./mine.py:Mine")])
    assert [row.name for row in rows] == ["aiohttp", "httpx", "requests", "./mine.py:Mine", "niquests"]


def drawn(
    width: int, state: FormState = STATE, cursor: tuple[int, int] = (0, 0), every: str = "50"
) -> list[str]:
    matrix = Matrix(rows_of(ENGINES, []), state, cursor, focused=True, every=every)
    return ["".join(text for text, _ in row) for row in draw_matrix(matrix, width)]


@given(st.integers(1, 200), st.integers(0, 3), st.integers(0, 15))
def test_the_matrix_fills_its_width_exactly(width: int, row: int, column: int) -> None:
    matrix = Matrix(rows_of(ENGINES, []), STATE, (row, column), focused=True, every="50")
    assert {row_width(line) for line in draw_matrix(matrix, width)} == {width}


@pytest.mark.parametrize("width", [56, 76, 116, 156])
def test_each_slot_is_found_under_the_mouse_where_it_is_drawn(width: int) -> None:
    grid = grid_for(rows_of(ENGINES, []), width)
    for column in range(len(COLUMNS)):
        assert {grid.column_at(grid.left_of(column) + step) for step in range(grid.slot)} == {column}
    assert grid.left_of(len(COLUMNS) - 1) + grid.slot <= width
    assert grid.column_at(0) is None


@pytest.mark.parametrize("width", [56, 76, 116])
def test_letters_stand_in_the_cells_of_their_contenders(width: int) -> None:
    grid = grid_for(rows_of(ENGINES, []), width)
    line = drawn(width, cursor=(3, 0))[HEADER_ROWS]
    at = grid.left_of(COLUMNS.index(column_of(STATE.contenders[0])))
    assert "A" in line[at : at + grid.slot]


def test_a_missing_engine_shows_how_to_install_it() -> None:
    assert "not installed · pip install niquests" in drawn(116)[HEADER_ROWS + 3]


@pytest.mark.parametrize(
    ("width", "every", "heading"),
    [(116, "1000", "every-1000"), (56, "50", "every-50"), (56, "100", "every-N"), (56, "", "every-N")],
)
def test_a_number_that_has_no_room_in_the_heading_is_not_shortened_to_another(
    width: int, every: str, heading: str
) -> None:
    assert drawn(width, every=every)[0].split()[-1] == heading


def test_a_long_name_is_parted_from_the_version() -> None:
    matrix = Matrix((engine("httpx-aiohttp-as-published"),), STATE, (0, 0), focused=False, every="50")
    name, version = "".join(text for text, _ in draw_matrix(matrix, 116)[HEADER_ROWS]).split()[:2]
    assert (name, version) == ("httpx-aiohttp-as-pu…", "1.2.3")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((1, 0), "B  httpx · shared · HTTP/1.1 · asyncio"),
        ((2, 0), "requests · shared · HTTP/1.1 · threads"),
        ((2, 1), "requests runs in threads and has no event loop"),
        ((3, 0), "niquests is not installed: pip install niquests"),
    ],
)
def test_a_cell_is_told_in_words(place: tuple[int, int], words: str) -> None:
    matrix = Matrix(rows_of(ENGINES, []), STATE, place, focused=True, every="50")
    assert words_of_cell(matrix, place) == words


def test_two_contenders_in_one_cell_show_a_plus() -> None:
    assert "B+" in drawn(116, state=duplicate(STATE, 1))[HEADER_ROWS + 1]
