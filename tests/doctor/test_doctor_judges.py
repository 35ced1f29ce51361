"""The judges: from what was seen to a finding, with known answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from httptui.doctor import judges
from httptui.doctor.findings import (
    CATALOGUE,
    NAMES,
    Echo,
    Finding,
    Observation,
    Reply,
    excused,
    met,
    missed,
    whole,
)
from httptui.plan.abilities import DOCUMENTED
from httptui.results.report import ReportContender
from httptui.target.answers import GZIP, KIB

PLAN = (("X-One", "1"), ("x-two", "2"))


def echoed(*headers: tuple[str, str], target: str = "/echo", **changes: str) -> Reply:
    fields = {"method": "GET", "http_version": "1.1", "body": "", "body_encoding": "text"} | changes
    return Reply(
        status=200, version="1.1", body=msgspec.json.encode(Echo(target=target, headers=headers, **fields))
    )


def head(*headers: tuple[str, str], target: str = "/echo") -> dict[str, Finding]:
    found = judges.judge_head(echoed(*headers, target=target), "GET", "/echo", PLAN)
    return {finding.check: finding for finding in found}


def said(found: dict[str, Finding]) -> dict[str, str]:
    return {name: finding.said for name, finding in found.items() if finding.passed is False}


def lane(
    ok: int = judges.REQUESTS,
    opened: int | None = 1,
    planned: int = judges.REQUESTS,
    cancelled: int = 0,
    **changes: object,
) -> ReportContender:
    """The counts of a contender that are judged."""
    counts = SimpleNamespace(ok=ok, planned=planned, cancelled=cancelled)
    fields = {"errors": {}, "cause": None} | changes
    return cast("ReportContender", SimpleNamespace(requests=counts, connections_opened=opened, **fields))


def test_a_head_as_planned_passes_every_check_wherever_host_is() -> None:
    assert said(head(*PLAN, ("Host", "a"))) == {}
    assert said(head(("host", "a"), *PLAN)) == {}


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ((*PLAN, ("Accept", "*/*")), {"headers added": "Accept: */*"}),
        (
            (*PLAN, ("X-ONE", "1")),
            {"headers added": "X-One: 1, X-ONE: 1", "header spelling": "the order is X-One, x-two, X-ONE"},
        ),
        (PLAN[:1], {"headers kept": "x-two is missing", "header spelling": "the order is X-One"}),
        ((("X-One", "9"), PLAN[1]), {"headers kept": "X-One: '1' arrived as '9'"}),
        (PLAN[::-1], {"header spelling": "the order is x-two, X-One"}),
        ((("x-one", "1"), PLAN[1]), {"header spelling": "X-One as x-one"}),
    ],
)
def test_each_difference_of_a_head_is_named(
    headers: tuple[tuple[str, str], ...], told: dict[str, str]
) -> None:
    assert said(head(*headers)) == told


def test_an_escape_spelt_otherwise_is_told_apart_from_another_path() -> None:
    wanted = "/echo?a=%2F"
    decoded = judges.judge_head(echoed(*PLAN, target="/echo?a=/"), "GET", wanted, PLAN)
    other = judges.judge_head(echoed(*PLAN, target="/echo"), "GET", wanted, PLAN)
    assert [finding.passed for finding in decoded[:2]] == [True, False]
    assert [finding.passed for finding in other[:2]] == [False, False]


def test_no_echo_is_a_miss_of_every_check_of_the_head() -> None:
    found = judges.judge_head(Reply(error="refused", message="Nobody: there"), "GET", "/echo", PLAN)
    assert [finding.passed for finding in found] == [False] * 5
    assert found[0].said == "/echo gave refused (Nobody: there)"


@pytest.mark.parametrize(
    ("arrived", "encoding", "passed"), [("ab", "text", True), ("YWI=", "base64", True), ("a", "text", False)]
)
def test_a_body_is_compared_byte_for_byte(arrived: str, encoding: str, passed: bool) -> None:
    reply = echoed(method="POST", body=arrived, body_encoding=encoding)
    assert judges.judge_body(reply, "POST", b"ab").passed is passed


@pytest.mark.parametrize(("body", "outcome"), [(KIB, "pass"), (GZIP.body, "known"), (b"half", "FAIL")])
def test_gzip_may_be_decoded_or_left_alone_but_not_broken(body: bytes, outcome: str) -> None:
    assert judges.judge_gzip(Reply(status=200, body=body, size=len(body))).outcome == outcome


def test_head_needs_no_body_and_one_connection() -> None:
    seen = Observation(replies=(Reply(status=200), Reply(status=200, size=len(KIB))))
    assert judges.judge_head_request(seen, 1).passed
    assert not judges.judge_head_request(seen, 2).passed


@pytest.mark.parametrize(
    ("check", "opened", "passed"),
    [
        ("keep-alive", 1, True),
        ("keep-alive", 2, False),
        ("shared", 4, True),
        ("shared", 5, False),
        ("per-worker", 3, False),
        ("per-request", 40, True),
        ("every-5", 8, True),
        ("every-5", 9, False),
        ("pool size", 3, False),
        ("pool size", None, None),
    ],
)
def test_connections_are_held_to_the_reuse_strategy(
    check: str, opened: int | None, passed: bool | None
) -> None:
    found = {finding.check: finding for finding in judges.judge_lanes({check: lane(opened=opened)})}
    assert found[check].passed is passed
    assert tuple(found) == tuple(judges.EXPECTED)


def test_connections_say_nothing_where_requests_failed() -> None:
    found = judges.judge_lanes({"keep-alive": lane(ok=38, errors={"disconnected": 2})})[0]
    assert found == missed("keep-alive", "38 of 40 requests succeeded (disconnected 2; ok 38)")


def test_the_engines_own_count_is_held_against_the_servers() -> None:
    assert judges.judge_told(Observation(connections_opened=2), 2).passed
    assert judges.judge_told(Observation(connections_opened=1), 2).passed is False
    assert judges.judge_told(Observation(), 2).passed is None


def test_what_is_left_open_is_seen_from_both_ends() -> None:
    assert judges.judge_left([0, None], True, []) == met("left open", "nothing")
    assert judges.judge_left([0, 1], True, []).said == "1 socket after closing 2 client objects"
    assert judges.judge_left([0], False, []).passed is False
    assert judges.judge_left([0], True, ["close: E: no", "close: E: no"]).said == "close: E: no"


def test_cancelled_requests_are_nothing_else() -> None:
    assert judges.judge_cancelled(lane(ok=0, cancelled=3), 3).passed
    assert not judges.judge_cancelled(lane(ok=1, cancelled=2), 3).passed
    assert not judges.judge_cancelled(lane(ok=0, cancelled=3, errors={"other": 1}), 3).passed
    assert judges.judge_cancelled(None, 3, "no lane came up") == missed("cancelled", "no lane came up")


def test_a_client_object_has_to_survive_a_cancel() -> None:
    fine = Observation(replies=(Reply(error="cancelled"), Reply(status=200)))
    stuck = Observation(replies=(Reply(error="cancelled"), Reply(error="pool_timeout")))
    assert judges.judge_after_cancel(fine, True).passed
    assert not judges.judge_after_cancel(fine, False).passed
    assert not judges.judge_after_cancel(stuck, True).passed


@pytest.mark.parametrize(
    ("check", "kind", "outcome"),
    [
        ("close", "disconnected", "pass"),
        ("close", "", "FAIL"),
        ("hang", "read_timeout", "pass"),
        ("hang", "timeout", "known"),
        ("hang", "connect_timeout", "FAIL"),
        ("wrong host", "tls", "pass"),
        ("dns", "refused", "FAIL"),
    ],
)
def test_each_fault_has_its_kind(check: str, kind: str, outcome: str) -> None:
    assert judges.judge_kind(check, Reply(status=None if kind else 200, error=kind)).outcome == outcome


def test_a_request_after_each_fault_has_to_succeed() -> None:
    fine = Observation(replies=(Reply(error="disconnected"), Reply(status=200)))
    broken = Observation(replies=(Reply(error="disconnected"), Reply(error="local")))
    assert judges.judge_after({"close": fine}).passed
    assert judges.judge_after({"close": fine, "reset": broken}) == missed(
        "after an error", "after reset: local"
    )


def test_policies_are_judged_by_what_arrived() -> None:
    cookie = [b"GET /cookie", b"GET /\r\ncookie: doctor=1"]
    assert judges.judge_redirect_off(Reply(status=302), 1).passed
    assert not judges.judge_redirect_off(Reply(status=200), 2).passed
    assert judges.judge_redirect_on(Reply(status=200, body=KIB), 2).passed
    assert judges.judge_cookies("cookies on", cookie, wanted=True).passed
    assert not judges.judge_cookies("cookies off", cookie, wanted=False).passed
    assert not judges.judge_cookies("cookies off", cookie[:1], wanted=False).passed
    assert judges.judge_proxies_off(echoed(), 0).passed
    assert not judges.judge_proxies_off(echoed(), 1).passed
    assert not judges.judge_netrc(echoed(("AUTHORIZATION", "Basic x"))).passed
    assert not judges.judge_retries(Observation(replies=(Reply(error="disconnected"),)), 2).passed


@pytest.mark.parametrize(
    ("seen", "told", "passed"), [("2", "2", True), ("1.1", "2", False), ("2", "1.1", False)]
)
def test_a_version_is_held_against_target_and_engine(seen: str, told: str, passed: bool) -> None:
    reply = msgspec.structs.replace(echoed(http_version=seen), version=told)
    assert judges.judge_version("2", reply).passed is passed


def test_findings_are_told_once_each_in_the_catalogues_order() -> None:
    found = whole([missed("dns", "no"), met("loads", "imported")])
    assert tuple(finding.check for finding in found) == NAMES
    assert len(set(NAMES)) == sum(len(checks) for checks in CATALOGUE.values())
    assert {finding.check for finding in found if finding.passed is not None} == {"loads", "dns"}


def test_only_a_documented_or_accepted_miss_is_excused() -> None:
    miss = missed("pool size", "6 connections")
    assert excused("http.client", miss).outcome == "known"
    assert excused("mine", miss) == miss
    assert excused("mine", miss, ("pool size",)).remark == "accepted by --accept"
    assert excused("http.client", met("pool size", "2")).outcome == "pass"


def test_every_documented_exception_is_of_a_check_that_exists() -> None:
    assert {check for _, check in DOCUMENTED} <= set(NAMES)
