"""For what a plan tries a request again, and how long that may take."""

from __future__ import annotations

import pytest

from httptui.engines.errors import CURL_CODES, ERRNOS, FIRM, LOOSE
from httptui.plan import checks
from httptui.plan.checks import check_plan
from httptui.plan.model import Contender, Plan, Policy
from httptui.plan.requests import RETRIED_KINDS, longest_request, retry_causes

CONNECT = ("refused", "dns", "connect_timeout")


@pytest.mark.parametrize(
    ("retry_on", "method", "causes"),
    [
        ((), "GET", (*CONNECT, "502", "503", "504")),
        ((), "delete", (*CONNECT, "502", "503", "504")),
        ((), "POST", CONNECT),
        (("503",), "POST", ("503",)),
        (
            ("timeout", "connect"),
            "GET",
            (*("connect_timeout", "read_timeout", "pool_timeout", "timeout"), *CONNECT[:2]),
        ),
    ],
)
def test_causes_are_those_named_or_else_those_that_are_safe(
    retry_on: tuple[str, ...], method: str, causes: tuple[str, ...]
) -> None:
    assert retry_causes(Policy(retries=1, retry_on=retry_on), method) == causes


def test_every_kind_that_an_error_can_have_may_be_named() -> None:
    known = {*FIRM.values(), *LOOSE.values(), *ERRNOS.values(), *CURL_CODES.values(), "other"}
    assert known - {"timeout"} <= set(RETRIED_KINDS)


def problems(*contenders: Contender, **policy: object) -> list[str]:
    return list(
        check_plan(Plan(policy=Policy(**policy), contender=contenders or (Contender(engine="aiohttp"),)))
    )  # type: ignore[arg-type]


def test_a_cause_that_is_none_is_told_by_its_place() -> None:
    (line,) = problems(retries=1, retry_on=("connect", "200"))
    assert line.startswith('policy.retry_on[1]: "200" is not allowed; connect, timeout, refused')
    assert line.endswith("or a status from 400 to 599")


def test_retries_need_tenacity_where_no_environment_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda _name: None)
    own = Contender(engine="aiohttp", requires=("aiohttp==3.12.0",))
    assert problems(own, retries=2) == problems(retries=0) == []
    assert problems(retries=2) == [
        "policy.retries: 2 needs tenacity, which is not installed; pip install 'httptui[retries]', or 0"
    ]


def test_a_request_may_take_all_its_tries_and_the_waits_between_them() -> None:
    assert longest_request(Policy(timeout=2.0)) == 2.0
    assert longest_request(Policy(timeout=2.0, retries=3, retry_wait=0.5)) == 4 * 2.0 + 0.5 + 1.0 + 2.0
