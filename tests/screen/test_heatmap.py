"""The heat map as text and as levels: golden pictures, and that no size and no data breaks it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_plots import assert_exact

from httptui.colours import LEVELS, lightness, ramp
from httptui.engines.buckets import bucket_of, histogram_of
from httptui.results.histogram import coarsened, flat_of
from httptui.tui.plots.cells import Cells, plain
from httptui.tui.plots.heatmaps import Moment, Named, plot_heatmap

INDEXES = st.integers(0, bucket_of(2**42))
COUNTS = st.dictionaries(INDEXES, st.integers(0, 10**9), max_size=20).map(flat_of)
ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True)
MOMENTS = st.lists(st.builds(Moment, ANY_FLOAT, ANY_FLOAT, COUNTS), max_size=40)
TIMES = st.floats(0, 1e6)


def moment(start: float, end: float, *milliseconds: float) -> Moment:
    """A moment with these latencies, in coarse buckets."""
    counts = coarsened(flat_of(histogram_of([int(value * 1e6) for value in milliseconds])))
    return Moment(start, end, flat_of(counts))


def levels(cells: Cells) -> set[int]:
    """All levels of the picture below the legend."""
    keys = {key for row in cells[1:] for _, key in row if key.startswith("heat ")}
    return {int(level) for key in keys for level in key.split()[1:]} - {0}


STEADY = [moment(step, step + 1, *[4.0] * 90, *[9.0] * 9, 40.0) for step in range(6)]


def test_without_colours_the_denser_a_character_the_more_requests_it_holds() -> None:
    rows = plain(plot_heatmap(STEADY, 50, 11, seconds=10.0, dense=True)).splitlines()
    assert rows == [
        "               share of requests  0.9 % ·░▒▓█ 90 %",
        "50 ms ┤··························                 ",
        "      │                                           ",
        "20 ms ┤                                           ",
        "      │                                           ",
        "10 ms ┤▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒                 ",
        "      │                                           ",
        " 5 ms ┤                                           ",
        "      │██████████████████████████                 ",
        " 2 ms ┤                                           ",
        "       0                   5 s                10 s",
    ]


def test_in_colours_a_cell_is_two_pixels_of_the_levels_of_their_shares() -> None:
    cells = plot_heatmap(STEADY, 50, 11, seconds=10.0)
    assert {max(levels(cells)), min(levels(cells))} == {LEVELS, 1}
    assert "▀" in plain(cells)
    assert not set("·░▒▓█") & set(plain(cells))


def test_a_stretch_without_load_stays_blank() -> None:
    rows = plain(plot_heatmap([STEADY[0], moment(3, 4, 4.0)], 40, 5, seconds=4.0, dense=True)).splitlines()
    (row,) = (row for row in rows if "█" in row)
    body = row.split("┤")[-1].split("│")[-1]
    fourth = len(body) / 4
    assert [at for at, char in enumerate(body) if char == " "] == list(
        range(round(fourth), round(3 * fourth))
    )


def test_percentiles_are_named_at_their_rows_and_never_hide_one_another() -> None:
    names = [Named("p50 4.0 ms", 4.0), Named("p90 4.1 ms", 4.1), Named("p99 40 ms", 40.0)]
    rows = plain(plot_heatmap(STEADY, 70, 12, seconds=10.0, names=names)).splitlines()
    at = {name: next(y for y, row in enumerate(rows) if name in row) for name in ("p50", "p90", "p99")}
    assert at["p99"] < at["p90"] < at["p50"]
    assert at["p50"] - at["p90"] == 1
    narrow = plain(plot_heatmap(STEADY, 30, 12, seconds=10.0, names=names))
    assert "p50" not in narrow


def test_marks_are_uprights_that_hide_nothing() -> None:
    plain_rows = plain(plot_heatmap(STEADY, 50, 11, seconds=10.0, dense=True)).splitlines()
    marked = plain(
        plot_heatmap(STEADY, 50, 11, seconds=10.0, marks=[3.0, 8.0, 99.0], dense=True)
    ).splitlines()
    changed = [
        (before, after)
        for old, new in zip(plain_rows, marked, strict=True)
        for before, after in zip(old, new, strict=True)
        if before != after
    ]
    assert len(changed) == 9 + 6
    assert set(changed) == {(" ", "│")}


@given(
    MOMENTS,
    st.integers(1, 90),
    st.integers(1, 30),
    st.none() | ANY_FLOAT,
    st.lists(st.builds(Named, st.sampled_from(["p50 4 ms", "p99", ""]), ANY_FLOAT), max_size=3),
    st.lists(ANY_FLOAT, max_size=3),
    st.booleans(),
)
def test_a_heat_map_is_exactly_as_large_as_asked_for_whatever_the_data(
    moments: list[Moment],
    width: int,
    height: int,
    seconds: float | None,
    names: list[Named],
    marks: list[float],
    dense: bool,
) -> None:
    cells = plot_heatmap(moments, width, height, seconds=seconds, names=names, marks=marks, dense=dense)
    assert_exact(cells, width, height)


@given(
    st.lists(st.tuples(TIMES, TIMES, COUNTS), min_size=1, max_size=30),
    st.integers(20, 120),
    st.integers(8, 40),
)
def test_whatever_was_counted_is_to_be_seen(
    parts: list[tuple[float, float, tuple[int, ...]]], width: int, height: int
) -> None:
    moments = [Moment(min(a, b), max(a, b), counts) for a, b, counts in sorted(parts)]
    cells = plot_heatmap(moments, width, height)
    assert bool(levels(cells)) == any(one.start < one.end and any(one.counts[1::2]) for one in moments)


@pytest.mark.parametrize(
    "ground", [(0x12, 0x12, 0x12), (0, 0, 0), (0x2E, 0x34, 0x40), (0xFA, 0xFA, 0xF8), (255, 255, 255)]
)
def test_every_level_stands_out_more_by_an_even_step_of_lightness(ground: tuple[int, int, int]) -> None:
    lights = [lightness(colour) for colour in ramp(ground)]
    steps = [later - earlier for earlier, later in pairwise(lights)]
    assert len(lights) == LEVELS + 1
    assert all(step * steps[0] > 0 for step in steps)
    assert min(map(abs, steps)) > 0.03
    assert steps[1:] == pytest.approx([sum(steps[1:]) / (LEVELS - 1)] * (LEVELS - 1), abs=0.012)
