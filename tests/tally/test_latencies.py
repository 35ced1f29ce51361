"""A contender's latencies: few buckets for pictures, and figures that are as exact as all of them."""

from __future__ import annotations

import random

import pytest

from httptui.engines.buckets import histogram_of
from httptui.results.histogram import COARSE, flat_of
from httptui.runs.over_time import Latencies

MS = 1_000_000


def test_figures_are_exact_and_coarse_counts_keep_every_request_in_far_fewer_buckets() -> None:
    drawn = random.Random(1)
    times = [int(drawn.lognormvariate(1, 1) * MS) for _ in range(10_000)]
    latencies = Latencies()
    for start in range(0, len(times), 100):
        frame = times[start : start + 100]
        returned = latencies.add(flat_of(histogram_of(frame)), sum(frame), max(frame))
        assert sum(returned.values()) == len(frame)
        assert all(index % COARSE == COARSE // 2 for index in returned)
    figures, exact = latencies.figures(), sorted(times)
    assert figures is not None
    assert figures.p50 * MS == pytest.approx(exact[4_999], rel=0.0005)
    assert figures.p99_9 * MS == pytest.approx(exact[9_989], rel=0.0005)
    assert figures.max * MS == exact[-1]
    fine, coarse = latencies.fine(), latencies.coarse()
    assert sum(count for _, count in fine) == sum(count for _, count in coarse) == len(times)
    assert len(coarse) < len(fine) / 4
    assert {index - index % COARSE for index, _ in fine} == {index - index % COARSE for index, _ in coarse}


def test_nothing_counted_has_no_figures() -> None:
    latencies = Latencies()
    latencies.add((), 0, 0)
    assert (latencies.figures(), latencies.fine(), latencies.coarse()) == (None, (), ())
