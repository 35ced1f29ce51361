"""The flag of requests that came from elsewhere."""

from __future__ import annotations

import pytest

from httptui.plan.model import Contender, Plan, Policy
from httptui.results.judge.flags import foreign_traffic_flag
from httptui.results.judge.work import Work
from httptui.results.snapshot import ContenderView, Requests

SENT, WARM, IN_FLIGHT = 1_000, 50, 8


def view(**changes: object) -> ContenderView:
    fields: dict[str, object] = {
        "id": "A",
        "label": "a",
        "engine": "a",
        "reuse": "shared",
        "concurrency": IN_FLIGHT,
        "state": "finished",
        "warmup_requests": WARM,
        "requests": Requests(planned=SENT + 3, dropped=3, ok=SENT),
    }
    return ContenderView(**(fields | changes))  # type: ignore[arg-type]


def told(work: Work, one: ContenderView | None = None, redirects: int = 0) -> list[str]:
    plan = Plan(policy=Policy(redirects=redirects), contender=(Contender(engine="a"),))
    return [flag.sentence for flag in foreign_traffic_flag(plan, [one or view()], {"A": work})]


@pytest.mark.parametrize(("arrived", "excess"), [(1_050, 0), (1_066, 0), (1_067, 1), (1_166, 100), (500, 0)])
def test_more_than_was_sent_and_could_be_on_its_way_came_from_elsewhere(arrived: int, excess: int) -> None:
    found = told(Work(requests_at_target=arrived))
    assert bool(found) == bool(excess)
    if excess:
        assert f"at least {excess} request" in found[0]


def test_nothing_is_told_before_the_end_or_of_what_is_not_known() -> None:
    many = Work(requests_at_target=9_999)
    assert told(many, view(state="running")) == []
    assert told(many, redirects=2) == []
    assert told(Work()) == []


def test_what_an_app_refused_is_told() -> None:
    (found,) = told(Work(foreign=50, requests_at_target=1_050))
    assert found.startswith("foreign traffic: the app of A refused 50 requests of others;")
