"""The scripts, run as a user would, against the embedded target's counts and a server that records."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace
from snippet_plans import ASYNC, ENGINES, OVER_HTTP_2

from httptui.codegen import snippet_of
from httptui.engines.registry import engine_info
from httptui.plan.model import Contender, Load, Plan, Policy, Target
from httptui.target.options import ListenerStats
from httptui.target.process import EmbeddedTarget
from tests.engines.engine_support import RecordingServer, recording_server

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

REQUESTS = 23
IN_FLIGHT = 4
WITHOUT_POLICIES = {"http.client", "urllib3"}
SUCCESSORS = ("httpx2", "httpx2-sync")
"""Their scripts are those of httpx under another name, so that a few of them tell enough."""
FURTHER = {"aiosonic", "curl_cffi", "httpx2-aiohttp", "pycurl", "pycurl-async", "pyreqwest", "wreq"}
"""Each is run once for each thing that it could get wrong, since a script costs what its imports do."""


NAMED_BODIES = {"aiosonic": "text/plain", "curl_cffi": "application/octet-stream"}
"""Whoever leaves Content-Type out has theirs sent: neither has a switch for it."""

Targets = dict[str, EmbeddedTarget]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def targets() -> AsyncIterator[Targets]:
    """The embedded target over HTTP, over TLS and over HTTP/2, shared by all tests here."""
    options: dict[str, dict[str, bool]] = {"http": {}, "tls": {"tls": True}, "http2": {"http2": True}}
    started = await asyncio.gather(*(EmbeddedTarget.start(**given) for given in options.values()))
    yield dict(zip(options, started, strict=True))
    await asyncio.gather(*(target.stop() for target in started))


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[RecordingServer]:
    """A server that records what arrives."""
    async with recording_server() as recording:
        yield recording


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


async def counted(
    contender: Contender, folder: Path, targets: Targets, *, protocol: str = "http", path: str = "/"
) -> ListenerStats:
    """What the embedded target counted of a contender's script."""
    target = targets[protocol]
    before = await target.stats()
    plan = Plan(
        target=Target(url=target.base_url() + path, ca_file=target.ca_file),
        load=Load(concurrency=IN_FLIGHT, requests=REQUESTS),
        contender=(contender,),
    )
    assert await ran(plan, folder) == f"{REQUESTS}\n"
    after = await target.stats()
    names = ("requests", "connections", "bytes_out")
    return ListenerStats(**{name: getattr(after, name) - getattr(before, name) for name in names})


@pytest.mark.parametrize(
    ("engine", "reuse"),
    [
        *product(sorted({*ENGINES} - {*SUCCESSORS} - FURTHER), ["shared", "per-request", "every-5"]),
        *product(sorted(FURTHER), ["every-5"]),
    ],
)
async def test_all_requests_arrive_over_as_many_connections_as_the_reuse_implies(
    engine: str, reuse: str, targets: Targets, tmp_path: Path
) -> None:
    loop: dict[str, Any] = {"loop": "uvloop"} if engine in {*ASYNC} - FURTHER and reuse == "every-5" else {}
    stats = await counted(Contender(engine=engine, reuse=reuse, **loop), tmp_path, targets)
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
    engine: str, targets: Targets, tmp_path: Path
) -> None:
    contender = Contender(engine=engine, reuse="per-worker")
    stats = await counted(contender, tmp_path, targets, protocol="tls")
    assert stats.requests == REQUESTS
    assert 1 <= stats.connections <= IN_FLIGHT


@pytest.mark.parametrize("engine", OVER_HTTP_2)
async def test_http_2_carries_the_requests_of_each_worker_over_one_connection_at_most(
    engine: str, targets: Targets, tmp_path: Path
) -> None:
    # Threads that share a client of httpx over HTTP/2 break its connection now and then.
    reuse = "per-worker" if engine_info(engine).unsafe_shared else "shared"
    contender = Contender(engine=engine, http="2", reuse=reuse)
    stats = await counted(contender, tmp_path, targets, protocol="http2")
    assert stats.requests == REQUESTS
    one = engine.startswith("httpx") and reuse == "shared"
    assert stats.connections == 1 if one else stats.connections <= IN_FLIGHT


@pytest.mark.parametrize(
    ("engine", "reuse"),
    [
        ("aiohttp", "shared"),
        ("http.client", "shared"),
        ("httpx", "per-request"),
        ("pycurl-async", "per-worker"),
        ("requests", "every-5"),
        ("urllib3", "shared"),
    ],
)
async def test_urls_are_requested_in_turn_and_each_that_may_pass_as_often_as_the_plan_says(
    engine: str, reuse: str, targets: Targets, tmp_path: Path
) -> None:
    target = targets["http"]
    before = await target.stats()
    urls = tuple(f"{target.base_url()}{path}" for path in ("/bytes/{n}", "/status/503", "/status/404"))
    plan = Plan(
        target=Target(urls=urls, order="shuffle"),
        policy=Policy(retries=2, retry_wait=0.001),
        load=Load(concurrency=IN_FLIGHT, requests=30),
        contender=(Contender(engine=engine, reuse=reuse),),
    )
    assert await ran(plan, tmp_path) == "30\n"
    after = await target.stats()
    assert after.requests - before.requests == 10 + 3 * 10 + 10


@pytest.mark.parametrize("engine", ["aiohttp", "httpx", "requests", "urllib3"])
async def test_the_librarys_own_pool_serves_as_well(engine: str, targets: Targets, tmp_path: Path) -> None:
    contender = Contender(engine=engine, pool="library-defaults")
    stats = await counted(contender, tmp_path, targets, protocol="tls")
    assert stats.requests == REQUESTS


@pytest.mark.parametrize("engine", ["aiohttp", "httpx", "httpx-aiohttp"])
async def test_a_pool_smaller_than_the_load_is_what_bounds_the_connections(
    engine: str, targets: Targets, tmp_path: Path
) -> None:
    stats = await counted(Contender(engine=engine, pool=2), tmp_path, targets, path="/delay/5")
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
    assert headers.pop("content-type", None) == NAMED_BODIES.get(engine)
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


@pytest.mark.parametrize("engine", sorted({*ENGINES} - {*SUCCESSORS} - WITHOUT_POLICIES - FURTHER))
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


@pytest.mark.parametrize("engine", sorted({*ENGINES} - {*SUCCESSORS} - {"http.client"} - FURTHER))
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


@pytest.mark.parametrize("engine", sorted(FURTHER))
async def test_redirects_and_cookies_are_as_the_plan_lets_them(
    engine: str, server: RecordingServer, tmp_path: Path
) -> None:
    plan = Plan(
        target=Target(url=server.url("/redirect/2")),
        policy=Policy(redirects=2, cookies=engine not in ("pycurl", "pycurl-async")),
        load=Load(concurrency=1, requests=1),
        contender=(Contender(engine=engine),),
    )
    await ran(plan, tmp_path)
    assert len(server.requests) == 3
    server.requests.clear()
    cookies = replace(plan, target=Target(url=server.url("/cookie")), load=Load(concurrency=1, requests=2))
    await ran(cookies, tmp_path)
    kept = [b"cookie: a=b" in request.lower() for request in server.requests]
    assert kept == [False, plan.policy.cookies]
