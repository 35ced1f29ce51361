"""Contenders that did other work are told apart before any ranking; what chance does is not taken for other work."""

from __future__ import annotations

import random
from typing import Any

import pytest

from httptui.engines.protocol import Sent
from httptui.plan.model import Contender, Load, Plan, Target
from httptui.results.judge.blocks import BlockRecord
from httptui.results.judge.judgement import Judgement, judge
from httptui.results.judge.limiter_facts import MachineLoad
from httptui.results.judge.work import Work, told, unequal_work
from httptui.results.snapshot import ContenderView, Requests, Verdict

SIZE, OK = 100_000, 1_000
GET = Sent(method="GET", target="/a")


def view(key: str, rate: float = 100.0, **changes: Any) -> ContenderView:
    fields: dict[str, Any] = {
        "requests": Requests(planned=OK, ok=OK),
        "status": {"200": OK},
        "concurrency": 8,
        "state": "finished",
        "cpu_us_per_request": 50.0,
    }
    return ContenderView(
        id=key, label=key, engine="aiohttp", reuse="shared", req_per_s=rate, **(fields | changes)
    )


def sized(size: float, count: int = OK, spread: float = 0.0) -> Work:
    return Work(bytes=round(size * count), bytes_squared=count * (size**2 + spread**2), sent=(GET,))


def plan_of(count: int, **changes: Any) -> Plan:
    target = Target(url="http://127.0.0.1:1/")
    return Plan(**({"target": target, "contender": (Contender(engine="aiohttp"),) * count} | changes))


def difference(one: ContenderView, other: ContenderView, *work: Work, **changes: Any) -> str:
    works = dict(zip((one.id, other.id), work or (sized(SIZE), sized(SIZE)), strict=True))
    return told(unequal_work(plan_of(2, **changes), [one, other], works))


def test_answers_of_another_size_are_other_work() -> None:
    partial = view("B", status={"206": OK})
    assert difference(view("A"), partial, sized(SIZE), sized(100)) == (
        "B got 100 bytes per answer where A got 100 000 and got status 206 in 100 % of answers where A got "
        "it in 0 %"
    )


def test_bodies_that_only_some_decode_are_other_work() -> None:
    assert difference(view("A"), view("B"), sized(5_000), sized(40)) == (
        "B got 40 bytes per answer where A got 5 000"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (sized(1_000, spread=300), sized(1_025, spread=300)),
        (sized(52.0, spread=0.5), sized(54.5, spread=0.5)),
        (sized(1_000), sized(1_015)),
        (sized(24), sized(27)),
        (sized(SIZE), Work(sent=(GET,))),
        (Work(), Work()),
    ],
)
def test_sizes_that_vary_or_are_not_known_are_no_other_work(one: Work, other: Work) -> None:
    assert difference(view("A"), view("B"), one, other) == ""


@pytest.mark.parametrize(
    ("mine", "its", "difference_told"),
    [
        (GET, Sent(method="GET", target="/b"), "B requested the path /b where A requested /a"),
        (Sent(method="get", target="/a"), GET, "B sent the method GET where A sent get"),
        (GET, Sent(method="GET", target="/a", body_bytes=5), "B sent a body of 5 bytes where A sent 0 bytes"),
        (GET, None, ""),
        (GET, Sent(method="GET", target="/a", accept_encoding="identity"), ""),
        (
            GET,
            Sent(method="GET", target="/a", accept_encoding="gzip;q=1.0, br"),
            "B accepted the encodings br, gzip where A accepted none (set Accept-Encoding with -H)",
        ),
    ],
)
def test_requests_that_differ_on_the_wire_are_other_work(mine: Sent, its: Sent, difference_told: str) -> None:
    works = (Work(sent=(None, mine)), Work(sent=(GET, its)))
    assert difference(view("A"), view("B"), *works) == difference_told


def test_of_long_paths_what_lies_around_the_first_difference_is_told() -> None:
    mine, its = (Sent(method="GET", target=f"/{'x' * 100}/{end}{'y' * 100}") for end in "ab")
    text = difference(view("A"), view("B"), Work(sent=(mine,)), Work(sent=(its,)))
    beginning = f"…{'x' * 19}/"
    assert text == (f"B requested the path {beginning}b{'y' * 39}… where A requested {beginning}a{'y' * 39}…")


def test_the_embedded_target_heeds_no_accept_encoding() -> None:
    gzip = Work(sent=(Sent(method="GET", target="/a", accept_encoding="gzip"),))
    assert difference(view("A"), view("B"), Work(sent=(GET,)), gzip, target=Target()) == ""


@pytest.mark.parametrize(
    ("failed", "of", "differs"), [(300, 1_000, True), (15, 1_000, False), (3, 20, False), (45, 1_000, True)]
)
def test_failures_beyond_a_few_are_another_mix_of_outcomes(failed: int, of: int, differs: bool) -> None:
    good = of - failed
    other = view("A", requests=Requests(planned=of, ok=good, error=failed), status={"200": good})
    sound = view("B", requests=Requests(planned=of, ok=of), status={"200": of})
    text = difference(other, sound, Work(), Work())
    assert bool(text) == differs
    if differs:
        assert (
            text
            == f"A failed in {failed / of * 100:.{0 if failed > 100 else 1}f} % of requests where B failed in 0 %"
        )


def test_half_the_answers_invented_are_missed_at_the_target() -> None:
    true, false = Work(requests_at_target=OK), Work(requests_at_target=OK // 2)
    text = difference(view("A"), view("B"), true, false)
    assert text.startswith("B reached the target with 50 % of requests where A reached it with 100 %")
    assert difference(view("A"), view("B", state="running"), true, false) == ""
    lost = view("B", requests=Requests(planned=OK, ok=OK // 2, timeout=OK // 2), status={"200": OK // 2})
    assert "reached" not in difference(view("A"), lost, true, false)


def test_a_status_that_is_no_number_is_counted_as_no_success() -> None:
    odd = view("B", status={"S.OK": OK})
    assert difference(view("A"), odd) == "B got status 200 in 0 % of answers where A got it in 100 %"


def test_requests_sent_again_are_other_work() -> None:
    again = view("B", requests=Requests(planned=OK, ok=OK, retried=OK))
    assert difference(view("A"), again) == "B sent 50 % of requests again where A sent 0 % again"


def test_another_number_in_flight_is_other_work_but_in_an_open_load() -> None:
    many = view("B", concurrency=100)
    assert difference(view("A"), many) == "B had 100 requests in flight where A had 8 requests"
    assert difference(view("A"), many, load=Load(kind="open", rate=10.0)) == ""


def test_the_yardstick_is_whom_most_agree_with_and_like_differences_are_told_together() -> None:
    views = [view("A", concurrency=1), view("B", concurrency=1), *(view(key) for key in "CDE")]
    assert told(unequal_work(plan_of(5), views, {})) == (
        "A and B had 1 request in flight where C had 8 requests"
    )


def judged(views: list[ContenderView], work: dict[str, Work], **changes: Any) -> Judgement:
    source = random.Random(3)
    records = [
        BlockRecord(
            id=one.id,
            block=block,
            position=0,
            epoch=0,
            ok=(ok := one.req_per_s * source.lognormvariate(0, 0.01)),
            seconds=1.0,
            cpu_us=(one.cpu_us_per_request or 1) * ok * source.lognormvariate(0, 0.01),
        )
        for one in views
        for block in range(20)
    ]
    return judge(
        plan_of(len(views), **changes),
        views,
        records,
        [MachineLoad()] * len(views),
        look=None,
        slice_seconds=None,
        typical_seconds=None,
        work=work,
    )


def test_whoever_did_other_work_is_not_ranked_and_the_verdict_says_so_first() -> None:
    views = [view("A", 1_000.0), view("B", 45_000.0, cpu_us_per_request=1.0), view("C", 100.0)]
    work = {"A": sized(SIZE), "B": sized(100), "C": sized(SIZE)}
    found = judged(views, work)
    assert found.verdict is not None
    assert found.verdict.kind == "not comparable"
    assert found.verdict.sentence.startswith(
        "Not comparable: B got 100 bytes per answer where A got 100 000 (--compare as-is ranks them all the same). "
        "Of the others: A A wins (all ran at the same time): 10.0 times ["
    )
    assert [(place.id, place.rank_low, place.rank_high) for place in found.ranking] == [
        ("A", 1, 2),
        ("C", 2, 3),
        ("B", 1, 3),
    ]
    assert found.cpu_ranking[-1].id == "B"
    assert (found.cpu_ranking[-1].rank_low, found.cpu_ranking[-1].rank_high) == (1, 3)
    assert "unequal work" in {flag.kind for flag in found.flags}


def test_a_plan_that_means_the_difference_has_it_ranked_and_flagged() -> None:
    views = [view("A", 1_000.0), view("B", 45_000.0, concurrency=800)]
    found = judged(views, {}, compare="as-is")
    assert found.verdict is not None
    assert found.verdict.kind == "winner"
    assert [(place.id, place.rank_low) for place in found.ranking] == [("B", 1), ("A", 2)]
    (flag,) = [flag for flag in found.flags if flag.kind == "unequal work"]
    assert flag.sentence == (
        "unequal work: B had 800 requests in flight where A had 8 requests; the plan compares them as they are"
    )


def test_instant_failures_never_make_a_contender_the_cheapest() -> None:
    failing = view(
        "B",
        120.0,
        requests=Requests(planned=OK, ok=700, error=300),
        status={"200": 700},
        cpu_us_per_request=40.0,
    )
    found = judged([view("A"), failing], {})
    assert found.verdict is not None
    assert (found.verdict.kind, [place.id for place in found.cpu_ranking]) == ("not comparable", ["A", "B"])
    assert {(place.rank_low, place.rank_high) for place in (*found.ranking, *found.cpu_ranking)} == {(1, 2)}


def test_whoever_did_not_finish_is_in_no_ranking() -> None:
    found = judged([view("A"), view("B", 50.0), view("C", 99.0, state="dnf", cause="killed")], {})
    assert [place.id for place in found.ranking] == [place.id for place in found.cpu_ranking] == ["A", "B"]
    assert isinstance(found.verdict, Verdict)
    assert found.verdict.sentence.endswith("; C C did not finish.")
