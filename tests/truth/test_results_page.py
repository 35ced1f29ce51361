"""docs/results.md says what the saved reports say, and asks nothing that their presets cannot answer."""

from __future__ import annotations

import msgspec
import pytest

from docs import results
from docs.results import Experiment, experiments
from httptui.plans.expectations import expectation_of
from httptui.plans.plan import label_of
from httptui.reports.report import Report
from presets.loader import load_preset

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
