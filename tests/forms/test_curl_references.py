"""What a plan takes for a variable of the environment: a command's $NAME, and never a text that curl would send."""

from __future__ import annotations

import re

import pytest
from form_examples import PLAN

from httptui.plan.model import Plan
from httptui.plan.requests import request_parts
from httptui.plan.secrets import basic_token, references_of
from httptui.tui.forms.curl import CurlError, parse_curl, with_request
from httptui.tui.forms.mapping import check
from httptui.tui.forms.state import state_of


def plan_of(command: str) -> Plan:
    plan = check(with_request(state_of(PLAN), parse_curl(command))).plan
    assert plan is not None
    return plan


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("curl -H 'X-Key: env:KEY' http://h/", "X-Key is env:KEY"),
        ("curl -H 'X-Key: Bearer env:KEY' http://h/", "X-Key is Bearer env:KEY"),
        ('curl -H "X-Key:env:KEY " http://h/', "X-Key is env:KEY"),
        ("curl -d env:KEY http://h/", "the body is env:KEY"),
        ("curl -d 'a env:KEY' http://h/", "the body is a env:KEY"),
        ("curl --json env: --json KEY http://h/", "the body is env:KEY"),
        ("curl -A env:KEY http://h/", "-A is env:KEY"),
        ("curl -e 'env:KEY;auto' http://h/", "-e is env:KEY"),
        ("curl --oauth2-bearer env:KEY http://h/", "--oauth2-bearer is Bearer env:KEY"),
    ],
)
def test_a_text_that_would_be_taken_for_a_variable_is_refused_and_leads_on(command: str, why: str) -> None:
    with pytest.raises(CurlError, match=f"^{re.escape(why)}, which curl sends as text .*; write [$]KEY if"):
        parse_curl(command)


@pytest.mark.parametrize(
    ("url", "user"),
    [
        ("http://env:KEY@127.0.0.1/", "env:KEY"),
        ("http://u:env:KEY@127.0.0.1/", "u:env:KEY"),
        ("http://env:env:KEY@127.0.0.1/", "env:env:KEY"),
        ("http://env:KEY:x@127.0.0.1/", "env:KEY:x"),
    ],
)
def test_a_user_in_the_address_stays_text(url: str, user: str) -> None:
    for command in (f"curl {url}", f"curl -u {user} http://127.0.0.1/"):
        plan = plan_of(command)
        assert list(references_of(plan)) == []
        headers = dict(request_parts(plan, {"KEY": "of the environment"}).headers)
        assert headers["Authorization"] == f"Basic {basic_token(user)}"


@pytest.mark.parametrize(
    "command",
    [
        "curl --data-urlencode env:KEY http://h/",
        "curl -Gd env:KEY http://h/",
        "curl -b a=env:KEY http://h/",
        "curl -H 'X: a, env:KEY' http://h/",
        "curl -d a=env:KEY http://h/",
        "curl 'http://h/env:KEY?a=env:KEY'",
    ],
)
def test_a_text_that_only_holds_such_words_is_sent_as_it_is(command: str) -> None:
    assert list(references_of(plan_of(command))) == []


def test_a_variable_of_the_shell_becomes_one_of_the_plan() -> None:
    plan = plan_of('curl -u "me:$A" -H "X: Bearer $B" -d "$C" http://h/')
    assert sorted(name for _, name in references_of(plan)) == ["A", "B", "C"]
    assert [name for _, name in references_of(plan_of('curl -u "$A" http://h/'))] == ["A"]


@pytest.mark.parametrize("user", ["$A:$B", "$A:pw", "$A:"])
def test_a_user_that_is_a_variable_before_a_password_is_refused(user: str) -> None:
    with pytest.raises(CurlError, match=r"^the user of -u holds the shell's [$]A, .*; write its value$"):
        parse_curl(f'curl -u "{user}" http://h/')
