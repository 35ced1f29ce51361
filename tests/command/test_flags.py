"""From flags to a plan."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.errors import PlanError
from httptui.plan import Contender, Load, Plan, Policy, Schedule, Target
from tui.command.contender_flag import contender_of
from tui.command.durations import seconds_of_text
from tui.command.flags import PlanFlags, plan_of_flags

PRESET = Plan(
    name="preset",
    description="A question?",
    target=Target(url="https://embedded/", headers={"User-Agent": "browser", "X-Kept": "1"}),
    load=Load(concurrency=10, seconds=4.0),
    schedule=Schedule(kind="interleaved", blocks=8),
    contender=(Contender(engine="aiohttp"), Contender(engine="httpx")),
)


def problems_of(**flags: Any) -> list[str]:
    with pytest.raises(PlanError) as caught:
        plan_of_flags(PRESET, PlanFlags(**flags))
    return list(caught.value.problems)


def test_no_flags_leave_the_preset_as_it_is():
    assert plan_of_flags(PRESET, PlanFlags()) == PRESET


def test_every_flag_lands_in_its_field():
    plan = plan_of_flags(
        PRESET,
        PlanFlags(
            url="http://127.0.0.1:8099/x",
            engines=("aiohttp:per-worker,loop=asyncio,concurrency=3,pool=5,label=Mine", "requests"),
            concurrency=7,
            duration="2.5s",
            schedule="sequential",
            seed=9,
            warmup="250ms",
            blocks=5,
            rounds=2,
            rest="500ms",
            method="POST",
            headers=("user-agent: me", "X-New:  a:b "),
            data="body",
            insecure=True,
            timeout="3s",
        ),
    )
    assert plan == Plan(
        name="preset",
        target=Target(
            url="http://127.0.0.1:8099/x",
            method="POST",
            headers={"X-Kept": "1", "user-agent": "me", "X-New": "a:b"},
            body="body",
            verify=False,
        ),
        policy=Policy(timeout=3.0),
        load=Load(concurrency=7, seconds=2.5),
        schedule=Schedule(kind="sequential", blocks=5, rounds=2, rest=0.5, seed=9, warmup="250ms"),
        contender=(
            Contender(
                engine="aiohttp", reuse="per-worker", loop="asyncio", concurrency=3, pool=5, label="Mine"
            ),
            Contender(engine="requests"),
        ),
    )


def test_a_number_of_requests_takes_the_place_of_the_presets_time_and_blocks():
    plan = plan_of_flags(PRESET, PlanFlags(requests=100))
    assert (plan.load.requests, plan.load.seconds, plan.schedule.blocks) == (100, None, None)


def test_a_time_takes_the_place_of_the_presets_requests():
    plan = plan_of_flags(Plan(load=Load(requests=5), contender=PRESET.contender), PlanFlags(duration="1m"))
    assert (plan.load.requests, plan.load.seconds) == (None, 60.0)


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        ({"concurrency": 0}, "load.concurrency: 0 is not allowed; a whole number from 1 to 10000"),
        ({"requests": 5, "duration": "1s"}, "load.seconds: given beside load.requests; keep one of the two"),
        (
            {"duration": "soon"},
            '-d: "soon" is not allowed; a time such as 10s, 500ms, 2m or a number of seconds',
        ),
        ({"headers": ("no colon",)}, '-H: header 1 has no colon; "Name: value"'),
        ({"headers": ("A: 1", "a: 2")}, '-H: "a" is given twice'),
        ({"headers": ("A: 1\nB: 2",)}, "target.headers.A: must have no line breaks or control characters"),
        (
            {"engines": ("aiohttp,lop=uvloop",)},
            '-e "aiohttp,lop=uvloop": unknown key "lop"; did you mean "loop"?',
        ),
        ({"engines": ("aiohttp,loop",)}, '-e "aiohttp,loop": loop has no value; loop=…'),
        ({"engines": ("aiohttp,http=2,http=2",)}, '-e "aiohttp,http=2,http=2": http is given twice'),
        (
            {"engines": ("aiohttp:sharde",)},
            'contender[0].reuse: "sharde" is not allowed; shared, per-worker, per-request or every-N',
        ),
        (
            {"engines": ("httpx,http=2",), "url": "http://127.0.0.1/"},
            'contender[0].http: "2" needs an https:// target; over http:// only "1.1" is spoken here',
        ),
        (
            {"schedule": "serial"},
            'schedule.kind: "serial" is not allowed; "concurrent", "interleaved", "sequential"; '
            'did you mean "sequential"?',
        ),
    ],
)
def test_a_bad_flag_is_one_clear_line(flags: dict[str, Any], problem: str):
    assert problems_of(**flags) == [problem]


def test_problems_of_flags_and_plan_are_told_together():
    told = problems_of(duration="soon", headers=("x",), concurrency=0, engines=("aiohttp", "a,b"))
    assert [line.partition(":")[0] for line in told] == ["-H", "-d", '-e "a,b"', "load.concurrency"]


def test_a_secret_header_is_not_repeated():
    assert "canary" not in "\n".join(problems_of(headers=("Authorization canary",)))


@pytest.mark.parametrize(
    ("flag", "fields"),
    [
        ("httpx", {"engine": "httpx"}),
        ("httpx:every-10", {"engine": "httpx", "reuse": "every-10"}),
        ("httpx,pool=library-defaults", {"engine": "httpx", "pool": "library-defaults"}),
        ("httpx,http=2,label=a=b", {"engine": "httpx", "http": "2", "label": "a=b"}),
        ("./mine.py:MyEngine", {"engine": "./mine.py:MyEngine"}),
        ("./mine.py:MyEngine:per-worker", {"engine": "./mine.py:MyEngine", "reuse": "per-worker"}),
        ("/a:b/mine.py:My,concurrency=4", {"engine": "/a:b/mine.py:My", "concurrency": 4}),
        ("httpx,concurrency=-3", {"engine": "httpx", "concurrency": -3}),
        ("httpx,concurrency=many", {"engine": "httpx", "concurrency": "many"}),
    ],
)
def test_a_contender_in_one_flag(flag: str, fields: dict[str, Any]):
    assert contender_of(flag) == fields


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=30))
def test_arbitrary_flags_raise_nothing_but_plan_errors(engine: str, time: str, header: str):
    assert problems_of(engines=(engine, "nobody"), duration=time + "x", headers=(header,))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10s", 10.0), ("500ms", 0.5), ("2m", 120.0), ("1h", 3600.0), ("1.5", 1.5), (" 3 ", 3.0), ("0.1s", 0.1)],
)
def test_times_as_people_type_them(text: str, seconds: float):
    assert seconds_of_text(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1s", "1e3", "1 s", "nan", "٣s", "1d"])
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises(ValueError, match="such as 10s"):
        seconds_of_text(text)
