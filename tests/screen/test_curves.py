"""Curves over levels and grids as text: golden pictures, and that no size and no data breaks them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_plots import ANY_FLOAT, SIZES, assert_exact

from httptui.tui.plots.axes import level_axis, level_row
from httptui.tui.plots.cells import plain, row_width
from httptui.tui.plots.heatmaps import Look, Tile, plot_grid
from httptui.tui.plots.lines import Curve, CurvePoint, LevelMark, marker_of, plot_curves

LEVELS = (1, 2, 4, 8, 16, 32, 64)
LEVEL = st.floats(0, 1e6)
POINTS = st.lists(
    st.builds(CurvePoint, LEVEL, ANY_FLOAT, st.none() | ANY_FLOAT, st.none() | ANY_FLOAT), max_size=9
).map(lambda points: sorted(points, key=lambda point: point.level))
CURVES = st.lists(st.builds(Curve, st.sampled_from("ABCDHZ"), POINTS), max_size=12)


def rows_of(text: str) -> list[str]:
    """The lines without what is blank at their ends."""
    return [line.rstrip() for line in text.splitlines()]


def doubling(top: float) -> list[CurvePoint]:
    """A curve that doubles with its level up to a top."""
    return [CurvePoint(level, min(100.0 * level, top)) for level in LEVELS]


def test_curves_share_one_zero_based_scale_and_end_in_their_letters() -> None:
    curves = [Curve("A", doubling(1600)), Curve("B", doubling(400))]
    assert rows_of(plain(plot_curves(curves, level_axis(LEVELS), 48, 10))) == [
        "  2k ┤",
        "     │                          ●⣀⣀⣀⣀⣀●⣀⣀⣀⣀⣀● A",
        "1.5k ┤                        ⡠⠊",
        "     │                      ⡠⠊",
        "  1k ┤                    ⡠⠊",
        "     │                 ⣀⠤●",
        " 500 ┤             ⢀⡠⠔⠉",
        "     │        ⣀⡠⠤⠒⠊●⠉⠉⠉⠉⠉■⠉⠉⠉⠉⠉⠉■⠉⠉⠉⠉⠉■⠉⠉⠉⠉⠉■ B",
        "   0 ┤ ●⠒⠒⠉⠉⠉●",
        "       1     2     4     8      16    32    64",
    ]


def test_with_a_logarithmic_scale_doubling_is_a_straight_line() -> None:
    cells = plot_curves([Curve("A", doubling(6400))], level_axis(LEVELS), 48, 15, log=True)
    lines = plain(cells).splitlines()
    signs = [(x, y) for y, line in enumerate(lines) for x, char in enumerate(line) if char == "●"]
    assert signs == [(44, 1), (38, 3), (31, 5), (25, 7), (19, 9), (12, 11), (6, 13)]


def test_an_interval_is_drawn_above_and_below_its_point() -> None:
    points = [CurvePoint(1, 500.0, 100.0, 900.0), CurvePoint(10, 500.0)]
    lines = plain(plot_curves([Curve("A", points)], level_axis((1, 10)), 30, 11)).splitlines()
    column = lines[5].index("●")
    drawn = [line[column] != " " for line in lines[:-1]]
    assert sum(drawn) >= 7
    bare = plain(
        plot_curves([Curve("A", [CurvePoint(1, 500.0), CurvePoint(10, 900.0)])], level_axis((1, 10)), 30, 11)
    )
    assert sum(line[column] not in " ┤│" for line in bare.splitlines()[:-1]) == 1


def test_marks_are_named_above_and_stand_behind_the_curves() -> None:
    marks = [LevelMark(4, "knee"), LevelMark(33, "N* 33")]
    lines = plain(
        plot_curves([Curve("A", doubling(1600))], level_axis(LEVELS), 48, 12, marks=marks)
    ).splitlines()
    assert "╷knee" in lines[0]
    assert "╷N* 33" in lines[0]
    upright = lines[0].index("╷knee")
    assert lines[2][upright] == "╎"


def test_a_law_is_dotted_and_gives_way_to_the_curve() -> None:
    law = [(level, 800.0) for level in LEVELS]
    cells = plot_curves([Curve("A", doubling(1600), law)], level_axis(LEVELS), 48, 12)
    assert any(
        key == "axis" and set(text.strip()) <= set("⠁⠂⠄⡀⠈⠐⠠⢀ ")
        for row in cells
        for text, key in row
        if text.strip()
    )


def test_in_blocks_the_letters_are_the_signs() -> None:
    text = plain(plot_curves([Curve("B", doubling(1600))], level_axis(LEVELS), 48, 12, blocks=True))
    assert text.count("B") == len(LEVELS) + 1
    assert not any(0x2800 <= ord(char) < 0x2900 for char in text)


def test_every_letter_of_eight_has_a_sign_of_its_own() -> None:
    assert len({marker_of(letter) for letter in "ABCDEFGH"}) == 8


@given(
    CURVES,
    SIZES,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.lists(st.builds(LevelMark, ANY_FLOAT, st.just("x"))),
)
def test_any_curves_fill_any_size_exactly(
    curves: list[Curve],
    size: tuple[int, int],
    log: bool,
    blocks: bool,
    linear: bool,
    marks: list[LevelMark],
) -> None:
    axis = level_axis((0, 1, 10, 300), linear=linear)
    assert_exact(plot_curves(curves, axis, *size, log=log, blocks=blocks, marks=marks), *size)


def test_levels_that_span_much_are_logarithmic_and_zero_has_a_place() -> None:
    assert level_axis((1, 2, 4)).log is False
    doubled = level_axis(LEVELS)
    assert doubled.log
    assert [doubled.position(level) for level in LEVELS] == pytest.approx([at / 6 for at in range(7)])
    with_zero = level_axis((0, 1, 10, 100))
    places = [with_zero.position(level) for level in (0, 1, 10, 100)]
    assert places[0] == 0
    assert places == sorted(places)
    assert places[1] > 0.1
    assert level_axis(LEVELS, linear=True).position(32) == pytest.approx(31 / 63)


@given(st.lists(LEVEL, min_size=1, max_size=20), LEVEL)
def test_any_level_is_on_the_axis(levels: list[float], level: float) -> None:
    axis = level_axis(levels)
    assert 0 <= axis.position(level) <= 1
    assert axis.position(min(levels)) <= axis.position(max(levels))


def test_the_ends_are_named_before_all_others() -> None:
    row = level_row(level_axis((1, 2, 4, 8, 16, 32, 64, 128, 256)), 3, 20, 14, 1)
    text = "".join(text for text, _ in row)
    assert text.split()[0] == "1"
    assert text.split()[-1] == "256"
    assert row_width(row) == 20


ROWS, COLUMNS = (2, 20), (1, 16)
TILES = [
    Tile(
        "A", "aiohttp", {(2, 1): 50.0, (2, 16): 100.0, (20, 1): 50.0, (20, 16): 800.0}, {(2, 16): "wait 9ms"}
    ),
    Tile("B", "httpx", {(2, 1): 40.0, (2, 16): math.nan}),
]


def test_tiles_stand_side_by_side_with_their_values_and_the_best_is_marked() -> None:
    cells = plot_grid(TILES, ROWS, COLUMNS, 46, 4, Look(corner="pool"))
    assert rows_of(plain(cells)) == [
        "A aiohttp           B httpx",
        "pool     1    16    pool     1    16",
        "   2    50   100       2    40◂    –",
        "  20    50   800◂     20     –     –",
    ]


def test_cells_grow_and_have_notes_where_there_is_room() -> None:
    text = plain(plot_grid(TILES, ROWS, COLUMNS, 80, 20, Look()))
    assert "wait 9ms" in text
    assert len(text.splitlines()) == 2 + 2 * 3


def test_in_a_narrow_place_tiles_stand_below_one_another() -> None:
    lines = rows_of(plain(plot_grid(TILES, ROWS, COLUMNS, 22, 8, Look())))
    assert lines[0].startswith("A aiohttp")
    assert lines[5].startswith("B httpx")


def test_without_colours_a_sign_is_the_denser_the_higher_the_value() -> None:
    cells = plot_grid(TILES, ROWS, COLUMNS, 60, 4, Look(dense=True))
    text = plain(cells)
    assert "█" in text
    assert "·" in text
    assert not any(key.startswith("heat") for row in cells for _, key in row)


def test_the_best_is_the_least_where_less_is_better() -> None:
    lines = plain(plot_grid(TILES[:1], ROWS, COLUMNS, 30, 4, Look(best=min))).splitlines()
    assert "50◂" in lines[2]
    assert "800◂" not in lines[3]


@given(
    st.lists(
        st.builds(
            Tile,
            st.sampled_from("ABZ"),
            st.text(max_size=9),
            st.dictionaries(st.tuples(st.sampled_from(ROWS), st.sampled_from(COLUMNS)), ANY_FLOAT),
        ),
        max_size=5,
    ),
    SIZES,
    st.booleans(),
)
def test_any_tiles_are_as_wide_as_was_asked_for(
    tiles: list[Tile], size: tuple[int, int], dense: bool
) -> None:
    cells = plot_grid(tiles, ROWS, COLUMNS, *size, Look(dense=dense))
    assert {row_width(row) for row in cells} <= {size[0]}
