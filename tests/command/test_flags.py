"""From flags to a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from httptui.errors import PlanError
from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Stage, Target
from httptui.plan.secrets import MASK
from httptui.tui.cli.plan_flags import PlanFlags, contender_of, plan_of_flags, replaced_by
from httptui.tui.cli.plan_options import ALLOWED, seconds_of_text

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
    expecting = replace(
        PRESET,
        expect=("aiohttp.p99 < 50ms",),
        policy=Policy(timeout=3.0, redirects=2, retries=1, per_host_rate=5.0),
    )
    assert plan_of_flags(PRESET, PlanFlags()) == PRESET
    assert plan_of_flags(expecting, PlanFlags()) == expecting


@pytest.mark.parametrize(
    "flags",
    [{"url": "embedded/bytes/9"}, {"engines": ("requests",)}, {"concurrency": 3}, {"expect": ("p99 < 1s",)}],
)
def test_a_preset_that_flags_make_another_plan_no_longer_claims_to_be_it(flags: dict[str, Any]):
    plan = plan_of_flags(PRESET, PlanFlags(**flags))
    assert (plan.name, plan.description) == ("preset, edited", "")
    again = plan_of_flags(plan, PlanFlags(seed=7))
    assert (again.name, again.description) == ("preset, edited", "")
    nameless = plan_of_flags(replace(PRESET, name=""), PlanFlags(**flags))
    assert (nameless.name, nameless.description) == ("", "")


def test_flags_that_say_what_the_preset_says_leave_it_its_name():
    same = PlanFlags(concurrency=10, duration="4s", blocks=8, headers=("User-Agent: browser",))
    assert plan_of_flags(PRESET, same) == PRESET
    masked = replace(PRESET, target=replace(PRESET.target, headers={"Authorization": MASK}))
    given_anew = plan_of_flags(masked, PlanFlags(headers=("Authorization: Bearer abcdef",)))
    assert (given_anew.name, given_anew.description) == ("preset", "A question?")


def test_expectations_add_to_the_presets_own_and_go_with_its_contenders():
    preset = replace(PRESET, expect=("httpx.errors == 0",))
    assert plan_of_flags(preset, PlanFlags(expect=("p99 < 1s",))).expect == ("httpx.errors == 0", "p99 < 1s")
    assert plan_of_flags(preset, PlanFlags(engines=("aiohttp",))).expect == ()
    assert plan_of_flags(preset, PlanFlags(engines=("aiohttp",), expect=("A.p99 < 1s",))).expect == (
        "A.p99 < 1s",
    )
    assert problems_of(expect=("requests.p99 < 1s",)) == [
        'expect[0]: "requests" is no contender; A "aiohttp · shared", B "httpx · shared"'
    ]


def test_every_flag_lands_in_its_field():
    plan = plan_of_flags(
        PRESET,
        PlanFlags(
            url="http://127.0.0.1:8099/x",
            engines=(
                "aiohttp:per-worker,loop=asyncio,concurrency=3,processes=2,pool=5,label=Mine",
                "requests",
            ),
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
        name="preset, edited",
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
                engine="aiohttp",
                reuse="per-worker",
                loop="asyncio",
                concurrency=3,
                processes=2,
                pool=5,
                label="Mine",
            ),
            Contender(engine="requests"),
        ),
    )


def test_every_flag_of_load_and_schedule_lands_in_its_field():
    plan = plan_of_flags(
        PRESET,
        PlanFlags(
            rate=500.0,
            arrivals="poisson",
            stages=("10s:100", "500ms:0.5"),
            concurrency=32,
            epochs=1,
            until="decided",
            delta=0.05,
            compare="as-is",
            pin=True,
            cooldown="50ms",
        ),
    )
    assert (PRESET.compare, plan.compare) == ("alike", "as-is")
    assert plan.load == Load(
        kind="open",
        rate=500.0,
        arrivals="poisson",
        concurrency=32,
        stages=(Stage(seconds=10.0, to=100.0), Stage(seconds=0.5, to=0.5)),
    )
    assert plan.schedule == Schedule(
        kind="interleaved", epochs=1, until="decided", delta=0.05, pin=True, cooldown=0.05
    )


OPEN = Load(kind="open", rate=100.0, arrivals="poisson", stages=(Stage(seconds=5.0, to=200.0),))
CLOSED = Load(concurrency=10, requests=50, think=0.1)
BURST = Load(kind="burst", concurrency=9)


@pytest.mark.parametrize(
    ("before", "flags", "after"),
    [
        (CLOSED, {"rate": 20.0}, Load(kind="open", rate=20.0, concurrency=10)),
        (BURST, {"rate": 20.0}, Load(kind="open", rate=20.0, concurrency=9)),
        (OPEN, {"rate": 20.0}, replace(OPEN, rate=20.0)),
        (OPEN, {"duration": "3s"}, Load(kind="open", rate=100.0, arrivals="poisson", seconds=3.0)),
        (OPEN, {"burst": 7}, Load(kind="burst", concurrency=7)),
        (CLOSED, {"burst": 7}, Load(kind="burst", concurrency=7)),
        (BURST, {"burst": 7}, Load(kind="burst", concurrency=7)),
        (BURST, {"concurrency": 7}, Load(kind="burst", concurrency=7)),
        (CLOSED, {"think": "1s"}, replace(CLOSED, think=1.0)),
        (CLOSED, {"think": "0"}, replace(CLOSED, think=0.0)),
        (
            CLOSED,
            {"stages": ("2s:20",)},
            Load(concurrency=10, think=0.1, stages=(Stage(seconds=2.0, to=20.0),)),
        ),
    ],
)
def test_a_kind_of_load_takes_what_has_no_meaning_in_it_away(
    before: Load, flags: dict[str, Any], after: Load
):
    assert plan_of_flags(Plan(load=before, contender=PRESET.contender), PlanFlags(**flags)).load == after


def test_a_flag_can_take_the_pin_of_a_preset_off():
    pinned = Plan(schedule=Schedule(pin=True), contender=PRESET.contender)
    assert plan_of_flags(pinned, PlanFlags()).schedule.pin
    assert not plan_of_flags(pinned, PlanFlags(pin=False)).schedule.pin


def test_what_the_flags_replace_is_named_by_path():
    flags = PlanFlags(url="embedded", engines=("aiohttp",), headers=("X-Token: a", "b"), data="")
    assert replaced_by(flags) == {
        *("contender", "target.url", "target.urls", "target.body", "target.body_base64"),
        *("target.headers.x-token", "target.headers.b"),
    }
    assert replaced_by(PlanFlags()) == frozenset()


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
        ({"rate": 0.0}, "load.rate: 0.0 is not allowed; a number above 0 to 1000000"),
        (
            {"rate": 5.0, "requests": 9},
            "load.requests: has no meaning in an open load, which is bound by seconds or stages",
        ),
        (
            {"rate": 5.0, "think": "1s"},
            "load.think: 1 has no meaning in a load of kind open; only in a closed one",
        ),
        (
            {"rate": 5.0, "burst": 3},
            "--burst: given beside --rate, which makes an open load; keep one of the two",
        ),
        (
            {"burst": 3, "concurrency": 3},
            "--burst: is itself the number of requests at once; leave -c out",
        ),
        (
            {"arrivals": "poisson"},
            'load.arrivals: has no meaning in a closed load; set load.kind to "open"',
        ),
        ({"think": "soon"}, f'--think: "soon" is not allowed; {ALLOWED}'),
        ({"stages": ("10s",)}, '--stage: "10s" is not allowed; TIME:LEVEL such as 10s:100'),
        ({"stages": ("10s:many",)}, '--stage: "10s:many" is not allowed; TIME:LEVEL such as 10s:100'),
        (
            {"stages": ("10s:5",), "duration": "1s"},
            "load.seconds: given beside load.stages, which have seconds of their own; keep one of the two",
        ),
        ({"until": "settled"}, 'schedule.until: "settled" is not allowed; "decided", "done"'),
        (
            {"until": "decided", "schedule": "sequential"},
            'schedule.until: "decided" needs paired blocks; use schedule.kind "interleaved" or "concurrent"',
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
        ("requests,inside=fastapi-sync", {"engine": "requests", "inside": "fastapi-sync"}),
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


def test_a_file_of_urls_and_one_url_take_each_others_place(tmp_path: Path):
    path = tmp_path / "urls.txt"
    path.write_text("embedded/a\nembedded/b\n")
    flags = PlanFlags(urls=str(path), order="shuffle", retries=2, per_host_rate=2.5, max_body=4096)
    listed = plan_of_flags(PRESET, flags)
    assert (listed.target.url, listed.target.urls) == ("embedded", ("embedded/a", "embedded/b"))
    assert (listed.target.order, listed.policy.retries, listed.policy.per_host_rate) == ("shuffle", 2, 2.5)
    assert listed.policy.max_body == 4096
    assert listed.description == ""
    single = plan_of_flags(listed, PlanFlags(url="http://127.0.0.1:8099/"))
    assert (single.target.url, single.target.urls) == ("http://127.0.0.1:8099/", ())
    assert problems_of(url="embedded", urls=str(path)) == ["--urls: given beside --url; keep one of the two"]
    assert problems_of(urls="/no/such/file") == [
        'target.urls_file: "/no/such/file" cannot be read: No such file or directory'
    ]
