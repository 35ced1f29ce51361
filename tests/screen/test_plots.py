"""The plots as text: golden pictures, and that no size and no data breaks them."""

from __future__ import annotations

import math

import pytest
from examples import histogram
from hypothesis import given
from hypothesis import strategies as st

from httptui.engines.buckets import bucket_of
from httptui.scale import linear_scale, log_scale, milliseconds, short
from httptui.tui.plots.cells import bar, between, clip, columns, fit, left, plain, right, row_width
from httptui.tui.plots.histograms import Distribution, plot_histograms
from httptui.tui.plots.lines import Line, plot_lines

SIZES = st.tuples(st.integers(1, 90), st.integers(1, 30))
ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True)
LINES = st.lists(
    st.builds(
        Line,
        st.sampled_from("ABCDEFGHZ"),
        st.lists(st.tuples(ANY_FLOAT, ANY_FLOAT), max_size=20).map(
            lambda points: sorted(points, key=lambda point: (math.isnan(point[0]), point[0]))
        ),
    ),
    max_size=26,
)
COUNTS = st.lists(
    st.tuples(st.integers(0, bucket_of(2**42)), st.integers(0, 10**9)),
    max_size=20,
    unique_by=lambda pair: pair[0],
).map(sorted)
DISTRIBUTIONS = st.lists(
    st.builds(
        Distribution,
        st.sampled_from("ABCDEFGHZ"),
        COUNTS,
        st.none() | ANY_FLOAT,
        st.none() | ANY_FLOAT,
        st.sampled_from(["", "4.1 ms", "1.54 s"]),
        st.sampled_from(["", "9.0 ms"]),
    ),
    max_size=26,
)


def assert_exact(cells: tuple[tuple[tuple[str, str], ...], ...], width: int, height: int) -> None:
    """Every row is as wide, and the whole as high, as was asked for."""
    assert [row_width(row) for row in cells] == [width] * height


def rise(rate: float) -> list[tuple[float, float]]:
    """A line from zero to a rate in one second, and level for nine."""
    return [(step / 4, rate * min(step / 4, 1)) for step in range(41)]


def test_lines_share_one_zero_based_scale_and_end_in_their_letter() -> None:
    cells = plot_lines([Line("A", rise(16_000)), Line("B", rise(4_000))], 48, 9, seconds=10.0)
    assert plain(cells).splitlines() == [
        "    │                                           ",
        "20k ┤                                           ",
        "    │    ⡤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤ A ",
        "    │   ⡸                                       ",
        "10k ┤  ⢠⠃                                       ",
        "    │ ⢀⠇                                        ",
        "    │ ⡜ ⡠⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤ B ",
        "  0 ┤⡸⠔⠉                                        ",
        "     0                  5 s               10 s  ",
    ]


def test_each_line_keeps_its_own_style_and_its_letter_is_bold() -> None:
    cells = plot_lines([Line("A", rise(100)), Line("B", rise(50))], 40, 8, seconds=10.0)
    styles = {key for row in cells for text, key in row if text.strip()}
    assert styles == {"A", "B", "A bold", "B bold", "axis", "rule"}


def test_a_log_scale_shows_a_line_that_a_linear_one_hides_below_another() -> None:
    lines = [
        Line(key, [(0, rate), (10, rate)]) for key, rate in (("A", 15_000.0), ("B", 900.0), ("C", 130.0))
    ]

    def rows_of(*, log: bool) -> list[int | None]:
        cells = plot_lines(lines, 60, 13, seconds=10.0, log=log)
        rows = [{key for _, key in row} for row in cells]
        return [next((y for y, keys in enumerate(rows) if letter in keys), None) for letter in "ABC"]

    assert rows_of(log=False) == [2, 11, None]
    assert rows_of(log=True) == [0, 7, 11]


def test_blocks_stand_in_for_braille() -> None:
    text = plain(plot_lines([Line("A", rise(10))], 30, 6, seconds=10.0, blocks=True))
    assert not any(0x2800 <= ord(char) < 0x2900 for char in text)
    assert "▀" in text or "▄" in text


def test_letters_of_lines_that_end_together_do_not_hide_one_another() -> None:
    lines = [Line(letter, [(0.0, 5.0), (10.0, 5.0)]) for letter in "ABCDE"]
    text = plain(plot_lines(lines, 40, 8, seconds=10.0))
    assert all(letter in text for letter in "ABCDE")


def test_a_histogram_has_its_percentiles_written_below_it() -> None:
    counts = [(bucket_of(int(ms * 1e6)), n) for ms, n in ((4, 1), (8, 4), (10, 8), (13, 4), (30, 1))]
    rows = plain(
        plot_histograms([Distribution("A", counts, 10.0, 30.0, "10.0 ms", "30.0 ms")], 50, 5)
    ).splitlines()
    assert rows == [
        "                          █                       ",
        "                      ▄   █  ▄                    ",
        " A          ▃         █   █  █           ▃        ",
        "               p50 10.0 ms╵              ╵30.0 ms ",
        "   2 ms         5 ms      10 ms     20 ms   50 ms ",
    ]


def test_histograms_in_one_row_each_have_marks_within_the_bars() -> None:
    items = [
        Distribution(letter, histogram(ms, 0.3, 500, 1), ms, ms * 2)
        for letter, ms in (("A", 4.0), ("B", 90.0))
    ]
    rows = plain(plot_histograms(items, 60, 3)).splitlines()
    assert [row.count("┃") for row in rows] == [1, 1, 0]
    assert [row.count("╎") for row in rows] == [1, 1, 0]
    assert rows[0].index("┃") < rows[1].index("┃")


def test_every_request_of_a_histogram_falls_into_a_column() -> None:
    outlier = [(bucket_of(1_000_000), 1000), (bucket_of(10**10), 1)]
    row = plain(plot_histograms([Distribution("A", outlier)], 40, 2)).splitlines()[0]
    assert row.count("█") == 1
    assert row.count("▁") == 1


@pytest.mark.parametrize(
    ("values", "parts", "ticks"),
    [
        ([15_511.0], 4, [0, 5000, 10000, 15000, 20000]),
        ([0.9], 2, [0, 0.5, 1]),
        ([0.9], 1, [0, 1]),
        ([], 4, [0, 0.5, 1]),
        ([1000.0], 5, [0, 200, 400, 600, 800, 1000]),
    ],
)
def test_linear_ticks_are_round_and_start_at_zero(
    values: list[float], parts: int, ticks: list[float]
) -> None:
    assert list(linear_scale(values, parts).ticks) == pytest.approx(ticks)


def test_linear_ticks_fall_on_whole_rows_with_little_room_above() -> None:
    scale = linear_scale([15_900.0], 5, 22)
    assert [scale.position(tick) * 21 for tick in scale.ticks] == pytest.approx([0, 5, 10, 15, 20])
    assert linear_scale([15_900.0], 5, 12).high == 22_000


def test_log_ticks_cover_the_data_by_decades_where_they_are_many() -> None:
    assert log_scale([130.0, 15_511.0], 4).ticks == pytest.approx((100, 1000, 10000))
    assert log_scale([130.0, 15_511.0], 9).ticks == pytest.approx((100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4))
    assert log_scale([7.0], 4).position(7.0) > 0


def test_tick_labels_are_short() -> None:
    assert [short(value) for value in (0, 0.2, 250, 1500, 16_000, 2e6)] == [
        "0",
        "0.2",
        "250",
        "1.5k",
        "16k",
        "2M",
    ]
    assert [milliseconds(value) for value in (0.05, 2, 500, 10_000)] == ["50 µs", "2 ms", "500 ms", "10 s"]


def test_bars_are_drawn_in_eighths_and_never_vanish() -> None:
    assert bar(1, 4) == "████"
    assert bar(0.5, 3) == "█▌ "
    assert bar(0.0001, 3) == "▏  "
    assert bar(0, 3) == "   "
    assert bar(math.nan, 2) == "  "
    assert columns([0, 0.001, 0.5, 1], 2) == ["   █", " ▁██"]


def test_rows_are_cut_and_filled_to_the_width_in_cells() -> None:
    assert [left("abc", 5), right("abc", 5), clip("abcdef", 4), left("日本語", 5)] == [
        "abc  ",
        "  abc",
        "abc…",
        "日本…",
    ]
    assert row_width(fit((("日本", "A"), ("x", "B")), 3)) == 3
    assert plain((between((("left side", ""),), (("end", ""),), 8),)) == "left…end"


@given(LINES, SIZES, st.none() | ANY_FLOAT, st.booleans(), st.booleans())
def test_lines_of_any_data_fill_any_size_exactly(
    lines: list[Line], size: tuple[int, int], seconds: float | None, log: bool, blocks: bool
) -> None:
    assert_exact(plot_lines(lines, *size, seconds=seconds, log=log, blocks=blocks), *size)


@given(DISTRIBUTIONS, SIZES)
def test_histograms_of_any_data_fill_any_size_exactly(
    items: list[Distribution], size: tuple[int, int]
) -> None:
    assert_exact(plot_histograms(items, *size), *size)


@given(ANY_FLOAT, st.integers(0, 100))
def test_a_bar_is_as_wide_as_asked_for(part: float, width: int) -> None:
    assert len(bar(part, width)) == width
