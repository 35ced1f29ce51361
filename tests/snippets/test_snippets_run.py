"""The scripts, run as a user would, against the embedded target's counts and a server that records."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from snippet_plans import ASYNC, ENGINES

from httptui.plans.plan import Contender, Load, Plan, Policy, Target
from httptui.snippets import snippet_of
from httptui.target.process import EmbeddedTarget
from httptui.target.stats import TargetStats
from tests.engines.engine_support import RecordingServer

pytestmark = pytest.mark.slow

REQUESTS = 23
IN_FLIGHT = 4
WITHOUT_POLICIES = {"http.client", "urllib3"}
SUCCESSORS = ("httpx2", "httpx2-sync")
"""Their scripts are those of httpx under another name, so that a few of them tell enough."""


@pytest.fixture
async def server() -> AsyncIterator[RecordingServer]:
    """A server that records what arrives."""
    recording = RecordingServer()
    await recording.start()
    yield recording
    await recording.stop()


async def ran(plan: Plan, folder: Path, **environment: str) -> str:
    """What the script of a plan's only contender prints; it must end well and say nothing else."""
    script = snippet_of(plan, 0)
    assert script is not None
    path = folder / "script.py"
    path.write_text(script, "utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", str(path)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, err.decode()) == (0, ""), script
    return out.decode()


async def counted(contender: Contender, folder: Path, *, path: str = "/", **options: Any) -> TargetStats:
    """What the embedded target counted of a contender's script; `options` are the target's."""
    target = await EmbeddedTarget.start(**options)
    try:
        plan = Plan(
            target=Target(url=target.base_url() + path, ca_file=target.ca_file),
            load=Load(concurrency=IN_FLIGHT, requests=REQUESTS),
            contender=(contender,),
        )
        assert await ran(plan, folder) == f"{REQUESTS}\n"
        return await target.stats()
    finally:
        await target.stop()


@pytest.mark.parametrize("reuse", ["shared", "per-request", "every-5"])
@pytest.mark.parametrize("engine", sorted({*ENGINES} - {*SUCCESSORS}))
async def test_all_requests_arrive_over_as_many_connections_as_the_reuse_implies(
    engine: str, reuse: str, tmp_path: Path
) -> None:
    loop: dict[str, Any] = {"loop": "uvloop"} if engine in ASYNC and reuse == "every-5" else {}
    stats = await counted(Contender(engine=engine, reuse=reuse, **loop), tmp_path)
    assert stats.requests == REQUESTS
    assert stats.bytes_out > REQUESTS * 1024
    few, many = {
        "shared": (1, IN_FLIGHT),
        "per-request": (REQUESTS, REQUESTS),
        "every-5": (-(-REQUESTS // 5), REQUESTS // 5 + IN_FLIGHT),
    }[reuse]
    assert few <= stats.connections <= many


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_client_for_each_worker_trusts_the_certificate_authority_that_the_plan_names(
    engine: str, tmp_path: Path
) -> None:
    stats = await counted(Contender(engine=engine, reuse="per-worker"), tmp_path, tls=True)
    assert stats.requests == REQUESTS
    assert 1 <= stats.connections <= IN_FLIGHT


@pytest.mark.parametrize("engine", ["httpx", "httpx-sync", "httpx2", "httpx2-sync"])
async def test_http_2_carries_all_requests_over_one_connection(engine: str, tmp_path: Path) -> None:
    stats = await counted(Contender(engine=engine, http="2"), tmp_path, http2=True)
    assert (stats.requests, stats.connections) == (REQUESTS, 1)


@pytest.mark.parametrize("engine", ["aiohttp", "httpx", "requests", "urllib3"])
async def test_the_librarys_own_pool_serves_as_well(engine: str, tmp_path: Path) -> None:
    stats = await counted(Contender(engine=engine, pool="library-defaults"), tmp_path, tls=True)
    assert stats.requests == REQUESTS


@pytest.mark.parametrize("engine", ["aiohttp", "httpx", "httpx-aiohttp"])
async def test_a_pool_smaller_than_the_load_is_what_bounds_the_connections(
    engine: str, tmp_path: Path
) -> None:
    stats = await counted(Contender(engine=engine, pool=2), tmp_path, path="/delay/5")
    assert stats.requests == REQUESTS
    assert stats.connections == 2


@pytest.mark.parametrize("engine", ENGINES)
async def test_method_headers_body_and_secrets_arrive_as_the_plan_has_them(
    engine: str, server: RecordingServer, tmp_path: Path
) -> None:
    target = Target(
        url=server.url("/bytes/3?token=abcdef99").replace("//", "//me:hunter22@"),
        method="POST",
        headers={"X-Plan": "env:IN_PLAN", "X-Bearer": "Bearer env:IN_PLAN", "X-Api-Key": "xyzzy42"},
        body='{"a": "é", "password": "hunter22"}',
    )
    plan = Plan(target=target, load=Load(concurrency=1, requests=2), contender=(Contender(engine=engine),))
    printed = await ran(
        plan,
        tmp_path,
        IN_PLAN="from-here",
        TOKEN="abcdef99",
        X_API_KEY="xyzzy42",
        PASSWORD="hunter22",
        HTTP_USER="me",
        HTTP_PASSWORD="hunter22",
    )
    assert printed == "2\n"
    assert len(server.requests) == 2
    head, _, body = server.requests[1].partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert first == "POST /bytes/3?token=abcdef99 HTTP/1.1"
    assert body.decode() == '{"a": "é", "password": "hunter22"}'
    assert headers.pop("connection", "keep-alive") == "keep-alive"
    assert headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": headers["user-agent"],
        "accept": "*/*",
        "accept-encoding": "identity",
        "x-plan": "from-here",
        "x-bearer": "Bearer from-here",
        "x-api-key": "xyzzy42",
        "authorization": "Basic bWU6aHVudGVyMjI=",
        "content-length": str(len(body)),
    }
    assert headers["user-agent"].startswith("httptui/")


@pytest.mark.parametrize("engine", sorted({*ENGINES} - {*SUCCESSORS} - WITHOUT_POLICIES))
async def test_cookies_are_kept_only_where_the_plan_lets_them(
    engine: str, server: RecordingServer, tmp_path: Path
) -> None:
    target = Target(url=server.url("/cookie"))
    for cookies in (False, True):
        plan = Plan(
            target=target,
            policy=Policy(cookies=cookies),
            load=Load(concurrency=1, requests=2),
            contender=(Contender(engine=engine),),
        )
        await ran(plan, tmp_path)
    assert [b"cookie: a=b" in request.lower() for request in server.requests] == [False, False, False, True]


@pytest.mark.parametrize("engine", sorted({*ENGINES} - {*SUCCESSORS} - {"http.client"}))
async def test_redirects_are_followed_only_where_the_plan_lets_them(
    engine: str, server: RecordingServer, tmp_path: Path
) -> None:
    for redirects, arrived in ((0, 1), (2, 3)):
        server.requests.clear()
        plan = Plan(
            target=Target(url=server.url("/redirect/2")),
            policy=Policy(redirects=redirects, retries=1),
            load=Load(concurrency=1, requests=1),
            contender=(Contender(engine=engine),),
        )
        await ran(plan, tmp_path)
        assert len(server.requests) == arrived
