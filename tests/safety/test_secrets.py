"""A canary put wherever a secret can be is found nowhere afterwards."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.errors import PlanError
from httptui.plan.model import Contender, Plan, Target
from httptui.plan.secrets import (
    MASK,
    Redactor,
    is_secret_header,
    is_secret_name,
    redacted_plan,
    redacted_url,
    resolve_env,
)

CANARY = "c4n4ry-s3cret"
ONE = (Contender(engine="aiohttp"),)


def plan_with(**target: object) -> Plan:
    return Plan(target=Target(**target), contender=ONE)  # type: ignore[arg-type]


CARRIERS = {
    "authorization": plan_with(headers={"Authorization": f"Bearer {CANARY}"}),
    "cookie": plan_with(headers={"cookie": f"a=1; session={CANARY}; b=2"}),
    "proxy": plan_with(headers={"Proxy-Authorization": f"Basic {CANARY}"}),
    "api key": plan_with(headers={"X-Api-Key": CANARY}),
    "token": plan_with(headers={"My-Token-Here": CANARY}),
    "password": plan_with(url=f"http://me:{CANARY}@h.example/"),
    "user": plan_with(url=f"http://{CANARY}@h.example/"),
    "query": plan_with(url=f"http://h.example/?a=1&access_token={CANARY}&b=2"),
    "form": plan_with(body=f"user=me&password={CANARY}"),
    "json": plan_with(body=json.dumps({"user": "me", "client_secret": CANARY})),
    "value of a plain header": plan_with(headers={"X-Upstream": f"Bearer {CANARY}"}),
    "address in a header": plan_with(headers={"Referer": f"https://h.example/?page=2&access_token={CANARY}"}),
    "repeated in the label": Plan(
        name=f"with {CANARY}",
        target=Target(headers={"X-Key": CANARY, "X-Copy": f"<{CANARY}>"}),
        contender=(Contender(engine="aiohttp", label=f"label {CANARY}"),),
    ),
}


@pytest.mark.parametrize("plan", CARRIERS.values(), ids=CARRIERS.keys())
def test_a_literal_secret_is_in_no_redacted_plan_and_no_message(plan: Plan):
    assert CANARY not in json.dumps(redacted_plan(plan))
    redactor = Redactor.for_plan(plan, {})
    assert CANARY not in redactor.redact(f"could not send {CANARY} to there")


@pytest.mark.parametrize(
    "target",
    [
        Target(headers={"X-Anything": "env:CANARY"}),
        Target(headers={"Authorization": "Bearer env:CANARY"}),
        Target(body="env:CANARY"),
        Target(url="http://me:env:CANARY@h.example/"),
        Target(url="http://env:CANARY@h.example/"),
    ],
)
def test_a_reference_stays_a_reference_and_its_value_is_masked(target: Target):
    plan = Plan(target=target, contender=ONE)
    shown = json.dumps(redacted_plan(plan))
    assert "env:CANARY" in shown
    assert CANARY not in Redactor.for_plan(plan, {"CANARY": CANARY}).redact(f"echo: {CANARY}!")


def test_what_is_no_secret_is_kept():
    plan = plan_with(url="http://h.example/a?page=2", headers={"Accept": "text/html"}, body="name=value")
    assert redacted_plan(plan) == msgspec.to_builtins(plan)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:pw@h.example/x?y=1", "http://***:***@h.example/x?y=1"),
        ("http://me:env:PW@h.example/", "http://***:env:PW@h.example/"),
        ("https://h.example/?api_key=abc&page=2&sig=def", "https://h.example/?api_key=***&page=2&sig=***"),
        ("http://h.example/a@b", "http://h.example/a@b"),
        ("embedded/?latency_ms=20", "embedded/?latency_ms=20"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str):
    assert redacted_url(url) == shown


def test_basic_credentials_are_masked_in_every_form():
    plan = plan_with(url="http://me:p%40ssw0rd@h.example/")
    encoded = base64.b64encode(b"me:p@ssw0rd").decode()
    text = Redactor.for_plan(plan, {}).redact(f"p@ssw0rd p%40ssw0rd {encoded} me:p@ssw0rd")
    assert text.split() == [MASK] * 4


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=4, max_size=30))
def test_known_secrets_are_replaced_in_any_form_that_libraries_echo(secret: str):
    redactor = Redactor([secret])
    for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], quote(secret, safe="")):
        assert redactor.redact(form) == MASK


def test_a_redactor_without_secrets_changes_nothing():
    assert Redactor([]).redact("anything") == "anything"
    assert Redactor(["ab"]).redact("cab") == "cab"


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Set-Cookie",
        "x-auth",
        "X-API-KEY",
        "refreshToken",
        "sid",
        "pwd",
        "X-Authentication",
        "pw",
    ],
)
def test_names_that_hold_secrets(name: str):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["Accept", "author", "page", "latency_ms", "User-Agent", "signal", "encoding"]
)
def test_names_that_hold_none(name: str):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("value", "is_secret"),
    [
        ("Bearer abcdefghijklmnop", True),
        ('Digest username="me"', True),
        ("Bearer env:TOKEN", False),
        ("basic subscription", False),
        ("text/html;q=0.9", False),
    ],
)
def test_a_header_of_a_plain_name_is_known_by_its_value(value: str, is_secret: bool):
    assert is_secret_header("X-Upstream", value) == is_secret


def test_an_unset_variable_is_named_with_its_field():
    with pytest.raises(PlanError, match=r"^X-Key: the environment variable NOPE is not set$"):
        resolve_env("env:NOPE", {}, "X-Key")


@pytest.mark.parametrize("value", ["", "plain", "env:", "env:1A", "env:A B", "see env:A please", "xenv:A"])
def test_what_is_no_reference_is_taken_as_it_is(value: str):
    assert resolve_env(value, {"A": "b"}) == value
