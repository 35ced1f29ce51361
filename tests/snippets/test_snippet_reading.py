"""Scripts that read answers as their contenders do, and keep names for as long."""

from __future__ import annotations

import ast
import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from snippet_plans import ENGINES

from httptui.codegen import snippet_of
from httptui.engines.registry import engine_info
from httptui.plan.model import Contender, Load, Plan, Target
from httptui.target.process import EmbeddedTarget

WAYS = [(engine, read) for engine in ENGINES for read in engine_info(engine).reads if read != "bytes"]
RUN = [
    ("aiohttp", "json"),
    ("aiosonic", "headers"),
    ("curl_cffi", "text"),
    ("httpx", "headers"),
    ("httpx-sync", "json"),
    ("pyreqwest", "text"),
    ("requests", "headers"),
    ("urllib3", "headers"),
    ("wreq", "headers"),
]
REQUESTS = 9


def script_of(contender: Contender, **target: Any) -> str:
    plan = Plan(
        target=Target(**({"url": "embedded/json/500"} | target)),
        load=Load(concurrency=2, requests=REQUESTS),
        contender=(contender,),
    )
    script = snippet_of(plan, 0)
    assert script is not None
    return script


@pytest.mark.parametrize(("engine", "read"), WAYS)
@pytest.mark.parametrize("method", ["GET", "PROPFIND"])
def test_a_script_reads_as_its_contender_does(engine: str, read: Any, method: str) -> None:
    script = script_of(Contender(engine=engine, read=read), method=method, body="x")
    ast.parse(script)
    assert script != script_of(Contender(engine=engine, label=f"{engine} · shared"), method=method, body="x")
    lines = [line.strip() for line in script.split("\n")]
    if read == "headers":
        assert {"pass  # Leaves the body.", "response.close()", "await response.aclose()"}.intersection(lines)
    else:
        assert any(line.startswith({"text": "text = ", "json": "data = "}[read]) for line in lines)


def test_a_cache_of_names_is_the_connectors() -> None:
    assert "ttl_dns_cache=300" in script_of(Contender(engine="aiohttp", dns_ttl=300))
    assert "use_dns_cache=False" in script_of(Contender(engine="aiohttp", dns_ttl=0))
    assert "dns_cache" not in script_of(Contender(engine="aiohttp"))


@pytest.mark.parametrize("engine", ["aiohttp", "http.client"])
def test_a_target_with_a_name_is_called_by_it(engine: str) -> None:
    assert "localhost" in script_of(Contender(engine=engine), dns_ms=5)
    assert "localhost" not in script_of(Contender(engine=engine))


@pytest.mark.slow
async def test_what_is_read_otherwise_arrives_as_often(tmp_path: Path) -> None:
    target = await EmbeddedTarget.start(listeners=len(RUN))
    try:
        printed = []
        for index, (engine, read) in enumerate(RUN):
            path = tmp_path / f"{engine}_script.py"
            contender: Any = {"engine": engine, "read": read}
            path.write_text(
                script_of(Contender(**contender), url=f"{target.base_url(index)}/json/500"), "utf-8"
            )
            printed.append(await printed_by(path))
        stats = await target.stats()
    finally:
        await target.stop()
    assert printed == [(0, f"{REQUESTS}\n", "")] * len(RUN)
    assert [listener.requests for listener in stats.listeners] == [REQUESTS] * len(RUN)


async def printed_by(path: Path) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", str(path)), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, out.decode(), err.decode()
