"""Verdicts on runs whose requests failed, and the warning that all answers were redirects."""

from __future__ import annotations

import pytest

from httptui.plan.model import Contender, Plan, Policy
from httptui.results.judge.flags import redirect_warning
from httptui.results.judge.verdict import failures_by_cause, invalid_if_nothing_succeeded
from httptui.results.snapshot import ContenderView, FirstAnswer, Requests


def view(key: str, **counts: int) -> ContenderView:
    """A contender that got so many answers of each status, s302=5."""
    status = {name.removeprefix("s"): count for name, count in counts.items()}
    ok = sum(count for code, count in status.items() if code < "400")
    error = sum(status.values()) - ok
    return ContenderView(
        id=key,
        label=key,
        engine=key,
        reuse="shared",
        concurrency=1,
        requests=Requests(planned=ok + error, ok=ok, error=error),
        status=status,
        errors={"status": error} if error else {},
        first_answers={
            "302": FirstAnswer(status="302", headers=(("Location", "/login"),), body="moved"),
        }
        if "302" in status
        else {},
    )


def plan(redirects: int = 0) -> Plan:
    return Plan(policy=Policy(redirects=redirects), contender=(Contender(engine="raw"),))


def test_a_run_without_a_success_is_invalid_by_its_commonest_failure() -> None:
    verdict = invalid_if_nothing_succeeded([view("A", s503=5, s500=2), view("B", s500=4)])
    assert verdict is not None
    assert (verdict.kind, verdict.sentence) == ("invalid", "Invalid: every request failed: status 500.")


@pytest.mark.parametrize("views", [[], [view("A", s500=5), view("B", s200=1)], [view("A")]])
def test_one_success_or_no_request_at_all_is_judged_as_usual(views: list[ContenderView]) -> None:
    assert invalid_if_nothing_succeeded(views) is None


def test_failures_are_told_by_status_and_by_kind_with_a_message_where_that_says_more() -> None:
    found = failures_by_cause(
        {"status": 3, "refused": 2, "other": 1}, {"200": 9, "404": 3}, {"refused": "no", "other": "odd"}
    )
    assert found == {"status 404": 3, "connection refused": 2, "an unclassified error (odd)": 1}


def test_answers_that_were_all_redirects_are_warned_of_with_where_they_lead() -> None:
    (warning,) = redirect_warning(plan(), [view("A", s302=50), view("B", s302=40)])
    assert warning == (
        "every answer was a redirect (302 → /login): follow it (policy.redirects = 5) or change the URL"
    )
    (warning,) = redirect_warning(plan(redirects=5), [view("A", s308=50), view("B", s200=40)])
    assert warning == "every answer to A was a redirect (308): change the URL"


@pytest.mark.parametrize("views", [[], [view("A")], [view("A", s302=50, s200=1)], [view("A", s304=50)]])
def test_one_other_answer_or_not_modified_is_no_reason_to_warn(views: list[ContenderView]) -> None:
    assert redirect_warning(plan(), views) == ()
