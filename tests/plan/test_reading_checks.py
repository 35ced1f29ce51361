"""What is said of contenders that cannot read answers, or look up names, as a plan has it; and how they are named."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from httptui.engines.registry import EngineInfo
from httptui.errors import PlanError
from httptui.plan.checks import check_plan
from httptui.plan.io import plan_from_mapping
from httptui.plan.model import Contender, Plan, Target, label_of
from httptui.tui.cli.plan_flags import contender_of

ABLE = EngineInfo(
    name="able",
    reference="able:Able",
    mode="async",
    package="",
    version="3",
    http_versions=("1.1",),
    abilities=("dns_ttl",),
    installed=True,
    install_hint="",
    reads=("bytes", "text", "json", "headers"),
    resolver="python",
)
PLAIN = dataclasses.replace(ABLE, name="plain", abilities=(), reads=("bytes", "headers"), resolver="own")
ENGINES = {info.name: info for info in (ABLE, PLAIN)}


def problems(*contenders: Contender, **target: Any) -> list[str]:
    plan = Plan(target=Target(**({"url": "embedded/json/500"} | target)), contender=contenders)
    return list(check_plan(plan, ENGINES.__getitem__))


@pytest.mark.parametrize("read", ["bytes", "text", "json", "headers"])
def test_an_engine_that_can_read_in_every_way_may(read: Any) -> None:
    assert problems(Contender(engine="able", read=read, dns_ttl=0), dns_ms=20) == []


@pytest.mark.parametrize(
    ("contender", "problem"),
    [
        (
            Contender(engine="plain", read="text"),
            'contender[1].read: "plain" cannot do "text"; "bytes", "headers"',
        ),
        (
            Contender(engine="plain", dns_ttl=300),
            'contender[1].dns_ttl: "plain" keeps no names, or has no such setting; leave it out',
        ),
    ],
)
def test_what_an_engine_cannot_do_is_named_with_what_it_can(contender: Contender, problem: str) -> None:
    assert problems(Contender(engine="able"), contender) == [problem]


@pytest.mark.parametrize("url", ["embedded", "embedded/bytes/100", "embedded/cpu/1", "embedded/json/nothing"])
def test_parsing_needs_an_answer_in_json(url: str) -> None:
    told = f'contender[0].read: "json" needs JSON, which "{url}" is not; give target.url "embedded/json/1024"'
    assert problems(Contender(engine="able", read="json"), url=url) == [told]


@pytest.mark.parametrize("url", ["embedded/echo", "embedded/json/99?latency_ms=5", "http://127.0.0.1:9/"])
def test_other_answers_are_taken_at_their_word(url: str) -> None:
    assert problems(Contender(engine="able", read="json"), url=url) == []


def test_only_the_embedded_target_has_a_name_whose_lookup_can_be_slowed() -> None:
    told = "target.dns_ms: only the embedded target is reached by a name of its own; leave it out"
    assert problems(Contender(engine="able"), url="http://127.0.0.1:9/", dns_ms=0) == [told]


def test_a_resolver_of_ones_own_is_reached_by_name_but_cannot_be_slowed() -> None:
    assert problems(Contender(engine="plain"), dns_ms=0) == []
    told = 'target.dns_ms: contender[0] cannot be slowed, as "plain" has a resolver of its own; 0'
    assert problems(Contender(engine="plain"), dns_ms=5) == [told]


def test_lookups_inside_an_app_are_left_alone() -> None:
    told = 'target.dns_ms: contender[0] cannot be slowed, as "able" is inside an app, where lookups are its own; 0'
    assert told in problems(Contender(engine="able", inside="fastapi-async"), dns_ms=5)
    assert told not in problems(Contender(engine="able", inside="fastapi-async"), dns_ms=0)


def test_a_reading_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(PlanError) as caught:
        plan_from_mapping({"contender": [{"engine": "aiohttp", "read": "txt", "dns_ttl": -1}]})
    assert caught.value.problems == (
        'contender[0].read: "txt" is not allowed; "bytes", "headers", "json", "text"; did you mean "text"?',
        "contender[0].dns_ttl: -1 is not allowed; a number from 0 to 86400",
    )


@pytest.mark.parametrize(
    ("contender", "label"),
    [
        (Contender(engine="a", read="text"), "a · shared · reads text"),
        (Contender(engine="a", read="headers", dns_ttl=0), "a · shared · reads headers · no DNS cache"),
        (Contender(engine="a", dns_ttl=2.5), "a · shared · DNS cache 2.5 s"),
        (Contender(engine="a"), "a · shared"),
    ],
)
def test_a_label_tells_what_is_out_of_the_usual(contender: Contender, label: str) -> None:
    assert label_of(contender) == label


def test_a_flag_gives_reading_and_cache() -> None:
    fields = {"engine": "aiohttp", "read": "json", "dns_ttl": 0.0}
    assert contender_of("aiohttp,read=json,dns_ttl=0") == fields
    assert contender_of("aiohttp,dns_ttl=long") == {"engine": "aiohttp", "dns_ttl": "long"}
