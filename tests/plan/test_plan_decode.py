"""Plans in: every structural problem by path, and nothing but PlanError for whatever is given."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.errors import PlanError
from httptui.plan.io import (
    MOST_BYTES,
    checked_plan,
    plan_from_json,
    plan_from_mapping,
    plan_from_toml,
    plan_schema,
)
from httptui.plan.model import Contender, Plan

SMALLEST: dict[str, Any] = {"contender": [{"engine": "aiohttp"}]}


def problems_of(data: object) -> list[str]:
    with pytest.raises(PlanError) as caught:
        plan_from_mapping(data)
    return list(caught.value.problems)


def plan_or_problems(data: object) -> Plan | tuple[str, ...]:
    try:
        return plan_from_mapping(data)
    except PlanError as error:
        return error.problems


def problems_of_toml(text: str) -> list[str]:
    with pytest.raises(PlanError) as caught:
        plan_from_toml(text)
    return list(caught.value.problems)


def test_the_smallest_plan_is_one_contender():
    assert plan_from_mapping(SMALLEST) == Plan(contender=(Contender(engine="aiohttp"),))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"load": {"concurrency": 0}}, "load.concurrency: 0 is not allowed; a whole number from 1 to 10000"),
        (
            {"load": {"requests": 1.5}},
            "load.requests: 1.5 is not allowed; a whole number from 1 to 1000000000",
        ),
        ({"load": {"seconds": float("nan")}}, "load.seconds: nan is not allowed; a number above 0 to 86400"),
        ({"load": {"seconds": float("inf")}}, "load.seconds: inf is not allowed; a number above 0 to 86400"),
        ({"schedule": {"rest": float("nan")}}, "schedule.rest: nan is not allowed; a number from 0 to 3600"),
        (
            {"schedule": {"kind": "concurent"}},
            'schedule.kind: "concurent" is not allowed; "concurrent", "interleaved", "sequential"; '
            'did you mean "concurrent"?',
        ),
        ({"target": {"verify": "no"}}, 'target.verify: "no" is not allowed; true or false'),
        ({"target": 3}, "target: must be a table, not a number"),
        ({"target": {"headers": {"A": 1}}}, "target.headers.A: must be text, not a number"),
        ({"targets": {}}, 'targets: unknown field; did you mean "target"?'),
        ({"expect": "errors == 0"}, "expect: must be a list of texts, not text"),
        ({"expect": ["errors == 0", 5]}, "expect[1]: must be text, not a number"),
        ({"expect": ["errors == 0"] * 101}, "expect: 101 given; from 0 to 100"),
        ({"contender": []}, "contender: 0 given; from 1 to 26"),
        ({"contender": {}}, "contender: must be a list of tables ([[contender]] in TOML), not a table"),
        (
            {"contender": [{"engine": "aiohttp", "reus": "shared"}]},
            'contender[0].reus: unknown field; did you mean "reuse"?',
        ),
        (
            {"contender": [{"engine": "aiohttp", "reuse": "every-0"}]},
            'contender[0].reuse: "every-0" is not allowed; shared, per-worker, per-request or every-N',
        ),
        ({"contender": [{}]}, "contender[0].engine: missing"),
        (
            {"contender": [{"engine": "aiohttp", "pool": True}]},
            'contender[0].pool: true is not allowed; "concurrency", "library-defaults" or '
            "a whole number from 1 to 10000",
        ),
        (
            {"contender": [{"engine": "aiohttp", "requires": ["h2", "a b"]}]},
            'contender[0].requires[1]: "a b" is not allowed; '
            "a package, with extras and versions if need be, such as httpx[http2]==0.27.2",
        ),
        (
            {"contender": [{"engine": "aiohttp", "reuse": "shared\n"}]},
            'contender[0].reuse: "shared\N{REPLACEMENT CHARACTER}" is not allowed; '
            "shared, per-worker, per-request or every-N",
        ),
    ],
)
def test_a_structural_problem_names_path_value_and_what_is_allowed(change: dict[str, Any], problem: str):
    assert problems_of(SMALLEST | change) == [problem]


def test_all_structural_problems_are_told_at_once():
    told = problems_of_toml(
        'nam = "x"\n[load]\nconcurrency = 0\nkind = "closd"\n[[contender]]\n[[contender]]\nengine = ""\nloop = 3\n'
    )
    assert [line.partition(":")[0] for line in told] == [
        "nam",
        "load.kind",
        "load.concurrency",
        "contender[0].engine",
        "contender[1].engine",
        "contender[1].loop",
    ]


def test_a_problem_never_repeats_what_may_be_secret():
    told = problems_of(
        SMALLEST | {"target": {"url": 5, "body": ["canary-b"], "headers": {"Cookie": ["canary-c"]}}}
    )
    assert len(told) == 3
    assert "canary" not in "\n".join(told)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a =", "not valid TOML"),
        ("contender = " + "[" * 20_000, "plan: "),
        ("#" * (MOST_BYTES + 1), "longer than 16 MiB"),
        ("x = " + "{a = " * 20 + "1" + "}" * 20, "nested"),
    ],
)
def test_toml_that_is_no_plan_is_one_line(text: str, part: str):
    told = problems_of_toml(text)
    assert len(told) == 1
    assert part in told[0]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "not valid JSON"),
        ('{"load": {"seconds": NaN}}', "NaN is not a finite number"),
        ('{"load": {"seconds": -Infinity}}', "-Infinity is not a finite number"),
        ('{"name": "a", "name": "b"}', "a key is given twice"),
        ("[" * 100_000, "nested too deep"),
        ("9" * 5_000, "not valid JSON"),
        ("3", "plan: must be a table, not a number"),
    ],
)
def test_json_that_is_no_plan_is_one_line(text: str, part: str):
    with pytest.raises(PlanError) as caught:
        plan_from_json(text)
    assert len(caught.value.problems) == 1
    assert part in caught.value.problems[0]


HUGE = f"0x{'f' * 4_000}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[schedule]\nseed", "schedule.seed: a number of more than 60 digits is not allowed; a whole number"),
        ("[schedule]\nwarmup", 'schedule.warmup: a number of more than 60 digits is not allowed; "auto", '),
        ("[schedule]\npin", "schedule.pin: a number of more than 60 digits is not allowed; true or false"),
        ("[load]\nrate", "load.rate: a number of more than 60 digits is not allowed; a number above 0"),
        ("compare", "compare: a number of more than 60 digits is not allowed; "),
        ("[target]\nbody", "target.body: this number is not allowed; text"),
    ],
)
def test_a_number_longer_than_python_writes_out_is_a_problem_like_any_other(text: str, problem: str):
    (told,) = problems_of_toml(f"{text} = {HUGE}\n[[contender]]\nengine = 'raw'\n")
    assert told.startswith(problem)


def test_a_plan_made_in_python_is_checked_too():
    plan = Plan(contender=(Contender(engine="aiohttp", reuse="sometimes"),))
    with pytest.raises(PlanError, match=r"contender\[0\]\.reuse"):
        checked_plan(plan)


def test_a_list_longer_than_allowed_is_not_walked_to_its_end():
    told = problems_of({"contender": [{}] * 1_000})
    assert told[0] == "contender: 1000 given; from 1 to 26"
    assert len(told) == 27


def test_the_schema_knows_every_section_and_refuses_others():
    schema = plan_schema()
    plan = schema["$defs"]["Plan"]
    assert set(plan["properties"]) == {
        "name",
        "description",
        "expect",
        "compare",
        "target",
        "policy",
        "load",
        "schedule",
        "sweep",
        "contender",
    }
    assert plan["additionalProperties"] is False
    assert json.loads(json.dumps(schema)) == schema


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=5)
    | st.datetimes()
    | st.sampled_from(
        ["embedded", "closed", "burst", "aiohttp", "~nobody/x.py:A", "\0/:B", "1.1", "2", "asyncio"]
    )
)
names = st.sampled_from(
    [
        *Plan.__struct_fields__,
        *Contender.__struct_fields__,
        *("url", "method", "headers", "body", "ca_file", "kind", "requests", "seconds", "blocks", "warmup"),
    ]
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(names | st.text(max_size=5) | st.integers(), values, max_size=6))
def test_arbitrary_mappings_raise_nothing_but_plan_errors(data: dict[Any, Any]):
    outcome = plan_or_problems(data)
    if isinstance(outcome, Plan):
        assert msgspec.convert(msgspec.to_builtins(outcome), Plan) == outcome
    else:
        assert outcome
        assert all("\n" not in problem and "\x1b" not in problem for problem in outcome)


@given(
    st.fixed_dictionaries(
        {"contender": st.lists(st.dictionaries(names, scalars, max_size=5), min_size=1, max_size=3)},
        optional={
            name: st.dictionaries(names, scalars, max_size=4) for name in ("target", "load", "schedule")
        },
    )
)
def test_nearly_right_mappings_raise_nothing_but_plan_errors(data: dict[str, Any]):
    assert plan_or_problems(data)


@given(st.text(max_size=200))
def test_arbitrary_text_raises_nothing_but_plan_errors(text: str):
    for decode in (plan_from_toml, plan_from_json):
        with pytest.raises(PlanError):
            decode(text)
