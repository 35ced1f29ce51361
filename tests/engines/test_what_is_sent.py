"""Header values beyond ASCII go out in UTF-8 by every engine, and a method that an engine cannot send is refused."""

from __future__ import annotations

import asyncio
from base64 import b64encode

import pytest
from engine_support import RecordingServer, driven

from httptui.engines.base import Request, Settings
from httptui.engines.registry import engine_info, list_engines
from httptui.errors import PlanError
from httptui.plan.checks import check_plan
from httptui.plan.model import Contender, Load, Plan, Schedule, Target
from httptui.plan.requests import request_parts
from httptui.results.report import Report
from httptui.runs.conductor import run

INSTALLED = [
    info.name for info in list_engines() if info.installed and not info.name.startswith(("nothing", "spin"))
]
VALUES = ("Zoë", "à", "Å\xa0Å", "€", "日本語", "𝄞", "a\tb")


@pytest.mark.parametrize("name", INSTALLED)
@pytest.mark.parametrize("told", [True, False], ids=["told", "not-told"])
async def test_a_header_goes_out_in_utf_8(name: str, told: bool, server: RecordingServer) -> None:
    for value in VALUES:
        headers = (("User-Agent", "x"), ("X-Name", value))
        settings = Settings(headers=frozenset({"user-agent", "x-name"}), common=headers if told else ())
        async with asyncio.timeout(20), driven(name, settings) as client:
            reply = await client.send_prepared(Request("GET", server.url(), headers))
        assert reply[0] == 200
        lines = server.requests[-1].partition(b"\r\n\r\n")[0].split(b"\r\n")
        (sent,) = [line for line in lines if line.lower().startswith(b"x-name:")]
        assert sent.partition(b":")[2].strip(b" ") == value.encode()


@pytest.mark.parametrize("value", ["a\x9bb", "a\x85b", "a\nb", "\ud800"])
def test_a_value_that_no_client_can_send_is_refused(value: str) -> None:
    plan = Plan(target=Target(headers={"X-Name": value}), contender=(Contender(engine="raw"),))
    (problem,) = check_plan(plan)
    assert problem.startswith("target.headers.X-Name: must ")
    assert value not in problem


def test_a_variables_value_is_held_to_the_same() -> None:
    plan = Plan(target=Target(headers={"X-Name": "env:NAME"}), contender=(Contender(engine="raw"),))
    assert dict(request_parts(plan, {"NAME": "日本語"}).headers)["X-Name"] == "日本語"
    with pytest.raises(
        PlanError, match=r"target\.headers\.X-Name: its environment variable's value must be text that UTF-8"
    ):
        request_parts(plan, {"NAME": "\udcff"})


@pytest.mark.parametrize("method", ["PURGE", "get", "PROPFIND"])
def test_a_method_that_an_engine_cannot_send_is_a_problem_of_the_plan(method: str) -> None:
    if not engine_info("wreq").installed:
        pytest.skip("wreq is not installed")
    plan = Plan(
        target=Target(method=method),
        contender=(Contender(engine="raw"), Contender(engine="wreq")),
        compare="as-is",
    )
    (problem,) = check_plan(plan)
    assert problem.startswith(
        f'target.method: contender[1] cannot send "{method}", as "wreq" sends only DELETE, GET'
    )


@pytest.mark.parametrize("name", INSTALLED)
async def test_every_other_method_is_sent(name: str, server: RecordingServer) -> None:
    methods = engine_info(name).methods or ("PURGE", "PROPFIND", "M-SEARCH")
    for method in methods:
        if method in ("HEAD", "TRACE"):
            continue
        async with asyncio.timeout(20), driven(name, Settings()) as client:
            await client.send_prepared(Request(method, server.url()))
        assert server.requests[-1].startswith(f"{method} / HTTP/1.1".encode())


@pytest.mark.slow
async def test_a_run_sends_the_bytes_of_a_body_and_a_header_as_the_plan_has_them(
    server: RecordingServer,
) -> None:
    data = bytes(range(256))
    target = Target(
        url=server.url(), method="POST", headers={"X-Name": "Zoë"}, body_base64=b64encode(data).decode()
    )
    plan = Plan(
        target=target,
        load=Load(concurrency=1, requests=1),
        schedule=Schedule(kind="sequential", warmup=0, probe=False),
        contender=tuple(Contender(engine=name) for name in ("raw", "http.client", "httpx", "aiohttp")),
    )
    async with run(plan) as items:
        (report,) = [item async for item in items if isinstance(item, Report)]
    assert [(one.state, one.requests.ok) for one in report.contenders] == [("finished", 1)] * 4
    sent = [request for request in server.requests if request.startswith(b"POST")]
    assert len(sent) == 4
    for request in sent:
        head, _, body = request.partition(b"\r\n\r\n")
        assert body == data
        assert "x-name: zoë".encode() in head.lower()
