"""The one request that every engine sends."""

from __future__ import annotations

import base64

import pytest

from httptui.errors import PlanError
from httptui.plan.model import Contender, Plan, Target
from httptui.plan.requests import RequestParts, request_parts
from httptui.version import __version__


def parts_of(environ: dict[str, str] | None = None, **target: object) -> RequestParts:
    plan = Plan(target=Target(**target), contender=(Contender(engine="aiohttp"),))  # type: ignore[arg-type]
    return request_parts(plan, environ or {})


def test_defaults_are_added_where_the_plan_gives_none():
    parts = parts_of(url="https://a.example:8443/x?y=1", headers={"accept": "text/html", "X-A": "b"})
    assert parts == RequestParts(
        "GET",
        "https://a.example:8443/x?y=1",
        (
            ("User-Agent", f"httptui/{__version__}"),
            ("Accept-Encoding", "identity"),
            ("accept", "text/html"),
            ("X-A", "b"),
        ),
        "",
    )


@pytest.mark.parametrize(
    ("userinfo", "credentials"),
    [
        ("me:pw", "me:pw"),
        ("me:p%40:w", "me:p@:w"),
        ("me", "me:"),
        ("me:env:PASSWORD", "me:from-env"),
        ("env:BOTH", "you:both"),
    ],
)
def test_userinfo_becomes_a_basic_authorization(userinfo: str, credentials: str):
    parts = parts_of({"PASSWORD": "from-env", "BOTH": "you:both"}, url=f"http://{userinfo}@h.example/")
    expected = "Basic " + base64.b64encode(credentials.encode()).decode()
    assert dict(parts.headers)["Authorization"] == expected
    assert parts.url == "http://h.example/"


def test_references_are_filled_in_from_the_environment():
    parts = parts_of(
        {"TOKEN": "t0ken", "BODY": "hello"},
        headers={"Authorization": "Bearer env:TOKEN", "X-Key": "env:TOKEN", "X-Plain": "not env:TOKEN here"},
        body="env:BODY",
    )
    headers = dict(parts.headers)
    assert headers["Authorization"] == "Bearer t0ken"
    assert headers["X-Key"] == "t0ken"
    assert headers["X-Plain"] == "not env:TOKEN here"
    assert parts.body == "hello"


def test_every_missing_variable_is_named_with_its_field():
    with pytest.raises(PlanError) as caught:
        parts_of({"EMPTY": ""}, headers={"X-A": "env:GONE", "X-B": "env:EMPTY"}, body="env:ALSO")
    assert caught.value.problems == (
        "target.headers.X-A: the environment variable GONE is not set",
        "target.headers.X-B: the environment variable EMPTY is empty",
        "target.body: the environment variable ALSO is not set",
    )


def test_a_variable_cannot_smuggle_a_header_in():
    with pytest.raises(PlanError) as caught:
        parts_of({"EVIL": "canary\r\nX-B: c"}, headers={"X-A": "env:EVIL"})
    assert str(caught.value).startswith(
        "target.headers.X-A: its environment variable's value must have no line breaks"
    )
    assert "canary" not in str(caught.value)


def test_secrets_stay_out_of_the_repr():
    parts = parts_of({"TOKEN": "canary"}, headers={"X-A": "env:TOKEN"}, body="env:TOKEN")
    assert "canary" not in repr(parts)


def test_a_number_that_comes_from_the_environment_is_refused_as_well():
    with pytest.raises(PlanError) as caught:
        parts_of({"BODY": "{n}", "ID": "r-{n}"}, body="env:BODY", headers={"X-Id": "env:ID"})
    assert [line.partition(": ")[0] for line in caught.value.problems] == [
        "target.headers.X-Id",
        "target.body",
    ]


def test_the_headers_that_carry_secrets_are_named():
    parts = parts_of(
        {"SECRET": "value", "PASSWORD": "pw"},
        url="http://me:env:PASSWORD@a.example/",
        headers={
            "X-Api-Key": "abc",
            "X-Plain": "env:SECRET",
            "X-Kind": "Bearer 0123456789abcdef",
            "X-Pairs": "a=1; token=abcdefgh",
            "X-Request-Id": "42",
        },
    )
    assert parts.secrets == ("X-Api-Key", "X-Plain", "X-Kind", "X-Pairs", "Authorization")
