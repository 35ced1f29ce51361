"""A report whose contenders have latencies and slices, as charts and percentiles need them."""

from __future__ import annotations

import random
from typing import Any

from msgspec.structs import replace
from sample_report import AIOHTTP, HTTPX, MISSING, report

from httptui.engines.buckets import bounds_of, histogram_of
from httptui.results.histogram import flat_of
from httptui.results.report import HistogramData, Report, ReportContender, Slice
from httptui.results.snapshot import CpuRank, Requests
from httptui.runs.over_time import Latencies

SAMPLES = 20_000


def measured(contender: ReportContender, median_ms: float, rate: float, seed: int = 1) -> ReportContender:
    """The contender with latencies about a median and eight slices of a second about a rate."""
    chance = random.Random(seed)
    nanoseconds = [int(chance.lognormvariate(0, 0.4) * median_ms * 1e6) for _ in range(SAMPLES)]
    counts = histogram_of(nanoseconds)
    latencies = Latencies()
    latencies.add(flat_of(counts), sum(nanoseconds), max(nanoseconds))
    latency = latencies.figures()
    assert latency is not None
    kept = tuple((bounds_of(index)[0], count) for index, count in sorted(counts.items()))
    return replace(
        contender,
        requests=Requests(planned=SAMPLES, ok=SAMPLES),
        latency_ms=latency,
        slices=tuple(
            Slice(
                block=block,
                start=float(block),
                seconds=1.0,
                ok=round(rate * chance.uniform(0.95, 1.05)),
                error=0,
                timeout=0,
                cpu_us=rate * 64.0,
            )
            for block in range(8)
        ),
        histogram=HistogramData(counts=kept),
    )


FAST = measured(AIOHTTP, 4.0, 15_511.0)
SLOW = measured(HTTPX, 300.0, 129.0, seed=2)
COSTS = (
    CpuRank(id="B", rank_low=1, rank_high=1, cpu_us_per_request=64.0, ratio=1.0),
    CpuRank(
        id="A", rank_low=2, rank_high=2, cpu_us_per_request=276.0, ratio=4.3, ratio_low=4.2, ratio_high=4.4
    ),
)


def measured_report(**changes: Any) -> Report:
    return report(**({"contenders": (SLOW, FAST, MISSING), "cpu_ranking": COSTS} | changes))
