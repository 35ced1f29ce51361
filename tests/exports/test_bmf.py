from __future__ import annotations

import math

import msgspec
from measured_report import FAST, SLOW, measured_report
from msgspec.structs import replace
from sample_report import AIOHTTP, MISSING, contender, report, slices

from httptui.report.exports import to_bmf
from httptui.results.report import Report
from httptui.statistics import estimate

LONGEST_BENCHMARK, LONGEST_MEASURE = 1_024, 64


class Metric(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A metric as the format's schema has it: a number, and maybe the ends of its interval."""

    value: float
    lower_value: float | None = None
    upper_value: float | None = None


def decoded(of: Report) -> dict[str, dict[str, Metric]]:
    return msgspec.json.decode(to_bmf(of), type=dict[str, dict[str, Metric]])


def test_a_benchmark_for_each_contender_that_finished() -> None:
    assert decoded(report()) == {
        "httpx · shared": {
            "throughput": Metric(129.0),
            "latency-p50-ms": Metric(313.0),
            "latency-p99-ms": Metric(1540.0),
            "cpu-us-per-request": Metric(7_837.0),
        },
        "aiohttp · shared · uvloop": {
            "throughput": Metric(15_511.0),
            "latency-p50-ms": Metric(4.1),
            "latency-p99-ms": Metric(8.1),
            "cpu-us-per-request": Metric(64.0),
        },
    }


def test_intervals_are_those_of_the_blocks_and_hold_the_figure() -> None:
    found = decoded(measured_report())
    for one in (FAST, SLOW):
        metric = found[one.label]["throughput"]
        _, low, high = estimate([math.log(piece.ok / piece.seconds) for piece in one.slices])
        assert low is not None
        assert high is not None
        assert metric.lower_value == min(math.exp(low), one.req_per_s)
        assert metric.upper_value == max(math.exp(high), one.req_per_s)
        assert metric.lower_value <= metric.value <= metric.upper_value


def test_too_few_blocks_and_blocks_without_success_give_no_interval() -> None:
    few = replace(AIOHTTP, slices=slices(1.0, 1.0, 1.0))
    idle = replace(AIOHTTP, slices=tuple(replace(piece, ok=0) for piece in FAST.slices))
    for one in (few, idle):
        metric = decoded(report(contenders=(one,)))[AIOHTTP.label]["throughput"]
        assert (metric.lower_value, metric.upper_value) == (None, None)


def test_measures_that_are_not_known_are_left_out() -> None:
    unknown = replace(AIOHTTP, latency_ms=None, cpu_us_per_request=None, req_per_s=0.0)
    assert decoded(report(contenders=(unknown, MISSING))) == {AIOHTTP.label: {"throughput": Metric(0.0)}}


def test_equal_labels_are_told_apart_by_their_letters() -> None:
    found = decoded(report(contenders=(contender("A", "same"), contender("B", "same"), contender("C", ""))))
    assert list(found) == ["same (A)", "same (B)", "(C)"]


def test_names_are_as_short_as_the_format_wants() -> None:
    found = decoded(report(contenders=(contender("A", "x" * 5_000),)))
    ((name, measures),) = found.items()
    assert 0 < len(name) <= LONGEST_BENCHMARK
    assert all(0 < len(measure) <= LONGEST_MEASURE for measure in measures)
