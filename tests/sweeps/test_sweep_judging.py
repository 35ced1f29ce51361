"""What curves of a known shape mean."""

from __future__ import annotations

import pytest
from swept_plans import plan_of, points_by

from httptui.plan.model import Load
from httptui.results.scaling_laws import modelled_rate
from httptui.sweeps.judging import NOTHING, analysed, verdict_of
from httptui.sweeps.report import SweepAnalysis, SweepPoint

CPU_US = {"aiohttp": 100.0, "httpx": 1_000.0}
LATENCIES = (0.0, 5.0, 10.0, 20.0, 50.0, 100.0)
FLOOR_MS = 1.0


def test_curves_meet_where_the_model_says():
    """16 in flight at 1 ms of CPU and a floor of 1 ms: the slower one waits from 15 ms on, and the gap goes later."""
    plan = plan_of({"latency_ms": LATENCIES})
    points = points_by(
        plan,
        lambda levels, engine: modelled_rate(16, levels[0], CPU_US[engine], FLOOR_MS),
        cpu_us_per_request=lambda _levels, engine: CPU_US[engine],
        p50_ms=lambda levels, engine: 16e3 / modelled_rate(16, levels[0], CPU_US[engine], FLOOR_MS),
    )
    analysis = analysed(plan, points)
    (pair,) = analysis.crossovers
    assert (pair.faster, pair.slower) == ("A", "B")
    assert pair.found.predicted_ms > 15.0
    assert pair.found.measured_ms == pytest.approx(pair.found.predicted_ms, rel=0.1)
    assert (pair.found.low_ms, pair.found.high_ms, pair.found.agrees) == (20.0, 50.0, True)
    assert pair.cpu_ratio == pytest.approx(10.0)
    told = verdict_of(plan, points, analysis)
    assert told.startswith("Above ")
    assert "of latency the choice between aiohttp · shared and httpx · shared changes throughput" in told
    assert told.endswith("CPU per request still differs 10 times.")


def test_the_pair_that_differs_most_comes_first():
    rates = {"aiohttp": 3_000.0, "httpx": 1_000.0, "requests": 2_000.0}
    plan = plan_of({"latency_ms": (0.0, 1.0)}, *rates)
    points = points_by(plan, lambda _levels, engine: rates[engine])
    pairs = [(pair.faster, pair.slower) for pair in analysed(plan, points).crossovers]
    assert pairs == [("A", "B"), ("C", "B"), ("A", "C")]


def test_a_curve_over_concurrency_has_its_knee_and_its_law():
    """γ = 1000, α = 0.05, β = 0.001: N* = √(0.95 / 0.001) = 30.8."""
    plan = plan_of({"concurrency": (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)}, "aiohttp")
    points = points_by(
        plan,
        lambda levels, _engine: (
            1e3 * levels[0] / (1 + 0.05 * (levels[0] - 1) + 1e-3 * levels[0] * (levels[0] - 1))
        ),
        p99_ms=lambda levels, _engine: 1.0 if levels[0] <= 16 else 5.0,
    )
    (scaling,) = analysed(plan, points).scaling
    assert scaling.fit is not None
    assert scaling.fit.n_star == pytest.approx(30.8, rel=0.05)
    assert scaling.saturation == 32
    assert scaling.knee is None
    told = verdict_of(plan, points, analysed(plan, points))
    assert told == (
        "A aiohttp · shared reaches 95 % of its peak at 32 in flight, but its p99 more than doubles, "
        "and by the scalability law it is fastest with 31."
    )


def test_a_curve_that_still_rises_at_its_last_level_has_no_knee():
    plan = plan_of({"concurrency": (1.0, 2.0, 4.0, 8.0, 16.0)}, "aiohttp")
    points = points_by(plan, lambda levels, _engine: 100 * min(levels[0], 15.0))
    (scaling,) = analysed(plan, points).scaling
    assert (scaling.knee, scaling.saturation) == (None, None)
    assert verdict_of(plan, points, analysed(plan, points)) == (
        "A aiohttp · shared has no knee up to 16 in flight: its req/s may still rise."
    )


def test_a_contender_that_answered_nothing_is_not_told_to_rise():
    plan = plan_of({"concurrency": (1.0, 2.0, 4.0, 8.0)}, "aiohttp")
    points = points_by(plan, lambda _levels, _engine: 0.0)
    assert verdict_of(plan, points, analysed(plan, points)) == "A aiohttp · shared answered nothing."


@pytest.mark.parametrize(
    ("sweep", "load"),
    [
        ({"pool": (1.0, 2.0)}, Load()),
        ({"pool": (1.0, 2.0), "concurrency": (1.0, 2.0)}, Load()),
        ({"concurrency": (1.0, 2.0)}, Load(kind="burst")),
    ],
)
def test_other_axes_and_loads_tell_only_where_each_is_fastest(
    sweep: dict[str, tuple[float, ...]], load: Load
):
    plan = plan_of(sweep, "aiohttp", load=load)
    points = points_by(plan, lambda levels, _engine: 100 * sum(levels))
    assert analysed(plan, points) == SweepAnalysis()
    told = verdict_of(plan, points, SweepAnalysis())
    assert told.startswith("A aiohttp · shared is fastest at ")


def test_nothing_measured_is_told_so():
    plan = plan_of({"latency_ms": (0.0,)}, "aiohttp")
    points = (SweepPoint(levels=(0.0,), contender="A"),)
    assert analysed(plan, points) == SweepAnalysis()
    assert verdict_of(plan, points, SweepAnalysis()) == NOTHING
