"""Every plan that the app runs is kept among the recent ones, and nothing that stands in the way stops a run."""

from __future__ import annotations

from typing import Any

from form_examples import PLAN

from httptui.plan.model import Plan
from httptui.presets.recent import recent_path, recent_plans
from httptui.tui.memory import remembering

SESSION: Any = object()


def begin(plan: Plan, *, consent: frozenset[str] = frozenset()) -> Any:
    assert consent == {"host"}
    return SESSION


def test_a_run_begins_as_ever_and_its_plan_is_kept() -> None:
    assert remembering(begin)(PLAN, consent=frozenset({"host"})) is SESSION
    assert [one.plan for one in recent_plans()] == [PLAN]


def test_a_folder_that_cannot_be_written_stops_no_run() -> None:
    recent_path().parent.parent.mkdir(parents=True, exist_ok=True)
    recent_path().parent.write_text("in the way")
    assert remembering(begin)(PLAN, consent=frozenset({"host"})) is SESSION
    assert recent_plans() == ()
