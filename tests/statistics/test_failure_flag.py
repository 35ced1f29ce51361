"""Failed requests are told beside the verdict, those of the worst contenders first."""

from __future__ import annotations

import pytest

from httptui.plan.model import Contender, Plan
from httptui.results.judge.blocks import BlockRecord
from httptui.results.judge.flags import failure_flag
from httptui.results.judge.judgement import judge
from httptui.results.judge.limiter_facts import MachineLoad
from httptui.results.snapshot import ContenderView, Requests


def view(key: str, ok: int, error: int = 0, timeout: int = 0) -> ContenderView:
    return ContenderView(
        id=key,
        label=key,
        engine=key,
        reuse="shared",
        concurrency=1,
        seconds=10.0,
        req_per_s=ok / 10,
        requests=Requests(planned=ok + error + timeout, ok=ok, error=error, timeout=timeout),
    )


@pytest.mark.parametrize(
    "views",
    [[], [view("A", 1000)], [view("A", 990, error=5, timeout=5)], [view("A", 0, error=1000)]],
    ids=["nobody", "none", "a hundredth", "no success"],
)
def test_few_failures_and_a_contender_without_success_are_no_flag(views: list[ContenderView]) -> None:
    assert failure_flag(views) == ()


def test_the_worst_are_told_first_and_many_are_counted() -> None:
    views = [
        view("A", 98, error=2),
        view("B", 50, 20, 30),
        view("C", 90, 10),
        view("D", 96, 4),
        view("E", 97, 3),
    ]
    (flag,) = failure_flag(views)
    assert flag.kind == "failures"
    assert flag.sentence == (
        "failures: some requests failed (50 % for B, 10 % for C, 4.0 % for D and less for 2 more); req/s counts only "
        "successes, and failures take a different time than answers"
    )


def test_where_all_fail_alike_nothing_is_claimed_and_the_verdict_says_why_first() -> None:
    views = [view("A", 1000, error=50), view("B", 500, error=22)]
    records = [
        BlockRecord(
            id=one.id,
            block=block,
            position=0,
            epoch=0,
            ok=one.req_per_s * (1 + block % 3 / 100),
            seconds=1.0,
        )
        for one in views
        for block in range(12)
    ]
    judged = judge(
        Plan(contender=(Contender(engine="aiohttp"), Contender(engine="httpx"))),
        views,
        records,
        [MachineLoad()] * 2,
        look=None,
        slice_seconds=0.5,
        typical_seconds=0.01,
    )
    assert [flag.kind for flag in judged.flags] == ["failures"]
    assert judged.verdict is not None
    assert (judged.verdict.kind, {place.rank_low for place in judged.ranking}) == ("undecided", {1})
    assert judged.verdict.sentence == (
        "Undecided (all ran at the same time): 4.8 % of the requests of A failed, so nothing is claimed; A A "
        "leads, B B reaches 50 % [50–50]."
    )
