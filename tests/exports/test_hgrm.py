"""The percentile text, held against HdrHistogram's own writer and against the report's percentiles."""

from __future__ import annotations

import io
from typing import NamedTuple

import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as st
from measured_report import FAST, SLOW, measured_report
from msgspec.structs import replace
from sample_report import MISSING, contender, report

from httptui.engines.buckets import HIGHEST_NS, bucket_of
from httptui.report.exports import hgrm_files, hgrm_name, to_hgrm
from httptui.results.histogram import percentile_ns
from httptui.results.report import HistogramData, ReportContender


class Step(NamedTuple):
    value: float
    percentile: float
    count: int
    beyond: float


def parsed(text: str) -> tuple[list[Step], dict[str, float]]:
    """The steps, and the footer's figures, as plotters read them: words apart by blanks, remarks behind #."""
    header, empty, *lines = text.splitlines()
    assert header.split() == ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"]
    assert empty == ""
    steps, footer = [], {}
    for line in lines:
        if line.startswith("#["):
            for pair in line[2:-1].split(","):
                name, _, figure = pair.partition("=")
                footer[name.strip()] = float(figure)
        else:
            value, percentile, count, *beyond = line.split()
            steps.append(Step(float(value), float(percentile), int(count), float(*beyond or ["inf"])))
    return steps, footer


def value_at(steps: list[Step], percent: float) -> float:
    """The value of the first step that reaches so many per cent."""
    return next(step.value for step in steps if step.percentile >= percent / 100)


@pytest.mark.parametrize("one", [FAST, SLOW])
def test_its_percentiles_are_those_of_the_report(one: ReportContender) -> None:
    steps, footer = parsed(to_hgrm(one))
    assert one.latency_ms is not None
    # A step's value is the last one of its bucket, which is at most 1/1024 wide.
    assert value_at(steps, 50) == pytest.approx(one.latency_ms.p50, rel=1e-3)
    assert value_at(steps, 90) == pytest.approx(one.latency_ms.p90, rel=1e-3)
    assert steps[-1].value == footer["Max"] == pytest.approx(one.latency_ms.max, rel=1e-3)
    assert footer["Mean"] == pytest.approx(one.latency_ms.mean, rel=1e-3)
    assert steps[-1].count == footer["Total count"] == one.requests.ok


@pytest.mark.parametrize("one", [FAST, SLOW])
def test_every_step_is_the_percentile_that_the_counts_give(one: ReportContender) -> None:
    counts = [(bucket_of(value), count) for value, count in one.histogram.counts]
    steps, _ = parsed(to_hgrm(one))
    for step in steps:
        middle = percentile_ns(counts, step.percentile * 100)
        assert bucket_of(round(step.value * 1e6)) == bucket_of(int(middle)), step
    assert [step.percentile for step in steps[:12]] == [
        *(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.775),
    ]


@pytest.mark.parametrize("one", [FAST, SLOW])
def test_the_library_gives_the_same_values_and_footer(one: ReportContender) -> None:
    histogram = HdrHistogram(1, HIGHEST_NS, 3)
    for value, count in one.histogram.counts:
        histogram.record_value(value, count)
    steps, footer = parsed(to_hgrm(one))
    for percent in (10, 50, 75, 87.5, 90):
        assert round(value_at(steps, percent) * 1e6) == histogram.get_value_at_percentile(percent)
    out = io.BytesIO()
    histogram.output_percentile_distribution(out, 1e6)
    header, *_, mean, largest, sizes = out.getvalue().decode().splitlines()
    assert to_hgrm(one).splitlines()[0] == header
    assert to_hgrm(one).splitlines()[-1] == sizes
    assert f"{footer['Mean']:.3f}" in mean
    assert f"{footer['Max']:.3f}" in largest


def test_its_deviation_is_in_milliseconds_as_its_mean_is() -> None:
    counts = ((1_000_000, 500), (3_000_000, 500))
    _, footer = parsed(to_hgrm(contender("A", "a", histogram=HistogramData(counts=counts))))
    assert footer["Mean"] == pytest.approx(2.0, rel=1e-3)
    assert footer["StdDeviation"] == pytest.approx(1.0, rel=1e-3)


COUNTS = st.lists(st.tuples(st.integers(0, HIGHEST_NS), st.integers(1, 10_000)), min_size=1, max_size=30)


@given(COUNTS)
def test_any_histogram_rises_to_all_that_was_counted(counts: list[tuple[int, int]]) -> None:
    steps, footer = parsed(to_hgrm(contender("A", "a", histogram=HistogramData(counts=tuple(counts)))))
    assert [step.value for step in steps] == sorted(step.value for step in steps)
    assert [step.count for step in steps] == sorted(step.count for step in steps)
    assert steps[-1].percentile == 1
    assert steps[-1].count == footer["Total count"] == sum(count for _, count in counts)
    for step in steps[:-1]:
        assert step.beyond == pytest.approx(1 / (1 - step.percentile), abs=0.006, rel=1e-3)


def test_what_no_lane_counts_does_no_harm() -> None:
    steps, _ = parsed(
        to_hgrm(contender("A", "a", histogram=HistogramData(counts=((-5, 2), (7, -3), (2**60, 1)))))
    )
    assert (steps[0].value, steps[-1].count) == (0.0, 3)
    assert parsed(to_hgrm(MISSING)) == (
        [],
        {"Mean": 0, "StdDeviation": 0, "Max": 0, "Total count": 0, **SIZES},
    )


SIZES = {"Buckets": 33, "SubBuckets": 2048}


def test_a_file_for_each_contender_with_latencies() -> None:
    assert list(hgrm_files(measured_report())) == ["A-httpx-shared.hgrm", "B-aiohttp-shared-uvloop.hgrm"]
    assert hgrm_files(report()) == {}


def test_response_times_have_a_file_of_their_own() -> None:
    slow = HistogramData(counts=((1_000_000, 10), (9_000_000, 10)))
    one = replace(FAST, response_histogram=slow)
    files = hgrm_files(measured_report(contenders=(one,)))
    assert list(files) == ["B-aiohttp-shared-uvloop.hgrm", "B-aiohttp-shared-uvloop-response.hgrm"]
    assert files["B-aiohttp-shared-uvloop.hgrm"] == to_hgrm(FAST)
    steps, footer = parsed(files["B-aiohttp-shared-uvloop-response.hgrm"])
    assert footer["Total count"] == 20
    assert steps[-1].value == pytest.approx(9, rel=1e-3)


@given(st.text(max_size=200), st.text(max_size=6))
def test_no_label_makes_a_strange_file_name(label: str, letter: str) -> None:
    name = hgrm_name(contender(letter, label))
    assert name.endswith(".hgrm")
    assert 6 <= len(name) <= 66
    assert not name.startswith(".")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")


@pytest.mark.parametrize("count", [10**15, 10**17, 2**62, 2**63, 10**30])
def test_counts_beyond_what_a_float_can_halve_come_to_an_end(count: int) -> None:
    counts = ((1_000_000, count), (2_000_000, 1))
    steps, footer = parsed(to_hgrm(replace(FAST, histogram=HistogramData(counts=counts), lower_bounds=None)))
    counted = [number for _, number in counts if number < 2**63]  # What a lane can have counted.
    assert steps[-1].count == sum(counted)
    assert footer["Total count"] == float(sum(counted))
    assert steps[-1].percentile == 1
    assert len(steps) < 400
