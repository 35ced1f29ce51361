"""First answers are kept once for each status, short, safe to show and without secrets."""

from __future__ import annotations

from httptui.engines.base import WithHeaders
from httptui.engines.lane.recorder import FirstAnswers as OfLane
from httptui.engines.protocol import Answer
from httptui.runs.lane_tally import LONGEST_BODY, MOST_KINDS, FirstAnswers, safe_answer


def redact(text: str) -> str:
    return text.replace("hunter22", "***")


def test_secrets_of_the_plan_and_by_name_are_masked_in_headers_and_body() -> None:
    answer = Answer(
        headers=[
            ("Set-Cookie", "sid=1"),
            ("X-Api-Key", "k"),
            ("WWW-Authenticate", 'Bearer realm="api"'),
            ("Location", "/login?token=abc"),
            ("X-Echo", "was hunter22"),
        ],
        body='{"token": "abc",\n "msg": "no hunter22\x1b[31m"}',
        bytes=40,
    )
    kept = safe_answer("401", answer, redact)
    assert kept.headers == (
        ("Set-Cookie", "***"),
        ("X-Api-Key", "***"),
        ("WWW-Authenticate", 'Bearer realm="api"'),
        ("Location", "/login?token=***"),
        ("X-Echo", "was ***"),
    )
    assert kept.body == '{"token": "***", "msg": "no ***\ufffd[31m"}'
    assert kept.told == f"401 → /login?token=***: {kept.body}"


def test_a_secret_across_the_cut_is_masked_too() -> None:
    body = "x" * (LONGEST_BODY - 4) + "hunter22" + "y" * 100
    kept = safe_answer("500", Answer(body=body, bytes=len(body)), redact)
    assert len(kept.body) == LONGEST_BODY
    assert "hunt" not in kept.body


def test_one_is_kept_for_each_status_and_no_more_than_a_few() -> None:
    first = FirstAnswers()
    assert [one.body for one in first.add({"500": Answer(body="a"), "503": Answer(body="b")}, redact)] == [
        "a",
        "b",
    ]
    assert list(first.add({"500": Answer(body="later")}, redact)) == []
    list(first.add({str(400 + code): Answer() for code in range(20)}, redact))
    assert len(first.kept) == MOST_KINDS


def test_a_lane_keeps_the_first_of_each_status_that_is_no_success_whatever_form_its_headers_have() -> None:
    lane = OfLane()
    for status, headers in (
        (302, {"Location": "/login"}),
        (404, b"HTTP/1.1 404 Not Found\r\nServer: x\r\nVia: y"),
        (500, [(memoryview(b"A"), b"b")]),
        (503, object()),
    ):
        lane.look(WithHeaders((status, b"one", "1.1"), headers))
        lane.look((status, b"two", "1.1"))
    lane.look((200, b"fine", "1.1"))
    lane.look((429, "caf\u00e9".encode()[:-1], "1.1"))
    fresh = lane.take()
    assert {status: one.headers for status, one in fresh.items()} == {
        "302": [("Location", "/login")],
        "404": [("Server", "x"), ("Via", "y")],
        "500": [("A", "b")],
        "503": [],
        "429": [],
    }
    assert {one.body for one in fresh.values()} == {"one", "caf"}
    assert lane.take() == {}
