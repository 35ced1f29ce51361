"""A plan that needs what an engine cannot do is refused, by what the doctor knows of that engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from httptui.doctor.findings import NAMES
from httptui.engines.registry import engine_info
from httptui.plan.abilities import DOCUMENTED, ability_problems, authority_cautions
from httptui.plan.model import Contender, Plan, Target


def problems(engine: str, **target: object) -> list[str]:
    plan = Plan(target=Target(**target), contender=(Contender(engine=engine),))  # type: ignore[arg-type]
    return list(ability_problems(plan, replace(engine_info("raw"), name=engine), "contender[0]"))


@pytest.mark.parametrize(
    ("engine", "target", "told"),
    [
        (
            "aiosonic",
            {"url": "http://127.0.0.1:1/", "body": "x"},
            "aiosonic sends a GET without its body; a POST, or no body, or another engine",
        ),
        (
            "aiosonic",
            {"url": "http://127.0.0.1:1/", "body_base64": "AA=="},
            "aiosonic sends a GET without its body; a POST, or no body, or another engine",
        ),
        (
            "aiosonic",
            {"url": "http://[::1]:8000/"},
            "aiosonic looks up IPv4 addresses only; an IPv4 address or a name, or another engine",
        ),
        (
            "aiosonic",
            {"urls": ("http://a/", "http://[2001:db8::1]/")},
            "aiosonic looks up IPv4 addresses only",
        ),
    ],
)
def test_what_an_engine_cannot_do_is_refused_with_why_and_what_to_do(
    engine: str, target: dict[str, object], told: str
) -> None:
    (problem,) = problems(engine, **target)
    assert problem.startswith(f'contender[0].engine: "{engine}" cannot do this plan, as {told}')


@pytest.mark.parametrize(
    ("engine", "target"),
    [
        ("aiohttp", {"url": "http://[::1]:8000/", "body": "x"}),
        ("aiosonic", {"method": "POST", "body": "x"}),
        ("aiosonic", {"method": "PURGE"}),
        ("wreq", {"url": "http://[::1]/", "body": "x"}),
        ("wreq", {"method": "DELETE"}),
        ("./mine.py:Mine", {"method": "PURGE"}),
    ],
)
def test_what_it_can_do_is_not(engine: str, target: dict[str, object]) -> None:
    assert problems(engine, **target) == []


def test_a_certificate_that_is_its_own_authority_is_warned_of_where_a_client_refuses_it() -> None:
    plan = Plan(contender=(Contender(engine="aiohttp"), Contender(engine="pyreqwest")))
    (caution,) = authority_cautions(plan)
    assert caution.startswith(
        "pyreqwest · shared: the target's certificate is its own authority, and pyreqwest trusts"
    )


def test_what_a_plan_is_held_against_are_checks_of_the_doctor() -> None:
    assert {"body on GET", "IPv6", "CA as leaf"} <= set(NAMES)
    assert {check for _, check in DOCUMENTED} <= set(NAMES)
