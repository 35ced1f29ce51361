"""Checks of a whole plan: each rule by path, all of them together."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest
import trustme
from msgspec import structs

from httptui.engines.registry import EngineInfo
from httptui.plan.checks import check_plan
from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Target, label_of

ASYNC = EngineInfo(
    name="swift",
    reference="swift:Swift",
    mode="async",
    package="swift",
    version="1.0",
    http_versions=("1.1", "2"),
    abilities=("redirects",),
    installed=True,
    install_hint="pip install swift",
)
SYNC = dataclasses.replace(ASYNC, name="slow", mode="sync", http_versions=("1.1",), abilities=())
AWAY = dataclasses.replace(ASYNC, name="away", installed=False, version=None)
ENGINES = {info.name: info for info in (ASYNC, SYNC, AWAY)}


def look_up(name: str) -> EngineInfo:
    if name not in ENGINES:
        raise LookupError(f"unknown engine {name!r}; there are {', '.join(ENGINES)}")
    return ENGINES[name]


def problems(
    *contenders: Contender,
    target: Target | None = None,
    load: Load | None = None,
    schedule: Schedule | None = None,
    policy: Policy | None = None,
    name: str = "",
) -> list[str]:
    plan = Plan(
        name=name,
        target=target or Target(url="https://embedded/"),
        load=load or Load(),
        schedule=schedule or Schedule(),
        policy=policy or Policy(),
        contender=contenders or (Contender(engine="swift"),),
    )
    return list(check_plan(plan, look_up))


def test_a_good_plan_has_no_problems():
    assert problems() == []


def test_the_same_contender_twice_is_allowed():
    assert problems(Contender(engine="swift"), Contender(engine="swift")) == []


@pytest.mark.parametrize(
    ("contender", "problem"),
    [
        (Contender(engine="swft"), "contender[0].engine: unknown engine 'swft'; there are swift, slow, away"),
        (Contender(engine="away"), 'contender[0].engine: "away" is not installed; pip install swift'),
        (Contender(engine="slow", http="2"), 'contender[0].http: "slow" does not speak HTTP/2; "1.1"'),
        (
            Contender(engine="slow", loop="asyncio"),
            'contender[0].loop: "slow" runs in threads and has no event loop; leave it out',
        ),
        (
            Contender(engine="slow", concurrency=2_001),
            'contender[0].concurrency: 2001 threads for "slow"; at most 2000',
        ),
        (
            Contender(engine="swift", concurrency=3, processes=4),
            "contender[0].processes: 4 for 3 in flight; at most one for each",
        ),
        (
            Contender(engine="swift", label="a\x1b[31m"),
            'contender[0].label: "a\ufffd[31m" must be one line without control or invisible characters',
        ),
    ],
)
def test_a_contender_that_cannot_run_is_named(contender: Contender, problem: str):
    assert problems(contender) == [problem]


def test_processes_of_all_contenders_are_not_without_end():
    assert problems(*[Contender(engine="swift", processes=64)] * 2) == []
    assert problems(*[Contender(engine="swift", processes=43)] * 3) == [
        "contender: 129 processes in all; at most 128"
    ]


def test_http2_needs_tls():
    told = problems(Contender(engine="swift", http="2"), target=Target(url="http://127.0.0.1:8080/"))
    assert told == ['contender[0].http: "2" needs an https:// target; over http:// only "1.1" is spoken here']


def test_a_missing_uvloop_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("httptui.plan.checks.sys.platform", "win32")
    told = problems(Contender(engine="swift", loop="uvloop"))
    assert told == ['contender[0].loop: "uvloop" does not exist on Windows; use "asyncio"']


def test_a_policy_that_an_engine_cannot_follow_is_told_for_that_engine_only():
    told = problems(Contender(engine="swift"), Contender(engine="slow"), policy=Policy(redirects=3))
    assert told == [
        'policy.redirects: contender[1] cannot follow it, as "slow" has no such ability; turn it off'
    ]


@pytest.mark.parametrize(
    ("load", "path"),
    [
        (Load(requests=5, seconds=1.0), "load.seconds"),
        (Load(kind="burst", requests=5), "load.requests"),
        (Load(kind="burst", seconds=5.0), "load.seconds"),
    ],
)
def test_a_load_with_two_bounds_is_refused(load: Load, path: str):
    assert [line.partition(":")[0] for line in problems(load=load)] == [path]


def test_fewer_requests_than_workers_is_allowed():
    assert problems(load=Load(requests=3, concurrency=64)) == []


@pytest.mark.parametrize("load", [Load(requests=100), Load(kind="burst")])
def test_blocks_need_a_timed_load(load: Load):
    told = problems(load=load, schedule=Schedule(blocks=4))
    assert [line.partition(":")[0] for line in told] == ["schedule.blocks"]


def test_slices_too_short_to_mean_anything_are_refused():
    told = problems(load=Load(seconds=1.0), schedule=Schedule(blocks=100))
    assert told == ["schedule.blocks: 100 blocks in 1 s give slices of 10 ms; at least 20 ms"]


def test_a_warmup_that_is_no_time_and_no_number_is_refused():
    told = problems(schedule=Schedule(warmup="soon"))
    assert told == [
        'schedule.warmup: "soon" is not allowed; "auto", "0", a time such as "1s" or "250ms", or a number of requests'
    ]


@pytest.mark.parametrize("warmup", [-1, 10**9, 10**5_000], ids=["below", "above", "far above"])
def test_a_warmup_of_no_such_number_of_requests_is_refused(warmup: int):
    (told,) = problems(schedule=Schedule(warmup=warmup))
    assert told.startswith("schedule.warmup: ")
    assert told.endswith('; "auto", "0", a time such as "1s" or "250ms", or a number of requests')


@pytest.mark.parametrize(
    ("kind", "refused"), [("concurrent", True), ("interleaved", False), ("sequential", False)]
)
def test_requests_in_flight_add_up_only_where_lanes_share_the_time(kind: str, refused: bool):
    schedule = msgspec.convert({"kind": kind}, Schedule)
    contenders = tuple(Contender(engine="swift", concurrency=9_000) for _ in range(3))
    assert bool(problems(*contenders, schedule=schedule)) is refused


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (Target(method="GE T"), "target.method"),
        (Target(method="GET\r\nX: y"), "target.method"),
        (Target(method="CONNECT"), "target.method"),
        (Target(url="ftp://example.com/"), "target.url"),
        (Target(headers={"X-A": "one\r\nX-B: two"}), "target.headers.X-A"),
        (Target(headers={"X-A": "nul\0"}), "target.headers.X-A"),
        (Target(headers={"X-A": "\ud800"}), "target.headers.X-A"),
        (Target(headers={"X-A": " padded"}), "target.headers.X-A"),
        (Target(headers={"X A": "b"}), "target.headers.X A"),
        (Target(headers={"": "b"}), 'target.headers.""'),
        (Target(headers={"Content-Length": "3"}), "target.headers.Content-Length"),
        (Target(headers={"transfer-encoding": "chunked"}), "target.headers.transfer-encoding"),
        (Target(headers={"Connection": "close"}), "target.headers.Connection"),
        (Target(headers={"X-A": "1", "x-a": "2"}), "target.headers.x-a"),
        (Target(url="http://me:pw@embedded/", headers={"authorization": "Basic x"}), "target.url"),
        (Target(body="\ud800"), "target.body"),
        (Target(body='{"id": {n}}'), "target.body"),
        (Target(headers={"X-Request": "r-{n}"}), "target.headers.X-Request"),
        (Target(ca_file="/no/such/file"), "target.ca_file"),
        (Target(ca_file="nul\0"), "target.ca_file"),
    ],
)
def test_a_request_that_must_not_be_sent_is_named(target: Target, path: str):
    assert [line.rpartition(": ")[0].partition(": ")[0] or line for line in problems(target=target)] == [path]


def test_a_number_outside_of_urls_is_refused_with_the_reason():
    (line,) = problems(target=Target(url="embedded/{n}", body="{n}"))
    assert (
        line
        == "target.body: holds {n}, which is replaced in URLs only and would be sent as it is; take it out"
    )


def test_a_body_with_get_and_a_host_header_are_allowed():
    assert problems(target=Target(body="x", headers={"Host": "other.example", "X-Empty": ""})) == []


def test_header_problems_never_repeat_the_value():
    told = problems(target=Target(headers={"Authorization": "canary\r\n"}))
    assert "canary" not in "\n".join(told)


def test_the_ca_file_may_be_any_file_where_nothing_goes_over_tls(tmp_path: Path):
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    assert problems(target=Target(ca_file=str(bundle))) == []


@pytest.mark.parametrize(
    "text", ["", "none", "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n"]
)
@pytest.mark.parametrize(
    "target", [Target(url="https://embedded/"), Target(urls=("http://h/", "https://h/"))]
)
def test_a_ca_file_without_a_certificate_is_named_until_it_has_one(text: str, target: Target, tmp_path: Path):
    bundle = tmp_path / "ca.pem"
    bundle.write_text(text)
    target = structs.replace(target, ca_file=str(bundle))
    assert problems(target=target) == [f'target.ca_file: "{bundle}" is no file of certificates in PEM']
    bundle.write_bytes(trustme.CA().cert_pem.bytes())
    assert problems(target=target) == []


def test_all_problems_are_told_at_once():
    told = problems(
        Contender(engine="nobody"),
        Contender(engine="slow", http="2", loop="asyncio"),
        target=Target(method="", url="nowhere"),
        load=Load(requests=1, seconds=1.0),
        schedule=Schedule(warmup="x", blocks=2),
        name="two\nlines",
    )
    assert [line.partition(":")[0] for line in told] == [
        "name",
        "target.method",
        "target.url",
        "load.seconds",
        "schedule.warmup",
        "schedule.blocks",
        "contender[0].engine",
        "contender[1].http",
        "contender[1].loop",
    ]


@pytest.mark.parametrize("engine", ["~nobody-at-all/x.py:A", "\0/x:A", "./missing.py:A", "x" * 500])
def test_an_engine_that_cannot_even_be_looked_for_is_one_line(engine: str):
    plan = Plan(contender=(Contender(engine=engine),))
    (problem,) = check_plan(plan)
    assert problem.startswith("contender[0].engine: ")
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("contender", "label"),
    [
        (Contender(engine="raw"), "raw · shared"),
        (Contender(engine="raw", loop="asyncio"), "raw · shared · asyncio"),
        (Contender(engine="raw", loop="uvloop"), "raw · shared · uvloop"),
        (Contender(engine="aiohttp", loop="asyncio"), "aiohttp · shared"),
        (Contender(engine="aiohttp", loop="uvloop"), "aiohttp · shared · uvloop"),
    ],
)
def test_a_label_names_the_loop_that_a_contender_names_but_for_asyncio_where_it_is_usual(
    contender: Contender, label: str
) -> None:
    assert label_of(contender) == label


def test_a_plan_that_could_never_be_laid_out_is_refused_before_it_is():
    many = tuple(Contender(engine="swift") for _ in range(26))
    schedule = Schedule(kind="interleaved", rounds=1_000, blocks=1_000)
    (line,) = [one for one in problems(*many, load=Load(seconds=86_400), schedule=schedule) if "turns" in one]
    assert line == (
        "schedule.rounds: 1000 rounds of 1000 blocks for 26 contenders are 26000000 turns; at most 200000"
    )
    few = Schedule(kind="interleaved", rounds=100, blocks=1_000)
    assert problems(load=Load(seconds=60), schedule=few) == []


def test_a_file_of_authorities_that_is_too_long_is_not_read(tmp_path: Path):
    path = tmp_path / "ca.pem"
    with path.open("wb") as file:
        file.truncate(2**40)
    (line,) = problems(target=Target(url="https://embedded/", ca_file=str(path)))
    assert line.endswith("is longer than 16 MiB")
