"""What may be placed inside a web application, and what is said where it may not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from httptui.engines.registry import EngineInfo
from httptui.errors import PlanError
from httptui.plan.checks import PACKAGES, check_plan, inside_problems
from httptui.plan.io import decode_plan
from httptui.plan.model import UNSET, Contender, Plan, label_of

ASYNC = EngineInfo(
    name="swift",
    reference="swift:Swift",
    mode="async",
    package="",
    version="3",
    http_versions=("1.1",),
    abilities=(),
    installed=True,
    install_hint="",
)
SYNC = dataclasses.replace(ASYNC, name="slow", mode="sync")
WAYS = {
    "fastapi-async": ASYNC,
    "fastapi-async-blocking": SYNC,
    "fastapi-sync": SYNC,
}


def everything(name: str) -> object:
    return name


def problems(contender: Contender, info: EngineInfo, find: Any = everything) -> list[str]:
    return list(inside_problems(contender, "contender[1]", info, find))


@pytest.mark.parametrize("inside", WAYS)
def test_each_way_takes_the_clients_that_it_can_call(inside: Any) -> None:
    info = WAYS[inside]
    assert problems(Contender(engine=info.name, inside=inside), info) == []
    assert problems(Contender(engine=info.name), info) == []


@pytest.mark.parametrize(
    ("inside", "info", "told"),
    [
        (
            "fastapi-async",
            SYNC,
            'contender[1].inside: "fastapi-async" awaits an async client, and "slow" is sync; '
            '"fastapi-async-blocking" or "fastapi-sync"',
        ),
        (
            "fastapi-async-blocking",
            ASYNC,
            'contender[1].inside: "fastapi-async-blocking" calls a sync client in the event loop, and "swift" is '
            'async; "fastapi-async"',
        ),
        (
            "fastapi-sync",
            ASYNC,
            'contender[1].inside: "fastapi-sync" calls a sync client in a thread, and "swift" is async; '
            '"fastapi-async"',
        ),
        (
            "fastapi-ping",
            ASYNC,
            'contender[1].inside: "fastapi-ping" calls no client, so its engine is "raw", not "swift"',
        ),
    ],
)
def test_a_client_that_the_route_cannot_call_is_refused(inside: Any, info: EngineInfo, told: str) -> None:
    assert problems(Contender(engine=info.name, inside=inside), info) == [told]


def test_ping_calls_nobody_and_is_named_so() -> None:
    assert problems(Contender(engine="raw", inside="fastapi-ping"), ASYNC) == []


def test_a_missing_extra_is_told_unless_the_contender_has_an_environment_of_its_own() -> None:
    def none(name: str) -> None:
        return None

    def most(name: str) -> object:
        return None if name == "fastapi" else name

    inside = Contender(engine="swift", inside="fastapi-async")
    (told,) = problems(inside, ASYNC, none)
    assert told == (
        'contender[1].inside: "fastapi-async" needs fastapi, uvicorn, httptools and uvloop, which are not installed; '
        "pip install 'httptui[fastapi]'"
    )
    assert "needs fastapi, which is not installed" in problems(inside, ASYNC, most)[0]
    own = Contender(engine="swift", inside="fastapi-async", requires=("swift==1.0",))
    assert problems(own, ASYNC, none) == []
    assert len(PACKAGES) == 4


def test_what_an_app_decides_itself_is_refused() -> None:
    loops = Contender(engine="swift", inside="fastapi-async", loop="asyncio")
    assert problems(loops, ASYNC) == [
        "contender[1].loop: an app runs on uvloop whatever its client; leave it out"
    ]
    many = Contender(engine="swift", inside="fastapi-async", processes=2)
    assert problems(many, ASYNC) == [
        "contender[1].processes: 2 for a client inside an app, which is one process; 1"
    ]


def test_the_checks_of_a_plan_ask_for_it() -> None:
    plan = Plan(contender=(Contender(engine="slow"), Contender(engine="slow", inside="fastapi-async")))
    (told,) = check_plan(plan, lambda _: SYNC)
    assert told.startswith('contender[1].inside: "fastapi-async" awaits an async client')


def test_an_unknown_way_is_told_with_all_there_are() -> None:
    with pytest.raises(PlanError) as caught:
        decode_plan({"contender": [{"engine": "requests", "inside": "flask"}]})
    (told,) = caught.value.problems
    assert told.startswith("contender[0].inside: ")
    assert all(way in told for way in (*WAYS, "fastapi-ping"))


def test_a_label_says_what_a_client_is_inside_of() -> None:
    assert label_of(Contender(engine="httpx", inside="fastapi-async")) == "httpx · shared · fastapi-async"
    assert Contender(engine="httpx").inside is UNSET
