"""Percentiles of answers and of requests without one: the least and the most that each can be, and what is told."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.engines.buckets import histogram_of
from httptui.results.histogram import Unanswered, flat_of, percentile_ns, spans_ns
from httptui.results.snapshot import Latency, format_latency
from httptui.runs.over_time import Latencies
from httptui.statistics import has_few_beyond

MS = 1_000_000


def latencies_of(answered: list[int], waited: list[int] | None = None, dropped: int = 0) -> Latency:
    """The figures of some times in milliseconds."""
    kept = Latencies()
    for add, times in ((kept.add, answered), (kept.add_bounds, waited or [])):
        each = [time * MS for time in times]
        add(flat_of(histogram_of(each)), sum(each), max(each, default=0))
    latency = kept.figures(dropped)
    assert latency is not None
    return latency


def test_five_of_a_hundred_that_hung_for_a_second_are_the_99th_percentile_and_no_part_of_the_90th() -> None:
    told = latencies_of([4] * 950, [1_000] * 50)
    assert (told.p50, told.p90) == (pytest.approx(4, rel=1e-3), pytest.approx(4, rel=1e-3))
    assert told.span("p90")[0] == told.span("p90")[1]
    assert told.p99 == pytest.approx(1_000, rel=1e-3)
    assert told.at_most == {"p99": None, "p99.9": None, "max": None, "mean": None}
    assert told.mean == pytest.approx(0.95 * 4 + 0.05 * 1_000)
    assert (told.censored, told.never) == (50, ())
    assert [format_latency(told, name) for name in ("p50", "p99", "max")] == [
        "4.0 ms",
        "> 1.00 s",
        "> 1.00 s",
    ]


def test_what_was_dropped_is_longer_than_any_time() -> None:
    told = latencies_of([4] * 740, dropped=7_260)
    assert told.never == ("p50", "p90", "p99", "p99.9", "max", "mean")
    assert told.span("p50") == (math.inf, math.inf)
    assert told.p50 == pytest.approx(4)
    assert format_latency(told, "p50") == "∞"
    few = latencies_of([4] * 9_980, dropped=20)
    assert few.never == ("p99.9", "max", "mean")
    assert few.span("p99")[0] == few.span("p99")[1]


def test_one_cut_off_early_leaves_a_percentile_nearly_where_it_was() -> None:
    told = latencies_of([4] * 999, [1])
    assert not told.is_bound("p99")
    assert told.is_bound("max")
    assert format_latency(told, "p99") == "4.0 ms"


def test_times_of_answers_alone_have_no_bounds() -> None:
    told = latencies_of([4, 5, 6])
    assert (told.censored, told.at_most, told.never) == (0, {}, ())


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=60),
    st.lists(st.integers(1, 10**9), max_size=20),
    st.integers(0, 5),
    st.sampled_from([1.0, 50.0, 90.0, 99.0]),
)
def test_a_percentile_lies_between_its_ends_whatever_the_unanswered_would_have_taken(
    answered: list[int], waited: list[int], dropped: int, q: float
) -> None:
    counts = histogram_of(answered)
    unanswered = Unanswered(histogram_of(waited), sum(waited), max(waited, default=0), dropped)
    ((least, most),) = spans_ns(counts, unanswered, (q,))
    assert least <= most
    for factor in (1, 3):
        # 2 ** 42 is the longest time that is counted.
        taken = histogram_of([*answered, *(time * factor for time in waited), *[2**42] * dropped])
        between = percentile_ns(taken, q)
        assert min(least, 2**42) <= between * 1.001
        assert between <= most * 1.001


@pytest.mark.parametrize(
    ("total", "q", "few"), [(2_999, 99, True), (3_000, 99, False), (59, 50, True), (60, 50, False)]
)
def test_thirty_requests_have_to_lie_beyond_a_percentile(total: int, q: float, few: bool) -> None:
    assert has_few_beyond(total, q) is few
