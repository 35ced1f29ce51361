"""A plan written as TOML is read back equal."""

from __future__ import annotations

import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from httptui.plan.io import decode_plan, plan_from_toml, plan_to_toml
from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Stage, Target

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
counts = st.integers(1, 10_000)
plans = st.builds(
    Plan,
    name=words,
    description=words,
    target=st.builds(
        Target,
        url=words,
        urls=st.lists(words, max_size=3).map(tuple),
        urls_file=st.none() | words,
        order=st.sampled_from(["in-order", "shuffle"]),
        method=st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
        headers=st.dictionaries(words, words, max_size=4),
        body=words,
        verify=st.booleans(),
        ca_file=st.none() | words,
    ),
    policy=st.builds(
        Policy,
        timeout=st.floats(0.001, 3_600),
        redirects=st.integers(0, 20),
        retries=st.integers(0, 10),
        retry_wait=st.floats(0, 60),
        retry_on=st.lists(words, max_size=3).map(tuple),
        per_host_rate=st.none() | st.floats(0.001, 100_000),
        max_body=st.integers(1, 2**40),
        cookies=st.booleans(),
        trust_env=st.booleans(),
    ),
    load=st.builds(
        Load,
        kind=st.sampled_from(["closed", "burst", "open"]),
        concurrency=counts,
        requests=st.none() | counts,
        seconds=st.none() | st.floats(0.001, 86_400),
        rate=st.none() | st.floats(0.001, 1e6),
        arrivals=st.sampled_from(["constant", "poisson"]),
        think=st.floats(0, 3_600),
        stages=st.lists(
            st.builds(Stage, seconds=st.floats(0.001, 86_400), to=st.floats(0, 1e6)), max_size=3
        ).map(tuple),
    ),
    schedule=st.builds(
        Schedule,
        kind=st.sampled_from(["concurrent", "interleaved", "sequential"]),
        rounds=st.integers(1, 1_000),
        blocks=st.none() | st.integers(1, 1_000),
        rest=st.floats(0, 3_600),
        seed=st.integers(0, 2**63 - 1),
        warmup=words | st.integers(0, 1_000),
        cooldown=st.floats(0, 60),
        epochs=st.integers(1, 100),
        until=st.sampled_from(["done", "decided"]),
        pin=st.booleans(),
    ),
    contender=st.lists(
        st.builds(
            Contender,
            engine=words.filter(bool),
            reuse=st.sampled_from(["shared", "per-worker", "per-request", "every-7"]),
            http=st.sampled_from(["1.1", "2"]),
            loop=st.sampled_from([UNSET, "asyncio", "uvloop"]),
            pool=st.sampled_from(["concurrency", "library-defaults"]) | counts,
            concurrency=st.just(UNSET) | counts,
            label=st.just(UNSET) | words,
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
)


@given(plans)
def test_a_plan_survives_the_way_through_toml(plan: Plan):
    assert decode_plan(tomllib.loads(plan_to_toml(plan))) == plan


@given(plans)
def test_a_plan_survives_the_way_through_json(plan: Plan):
    assert decode_plan(msgspec.json.decode(msgspec.json.encode(plan))) == plan


def test_only_what_differs_from_the_defaults_is_written():
    plan = Plan(
        name="mine",
        load=Load(concurrency=8),
        target=Target(headers={"X A": 'quo"te\n'}),
        contender=(Contender(engine="aiohttp"), Contender(engine="httpx", reuse="per-worker", pool=4)),
    )
    assert plan_to_toml(plan) == (
        'name = "mine"\n\n[target]\nurl = "embedded"\n\n[target.headers]\n"X A" = "quo\\"te\\n"\n\n'
        '[load]\nconcurrency = 8\n\n[[contender]]\nengine = "aiohttp"\n\n'
        '[[contender]]\nengine = "httpx"\nreuse = "per-worker"\npool = 4\n'
    )


@pytest.mark.parametrize("text", ["one\ntwo", "\n", '"""\n\\ "quoted"\n', " \n\n end "])
def test_a_description_of_several_lines_is_written_on_several(text: str):
    plan = Plan(description=text, contender=(Contender(engine="aiohttp"),))
    written = plan_to_toml(plan)
    assert written.startswith('description = """\n')
    assert len(written.partition("[target]")[0].splitlines()) == len(text.split("\n")) + 2
    assert plan_from_toml(written) == plan


def test_a_written_plan_passes_the_checks_again():
    plan = Plan(load=Load(seconds=2.0), contender=(Contender(engine="aiohttp"),))
    assert plan_from_toml(plan_to_toml(plan)) == plan
