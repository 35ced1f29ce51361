"""Scripts that request several URLs, or one with its number in it, and pause as their contender's lane does."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from running import LEAVE_CONNECTIONS, names_of, run_main, script_of
from snippet_plans import ENGINES
from test_snippet_scripts import told_by

from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Target
from httptui.plan.urls import in_order
from tests.engines.engine_support import RecordingServer

REQUESTS = 7
pytestmark = LEAVE_CONNECTIONS


def plan_of(*urls: str, engine: str = "aiohttp", reuse: str = "shared", **more: Any) -> Plan:
    given = {"url": urls[0]} if len(urls) == 1 else {"urls": urls}
    return Plan(
        target=Target(**given, order=more.pop("order", "in-order")),  # type: ignore[arg-type]
        load=more.pop("load", Load(concurrency=1, requests=REQUESTS)),
        schedule=Schedule(seed=5),
        contender=(Contender(engine=engine, reuse=reuse),),
        **more,
    )


@pytest.mark.parametrize("engine", ["aiohttp", "requests"])
def test_a_shuffled_list_is_in_the_order_of_the_lanes(engine: str) -> None:
    urls = tuple(f"http://127.0.0.1:8099/{name}" for name in "abcdefgh")
    plan = plan_of(*urls, engine=engine, order="shuffle")
    assert names_of(plan)["URLS"] == in_order(plan.target, urls, 5) != list(urls)


def test_a_number_takes_its_place_wherever_it_stands() -> None:
    names = names_of(plan_of("http://127.0.0.1:8099/{n}?page={n}&set={a}", engine="http.client"))
    assert names["path_of"](12) == "/12?page=12&set={a}"
    names = names_of(plan_of("embedded/x", "embedded/{n}"))
    assert [names["url_of"](number)[21:] for number in range(4)] == ["/x", "/1", "/x", "/3"]


def test_secrets_in_a_list_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of("embedded/{n}?token=abcdef99", "embedded/b")
    monkeypatch.setenv("TOKEN", "from-here")
    assert "abcdef99" not in script_of(plan)
    assert "# From the environment: TOKEN\n" in script_of(plan)
    assert names_of(plan)["url_of"](0) == "http://127.0.0.1:8099/0?token=from-here"


def test_a_client_for_one_host_leaves_the_others_out_and_says_so() -> None:
    plan = plan_of("http://a.example/x", "http://b.example/y", "http://a.example/z", engine="http.client")
    script = script_of(plan)
    assert 'PATHS = ["/x", "/z"]' in script
    assert "A connection of http.client goes to one host: 1 URL of others left out here." in told_by(script)
    plain = script_of(plan_of("http://a.example/x", "http://b.example/y", engine="http.client"))
    assert 'PATH = "/x"' in plain
    assert "for _ in turns:" in plain


@pytest.mark.parametrize("engine", ["aiosonic", "requests", "urllib3"])
def test_one_url_over_tls_is_enough_to_say_what_to_trust(engine: str) -> None:
    target = Target(urls=("http://a.example/", "https://a.example/"), ca_file="ca.pem")
    script = script_of(Plan(target=target, contender=(Contender(engine=engine),)))
    assert "TLS = ssl.create_default_context(" in script
    # aiosonic speaks TLS to whatever it is given a context for.
    assert ('ssl=TLS if url.startswith("https:") else None' in script) == (engine == "aiosonic")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
async def test_all_arrive_in_order_and_numbered(
    engine: str, server: RecordingServer, capsys: pytest.CaptureFixture[str]
) -> None:
    some, numbered, both = ("/bytes/1", "/bytes/2", "/bytes/3"), ("/bytes/{n}",), ("/bytes/{n}?x", "/echo")
    in_turn = [f"/bytes/{1 + number % 3}" for number in range(REQUESTS)]
    by_number = [f"/bytes/{number}" for number in range(REQUESTS)]
    by_both = ["/echo" if number % 2 else f"/bytes/{number}?x" for number in range(REQUESTS)]
    for reuse, paths, expected in (
        ("shared", some, in_turn),
        ("per-worker", both, by_both),
        ("per-request", numbered, by_number),
        ("every-3", some, in_turn),
    ):
        server.requests.clear()
        await run_main(names_of(plan_of(*map(server.url, paths), engine=engine, reuse=reuse)))
        assert [request.split()[1].decode() for request in server.requests] == expected
    assert capsys.readouterr().out == f"{REQUESTS}\n" * 4


async def test_escapes_stay_as_they_are(server: RecordingServer) -> None:
    await run_main(names_of(plan_of(server.url("/%7Ea"), server.url("/b"))))
    assert [request.split()[1] for request in server.requests[:2]] == [b"/%7Ea", b"/b"]


@pytest.mark.parametrize("engine", ["http.client", "aiohttp"])
async def test_a_worker_thinks_after_each_answer(
    engine: str, server: RecordingServer, capsys: pytest.CaptureFixture[str]
) -> None:
    names = names_of(plan_of(server.url(), engine=engine, load=Load(concurrency=1, requests=3, think=90)))
    arrived: list[tuple[float, int]] = []
    stand_in(names, lambda seconds: arrived.append((seconds, len(server.requests))))
    await run_main(names)
    assert arrived == [(90, 1), (90, 2), (90, 3)]
    assert capsys.readouterr().out == "3\n"


@pytest.mark.parametrize("engine", ["http.client", "aiohttp"])
async def test_requests_to_a_host_are_evenly_spaced(engine: str) -> None:
    names = names_of(plan_of("embedded", engine=engine, policy=Policy(per_host_rate=4)))
    clock, slept = [100.0], []

    def pass_time(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    stand_in(names, pass_time, clock)
    for busy in (0.0, 0.125, 1.0, 0.0):
        clock[0] += busy
        waiting = names["pace"].wait()
        if waiting is not None:
            await waiting
    assert slept == [0, 0.125, 0, 0.25]


def test_several_hosts_have_a_pace_each() -> None:
    names = names_of(plan_of("http://a.example/", "http://b.example/", policy=Policy(per_host_rate=4)))
    assert names["paces"]["a.example"] is not names["paces"]["b.example"]
    assert "await paces[urlsplit(url).netloc].wait()" in script_of(
        plan_of("http://a.example/", "http://b.example/", policy=Policy(per_host_rate=4))
    )


def stand_in(names: dict[str, Any], sleep: Any, clock: list[float] | None = None) -> None:
    """Give a script another way to sleep, and a clock."""

    async def sleep_in_loop(seconds: float) -> None:
        sleep(seconds)

    names["time"] = SimpleNamespace(sleep=sleep, monotonic=lambda: (clock or [0.0])[0])
    names["asyncio"] = SimpleNamespace(sleep=sleep_in_loop, gather=asyncio.gather)
