"""docs/results.md says what the saved reports say, and asks nothing that their presets cannot answer."""

from __future__ import annotations

import msgspec
import pytest

from docs import results
from docs.results import Experiment, experiments
from docs.sentences import COMPUTED
from httptui.plan.expectations import expectation_of
from httptui.plan.model import label_of
from httptui.presets.loader import load_preset
from httptui.results.report import Report
from httptui.sweeps.report import Measured, SweepReport

EXPERIMENTS = [experiment for experiment in experiments() if not load_preset(experiment.preset).sweep]


def test_the_page_is_what_its_script_makes_of_the_saved_reports() -> None:
    assert results.PAGE.read_text(encoding="utf-8") == results.page()


def test_every_saved_report_has_its_place_on_the_page() -> None:
    presets = {experiment.preset for experiment in experiments()}
    assert {path.stem for path in results.REPORTS.glob("*.json")} <= presets


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.preset)
def test_figures_and_claims_are_of_contenders_that_the_preset_has(experiment: Experiment) -> None:
    plan = load_preset(experiment.preset)
    assert set(experiment.published) <= {label_of(contender) for contender in plan.contender}
    for claim in experiment.claims:
        assert expectation_of(claim.expect, plan).ids


def test_a_claim_that_the_report_contradicts_is_said_not_to_hold() -> None:
    experiment = next(one for one in experiments() if one.preset == "fanout-as-published")
    report = results.report_of(experiment)
    assert isinstance(report, Report)
    failing = msgspec.structs.replace(experiment, claims=(results.Claim("all is well", "errors(C) == 0"),))
    fine = msgspec.structs.replace(experiment, claims=(results.Claim("A leads", "ratio(A) >= 1"),))
    assert "does not hold here" in next(results.claims_of(failing, report))
    assert "“A leads” holds here" in next(results.claims_of(fine, report))


def saved(preset: str) -> Report | SweepReport:
    report = results.report_of(next(one for one in experiments() if one.preset == preset))
    assert report is not None
    return report


def test_every_computed_sentence_exists_and_can_be_made_of_its_saved_report() -> None:
    named = {name for experiment in experiments() for name in experiment.computed}
    assert named == set(COMPUTED)
    for experiment in experiments():
        for name in experiment.computed:
            assert COMPUTED[name](saved(experiment.preset)).endswith(".")


def costing(report: Report | SweepReport, level: float, contender: str, value: float) -> SweepReport:
    assert isinstance(report, SweepReport)
    points = tuple(
        msgspec.structs.replace(point, cpu_us_per_request=Measured(value))
        if (point.levels, point.contender) == ((level,), contender)
        else point
        for point in report.points
    )
    return msgspec.structs.replace(report, points=points)


def test_cpu_per_request_is_told_to_be_as_far_apart_only_where_it_is() -> None:
    report = saved("scraper-latency")
    assert isinstance(report, SweepReport)
    for level, cheapest, others in ((0.0, 100.0, 1000.0), (300.0, 200.0, 900.0)):
        for contender in (one.id for one in report.contenders):
            report = costing(report, level, contender, cheapest if contender == "A" else others)
    assert "stays the same" in COMPUTED["CPU along the levels"](costing(report, 300.0, "B", 2000.0))
    assert "shrinks" in COMPUTED["CPU along the levels"](costing(report, 300.0, "B", 900.0))
    assert "grows" in COMPUTED["CPU along the levels"](costing(report, 300.0, "B", 5000.0))


def test_the_side_of_the_prediction_is_that_of_the_data() -> None:
    report = saved("scraper-latency")
    assert isinstance(report, SweepReport)
    pair = report.analysis.crossovers[0]
    for measured, side in ((80.0, "higher"), (8.0, "lower")):
        found = msgspec.structs.replace(pair.found, measured_ms=measured, predicted_ms=20.0)
        analysis = msgspec.structs.replace(
            report.analysis, crossovers=(msgspec.structs.replace(pair, found=found),)
        )
        told = COMPUTED["crossovers and the model"](msgspec.structs.replace(report, analysis=analysis))
        assert f"at {side} latency than predicted" in told


def test_a_result_tells_when_where_and_how_quiet_and_warns_of_a_busy_machine() -> None:
    report = saved("leapcell-fair")
    for before, busy in ((0.4, False), (5.5, True)):
        environment = report.environment | {
            "cpu": {**report.environment["cpu"], "usable": 2, "load_average": [before, 1.0, 1.0]},
            "load_average_after": [2.25, 1.0, 1.0],
        }
        told = " ".join(results.surroundings_of(msgspec.structs.replace(report, environment=environment)))
        assert report.started[:10] in told
        assert f"load average before {before:.2f}, after 2.25" in told
        assert "aiohttp 3" in told
        assert "Flags: " in told
        assert ("The machine was busy" in told) is busy
