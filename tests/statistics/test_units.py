from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.units import (
    format_bytes,
    format_count,
    format_ms,
    format_percent,
    format_rate,
    format_ratio,
    format_times,
    format_us,
    plural,
)


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0.0, "0.0 µs"),
        (9.94, "9.9 µs"),
        (9.96, "10 µs"),
        (64.2, "64 µs"),
        (999.4, "999 µs"),
        (999.6, "1.0 ms"),
        (7_837.0, "7.8 ms"),
        (99_960.0, "100 ms"),
        (313_000.0, "313 ms"),
        (999_600.0, "1.00 s"),
        (1_540_000.0, "1.54 s"),
        (12_340_000.0, "12.3 s"),
        (1_234_000_000.0, "1 234 s"),
        (None, "–"),
    ],
)
def test_durations(microseconds: float | None, text: str) -> None:
    assert format_us(microseconds) == text
    assert format_ms(None if microseconds is None else microseconds / 1000) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0.0, "0"), (0.524, "0.52"), (9.996, "10.0"), (47.31, "47.3"), (129.4, "129"), (15_511.4, "15 511")],
)
def test_rates(rate: float, text: str) -> None:
    assert format_rate(rate) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (1.0, "100 %"),
        (0.231, "23 %"),
        (0.0082, "0.8 %"),
        (0.0001, "0.010 %"),
        (0.0, "0 %"),
        (12.5, "1 250 %"),
    ],
)
def test_percentages(ratio: float, text: str) -> None:
    assert format_percent(ratio) == text


def test_an_interval_has_the_decimals_of_its_ratio() -> None:
    assert format_ratio(0.23, 0.2211, 0.2391) == "23 % [22–24]"
    assert format_ratio(0.0084, 0.0081, 0.0099) == "0.8 % [0.8–1.0]"
    assert format_ratio(0.5, None, None) == "50 %"


def test_counts_factors_and_unknowns() -> None:
    assert format_count(1_234_567) == "1 234 567"
    assert [format_times(factor) for factor in (1.068, 4.32, 14.4)] == ["1.07 times", "4.3 times", "14 times"]
    assert format_times(4.32, 4.11, 4.58) == "4.3 times [4.1–4.6]"
    assert [format_count(None), format_rate(None), format_percent(None)] == ["–", "–", "–"]
    assert [plural(1, "block"), plural(0, "block"), plural(20, "block")] == [
        "1 block",
        "0 blocks",
        "20 blocks",
    ]


@given(st.floats(0.05, 1e12))
def test_a_duration_reads_back_within_five_percent(microseconds: float) -> None:
    number, _, unit = format_us(microseconds).rpartition(" ")
    value = float(number.replace(" ", "")) * {"µs": 1, "ms": 1e3, "s": 1e6}[unit]
    assert value == pytest.approx(microseconds, rel=0.05, abs=0.0501)


def test_a_duration_is_told_with_its_interval_and_the_unit_once_where_it_is_the_same() -> None:
    assert format_ms(18.2, 16.0, 21.0) == "18.2 ms [16.0–21.0]"
    assert format_ms(990.0, 900.0, 1_200.0) == "990 ms [900 ms–1.20 s]"
    assert format_ms(18.2, 16.0, None) == "18.2 ms"


def test_what_has_no_end_is_told_too_whoever_wrote_it() -> None:
    assert (format_ms(1e308), format_rate(math.inf)) == ("inf s", "inf")


def test_bytes_stay_below_a_thousand_and_twenty_four_of_their_unit() -> None:
    assert [format_bytes(count) for count in (0, 1023, 1024, 25_276_510_208)] == [
        "0 B",
        "1023 B",
        "1.0 KiB",
        "23.5 GiB",
    ]
