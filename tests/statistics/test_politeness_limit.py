"""When a contender's pace is the plan's own."""

from __future__ import annotations

import pytest

from httptui.plan.model import Contender, Plan, Policy, Target
from httptui.results.judge.limiter import politeness_limit
from httptui.results.snapshot import ContenderView, Requests

HERE = ("http://a/1", "http://a/2", "http://a/3", "http://b/1")


def sentence_of(requests: Requests, urls: tuple[str, ...], rate: float | None = 6.0) -> str | None:
    view = ContenderView(
        id="A", label="a", engine="a", reuse="shared", concurrency=8, requests=requests, seconds=10.0
    )
    plan = Plan(
        target=Target(urls=urls),
        policy=Policy(per_host_rate=rate),
        contender=(Contender(engine="aiohttp"),),
    )
    limiter = politeness_limit(plan, view)
    return None if limiter is None else limiter.sentence


@pytest.mark.parametrize(
    ("requests", "told"),
    [
        (Requests(ok=79), "politeness: the plan allows 6 requests a second to each of 2 hosts, 8 in all"),
        (
            Requests(ok=40, error=20, timeout=5),
            "politeness: the plan allows 6 requests a second to each of 2 hosts, 8 in all",
        ),
        (Requests(ok=63), None),
    ],
)
def test_the_host_with_most_urls_sets_the_pace_of_all(requests: Requests, told: str | None) -> None:
    assert sentence_of(requests, HERE) == told


def test_one_host_has_the_pace_itself_and_without_one_nothing_is_said() -> None:
    assert (
        sentence_of(Requests(ok=60), ("http://a/",))
        == "politeness: the plan allows 6 requests a second to its host"
    )
    assert sentence_of(Requests(ok=60), ("http://a/",), None) is None
